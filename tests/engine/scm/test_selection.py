"""The choice of a family from held-out scores, in words."""

import numpy as np
import pytest
import torch

from engine.errors import FitError
from engine.mechanisms.atoms import Atoms
from engine.mechanisms.settings import FitSettings
from engine.scm.cases import cases_of
from engine.scm.composite import atoms_of
from engine.scm.conditional import Conditional
from engine.scm.fitted import FitTask
from engine.scm.fitting import fit_all
from engine.scm.scoring import Rows
from engine.scm.selection import candidates, choose, lots
from tests.oracles import QUICK, category, count, number, ordinal, table, tensor

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
    even = choose(scores(linear=0.0, additive=0.001, location_scale=0.0), "auto")
    assert even.family == "linear"
    assert "within chance" in even.why
    better = choose(scores(linear=0.0, additive=0.05, location_scale=0.05), "auto")
    assert better.family == "additive"
    best = choose(scores(linear=0.0, additive=0.05, location_scale=0.2), "auto")
    assert best.family == "location-scale"
    assert "curve with added noise scored no better" in best.why


def test_few_hundred_rows_excuse_less_and_few_rows_more() -> None:
    """Gaps of so many standard errors: .75 is chance of 10 rows, not of 500; 1.75 of 4 000."""
    for rows, errors, family in (
        (10, 0.75, "linear"),
        (500, 0.75, "additive"),
        (2000, 0.25, "linear"),
        (2000, 0.75, "additive"),
        (4000, 1.75, "linear"),
        (4000, 2.25, "additive"),
    ):
        own = RNG.normal(size=rows)
        gap = (own - own.mean()) / own.std(ddof=1) + errors / np.sqrt(rows)
        pair = {"linear": tensor(np.zeros(rows)), "additive": tensor(gap)}
        assert choose(pair, "auto").family == family
        table = choose({"table": pair["linear"], "logistic": pair["additive"]}, "auto")
        assert (table.family == "table") == (errors <= 1)


def test_members_draw_the_families_that_held_out_rows_leave_open() -> None:
    """A gap of g standard errors is lost by a share Φ(-g) of bootstraps (within 4 sd of 400)."""
    for errors, share in ((0.0, 0.5), (1.0, 0.159), (6.0, 0.0)):
        own = RNG.normal(size=500)
        gap = (own - own.mean()) / own.std(ddof=1) + errors / np.sqrt(500)
        pair = {"linear": tensor(np.zeros(500)), "additive": tensor(gap)}
        drawn = lots(pair, Rows(), 400, torch.Generator().manual_seed(1))
        found = drawn.count("linear") / 400
        assert found == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 400))


def test_a_curve_that_learnt_nothing_does_not_win_by_rounding() -> None:
    tied = {"linear": tensor(BASE), "flow": tensor(BASE + 1e-9)}
    assert choose(tied, "auto").family == "linear"
    assert set(lots(tied, Rows(), 50, torch.Generator().manual_seed(0))) == {"linear"}


def test_rows_of_a_cluster_are_redrawn_together() -> None:
    """10 clusters of 50 equal scores: as uncertain as 10 rows, not as 500."""
    own = RNG.normal(size=10)
    each = np.repeat((own - own.mean()) / own.std(ddof=1) + 1 / np.sqrt(10), 50)
    pair = {"linear": tensor(np.zeros(500)), "additive": tensor(each)}
    rows = Rows(None, np.repeat(np.arange(10), 50))
    drawn = lots(pair, rows, 400, torch.Generator().manual_seed(1))
    assert 0.05 < drawn.count("linear") / 400 < 0.3


def test_pairing_finds_what_the_spread_of_the_scores_hides() -> None:
    """Scores spread by 1 nat: unpaired, .05 nats would be within one standard error (.063)."""
    assert choose(scores(linear=0.0, additive=0.05), "auto").family == "additive"


def test_a_score_of_minus_infinity_never_wins() -> None:
    both = scores(linear=0.0, additive=0.0)
    both["linear"] = tensor(np.full(500, -np.inf))
    assert choose(both, "auto").family == "additive"


def test_a_request_is_honoured() -> None:
    choice = choose(scores(linear=0.5, additive=0.0), "additive")
    assert choice.family == "additive"
    assert "as requested" in choice.why


