"""Mechanisms of every family, of random parts: parents are a number and one of three categories."""

import torch
from torch import Generator, Tensor

from engine.mechanisms.additive import Additive
from engine.mechanisms.base import Mechanism
from engine.mechanisms.bounds import Warp
from engine.mechanisms.categorical import Categorical
from engine.mechanisms.count import Count
from engine.mechanisms.encoding import Encoder
from engine.mechanisms.flow import MODES, Flow
from engine.mechanisms.law import Grid, Law
from engine.mechanisms.linear import Linear
from engine.mechanisms.locationscale import LocationScale
from engine.mechanisms.logistic import Logistic
from engine.mechanisms.network import Network
from engine.mechanisms.ordinal import Ordinal
from engine.mechanisms.spline import spline_of
from engine.mechanisms.splinelinear import SplineLinear
from engine.mechanisms.table import ConditionalTable

NUMBERS = ("linear", "spline-linear", "additive", "location-scale", "flow")
CATEGORIES = ("table", "logistic", "categorical", "ordinal")
BINS = 8


class Maker:
    """Draws parts: `size` is that of weights, `unit` the one that numbers are measured in."""

    def __init__(self, seed: int, size: float = 1.0, unit: float = 1.0) -> None:
        self.rng = Generator().manual_seed(seed)
        self.size, self.unit = size, unit
        self.encoder = Encoder((3.0 * unit, 0.0), (2.0 * unit, 1.0), (0, 3))

    def drawn(self, *shape: int) -> Tensor:
        return self.size * torch.randn(*shape, generator=self.rng, dtype=torch.float64)

    def parents(self, rows: int, far: float = 1.0) -> Tensor:
        """The number within about `far` times what the encoder was made of."""
        number = self.unit * (3 + 2 * far * torch.randn(rows, generator=self.rng).double())
        category = torch.randint(3, (rows,), generator=self.rng).double()
        return torch.stack((number, category), 1)

    def network(self, outputs: int) -> Network:
        shapes = (4, 3), (4,), (4, 4), (4,), (outputs, 4), (outputs,)
        return Network(*(self.drawn(*shape).float() for shape in shapes))

    def line(self, law: Law) -> Linear:
        middle = 0.5 * self.unit
        return Linear(self.encoder, law, middle, self.unit * self.drawn(3), 1.3 * self.unit)

    def number(self, family: str, grid: Grid | None = None, warp: Warp | None = None) -> Mechanism:
        grid, raw, unit = grid or Grid(), self.drawn(BINS), 1.3 * self.unit
        plain, law = Law(grid, None, warp), Law(grid, spline_of(raw), warp)
        line, rest = self.line(plain), (unit, 1e-3, -0.2, -2.0, 1.0)
        match family:
            case "linear":
                return line
            case "spline-linear":
                return SplineLinear(line, law, 0.1 * self.unit, 0.7 * self.unit)
            case "additive":
                return Additive(line, law, self.network(1), unit, 0.7 * self.unit)
            case "location-scale":
                return LocationScale(line, law, self.network(2), *rest)
        return Flow(line, plain, self.network(2 + MODES), *rest, raw)

    def count(self, dispersion: float) -> Count:
        return Count(self.encoder, 1.0, self.drawn(3), dispersion, -30.0, 12.0)

    def category(self, family: str, k: int, *, ordered: bool = False) -> Mechanism:
        odds = Logistic(self.encoder, self.drawn(k, 4), ordered)
        match family:
            case "table":
                shares = torch.softmax(self.drawn(3, k), 1)
                return ConditionalTable((1, 3), shares, ordered)  # any number is in one cell
            case "logistic":
                return odds
            case "categorical":
                return Categorical(odds, self.network(k))
        rising = self.drawn(k - 1).abs().cumsum(0) + 0.01 * torch.arange(k - 1)
        return Ordinal(self.encoder, rising, self.drawn(3), self.network(1))
