"""Atoms beside a law: distribution function by scipy, masses that sum to one, noise both ways."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from engine.mechanisms.atoms import Atoms, atoms_in, codes_of
from engine.mechanisms.encoding import Encoder
from engine.mechanisms.law import Grid, Law
from engine.mechanisms.linear import Linear
from engine.mechanisms.spline import spline_of
from engine.mechanisms.splinelinear import SplineLinear
from engine.mechanisms.table import ConditionalTable
from tests.oracles import tensor

LALONDE = Path(__file__).parents[4] / "shared/data/lalonde"
ROOT = Encoder()


def atoms(
    shares: list[float],
    values: list[float],
    middle: float = 1.0,
    sd: float = 2.0,
    grid: Grid | None = None,
    seed: int | None = None,
) -> Atoms:
    """Constant shares (the last is the rest's) and a rest of one location and scale."""
    gate = ConditionalTable((), tensor([shares]))
    line = Linear(ROOT, Law(grid or Grid()), middle, torch.zeros(0).double(), sd)
    if seed is None:
        return Atoms(gate, line, tensor(values))
    rng = torch.Generator().manual_seed(seed)
    law = Law(grid or Grid(), spline_of(torch.randn(8, generator=rng)))
    return Atoms(gate, SplineLinear(line, law, 0.0, sd), tensor(values))


def roots(rows: int) -> torch.Tensor:
    return torch.empty(rows, 0, dtype=torch.float64)


def test_zero_inflation_is_zero_below_its_quantile_and_continuous_above() -> None:
    """With all of the rest above 0: x = 0 exactly where Φ(ε) ≤ p, else F_rest⁻¹((Φ(ε)-p)/(1-p))."""
    both = atoms([0.3, 0.7], [0.0], middle=10.0, sd=1.0)
    noise = np.linspace(-6, 6, 401)
    x = both.push(tensor(noise), roots(401)).numpy()
    rank = stats.norm.cdf(noise)
    expected = stats.norm(10, 1).ppf((rank - 0.3).clip(0) / 0.7)
    assert (x[rank < 0.3 - 1e-9] == 0).all()
    assert x[rank > 0.3 + 1e-9] == pytest.approx(expected[rank > 0.3 + 1e-9], abs=1e-6)


def test_values_follow_the_mixed_distribution_function() -> None:
    """F(x-) ≤ Φ(ε) ≤ F(x), the definition of an inverse, for three atoms within a normal law."""
    shares, values = [0.2, 0.05, 0.15, 0.6], [-1.0, 1.0, 4.0]
    noise = np.linspace(-7, 7, 2001)
    x = atoms(shares, values).push(tensor(noise), roots(2001)).numpy()
    smooth = 0.6 * stats.norm(1, 2).cdf(x)
    upto = smooth + sum(p * (a <= x) for p, a in zip(shares, values, strict=False))
    below = smooth + sum(p * (a < x) for p, a in zip(shares, values, strict=False))
    rank = stats.norm.cdf(noise)
    assert (below <= rank + 1e-12).all()
    assert (rank <= upto + 1e-12).all()
    assert (np.diff(x) >= 0).all()
    assert set(values) < set(x.tolist())


def test_atoms_and_density_sum_to_one() -> None:
    both = atoms([0.2, 0.1, 0.7], [0.0, 3.0], seed=3)

    x = np.concatenate([np.linspace(*ends, 4001) for ends in ((-25, -7), (-7, 9), (9, 27))])
    density = both.log_prob(tensor(x), roots(len(x))).exp().numpy()
    density[np.isin(x, [0.0, 3.0])] = np.nan  # a mass there
    density = np.interp(x, x[~np.isnan(density)], density[~np.isnan(density)])
    assert np.trapezoid(density, x) == pytest.approx(0.7, abs=1e-4)
    assert both.log_prob(tensor([0.0, 3.0]), roots(2)).exp().tolist() == pytest.approx([0.2, 0.1])


@pytest.mark.parametrize("seed", [None, 4])
def test_on_a_grid_all_cells_sum_to_one_and_are_drawn_so(seed: int | None) -> None:
    both = atoms([0.25, 0.1, 0.65], [0.0, 2.0], middle=1.0, sd=1.5, grid=Grid(1.0, 0.0), seed=seed)
    cells = torch.arange(0, 30, dtype=torch.float64)
    masses = both.log_prob(cells, roots(30)).exp().numpy()
    assert masses.sum() == pytest.approx(1.0, abs=1e-9)
    assert masses[[0, 2]] == pytest.approx([0.25, 0.1])
    ranks = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    x = both.push(tensor(ranks), roots(20_000)).numpy().astype(int)
    assert np.bincount(x, minlength=30) / 20_000 == pytest.approx(masses, abs=1e-4)


def test_abducted_noise_is_standard_normal() -> None:
    """Drawing x and then its noise given x is drawing noise."""
    rng = torch.Generator().manual_seed(0)
    for grid in (Grid(), Grid(0.5)):
        both = atoms([0.4, 0.1, 0.5], [0.0, 2.0], grid=grid)
        x = both.push(both.noise(5000, rng), roots(5000))
        noise = both.abduct(x, roots(5000), rng)
        assert torch.equal(both.push(noise, roots(5000)) == 0, x == 0)
        assert stats.kstest(noise.numpy(), stats.norm.cdf).pvalue > 0.01


@settings(max_examples=25)
@given(
    st.lists(st.floats(1e-4, 1.0), min_size=2, max_size=5),
    st.floats(-30, 30),
    st.floats(1e-2, 1e3),
    st.sampled_from([None, 0.1, 1.0]),
    st.integers(0, 1000),
)
def test_noise_goes_both_ways(
    shares: list[float], middle: float, sd: float, step: float | None, seed: int
) -> None:
    """Within 1e-4 sd for |ε| ≤ 7 on a continuum, exactly at atoms and on a grid."""
    total = sum(shares)
    both = atoms(
        [p / total for p in shares], [0.0, 1.0, 2.0, 5.0][: len(shares) - 1], middle, sd,
        Grid(step), seed,
    )  # fmt: skip
    noise = torch.linspace(-7, 7, 141).double()
    rng = torch.Generator().manual_seed(seed)
    x = both.push(noise, roots(141))
    back = both.push(both.abduct(x, roots(141), rng), roots(141))
    assert x.isfinite().all()
    assert (x.diff() >= 0).all()
    certain = codes_of(x, both.values) < len(both.values)
    if step is not None:
        certain |= True
    assert torch.equal(back[certain], x[certain])
    assert (back - x).abs().max() <= 1e-4 * sd


@settings(max_examples=40)
@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e3), st.sampled_from([None, 1.0]))
def test_never_a_nan_however_far_out(x: float, sd: float, step: float | None) -> None:
    """Outliers that hardly any noise gives still have finite noise and come back."""
    both = atoms([1e-9, 0.5, 0.5 - 1e-9], [-3.0, 4.0], 0.0, sd, Grid(step))
    rng = torch.Generator().manual_seed(0)
    value = both.rest.law.grid.round(tensor([x, -3.0, 4.0]))
    noise = both.abduct(value, roots(3), rng)
    assert noise.isfinite().all()
    assert not both.log_prob(value, roots(3)).isnan().any()
    assert both.push(noise, roots(3))[1:].tolist() == [-3.0, 4.0]
    if abs(x) > 5 and abs(x) < 1e5 * sd:
        assert float(both.push(noise, roots(3))[0]) == pytest.approx(float(value[0]), rel=1e-6)


