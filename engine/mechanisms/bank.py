"""Many small networks of one shape as one batched network: it stacks, steps and unstacks.

Rows run along the last axis: inputs (slots, width, rows). A slot's arithmetic never depends on its
neighbours, bit for bit: inputs are padded to multiples of 4, rows and weights to whole blocks, a
bank of one gets a copy of itself as company, and gradients are clipped per slot.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields

import torch
from torch import Generator, Tensor
from torch.nn.functional import log_softmax, pad

from engine.mechanisms.adam import Adam
from engine.mechanisms.density import spline_density
from engine.mechanisms.flow import leaning
from engine.mechanisms.locationscale import bounded
from engine.mechanisms.network import activated
from engine.mechanisms.normal import log_interval, log_probability
from engine.mechanisms.spline import Bins, bent, curve, knots, sink

_STEEPEST = 10.0  # a slot's gradient is cut back to this length
_PRECISION = {"first": 5.0, "second": 5.0, "last": 5.0, "spline": 3.0}  # of the priors on weights
_REACH = 1.0  # beyond it a weight is let go: steps need large ones
_CATEGORY = 0.2  # Fisher information of a logit from a row, p (1 - p), beside a number's
BLOCK = (
    32  # vector kernels finish what is left of 2 × 16 numbers by scalar code, which rounds apart
)


@dataclass(frozen=True, slots=True)
class Shape:
    """One network: padded inputs (0: none), hidden units, outputs, bins of the noise spline.

    Numbers have outputs (location, log scale if it changes, modes of the shape if it does) and a
    spline; categories one logit each, bins 0. `rounded` numbers are scored by the probability of
    their cell.
    """

    width: int
    hidden: int
    outputs: int
    bins: int
    rounded: bool = False

    @property
    def parts(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the weights of one slot."""
        h = self.hidden
        layers: dict[str, tuple[int, ...]] = {"last_bias": (self.outputs, 1)}
        if self.width:
            layers |= {"first": (h, self.width), "first_bias": (h, 1), "second": (h, h)}
            layers |= {"second_bias": (h, 1), "last": (self.outputs, h)}
        if self.bins:
            layers |= {"spline": (self.bins,), "log_scale": (1,)}
        return layers

    @property
    def sizes(self) -> list[int]:
        """Numbers per part, padded so that each part starts on a whole block."""
        return [_whole(_product(shape)) for shape in self.parts.values()]


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """One network's task; tensors (table rows,), 0 where the row does not count.

    `inputs` (width,) are numbers of the bank's columns; column 0 is the padding, all zeros.
    Numbers: `target` in units of the line's residual sd, `half` a cell in that unit, `open_below`
    and `open_above` where the cell has no such edge, `floor` the smallest scale.
    Categories: `target` codes, `line` (k, 1 + width) the closed-form logits to start from, of the
    columns `line_inputs`. `start` are weights by part to begin from, of a network with the same
    hidden units and the same or fewer outputs, or with none. `prior` is one over the rows that the
    prior on the network is weighed against.
    """

    inputs: Tensor
    target: Tensor
    weights: Tensor
    rng: Generator
    half: float = 0.0
    open_below: Tensor | None = None
    open_above: Tensor | None = None
    floor: float = 0.0
    line: Tensor | None = None
    line_inputs: Tensor | None = None
    start: Mapping[str, Tensor] = field(default_factory=dict)
    prior: float = 0.0


