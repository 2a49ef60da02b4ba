"""Draws of what is missing given what was seen: Markov chains over the gaps, all rows at once.

Each step leaves P(missing | seen) of the given mechanisms exactly as it is, however few candidates
are weighed, because the present value is one of them (iterated sampling-importance-resampling:
Andrieu, Lee, Vihola, Bernoulli 2018). A category is drawn from its exact law.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import torch
from torch import Generator, Tensor

from engine.mechanisms.atoms import Atoms
from engine.mechanisms.base import Mechanism
from engine.mechanisms.discrete import gumbel
from engine.scm.conditional import Conditional
from engine.scm.gaps import Gaps

CANDIDATES = 12  # for a number, the present one among them
_BLOCK = 8192  # evaluations of one mechanism at a time: a slice stays short
_TWO = math.log(2.0)


@dataclass(frozen=True, slots=True)
class Factor:
    """A mechanism and what it is given; also of a law other than the conditional's own."""

    given: tuple[str, ...]
    mechanism: Mechanism


@dataclass(frozen=True, slots=True, eq=False)
class Chains:
    """The rows with gaps, several times over: `values` by variable (copies · R,), copy by copy."""

    gaps: Gaps
    copies: int
    values: dict[str, Tensor]
    _filled: dict[str, Tensor] = field(init=False, default_factory=dict)
    _active: dict[str, Tensor] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """The masks, once per copy."""
        for name in self.values:
            self._filled[name] = self.gaps.filled[name].repeat(self.copies)
            self._active[name] = self.gaps.active[name].repeat(self.copies)

    @property
    def tables(self) -> dict[str, Tensor]:
        """The values as (copies, R)."""
        return {name: value.view(self.copies, -1) for name, value in self.values.items()}

    def begin(self, law: Mapping[str, Factor], rng: Generator) -> Iterator[None]:
        """Every gap drawn from its own mechanism, causes first."""
        for task in self.gaps.law:
            name = task.conditional.target
            for rows in _split(self._filled[name].nonzero().squeeze(1), 1):
                factor = law[name]
                noise = factor.mechanism.noise(len(rows), rng)
                given = _stacked([self.values[cause][rows] for cause in factor.given], len(rows))
                self.values[name][rows] = factor.mechanism.push(noise, given)
                yield

    def sweep(
        self,
        law: Mapping[str, Factor],
        near: Mapping[str, Factor],
        rng: Generator,
        copy: int | None = None,
    ) -> Iterator[None]:
        """One new draw of every gap, in one copy or in all.

        `law` holds every mechanism that a gap takes part in, `near` for numbers a line given their
        causes, effects and effects' causes, from which half of the candidates are drawn.
        """
        part = torch.zeros_like(next(iter(self._filled.values())))
        size = len(self.gaps.rows)
        part[slice(None) if copy is None else slice(copy * size, (copy + 1) * size)] = True
        several = torch.stack([where.int() for where in self._filled.values()]).sum(0) > 1
        for rows in _split((part & several).nonzero().squeeze(1), CANDIDATES):
            yield from self._together(rows, law, rng)
        for task in self.gaps.law:
            name = task.conditional.target
            where = (part & self._filled[name]).nonzero().squeeze(1)
            k = self.gaps.levels[name]
            for rows in _split(where, k or CANDIDATES):
                if k:
                    yield from self._category(task.conditional, rows, law, rng)
                else:
                    yield from self._number(task.conditional, rows, law, near.get(name), rng)

    def _category(
        self, own: Conditional, rows: Tensor, law: Mapping[str, Factor], rng: Generator
    ) -> Iterator[None]:
        """A category from its exact law given everything else."""
        name = own.target
        codes = torch.arange(self.gaps.levels[name], dtype=torch.float64).repeat(len(rows), 1)
        score = self._log_prob(law[name], codes, rows)
        yield
        yield from self._heard(name, rows, codes, law, score)
        self.values[name][rows] = _picked(codes, score, rng)

    def _number(
        self,
        own: Conditional,
        rows: Tensor,
        law: Mapping[str, Factor],
        near: Factor | None,
        rng: Generator,
    ) -> Iterator[None]:
        """A number: the present one, or one of others drawn from its mechanism or the line."""
        name, factor, several = own.target, law[own.target], CANDIDATES
        near = None if isinstance(factor.mechanism, Atoms) else near  # a line has no such masses
        drawn = self._push(factor, rows, several, rng)
        by_line = torch.zeros(len(rows), dtype=torch.bool)
        if near is not None:
            other = self._push(near, rows, several, rng)
            by_line = ~other.isnan().any(1)  # what it is given may be missing for good
            chosen = torch.rand(drawn.shape, generator=rng, dtype=torch.float64) < 0.5
            drawn = torch.where(chosen & by_line[:, None], other, drawn)
        drawn[:, 0] = self.values[name][rows]
        yield
        score = self._log_prob(factor, drawn, rows)
        alone = torch.where(score.isneginf(), score, 0.0)
        if near is not None:
            line = self._log_prob(near, drawn, rows)
            mixed = score - (torch.logaddexp(score, line) - _TWO)
            alone = torch.where(by_line[:, None], mixed.nan_to_num(nan=-math.inf), alone)
        score = alone
        yield
        yield from self._heard(name, rows, drawn, law, score)
        self.values[name][rows] = _picked(drawn, score, rng)

    def _heard(
        self,
        name: str,
        rows: Tensor,
        candidates: Tensor,
        law: Mapping[str, Factor],
        score: Tensor,
    ) -> Iterator[None]:
        """Add what the effects of `name` say of each candidate (rows, candidates) to `score`."""
        for task in self.gaps.law:
            effect = task.conditional.target
            if name not in task.conditional.given:
                continue
            live = self._active[effect][rows].nonzero().squeeze(1)
            if not len(live):
                continue
            here, several = rows[live], candidates.shape[1]
            given = [
                candidates[live] if cause == name else _wide(self.values[cause][here], several)
                for cause in law[effect].given
            ]
            x = _wide(self.values[effect][here], several)
            score[live] += _nats(law[effect].mechanism, x, given)
            yield

    def _together(self, rows: Tensor, law: Mapping[str, Factor], rng: Generator) -> Iterator[None]:
        """All gaps of a row at once: the present values, or others drawn causes first."""
        several = CANDIDATES
        world: dict[str, Tensor] = {}
        score = torch.zeros(len(rows), several, dtype=torch.float64)
        for task in self.gaps.law:
            name = task.conditional.target
            filled, active = self._filled[name][rows], self._active[name][rows]
            moved = [self._filled[cause][rows] for cause in task.conditional.given]
            seen = active & ~filled & torch.stack(moved).any(0) if moved else filled & ~filled
            value = _wide(self.values[name][rows], several)
            if bool(filled.any()):
                here = filled.nonzero().squeeze(1)
                factor = law[name]
                given = [world[cause][here] for cause in factor.given]
                noise = factor.mechanism.noise(len(here) * several, rng)
                drawn = factor.mechanism.push(noise, _stacked(given, len(here) * several))
                drawn = drawn.view(-1, several)
                drawn[:, 0] = value[here, 0]
                value = value.clone().index_copy_(0, here, drawn)
                yield
            world[name] = value
            if bool(seen.any()):
                here = seen.nonzero().squeeze(1)
                given = [world[cause][here] for cause in law[name].given]
                score[here] += _nats(law[name].mechanism, value[here], given)
                yield
        chosen = _choice(score, rng)
        for name, value in world.items():
            filled = self._filled[name][rows].nonzero().squeeze(1)
            if len(filled):
                self.values[name][rows[filled]] = value[filled, chosen[filled]]

    def _push(self, factor: Factor, rows: Tensor, several: int, rng: Generator) -> Tensor:
        """Draws (rows, several) of a factor in the rows as they are."""
        given = [_wide(self.values[cause][rows], several) for cause in factor.given]
        noise = factor.mechanism.noise(len(rows) * several, rng)
        drawn = factor.mechanism.push(noise, _stacked(given, len(rows) * several))
        return drawn.view(-1, several)

    def _log_prob(self, factor: Factor, x: Tensor, rows: Tensor) -> Tensor:
        given = [_wide(self.values[cause][rows], x.shape[1]) for cause in factor.given]
        return _nats(factor.mechanism, x, given)


