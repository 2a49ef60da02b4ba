"""Gaps filled from the model: maximum likelihood where complete rows are biased."""

from dataclasses import replace

import numpy as np
import pytest

from engine.data.design import Design
from engine.data.table import Table, without_rows
from engine.mechanisms.linear import Linear
from engine.mechanisms.settings import FitSettings
from engine.mechanisms.table import ConditionalTable
from engine.scm.cases import held_out
from engine.scm.conditional import Conditional
from engine.scm.fitted import (
    Done,
    Failed,
    Filling,
    FirstGuess,
    FitEvent,
    FitTask,
    Fitted,
    Intervals,
)
from engine.scm.fitting import fit_all
from engine.scm.imputed import Filled, ImputedRun
from engine.scm.keys import fit_key
from engine.scm.weights import fitted_from_bytes, fitted_to_bytes
from tests.oracles import QUICK, category, table

CLOSED = replace(QUICK, fewest=10**9, members=4)  # too few rows for any network
LAW = (FitTask(Conditional("x")), FitTask(Conditional("y", ("x",))))
Y = LAW[1].conditional


def imputing(columns: dict[str, np.ndarray], *special: object) -> Table:
    return replace(table(columns, *special), design=Design(impute=True))  # type: ignore[arg-type]


def told(rows: Table, settings: FitSettings = CLOSED, kept: Filled | None = None) -> list[FitEvent]:
    return list(ImputedRun(LAW, rows, LAW, 0, settings=settings, filled=kept).slices())


def finals(events: list[FitEvent]) -> dict[str, Fitted]:
    return {e.fitted.conditional.target: e.fitted for e in events if isinstance(e, Intervals)}


def line(seed: int = 0, rows: int = 1500) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, x with gaps that are the likelier the larger y is, and y = 2 x + noise."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=rows)
    y = 2 * x + rng.normal(size=rows)
    gone = rng.random(rows) < 1 / (1 + np.exp(-2 * (y - 0.5)))
    return x, np.where(gone, np.nan, x), y


def normal_em(x: np.ndarray, y: np.ndarray) -> float:
    """Slope of y on x by EM for a bivariate normal law (Dempster, Laird, Rubin 1977)."""
    gone = np.isnan(x)
    mean, cov = np.array([np.nanmean(x), y.mean()]), np.cov(np.stack([x, y])[:, ~gone])
    for _ in range(300):
        gain = cov[0, 1] / cov[1, 1]
        first = np.where(gone, mean[0] + gain * (y - mean[1]), x)
        second = first**2 + gone * (cov[0, 0] - gain * cov[0, 1])
        mean = np.array([first.mean(), y.mean()])
        across = (first * y).mean() - mean[0] * mean[1]
        cov = np.array([[second.mean() - mean[0] ** 2, across], [across, y.var()]])
    return float(cov[0, 1] / cov[0, 0])


def slope(fitted: Fitted) -> float:
    mechanism = fitted.mechanism
    assert isinstance(mechanism, Linear)
    return float(mechanism.slopes[0]) / mechanism.encoder.scales[0]


@pytest.fixture(scope="module")
def filled() -> list[FitEvent]:
    _, gaps, y = line()
    return told(imputing({"x": gaps, "y": y}))


def test_a_line_is_that_of_maximum_likelihood(filled: list[FitEvent]) -> None:
    """And far nearer to the truth than that of the complete rows."""
    x, gaps, y = line()
    best, whole = normal_em(gaps, y), np.polyfit(x, y, 1)[0]
    keep = ~np.isnan(gaps)
    complete = np.polyfit(gaps[keep], y[keep], 1)[0]
    found = slope(finals(filled)["y"])
    assert found == pytest.approx(best, abs=0.05)
    assert abs(found - 2) < 0.5 * abs(complete - 2)
    assert abs(complete - whole) > 0.2


