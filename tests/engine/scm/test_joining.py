"""Two parts told as one: whose steps are told, and what the report says of the parts."""

from dataclasses import replace

import numpy as np
import pytest

from engine.scm.conditional import Conditional
from engine.scm.fitted import Done, Progress
from engine.scm.fitting import FitRun, FitTask
from tests.oracles import QUICK, table

FAST = replace(QUICK, steps=60, refit=20, member_steps=4, members=1)


@pytest.mark.parametrize(("share", "family"), [(0.5, "auto"), (0.97, "linear")])
def test_steps_are_those_of_one_part_and_only_go_on(share: float, family: str) -> None:
    """0 or a curve: the curve's steps alone; where that is a line, those of which row is 0."""
    rng = np.random.default_rng(0)
    x, e, coin = rng.normal(size=(3, 400))
    zero = coin < np.quantile(coin, share)
    data = table({"x": x, "y": np.where(zero, 0.0, x**2 + 0.1 * e)})
    told = list(
        FitRun([FitTask(Conditional("y", ("x",)), family)], data, 0, settings=FAST).slices()
    )
    steps = [event for event in told if isinstance(event, Progress)]
    assert {event.key.rpartition("/")[2] for event in steps} <= {"gate", "rest"}
    assert len({event.key for event in steps}) <= 1
    numbers = [event.step for event in steps]
    assert numbers == sorted(numbers)
    done = [event.fitted.report for event in told if isinstance(event, Done)][-1]
    assert done.atoms == (0.0,)
    assert done.rows == 400
    if share == 0.5:
        assert steps
        assert steps[0].key.endswith("/rest")
        assert done.calibration is not None
        held = done.calibration.rows  # a fifth of the half that is no atom
        assert held == pytest.approx(40, abs=15)
