"""The structural causal model: sample, do, abduct, imagine. Loops over descendants only."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engine.data.variable import Variable
from engine.errors import QueryError
from engine.graph.vectors import PLAIN, Vectors
from engine.interventions import (
    SAME,
    Action,
    Convention,
    Intervention,
    Set,
    Shift,
    variables_of,
)
from engine.mechanisms.base import Mechanism, Samples, is_discrete, stack
from engine.scm.conditional import Conditional
from engine.scm.fitted import Fitted
from engine.seeds import generator


@dataclass(frozen=True, slots=True, eq=False)
class Scm:
    """One mechanism per variable, in causal order: each x_v = f_v(x_given(v), noise_v).

    Samples map a variable to (rows,) float64, user units or category codes. The components of one
    of `vectors` follow each other; a shift moves it whole, after all of them are made.
    """

    variables: Mapping[str, Variable]
    conditionals: tuple[Conditional, ...]
    mechanisms: Mapping[str, Mechanism]
    vectors: Vectors = PLAIN

    @property
    def names(self) -> tuple[str, ...]:
        """The variables in causal order."""
        return tuple(conditional.target for conditional in self.conditionals)

    def noise(self, count: int, seed: int, *purpose: str) -> Samples:
        """Fresh noise of every variable, each from its own generator: others' draws stay."""
        return {
            name: self.mechanisms[name].noise(count, generator(seed, "noise", *purpose, name))
            for name in self.names
        }

    def push(
        self,
        noise: Samples,
        action: Action = (),
        base: Samples | None = None,
        only: Collection[str] | None = None,
    ) -> Samples:
        """The world that `noise` makes under `action`.

        `base`, the world without the action, gives everything whose causes are as they were there,
        bit for bit and row by row. `only` leaves out what these variables do not depend on.
        """
        done = _by_variable(action, self.variables)
        reached = set(self.names) if base is None else self.descendants(action)
        wanted = set(self.names) if only is None else self.ancestors(only)
        world = self._outside(done, base or {}, _rows(noise))
        with torch.inference_mode():
            for conditional in self.conditionals:
                name = conditional.target
                if name not in wanted:
                    continue
                if base is not None and name not in reached:
                    world[name] = base[name]
                    continue
                read = unmoved(self.vectors, name, world, done)
                world[name] = self._value(conditional, noise, read, done.get(name), base)
        return world

    def sample(self, count: int, seed: int, action: Action = ()) -> Samples:
        """`count` draws of the law under `action`; the same seed gives the same noise."""
        return self.push(self.noise(count, seed), action)

    def log_prob(self, samples: Samples, names: Iterable[str] | None = None) -> Tensor:
        """Σ log p(x_v | x_given(v)) over `names` (all if None), nats per row, shape (rows,)."""
        wanted = set(self.names if names is None else names)
        total = torch.zeros(_rows(samples), dtype=torch.float64)
        with torch.inference_mode():
            for conditional in self.conditionals:
                if conditional.target in wanted:
                    parents = _parents(samples, conditional, len(total))
                    mechanism = self.mechanisms[conditional.target]
                    total = total + mechanism.log_prob(samples[conditional.target], parents)
        return total

    def abduct(self, unit: Samples, seed: int, *purpose: str) -> Samples:
        """Noise that makes `unit`; where several would (categories, cells), a draw of them."""
        noise: dict[str, Tensor] = {}
        with torch.inference_mode():
            for conditional in self.conditionals:
                name = conditional.target
                rng = generator(seed, "abduct", *purpose, name)
                parents = _parents(unit, conditional, len(unit[name]))
                noise[name] = self.mechanisms[name].abduct(unit[name], parents, rng)
        return noise

    def redrawn(self, unit: Samples, action: Action, count: int, seed: int) -> Samples:
        """One unit (1 row) under `action`, its descendants' luck drawn afresh `count` times.

        What keeps its causes is kept; a shifted variable moves from its own value.
        """
        base = {name: value.expand(count) for name, value in unit.items()}
        return self.push(self.noise(count, seed, "redrawn"), action, base)

    def descendants(self, action: Action) -> frozenset[str]:
        """The variables of `action` and all that depend on them."""
        found = set(variables_of(action))
        for conditional in self.conditionals:
            if found.intersection(conditional.given):
                found.add(conditional.target)
        return frozenset(found)

    def ancestors(self, of: Iterable[str]) -> frozenset[str]:
        """`of` and all that they depend on."""
        found = set(of)
        for conditional in reversed(self.conditionals):
            if conditional.target in found:
                found.update(conditional.given)
        return frozenset(found)

    def _outside(
        self, done: Mapping[str, Intervention], base: Samples, rows: int
    ) -> dict[str, Tensor]:
        """Variables that mechanisms read but none makes: as set, or as they are in `base`."""
        read = {name for conditional in self.conditionals for name in conditional.given}
        world: dict[str, Tensor] = {}
        for name in read.difference(self.names):
            item = done.get(name)
            if isinstance(item, Set):
                world[name] = torch.full((rows,), item.value, dtype=torch.float64)
            elif name in base:
                world[name] = base[name] + (0.0 if item is None else item.amount)
        return world

    def _value(
        self,
        conditional: Conditional,
        noise: Samples,
        world: Samples,
        done: Intervention | None,
        base: Samples | None,
    ) -> Tensor:
        """One variable in the new world; the rows whose causes are as in `base` keep its value.

        That is composition (Pearl 2009, 7.3.1): without it, doing what was would change a unit.
        """
        name, rows = conditional.target, len(noise[conditional.target])
        if isinstance(done, Set):
            return torch.full((rows,), done.value, dtype=torch.float64)
        moved = None if base is None else _moved(world, base, conditional.given, rows)
        if base is not None and moved is not None and not moved.any():
            value = base[name]
        else:
            parents = _parents(world, conditional, rows)
            value = self.mechanisms[name].push(noise[name], parents)
            if base is not None and moved is not None and not moved.all():
                value = torch.where(moved, value, base[name])
        return value + done.amount if isinstance(done, Shift) else value