def test_repeated_values_are_found() -> None:
    rng = np.random.default_rng(0)
    earnings = np.where(rng.random(1000) < 0.3, 0.0, rng.lognormal(8, 1, 1000))
    earnings[rng.random(1000) < 0.05] = 5000.5
    assert atoms_in(tensor(earnings), Grid()) == (0.0, 5000.5)
    assert atoms_in(tensor(rng.normal(size=1000)), Grid()) == ()
    assert atoms_in(tensor(np.full(50, 2.0)), Grid()) == ()
    assert atoms_in(tensor(np.arange(600) % 12 / 7), Grid()) == ()  # a grid that nobody knows of
    rare = np.append(rng.random(200), 0.0)
    assert atoms_in(tensor(rare), Grid()) == ()
    assert atoms_in(tensor(rare), Grid(), (0.0, 1.0)) == (0.0,)


def test_on_a_grid_only_what_stands_out_is_an_atom() -> None:
    rng = np.random.default_rng(0)
    dollars = np.round(np.where(rng.random(1000) < 0.2, 0.0, rng.lognormal(8, 1, 1000)))
    assert atoms_in(tensor(dollars), Grid(1.0)) == (0.0,)
    assert atoms_in(tensor(np.round(rng.normal(size=1000), 1)), Grid(0.1)) == ()
    assert atoms_in(tensor(np.round(rng.normal(size=1000))), Grid(1.0)) == ()
    assert atoms_in(tensor(np.round(rng.exponential(2.0, 1000))), Grid(1.0)) == ()
    assert atoms_in(tensor(rng.poisson(3.0, 1000)), Grid(1.0, 0.0)) == ()


@pytest.mark.skipif(not LALONDE.is_dir(), reason="the LaLonde tables are not here")
def test_earnings_of_real_people() -> None:
    """LaLonde 1986: zeros among the trainees; zeros and a cap at 25 564.67 in the CPS."""

    def earnings(file: str) -> torch.Tensor:
        return tensor(np.genfromtxt(LALONDE / file, delimiter=",", names=True)["re78"])

    assert atoms_in(earnings("nsw_dw.csv"), Grid()) == (0.0,)
    assert atoms_in(earnings("cps_controls.csv"), Grid()) == (0.0, 25564.6699)