def offered(target: str, requested: str, rows: int = 200, k: int = 3) -> tuple[str, ...]:
    data = table(
        {
            "x": RNG.normal(size=rows),
            "y": RNG.normal(size=rows),
            "c": RNG.integers(0, k, rows),
            "d": RNG.integers(0, k, rows),
            "o": RNG.integers(0, k, rows),
            "n": RNG.poisson(3, rows),
            "p": RNG.integers(0, k, rows),
        },
        count("n"),
        ordinal("o", k),
        ordinal("p", k),
        category("c", k),
        category("d", k),
    )
    given = {"x": (), "y": ("x",), "c": ("x",), "d": ("c",), "o": ("x",), "p": ("c",), "n": ("x",)}[
        target
    ]
    return candidates(requested, cases_of(Conditional(target, given), data), FitSettings())


@pytest.mark.parametrize(
    ("target", "requested", "families"),
    [
        ("x", "auto", ("linear", "spline-linear")),
        ("y", "auto", ("linear", "spline-linear", "additive", "location-scale")),
        ("y", "linear", ("linear",)),
        ("x", "location-scale", ("linear", "spline-linear")),
        ("y", "additive", ("linear", "spline-linear", "additive")),
        ("y", "flow", ("linear", "spline-linear", "additive", "location-scale", "flow")),
        ("c", "auto", ("logistic", "categorical")),
        ("n", "auto", ("linear", "count", "spline-linear", "additive", "location-scale")),
        ("n", "count", ("linear", "count")),
        ("c", "linear", ("logistic",)),
        ("c", "additive", ("logistic", "categorical")),
        ("d", "auto", ("table", "logistic")),
        ("d", "table", ("logistic", "table")),
        ("o", "auto", ("ordinal", "logistic", "categorical")),
        ("o", "ordinal", ("logistic", "ordinal")),
        ("p", "auto", ("table", "ordinal", "logistic")),
    ],
)
def test_families_on_offer(target: str, requested: str, families: tuple[str, ...]) -> None:
    assert offered(target, requested) == families


def test_few_rows_offer_no_network() -> None:
    assert offered("y", "auto", rows=20) == ("linear",)
    assert offered("c", "auto", rows=20) == ("logistic",)
    assert offered("n", "auto", rows=20) == ("linear", "count")


@pytest.mark.parametrize(
    ("target", "requested", "words"),
    [
        ("y", "table", "is a number"),
        ("c", "spline", "is a category"),
        ("y", "count", "not a count"),
        ("c", "table", "too many combinations"),
        ("c", "ordinal", "have no order"),
    ],
)
def test_families_that_do_not_fit_are_refused(target: str, requested: str, words: str) -> None:
    with pytest.raises(FitError, match=words) as refused:
        offered(target, requested)
    assert "choose auto" in str(refused.value)


def test_many_rows_offer_noise_of_changing_shape() -> None:
    assert offered("y", "auto", rows=400)[-1] == "flow"


def test_a_repeated_value_is_an_atom_beside_a_law_with_the_right_mean() -> None:
    """Earnings, 30 % exactly zero; the means are those of the rows with this x."""
    rng = np.random.default_rng(2)
    x = rng.integers(0, 2, 2000).astype(float)
    y = np.where(rng.random(2000) < 0.3, 0.0, rng.exponential(5.0, 2000) + 2 * x)
    data = table({"x": x, "y": y})
    (fitted,) = fit_all([FitTask(Conditional("y", ("x",)))], data, 0, settings=QUICK).values()
    assert isinstance(fitted.mechanism, Atoms)
    assert "exactly 0" in fitted.report.why
    for value in (0.0, 1.0):
        rng_ = torch.Generator().manual_seed(0)
        parents = torch.full((20_000, 1), value).double()
        drawn = fitted.mechanism.push(fitted.mechanism.noise(20_000, rng_), parents)
        assert float((drawn == 0).double().mean()) == pytest.approx(0.3, abs=0.03)
        assert float(drawn.mean()) == pytest.approx(y[x == value].mean(), abs=0.4)


def test_ages_in_whole_years_are_no_atom() -> None:
    rng = np.random.default_rng(2)
    ages = np.round(rng.normal(40, 8, 2000))
    data = table({"x": ages}, number("x", step=1.0))
    assert atoms_of(cases_of(Conditional("x"), data)) == ()
