"""The mean of a trained mechanism: by quadrature, and aimed at least squares."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.stats import norm

from engine.data.table import Table
from engine.mechanisms.additive import Additive
from engine.mechanisms.flow import Flow
from engine.mechanisms.settings import FitSettings
from engine.scm.aiming import aimed, called_for, mean
from engine.scm.cases import cases_of
from engine.scm.conditional import Conditional
from engine.scm.fitted import FitTask
from engine.scm.fitting import fit_all
from engine.scm.scoring import Rows
from tests.oracles import category, number, tensor

SHORT = FitSettings(steps=40, refit=20, members=2, member_steps=5)


def rows(seed: int, count: int = 400) -> Table:
    """y = exp(x + ½ [group]) - 1 and noise: the bulk lies low, the mean is made by the tail."""
    rng = np.random.default_rng(seed)
    x, group = rng.normal(size=count), rng.integers(2, size=count).astype(float)
    y = np.exp(x + 0.5 * group) - 1 + 0.5 * rng.normal(size=count)
    return Table((number("x"), category("group", 2), number("y")), {"x": x, "group": group, "y": y})


def fitted(family: str, table: Table) -> Additive | Flow:
    task = FitTask(Conditional("y", ("x", "group")), family)
    mechanism = next(iter(fit_all([task], table, 0, SHORT).values())).mechanism
    assert isinstance(mechanism, Additive | Flow)
    return mechanism


@pytest.mark.parametrize("family", ["additive", "flow"])
def test_the_mean_is_the_integral_over_the_noise(family: str) -> None:
    mechanism = fitted(family, rows(0))
    at = tensor([[0.3, 1.0]])

    def part(e: float) -> float:
        return float(mechanism.push(tensor([e]), at)) * float(norm.pdf(e))

    exact = sum(quad(part, a, a + 1, epsabs=1e-6)[0] for a in range(-6, 6))
    assert float(mean(mechanism, at)) == pytest.approx(exact, abs=0.02)


def test_residuals_that_were_aimed_have_no_line_left() -> None:
    """Oracle: numpy's least squares of what the mean leaves."""
    table = rows(1)
    cases = cases_of(Conditional("y", ("x", "group")), table)
    mechanism = aimed(fitted("flow", table), cases, torch.ones(400).double())
    assert isinstance(mechanism, Flow)
    left = (cases.x - mean(mechanism, cases.parents)).numpy()
    design = np.column_stack((np.ones(len(left)), cases.design.numpy()))
    if mechanism.line.pairs:
        design = np.column_stack((design, design[:, 1] * design[:, 2]))
    line = np.linalg.lstsq(design, left, rcond=None)[0]
    assert np.abs(line).max() < 0.02 * table["y"].std()


def test_a_sharp_law_is_not_spoilt_for_the_mean_of_far_rows() -> None:
    """Of x³ with little noise most rows are met, until a line for the rest moves them."""
    x, e = np.random.default_rng(3).normal(size=(2, 1000))
    held = torch.arange(0, 1000, 5)
    table = Table((number("x"), number("y")), {"x": x, "y": x**3 + 0.1 * e})
    cases = cases_of(Conditional("y", ("x",)), table)
    task = FitTask(Conditional("y", ("x",)), "additive")
    sharp = next(iter(fit_all([task], table, 0, SHORT).values())).mechanism
    assert isinstance(sharp, Additive)
    off = replace(sharp, line=replace(sharp.line, intercept=sharp.line.intercept + 2.0))
    near = replace(sharp, line=replace(sharp.line, intercept=sharp.line.intercept + 1e-6))
    assert called_for(off, sharp, cases, held, Rows())
    assert not called_for(sharp, off, cases, held, Rows())
    assert not called_for(sharp, near, cases, held, Rows())
    assert not called_for(sharp, sharp, cases, held, Rows())


def test_a_mean_that_was_moved_comes_back() -> None:
    table = rows(2)
    mechanism = fitted("additive", table)
    cases = cases_of(Conditional("y", ("x", "group")), table)
    line = mechanism.line
    moved = replace(
        mechanism, line=replace(line, intercept=line.intercept - 2, slopes=line.slopes + 1)
    )
    ones = torch.ones(400, dtype=torch.float64)
    back = aimed(moved, cases, ones)
    assert isinstance(back, Additive)
    want, got = mean(mechanism, cases.parents), mean(back, cases.parents)
    held = max(line.precisions, default=0.0) / 400
    assert got.numpy() == pytest.approx(want.numpy(), abs=0.05 + 2 * held)


def test_lines_and_categories_are_left_alone() -> None:
    table = rows(3)
    cases = cases_of(Conditional("y", ("x", "group")), table)
    task = FitTask(Conditional("y", ("x", "group")), "linear")
    line = next(iter(fit_all([task], table, 0, SHORT).values())).mechanism
    assert aimed(line, cases, torch.ones(400).double()) is line
