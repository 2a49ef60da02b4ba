"""Atoms beside a law of numbers: some values repeat exactly, all others follow a mechanism.

A gate gives the probability p_j of each atom a_j, and r = 1 - Σ p_j of the rest with law F_rest.
On a continuum F(x) = r F_rest(x) + Σ_{a_j ≤ x} p_j. On a grid the rest has no mass in an atom's
cell: what F_rest holds there is taken out, and r spread over the other cells. x rises in one normal
noise ε by F(x) = Φ(ε): zero-inflated earnings are exactly 0 for all ε below Φ⁻¹(p_0).
"""

from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import Generator, Tensor

from engine.mechanisms.additive import Additive
from engine.mechanisms.categorical import Categorical
from engine.mechanisms.discrete import log_of
from engine.mechanisms.law import Grid, normal_noise
from engine.mechanisms.linear import Linear
from engine.mechanisms.locationscale import LocationScale
from engine.mechanisms.logistic import Logistic
from engine.mechanisms.normal import FAR, draw_between, log_interval, probability, quantile
from engine.mechanisms.table import ConditionalTable

Gate = ConditionalTable | Logistic | Categorical
Rest = Linear | Additive | LocationScale

MOST = 4  # atoms of one variable
_SHARE, _ROWS = 0.01, 10  # on a continuum, an atom is in more of the rows than this
_PEAK = 3.0  # times as many rows as the usual value has, or as the cells around hold
_CELL_SHARE = 0.05  # on a grid, an atom is in at least so many of the rows
_TINY = 1e-280  # probabilities that are reckoned with in logs
_AROUND = 10  # rows that say how much the cells around an atom hold


