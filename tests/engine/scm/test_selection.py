"""The choice of a family from held-out scores, in words."""

import numpy as np
import pytest
import torch

from engine.errors import FitError
from engine.mechanisms.settings import FitSettings
from engine.scm.cases import cases_of
from engine.scm.conditional import Conditional
from engine.scm.selection import candidates, choose
from tests.oracles import category, table, tensor

RNG = np.random.default_rng(0)
BASE = RNG.normal(size=500)


def scores(**gains: float) -> dict[str, torch.Tensor]:
    """Paired scores per family: a common part, a gain, and a little noise of its own (mean 0)."""
    found = {}
    for name, gain in gains.items():
        own = RNG.normal(size=500)
        found[name.replace("_", "-")] = tensor(BASE + gain + 0.1 * (own - own.mean()))
    return found


def test_the_simplest_within_one_standard_error_wins() -> None:
    """The paired differences have sd ≈ .14, so one standard error is ≈ .0063 nats."""
    even = choose(scores(linear=0.0, additive=0.001, location_scale=0.0), "auto", 500)
    assert even.family == "linear"
    assert "no better" in even.why
    better = choose(scores(linear=0.0, additive=0.05, location_scale=0.05), "auto", 500)
    assert better.family == "additive"
    best = choose(scores(linear=0.0, additive=0.05, location_scale=0.2), "auto", 500)
    assert best.family == "location-scale"
    assert "curve with added noise scored worse" in best.why


def test_pairing_finds_what_the_spread_of_the_scores_hides() -> None:
    """Scores spread by 1 nat: unpaired, .05 nats would be within one standard error (.063)."""
    assert choose(scores(linear=0.0, additive=0.05), "auto", 500).family == "additive"


def test_a_score_of_minus_infinity_never_wins() -> None:
    both = scores(linear=0.0, additive=0.0)
    both["linear"] = tensor(np.full(500, -np.inf))
    assert choose(both, "auto", 500).family == "additive"


def test_a_request_is_honoured() -> None:
    choice = choose(scores(linear=0.5, additive=0.0), "additive", 500)
    assert choice.family == "additive"
    assert "as requested" in choice.why


def offered(target: str, requested: str, rows: int = 200, k: int = 3) -> tuple[str, ...]:
    data = table(
        {
            "x": RNG.normal(size=rows),
            "y": RNG.normal(size=rows),
            "c": RNG.integers(0, k, rows),
            "d": RNG.integers(0, k, rows),
        },
        category("c", k),
        category("d", k),
    )
    given = {"x": (), "y": ("x",), "c": ("x",), "d": ("c",)}[target]
    return candidates(requested, cases_of(Conditional(target, given), data), FitSettings())


@pytest.mark.parametrize(
    ("target", "requested", "families"),
    [
        ("x", "auto", ("linear", "additive")),
        ("y", "auto", ("linear", "additive", "location-scale")),
        ("y", "linear", ("linear",)),
        ("x", "location-scale", ("linear", "additive")),
        ("c", "auto", ("logistic", "categorical")),
        ("c", "linear", ("logistic",)),
        ("c", "additive", ("logistic", "categorical")),
        ("d", "auto", ("table", "logistic")),
        ("d", "table", ("logistic", "table")),
    ],
)
def test_families_on_offer(target: str, requested: str, families: tuple[str, ...]) -> None:
    assert offered(target, requested) == families


def test_few_rows_offer_no_network() -> None:
    assert offered("y", "auto", rows=20) == ("linear",)
    assert offered("c", "auto", rows=20) == ("logistic",)


@pytest.mark.parametrize(
    ("target", "requested", "words"),
    [
        ("y", "flow", "not available yet"),
        ("y", "table", "is a number"),
        ("c", "spline", "is a category"),
        ("c", "table", "too many combinations"),
    ],
)
def test_families_that_do_not_fit_are_refused(target: str, requested: str, words: str) -> None:
    with pytest.raises(FitError, match=words) as refused:
        offered(target, requested)
    assert "choose auto" in str(refused.value)
