"""Gumbel-max mechanisms: their shares, exact labels, and the Gumbels' posterior."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import minimize
from torch.nn.functional import log_softmax

from engine.mechanisms.discrete import abduct_gumbel, gumbel, push_gumbel
from engine.mechanisms.encoding import Encoder
from engine.mechanisms.logistic import Logistic, fit_softmax
from engine.mechanisms.table import fit_table
from tests.oracles import tensor


def test_gumbel_max_draws_the_probabilities() -> None:
    p = np.array([0.2, 0.5, 0.3])
    logs = tensor(np.tile(np.log(p), (20_000, 1)))
    x = push_gumbel(gumbel(20_000, 3, torch.Generator().manual_seed(0)), logs)
    counts = np.bincount(x.long().numpy(), minlength=3)
    assert stats.chisquare(counts, 20_000 * p).pvalue > 0.01


@given(st.integers(0, 10_000), st.floats(0.1, 30))
def test_labels_come_back_exactly(seed: int, spread: float) -> None:
    rng = torch.Generator().manual_seed(seed)
    logs = log_softmax(spread * torch.randn(200, 5, generator=rng, dtype=torch.float64), 1)
    x = torch.randint(5, (200,), generator=rng).double()  # also labels of hardly any probability
    assert torch.equal(push_gumbel(abduct_gumbel(x, logs, rng), logs), x)


def test_abducted_gumbels_have_the_law_of_gumbels() -> None:
    """Drawing x and then its Gumbels given x is drawing Gumbels: each is standard, none related."""
    rng = torch.Generator().manual_seed(0)
    logs = tensor(np.tile(np.log([0.6, 0.3, 0.1]), (6000, 1)))
    x = push_gumbel(gumbel(6000, 3, rng), logs)
    noise = abduct_gumbel(x, logs, rng).numpy()
    for k in range(3):
        assert stats.kstest(noise[:, k], stats.gumbel_r.cdf).pvalue > 0.01
    assert np.abs(np.corrcoef(noise.T) - np.eye(3)).max() < 0.04


def test_the_table_counts() -> None:
    x = tensor([0, 1, 1, 1, 0, 0])
    parents = tensor([[0], [0], [0], [0], [1], [1]])
    table = fit_table(x, parents, (3,), 2, torch.ones(6).double())
    shares = table.probabilities(tensor([[0], [1], [2]])).numpy()
    assert shares[0] == pytest.approx([(1 + 0.25) / 4.5, (3 + 0.25) / 4.5])
    assert shares[1] == pytest.approx([(2 + 0.25) / 2.5, 0.25 / 2.5])
    assert shares[2] == pytest.approx([0.5, 0.5])  # an empty cell: the overall shares


def test_two_parents_are_crossed() -> None:
    rng = np.random.default_rng(0)
    parents = np.column_stack([rng.integers(0, 2, 4000), rng.integers(0, 3, 4000)])
    x = (rng.random(4000) < 0.1 + 0.2 * parents[:, 0] * parents[:, 1]).astype(float)
    table = fit_table(tensor(x), tensor(parents), (2, 3), 2, torch.ones(4000).double())
    for a in range(2):
        for b in range(3):
            rows = (parents == [a, b]).all(1)
            found = float(table.probabilities(tensor([[a, b]]))[0, 1])
            assert found == pytest.approx(x[rows].mean(), abs=2e-3)


@pytest.mark.parametrize("k", [2, 4])
def test_softmax_weights_minimise_the_penalised_loss(k: int) -> None:
    rng = np.random.default_rng(k)
    design = rng.normal(size=(300, 2))
    x = (rng.gumbel(size=(300, k)) + design @ rng.normal(size=(2, k))).argmax(1)
    found = fit_softmax(tensor(design), tensor(x), k, torch.ones(300).double())
    columns = np.column_stack([np.ones(300), design])

    def loss(free: np.ndarray) -> float:
        beta = np.vstack([np.zeros(3), free.reshape(k - 1, 3)])
        logits = columns @ beta.T
        nll = np.log(np.exp(logits).sum(1)) - logits[np.arange(300), x]
        return float(nll.sum() + 0.5 * (free.reshape(k - 1, 3) ** 2 @ [1e-3, 0.1, 0.1]).sum())

    oracle = minimize(loss, np.zeros((k - 1) * 3), method="BFGS", options={"gtol": 1e-6})
    assert loss(found[1:].numpy().ravel()) == pytest.approx(oracle.fun, abs=1e-6)
    assert found[1:].numpy().ravel() == pytest.approx(oracle.x, abs=1e-3)


def test_many_classes_reach_the_same_optimum_by_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    design = tensor(rng.normal(size=(300, 3)))
    x = tensor((rng.gumbel(size=(300, 4)) + design.numpy() @ rng.normal(size=(3, 4))).argmax(1))
    exact = fit_softmax(design, x, 4, torch.ones(300).double())
    monkeypatch.setattr("engine.mechanisms.logistic._LARGEST_HESSIAN", 0)
    bounded = fit_softmax(design, x, 4, torch.ones(300).double())
    assert bounded.numpy() == pytest.approx(exact.numpy(), abs=1e-2)


def test_separated_classes_stay_finite() -> None:
    x = np.linspace(-1, 1, 40)
    weights = fit_softmax(tensor(x[:, None]), tensor(x > 0), 2, torch.ones(40).double())
    p = Logistic(Encoder((0.0,), (1.0,), (0,)), weights).probabilities(tensor([[-1.0], [1.0]]))
    assert bool(weights.isfinite().all())
    assert float(p[0, 0]) > 0.95
    assert float(p[1, 1]) > 0.95


def test_categories_among_the_parents_become_columns() -> None:
    encoder = Encoder((0.0, 3.0), (1.0, 2.0), (3, 0))
    assert encoder.width == 3
    assert encoder(tensor([[0, 3], [1, 5], [2, 1]])).tolist() == [[0, 0, 0], [1, 0, 1], [0, 1, -1]]
