"""Fits, from table to mechanism: which family, on which rows; company changes nothing."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.errors import FitError
from engine.mechanisms.logistic import Logistic
from engine.mechanisms.settings import FitSettings
from engine.queries.answers import Stage
from engine.scm.conditional import Conditional
from engine.scm.fitting import (
    Done,
    Failed,
    FirstGuess,
    FitEvent,
    FitRun,
    FitTask,
    Fitted,
    Interim,
    Intervals,
    Progress,
    Tick,
    fit_all,
    fit_key,
    fitted_from_bytes,
    fitted_to_bytes,
)
from engine.scm.scm import member_count, scm_of, with_members
from tests.oracles import QUICK, category, count, number, table, tensor

CATEGORIES = tuple(f"k{i}" for i in range(40))
USUAL = replace(FitSettings(), steps=120, check=20, members=2, closed_members=4)
CURVES = replace(QUICK, hidden=16, steps=300, members=0, closed_members=0)


def mixed(rows: int = 600) -> Table:
    """Numbers, a rounded number, a count and categories, some values missing."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=rows)
    y = x**2 + 0.3 * rng.normal(size=rows)
    y[rng.random(rows) < 0.1] = np.nan
    return table(
        {
            "b": rng.random(rows) < 0.3,
            "x": x,
            "y": y,
            "h": np.round(20 + 5 * x + rng.normal(size=rows), 1),
            "n": rng.poisson(np.exp(0.5 * x)),
            "c": (rng.gumbel(size=(rows, 3)) + np.outer(x, [0, 1, 2])).argmax(1),
        },
        number("h", step=0.1),
        count("n"),
        category("c", 3),
        category("b", 2),
    )


MIXED = mixed()
TASKS = [
    FitTask(Conditional(target, given))
    for target, given in {
        "b": (),
        "x": (),
        "y": ("x",),
        "h": ("x",),
        "n": ("x", "b"),
        "c": ("x",),
    }.items()
]


def fit(
    columns: dict[str, np.ndarray],
    target: str,
    *given: str,
    family: str = "auto",
    members: int = 0,
) -> Fitted:
    settings = replace(CURVES, members=members, closed_members=members)
    task = FitTask(Conditional(target, given), family)
    return next(iter(fit_all([task], table(columns), 0, settings).values()))


def events(tasks: Iterable[FitTask], settings: FitSettings = USUAL) -> list[FitEvent]:
    return list(FitRun(tasks, MIXED, 0, settings=settings).slices())


@pytest.fixture(scope="module")
def whole() -> list[FitEvent]:
    return events(TASKS)


def finals(told: Iterable[FitEvent]) -> dict[str, Fitted]:
    return {e.fitted.conditional.target: e.fitted for e in told if isinstance(e, Intervals)}


# ── which family ───────────────────────────────────────────────────────────────────────────────


