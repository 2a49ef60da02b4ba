"""The members of a table against the Dirichlet posterior and the delta method."""

import pytest
import torch
from scipy import stats

from engine.mechanisms.table import ConditionalTable, spread

SHARES = torch.tensor([[0.2, 0.3, 0.5], [0.6, 0.1, 0.3]]).double()
ROWS = torch.tensor([4000.0, 9000.0]).double()


def members(count: int = 64) -> torch.Tensor:
    rng = torch.Generator().manual_seed(1)
    tables = spread(ConditionalTable((2,), SHARES), ROWS, count, rng)
    return torch.stack([table.shares for table in tables])


def test_cells_vary_as_a_multinomial_does() -> None:
    """(diag p − p pᵀ) / n within a cell, nearly nothing between cells."""
    found = torch.cov(members().reshape(64, -1).T)
    for cell in (0, 1):
        p, n = SHARES[cell], float(ROWS[cell])
        truth = (torch.diag(p) - torch.outer(p, p)) / n
        block = found[3 * cell : 3 * cell + 3, 3 * cell : 3 * cell + 3]
        assert torch.allclose(block, truth, rtol=0.05, atol=1e-7)
    assert float(found[:3, 3:].abs().max()) < 1e-6


def test_members_are_laws_round_the_table() -> None:
    found = members()
    assert torch.allclose(found.sum(-1), torch.ones(64, 2).double())
    assert torch.allclose(found.mean(0), SHARES, atol=1e-3)
    assert float(found.min()) > 0


def test_always_one_category_is_not_certain() -> None:
    """20 of 20: Beta(20.5, .5), Jeffreys' posterior."""
    sure = ConditionalTable((), torch.tensor([[0.0, 1.0]]).double())
    tables = spread(sure, torch.tensor([20.0]).double(), 400, torch.Generator().manual_seed(0))
    shares = torch.stack([table.shares[0, 1] for table in tables])
    posterior = stats.beta(20.5, 0.5)
    assert float(shares.mean()) == pytest.approx(posterior.mean(), abs=0.003)
    assert float(shares.std()) == pytest.approx(posterior.std(), rel=0.15)


def test_an_empty_cell_can_be_anything() -> None:
    empty = ConditionalTable((), torch.tensor([[0.6, 0.4]]).double())
    tables = spread(empty, torch.tensor([0.0]).double(), 200, torch.Generator().manual_seed(0))
    shares = torch.stack([table.shares[0, 0] for table in tables])
    assert float(shares.std()) == pytest.approx(stats.beta(0.5, 0.5).std(), rel=0.1)


def test_more_cells_than_members_are_drawn_all_the_same() -> None:
    tables = spread(ConditionalTable((2,), SHARES), ROWS, 3, torch.Generator().manual_seed(0))
    assert len(tables) == 3
