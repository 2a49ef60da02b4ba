"""Sensitivity against the published Darfur example, the published E-value, and long regressions."""

import numpy as np
import pytest

from engine.checks.sensitivity import (
    Slope,
    adjusted,
    benchmark,
    contours,
    curve,
    e_value,
    e_value_of_interval,
    limits,
    robustness_value,
    sensitivity,
)
from engine.errors import QueryError

DARFUR = Slope(0.09731582, 0.02325654, 783)  # directly harmed → peace factor; t = 4.18


def test_darfur_as_published() -> None:
    """Cinelli and Hazlett 2020, table 1: partial R² 2.2 %, RV 13.9 %, RV at α = .05 7.6 %."""
    assert DARFUR.t == pytest.approx(4.18, abs=0.005)
    assert DARFUR.shares == pytest.approx(0.022, abs=5e-4)
    assert robustness_value(DARFUR) == pytest.approx(0.139, abs=5e-4)
    assert robustness_value(DARFUR, level=0.05) == pytest.approx(0.076, abs=5e-4)


@pytest.mark.parametrize(
    ("times", "of_treatment", "of_outcome", "estimate", "error", "t"),
    [
        (1, 0.009164, 0.1246, 0.0752, 0.02187, 3.4389),
        (2, 0.018329, 0.2493, 0.0529, 0.02035, 2.6002),
        (3, 0.027493, 0.3740, 0.0304, 0.01867, 1.6281),
    ],
)
def test_a_hidden_cause_as_strong_as_female(
    times: float, of_treatment: float, of_outcome: float, estimate: float, error: float, t: float
) -> None:
    """The bounds that sensemakr prints for Darfur; female explains 0.9 % and 10.9 %."""
    found = benchmark(DARFUR, "female", 0.0090811, 0.10903, times)
    assert found.slope is not None
    assert (found.of_treatment, found.of_outcome) == pytest.approx(
        (of_treatment, of_outcome), rel=1e-3
    )
    assert (found.slope.value, found.slope.error) == pytest.approx((estimate, error), rel=2e-3)
    assert found.slope.t == pytest.approx(t, rel=2e-3)


def least_squares(y: np.ndarray, *columns: np.ndarray) -> tuple[Slope, np.ndarray]:
    """The first column's slope by the textbook, and the residuals."""
    x = np.column_stack([*columns, np.ones(len(y))])
    slopes = np.linalg.lstsq(x, y, rcond=None)[0]
    left, freedom = y - x @ slopes, len(y) - x.shape[1]
    variance = left @ left / freedom * np.linalg.inv(x.T @ x)[0, 0]
    return Slope(float(slopes[0]), float(np.sqrt(variance)), freedom), left


@pytest.mark.parametrize("sign", [-1, 1])
def test_the_formula_is_the_long_regression(sign: int) -> None:
    """With the hidden cause's true partial R², estimate and error of the regression that has it."""
    rng = np.random.default_rng(1)
    x, z = rng.standard_normal((2, 400))
    d = 0.5 * x + 0.7 * z + rng.standard_normal(400)
    y = d - x + sign * 0.8 * z + rng.standard_normal(400)
    short, without = least_squares(y, d, x)
    long, with_z = least_squares(y, d, x, z)
    d_left, d_rest = least_squares(d, x)[1], least_squares(d, x, z)[1]
    of_treatment = 1 - d_rest @ d_rest / (d_left @ d_left)
    of_outcome = 1 - with_z @ with_z / (without @ without)
    towards = -1.0 if (short.value - long.value) * short.value > 0 else 1.0
    found = adjusted(short, of_treatment, of_outcome, towards)
    assert (found.value, found.error) == pytest.approx((long.value, long.error))


def test_the_robustness_value_is_where_the_curve_meets_zero() -> None:
    at = robustness_value(DARFUR)
    assert adjusted(DARFUR, at, at).value == pytest.approx(0, abs=1e-12)
    half = robustness_value(DARFUR, share=0.5)
    assert adjusted(DARFUR, half, half).value == pytest.approx(DARFUR.value / 2)
    edge = robustness_value(DARFUR, level=0.1)
    assert limits(adjusted(DARFUR, edge, edge))[0] == pytest.approx(0, abs=1e-9)


FEMALE = {"female": (0.0090811, 0.10903)}  # partial R² of the strongest covariate


