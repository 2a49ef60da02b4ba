"""Lines and flows with spline noise: densities sum to one, noise goes both ways, order is kept."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Generator, Tensor

from engine.mechanisms.bounds import Warp
from engine.mechanisms.encoding import Encoder
from engine.mechanisms.flow import MODES, Flow
from engine.mechanisms.law import Grid, Law
from engine.mechanisms.linear import Linear
from engine.mechanisms.network import Network
from engine.mechanisms.spline import spline_of
from engine.mechanisms.splinelinear import SplineLinear
from tests.oracles import tensor

PARENTS = tensor([[-2.0], [0.0], [0.7], [40.0]])


def line(seed: int) -> Linear:
    slope = float(torch.randn(1, generator=Generator().manual_seed(seed)))
    return Linear(Encoder((0.0,), (1.0,), (0,)), Law(Grid()), 0.5, tensor([slope]), 1.3)


def network(seed: int, size: float) -> Network:
    rng = Generator().manual_seed(seed)

    def drawn(*shape: int) -> Tensor:
        return size * torch.randn(*shape, generator=rng)

    return Network(drawn(4, 1), drawn(4), drawn(4, 4), drawn(4), drawn(2 + MODES, 4), drawn(5))


def flow(seed: int, size: float = 1.0, grid: Grid | None = None, warp: Warp | None = None) -> Flow:
    shape = size * torch.randn(8, generator=Generator().manual_seed(seed)).double()
    law = Law(grid or Grid(), None, warp)
    return Flow(line(seed), law, network(seed, size), 1.3, 1e-3, -0.2, -2.0, 1.0, shape)


@given(st.integers(0, 10_000), st.floats(0.01, 8.0), st.floats(-6.0, 6.0))
@settings(max_examples=60, deadline=None)
def test_noise_of_a_flow_comes_back_and_order_is_kept(seed: int, size: float, noise: float) -> None:
    """Also with wild weights: x rises in the noise, and gives it back."""
    mechanism, rng = flow(seed, size), Generator()
    low, high = (torch.full((4,), at, dtype=torch.float64) for at in (noise, noise + 0.01))
    x = mechanism.push(low, PARENTS)
    assert bool((mechanism.push(high, PARENTS) > x).all())
    assert torch.allclose(mechanism.abduct(x, PARENTS, rng), low, atol=1e-5)
    again = mechanism.push(mechanism.abduct(x, PARENTS, rng), PARENTS)
    assert torch.allclose(again, x, rtol=1e-7, atol=1e-7)
    assert bool(mechanism.log_prob(x, PARENTS).isfinite().all())


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("warp", [None, Warp(0.0, None, 0.5), Warp(0.0, 1.0, 0.2)])
def test_the_density_of_a_flow_sums_to_one(seed: int, warp: Warp | None) -> None:
    """Between the values of noise ± 6, by the trapezoid rule in steps of noise.

    Small weights between two bounds: closer to 1 than 1e-16 no number is left to integrate over.
    """
    mechanism = flow(seed, 1.0 if warp is None or warp.upper is None else 0.2, warp=warp)
    noise = torch.linspace(-6, 6, 20_001, dtype=torch.float64)
    for parents in PARENTS[:3]:
        given_ = parents.expand(len(noise), 1)
        x = mechanism.push(noise, given_)
        total = torch.trapezoid(mechanism.log_prob(x, given_).exp(), x)
        assert float(total) == pytest.approx(1.0, abs=2e-3)


@pytest.mark.parametrize("seed", range(3))
def test_the_cells_of_a_rounded_flow_sum_to_one(seed: int) -> None:
    mechanism = flow(seed, 0.5, Grid(0.5, -10.0, 10.0))
    cells = torch.arange(-10.0, 10.5, 0.5, dtype=torch.float64)
    total = mechanism.log_prob(cells, PARENTS[1].expand(len(cells), 1)).exp().sum()
    assert float(total) == pytest.approx(1.0, abs=1e-6)


def test_a_flow_whose_network_is_silent_is_a_line_with_that_noise() -> None:
    silent = network(0, 0.0)
    shape = torch.linspace(-1, 1, 8, dtype=torch.float64)
    bent = Flow(line(1), Law(Grid()), silent, 1.3, 1e-3, -0.2, -2.0, 1.0, shape)
    scale = 1.3 * (1e-3 + float(torch.tensor(-0.2).double().exp()))
    straight = SplineLinear(line(1), Law(Grid(), spline_of(shape)), 0.0, scale)
    x = tensor([-3.0, 0.0, 1.0, 30.0])
    assert torch.allclose(bent.log_prob(x, PARENTS), straight.log_prob(x, PARENTS), atol=1e-6)


def test_parents_change_the_shape_of_the_noise() -> None:
    """A mode of degree one is skew: the upper half of the noise grows, the lower one shrinks."""
    last = torch.zeros(2 + MODES, 4)
    last[2] = 1.0
    ones, none = torch.ones(4, 1), torch.zeros(4)
    net = Network(ones, none, torch.eye(4), none, last, torch.zeros(2 + MODES))
    skewed = Flow(line(0), Law(Grid()), net, 1.0, 1e-3, 0.0, -2.0, 1.0, torch.zeros(8).double())
    parents = tensor([[2.0], [2.0], [2.0]])
    low, middle, high = skewed.push(tensor([-1.5, 0.0, 1.5]), parents)
    assert float(high - middle) > 1.5 * float(middle - low)
