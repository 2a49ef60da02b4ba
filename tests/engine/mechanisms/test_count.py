"""Counts: masses, tails and inverses by scipy, fits by known truths, nothing that breaks them."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from engine.mechanisms.atoms import Atoms
from engine.mechanisms.count import Count, fit_count, room
from engine.mechanisms.encoding import Encoder
from engine.mechanisms.table import ConditionalTable
from tests.oracles import tensor

MEANS = [1e-3, 0.7, 30.0, 1e4, 1e6]
DISPERSIONS = [0.0, 1e-4, 0.3, 20.0]


def of(mean: float, dispersion: float) -> Count:
    none = torch.zeros(0, dtype=torch.float64)
    return Count(Encoder(), float(np.log(mean)), none, dispersion, -60.0, 30.0)


def oracle(mean: float, dispersion: float) -> object:
    if dispersion == 0:
        return stats.poisson(mean)
    return stats.nbinom(1 / dispersion, 1 / (1 + dispersion * mean))


def roots(rows: int) -> torch.Tensor:
    return torch.empty(rows, 0, dtype=torch.float64)


@pytest.mark.parametrize("mean", MEANS)
@pytest.mark.parametrize("dispersion", DISPERSIONS)
def test_masses_and_inverse_are_the_laws_own(mean: float, dispersion: float) -> None:
    """log P against scipy; x is the smallest count with F(x) ≥ Φ(ε), judged in the smaller tail."""
    law, noise = oracle(mean, dispersion), np.linspace(-7.5, 7.5, 301)
    x = of(mean, dispersion).push(tensor(noise), roots(301)).numpy()
    lower, upper = stats.norm.cdf(noise), stats.norm.sf(noise)
    slack = 1e-7
    assert (law.cdf(x) >= lower * (1 - slack))[noise < 0].all()  # type: ignore[attr-defined]
    assert (law.cdf(x - 1) <= lower * (1 + slack))[noise < 0].all()  # type: ignore[attr-defined]
    assert (law.sf(x) <= upper * (1 + slack))[noise >= 0].all()  # type: ignore[attr-defined]
    assert (law.sf(x - 1) >= upper * (1 - slack))[noise >= 0].all()  # type: ignore[attr-defined]
    logs = of(mean, dispersion).log_prob(tensor(x), roots(301)).numpy()
    assert logs == pytest.approx(law.logpmf(x), abs=1e-5)  # type: ignore[attr-defined]


def test_no_dispersion_is_the_limit_of_little() -> None:
    """α = 1e-9 and 1e-12 against Poisson's law: plain differences of log Γ lose all digits."""
    x = tensor(np.arange(200))
    exact = stats.poisson(50).logpmf(x.numpy())
    for alpha, error in ((0.0, 1e-12), (1e-12, 1e-7), (1e-9, 1e-4)):
        found = of(50, alpha).log_prob(x, roots(200)).numpy()
        assert found == pytest.approx(exact, abs=error)


def test_all_masses_sum_to_one() -> None:
    x = torch.arange(3000, dtype=torch.float64)
    for mean, dispersion in ((0.3, 0.0), (40.0, 0.5), (5.0, 8.0)):
        assert float(of(mean, dispersion).log_prob(x, roots(3000)).exp().sum()) == pytest.approx(1)
    assert of(3.0, 1.0).log_prob(tensor([-1.0, 2.5]), roots(2)).tolist() == [-np.inf] * 2


@settings(max_examples=10)
@given(st.floats(-20, 14), st.one_of(st.just(0.0), st.floats(1e-9, 1e3)), st.integers(0, 99))
def test_noise_goes_both_ways(log_mean: float, dispersion: float, seed: int) -> None:
    """Also for counts that hardly any noise gives."""
    both, rng = of(float(np.exp(log_mean)), dispersion), torch.Generator().manual_seed(seed)
    drawn = both.push(torch.linspace(-7, 7, 29).double(), roots(29))
    x = torch.cat((drawn, tensor([0.0, 1.0, 7.0, 1e3, 1e6])))
    noise = both.abduct(x, roots(34), rng)
    assert noise.isfinite().all()
    assert (drawn.diff() >= 0).all()
    assert torch.equal(both.push(noise, roots(34)), x)
    assert not both.log_prob(x, roots(34)).isnan().any()


def test_abducted_noise_is_standard_normal() -> None:
    rng = torch.Generator().manual_seed(0)
    both = of(2.5, 0.7)
    x = both.push(both.noise(5000, rng), roots(5000))
    assert stats.kstest(both.abduct(x, roots(5000), rng).numpy(), stats.norm.cdf).pvalue > 0.01


