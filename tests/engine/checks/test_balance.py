"""Balance across a lot. Oracles: scipy's t, F and correlation tests; Hotelling's T² by hand."""

from collections.abc import Sequence

import numpy as np
import pytest
from scipy import stats

from engine import before
from engine.checks.balance import answer_balance, mean_gap, trace_test
from engine.checks.multiplicity import holm
from engine.data.design import Design
from engine.data.table import Table, without_rows
from engine.data.variable import Kind, Variable
from engine.graph.graph import graph_of
from engine.project import Project
from engine.queries.answering import answer
from engine.queries.answers import Unanswerable
from engine.queries.lots import BalanceAnswer, Lot
from engine.queries.model import Model
from engine.queries.questions import Balance

RNG = np.random.default_rng(3)
ROWS = 120
ARM = RNG.integers(0, 2, ROWS).astype(float)
THREE = RNG.integers(0, 3, ROWS).astype(float)
DOSE = RNG.normal(size=ROWS)
AGE = RNG.normal(50, 9, ROWS) + 4 * ARM
BMI = RNG.gamma(4, 5, ROWS)
SEX = RNG.integers(0, 2, ROWS).astype(float)


def table(design: Design | None = None, **columns: np.ndarray) -> Table:
    words = {
        "arm": ("a", "b"),
        "three": ("x", "y", "z"),
        "sex": ("f", "m"),
        "ward": tuple("123456"),
    }
    variables = tuple(
        Variable(
            v, Kind.CATEGORICAL if v in words else Kind.CONTINUOUS, categories=words.get(v, ())
        )
        for v in columns
    )
    return Table(variables, columns, design=design or Design())


def lot(data: Table, name: str, before: Sequence[str]) -> Lot:
    *work, told = answer_balance(data, [((name,), tuple(before))])
    assert work == [None] * len(work)
    assert isinstance(told, BalanceAnswer)
    return told.lots[0]


def test_two_groups_one_number_is_students_t() -> None:
    found = lot(table(arm=ARM, age=AGE), "arm", ["age"])
    a, b = AGE[ARM == 0], AGE[ARM == 1]
    assert found.p == pytest.approx(stats.ttest_ind(a, b).pvalue, rel=1e-9)
    pooled = np.sqrt(((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)) / (ROWS - 2))
    assert found.unlike[0].difference == pytest.approx(abs(a.mean() - b.mean()) / pooled, rel=1e-9)


def test_three_groups_one_number_is_one_way_anova() -> None:
    found = lot(table(three=THREE, age=AGE), "three", ["age"])
    groups = [AGE[code == THREE] for code in range(3)]
    assert found.p == pytest.approx(stats.f_oneway(*groups).pvalue, rel=1e-9)


def test_a_drawn_number_is_tested_by_correlation() -> None:
    found = lot(table(dose=DOSE, age=AGE), "dose", ["age"])
    r, p = stats.pearsonr(DOSE, AGE)
    assert found.p == pytest.approx(p, rel=1e-9)
    assert found.unlike[0].difference == pytest.approx(abs(r), rel=1e-9)
    assert not found.unlike[0].groups


def test_many_columns_at_once_are_hotellings_t_squared() -> None:
    found = lot(table(arm=ARM, age=AGE, bmi=BMI, sex=SEX), "arm", ["age", "bmi", "sex"])
    x = np.column_stack([AGE, BMI, SEX])
    a, b = x[ARM == 0], x[ARM == 1]
    gap = a.mean(0) - b.mean(0)
    pooled = ((len(a) - 1) * np.cov(a.T) + (len(b) - 1) * np.cov(b.T)) / (ROWS - 2)
    t2 = len(a) * len(b) / ROWS * gap @ np.linalg.solve(pooled, gap)
    f = t2 * (ROWS - 3 - 1) / (3 * (ROWS - 2))
    assert found.p == pytest.approx(stats.f.sf(f, 3, ROWS - 4), rel=1e-8)
    assert [one.name for one in found.unlike] == ["age", "bmi", "sex"]


def test_pillais_trace_of_many_by_many_keeps_its_level() -> None:
    """Unrelated sides, 4 by 3: p is uniform (Kolmogorov and Smirnov by scipy)."""
    rng = np.random.default_rng(0)
    chances = [trace_test(rng.normal(size=(60, 4)), rng.normal(size=(60, 3))) for _ in range(300)]
    assert stats.kstest(np.array(chances, dtype=float), "uniform").pvalue > 0.01


def test_a_column_said_twice_counts_once() -> None:
    data = table(arm=ARM, age=AGE, years=2 * AGE + 1)
    assert lot(data, "arm", ["age", "years"]).p == pytest.approx(lot(data, "arm", ["age"]).p)


def test_what_does_not_vary_or_is_not_there_is_left_out() -> None:
    gaps = BMI.copy()
    gaps[:40] = np.nan
    data = table(arm=ARM, age=AGE, same=np.ones(ROWS), bmi=gaps)
    found = lot(data, "arm", ["age", "same", "bmi"])
    assert [(one.name, one.rows) for one in found.unlike] == [("age", ROWS), ("bmi", ROWS - 40)]
    assert found.rows == ROWS - 40
    assert lot(data, "arm", ["same"]).why_not
    assert lot(table(arm=ARM[:3], age=AGE[:3], bmi=BMI[:3]), "arm", ["age", "bmi"]).p is None


def test_a_lot_of_whole_clusters_counts_clusters() -> None:
    """Rows of one ward share arm and much of their age: by rows the lot would look unfair."""
    ward = np.repeat(np.arange(6.0), 20)
    arm, shared = (ward % 2), RNG.normal(size=6)[ward.astype(int)]
    age = shared + 0.1 * RNG.normal(size=ROWS)
    data = table(Design(cluster="ward"), arm=arm, ward=ward, age=age)
    found = lot(data, "arm", ["age"])
    means = np.array([age[ward == code].mean() for code in range(6)])
    even, odd = means[::2], means[1::2]
    assert (found.rows, found.clusters) == (6, True)
    assert found.p == pytest.approx(stats.ttest_ind(even, odd).pvalue, rel=1e-9)


def test_holm_and_gaps_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005], 0.05) == [True, False, False, True]
    assert mean_gap(np.array([[1.0], [1.0], [3.0], [3.0]]), np.array([0, 0, 1, 1])) == np.inf
    assert mean_gap(
        np.array([[1.0], [3.0], [3.0], [5.0]]), np.array([0, 0, 1, 1])
    ) == pytest.approx(2 / np.sqrt(2))


@pytest.mark.parametrize("fair", [True, False])
def test_a_fair_coin_passes_and_one_that_knows_age_does_not(fair: bool) -> None:  # noqa: FBT001
    rng = np.random.default_rng(5)
    age = rng.normal(size=400)
    chance = 0.5 if fair else 1 / (1 + np.exp(-2 * age))
    data = table(arm=(rng.random(400) < chance).astype(float), age=age)
    lots = Project(graph_of(["arm", "age"]), table=data, randomised=frozenset({"arm"}))
    told = [step for step in answer(Model(lots), Balance(before.lots(lots))) if step is not None]
    (found,) = told[0][0].lots
    assert isinstance(told[0][0], BalanceAnswer)
    assert found.uneven is not fair


def test_without_rows_nothing_is_said() -> None:
    data = without_rows(table(arm=ARM, age=AGE))
    lots = Project(graph_of(["arm", "age"]), table=data, randomised=frozenset({"arm"}))
    (told,) = answer(Model(lots), Balance(before.lots(lots)))
    assert told is not None
    assert isinstance(told[0], Unanswerable)
