"""Other estimators of the same estimand: closed forms, and errors by a sandwich written out."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime, root

from engine.checks.estimators import weighting as hajek
from engine.checks.study import Study
from engine.frontier.beside import chance_of_treatment, doubly_robust, naive, weighting
from engine.queries.balanced import Estimand
from tests.engine.frontier.test_effects import world


def binary(cells: dict[tuple[int, int], tuple[int, int]]) -> Study:
    """One binary covariate: (x, t) → (rows, hits)."""
    parts = [(x, t, n, hits) for (x, t), (n, hits) in cells.items()]
    x = np.concatenate([np.full(n, float(x)) for x, _, n, _ in parts])
    t = np.concatenate([np.full(n, float(t)) for _, t, n, _ in parts])
    y = np.concatenate([np.arange(n) < hits for *_, n, hits in parts]).astype(float)
    return Study(y, t, 1.0, 0.0, True, x[:, None], ("x",), np.ones(len(y)))


STONES = binary({(0, 1): (87, 81), (0, 0): (270, 234), (1, 1): (263, 192), (1, 0): (80, 55)})
GAPS = 81 / 87 - 234 / 270, 192 / 263 - 55 / 80
SHARES = {
    Estimand.ATE: (357, 343),
    Estimand.ATT: (87, 263),
    Estimand.OVERLAP: (87 * 270 / 357, 263 * 80 / 343),  # n e (1 - e)
}


@pytest.mark.parametrize("estimand", list(Estimand))
def test_the_stones_by_hand(estimand: Estimand) -> None:
    """One binary covariate: all ways are the gaps of the strata, weighted by n h(e)."""
    shares = np.array(SHARES[estimand])
    truth = float(shares @ np.array(GAPS) / shares.sum())
    assert weighting(STONES, estimand).value == pytest.approx(truth, abs=1e-4)
    robust = doubly_robust(STONES, estimand, np.random.default_rng(0))
    assert robust.value == pytest.approx(truth, abs=0.01)  # cross-fitted, a little shrunk


def test_the_naive_difference_and_its_error() -> None:
    found = naive(STONES)
    p, q = (81 + 192) / 350, (234 + 55) / 350
    assert found.value == pytest.approx(p - q)
    assert found.error == pytest.approx(np.sqrt((p * (1 - p) + q * (1 - q)) / 350), rel=0.01)


def test_everybodys_weighting_is_hajeks() -> None:
    study, _, _ = world(3)
    one, other = weighting(study, Estimand.ATE), hajek(study)
    assert one.value == pytest.approx(other.value, abs=1e-9)
    assert one.error == pytest.approx(other.error, rel=0.1)


@pytest.mark.parametrize("estimand", list(Estimand))
def test_the_error_is_that_of_stacked_equations(estimand: Estimand) -> None:
    """A⁻¹ B A⁻ᵀ / n of (logistic score, two weighted means), slopes by differences."""
    study, _, _ = world(5, 300)
    wide = np.column_stack([np.ones(study.rows), study.covariates])
    t, y = study.treatment, study.outcome

    def equations(theta: np.ndarray) -> np.ndarray:
        e = 1 / (1 + np.exp(-wide @ theta[:3]))
        h = {Estimand.ATE: 1 + 0 * e, Estimand.ATT: e, Estimand.OVERLAP: e * (1 - e)}[estimand]
        first, second = t * h / e * (y - theta[3]), (1 - t) * h / (1 - e) * (y - theta[4])
        return np.column_stack([wide * (t - e)[:, None], first, second])

    found = root(lambda theta: equations(theta).mean(0), np.zeros(5)).x
    value = found[3] - found[4]
    slopes = np.array(
        [approx_fprime(found, lambda q, i=i: float(equations(q)[:, i].mean())) for i in range(5)]
    )
    scores = equations(found)
    inverse = np.linalg.inv(slopes)
    spread = inverse @ (scores.T @ scores / study.rows) @ inverse.T / study.rows
    error = np.sqrt(spread[3, 3] + spread[4, 4] - 2 * spread[3, 4])
    told = weighting(study, estimand)
    assert told.value == pytest.approx(value, abs=1e-3)
    assert told.error == pytest.approx(error, rel=0.02)


def test_chances_are_those_of_the_strata() -> None:
    e = chance_of_treatment(STONES)
    assert e[0] == pytest.approx(87 / 357, abs=1e-4)
    assert e[-1] == pytest.approx(263 / 343, abs=1e-4)


@pytest.mark.parametrize("estimand", [Estimand.ATE, Estimand.ATT])
def test_the_doubly_robust_finds_the_rows_own_truth(estimand: Estimand) -> None:
    study, ate, att = world(8, 2000)
    found = doubly_robust(study, estimand, np.random.default_rng(1))
    truth = ate if estimand is Estimand.ATE else att
    assert abs(found.value - truth) < 3 * found.error
    assert found.error < 0.1
