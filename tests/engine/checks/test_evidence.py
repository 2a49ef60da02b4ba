"""Each independence test against scipy, closed forms, and its own promises under simulation."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import optimize, stats

from engine.checks.evidence import (
    Evidence,
    Measured,
    _mean_of_x2,
    _variance_of_x2,
    counted,
    design,
    examine,
    g_squared,
    log_likelihood,
)

Rng = np.random.Generator


def number(values: np.ndarray) -> Measured:
    return Measured(np.asarray(values, dtype=float), False)


def category(values: np.ndarray) -> Measured:
    return Measured(np.asarray(values, dtype=float), True)


def found(x: Measured, y: Measured, *given: Measured) -> Evidence:
    evidence = examine(x, y, given)
    assert isinstance(evidence, Evidence), evidence
    return evidence


def test_partial_correlation_is_the_entry_of_the_inverse_covariance() -> None:
    """The closed form r = -P_xy / √(P_xx P_yy), and Fisher's z with its interval by hand."""
    rng = np.random.default_rng(1)
    columns = rng.standard_normal((300, 4)) @ rng.standard_normal((4, 4))
    precision = np.linalg.inv(np.cov(columns, rowvar=False))
    r = -precision[0, 1] / np.sqrt(precision[0, 0] * precision[1, 1])
    evidence = found(*(number(column) for column in columns.T))
    z = np.arctanh(r) * np.sqrt(300 - 2 - 3)
    assert evidence.effect == pytest.approx(r)
    assert evidence.statistic == pytest.approx(z)
    assert evidence.p == pytest.approx(2 * stats.norm.sf(abs(z)))
    low, high = np.tanh(np.arctanh(r) + np.array([-1, 1]) * stats.norm.ppf(0.95) / np.sqrt(295))
    assert evidence.interval == pytest.approx((low, high))
    assert evidence.method == "partial correlation"


def test_without_given_it_is_pearsons_correlation() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.standard_normal((2, 100))
    evidence = found(number(x), number(y))
    assert evidence.effect == pytest.approx(stats.pearsonr(x, y).statistic)
    assert evidence.method == "correlation"


def test_a_two_valued_variable_beside_a_number_is_a_correlation_too() -> None:
    rng = np.random.default_rng(3)
    x, group = rng.standard_normal(200), rng.integers(0, 2, 200)
    evidence = found(number(x), category(group))
    assert evidence.effect == pytest.approx(stats.pearsonr(x, group).statistic)


def test_categories_in_given_are_indicators() -> None:
    """Removing group means leaves the pooled within-group correlation."""
    rng = np.random.default_rng(4)
    group = rng.integers(0, 3, 400)
    x, y = rng.standard_normal((2, 400)) + group
    within = [x - np.array([x[group == k].mean() for k in range(3)])[group] for x in (x, y)]
    evidence = found(number(x), number(y), category(group))
    assert evidence.effect == pytest.approx(stats.pearsonr(*within).statistic)


def test_g_squared_adds_up_the_strata() -> None:
    rng = np.random.default_rng(5)
    x, y, z = rng.integers(0, 3, 900), rng.integers(0, 2, 900), rng.integers(0, 2, 900)
    statistic = freedom = 0.0
    for k in range(2):
        table = counted(x[z == k], y[z == k])
        one = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
        statistic, freedom = statistic + one.statistic, freedom + one.dof
    evidence = found(category(x), category(y), category(z))
    assert evidence.method == "G²"
    assert evidence.statistic == pytest.approx(statistic)
    assert evidence.p == pytest.approx(stats.chi2.sf(statistic, freedom))


def test_a_stratum_that_lacks_a_category_loses_its_degrees_of_freedom() -> None:
    """In stratum 1 y has two of its three values: (2-1)(3-1) + (2-1)(2-1) = 3."""
    rng = np.random.default_rng(6)
    z, x = rng.integers(0, 2, 800), rng.integers(0, 2, 800)
    y = np.where(z == 0, rng.integers(0, 3, 800), rng.integers(0, 2, 800))
    evidence = found(category(x), category(y), category(z))
    assert evidence.p == pytest.approx(stats.chi2.sf(evidence.statistic, 3))


def test_group_means_are_the_analysis_of_variance() -> None:
    rng = np.random.default_rng(7)
    x, group = rng.standard_normal(150), rng.integers(0, 4, 150)
    evidence = found(category(group), number(x))
    anova = stats.f_oneway(*(x[group == k] for k in range(4)))
    assert evidence.method == "F test of group means"
    assert (evidence.statistic, evidence.p) == pytest.approx((anova.statistic, anova.pvalue))


def test_the_logistic_ratio_without_numbers_is_g_squared() -> None:
    rng = np.random.default_rng(8)
    x, y = rng.integers(0, 3, 500), rng.integers(0, 3, 500)
    ones = design((), 500)
    plain = log_likelihood(category(y), ones)
    ratio = 2 * (log_likelihood(category(y), np.hstack([ones, category(x).coded])) - plain)
    g = g_squared(category(x).codes, category(y).codes, [])
    assert isinstance(g, Evidence)
    assert ratio == pytest.approx(g.statistic)


def test_the_logistic_likelihood_is_the_largest() -> None:
    """Newton's maximum against scipy's general optimiser, three classes and two numbers."""
    rng = np.random.default_rng(9)
    z = rng.standard_normal((400, 2))
    scores = np.column_stack([np.zeros(400), z @ [1.0, -2.0], 0.5 + z @ [-1.0, 1.0]])
    y = (scores + rng.gumbel(size=scores.shape)).argmax(1)
    given = design([number(z[:, 0]), number(z[:, 1])], 400)

    def loss(flat: np.ndarray) -> float:
        linear = np.column_stack([np.zeros(400), given @ flat.reshape(3, 2)])
        return float((np.logaddexp.reduce(linear, 1) - linear[np.arange(400), y]).sum())

    best = optimize.minimize(loss, np.zeros(6), method="BFGS", options={"gtol": 1e-6}).fun
    assert log_likelihood(category(y), given) == pytest.approx(-best, abs=1e-4)


