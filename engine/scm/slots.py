"""From a conditional's cases to a bank's slot, and from trained weights back to a mechanism."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engine.data.table import Table
from engine.mechanisms.additive import Additive
from engine.mechanisms.bank import Shape, Slot, unstacked
from engine.mechanisms.base import Mechanism
from engine.mechanisms.categorical import Categorical
from engine.mechanisms.encoding import encoder_of, softened
from engine.mechanisms.flow import MODES, Flow
from engine.mechanisms.law import Law
from engine.mechanisms.linear import FLOOR, Linear
from engine.mechanisms.locationscale import LocationScale, bounded
from engine.mechanisms.logistic import Logistic
from engine.mechanisms.network import Network
from engine.mechanisms.settings import FitSettings
from engine.mechanisms.spline import spline_of
from engine.mechanisms.splinelinear import SplineLinear
from engine.scm.cases import Cases
from engine.scm.closed import fit_closed
from engine.scm.warping import target_of
from engine.seeds import generator

_PADDING = 4
_FARTHEST = 1e12  # units that a target lies off its line: its square is a number in float32
_MOST_SEEN = 50_000  # rows that say how far scales range


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Every variable encoded: `values` (1 + 2 · widths, table rows) float32; row 0 is all zeros.

    `softened` and `raw` are the rows of each variable, as networks and as lines see it.
    """

    values: Tensor
    softened: dict[str, tuple[int, ...]]
    raw: dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """Where training came to: the closed form that the network corrects, its shape and weights."""

    line: Linear | Logistic
    shape: Shape
    weights: Tensor

    @property
    def parts(self) -> dict[str, Tensor]:
        """The weights by part."""
        parts = unstacked(self.shape, self.weights[None])
        return {name: part[0].cpu().clone() for name, part in parts.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """One network to train: its slot and shape, and the closed form it corrects."""

    family: str
    cases: Cases
    line: Linear | Logistic
    shape: Shape
    slot: Slot

    def in_user_units(self, nats: float) -> float:
        """A score of the bank, which measures numbers in units of the line's residual sd.

        Where the variable is warped, up to the warp's mean log slope.
        """
        if isinstance(self.line, Linear) and self.cases.grid.step is None:
            return nats - math.log(self.line.scale)
        return nats


def columns_of(table: Table, names: Iterable[str]) -> Columns:
    """The columns `names` encoded and side by side; missing values are 0."""
    rows, soft, raw, at = [torch.zeros(1, table.rows)], {}, {}, 1
    for name in names:
        encoded = encoder_of(table, (name,))(torch.from_numpy(table[name].copy())[:, None])
        encoded = encoded.T.nan_to_num(0.0)
        rows += [softened(encoded).float(), encoded.float()]
        width = len(encoded)
        soft[name] = tuple(range(at, at + width))
        raw[name] = tuple(range(at + width, at + 2 * width))
        at += 2 * width
    return Columns(torch.cat(rows), soft, raw)


def problem_of(
    family: str,
    cases: Cases,
    weights: Tensor,
    columns: Columns,
    settings: FitSettings,
    seed: int,
    counted: Tensor | None = None,
    start: Trained | None = None,
) -> Problem:
    """The network task of `family`: the closed form of the weighted rows, and what is left over.

    `counted` (n,) are the slot's row weights if other rows than those fitted count (held-out rows
    are looked at, not learnt from). `start` is what a simpler family, or this one on other rows,
    came to: its line and weights are taken over. Same seed and conditional, same first weights.
    """
    own = start is None or family == "spline-linear"
    line = closed_line(cases, weights) if start is None or own else start.line
    shape = shape_of(family, cases, settings)
    given = cases.conditional.given if shape.width else ()
    counted = weights if counted is None else counted
    rng = generator(seed, "weights", family, str(cases.conditional))
    slot = Slot(
        _places(columns.softened, given, shape.width),
        torch.zeros(0),
        _whole_table(counted * (len(counted) / counted.sum()), cases),
        rng,
        line_inputs=_places(columns.raw, given, shape.width),
        start={} if start is None else start.parts,
        prior=float(cases.weights.square().sum() / cases.weights.sum() ** 2),
    )
    if isinstance(line, Linear):
        return _number(family, cases, line, shape, slot)
    return _category(family, cases, line, shape, slot)


def closed_line(cases: Cases, weights: Tensor) -> Linear | Logistic:
    """The straight line of these rows, or straight-line odds."""
    line = fit_closed("logistic" if cases.k else "linear", cases, weights)
    if not isinstance(line, Linear | Logistic):
        raise TypeError(line)
    return line


def mechanism_of(problem: Problem, flat: Tensor) -> Mechanism:
    """The mechanism with trained weights (size,)."""
    parts = Trained(problem.line, problem.shape, flat).parts
    line, floor = problem.line, problem.slot.floor
    network = _network(parts, problem.cases.encoder.width) if problem.shape.width else None
    if isinstance(line, Logistic):
        if network is None:
            raise ValueError("odds without parents have no network")
        return Categorical(line, network)
    unit, log_scale = line.scale, float(parts["log_scale"][0].double())
    grid, warp = problem.cases.grid, problem.cases.warp
    law = Law(grid, spline_of(parts["spline"]), warp)
    if network is None:
        shift = unit * float(parts["last_bias"][0, 0])
        return SplineLinear(line, law, shift, unit * (floor + math.exp(log_scale)))
    if problem.family == "additive":
        return Additive(line, law, network, unit, unit * (floor + math.exp(log_scale)))
    with torch.inference_mode():
        seen = problem.cases.design[:: max(1, problem.cases.n // _MOST_SEEN)]
        exponents = bounded(network(seen)[:, 1]) + log_scale
    ends = float(exponents.min()), float(exponents.max())
    if problem.family == "location-scale":
        return LocationScale(line, law, network, unit, floor, log_scale, *ends)
    shape = parts["spline"].double()
    return Flow(line, Law(grid, None, warp), network, unit, floor, log_scale, *ends, shape)


def shape_of(family: str, cases: Cases, settings: FitSettings) -> Shape:
    """The shape of a family's network on these cases: only slots of one shape share a bank."""
    width = -(-cases.encoder.width // _PADDING) * _PADDING
    if cases.k:
        return Shape(width, settings.hidden, cases.k, 0)
    rounded = cases.grid.step is not None
    outputs = {"location-scale": 2, "flow": 2 + MODES}.get(family, 1)
    if family == "spline-linear":
        width = 0
    return Shape(width, settings.hidden, outputs, settings.bins, rounded)


def _number(family: str, cases: Cases, line: Linear, shape: Shape, slot: Slot) -> Problem:
    unit, step = line.scale, cases.grid.step
    x = cases.x if cases.warp is None else cases.warp.forward(cases.x)
    target = (x - line.location(cases.parents)) / unit
    low, high = cases.grid.edges(cases.x)
    _, _, _, sd = target_of(cases, cases.weights)
    slot = replace(
        slot,
        target=_whole_table(target.nan_to_num(0.0, 0.0, 0.0).clamp(-_FARTHEST, _FARTHEST), cases),
        half=0.5 * (step or 0.0) / unit,
        open_below=_whole_table(torch.isinf(low).double(), cases) > 0,
        open_above=_whole_table(torch.isinf(high).double(), cases) > 0,
        floor=FLOOR * sd / unit,
    )
    return Problem(family, cases, line, shape, slot)


def _category(family: str, cases: Cases, line: Logistic, shape: Shape, slot: Slot) -> Problem:
    padded = torch.zeros(cases.k, 1 + shape.width)
    padded[:, : line.weights.shape[1]] = line.weights.float()
    slot = replace(slot, target=_whole_table(cases.x, cases), line=padded)
    return Problem(family, cases, line, shape, slot)


def _places(places: dict[str, tuple[int, ...]], names: tuple[str, ...], width: int) -> Tensor:
    """Rows of the columns of `names`, filled up with row 0."""
    found = [place for name in names for place in places[name]]
    return torch.tensor(found + [0] * (width - len(found)), dtype=torch.long)


def _network(parts: dict[str, Tensor], width: int) -> Network:
    return Network(
        parts["first"][:, :width].contiguous(),
        parts["first_bias"][:, 0].contiguous(),
        parts["second"].contiguous(),
        parts["second_bias"][:, 0].contiguous(),
        parts["last"].contiguous(),
        parts["last_bias"][:, 0].contiguous(),
    )


def _whole_table(values: Tensor, cases: Cases) -> Tensor:
    """Values of the complete rows at their places in the table, 0 elsewhere; float32."""
    whole = torch.zeros(cases.table_rows)
    whole[cases.rows] = values.float()
    return whole