def test_the_curve_goes_through_the_published_multiples_of_female() -> None:
    """sensemakr's table for Darfur: once, twice, three times as strong as being female."""
    found = curve(sensitivity(DARFUR, FEMALE), FEMALE)
    assert found.than == "female"
    at = [float(np.interp(k, found.strength, found.worst)) for k in (0, 1, 2, 3)]
    assert at == pytest.approx([0.0973, 0.0752, 0.0529, 0.0304], abs=5e-5)
    reach = [at[k] - float(np.interp(k, found.strength, found.low)) for k in (1, 2, 3)]
    t = np.array([3.4389, 2.6002, 1.6281])  # as published
    assert reach == pytest.approx(1.6468 * np.array([0.0752, 0.0529, 0.0304]) / t, rel=2e-3)
    assert (np.diff(found.other) > 0).all()
    assert (found.other <= found.high).all()


def test_without_a_covariate_the_curve_meets_zero_at_the_robustness_value() -> None:
    found = curve(sensitivity(DARFUR, {}), {})
    assert found.than == ""
    assert found.worst[0] == found.other[0] == pytest.approx(DARFUR.value)
    crossed = np.interp(0, -found.worst, found.strength)
    assert crossed == pytest.approx(0.139, abs=1e-3)


def test_the_curve_ends_where_no_cause_can_be_so_strong() -> None:
    """R² of treatment is k · f²: it reaches 1 at k = 1.8 for f² = 1 / 1.8."""
    strong = {"village": (1 / 2.8, 0.1)}
    found = curve(sensitivity(DARFUR, strong), strong)
    assert 1 < found.strength[-1] < 1.8
    assert (found.of_treatment < 1).all()


def test_contours_and_their_peers() -> None:
    found = contours(sensitivity(DARFUR, FEMALE))
    assert found.at(0.0, 0.2) == pytest.approx(DARFUR.value)
    assert found.at(0.1, 0.2) == pytest.approx(adjusted(DARFUR, 0.1, 0.2).value)
    assert found.most == pytest.approx(2 * 0.139, abs=1e-3)  # zero is in sight
    for level in (0.05, 0.0, -0.02):
        for d, y in zip(*found.line(level), strict=True):
            assert adjusted(DARFUR, d, y).value == pytest.approx(level, abs=1e-12)
    assert max(found.line(0.0)[1]) == pytest.approx(found.most)
    assert len(found.line(0.2)[0]) == len(found.line(-5.0)[0]) == 0
    (peer,) = found.peers
    told = (peer.of_treatment, peer.of_outcome, peer.value)
    assert told == pytest.approx((0.0092, 0.1246, 0.0752), abs=1e-4)


def test_words_name_the_covariate_and_what_would_be_left() -> None:
    found = sensitivity(DARFUR, {"female": (0.0090811, 0.10903)}, (1.0, 5.0))
    assert "13.9 %" in found.words[0]
    assert found.words[1] == ("A hidden cause as strong as female would leave 0.07522 of it")
    assert found.words[2] == (
        "A hidden cause 5 times as strong as female would bring it to zero or past it"
    )
    strong = benchmark(DARFUR, "village", 0.6, 0.1)
    assert strong.slope is None


def test_the_e_value_as_published() -> None:
    """RR 3.9 (1.8 … 8.7): 7.26 and 3.0 (VanderWeele and Ding 2017)."""
    assert e_value(3.9) == pytest.approx(7.26, abs=0.005)
    assert e_value(1 / 3.9) == pytest.approx(7.26, abs=0.005)
    assert e_value_of_interval(1.8, 8.7) == pytest.approx(3.0, abs=0.005)
    assert e_value_of_interval(1 / 8.7, 1 / 1.8) == pytest.approx(3.0, abs=0.005)
    assert e_value(1) == e_value_of_interval(0.9, 2.0) == 1
    with pytest.raises(QueryError):
        e_value(0)


@pytest.mark.parametrize("ratio", [1.5, 3.9])
def test_a_hidden_cause_of_the_e_value_explains_all(ratio: float) -> None:
    """Its bias is E · E / (E + E - 1), the bounding factor of Ding and VanderWeele (2016)."""
    e = e_value(ratio)
    assert e * e / (2 * e - 1) == pytest.approx(ratio)
