"""Closed forms of linear models against path tracing by hand and least squares on draws."""

import numpy as np
import pytest

from engine.data.table import Table
from engine.simulate.linear import LinearModel, linear_table

CONFOUNDED = LinearModel({"z": {}, "x": {"z": 1.0}, "y": {"x": 2.0, "z": 3.0}})
DOSE = LinearModel(
    {
        "age": {},
        "severity": {"age": 0.5},
        "dose": {"age": 0.3, "severity": 0.7},
        "adherence": {"dose": -0.4},
        "recovery": {"severity": -0.9, "dose": 0.5, "adherence": 0.25},
    },
    hidden={("recovery", "severity"): -0.8},
    noise={"dose": 0.6},
    intercepts={"age": 2.0},
)


def least_squares(table: Table, outcome: str, on: tuple[str, ...]) -> list[float]:
    design = np.column_stack([np.ones(table.rows), *(table[name] for name in on)])
    return list(np.linalg.lstsq(design, table[outcome], rcond=None)[0][1:])


def test_effects_are_sums_over_directed_paths() -> None:
    assert CONFOUNDED.effect("x", "y") == pytest.approx(2.0)
    assert CONFOUNDED.slope("y", ("x",))["x"] == pytest.approx(3.5)  # 2 + 3·cov(z, x)/var(x)
    assert DOSE.effect("dose", "recovery") == pytest.approx(0.5 - 0.4 * 0.25)
    by_hand = 0.5 * (-0.9 + 0.7 * (0.5 - 0.1)) + 0.3 * (0.5 - 0.1)
    assert DOSE.effect("age", "recovery") == pytest.approx(by_hand)


def test_back_door_regression_gives_the_effect_and_the_hidden_cause_biases_without() -> None:
    found = DOSE.slope("recovery", ("dose", "age", "severity"))
    assert found["dose"] == pytest.approx(DOSE.effect("dose", "recovery"))
    assert DOSE.slope("recovery", ("dose",))["dose"] < 0 < found["dose"]


@pytest.mark.parametrize("model", [CONFOUNDED, DOSE])
@pytest.mark.parametrize("do", [{}, {"x": 1.5}, {"dose": -1.0, "severity": 2.0}])
def test_draws_have_the_stated_moments(model: LinearModel, do: dict[str, float]) -> None:
    do = {name: value for name, value in do.items() if name in model.coefficients}
    table = model.sample(200_000, 4, do)
    names, covariance = model.covariance(do)
    means = model.mean(do)
    rows = np.stack([table[name] for name in names])
    np.testing.assert_allclose(rows.mean(1), [means[name] for name in names], atol=0.02)
    np.testing.assert_allclose(np.cov(rows), covariance, atol=0.06)


def test_population_slopes_are_those_of_many_rows() -> None:
    table = linear_table(DOSE.coefficients, 200_000, 1, DOSE.hidden)
    on = ("dose", "age", "severity", "adherence")
    truth = LinearModel(DOSE.coefficients, DOSE.hidden).slope("recovery", on)
    assert least_squares(table, "recovery", on) == pytest.approx(list(truth.values()), abs=0.02)


def test_adding_a_variable_leaves_the_other_draws_unchanged() -> None:
    small = linear_table({"x": {}, "y": {"x": 1.0}}, 50, 9)
    large = linear_table({"w": {}, "x": {}, "y": {"x": 1.0}}, 50, 9)
    assert small["y"].tobytes() == large["y"].tobytes()
    assert linear_table({"x": {}}, 50, 9) == linear_table({"x": {}}, 50, 9)
    assert linear_table({"x": {}}, 50, 9) != linear_table({"x": {}}, 50, 10)
