"""The members of a table against the multinomial covariance and the delta method."""

import pytest
import torch

from engine.mechanisms.table import ConditionalTable, spread

SHARES = torch.tensor([[0.2, 0.3, 0.5], [0.6, 0.1, 0.3]]).double()
ROWS = torch.tensor([4000.0, 9000.0]).double()


def members(count: int = 64) -> torch.Tensor:
    rng = torch.Generator().manual_seed(1)
    tables = spread(ConditionalTable((2,), SHARES), ROWS, count, rng)
    return torch.stack([table.shares for table in tables])


def test_cells_vary_as_a_multinomial_does() -> None:
    """(diag p − p pᵀ) / n within a cell, nothing between cells."""
    found = torch.cov(members().reshape(64, -1).T)
    for cell in (0, 1):
        p, n = SHARES[cell], float(ROWS[cell])
        truth = (torch.diag(p) - torch.outer(p, p)) / n
        block = found[3 * cell : 3 * cell + 3, 3 * cell : 3 * cell + 3]
        assert torch.allclose(block, truth, rtol=1e-3, atol=1e-9)
    assert float(found[:3, 3:].abs().max()) < 1e-9


def test_members_are_laws_round_the_table() -> None:
    found = members()
    assert torch.allclose(found.sum(-1), torch.ones(64, 2).double())
    assert torch.allclose(found.mean(0), SHARES, atol=1e-9)
    assert float(found.min()) >= 0


def test_too_many_cells_for_the_members_are_left_to_resampling() -> None:
    assert spread(ConditionalTable((2,), SHARES), ROWS, 7, torch.Generator()) == []


def test_certain_categories_stay_certain() -> None:
    sure = ConditionalTable((), torch.tensor([[1.0, 0.0]]).double())
    tables = spread(sure, torch.tensor([50.0]).double(), 8, torch.Generator().manual_seed(0))
    assert all(table.shares[0].tolist() == pytest.approx([1, 0]) for table in tables)
