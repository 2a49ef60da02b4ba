"""The oven of twelve sensors: its laws in closed form, and that its concepts are what it says."""

import numpy as np
import pytest

from engine.checks.concepts import conditions
from engine.simulate.examples import example
from engine.simulate.sensors import FACTORS, MIDDLES, SENSORS, SETS, SPREADS, WIDTH, oven_columns


def test_held_batches_are_everyday_ones_filtered() -> None:
    """Means of the held batches against everyday ones weighted by q: importance weights."""
    columns, factors = oven_columns(20_000, 1)
    z = (factors - MIDDLES) / SPREADS
    everyday = z[columns["batch"] == 0]
    assert everyday.std(0) == pytest.approx(np.ones(3), abs=0.03)
    assert np.corrcoef(everyday.T)[0, 1] == pytest.approx(0.4, abs=0.03)
    for code, one in enumerate(SETS, 1):
        exponent = np.zeros(len(everyday))
        for name, value in one.filters:
            k = FACTORS.index(name)
            exponent -= 0.5 * (everyday[:, k] - (value - MIDDLES[k]) / SPREADS[k]) ** 2 / WIDTH**2
        weights = np.exp(exponent) / np.exp(exponent).sum()
        error = 5 * ((weights**2).sum()) ** 0.5
        held = z[columns["batch"] == code]
        assert held.mean(0) == pytest.approx(weights @ everyday, abs=error)


def test_minutes_follow_the_factors() -> None:
    columns, factors = oven_columns(5_000, 2)
    inputs = np.column_stack([factors[:, :2], columns["flour"], np.ones(len(factors))])
    found = np.linalg.lstsq(inputs, columns["minutes"], rcond=None)[0]
    assert found[:3] == pytest.approx([-0.2, 0.3, 4.0], abs=0.05)


def test_sensors_bend_and_no_factor_stands_in_the_table() -> None:
    project = example("twelve-sensors")
    assert project.table is not None
    assert not set(FACTORS) & set(project.table.names)
    columns, factors = oven_columns(3_000, 3)
    sensors = np.column_stack([columns[name] for name in SENSORS])
    inputs = np.column_stack([factors, np.ones(len(factors))])
    left = sensors - inputs @ np.linalg.lstsq(inputs, sensors, rcond=None)[0]
    assert np.median(left.var(0) / sensors.var(0)) > 0.05  # 1 % would be noise squared
    assert conditions(project.concepts, project.table).met