@dataclass(frozen=True, slots=True, eq=False)
class Atoms:
    """x = a_j with probability p_j(parents), else from `rest`; x rises in one noise ε ~ N(0, 1).

    `values` (J,) float64 are the a_j, rising, in user units. The gate's category j is a_j, J the
    rest.
    """

    approximate: ClassVar[bool] = False

    gate: Gate
    rest: Rest
    values: Tensor

    def __post_init__(self) -> None:
        """Refuse atoms that are no rising list."""
        if self.values.ndim != 1 or not len(self.values) or (self.values.diff() <= 0).any():
            raise ValueError("atoms must rise")

    @property
    def family(self) -> str:
        """The family of what is no atom."""
        return self.rest.family

    def log_prob(self, x: Tensor, parents: Tensor) -> Tensor:
        """Nats per row (rows,): log p_j at an atom, else the log density or cell probability."""
        pieces, code = self._pieces(parents), codes_of(x, self.values)
        rest = pieces.log_rate + self.rest.log_prob(x, parents)
        return torch.where(code == len(self.values), rest, _picked(pieces.log_gate, code))

    def push(self, noise: Tensor, parents: Tensor) -> Tensor:
        """The x that noise (rows,) makes."""
        pieces, ahead = self._pieces(parents), noise[:, None]
        entered = (pieces.ends[:, :-1] <= ahead).sum(1)  # atoms at or below x
        region = (pieces.starts[:, 1:] < ahead).sum(1)  # atoms below x
        inside = pieces.back(noise, region)
        value = self.values[region.clamp(max=len(self.values) - 1)]
        return torch.where(entered > region, value, self.rest.push(inside, parents))

    def abduct(self, x: Tensor, parents: Tensor, rng: Generator) -> Tensor:
        """Noise from x (rows,); within an atom or a cell, a draw from the noise's law there."""
        pieces, code = self._pieces(parents), codes_of(x, self.values)
        atom, nearest = code < len(self.values), code.clamp(max=len(self.values) - 1)
        region = torch.searchsorted(self.values, x.contiguous())
        low, high = cell_of(self.rest, x, parents)
        start = pieces.forth(low, region)
        end = start if high is low else pieces.forth(high, region)
        start = torch.where(atom, _picked(pieces.ends, nearest), start)
        end = torch.where(atom, _picked(pieces.starts, nearest + 1), end)
        return torch.where(start < end, draw_between(start, end, rng), start)

    def noise(self, count: int, rng: Generator) -> Tensor:
        """`count` draws of ε."""
        return normal_noise(count, rng)

    def _pieces(self, parents: Tensor) -> "_Pieces":
        """Where the atoms cut the noise, row by row."""
        log_gate = log_of(self.gate.probabilities(parents).double())
        cells = [cell_of(self.rest, a.expand(len(parents)), parents) for a in self.values]
        far = torch.full((len(parents), 1), FAR, dtype=torch.float64)
        inner_starts = torch.cat((-far, *(high[:, None] for _, high in cells)), 1)
        inner_ends = torch.cat((*(low[:, None] for low, _ in cells), far), 1)
        return _cut(log_gate, inner_starts, inner_ends)


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Regions between atoms, (rows, J + 1): from where to where in the rest's noise and in ε.

    Atom j lies between ends[:, j] and starts[:, j + 1]. Within a region, Φ(ε) grows by
    exp(`log_rate`) times what Φ of the rest's noise grows by.
    """

    log_gate: Tensor
    log_rate: Tensor
    inner_starts: Tensor
    inner_ends: Tensor
    starts: Tensor
    ends: Tensor

    def forth(self, inner: Tensor, region: Tensor) -> Tensor:
        """ε of the rest's noise (rows,)."""
        return _moved(inner, *self._at(region), self.log_rate)

    def back(self, noise: Tensor, region: Tensor) -> Tensor:
        """The rest's noise of ε (rows,)."""
        start, end, outer_start, outer_end = self._at(region)
        inner = _moved(noise, outer_start, outer_end, start, end, -self.log_rate)
        return torch.minimum(torch.maximum(inner, start), end)

    def _at(self, region: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        return (
            _picked(self.inner_starts, region),
            _picked(self.inner_ends, region),
            _picked(self.starts, region),
            _picked(self.ends, region),
        )


def cell_of(rest: Rest, x: Tensor, parents: Tensor) -> tuple[Tensor, Tensor]:
    """Between which noise `rest` gives x (rows,), within ± FAR; one tensor twice, if unique."""
    smooth = replace(rest, law=replace(rest.law, grid=Grid()))
    rng = Generator()  # not drawn from: noise on a continuum is unique
    if rest.law.grid.step is None:
        inner = smooth.abduct(x, parents, rng).clamp(-FAR, FAR)
        return inner, inner
    low, high = (smooth.abduct(at, parents, rng) for at in rest.law.grid.edges(x))
    return low.clamp(-FAR, FAR), high.clamp(-FAR, FAR)


def codes_of(x: Tensor, values: Tensor) -> Tensor:
    """Which atom x (rows,) is, J for none: the codes that the gate learns from."""
    hit = x[:, None] == values
    return torch.where(hit.any(1), hit.long().argmax(1), len(values))


def atoms_in(x: Tensor, grid: Grid, ends: tuple[float, ...] = ()) -> tuple[float, ...]:
    """The atoms among values x (n,): at most `MOST`, those with most rows, rising.

    On a continuum a value in ≥ 10 rows, > 1 % of them, and > 3 times as many as the median value
    has, so that a grid that nobody knows of is none. On a grid a value in ≥ 5 % of the rows, and >
    3 times as many as a cell around it holds. Of the variable's bounds, `ends`, whatever was seen.
    """
    values, counts = torch.unique(x, return_counts=True)
    if len(values) < 2:
        return ()
    if grid.step is None:
        usual = max(_ROWS - 1.0, _SHARE * len(x), _PEAK * float(counts.double().median()))
        found = (counts > usual).nonzero().squeeze(1).tolist()
    else:
        often = (counts >= max(_ROWS, _CELL_SHARE * len(x))).nonzero().squeeze(1).tolist()
        found = [i for i in often if counts[i] > _PEAK * _around(values / grid.step, counts, i)]
    at_ends = [i for i, value in enumerate(values.tolist()) if value in ends and grid.step is None]
    found = sorted(set(found) - set(at_ends), key=lambda i: -int(counts[i]))
    kept = (at_ends + found)[: max(MOST, len(at_ends))]
    return tuple(sorted(float(values[i]) for i in kept))


def _around(cells: Tensor, counts: Tensor, at: int) -> float:
    """Rows per cell around cell `at`: the nearest cells that hold 10, within what was seen."""
    away = (cells - cells[at]).abs().round()
    away[at] = torch.inf
    order = away.argsort()
    enough = int((counts[order].cumsum(0) < _AROUND).sum())
    reach = away[order[min(enough, len(cells) - 2)]]
    inside = away <= reach
    width = (cells[at] + reach).clamp(max=cells[-1]) - (cells[at] - reach).clamp(min=cells[0])
    return float(counts[inside].sum() / width)


def _cut(log_gate: Tensor, inner_starts: Tensor, inner_ends: Tensor) -> _Pieces:
    """The pieces of a gate (rows, J + 1) and of where the rest's regions start and end."""
    shares = _between(inner_starts, inner_ends)
    total = shares.sum(1)
    gate, log_rate = log_gate.exp(), log_gate[:, -1] - total.log()
    masses = _woven(shares * (gate[:, -1] / total)[:, None], gate)
    below, above = masses.cumsum(1)[:, :-1], masses.flip(1).cumsum(1).flip(1)[:, 1:]
    lesser = torch.minimum(below, above)
    edges = torch.special.ndtri(lesser).clamp(-FAR, FAR)
    edges = torch.where(below <= above, edges, -edges)
    inner = torch.stack((inner_ends[:, :-1], inner_starts[:, 1:]), 2).flatten(1)
    deep = ((lesser < _TINY) & (inner.abs() < FAR)).any(1) | (total < _TINY)
    if bool(deep.any()):
        log_shares = _log_between(inner_starts[deep], inner_ends[deep])
        log_rate[deep] = log_gate[deep, -1] - log_shares.logsumexp(1)
        logs = _woven(log_shares + log_rate[deep, None], log_gate[deep])
        upto, beyond = logs.logcumsumexp(1), logs.flip(1).logcumsumexp(1).flip(1)
        edges[deep] = quantile(upto[:, :-1], beyond[:, 1:])
    edges = edges.cummax(1).values
    starts = torch.cat((inner_starts[:, :1], edges[:, 1::2]), 1)
    ends = torch.cat((edges[:, ::2], inner_ends[:, -1:]), 1)
    return _Pieces(log_gate, log_rate, inner_starts, inner_ends, starts, ends)


def _woven(regions: Tensor, gate: Tensor) -> Tensor:
    """Region, atom, region, …, region: (rows, 2 J + 1)."""
    pairs = torch.stack((regions[:, :-1], gate[:, :-1]), 2).flatten(1)
    return torch.cat((pairs, regions[:, -1:]), 1)


def _moved(
    noise: Tensor, start: Tensor, end: Tensor, to_start: Tensor, to_end: Tensor, log_rate: Tensor
) -> Tensor:
    """ε' with Φ(ε') - Φ(to_start) = rate · (Φ(ε) - Φ(start)), counted from both ends."""
    rate = log_rate.exp()
    below = probability(to_start) + rate * _between(start, noise)
    above = probability(-to_end) + rate * _between(noise, end)
    lesser = torch.minimum(below, above)
    found = torch.special.ndtri(lesser).clamp(-FAR, FAR)
    found = torch.where(below <= above, found, -found)
    deep = (lesser < _TINY) & (noise.abs() < FAR) | ~(rate < 1 / _TINY)
    if bool(deep.any()):
        parts = (noise, start, end, to_start, to_end, log_rate)
        found[deep] = _moved_far(*(part[deep] for part in parts))
    return found


def _moved_far(
    noise: Tensor, start: Tensor, end: Tensor, to_start: Tensor, to_end: Tensor, log_rate: Tensor
) -> Tensor:
    """The same in logs, where Φ underflows."""
    below, above = torch.special.log_ndtr(to_start), torch.special.log_ndtr(-to_end)
    return quantile(
        torch.logaddexp(below, log_rate + _log_between(start, noise)),
        torch.logaddexp(above, log_rate + _log_between(noise, end)),
    )


def _between(low: Tensor, high: Tensor) -> Tensor:
    """Φ(high) - Φ(low), counted in the tail where both are."""
    flip = low + high > 0
    below = probability(torch.where(flip, -high, low))
    upto = probability(torch.where(flip, -low, high))
    return torch.clamp(upto - below, min=0.0)


def _log_between(low: Tensor, high: Tensor) -> Tensor:
    return log_interval(low, high, (high - low).clamp(min=0.0))


def _picked(table: Tensor, column: Tensor) -> Tensor:
    return table.gather(1, column[:, None]).squeeze(1)
