"""Estimators against standardisation by hand, textbook regressions, and worlds of known effect."""

from dataclasses import replace

import numpy as np
import pytest

from engine.checks.estimators import (
    BOTH,
    REGRESSION,
    WEIGHTING,
    Estimate,
    agreement,
    doubly_robust,
    estimates,
    regression,
    weighting,
)
from engine.checks.study import Study, bent, explained, slope, study
from engine.data.design import Design
from engine.data.rows import designed
from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.errors import QueryError
from engine.simulate.examples import example

STONES = example("kidney-stones").table


def stones() -> Study:
    assert STONES is not None
    return study(STONES, "treatment", 0.0, 1.0, "recovered", ("size",))


def drawn(seed: int, rows: int = 400, effect: float = 1.0) -> Study:
    """y = effect t + x₁ + t x₂ / 2 + noise, t by a logistic law of x: the average effect is 1."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, 2))
    took = (rng.random(rows) < 1 / (1 + np.exp(0.5 * x[:, 1] - 0.7 * x[:, 0]))).astype(float)
    y = effect * took + x[:, 0] + 0.5 * took * x[:, 1] + rng.standard_normal(rows)
    return Study(y, took, 1.0, 0.0, True, x, ("a", "b"), np.ones(rows))


BY_HAND = (357 * (81 / 87 - 234 / 270) + 343 * (192 / 263 - 55 / 80)) / 700


def test_one_category_is_standardisation_by_hand() -> None:
    """Σ_z P(z) (P(y | A, z) - P(y | B, z)) of the published kidney counts; shrinkage moves it."""
    assert regression(stones()).value == pytest.approx(BY_HAND, abs=1e-9)
    assert weighting(stones()).value == pytest.approx(BY_HAND, abs=1e-3)
    found = doubly_robust(stones(), np.random.default_rng(0))
    assert found.value == pytest.approx(BY_HAND, abs=0.01)


def test_its_error_is_the_textbooks() -> None:
    """√Σ P(z)² (s²/n of both arms) + the spread of the strata's effects; binomial variances."""
    strata = [(357, (81, 87), (234, 270)), (343, (192, 263), (55, 80))]
    within = sum(
        (n / 700) ** 2 * sum(k / m * (1 - k / m) / m for k, m in (a, b)) for n, a, b in strata
    )
    effects = [a[0] / a[1] - b[0] / b[1] for _, a, b in strata]
    between = 357 * 343 / 700**2 * (effects[0] - effects[1]) ** 2 / 700
    by_hand = np.sqrt(within + between)
    assert regression(stones()).error == pytest.approx(by_hand, rel=0.01)
    assert weighting(stones()).error == pytest.approx(by_hand, rel=0.01)
    assert doubly_robust(stones(), np.random.default_rng(0)).error == pytest.approx(
        by_hand, rel=0.05
    )


def test_a_number_is_the_slope_of_the_long_regression() -> None:
    rng = np.random.default_rng(2)
    x = rng.standard_normal((300, 1))
    t = x[:, 0] + rng.standard_normal(300)
    y = 2 * t - x[:, 0] + rng.standard_normal(300)
    one = Study(y, t, 3.0, 1.0, False, x - x.mean(0), ("x",), np.ones(300))
    by_hand = np.linalg.lstsq(
        np.column_stack([t, x, np.ones(300), (t - t.mean()) * (x - x.mean())[:, 0]]), y, rcond=None
    )[0]
    assert regression(one).value == pytest.approx(2 * by_hand[0])
    plain = np.linalg.lstsq(np.column_stack([t, x, np.ones(300)]), y, rcond=None)[0]
    assert slope(one).value == pytest.approx(2 * plain[0])  # 3 against 1
    assert [found.method for found in estimates(one, rng)] == [REGRESSION]


def test_all_three_hold_the_known_effect() -> None:
    """20 worlds: the mean within 3 of its standard errors, most intervals hold 1, and say so."""
    found: dict[str, list[Estimate]] = {REGRESSION: [], WEIGHTING: [], BOTH: []}
    for seed in range(20):
        for one in estimates(drawn(seed), np.random.default_rng(seed)):
            found[one.method].append(one)
    for method, ones in found.items():
        values = np.array([one.value for one in ones])
        assert abs(values.mean() - 1) < 3 * values.std(ddof=1) / np.sqrt(20), method
        assert np.mean([one.error for one in ones]) == pytest.approx(values.std(ddof=1), rel=0.45)
        assert sum(one.interval[0] < 1 < one.interval[1] for one in ones) >= 14


def test_doubly_robust_where_the_line_is_wrong() -> None:
    """y bends in x, and so does who is treated: straight lines are off, squares are not."""
    rng = np.random.default_rng(3)
    x = rng.standard_normal((4_000, 1))
    took = (rng.random(4_000) < 1 / (1 + np.exp(1 - x[:, 0] ** 2))).astype(float)
    y = took + 2 * x[:, 0] ** 2 + rng.standard_normal(4_000)
    one = Study(y, took, 1.0, 0.0, True, x, ("x",), np.ones(4_000))
    assert regression(one).value > 1.5
    assert doubly_robust(one, rng).value == pytest.approx(1, abs=0.15)