def data(kind: str, rows: int = 700, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    x, e = rng.normal(size=rows), rng.normal(size=rows)
    y = {
        "line": 2 * x + e,
        "curve": x**2 + 0.5 * e,
        "fan": x + np.exp(0.8 * x) * e,
        "skew": x + np.exp(e),
    }
    return {"x": x, "y": y[kind]}


NUMBERS = ("linear", "spline-linear", "additive", "location-scale", "flow")


@pytest.mark.parametrize(
    ("kind", "family"),
    [("line", "linear"), ("curve", "additive"), ("fan", "location-scale"), ("skew", "additive")],
)
def test_the_family_fits_the_data(kind: str, family: str) -> None:
    """None simpler; a richer one may win by chance, but what is straight mostly stays straight."""
    reports = [fit(data(kind, seed=seed), "y", "x").report for seed in range(5)]
    places = [NUMBERS.index(report.family) for report in reports]
    assert min(places) >= NUMBERS.index(family)
    if family == "linear":
        assert sum(place <= NUMBERS.index("spline-linear") for place in places) >= 3
    else:
        assert all(r.heldout_loglik > r.linear_loglik + 0.1 for r in reports)


def test_the_held_out_score_is_the_entropy() -> None:
    """y = x² + N(0, .5²): the best score is -½ log(2πe · .25) = -.726 nats per row."""
    report = fit(data("curve", 4000), "y", "x").report
    assert report.heldout_loglik == pytest.approx(-0.726, abs=0.06)


def test_scores_are_in_user_units() -> None:
    """The same data in another unit lose the log of the unit."""
    small, large = data("line"), data("line")
    large["y"] = large["y"] * 1000
    scores = [fit(columns, "y", "x").report.heldout_loglik for columns in (small, large)]
    assert scores[0] - scores[1] == pytest.approx(np.log(1000), abs=1e-3)


def test_a_curve_is_followed() -> None:
    mechanism = fit(data("curve", 4000), "y", "x", family="additive").mechanism
    x = tensor([[-1.5], [0.0], [1.5]])
    found = mechanism.push(torch.zeros(3, dtype=torch.float64), x)
    assert found.numpy() == pytest.approx([2.25, 0, 2.25], abs=0.25)


def test_an_exact_line_is_called_deterministic() -> None:
    x = np.random.default_rng(0).normal(size=300)
    fitted = fit({"x": x, "y": 3 * x - 1}, "y", "x")
    assert fitted.report.deterministic
    assert fitted.family == "linear"


# ── which rows ─────────────────────────────────────────────────────────────────────────────────


def test_each_mechanism_uses_the_rows_complete_for_it() -> None:
    rng = np.random.default_rng(2)
    x, y, w = rng.normal(size=(3, 200))
    y = y + 2 * x
    y[:30], x[20:50] = np.nan, np.nan
    w[:] = np.nan
    fitted = fit({"x": x, "y": y, "w": w}, "y", "x", family="linear")
    keep = slice(50, None)
    slope, intercept = np.polyfit(x[keep], y[keep], 1)
    found = fitted.mechanism.push(tensor([0.0, 0.0]), tensor([[0.0], [1.0]])).numpy()
    assert found == pytest.approx([intercept, intercept + slope], abs=1e-6)
    assert (fitted.report.rows, fitted.report.dropped) == (150, 50)


def test_an_empty_column_fails_alone_and_in_words() -> None:
    columns = {"x": np.arange(10.0), "w": np.full(10, np.nan)}
    tasks = [FitTask(Conditional("w")), FitTask(Conditional("x"))]
    told = list(FitRun(tasks, table(columns), 0, settings=QUICK).slices())
    failed = next(event for event in told if isinstance(event, Failed))
    assert "w has no values" in str(failed.error)
    assert set(finals(told)) == {"x"}
    with pytest.raises(FitError, match="w has no values"):
        fit_all(tasks, table(columns), 0, QUICK)


@pytest.mark.parametrize(
    "columns",
    [
        {"x": [1.0, 2.0, 3.0], "z": [1.0, 0.0, 5.0], "y": [2.0, 4.0, 7.0]},
        {"x": [5.0] * 80, "z": list(range(80)), "y": [3.0] * 80},
        {"x": [5.0] * 80, "z": list(range(80)), "y": list(range(80))},
        {"x": list(range(80)), "z": list(range(80)), "y": list(range(0, 160, 2))},
        {
            "x": [1e200 * i for i in range(80)],
            "z": [1e-200] * 80,
            "y": [1e12 + i for i in range(80)],
        },
        {"x": [0.0] * 79 + [1e9], "z": list(range(80)), "y": [0.0] * 79 + [1.0]},
    ],
    ids=["three rows", "constants", "constant parent", "collinear", "huge", "spike"],
)
@pytest.mark.parametrize("family", ["auto", "location-scale"])
def test_odd_tables_give_numbers(columns: dict[str, list[float]], family: str) -> None:
    arrays = {name: np.array(values, dtype=float) for name, values in columns.items()}
    fitted = fit(arrays, "y", "x", "z", family=family)
    parents = tensor(np.stack([arrays["x"], arrays["z"]], 1))
    rng = torch.Generator().manual_seed(0)
    x = tensor(arrays["y"])
    noise = fitted.mechanism.abduct(x, parents, rng)
    assert np.isfinite(fitted.report.heldout_loglik)
    assert bool(fitted.mechanism.log_prob(x, parents).isfinite().all())
    spread = max(float(x.std()), 1e-9 * float(x.abs().max()))
    assert float((fitted.mechanism.push(noise, parents) - x).abs().max()) <= 1e-4 * spread


# ── events, keys, company ──────────────────────────────────────────────────────────────────────


def test_first_guesses_come_first_and_members_last(whole: list[FitEvent]) -> None:
    kinds = [type(event) for event in whole if not isinstance(event, Tick | Progress | Interim)]
    assert kinds[: len(TASKS)] == [FirstGuess] * len(TASKS)
    for target in MIXED.names:
        mine = [
            (type(event), event.fitted.stage)
            for event in whole
            if isinstance(event, FirstGuess | Interim | Done | Intervals)
            and event.fitted.conditional.target == target
        ]
        assert mine[0] == (FirstGuess, Stage.FIRST_GUESS)
        assert mine[-2:] == [(Done, Stage.FITTED), (Intervals, Stage.FITTED)]
        assert all(pair == (Interim, Stage.TRAINING) for pair in mine[1:-2])


def test_progress_never_goes_back(whole: list[FitEvent]) -> None:
    steps = [
        event.step
        for event in whole
        if isinstance(event, Progress) and event.conditional.target == "y"
    ]
    assert steps == sorted(steps)
    assert len(steps) > 3


def test_members_differ_and_make_scms(whole: list[FitEvent]) -> None:
    fits = finals(whole)
    ordered = [fits[name] for name in MIXED.names]
    assert member_count(ordered) == USUAL.members
    assert all(fitted.report.intervals for fitted in ordered)
    variables = {variable.name: variable for variable in MIXED.variables}
    means = {
        float(with_members(variables, ordered, m).sample(500, 0)["h"].mean()) for m in range(2)
    }
    means.add(float(scm_of(variables, ordered).sample(500, 0)["h"].mean()))
    assert len(means) == 3


def test_every_kind_comes_back_from_its_noise(whole: list[FitEvent]) -> None:
    fits = finals(whole)
    variables = {variable.name: variable for variable in MIXED.variables}
    scm = scm_of(variables, [fits[name] for name in MIXED.names])
    keep = MIXED.complete(MIXED.names)
    unit = {name: tensor(MIXED[name][keep]) for name in MIXED.names}
    back = scm.push(scm.abduct(unit, 0))
    for name in MIXED.names:
        if name in ("x", "y"):
            assert float((back[name] - unit[name]).abs().max() / unit[name].std()) < 1e-4
        else:
            assert torch.equal(back[name], unit[name])


@pytest.mark.parametrize("task", TASKS[1:], ids=lambda task: task.conditional.target)
def test_a_fit_is_the_same_alone_and_in_company(whole: list[FitEvent], task: FitTask) -> None:
    alone = finals(events([task]))[task.conditional.target]
    together = finals(whole)[task.conditional.target]
    assert fitted_to_bytes(alone) == fitted_to_bytes(together)


def test_a_cancelled_fit_is_not_told_of_and_leaves_the_others(whole: list[FitEvent]) -> None:
    run = FitRun(TASKS, MIXED, 0, settings=USUAL)
    key = fit_key(TASKS[2].conditional, MIXED, "auto", 0, USUAL)
    told: list[FitEvent] = []
    after = None
    for event in run.slices():
        told.append(event)
        if isinstance(event, Interim) and after is None:
            run.cancel([key])
            after = len(told)
    later = [event for event in told[after:] if not isinstance(event, Tick)]
    assert not any(
        event.conditional.target == "y" for event in later if isinstance(event, Progress | Failed)
    )
    assert "y" not in finals(later)
    assert fitted_to_bytes(finals(told)["h"]) == fitted_to_bytes(finals(whole)["h"])


def test_the_key_names_what_a_fit_depends_on() -> None:
    base = {"x": np.arange(9.0), "y": np.arange(9.0) ** 2, "w": np.ones(9)}
    conditional = Conditional("y", ("x", "w"))

    def key(**changes: object) -> str:
        columns = base | {k: v for k, v in changes.items() if isinstance(v, np.ndarray)}
        return fit_key(
            changes.get("conditional", conditional),  # type: ignore[arg-type]
            table(columns, *([changes["special"]] if "special" in changes else [])),  # type: ignore[list-item]
            str(changes.get("family", "auto")),
            int(str(changes.get("seed", 0))),
        )

    assert key() == key()
    assert key(other=np.zeros(9)) == key()
    others = [
        key(x=np.arange(9.0) + 1),
        key(y=np.zeros(9)),
        key(family="linear"),
        key(seed=1),
        key(conditional=Conditional("y", ("w", "x"))),
        key(conditional=Conditional("y", ("x",))),
        key(special=number("x", step=1.0)),
    ]
    assert len({key(), *others}) == 8


def test_bootstrap_members_spread_like_the_standard_error() -> None:
    """Members of a line: the sd of their slopes is the textbook standard error σ / (√n · sd(x))."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=800)
    columns = {"x": x, "y": 1.5 * x + 2 * rng.normal(size=800)}
    settings = replace(CURVES, closed_members=200)
    task = FitTask(Conditional("y", ("x",)), "linear")
    fitted = next(iter(fit_all([task], table(columns), 0, settings).values()))
    ends = tensor([[0.0], [1.0]])
    zero = tensor([0.0, 0.0])
    slopes = [float(member.push(zero, ends).diff()) for member in fitted.members]
    assert np.std(slopes) == pytest.approx(2 / np.sqrt(800), rel=0.15)


def test_no_networks_no_columns() -> None:
    """All closed forms: nothing is trained, and every fit still comes with its members."""
    told = events([TASKS[0]])
    assert [type(event) for event in told if not isinstance(event, Tick)] == [
        FirstGuess,
        Done,
        Intervals,
    ]


def test_many_categories_are_fitted_in_bounded_time() -> None:
    """Forty categories given forty others: too many unknowns for a Hessian, too many cells."""
    rng = np.random.default_rng(0)
    cause = rng.integers(0, 40, 900)
    effect = np.where(rng.random(900) < 0.7, cause, rng.integers(0, 40, 900))
    special = [Variable(v, Kind.CATEGORICAL, categories=CATEGORIES) for v in ("a", "b")]
    task = FitTask(Conditional("b", ("a",)), "linear")
    data = table({"a": cause, "b": effect}, *special)
    fitted = next(iter(fit_all([task], data, 0, QUICK).values()))
    assert isinstance(fitted.mechanism, Logistic)
    p = fitted.mechanism.probabilities(tensor([[3.0], [17.0]]))
    assert p.argmax(1).tolist() == [3, 17]
    assert len(fitted.members) == QUICK.members


def test_one_category_alone_is_certain() -> None:
    only = Variable("c", Kind.CATEGORICAL, categories=("yes",))
    data = table({"x": np.arange(60.0), "c": np.zeros(60)}, only)
    for given in ((), ("x",)):
        fitted = next(iter(fit_all([FitTask(Conditional("c", given))], data, 0, QUICK).values()))
        x, parents = torch.zeros(5, dtype=torch.float64), torch.zeros(5, len(given)).double()
        assert fitted.mechanism.log_prob(x, parents).tolist() == [0.0] * 5


def test_a_noiseless_line_says_so() -> None:
    x = np.random.default_rng(0).normal(size=200)
    assert fit({"x": x, "y": 2 * x}, "y", "x").report.why == (
        "straight line: it already leaves no noise"
    )


def test_intervals_hold_what_is_open_about_the_family() -> None:
    """y = x + .25 x² + noise, 250 rows: members are lines and curves, and are kept so."""
    x, e = np.random.default_rng(3).normal(size=(2, 250))
    fitted = fit({"x": x, "y": x + 0.25 * x**2 + e}, "y", "x", members=12)
    families = {member.family for member in fitted.members}
    assert len(fitted.members) == 12
    assert len(families) >= 2
    again = fitted_from_bytes(fitted_to_bytes(fitted))
    assert [m.family for m in again.members] == [m.family for m in fitted.members]
    certain = fit({"x": x, "y": x**3 + 0.1 * e}, "y", "x", members=6)
    assert not families.isdisjoint({"linear", "spline-linear"})
    assert {"linear", "spline-linear"}.isdisjoint(m.family for m in certain.members)
