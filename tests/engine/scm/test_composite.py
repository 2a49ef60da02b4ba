"""Numbers with atoms and bounds in closed form: shares, impossible values, softness, real data."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.data.kinds import with_bounds
from engine.data.reading import read_table
from engine.data.table import Table
from engine.errors import DataError
from engine.mechanisms.atoms import Atoms
from engine.scm.cases import Cases, cases_of
from engine.scm.composite import atoms_of
from engine.scm.conditional import Conditional
from engine.scm.fitting import FitTask, Fitted, fit_all
from engine.scm.warping import warp_of
from tests.oracles import QUICK, number, table

LALONDE = Path(__file__).parents[4] / "shared/data/lalonde/nsw_dw.csv"


def bounded(columns: dict[str, np.ndarray], upper: float | None = None) -> Table:
    return table(columns, replace(number("y"), lower=0.0, upper=upper))


def lines(data: Table, *given: str) -> Fitted:
    """The straight line of y, beside its atoms, with members."""
    (found,) = fit_all([FitTask(Conditional("y", given), "linear")], data, 0, QUICK).values()
    return found


def cases(data: Table, *given: str) -> Cases:
    return cases_of(Conditional("y", given), data)


def test_amounts_that_multiply_are_warped_by_a_logarithm() -> None:
    """y = exp(x + ε): a soft warp; y = 10 + x + ε, never near 0: next to none."""
    rng = np.random.default_rng(0)
    x, noise = rng.normal(size=(2, 2000))
    soft = warp_of(cases(bounded({"x": x, "y": np.exp(x + 0.5 * noise)}), "x"))
    hard = warp_of(cases(bounded({"x": x, "y": 6 + x + 0.5 * noise}), "x"))
    assert soft is not None
    assert hard is not None
    assert soft.softness > 1.0
    assert hard.forward(torch.tensor([5.0]).double()).tolist() == pytest.approx([5.0], abs=1e-6)
    assert warp_of(cases(table({"y": x}))) is None


@pytest.mark.parametrize("upper", [None, 1.0])
def test_nothing_impossible_is_drawn(upper: float | None) -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=500)
    y = rng.beta(0.6, 0.8, 500) if upper else rng.gamma(0.5, 2.0, 500)
    y[:20], y[20:25] = 0.0, upper or 1.5
    data = bounded({"x": x, "y": y}, upper)
    work, fitted = cases(data, "x"), lines(data, "x")
    both = fitted.mechanism
    assert isinstance(both, Atoms)
    assert all(isinstance(member, Atoms) for member in fitted.members)
    assert len(fitted.members) > 0
    assert both.values.tolist() == ([0.0, 1.0] if upper else [0.0])
    drawn = both.push(4 * torch.randn(4000).double(), 10 * torch.randn(4000, 1).double())
    assert float(drawn.min()) == 0.0
    assert float(drawn.max()) <= (upper or np.inf)
    assert both.log_prob(work.x, work.parents).isfinite().all()


def test_constant_and_two_valued_columns_give_a_fit() -> None:
    for y in (np.zeros(60), np.repeat([0.0, 2.5], 30), np.repeat([0.0, 1.0, 2.5], 20)):
        work, both = cases(bounded({"y": y})), lines(bounded({"y": y})).mechanism
        assert not both.log_prob(work.x, work.parents).isnan().any()
        assert both.push(torch.randn(50).double(), torch.empty(50, 0)).isfinite().all()


@pytest.mark.skipif(not LALONDE.is_file(), reason="the LaLonde tables are not here")
def test_earnings_have_their_zeros_and_nothing_below() -> None:
    """LaLonde 1986, re78 of 445 trainees and controls, given six covariates and treatment."""
    data = read_table(LALONDE)
    given = ("treat", "age", "education", "black", "married", "nodegree", "re75")
    work = cases_of(Conditional("re78", given), data)
    assert data.variable("re78").lower == 0.0
    assert atoms_of(work) == (0.0,)
    (fitted,) = fit_all([FitTask(Conditional("re78", given))], data, 0, QUICK).values()
    both = fitted.mechanism
    assert isinstance(both, Atoms)
    rng = torch.Generator().manual_seed(0)
    drawn = both.push(both.noise(100 * work.n, rng), work.parents.repeat(100, 1))
    share = float((drawn == 0).double().mean())
    assert share == pytest.approx(float((work.x == 0).double().mean()), abs=0.02)
    assert float(drawn.min()) == 0.0


def test_bounds_are_checked_against_the_values() -> None:
    data = table({"y": np.array([1.0, 2.0, 3.0])})
    assert with_bounds(data, "y", 0.0, None).variable("y").lower == 0.0
    for low, high in ((1.5, None), (None, 2.5), (3.0, 1.0)):
        with pytest.raises(DataError, match="bounds"):
            with_bounds(data, "y", low, high)
