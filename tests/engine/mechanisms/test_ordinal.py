"""Ordered categories: cumulative odds by scipy, the fit by a general optimiser, ranks both ways."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import minimize
from scipy.special import expit

from engine.mechanisms.categorical import Categorical
from engine.mechanisms.discrete import code_noise
from engine.mechanisms.encoding import Encoder
from engine.mechanisms.logistic import Logistic
from engine.mechanisms.network import Network
from engine.mechanisms.ordinal import Ordinal, fit_ordinal
from engine.mechanisms.table import ConditionalTable
from tests.oracles import tensor

ONE = Encoder((0.0,), (1.0,), (0,))


def steps(rng: np.random.Generator, z: np.ndarray, slopes: list[float]) -> np.ndarray:
    """#{j : logistic noise + slopes·z > θ_j} for thresholds -1, 0.5, 2."""
    latent = z @ slopes + rng.logistic(size=len(z))
    return (latent[:, None] > [-1.0, 0.5, 2.0]).sum(1).astype(float)


def test_shares_are_differences_of_logistic_curves() -> None:
    z = np.linspace(-3, 3, 9)
    both = Ordinal(ONE, tensor([-1.0, 0.2, 2.0]), tensor([1.5]))
    upto = expit(np.array([-1.0, 0.2, 2.0]) - 1.5 * z[:, None])
    expected = np.diff(upto, axis=1, prepend=0.0, append=1.0)
    assert both.probabilities(tensor(z[:, None])).numpy() == pytest.approx(expected, abs=1e-14)


def test_x_steps_up_where_the_rank_passes_the_odds() -> None:
    """x = #{j : logit(Φ(ε)) > θ_j - b z}."""
    noise, z = np.meshgrid(np.linspace(-6, 6, 61), np.linspace(-2, 2, 5))
    rank = stats.logistic.ppf(stats.norm.cdf(noise.ravel()))
    expected = (rank[:, None] > np.array([-1.0, 0.2, 2.0]) - 1.5 * z.ravel()[:, None]).sum(1)
    both = Ordinal(ONE, tensor([-1.0, 0.2, 2.0]), tensor([1.5]))
    found = both.push(tensor(noise.ravel()), tensor(z.ravel()[:, None]))
    assert found.tolist() == expected.tolist()


def test_the_fit_is_the_penalised_maximum() -> None:
    """Against a general optimiser of the same likelihood, written anew."""
    rng = np.random.default_rng(0)
    z = rng.normal(size=(300, 2))
    x = steps(rng, z, [1.0, -2.0])
    w = rng.integers(0, 3, 300).astype(float)

    def loss(at: np.ndarray) -> float:
        thresholds = at[0] + np.append(0, np.exp(at[1:3])).cumsum()
        upto = expit(thresholds - (np.vstack([z, np.zeros((4, 2))]) @ at[3:])[:, None])
        p = np.diff(upto, axis=1, prepend=0.0, append=1.0)
        own = p[np.arange(304), np.append(x, np.arange(4)).astype(int)]
        return float(
            -(np.append(w, np.full(4, 0.125)) * np.log(own)).sum() + 0.05 * at[3:] @ at[3:]
        )

    best = minimize(loss, np.zeros(5), method="BFGS", options={"gtol": 1e-8})
    thresholds, slopes = fit_ordinal(tensor(z), tensor(x), 4, tensor(w))
    expected = best.x[0] + np.append(0, np.exp(best.x[1:3])).cumsum()
    assert thresholds.numpy() == pytest.approx(expected, abs=1e-4)
    assert slopes.numpy() == pytest.approx(best.x[3:], abs=1e-4)
    again, _ = fit_ordinal(tensor(z), tensor(x), 4, tensor(w), (thresholds, slopes))
    assert again.numpy() == pytest.approx(thresholds.numpy(), abs=1e-6)


def test_two_categories_are_logistic_regression() -> None:
    """With the intercept free, 1 - σ(θ - b z) is the line a + b z with a = -θ."""
    rng = np.random.default_rng(1)
    z = rng.normal(size=(4000, 1))
    x = (rng.logistic(size=4000) + 2 * z[:, 0] > 1).astype(float)
    thresholds, slopes = fit_ordinal(tensor(z), tensor(x), 2, torch.ones(4000).double())
    assert float(thresholds[0]) == pytest.approx(1.0, abs=0.15)
    assert float(slopes[0]) == pytest.approx(2.0, abs=0.2)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(2, 7), st.sampled_from([0.0, 1.0, 50.0, 1e4]))
