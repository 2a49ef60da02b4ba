"""Draws along an estimand of the ID algorithm: Σ Π of Tian's factors, by likelihood weighting.

Where all variables are discrete and few, all states are gone through instead, and it is exact.

Each variable is drawn by its link, causes first. A derived link P(v | given) within a kernel goes
through that kernel once more, with copies of its own: what is given weighs the draw by its density,
the rest is drawn, v comes last (Fung, Chang 1990). Where the weights depend on nothing but what is
set they are those of the whole draw; else every draw has INNER copies of its own and keeps one by
its weight (sampling, importance resampling; Rubin 1987).
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.errors import QueryError
from engine.identify.complete import Estimand
from engine.identify.kernels import Derived, Link, names_in
from engine.interventions import Action, Set, Shift
from engine.mechanisms.base import is_discrete
from engine.queries.draws import Draws
from engine.queries.model import Model
from engine.queries.worlds import STATES
from engine.scm.conditional import Conditional

FEWEST_INNER = 8.0  # effective copies, in the median, below which there is no number
INNER = 64  # copies of a draw whose weights depend on what was drawn before
MOST_INNER = 128_000  # copies in all: then there are fewer draws
OCCURS = "set a value that occurs"
FEWEST = 100.0  # effective draws below which there is no number

Values = Mapping[str, Tensor]


@dataclass(frozen=True, slots=True)
class Chain:
    """An estimand to draw along.

    `natural`: targets of links that see another value of the treatment than the rest does; where
    it is shifted they see it as it came about.
    """

    estimand: Estimand
    natural: frozenset[str] = frozenset()

    @property
    def anywhere(self) -> tuple[str, ...]:
        """Variables that it speaks of but whose value does not matter to it, by name."""
        links = [link for kernel in self.estimand.kernels for link in kernel.links]
        named = {name for link in links for name in names_in(link)}
        return tuple(sorted(named - {k.target for k in links} - set(self.estimand.treatments)))

    @property
    def needed(self) -> tuple[Conditional, ...]:
        """Every conditional in it, each once."""
        links = [link for kernel in self.estimand.kernels for link in kernel.links]
        return tuple(dict.fromkeys(conditionals(links)))


def moved(world: Values, action: Action) -> Values:
    """`world` as it looks once what is shifted was moved."""
    shifts = {item.variable: item.amount for item in action if isinstance(item, Shift)}
    if not shifts:
        return world
    return {name: value + shifts.get(name, 0.0) for name, value in world.items()}


def conditionals(links: Iterable[Link]) -> Iterable[Conditional]:
    """The conditionals that links are made of."""
    for link in links:
        if isinstance(link, Derived):
            yield from conditionals(link.of.links)
        else:
            yield link


def drawn_along(
    model: Model,
    chain: Chain,
    action: Action,
    outcome: str,
    anywhere: Values,
    count: int,
    member: int | None,
    natural: Action = (),
) -> Draws:
    """About `count` weighted draws of the outcome and what leads to it under `action`.

    `anywhere` has values (rows,) of the variables that may have any, as rows have them. `natural`
    is what is done as far as the natural links see. A QueryError where fewer than a hundred draws
    would stand for the answer.
    """
    sides = action, natural
    if (told := _enumerated(model, chain, sides, outcome, anywhere, member)) is not None:
        return told
    place = {name: number for number, name in enumerate(model.nodes.order())}
    links = [link for kernel in chain.estimand.kernels for link in kernel.links]
    links.sort(key=lambda link: place[link.target])
    world = {i.variable: torch.tensor([i.value]).double() for i in action if isinstance(i, Set)}
    free = set(world) | set(anywhere)
    if any(_inner(link, free) for link in links):
        count = min(count, MOST_INNER // INNER)
    world = {name: value.expand(count) for name, value in world.items()}
    other = {
        i.variable: torch.full((count,), i.value).double() for i in natural if isinstance(i, Set)
    }
    world |= {name: _repeated(value, count) for name, value in anywhere.items()}
    walk = _Walk(model, member, count)
    weight, laws = torch.zeros(count, dtype=torch.float64), {}
    for link in links:
        seen = world | other if link.target in chain.natural else moved(world, action)
        if isinstance(link, Derived) and _inner(link, free):
            value, law, log = walk.kept(link, seen)
        else:
            value, law, log = walk.drawn(link, seen)
        weight += log
        world[link.target] = value
        if law is not None:
            laws[link.target] = law
    if not bool(weight.any()):
        return Draws(world, None, {k: v for k, v in laws.items() if k == outcome})
    return Draws(world, _normalised(weight), {k: v for k, v in laws.items() if k == outcome})


def _enumerated(
    model: Model,
    chain: Chain,
    sides: tuple[Action, Action],
    outcome: str,
    anywhere: Values,
    member: int | None,
) -> Draws | None:
    """The law of the outcome by summing over all states; None where there are too many."""
    named = {n for c in chain.needed for n in (c.target, *c.given)} | set(anywhere)
    names = [name for name in model.nodes.order() if name in named]
    variables = [model.variable(name) for name in names]
    sizes = [len(variable.categories) for variable in variables]
    plain = all(isinstance(item, Set) for item in sides[0])
    if not plain or not all(v.discrete for v in variables) or math.prod(sizes) > STATES:
        return None
    tables = _Tables(model, names, sizes, member)
    free = {item.variable for item in sides[0]} | set(anywhere)
    total = torch.ones((1,) * len(names), dtype=torch.float64)
    for kernel in chain.estimand.kernels:
        for link in kernel.links:
            table = tables.of(link, divided=_inner(link, free))
            total = total * tables.at(table, sides[link.target in chain.natural])
    for name, values in anywhere.items():  # one by one: any law of them gives the same
        shares = torch.bincount(values.long(), minlength=sizes[names.index(name)]).double()
        total = total * tables.along(shares / shares.sum(), (name,))
    gone = {item.variable for item in sides[0]}
    total = total.expand([1 if n in gone else k for n, k in zip(names, sizes, strict=True)])
    masses = total.sum([i for i, name in enumerate(names) if name != outcome])
    codes = torch.arange(len(masses)).double()
    return Draws({outcome: codes}, _shares(masses), exact=True)


@dataclass(frozen=True, slots=True)
class _Tables:
    """Links as arrays with an axis for each of `names`, of length 1 where they do not depend."""

    model: Model
    names: list[str]
    sizes: list[int]
    member: int | None

    def of(self, link: Link, *, divided: bool = True) -> Tensor:
        """P(target | …); of a derived link, if not `divided`, times the chance of what is given."""
        if isinstance(link, Conditional):
            return self._conditional(link)
        whole = torch.ones((1,) * len(self.names), dtype=torch.float64)
        for inner in link.of.links:
            whole = whole * self.of(inner)
        for name in set(link.of.variables) - {link.target, *link.given}:
            whole = whole.sum(self.names.index(name), keepdim=True)
        if not divided or not link.given:
            return whole
        own = self.names.index(link.target)
        return whole / whole.sum(own, keepdim=True).clamp(min=1e-300)

    def at(self, table: Tensor, action: Action) -> Tensor:
        """Only what is set, along the axes of what is."""
        for item in action:
            axis = self.names.index(item.variable) if item.variable in self.names else -1
            if isinstance(item, Set) and axis >= 0 and table.shape[axis] > 1:
                table = table.index_select(axis, torch.tensor([int(item.value)]))
        return table

    def along(self, table: Tensor, axes: tuple[str, ...]) -> Tensor:
        """A table over `axes` with every other axis of length 1."""
        order = sorted(range(len(axes)), key=lambda i: self.names.index(axes[i]))
        shape = [size if n in axes else 1 for n, size in zip(self.names, self.sizes, strict=True)]
        return table.permute(order).reshape(shape)

    def _conditional(self, link: Conditional) -> Tensor:
        mechanism = self.model.scm((link,), self.member).mechanisms[link.target]
        assert is_discrete(mechanism)
        sizes = [self.sizes[self.names.index(name)] for name in link.given]
        states = torch.ones(sizes).nonzero().double() if sizes else torch.empty(1, 0).double()
        law = mechanism.probabilities(states).double()
        return self.along(law.reshape(*sizes, law.shape[1]), (*link.given, link.target))


@dataclass(frozen=True, slots=True)
class _Walk:
    """Goes along links with the mechanisms of a model, or of one bootstrap member of it."""

    model: Model
    member: int | None
    count: int

    def drawn(
        self, link: Link, world: Values, owner: str = ""
    ) -> tuple[Tensor, Tensor | None, Tensor]:
        """Of the target: values (rows,), law (rows, k) if discrete; and log weights (rows,)."""
        if isinstance(link, Derived):
            inside, log = self._through(link, world)
            value, law, _ = self.drawn(link.of.links[-1], inside, link.target)
            return value, law, log
        mechanism = self.model.scm((link,), self.member).mechanisms[link.target]
        rows = len(next(iter(world.values()))) if world else self.count
        parents = _stack(world, link.given, rows)
        noise = self.model.luck(mechanism, rows, owner, link.target)
        law = mechanism.probabilities(parents).double() if is_discrete(mechanism) else None
        return mechanism.push(noise, parents).double(), law, torch.zeros(rows).double()

    def kept(self, link: Derived, world: Values) -> tuple[Tensor, Tensor | None, Tensor]:
        """As `drawn`, each row by one of INNER copies: the weights are used up."""
        rows = len(next(iter(world.values())))
        many = {name: value.repeat_interleave(INNER) for name, value in world.items()}
        inside, log = self._through(link, many)
        log = log.view(rows, INNER)
        never = log.max(1).values == -math.inf
        shares = torch.softmax(log.masked_fill(never[:, None], 0.0), 1)
        if self.member is None and float((1 / shares.square().sum(1)).median()) < FEWEST_INNER:
            raise QueryError(
                f"Hardly any draw fits what {link.target} is weighed by, too few for a number",
                remedy="set values nearer to those in the rows",
            )
        chances = shares.cumsum(1)
        mechanism = self.model.scm((_own(link),), self.member).mechanisms[link.target]
        ticket = self.model.ticket(rows, link.target)
        chosen = (chances < ticket[:, None]).sum(1).clamp_(max=INNER - 1)
        chosen += INNER * torch.arange(rows)
        one = {name: value[chosen] for name, value in inside.items()}
        parents = _stack(one, _own(link).given, rows)
        noise = self.model.luck(mechanism, rows, "", link.target)
        law = None
        if is_discrete(mechanism):
            laws = mechanism.probabilities(_stack(inside, _own(link).given, rows * INNER)).double()
            law = torch.einsum("rk,rkc->rc", shares, laws.view(rows, INNER, -1))
        weight = torch.where(never, -math.inf, 0.0).double()
        return mechanism.push(noise, parents).double(), law, weight

    def _through(self, link: Derived, world: Values) -> tuple[dict[str, Tensor], Tensor]:
        """The kernel's world in front of the target, and the log weights of what is given."""
        inside = dict(world)
        rows = len(next(iter(world.values())))
        weight = torch.zeros(rows, dtype=torch.float64)
        for inner in link.of.links[:-1]:
            if inner.target not in link.given:
                inside[inner.target] = self.drawn(inner, inside, link.target)[0]
                continue
            assert isinstance(inner, Conditional)
            mechanism = self.model.scm((inner,), self.member).mechanisms[inner.target]
            parents = _stack(inside, inner.given, rows)
            weight += mechanism.log_prob(inside[inner.target], parents).double()
        return inside, weight