def _nats(mechanism: Mechanism, x: Tensor, given: list[Tensor]) -> Tensor:
    """Log-density of x (rows, candidates), `given` alike; what cannot be is -∞."""
    nats = mechanism.log_prob(x.reshape(-1), _stacked(given, x.numel()))
    return nats.view(x.shape).nan_to_num(nan=-math.inf)


def _stacked(columns: list[Tensor], count: int) -> Tensor:
    if not columns:
        return torch.empty(count, 0, dtype=torch.float64)
    return torch.stack([column.reshape(-1) for column in columns], 1)


def _wide(column: Tensor, several: int) -> Tensor:
    return column[:, None].expand(-1, several)


def _choice(score: Tensor, rng: Generator) -> Tensor:
    """One candidate per row, with probability ∝ exp(score); the first where none is possible."""
    return (score + gumbel(len(score), score.shape[1], rng)).argmax(1)


def _picked(candidates: Tensor, score: Tensor, rng: Generator) -> Tensor:
    return candidates.gather(1, _choice(score, rng)[:, None]).squeeze(1)


def _split(rows: Tensor, several: int) -> Iterator[Tensor]:
    """Parts of `rows` small enough for one evaluation each."""
    return iter(torch.split(rows, max(1, _BLOCK // several))) if len(rows) else iter(())
