"""Attention on one table: a support vector machine's optimum, weights off values."""

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.errors import QueryError
from engine.frontier.attention import attend, balanced, learnt_stretch, plain_keys, scores
from engine.frontier.problems import Problems
from engine.queries.balanced import Estimand


def table(seed: int, n: int = 60, width: int = 3) -> tuple[Tensor, Tensor, Tensor]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, width))
    treated = rng.random(n) < 1 / (1 + np.exp(-1.5 * x[:, 0]))
    return torch.from_numpy(x), torch.from_numpy(treated), torch.ones(n).double()


@pytest.mark.parametrize("penalty", [1.0, 0.1])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_trained_loss_is_within_a_hundredth_of_the_optimum(seed: int, penalty: float) -> None:
    """The optimum by strong duality: -½ / λ times the least value of the dual problem."""
    x, t, base = table(seed)
    trained = attend(plain_keys(x), t, base, penalty)
    dual = Problems(trained.scores, base, t, Estimand.OVERLAP, penalty)
    best = dual.stepped(dual.equal(), 1500)
    least = -float(dual.at(best).value) / (2 * penalty)
    assert float(dual.gap(best)) / (2 * penalty) < 1e-3 * least
    assert least * (1 - 1e-3) <= trained.loss <= 1.01 * least


def test_the_layer_is_an_attention_layer() -> None:
    """Values over their normalisers, by the scores: the decision whose loss is told."""
    x, t, base = table(2)
    keys = plain_keys(x)
    trained = attend(keys, t, base, 1.0)
    raw = (keys @ keys.T).exp()
    assert trained.scores.numpy() == pytest.approx((raw / raw.diagonal().mean()).numpy())
    decision = trained.scores @ (trained.values / trained.normaliser) + trained.offset
    signs = torch.where(t, 1.0, -1.0).double()
    over = trained.values / trained.normaliser
    hinge = float((1 - signs * decision).clamp(min=0).sum())
    assert trained.loss == pytest.approx(0.5 * float(over @ trained.scores @ over) + hinge)


def test_weights_are_read_off_values_and_normaliser() -> None:
    x, t, base = table(3)
    trained = attend(plain_keys(x), t, base, 1.0)
    signs = torch.where(t, 1.0, -1.0).double()
    raw = signs * trained.values / trained.normaliser
    assert float(raw.min()) >= -1e-12
    assert float(raw.max()) <= 1 + 1e-12
    assert trained.weights(t, base).numpy() == pytest.approx(raw.numpy(), abs=1e-12)
    found = balanced(trained, t, base)
    assert [float(found.weights[group].sum()) for group in (t, ~t)] == pytest.approx([1, 1])
    assert found.gap < 0.05


def test_scores_of_far_keys_do_not_overflow() -> None:
    keys = torch.tensor([[40.0, 0.0], [0.0, 1.0], [-40.0, 0.0]]).double()
    assert bool(scores(keys).isfinite().all())


def test_keys_learn_where_the_groups_differ() -> None:
    """One of six columns decides about the treatment, by its size only: it is stretched most."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 6))
    t = rng.random(400) < np.where(np.abs(x[:, 2]) > 0.7, 0.9, 0.1)
    found = learnt_stretch(
        torch.from_numpy(x), torch.from_numpy(t), torch.ones(400).double(), 1.0, 0
    )
    assert int(found.argmax()) == 2
    assert float(found[2]) > 1.5 * float(found[[0, 1, 3, 4, 5]].max())


def test_keys_stay_where_nothing_can_be_learnt() -> None:
    x, t, base = table(4, n=12)
    t[:] = False
    t[0] = True
    assert learnt_stretch(x, t, base, 1.0, 0).numpy() == pytest.approx(np.ones(3))


def test_a_group_without_rows_is_refused() -> None:
    x, t, base = table(5)
    with pytest.raises(QueryError, match="no rows"):
        attend(plain_keys(x), torch.zeros_like(t), base, 1.0)