def check_enough(draws: Draws, outcome: str) -> None:
    """Refuse weighted draws of which too few count."""
    if not draws.exact and draws.weights is not None and draws.ess < FEWEST:
        raise QueryError(
            f"Only {draws.ess:.0f} of {draws.rows} draws fit what is set, too few for {outcome}",
            remedy="set values nearer to those in the rows",
        )


def _own(link: Derived) -> Conditional:
    own = link.of.links[-1]
    assert isinstance(own, Conditional)
    return own


def _inner(link: Link, free: set[str]) -> bool:
    """True where the weights of a link depend on what was drawn before it."""
    if not isinstance(link, Derived) or not link.given:
        return False
    copies = {inner.target for inner in link.of.links} - set(link.given)
    weighing = set[str]()
    for inner in link.of.links[:-1]:
        weighing |= names_in(inner)
    return not weighing - copies <= free


def _normalised(log_weight: Tensor) -> Tensor:
    top = log_weight.max()
    if not math.isfinite(float(top)):
        raise QueryError("By the model what is set never happens", remedy=OCCURS)
    weight = (log_weight - top).exp()
    return weight / weight.sum()


def _shares(masses: Tensor) -> Tensor:
    total = float(masses.sum())
    if not total > 0:
        raise QueryError("By the model what is set never happens", remedy=OCCURS)
    return masses / total


def _repeated(values: Tensor, count: int) -> Tensor:
    return values.repeat(-(-count // len(values)))[:count]


def _stack(world: Values, names: tuple[str, ...], rows: int) -> Tensor:
    if not names:
        return torch.empty(rows, 0, dtype=torch.float64)
    return torch.stack([world[name] for name in names]).T