@pytest.mark.parametrize("dispersion", [0.0, 0.5])
def test_the_fit_finds_slopes_and_dispersion(dispersion: float) -> None:
    rng = np.random.default_rng(0)
    z = rng.normal(size=(20_000, 2))
    mean = np.exp(0.5 + 0.8 * z[:, 0] - 0.4 * z[:, 1])
    x = rng.poisson(mean * (rng.gamma(1 / dispersion, dispersion, 20_000) if dispersion else 1))
    intercept, slopes, found = fit_count(tensor(z), tensor(x), torch.ones(20_000).double())
    assert intercept == pytest.approx(0.5, abs=0.03)
    assert slopes.numpy() == pytest.approx([0.8, -0.4], abs=0.03)
    assert found == pytest.approx(dispersion, abs=0.03)
    again = fit_count(tensor(z), tensor(x), torch.ones(20_000).double(), (0.0, slopes, 2.0))
    assert again[0] == pytest.approx(intercept, abs=1e-4)
    assert again[2] == pytest.approx(found, rel=1e-3, abs=1e-4)


def test_the_fit_is_where_the_likelihood_is_flat() -> None:
    """Without parents: μ is the mean, and α solves the score by scipy's own likelihood."""
    rng = np.random.default_rng(1)
    x = rng.poisson(4 * rng.gamma(2.0, 0.5, 3000))
    intercept, _, alpha = fit_count(
        torch.zeros(3000, 0).double(), tensor(x), torch.ones(3000).double()
    )
    assert np.exp(intercept) == pytest.approx(x.mean(), rel=1e-3)

    def nats(dispersion: float) -> float:
        law = stats.nbinom(1 / dispersion, 1 / (1 + dispersion * x.mean()))
        return float(law.logpmf(x).sum())

    assert nats(alpha) >= max(nats(alpha * 1.02), nats(alpha / 1.02))


@settings(max_examples=30)
@given(
    st.integers(0, 10_000),
    st.sampled_from(["zeros", "one value", "separated", "huge", "one big", "any"]),
    st.sampled_from([1.0, 100.0, 1e4]),
)
def test_any_rows_give_a_fit(seed: int, what: str, spread: float) -> None:
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(1, 30))
    z = spread * rng.normal(size=(rows, 2))
    x = {
        "zeros": np.zeros(rows),
        "one value": np.full(rows, 5.0),
        "separated": np.where(z[:, 0] > 0, 40.0, 0.0),
        "huge": rng.integers(0, 10**12, rows).astype(float),
        "one big": np.where(np.arange(rows) == 0, 1e6, 0.0),
        "any": rng.poisson(3.0, rows).astype(float),
    }[what]
    w = rng.integers(0, 3, rows)
    intercept, slopes, alpha = fit_count(tensor(z), tensor(x), tensor(w))
    assert np.isfinite([intercept, alpha]).all()
    assert slopes.isfinite().all()
    line = intercept + tensor(z) @ slopes
    both = Count(
        Encoder((0.0,) * 2, (1.0,) * 2, (0,) * 2), intercept, slopes, alpha, *room(line, tensor(x))
    )
    far = 5 * tensor(z)
    drawn = both.push(torch.randn(rows, dtype=torch.float64), far)
    assert drawn.isfinite().all()
    assert (drawn >= 0).all()
    assert not both.log_prob(tensor(x), tensor(z)).isnan().any()
    assert both.abduct(tensor(x), tensor(z), torch.Generator().manual_seed(seed)).isfinite().all()


def test_means_do_not_run_away_outside_the_data() -> None:
    both = Count(
        Encoder((0.0,), (1.0,), (0,)), 1.0, tensor([1.0]), 0.1, *room(tensor([3.0]), tensor([20.0]))
    )
    assert float(both.mean(tensor([[1e3]]))) == pytest.approx(210, rel=1e-9)


def test_zeros_beside_counts() -> None:
    """More zeros than the law of the others has: P(0) is the gate's, the rest is without 0."""
    gate = ConditionalTable((), tensor([[0.6, 0.4]]))
    both = Atoms(gate, of(3.0, 0.5), tensor([0.0]))
    x = torch.arange(400, dtype=torch.float64)
    masses = both.log_prob(x, roots(400)).exp().numpy()
    law = stats.nbinom(2, 1 / 2.5)
    expected = np.append(0.6, 0.4 * law.pmf(np.arange(1, 400)) / law.sf(0))
    assert masses == pytest.approx(expected, abs=1e-12)
    ranks = tensor(stats.norm.ppf((np.arange(9999) + 0.5) / 9999))
    drawn = both.push(ranks, roots(9999))
    assert np.bincount(drawn.long().numpy(), minlength=400) / 9999 == pytest.approx(
        expected, abs=2e-4
    )
    noise = both.abduct(drawn, roots(9999), torch.Generator().manual_seed(0))
    assert torch.equal(both.push(noise, roots(9999)), drawn)