def linear_null(rng: Rng) -> tuple[Measured, ...]:
    z = rng.standard_normal(80)
    return number(z + rng.standard_normal(80)), number(rng.uniform(-1, 1, 80) - z), number(z)


def discrete_null(rng: Rng) -> tuple[Measured, ...]:
    z = rng.integers(0, 2, 300)
    x, y = rng.random((2, 300)) < 0.4 + 0.2 * z
    return category(x), category(y), category(z)


def thin_null(rng: Rng) -> tuple[Measured, ...]:
    z = rng.integers(0, 40, 240)
    x, y = (rng.random(240) < 0.3 + 0.01 * z), rng.integers(0, 3, 240)
    return category(x), category(y), category(z)


def group_null(rng: Rng) -> tuple[Measured, ...]:
    z = rng.standard_normal(120)
    return number(z + rng.standard_normal(120)), category(rng.integers(0, 3, 120)), number(z)


def logistic_null(rng: Rng) -> tuple[Measured, ...]:
    z = rng.standard_normal(400)
    x, y = rng.random((2, 400)) < 1 / (1 + np.exp(-2 * z))
    return category(x), category(y), number(z)


NULLS: dict[str, Callable[[Rng], tuple[Measured, ...]]] = {
    "partial correlation": linear_null,
    "G²": discrete_null,
    "X² (thin strata)": thin_null,
    "F test of group means": group_null,
    "likelihood ratio (logistic)": logistic_null,
}


@pytest.mark.parametrize("method", NULLS)
def test_p_is_uniform_where_the_independence_holds(method: str) -> None:
    """500 simulated tables: p against the uniform law, and 5 % false alarms within 2 points."""
    rng = np.random.default_rng(10)
    evidence = [found(*NULLS[method](rng)) for _ in range(500)]
    p = np.array([one.p for one in evidence])
    assert {one.method for one in evidence} == {method}
    assert stats.kstest(p, "uniform").pvalue > 0.01
    assert (p < 0.05).mean() == pytest.approx(0.05, abs=0.02)


def test_thin_tables_have_haldanes_mean_and_variance() -> None:
    """Against 40 000 random tables with the same margins."""
    table = np.array([[3.0, 1.0, 2.0], [1.0, 4.0, 1.0]])
    random = stats.random_table(table.sum(1), table.sum(0)).rvs(40_000, random_state=1)
    expected = np.outer(table.sum(1), table.sum(0)) / table.sum()
    x2 = (random**2 / expected).sum((1, 2)) - table.sum()
    assert x2.mean() == pytest.approx(_mean_of_x2(table), rel=0.02)
    assert x2.var() == pytest.approx(_variance_of_x2(table), rel=0.03)


def dependent(method: str, effect: float, rng: Rng) -> tuple[Measured, ...]:
    """A pair whose population effect, in the method's own measure, is `effect`."""
    if method == "correlation":
        x = rng.standard_normal(150)
        return number(x), number(effect * x + np.sqrt(1 - effect**2) * rng.standard_normal(150))
    if method == "G²":  # balanced 2 × 2: Cramér's V = the difference of shares
        x = rng.random(600) < 0.5
        return category(x), category(rng.random(600) < 0.5 + effect * (x - 0.5))
    groups = rng.integers(0, 3, 300)  # between-group share of the variance = effect²
    means = (groups - 1) * np.sqrt(1.5) * effect
    return number(means + np.sqrt(1 - effect**2) * rng.standard_normal(300)), category(groups)


@pytest.mark.parametrize("method", ["correlation", "G²", "F test of group means"])
def test_the_detectable_effect_is_seen_four_times_in_five(method: str) -> None:
    rng = np.random.default_rng(11)
    detectable = found(*dependent(method, 0.2, rng)).detectable
    assert detectable is not None
    p = np.array([found(*dependent(method, detectable, rng)).p for _ in range(500)])
    assert (p < 0.05).mean() == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize("method", ["correlation", "G²", "F test of group means"])
def test_the_interval_covers_nine_times_in_ten(method: str) -> None:
    rng = np.random.default_rng(12)
    evidence = [found(*dependent(method, 0.25, rng)) for _ in range(500)]
    assert {one.method for one in evidence} == {method}
    covered = [one.interval[0] <= 0.25 <= one.interval[1] for one in evidence if one.interval]
    assert np.mean(covered) == pytest.approx(0.9, abs=0.035)
    assert np.mean([abs(one.effect) for one in evidence]) == pytest.approx(0.25, abs=0.015)


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ((number(np.ones(50)), number(np.arange(50))), "does not vary"),
        ((number(np.arange(50)), number(np.arange(50) % 7), number(np.arange(50))), "function of"),
        ((number(np.arange(5)), number(np.array([1, 0, 2, 5, 3])), category(np.arange(5))), "few"),
        ((category(np.arange(50) % 2), category(np.arange(50) % 2), category(np.arange(50) % 2)),
         "lets both of them vary"),
        ((category(np.arange(20) % 2), category(np.arange(20) % 3), number(np.arange(20))), "few"),
    ],
)  # fmt: skip
def test_what_cannot_be_tested_says_why(columns: tuple[Measured, ...], why: str) -> None:
    outcome = examine(columns[0], columns[1], columns[2:])
    assert isinstance(outcome, str)
    assert why in outcome
