"""Draws of a world: sampled or enumerated along the mechanisms, with actions and evidence."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from engine.errors import QueryError
from engine.interventions import Action, Condition, Evidence, Range, Set, Shift
from engine.mechanisms.base import Mechanism, is_discrete
from engine.mechanisms.discrete import push_code
from engine.queries.draws import Draws, holds
from engine.scm.conditional import Conditional
from engine.scm.scm import Scm, unmoved

STATES = 4096  # joint states of discrete variables that are still enumerated


class NoDrawError(QueryError):
    """Evidence that the model holds to be impossible, or nearly so."""

    kind = "no-draw"


@dataclass
class Memory:
    """Values and laws by variable: `seen` where no action reaches, `done` where it does."""

    seen: dict[str, tuple[Tensor, Tensor | None]] = field(default_factory=dict)
    done: dict[str, tuple[Tensor, Tensor | None]] = field(default_factory=dict)


def ancestral(law: Iterable[Conditional], names: Iterable[str]) -> tuple[Conditional, ...]:
    """Those conditionals of a chain rule that `names` depend on, causes first."""
    law = tuple(law)
    needed = set(names)
    for conditional in reversed(law):
        if conditional.target in needed:
            needed.update(conditional.given)
    return tuple(c for c in law if c.target in needed)


def draw(
    scm: Scm,
    noise: Mapping[str, Tensor],
    action: Action = (),
    evidence: Evidence = (),
    memory: "Memory | None" = None,
) -> Draws:
    """The world under `action`, weighted by `evidence`; exact if everything in it is discrete.

    Set variables keep their value, shifted ones are moved after their mechanism; evidence is met by
    likelihood weighting (Fung, Chang 1990), every variable in its place in the causal order. With
    `memory` nothing is computed twice; it must be of the same mechanisms, noise and action.
    """
    if _countable(scm, action):
        return _enumerated(scm, action, evidence)
    return _sampled(scm, noise, action, evidence, Memory() if memory is None else memory)


def affected(scm: Scm, action: Action) -> frozenset[str]:
    """The variables of `scm` that an action can change, its own included."""
    changed = {item.variable for item in action}
    for conditional in scm.conditionals:
        if changed.intersection(conditional.given):
            changed.add(conditional.target)
    return frozenset(changed)


def _sampled(
    scm: Scm, noise: Mapping[str, Tensor], action: Action, evidence: Evidence, memory: Memory
) -> Draws:
    done = {item.variable: item for item in action}
    known = {item.variable: item for item in evidence}
    rows = len(next(iter(noise.values())))
    samples: dict[str, Tensor] = {
        item.variable: torch.full((rows,), item.value, dtype=torch.float64)
        for item in action
        if isinstance(item, Set)
    }
    laws: dict[str, Tensor] = {}
    weight = torch.zeros(rows, dtype=torch.float64)
    changed = affected(scm, action)
    for conditional in scm.conditionals:
        name = conditional.target
        if isinstance(done.get(name), Set):
            if name in known:
                weight += _match(known[name], samples[name])
            continue
        world = memory.done if name in changed else memory.seen
        if name not in world or evidence:
            parents = _stack(unmoved(scm.vectors, name, samples, done), conditional.given, rows)
            shift = done.get(name)
            value, law, log = _step(scm, name, noise[name], parents, known.get(name), shift)
            weight += log
            world[name] = value, law
        samples[name], law = world[name]
        if law is not None:
            laws[name] = law
    for conditional in ancestral(scm.conditionals, known):
        laws.pop(conditional.target, None)  # its draws and the weights depend on each other
    weights = None if not evidence else _normalised(weight)
    return Draws(samples, weights, laws)


def _step(
    scm: Scm,
    name: str,
    noise: Tensor,
    parents: Tensor,
    known: Condition | None,
    shift: Set | Shift | None,
) -> tuple[Tensor, Tensor | None, Tensor]:
    """One variable: its values, its law if discrete, and the log weight of its evidence."""
    mechanism = scm.mechanisms[name]
    nothing = torch.zeros(len(parents), dtype=torch.float64)
    if is_discrete(mechanism):
        if shift is not None:
            raise QueryError(
                f"{name} has categories and cannot be shifted", remedy="set it instead"
            )
        law = probabilities(mechanism, parents)
        if known is None:
            return _pick(law, noise), law, nothing
        return _evident_class(law, noise, known)
    if known is None:
        value = mechanism.push(noise, parents).double()
        return (value + shift.amount if isinstance(shift, Shift) else value), None, nothing
    if isinstance(known, Range) and known.low == known.high and shift is None:
        value = torch.full((len(parents),), known.low, dtype=torch.float64)
        return value, None, mechanism.log_prob(value, parents).double()
    value = mechanism.push(noise, parents).double()
    if isinstance(shift, Shift):
        value = value + shift.amount
    return value, None, _match(known, value)


def _pick(law: Tensor, noise: Tensor) -> Tensor:
    """Codes, float64, that noise picks by a law (rows, k): a rank (rows,) or Gumbels (rows, k)."""
    return push_code(noise.double(), law.clamp_min(1e-300).log())


def _evident_class(
    law: Tensor, noise: Tensor, known: Condition
) -> tuple[Tensor, Tensor | None, Tensor]:
    """One of the categories that the evidence leaves, by the law among these."""
    codes = torch.arange(law.shape[-1], dtype=torch.float64)
    left = codes[holds(known, codes)]
    if not len(left):
        return torch.zeros(len(law)).double(), None, torch.full((len(law),), -math.inf).double()
    shares = law[:, left.long()]
    mass = shares.sum(-1).clamp_min(1e-300)
    among = noise if noise.ndim == 1 else noise[:, left.long()]
    return left[_pick(shares / mass[:, None], among).long()], None, mass.log()


def _match(known: Condition, values: Tensor) -> Tensor:
    return torch.where(holds(known, values), 0.0, -math.inf).double()


def _normalised(log_weight: Tensor) -> Tensor:
    top = log_weight.max()
    if not torch.isfinite(top):
        raise NoDrawError(
            "The model finds no draw that fits what was seen", remedy="widen the condition"
        )
    weight = (log_weight - top).exp()
    return weight / weight.sum()


def _countable(scm: Scm, action: Action) -> bool:
    names = [c.target for c in scm.conditionals]
    if any(isinstance(item, Shift) for item in action):
        return False
    if not all(scm.variables[name].discrete for name in names):
        return False
    free = [n for n in names if n not in {item.variable for item in action}]
    return math.prod(len(scm.variables[name].categories) for name in free) <= STATES


def _enumerated(scm: Scm, action: Action, evidence: Evidence) -> Draws:
    """All joint states with their probabilities: the product of the laws along the causal order."""
    fixed = {item.variable: item.value for item in action if isinstance(item, Set)}
    samples = {name: torch.tensor([value]).double() for name, value in fixed.items()}
    weight = torch.ones(1, dtype=torch.float64)
    for conditional in scm.conditionals:
        name = conditional.target
        if name in fixed:
            continue
        parents = _stack(samples, conditional.given, len(weight))
        law = probabilities(scm.mechanisms[name], parents)
        rows, categories = law.shape
        samples = {key: value.repeat_interleave(categories) for key, value in samples.items()}
        samples[name] = torch.arange(categories).double().repeat(rows)
        weight = (weight[:, None] * law).reshape(-1)
    for item in evidence:
        weight = weight * holds(item, samples[item.variable])
    if float(weight.sum()) <= 0:
        raise NoDrawError(
            "The model gives what was seen no probability", remedy="change the condition"
        )
    return Draws(samples, weight / weight.sum(), exact=True)


def probabilities(mechanism: Mechanism, parents: Tensor) -> Tensor:
    """The law (rows, k) of a discrete mechanism, float64."""
    assert is_discrete(mechanism)
    return mechanism.probabilities(parents).double()


def _stack(samples: Mapping[str, Tensor], names: tuple[str, ...], rows: int) -> Tensor:
    if not names:
        return torch.empty((rows, 0), dtype=torch.float64)
    return torch.stack([samples[name] for name in names], -1)
