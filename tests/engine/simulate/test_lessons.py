"""Each lesson's table has the truth that its notes state; oracles by hand and by enumeration."""

from itertools import product

import numpy as np
import pytest

from engine.checks.independence import run_checks
from engine.data.table import Table
from engine.identify.adjustment import adjustment_sets
from engine.identify.bounded import bounds_of_table
from engine.identify.bounds import chance, contrast
from engine.project import Project
from engine.simulate.examples import LESSONS, example
from engine.simulate.lessons import (
    CHOLESTYRAMINE_BOUNDS,
    NAPKIN_EFFECT,
    PILL_EFFECT,
    SCHOOL_EFFECT,
    TAR_EFFECT,
    napkin_columns,
    pill_columns,
    school_columns,
)


def of(id: str) -> tuple[Project, Table]:
    project = example(id)
    assert project.table is not None
    return project, project.table


def share(table: Table, outcome: str, **given: float) -> float:
    """Share of rows with `outcome` at 1 among those with these codes."""
    keep = np.logical_and.reduce([table[v] == code for v, code in given.items()] or [True])
    return float(table[outcome][np.broadcast_to(keep, table.rows)].mean())


def test_the_front_door_by_hand() -> None:
    """Σ_m P(m | x) Σ_x' P(y | m, x') P(x') = .4525 and .4975 (Pearl 2009, section 3.3.2)."""
    _, table = of("front-door")
    assert table.rows == 8_000
    does = [
        sum(
            abs(1 - m - share(table, "tar", smoking=x))
            * sum(share(table, "cancer", tar=m, smoking=other) / 2 for other in (0, 1))
            for m in (0, 1)
        )
        for x in (0, 1)
    ]
    assert does == pytest.approx([0.4975, 0.4525])
    assert does[1] - does[0] == pytest.approx(TAR_EFFECT)
    seen = share(table, "cancer", smoking=1) - share(table, "cancer", smoking=0)
    assert seen == pytest.approx(0.8525 - 0.0975)


def test_adjusting_in_the_m_makes_the_bias() -> None:
    """Closed form over u, v and noise: no bias as it stands, .7 · cov beside the mother's."""
    c = school_columns(400_000, 1)
    school, mother, sugar = c["school"], c["mother"], c["sugar"]
    assert np.polyfit(school, sugar, 1)[0] == pytest.approx(SCHOOL_EFFECT, abs=0.003)
    both = np.column_stack([school, mother, np.ones_like(school)])
    found = np.linalg.lstsq(both, sugar, rcond=None)[0][0]
    cov = np.array([[6.25, -1.2], [-1.2, 0.88]])  # of school and mother
    with_risk = np.array([0.0, 0.6])
    by_hand = SCHOOL_EFFECT + 0.7 * np.linalg.solve(cov, with_risk)[0]
    assert found == pytest.approx(by_hand, abs=0.003)
    assert by_hand > 0  # the sign is the other one
    project, _ = of("m-bias")
    assert adjustment_sets(project.graph, ("school",), "sugar") == ((),)


def test_the_instrument_bounds_the_effect() -> None:
    project, table = of("cholestyramine")
    assert table.rows == 337
    terms = contrast(chance("lowered", 1, {"took": 1}, 2), chance("lowered", 1, {"took": 0}, 2))
    found = list(bounds_of_table(project.graph, table, "lowered", lambda _: terms, 0, 2))[-1]
    assert found is not None
    assert (found.low, found.high) == pytest.approx(CHOLESTYRAMINE_BOUNDS, abs=1e-3)
    assert project.randomised == {"offered"}


def test_the_napkin_ratio_finds_the_effect() -> None:
    c = napkin_columns(400_000, 2)
    done = [napkin_columns(400_000, 3, {"visited": x})["bought"].mean() for x in (0.0, 1.0)]
    assert done[1] - done[0] == pytest.approx(NAPKIN_EFFECT, abs=0.005)

    def mean(event: np.ndarray, mailed: int) -> float:
        return sum(
            float(event[(c["shopped"] == w) & (c["mailed"] == mailed)].mean())
            * float((c["shopped"] == w).mean())
            for w in (0, 1)
        )

    ratios = [
        mean((c["visited"] == x) * c["bought"], 1) / mean(c["visited"] == x, 1) for x in (0, 1)
    ]
    assert ratios[1] - ratios[0] == pytest.approx(NAPKIN_EFFECT, abs=0.01)
    seen = c["bought"][c["visited"] == 1].mean() - c["bought"][c["visited"] == 0].mean()
    assert seen > NAPKIN_EFFECT + 0.01


def test_the_bow_is_all_hidden_cause() -> None:
    c = pill_columns(200_000, 1)
    seen = c["healthy"][c["pill"] == 1].mean() - c["healthy"][c["pill"] == 0].mean()
    assert seen == pytest.approx(0.36, abs=0.01)
    exact = {
        (x, y): sum(0.5 * abs(1 - x - p) * abs(1 - y - p) for p in (0.2, 0.8))
        for x, y in product((0, 1), repeat=2)
    }
    low = exact[1, 1] - (exact[0, 1] + exact[1, 0] + exact[1, 1])  # Manski's
    high = exact[1, 1] + exact[0, 0] + exact[0, 1] - exact[0, 1]
    assert high - low == pytest.approx(1)
    assert low < PILL_EFFECT < high


def test_hospital_patients_by_their_odds_ratios() -> None:
    _, table = of("selection")
    assert table.rows == 2_784

    def odds(keep: np.ndarray) -> float:
        cells = [
            [float((keep & (table["bones"] == b) & (table["lungs"] == r)).sum()) for r in (0, 1)]
            for b in (0, 1)
        ]
        return cells[0][0] * cells[1][1] / (cells[0][1] * cells[1][0])

    assert odds(np.full(table.rows, True)) == pytest.approx(1.06, abs=0.005)
    inside = table["hospital"] == 1
    assert inside.sum() == 257
    assert odds(inside) == pytest.approx(4.06, abs=0.005)


def test_the_wrong_stones_adjust_for_nothing_and_nothing_contradicts_them() -> None:
    project, table = of("kidney-stones-mediator")
    assert adjustment_sets(project.graph, ("treatment",), "recovered") == ((),)
    seen = share(table, "recovered", treatment=0) - share(table, "recovered", treatment=1)
    assert seen == pytest.approx(-0.046, abs=5e-4)
    (answer,) = run_checks(project.graph, table)
    assert answer.tests == ()


@pytest.mark.parametrize("id", [lesson.example.id for lesson in LESSONS])
def test_no_lesson_is_contradicted_by_its_own_rows(id: str) -> None:
    project, table = of(id)
    last = list(run_checks(project.graph, table))[-1]
    assert not any(test.rejected for test in last.tests)
    assert project.notes
    assert len(project.notes) < 500