class Bank:
    """Slots of one shape, trained together; `columns` (all inputs, table rows) float32."""

    def __init__(
        self, shape: Shape, columns: Tensor, slots: Sequence[Slot], average: float, device: str
    ) -> None:
        self.shape, self.average, self.device = shape, average, device
        self.columns = columns.to(device)
        weights = torch.stack([_start(shape, slot) for slot in slots]).to(device)
        self.adam, self.averaged = Adam(weights), weights.clone()
        self.data = _Data.of(shape, slots).to(device)
        self.held = _held(shape).to(device)
        if len(slots) == 1:
            self.keep([0])

    def step(self, rows: Tensor, counted: Tensor, rate: float) -> Tensor:
        """One Adam step on these table rows; mean loss per slot (slots,) in nats before it.

        The step goes down that loss plus the normal prior's on the network's weights.
        `counted` (rows,) is 1 for a row of the batch and 0 for padding.
        """
        rows, counted = rows.to(self.device), counted.to(self.device)
        weights = self.adam.weights.detach().requires_grad_()
        nats = self._log_prob(weights, rows)
        counts = self.data.weights.index_select(1, rows) * (counted / counted.sum())
        loss = -(nats * counts).sum(1)
        (gradient,) = torch.autograd.grad(loss.sum(), weights)
        gradient.addcmul_(self.data.prior, self.held * _pull(self.adam.weights))
        length = gradient.square().sum(1, keepdim=True).sqrt()
        gradient.mul_((_STEEPEST / (length + 1e-12)).clamp(max=1.0))
        self.adam.step(gradient, rate)
        keep = min(self.average, self.adam.steps / (self.adam.steps + 9.0))
        self.averaged.lerp_(self.adam.weights, 1 - keep)
        return loss.detach()

    def scores(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Nats of these table rows by the averaged weights, and the rows' weights."""
        rows = rows.to(self.device)
        with torch.no_grad():
            nats = self._log_prob(self.averaged, rows)
            return nats.cpu(), self.data.weights.index_select(1, rows).cpu()

    def keep(self, slots: list[int]) -> None:
        """Go on with these slots only; at least one."""
        chosen = torch.tensor(slots if len(slots) > 1 else slots * 2, device=self.device)
        self.adam.keep(chosen)
        self.averaged, self.data = self.averaged[chosen], self.data.keep(chosen)

    def _log_prob(self, flat: Tensor, rows: Tensor) -> Tensor:
        parts = unstacked(self.shape, flat)
        z = self.columns.index_select(1, rows)[self.data.inputs]
        out = _outputs(parts, z) if self.shape.width else parts["last_bias"]
        if self.shape.bins:
            return _number(parts, out, self.data, rows, self.shape)
        if self.shape.width:
            raw = self.columns.index_select(1, rows)[self.data.line_inputs]
            out = out + torch.baddbmm(self.data.line_bias, self.data.line, raw)
        codes = self.data.target.index_select(1, rows).long()
        return log_softmax(out, 1).gather(1, codes[:, None]).squeeze(1)


@dataclass(frozen=True, slots=True, eq=False)
class _Data:
    """The slots' tasks, stacked along the first axis."""

    inputs: Tensor
    target: Tensor
    weights: Tensor
    half: Tensor
    open_below: Tensor
    open_above: Tensor
    floor: Tensor
    line: Tensor
    line_bias: Tensor
    line_inputs: Tensor
    prior: Tensor

    @classmethod
    def of(cls, shape: Shape, slots: Sequence[Slot]) -> "_Data":
        none = torch.zeros(0)
        closed = torch.zeros(len(slots[0].target), dtype=torch.bool)
        lines = [slot.line for slot in slots if slot.line is not None]
        stacked = torch.stack(lines).float() if lines else torch.zeros(len(slots), 0, 1)
        below = [closed if s.open_below is None else s.open_below for s in slots]
        above = [closed if s.open_above is None else s.open_above for s in slots]
        return cls(
            torch.stack([slot.inputs for slot in slots]),
            torch.stack([slot.target for slot in slots]).float(),
            torch.stack([slot.weights for slot in slots]).float(),
            torch.tensor([[slot.half] for slot in slots]),
            torch.stack(below) if shape.rounded else none.expand(len(slots), 0),
            torch.stack(above) if shape.rounded else none.expand(len(slots), 0),
            torch.tensor([[slot.floor] for slot in slots]),
            stacked[:, :, 1:].contiguous(),
            stacked[:, :, :1].contiguous(),
            torch.stack([s.inputs if s.line_inputs is None else s.line_inputs for s in slots]),
            torch.tensor([[slot.prior] for slot in slots]),
        )

    def to(self, device: str) -> "_Data":
        return self._each(lambda tensor: tensor.to(device))

    def keep(self, slots: Tensor) -> "_Data":
        return self._each(lambda tensor: tensor[slots])

    def _each(self, change: Callable[[Tensor], Tensor]) -> "_Data":
        return _Data(*(change(getattr(self, part.name)) for part in fields(self)))


def unstacked(shape: Shape, flat: Tensor) -> dict[str, Tensor]:
    """The parts of weights (slots, size), each (slots, …)."""
    pieces = torch.split(flat, shape.sizes, 1)
    return {
        name: piece[:, : _product(part)].view(len(flat), *part)
        for (name, part), piece in zip(shape.parts.items(), pieces, strict=True)
    }


def _pull(weights: Tensor) -> Tensor:
    """The gradient of ½ R² log(1 + w² / R²): as the normal prior's near 0, then ever weaker."""
    return weights / (1 + (weights / _REACH) ** 2)


def _held(shape: Shape) -> Tensor:
    """The precision of the prior on each weight (size,); a category tells less than a number."""
    told = 1.0 if shape.bins else _CATEGORY
    each = zip(shape.parts, shape.sizes, strict=True)
    return torch.cat([torch.full((n,), told * _PRECISION.get(part, 0.0)) for part, n in each])


def _start(shape: Shape, slot: Slot) -> Tensor:
    """First weights (size,): those of `start`; else the line, a silent network, normal noise."""
    pieces = []
    real = max(1, int((slot.inputs > 0).sum()))
    for (name, part), size in zip(shape.parts.items(), shape.sizes, strict=True):
        piece = torch.zeros(size)
        if name in ("first", "first_bias", "second", "second_bias"):
            fan = real if name.startswith("first") else shape.hidden
            drawn = torch.rand(_product(part), generator=slot.rng) * 2 - 1
            piece[: len(drawn)] = drawn * (3 / fan) ** 0.5  # between LeCun and He et al.
        if name == "log_scale":
            piece[0] = max(1.0 - slot.floor, 1e-3)
            piece[0].log_()
        if name in slot.start:
            given = slot.start[name].reshape(-1)
            piece[: len(given)] = given  # outputs come first: what is new is silent
        pieces.append(piece)
    return torch.cat(pieces)


def _outputs(parts: dict[str, Tensor], z: Tensor) -> Tensor:
    """(slots, outputs, rows) from inputs (slots, width, rows)."""
    hidden = torch.baddbmm(parts["first_bias"], parts["first"], z)
    hidden = torch.baddbmm(parts["second_bias"], parts["second"], activated(hidden))
    hidden = activated(hidden)
    return torch.baddbmm(parts["last_bias"], parts["last"], hidden)


def _number(
    parts: dict[str, Tensor], out: Tensor, data: _Data, rows: Tensor, shape: Shape
) -> Tensor:
    """Log density of the target in its unit, or log probability of its cell; (slots, rows)."""
    target = data.target.index_select(1, rows)
    exponent = parts["log_scale"]
    if shape.outputs > 1:
        exponent = bounded(out[:, 1]) + exponent
    scale = data.floor + exponent.exp()
    raw, centred = parts["spline"], target - out[:, 0]
    if shape.outputs > 2:
        log_slopes = bent(raw[:, :, None] + leaning(out[:, 2:], shape.bins))
        values, slopes = curve(log_slopes.exp())
    else:  # padded to whole vectors: the same bits in any company
        mean = bent(pad(raw, (0, BLOCK - shape.bins))).exp()[:, : shape.bins]
        values, slopes = curve(mean[:, :, None])
    if not shape.rounded:
        return spline_density(centred / scale, values, slopes) - scale.log()
    _, log_slope = _noise(centred / scale, values, slopes)
    low, _ = _noise((centred - data.half) / scale, values, slopes)
    high, _ = _noise((centred + data.half) / scale, values, slopes)
    slim = 2 * data.half / scale < 1e-2
    width = torch.where(slim, log_slope.exp() * 2 * data.half / scale, (high - low).clamp(min=1e-6))
    inside = log_interval(low, high, width)
    below = data.open_below.index_select(1, rows)
    above = data.open_above.index_select(1, rows)
    inside = torch.where(below, log_probability(high), inside)
    return torch.where(above, log_probability(-low), inside)


def _noise(y: Tensor, values: Tensor, slopes: Tensor) -> tuple[Tensor, Tensor]:
    """T(y) and log T'(y), (slots, rows), by knots (slots, bins + 1, rows)."""
    ends = knots(values.shape[1] - 1, y.dtype).to(y.device)
    first, last = values[:, 0], values[:, -1]
    low, high = y < first, y > last
    inside = torch.where(low | high, torch.zeros_like(y), y)
    over = (inside.detach()[:, None] >= values.detach()[:, 1:-1]).to(y.dtype)
    first_bin = torch.ones_like(over[:, :1])
    chosen = torch.cat((first_bin, over), 1) - torch.cat((over, torch.zeros_like(first_bin)), 1)
    if values.shape[-1] == 1:  # one spline per slot: a 0/1 product batches well
        table = torch.cat((values[:, :-1], values[:, 1:], slopes[:, :-1], slopes[:, 1:]), 2)
        picked = torch.bmm(table.transpose(1, 2), chosen)
    else:
        table = torch.stack((values[:, :-1], values[:, 1:], slopes[:, :-1], slopes[:, 1:]), 1)
        picked = (table * chosen[:, None]).sum(2)
    bottom, top, slope, next_slope = picked.unbind(1)
    k = over.sum(1).long()
    noise, log_slope = sink(inside, Bins(ends[k], ends.diff()[k], bottom, top, slope, next_slope))
    start, end = slopes[:, 0], slopes[:, -1]
    noise = torch.where(low, ends[0] + (y - first) / start, noise)
    noise = torch.where(high, ends[-1] + (y - last) / end, noise)
    log_slope = torch.where(low, -start.log(), torch.where(high, -end.log(), log_slope))
    return noise, log_slope


def _product(shape: tuple[int, ...]) -> int:
    count = 1
    for size in shape:
        count *= size
    return count


def _whole(size: int) -> int:
    return -(-size // BLOCK) * BLOCK