def test_members_spread_as_much_as_is_known() -> None:
    """Over tables the slope varies by about .036 · √(1 + lost); members of one must not vary less.

    The oracle is the spread of the exact estimates of other tables, drawn anew.
    """
    exact = float(np.std([normal_em(*line(seed, 300)[1:]) for seed in range(100, 160)]))
    found = []
    for seed in range(2):
        _, gaps, y = line(seed, 300)
        settings = replace(CLOSED, members=8, closed_members=8)
        fitted = finals(told(imputing({"x": gaps, "y": y}), settings))["y"]
        found += [slope(replace(fitted, mechanism=m)) - slope(fitted) for m in fitted.members]
    spread = float(np.sqrt(np.mean(np.square(found))))
    assert 0.8 * exact < spread < 1.7 * exact


def test_categories_are_those_of_exact_enumeration() -> None:
    """x of 3 categories → y of 2, x missing where y is yes: EM by sums over all cells."""
    rng = np.random.default_rng(1)
    x = rng.choice(3, 1500, p=[0.5, 0.3, 0.2])
    y = (rng.random(1500) < np.array([0.2, 0.5, 0.8])[x]).astype(float)
    gone = rng.random(1500) < np.where(y > 0, 0.6, 0.1)
    gaps = np.where(gone, np.nan, x)
    seen = np.stack([[((gaps == i) & (y == j)).sum() for j in (0, 1)] for i in range(3)])
    lost = np.array([(gone & (y == j)).sum() for j in (0, 1)])
    joint = seen / seen.sum()
    for _ in range(500):
        joint = (seen + joint / joint.sum(0) * lost) / len(y)
    rows = imputing({"x": gaps, "y": y}, category("x", 3), category("y", 2))
    mechanism = finals(told(rows))["y"].mechanism
    assert isinstance(mechanism, ConditionalTable)
    exact = joint[:, 1] / joint.sum(1)
    np.testing.assert_allclose(mechanism.shares[:, 1].numpy(), exact, atol=0.04)
    assert np.abs(seen[:, 1] / seen.sum(1) - exact).max() > 0.1  # complete rows alone are wrong


def test_first_a_guess_then_the_filling_then_the_fits(filled: list[FitEvent]) -> None:
    kinds = [type(event) for event in filled]
    assert kinds.index(FirstGuess) < kinds.index(Filling) < kinds.index(Done)
    rounds = [event for event in filled if isinstance(event, Filling)]
    assert [e.done for e in rounds] == sorted(e.done for e in rounds)
    assert rounds[-1].done < rounds[-1].total
    keys = {e.fitted.key for e in filled if isinstance(e, FirstGuess | Done | Intervals)}
    assert keys == {
        fit_key(
            t.conditional,
            imputing(dict(zip("xy", line()[1:], strict=True))),
            "auto",
            0,
            CLOSED,
            law=LAW,
        )
        for t in LAW
    }


def test_the_report_counts_rows_once(filled: list[FitEvent]) -> None:
    _, gaps, y = line()
    share = float(np.isnan(gaps).mean())
    reports = {name: fitted.report for name, fitted in finals(filled).items()}
    assert [reports[v].rows for v in "xy"] == [len(y), len(y)]
    assert [reports[v].dropped for v in "xy"] == [0, 0]
    assert reports["x"].imputed == pytest.approx(share)
    assert reports["y"].imputed == 0
    assert [reports[v].filled for v in "xy"] == pytest.approx([share, share])
    fitted = finals(filled)["x"]
    assert fitted_from_bytes(fitted_to_bytes(fitted)).report == fitted.report


def test_same_seed_same_numbers_with_and_without_company(filled: list[FitEvent]) -> None:
    _, gaps, y = line()
    rows = imputing({"x": gaps, "y": y})
    alone = list(ImputedRun(LAW[1:], rows, LAW, 0, settings=CLOSED).slices())
    assert fitted_to_bytes(finals(alone)["y"]) == fitted_to_bytes(finals(filled)["y"])


def test_nothing_changes_where_nothing_is_missing() -> None:
    """Same keys, same bytes, whether gaps are to be filled in or not; nor for a gap at the end."""
    x, _, y = line(rows=200)
    plain = fit_all(LAW, table({"x": x, "y": y}), 0, CLOSED)
    found = finals(told(imputing({"x": x, "y": y})))
    assert {f.key for f in found.values()} == set(plain)
    assert all(fitted_to_bytes(f) == fitted_to_bytes(plain[f.key]) for f in found.values())
    y = np.where(np.arange(200) < 30, np.nan, y)
    left_out = fit_all(LAW, table({"x": x, "y": y}), 0, CLOSED)
    ended = finals(told(imputing({"x": x, "y": y})))["y"]
    expected = next(f for f in left_out.values() if f.conditional == Y)
    assert replace(ended.report, why="") == replace(expected.report, why="")
    assert slope(ended) == slope(expected)


