"""Laws of numbers on a continuum and on a grid: they sum to one, and noise goes both ways."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from engine.data.variable import Kind, Variable
from engine.mechanisms.law import Grid, Law, grid_of, normal_noise
from engine.mechanisms.spline import spline_of
from tests.oracles import tensor


def law(grid: Grid, seed: int | None = None) -> Law:
    if seed is None:
        return Law(grid)
    rng = torch.Generator().manual_seed(seed)
    return Law(grid, spline_of(torch.randn(8, generator=rng)))


def test_without_a_spline_it_is_the_normal_density() -> None:
    x = np.linspace(-5, 9, 50)
    found = Law(Grid()).log_prob(tensor(x), tensor(np.full(50, 2.0)), tensor(np.full(50, 1.5)))
    assert found.numpy() == pytest.approx(stats.norm(2, 1.5).logpdf(x), abs=1e-12)


def test_noise_is_normal_also_in_its_tails() -> None:
    drawn = normal_noise(200_000, torch.Generator().manual_seed(0)).numpy()
    assert stats.kstest(drawn, "norm").pvalue > 0.01
    beyond = (np.abs(drawn) > 3.5).sum()
    assert stats.binomtest(int(beyond), len(drawn), 2 * stats.norm.sf(3.5)).pvalue > 0.01


@pytest.mark.parametrize("seed", [None, 0, 1])
@pytest.mark.parametrize("scale", [0.01, 0.3, 4.0])
def test_cells_of_a_count_sum_to_one(seed: int | None, scale: float) -> None:
    x = torch.arange(0, 200, dtype=torch.float64)
    found = law(Grid(1.0, 0.0), seed).log_prob(
        x, torch.full_like(x, 2.3), torch.full_like(x, scale)
    )
    assert float(found.exp().sum()) == pytest.approx(1.0, abs=1e-6)


def test_cells_follow_the_normal_distribution_function() -> None:
    x = np.arange(-20, 40) * 0.1
    found = Law(Grid(0.1)).log_prob(tensor(x), tensor(x * 0 + 1.0), tensor(x * 0 + 0.4))
    oracle = stats.norm(1, 0.4)
    assert found.exp().numpy() == pytest.approx(
        oracle.cdf(x + 0.05) - oracle.cdf(x - 0.05), abs=1e-7
    )


def test_a_fine_grid_scores_like_the_density_times_its_step() -> None:
    x = tensor(np.linspace(-3, 3, 30))
    ones, zeros = torch.ones_like(x), torch.zeros_like(x)
    cell = law(Grid(1e-8), 2).log_prob(x, zeros, ones)
    density = law(Grid(), 2).log_prob(x, zeros, ones)
    assert cell.numpy() == pytest.approx((density + np.log(1e-8)).numpy(), abs=1e-4)


@given(
    st.integers(0, 1000),
    st.sampled_from([None, 0.1, 1.0, 5.0]),
    st.floats(-50, 50),
    st.floats(1e-3, 1e3),
)
def test_noise_goes_both_ways(seed: int, step: float | None, location: float, scale: float) -> None:
    rng = torch.Generator().manual_seed(seed)
    both = law(Grid(step), seed)
    middle, size = tensor([location] * 20), tensor([scale] * 20)
    x = both.push(torch.randn(20, generator=rng, dtype=torch.float64), middle, size)
    back = both.push(both.abduct(x, middle, size, rng), middle, size)
    if step is None:
        assert (back - x).abs().max() <= 1e-9 * max(scale, abs(location))
    else:
        assert torch.equal(back, x)


def test_abducted_noise_of_a_grid_is_standard_normal() -> None:
    rng = torch.Generator().manual_seed(0)
    rounded = law(Grid(1.0, 0.0), 5)
    middle, size = tensor([0.8] * 5000), tensor([1.3] * 5000)
    x = rounded.push(torch.randn(5000, generator=rng, dtype=torch.float64), middle, size)
    noise = rounded.abduct(x, middle, size, rng)
    assert torch.equal(rounded.push(noise, middle, size), x)
    assert stats.kstest(noise.numpy(), stats.norm.cdf).pvalue > 0.01


def test_values_fall_on_the_grid_as_they_are_written() -> None:
    assert Grid(0.1).round(tensor([36.5999, 0.30000000000000004])).tolist() == [36.6, 0.3]
    assert Grid(5.0).round(tensor([12.4, -3.0])).tolist() == [10.0, -5.0]
    assert Grid(1.0, 0.0).round(tensor([-3.2])).tolist() == [0.0]


def test_counts_are_whole_and_not_negative() -> None:
    assert grid_of(Variable("n", Kind.COUNT)) == Grid(1.0, 0.0)
    assert grid_of(Variable("x", Kind.CONTINUOUS, step=0.5)) == Grid(0.5, None)
