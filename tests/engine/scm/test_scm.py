"""Sampling, do, abduction and counterfactuals against linear algebra."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from engine.errors import QueryError
from engine.interventions import Set, Shift
from engine.mechanisms.discrete import gumbel
from engine.mechanisms.table import fit_table
from engine.scm.conditional import Conditional
from engine.scm.scm import Scm, counterfactual
from tests.oracles import category, gaussian_law, linear_scm, tensor

DIAMOND = {"z": {}, "x": {"z": 1.0}, "w": {"x": -0.5}, "y": {"z": 3.0, "x": 2.0, "w": 1.0}}
SCM = linear_scm(DIAMOND)
UNIT = SCM.sample(50, 7)


def total_effect(cause: str, effect: str) -> float:
    """d E[effect | do(cause)] / d cause."""
    names = list(DIAMOND)
    low, high = (gaussian_law(DIAMOND, {cause: v})[0][names.index(effect)] for v in (0.0, 1.0))
    return high - low


def switch(rows: int = 2000) -> Scm:
    """A category c with probability by its cause b, both binary."""
    rng = np.random.default_rng(0)
    b = rng.integers(0, 2, rows)
    c = (rng.random(rows) < 0.2 + 0.6 * b).astype(float)
    ones = torch.ones(rows, dtype=torch.float64)
    none = torch.empty(rows, 0, dtype=torch.float64)
    return Scm(
        {"b": category("b", 2), "c": category("c", 2)},
        (Conditional("b"), Conditional("c", ("b",))),
        {
            "b": fit_table(tensor(b), none, (), 2, ones),
            "c": fit_table(tensor(c), tensor(b)[:, None], (2,), 2, ones),
        },
    )


def test_a_sample_solves_the_equations() -> None:
    noise = SCM.noise(100, 3)
    world = SCM.push(noise)
    e = np.stack([noise[name].numpy() for name in DIAMOND])
    b = np.zeros((4, 4))
    for i, name in enumerate(DIAMOND):
        for parent, slope in DIAMOND[name].items():
            b[i, list(DIAMOND).index(parent)] = slope
    solved = np.linalg.solve(np.eye(4) - b, e)
    assert np.stack([world[name].numpy() for name in DIAMOND]) == pytest.approx(solved, abs=1e-12)


def test_log_prob_is_the_multivariate_normal() -> None:
    mean, covariance = gaussian_law(DIAMOND)
    rows = np.stack([UNIT[name].numpy() for name in DIAMOND], 1)
    oracle = stats.multivariate_normal(mean, covariance).logpdf(rows)
    assert SCM.log_prob(UNIT).numpy() == pytest.approx(oracle, abs=1e-9)


def test_do_has_the_interventional_law() -> None:
    world = SCM.sample(40_000, 0, (Set("x", 1.5),))
    mean, covariance = gaussian_law(DIAMOND, {"x": 1.5})
    rows = np.stack([world[name].numpy() for name in DIAMOND])
    assert rows.mean(1) == pytest.approx(mean, abs=0.06)
    assert np.cov(rows) == pytest.approx(covariance, abs=0.25)


def test_doing_is_not_seeing() -> None:
    """z → x, z → y, x → y: setting x moves y by its effect, seeing it also by what z says."""
    rows = np.stack([SCM.sample(20_000, 1)[name].numpy() for name in ("x", "y")])
    seen = np.polyfit(*rows, 1)[0]
    assert total_effect("x", "y") == pytest.approx(1.5)
    assert seen == pytest.approx(1.5 + 3 * 0.5, abs=0.05)  # + cov(z, x) / var(x) · slope of z


def test_a_new_variable_leaves_the_draws_of_the_others() -> None:
    larger = linear_scm({"new": {}, **DIAMOND, "more": {"y": 1.0}})
    small, large = SCM.sample(30, 5), larger.sample(30, 5)
    assert all(torch.equal(small[name], large[name]) for name in DIAMOND)


def test_same_seed_same_numbers() -> None:
    again = SCM.sample(50, 7)
    assert all(torch.equal(UNIT[name], again[name]) for name in DIAMOND)
    assert not torch.equal(SCM.sample(50, 8)["z"], UNIT["z"])


def test_abduction_undoes_prediction_without_copying() -> None:
    back = SCM.push(SCM.abduct(UNIT, 0))
    for name in DIAMOND:
        assert (back[name] - UNIT[name]).abs().max() < 1e-4


@given(st.sampled_from(["z", "x", "w"]), st.floats(-5, 5))
def test_a_counterfactual_moves_by_the_total_effect(cause: str, value: float) -> None:
    imagined = counterfactual(SCM, UNIT, (Set(cause, value),), 0)
    for name in DIAMOND:
        moved = UNIT[name] + total_effect(cause, name) * (value - UNIT[cause])
        assert imagined[name].numpy() == pytest.approx(moved.numpy(), abs=1e-9)


def test_what_the_action_cannot_reach_is_copied_bit_for_bit() -> None:
    imagined = counterfactual(SCM, UNIT, (Set("w", 2.0),), 0)
    assert imagined["z"] is UNIT["z"]
    assert imagined["x"] is UNIT["x"]
    assert bool((imagined["w"] == 2.0).all())


def test_a_shift_adds_to_the_value_in_the_new_world() -> None:
    both = counterfactual(SCM, UNIT, (Set("x", 1.0), Shift("w", 0.25)), 0)
    alone = counterfactual(SCM, UNIT, (Set("x", 1.0),), 0)
    assert both["w"].numpy() == pytest.approx((alone["w"] + 0.25).numpy(), abs=1e-12)
    assert both["y"].numpy() == pytest.approx((alone["y"] + 0.25).numpy(), abs=1e-12)
    shifted = counterfactual(SCM, UNIT, (Shift("x", 0.5),), 0)
    assert torch.equal(shifted["x"], UNIT["x"] + 0.5)


def test_a_base_gives_the_same_world() -> None:
    noise = SCM.noise(40, 2)
    base, action = SCM.push(noise), (Set("x", -1.0),)
    whole, partly = SCM.push(noise, action), SCM.push(noise, action, base)
    assert all(torch.equal(whole[name], partly[name]) for name in DIAMOND)
    assert partly["z"] is base["z"]


def test_only_what_an_outcome_depends_on_is_computed() -> None:
    noise = SCM.noise(10, 0)
    world = SCM.push(noise, only=("w",))
    assert set(world) == {"z", "x", "w"}
    assert torch.equal(world["w"], SCM.push(noise)["w"])


def test_redrawn_luck_keeps_what_the_action_cannot_reach() -> None:
    unit = {name: column[:1] for name, column in UNIT.items()}
    drawn = SCM.redrawn(unit, (Set("x", 1.0),), 20_000, 0)
    z = float(unit["z"][0])
    assert bool((drawn["z"] == z).all())
    assert bool((drawn["x"] == 1.0).all())
    assert float(drawn["w"].mean()) == pytest.approx(-0.5, abs=0.03)
    assert float(drawn["y"].mean()) == pytest.approx(3 * z + 2 - 0.5, abs=0.05)
    assert float(drawn["y"].std()) == pytest.approx(np.sqrt(2), abs=0.03)
    shifted = SCM.redrawn(unit, (Shift("x", 1.0),), 10, 0)
    assert bool((shifted["x"] == unit["x"] + 1.0).all())


def test_labels_come_back_and_follow_their_convention() -> None:
    """A counterfactual category never turns against the odds: raising P(c) cannot lower c."""
    scm = switch()
    unit = scm.sample(3000, 4)
    noise = scm.abduct(unit, 1)
    assert torch.equal(scm.push(noise)["c"], unit["c"])
    raised = scm.push(noise, (Set("b", 1.0),), unit)["c"]
    sick = (unit["b"] == 0) & (unit["c"] == 1)
    assert bool((raised[sick] == 1).all())
    healthy = (unit["b"] == 0) & (unit["c"] == 0)
    assert float(raised[healthy].mean()) == pytest.approx((0.8 - 0.2) / 0.8, abs=0.05)


def test_gumbels_of_a_category_are_two_wide() -> None:
    noise = switch().noise(5, 0)
    assert noise["c"].shape == (5, 2)
    assert gumbel(5, 2, torch.Generator()).shape == (5, 2)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (Set("q", 1.0), "no variable q"),
        (Shift("c", 1.0), "cannot be shifted"),
        (Set("c", 2.0), "no category number 2"),
    ],
)
def test_impossible_actions_are_refused(action: Set | Shift, words: str) -> None:
    with pytest.raises(QueryError, match=words):
        switch().sample(3, 0, (action,))