def test_any_rows_give_rising_thresholds_and_finite_slopes(
    seed: int, k: int, spread: float
) -> None:
    """Separated rows, categories that are not seen, one row, rows that do not count, far values."""
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(1, 40))
    z = spread * rng.normal(size=(rows, 3))
    x = rng.integers(0, rng.integers(1, k + 1), rows) if seed % 2 else (z[:, 0] > 0) * (k - 1)
    w = rng.integers(0, 2, rows)
    thresholds, slopes = fit_ordinal(tensor(z), tensor(x), k, tensor(w))
    both = Ordinal(Encoder((0.0,) * 3, (1.0,) * 3, (0,) * 3), thresholds, slopes)
    shares = both.probabilities(tensor(z))
    assert thresholds.isfinite().all()
    assert slopes.isfinite().all()
    assert shares.sum(1).numpy() == pytest.approx(np.ones(rows), abs=1e-9)
    codes = tensor(rng.integers(0, k, rows))
    assert not both.log_prob(codes, tensor(z)).isnan().any()
    noise = both.abduct(codes, tensor(z), torch.Generator().manual_seed(seed))
    assert noise.isfinite().all()
    assert torch.equal(both.push(noise, tensor(z)), codes)


def all_ordered() -> list[Ordinal | ConditionalTable | Logistic | Categorical]:
    rng = torch.Generator().manual_seed(3)

    def drawn(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=rng)

    layers = drawn(4, 1), drawn(4), drawn(4, 4), drawn(4), drawn(3, 4), drawn(3)
    network, odds = Network(*layers), Logistic(ONE, drawn(3, 2).double(), ordered=True)
    return [
        Ordinal(ONE, tensor([-1.0, 2.0]), tensor([3.0])),
        Ordinal(ONE, tensor([-1.0, 2.0]), tensor([3.0]), network),
        ConditionalTable((2,), tensor([[0.2, 0.5, 0.3], [0.7, 0.1, 0.2]]), ordered=True),
        odds,
        Categorical(odds, network),
    ]


@pytest.mark.parametrize("mechanism", all_ordered(), ids=lambda m: type(m).__name__)
def test_every_ordered_mechanism_rises_in_a_normal_rank(
    mechanism: Ordinal | ConditionalTable | Logistic | Categorical,
) -> None:
    parents = tensor(np.repeat([[0.0], [1.0]], 5000, 0))
    rank = stats.norm.ppf((np.arange(5000) + 0.5) / 5000)
    x = mechanism.push(tensor(np.tile(rank, 2)), parents)
    shares = mechanism.probabilities(tensor([[0.0], [1.0]])).numpy()
    for i, half in enumerate(x.view(2, 5000)):
        assert (half.diff() >= 0).all()
        counted = torch.bincount(half.long(), minlength=3).numpy() / 5000
        assert counted == pytest.approx(shares[i], abs=3e-4)
    rng = torch.Generator().manual_seed(0)
    noise = mechanism.abduct(x, parents, rng)
    assert torch.equal(mechanism.push(noise, parents), x)
    assert stats.kstest(noise[:5000].numpy(), stats.norm.cdf).pvalue > 0.01
    assert mechanism.noise(7, rng).shape == code_noise(7, 3, rng, ordered=True).shape == (7,)


def test_labels_of_no_probability_come_back() -> None:
    table = ConditionalTable((), tensor([[0.0, 0.5, 0.0, 0.0, 0.5, 0.0]]), ordered=True)
    x = torch.arange(6).double()
    noise = table.abduct(x, torch.empty(6, 0), torch.Generator().manual_seed(0))
    assert noise.isfinite().all()
    assert torch.equal(table.push(noise, torch.empty(6, 0)), x)


def test_nonsense_is_refused() -> None:
    for thresholds, slopes in (([1.0, 1.0], [0.0]), ([], [0.0]), ([1.0], [0.0, 1.0])):
        with pytest.raises(ValueError, match="rise|fit"):
            Ordinal(ONE, tensor(thresholds), tensor(slopes))