def test_left_out_unless_wanted() -> None:
    _, gaps, y = line(rows=200)
    rows = table({"x": gaps, "y": y})
    plain = fit_all(LAW, rows, 0, CLOSED)
    found = finals(told(rows))
    assert {f.key: fitted_to_bytes(f) for f in found.values()} == {
        key: fitted_to_bytes(f) for key, f in plain.items()
    }


def test_a_variable_without_values_is_refused() -> None:
    y = line(rows=200)[2]
    events = told(imputing({"x": np.full(200, np.nan), "y": y}))
    errors = [event.error for event in events if isinstance(event, Failed)]
    assert len(errors) == 2
    assert all("x has no values at all" in str(error) for error in errors)


def test_the_key_names_the_whole_law_and_the_treatment() -> None:
    _, gaps, y = line(rows=60)
    u = np.arange(60.0)
    rows = imputing({"x": gaps, "y": y, "u": u})

    def key(rows: Table, law: tuple[FitTask, ...] = LAW, of: Conditional = Y) -> str:
        return fit_key(of, rows, "auto", 0, law=law)

    more = (*LAW, FitTask(Conditional("u", ("y",))))
    left_out = replace(rows, design=Design())
    other = replace(rows, columns={**rows.columns, "u": u + 1})
    assert len({key(rows), key(rows, more), key(other, more), key(left_out)}) == 4
    assert key(rows) == key(other)  # u is not in the law
    whole = Conditional("u")
    assert key(rows, more, whole) == key(left_out, more, whole)  # it has no gaps
    assert key(without_rows(rows), more) == key(rows, more)


def test_completed_tables_are_kept() -> None:
    """A later question of the same table does not fill the gaps again."""
    _, gaps, y = line(rows=200)
    rows, kept = imputing({"x": gaps, "y": y}), Filled()
    first = told(rows, kept=kept)
    again = told(rows, kept=kept)
    assert not [event for event in again if isinstance(event, Filling)]
    assert fitted_to_bytes(finals(again)["y"]) == fitted_to_bytes(finals(first)["y"])


def test_another_conditional_than_those_of_the_law() -> None:
    """P(x | y) of all rows is 2 / (2² + 1) steep; gaps that say nothing are filled for it, too."""
    _, gaps, y = line()
    other = FitTask(Conditional("x", ("y",)))
    rows = imputing({"x": gaps, "y": y})
    events = list(ImputedRun([other], rows, LAW, 0, settings=CLOSED).slices())
    found = next(e.fitted for e in events if isinstance(e, Intervals))
    assert slope(found) == pytest.approx(0.4, abs=0.03)
    assert found.report.rows == len(y)


def test_cancelled_while_the_gaps_are_filled() -> None:
    _, gaps, y = line(rows=200)
    rows = imputing({"x": gaps, "y": y})
    run = ImputedRun(LAW, rows, LAW, 0, settings=CLOSED)
    keys = {fit_key(t.conditional, rows, "auto", 0, CLOSED, law=LAW) for t in LAW}
    seen = []
    for event in run.slices():
        seen.append(event)
        if isinstance(event, Filling):
            run.cancel(keys)
    assert not [event for event in seen if isinstance(event, Done)]
    assert sum(isinstance(event, Filling) for event in seen) == 1


def test_every_held_out_row_is_checked_once() -> None:
    """Rows with filled gaps are neither counted by copies nor left out: that would select on y."""
    _, gaps, y = line(rows=600)
    kept = Filled()
    fitted = finals(told(imputing({"x": gaps, "y": y}), kept=kept))["y"]
    (done,) = kept.values()
    held = held_out(done.table, 0).numpy()
    rows = np.unique(done.table[done.table.design.cluster][held])
    assert fitted.report.calibration is not None
    assert fitted.report.calibration.rows == len(rows)