def test_weights_count_rows_and_clusters_widen() -> None:
    """Weight 2 is the row twice (values); every row thrice in one cluster says as much as one."""
    one = drawn(5, 150)
    twice = np.repeat(np.arange(150), np.where(np.arange(150) < 50, 2, 1))
    doubled = replace(
        one,
        outcome=one.outcome[twice],
        treatment=one.treatment[twice],
        covariates=one.covariates[twice],
        weights=np.ones(200),
    )
    weighted = replace(one, weights=np.where(np.arange(150) < 50, 2.0, 1.0))
    assert regression(weighted).value == pytest.approx(regression(doubled).value)
    thrice = np.repeat(np.arange(150), 3)
    copied = replace(
        one,
        outcome=one.outcome[thrice],
        treatment=one.treatment[thrice],
        covariates=one.covariates[thrice],
        weights=np.ones(450),
        clusters=thrice,
    )
    assert regression(copied).error == pytest.approx(regression(one).error, rel=0.03)
    unaware = replace(copied, clusters=None)
    rng = np.random.default_rng(0)
    assert doubly_robust(copied, rng).error > 1.4 * doubly_robust(unaware, rng).error


def test_partial_shares_are_those_of_nested_regressions() -> None:
    one = drawn(6)
    found = explained(one)

    def rest(target: np.ndarray, *columns: np.ndarray) -> float:
        design = np.column_stack([np.ones(400), *columns])
        return float(np.linalg.lstsq(design, target, rcond=None)[1][0])

    a, b = one.covariates.T
    t, y = one.treatment, one.outcome
    assert found["a"][0] == pytest.approx(1 - rest(t, a, b) / rest(t, b))
    assert found["b"][1] == pytest.approx(1 - rest(y, t, a, b) / rest(y, t, a))


def test_squares_and_products_are_standardised() -> None:
    wide = bent(np.random.default_rng(7).standard_normal((100, 3)))
    assert wide.shape == (100, 9)
    assert wide.mean(0) == pytest.approx(np.zeros(9), abs=1e-12)
    assert wide.std(0) == pytest.approx(np.ones(9))
    assert bent(np.array([[0.0], [1.0], [1.0]])).shape == (3, 2)


def test_words_of_agreement() -> None:
    near = [Estimate(REGRESSION, 1.0, 0.1, 100), Estimate(WEIGHTING, 1.1, 0.1, 100)]
    assert agreement(near) == (
        "2 estimators agree (same assumptions; says nothing about hidden causes)"
    )
    far = [*near, Estimate(BOTH, 3.0, 0.1, 100)]
    assert agreement(far).startswith("3 estimators disagree (adjustment regression 1,")
    assert agreement(near[:1]) == ""


def test_what_cannot_be_compared_is_refused() -> None:
    assert STONES is not None
    with pytest.raises(QueryError, match="the same"):
        study(STONES, "treatment", 0.0, 0.0, "recovered", ())
    few = Table(
        (Variable("t", Kind.BINARY, categories=("no", "yes")), Variable("y", Kind.CONTINUOUS)),
        {"t": np.array([1.0] * 3 + [0.0] * 20), "y": np.arange(23.0)},
    )
    with pytest.raises(QueryError, match="Fewer than 10 complete rows have t = yes"):
        study(few, "t", 1.0, 0.0, "y", ())


def test_rows_with_gaps_and_without_weight_are_left_out() -> None:
    columns = {"t": np.arange(60.0) % 2, "y": np.arange(60.0), "w": (np.arange(60.0) > 9)}
    columns["y"] = np.where(np.arange(60) > 54, np.nan, columns["y"])
    names = (Variable("t", Kind.BINARY, categories=("a", "b")), Variable("y", Kind.CONTINUOUS))
    variables = (*names, Variable("w", Kind.CONTINUOUS))
    table = Table(variables, {k: np.asarray(v, dtype=float) for k, v in columns.items()})
    found = study(designed(table, Design(weights="w")), "t", 1.0, 0.0, "y", ())
    assert found.rows == 45


def test_doubly_robust_is_not_ruled_by_a_few_small_chances() -> None:
    """30 covariates, 250 rows, hardly any overlap: unscaled shares made errors of several sds."""
    errors = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((250, 30))
        took = (rng.random(250) < 1 / (1 + np.exp(-2.5 * x[:, 0]))).astype(float)
        y = took + x[:, 0] + rng.standard_normal(250)
        owners = tuple(f"x{j}" for j in range(30))
        one = Study(y, took, 1.0, 0.0, True, x, owners, np.ones(250))
        errors.append(abs(doubly_robust(one, rng).value - 1))
    assert float(np.mean(errors)) < 0.35
