"""Balancing weights in one forward pass: attention over rows, learnt from many simulated tables.

After Zhang et al. (arXiv 2310.00809, algorithms 2 and 3): a network reads covariates and treatment
of a table, never an outcome, and gives the weights that balance it. Rows attend to one another by
the very kernel that weights must balance, exp(-|xᵢ - xⱼ|² / s), and by its fourth power for what is
near; a softmax of -|xᵢ - xⱼ|² / s is that kernel over its row sums, so that value over normaliser
are the weights. No learnt map touches a covariate: rows may be permuted, columns turned, both
padded, and weights follow. Each layer reads the field that its weights so far exert on each row and
takes a projected step whose length and direction it has learnt (unrolled optimisation: Gregor,
LeCun, ICML 2010).
"""

import math
from collections.abc import Generator
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu

from engine.frontier.balancing import Balance
from engine.frontier.problems import Problems
from engine.frontier.slices import done

SCALES = 2  # the kernel, and its fourth power
READ = 6  # numbers that a layer reads of its weights so far
KNOWN = 12  # numbers that describe a row at first
REACH = 0.3  # of what a layer adds beside its step
SHARPNESS = 8.0  # of corners in training
_NOBODY = 1e-9  # in place of no row at all
STEPS = 40  # projected steps after the pass, where they are asked for


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the network: layers, numbers per row, values per scale, hidden units."""

    layers: int = 8
    width: int = 24
    values: int = 4
    hidden: int = 64

    def told(self) -> dict[str, int]:
        """As plain numbers, for a file."""
        return asdict(self)


class Balancer(nn.Module):
    """Problems → multipliers (P, n) that are allowed and nearly the best."""

    def __init__(self, shape: Shape | None = None) -> None:
        super().__init__()
        self.shape = shape or Shape()
        self.embed = nn.Linear(KNOWN, self.shape.width)
        self.layers = nn.ModuleList(_Layer(self.shape) for _ in range(self.shape.layers))
        self.momentum = nn.Parameter(torch.full((self.shape.layers,), 0.5))

    def forward(self, problems: Problems, sharpness: float = 0.0) -> Tensor:
        """`sharpness` > 0 only in training: see `Problems.project`."""
        return done(self.slices(problems, sharpness))

    def slices(self, problems: Problems, sharpness: float = 0.0) -> Generator[None, None, Tensor]:
        """The pass, a layer at a time."""
        near = problems.kernel.square().square()
        scales = [
            (kernel, (kernel @ problems.base).clamp(min=_NOBODY))
            for kernel in (problems.kernel, near)
        ]
        x = self.embed(_known(problems, scales))
        r = before = problems.equal()
        for momentum, layer in zip(self.momentum, self.layers, strict=True):
            yield None
            at = r + momentum * (r - before)
            before = r
            x, towards = layer(x, at, r, problems, scales)
            r = problems.project(towards, sharpness)
        return r


class _Layer(nn.Module):
    """One look at all rows, one step of the weights."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self._values = shape.values
        self.norm = nn.LayerNorm(shape.width)
        self.value = nn.Linear(shape.width, SCALES * shape.values)
        self.first = nn.Linear(shape.width + SCALES * shape.values + READ, shape.hidden)
        self.second = nn.Linear(shape.hidden, shape.width)
        self.step = nn.Linear(shape.width, 2)
        nn.init.zeros_(self.step.weight)
        nn.init.zeros_(self.step.bias)

    def forward(
        self,
        x: Tensor,
        at: Tensor,
        r: Tensor,
        problems: Problems,
        scales: list[tuple[Tensor, Tensor]],
    ) -> tuple[Tensor, Tensor]:
        """The rows' numbers (P, n, width) after this layer, and multipliers not yet projected."""
        many, rows, _ = x.shape
        own = self.norm(x)
        values = self.value(own).transpose(1, 2).reshape(many, SCALES, self._values, rows)
        values = values * problems.base
        seen, pulled = [], at
        for scale, (kernel, total) in enumerate(scales):  # K is symmetric: rows are on the right
            told = values[:, scale].reshape(-1, rows)
            if not scale:  # weights and values in one product
                both = torch.cat([problems.measure(at), told]) @ kernel
                pulled, told = both[:many], both[many:]
            else:
                told = told @ kernel
            seen.append((told / total).reshape(many, -1, rows).transpose(1, 2))
        found, present = problems.told(at, pulled), problems.sides.abs()
        slope = found.slope / problems.bound
        read = [
            torch.asinh(found.slope) / 3,
            torch.asinh(10 * slope),
            at,
            at - r,
            torch.asinh(found.field) / 3,
            torch.asinh(present * found.slope),
        ]
        whole = torch.cat([own, *seen, torch.stack(read, -1)], -1)
        x = x + self.second(gelu(self.first(whole)))
        length, aside = self.step(x).unbind(-1)
        return x, at - (1 + length).clamp(min=0) * slope + REACH * aside


def _known(problems: Problems, scales: list[tuple[Tensor, Tensor]]) -> Tensor:
    """What is known of each row before any weight: (P, n, KNOWN)."""
    sides, base, aims = problems.sides, problems.base, problems.aims
    total = base.sum()
    alike = torch.ones_like(sides)
    share = problems.rows / total
    parts = [
        sides.abs() if not problems.overlap else sides,
        sides,
        alike * float(problems.overlap),
        aims * total / base.clamp(min=1e-6),
        problems.bound.log() / 5,
        alike * problems.rows.log() / 5,
        alike * share,
        alike * math.log(problems.penalty),
    ]
    for kernel, sums in scales:
        parts += [(sides * base) @ kernel / sums, aims @ kernel * total / sums]
    return torch.stack(parts, -1)


@dataclass(frozen=True, slots=True, eq=False)
class Passed:
    """Weights from one pass, and from the same with projected steps after it."""

    raw: Balance
    stepped: Balance


def one_pass(network: Balancer, problems: Problems) -> Tensor:
    """Multipliers (P, n) in the problems' precision, never worse than equal weights.

    The network runs in single precision; its end and the best point on the way to it are exact.
    """
    return done(_pass(network, problems))


def _pass(network: Balancer, problems: Problems) -> Generator[None, None, Tensor]:
    steps = network.slices(problems.single())
    found: Tensor | None = None
    while found is None:
        with torch.no_grad():
            try:
                next(steps)
            except StopIteration as ended:
                found = ended.value
        yield None
    assert found is not None
    return problems.between(problems.equal(), problems.project(found.to(problems.kernel.dtype)))


def weigh(network: Balancer, problems: Problems, steps: int = STEPS) -> Passed:
    """`weighing` at once."""
    return done(weighing(network, problems, steps))


def weighing(
    network: Balancer, problems: Problems, steps: int = STEPS
) -> Generator[None, None, Passed]:
    """One forward pass in single precision, its end and the steps in `problems`' own; in slices.

    `problems` hold all rows that are there; the certified gap of each is relative to its size.
    """
    r = yield from _pass(network, problems)
    raw = _balance(problems, r)
    if not steps:
        return Passed(raw, raw)
    r = yield from problems.steps(r, steps)
    return Passed(raw, _balance(problems, r))


def _balance(problems: Problems, r: Tensor) -> Balance:
    value, gap = problems.at(r).value, problems.gap(r)
    relative = max(0.0, float((gap / value.abs().clamp(min=1e-300)).max()))
    weights = problems.weights(r)
    return Balance(problems.estimand, weights, problems.treated > 0, relative)
