"""Calibration as fitting reports it: of mechanisms that did not see the held-out rows."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from safetensors.torch import load, save
from scipy import special, stats

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.queries.answers import Calibration
from engine.scm.cases import held_out
from engine.scm.conditional import Conditional
from engine.scm.fitting import FitTask, Fitted, fit_all, fitted_from_bytes, fitted_to_bytes
from tests.oracles import QUICK, category, number, table


def fitted(data: Table, target: str, *given: str, family: str = "linear") -> Fitted:
    (found,) = fit_all([FitTask(Conditional(target, given), family)], data, 3, QUICK).values()
    return found


def columns(rows: int = 600) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(11)
    x, o = rng.normal(size=rows), rng.integers(0, 3, rows)
    return {
        "x": x,
        "y": 2 * x + rng.normal(size=rows),
        "fan": x + np.exp(0.8 * x) * rng.normal(size=rows),
        "cell": np.round(2 * x + rng.normal(size=rows)),
        "c": (rng.uniform(size=rows) < special.expit(2 * x)).astype(float),
        "o": o.astype(float),
        "bump": (rng.uniform(size=rows) < np.where(o == 1, 0.9, 0.3)).astype(float),
        "same": 3 * x + 1,
    }


ORDINAL = Variable("o", Kind.ORDINAL, categories=("low", "mid", "high"))
DATA = table(columns(), category("c", 2), category("bump", 2), ORDINAL, number("cell", step=1.0))


def calibration(target: str, *given: str, family: str = "linear") -> Calibration:
    found = fitted(DATA, target, *given, family=family).report.calibration
    assert found is not None
    return found


def test_a_line_is_checked_on_rows_that_it_did_not_see() -> None:
    """The oracle learns the line from the other rows by scipy and tests the held-out ones."""
    out = held_out(600, 3).numpy()
    x, y = DATA["x"], DATA["y"]
    slope, start, *_ = stats.linregress(x[~out], y[~out])
    left = y - start - slope * x
    u = special.ndtr(left[out] / left[~out].std(ddof=2))
    found = calibration("y", "x")
    assert found.rows == out.sum() == 120
    assert found.misplaced == pytest.approx(stats.kstest(u, "uniform").statistic, abs=1e-6)
    assert found.observed == tuple(np.histogram(u, len(found.observed), (0, 1))[0])
    assert not found.off
    assert not found.drifts


def test_held_out_score_and_its_gain_over_the_line() -> None:
    assert fitted(DATA, "y", "x").report.gain_error == 0.0
    report = fitted(DATA, "bump", "o", family="table").report
    out = held_out(600, 3).numpy()
    o, hit = DATA["o"].astype(int), DATA["bump"]
    shares = np.array([hit[~out & (o == code)].mean() for code in range(3)])
    chance = np.where(hit[out] == 1, shares[o[out]], 1 - shares[o[out]])
    assert report.heldout_loglik == pytest.approx(np.log(chance).mean(), abs=0.005)
    assert report.gain == report.heldout_loglik - report.linear_loglik
    assert report.gain_error is not None
    assert report.gain_error < 0.01  # three cells: the odds of indicators are the table itself


def test_noise_that_changes_size_is_seen() -> None:
    found = calibration("fan", "x")
    assert found.off or found.drifts
    assert (found.parent, found.spread) == ("x", True)


def test_rounded_and_ordered_values_are_drawn_within_their_step() -> None:
    for target, given, family in (("cell", ("x",), "linear"), ("o", (), "table")):
        found = calibration(target, *given, family=family)
        assert not found.chances
        assert not found.off
        assert max(found.observed) < 3 * found.expected[0]  # not all in a few spikes


def test_chances_of_categories_are_compared_with_shares() -> None:
    found = calibration("c", "x", family="logistic")
    assert found.chances
    assert not found.off
    assert sum(found.expected) == pytest.approx(sum(found.observed), abs=4 * math.sqrt(120) / 2)


def test_without_noise_or_rows_nothing_is_claimed() -> None:
    assert fitted(DATA, "same", "x").report.calibration is None
    forty = table({name: column[:40] for name, column in columns().items() if name in "xy"})
    found = fitted(forty, "y", "x").report.calibration
    assert found is not None
    assert not found.enough


def test_the_same_seed_gives_the_same_and_a_file_keeps_it() -> None:
    first, second = (fitted(DATA, "cell", "x") for _ in range(2))
    assert first.report == second.report
    assert fitted_from_bytes(fitted_to_bytes(first)).report == first.report


def test_files_from_before_are_read_without_it() -> None:
    whole = fitted(DATA, "y", "x")
    data = fitted_to_bytes(whole)
    size = int.from_bytes(data[:8], "little")
    described = json.loads(json.loads(data[8 : 8 + size])["__metadata__"]["doscope"])
    for name in ("gain_error", "calibration"):
        del described["report"]["fields"][name]
    again = fitted_from_bytes(save(load(data), {"doscope": json.dumps(described)}))
    assert again.report == replace(whole.report, gain_error=None, calibration=None)