def counterfactual(
    scm: Scm,
    unit: Samples,
    action: Action,
    seed: int,
    convention: Convention = Convention.RANK,
) -> Samples:
    """What `unit` would have been under `action`: x' = f_do(noise), the noise by `convention`.

    Abduction, action, prediction (Pearl 2009, 7.1). A variable is affected, row by row, where one
    of its causes has another value than the unit had: set, shifted, or itself affected and not by
    chance (a category, a rounded number) the same again. Only there does the convention count; all
    else is copied bit for bit, so that no action means no change. However small the change of a
    cause, reversal turns the rank: the mechanism that it stands for falls with its noise wherever
    the causes are others than the unit's, and rises with it where they are the unit's.
    """
    return scm.push(luck(scm, unit, seed, convention), action, base=unit)


def luck(scm: Scm, unit: Samples, seed: int, convention: Convention) -> Samples:
    """The noise of `unit` where its causes change: its own, turned round, or drawn afresh."""
    if convention is Convention.REDRAW:
        return scm.noise(_rows(unit), seed, "redrawn")
    noise = scm.abduct(unit, seed)
    if convention is Convention.RANK:
        return noise
    return {name: turned(scm.mechanisms[name], value) for name, value in noise.items()}


def turned(mechanism: Mechanism, noise: Tensor) -> Tensor:
    """Noise of the same law whose value has rank 1 - r instead of r; Gumbels have no ranks."""
    return -noise if has_rank(mechanism) else noise


def has_rank(mechanism: Mechanism) -> bool:
    """True where the value rises in one noise: for numbers and ordered categories."""
    return not is_discrete(mechanism) or mechanism.ordered


def scm_of(variables: Mapping[str, Variable], fitteds: Sequence[Fitted]) -> Scm:
    """The SCM of fitted conditionals, given in causal order."""
    return Scm(
        variables,
        tuple(fitted.conditional for fitted in fitteds),
        {fitted.conditional.target: fitted.mechanism for fitted in fitteds},
    )


def member_count(fitteds: Sequence[Fitted]) -> int:
    """How many bootstrap SCMs there are: the fewest members of any; 0 while one has none."""
    return min((len(fitted.members) for fitted in fitteds), default=0)


def with_members(variables: Mapping[str, Variable], fitteds: Sequence[Fitted], m: int) -> Scm:
    """The SCM of every conditional's bootstrap member `m`, in causal order."""
    return scm_of(variables, [replace(fitted, mechanism=fitted.members[m]) for fitted in fitteds])


def unmoved(
    vectors: Vectors, name: str, world: Samples, done: Mapping[str, Intervention]
) -> Samples:
    """`world` as the mechanism of `name` reads it: its vector's components before their shift."""
    earlier = vectors.before(name) if vectors else ()
    shifts = {v: item.amount for v in earlier if isinstance(item := done.get(v), Shift)}
    return {**world, **{v: world[v] - amount for v, amount in shifts.items()}} if shifts else world


def _by_variable(action: Action, variables: Mapping[str, Variable]) -> dict[str, Intervention]:
    for item in action:
        variable = variables.get(item.variable)
        if variable is None:
            raise QueryError(
                f"The model has no variable {item.variable}", remedy="choose one of the graph"
            )
        if isinstance(item, Shift) and variable.discrete:
            raise QueryError(
                f"{item.variable} is a category and cannot be shifted",
                where=item.variable,
                remedy="set it to a category",
            )
        if isinstance(item, Set) and variable.discrete and not _is_code(item.value, variable):
            raise QueryError(
                f"{item.variable} has no category number {item.value:g}",
                where=item.variable,
                remedy=f"use 0 to {len(variable.categories) - 1}",
            )
    return {item.variable: item for item in action}


def _is_code(value: float, variable: Variable) -> bool:
    return value == int(value) and 0 <= value < len(variable.categories)


def _parents(samples: Samples, conditional: Conditional, rows: int) -> Tensor:
    if not conditional.given:
        return torch.empty(rows, 0, dtype=torch.float64)
    return stack(samples, conditional.given)


def _moved(world: Samples, base: Samples, causes: tuple[str, ...], rows: int) -> Tensor:
    """The rows (rows,) in which a cause has another value than in `base`, rounding aside."""
    moved = torch.zeros(rows, dtype=torch.bool)
    for cause in causes:
        if cause not in base:
            return torch.ones_like(moved)
        if world[cause] is not base[cause]:
            moved |= ~torch.isclose(world[cause], base[cause], rtol=SAME, atol=0.0)
    return moved


def _rows(samples: Samples) -> int:
    return len(next(iter(samples.values()))) if samples else 0
