"""Relations without noise, also curved ones: recognised, told, and answered from."""

from dataclasses import replace

import numpy as np
import pytest

from engine.data.kinds import number_variable
from engine.data.table import Table
from engine.interventions import Set, Shift
from engine.scm.attempt import Attempt
from engine.scm.cases import cases_of
from engine.scm.closed import fit_closed
from engine.scm.conditional import Conditional
from engine.scm.determined import NEGLIGIBLE, determined, unshared
from engine.scm.fitted import Done, Fitted
from engine.scm.fitting import DEFAULT, FitRun, FitTask
from engine.scm.scm import Scm, counterfactual
from tests.oracles import QUICK, category, table, tensor

LAWS = {"square": ("x",), "exponential": ("x",), "product": ("x", "z")}
SETTINGS = replace(DEFAULT, hidden=16, batch=256, steps=200, refit=150)
Fits = dict[str, tuple[Attempt, Fitted]]


def by_law(x: np.ndarray, z: np.ndarray) -> dict[str, np.ndarray]:
    return {"square": x**2, "exponential": np.exp(x), "product": x * z}


def curved(rows: int = 600) -> Table:
    """Read as people's tables are: squares and exponentials have the bound 0."""
    x, z = np.random.default_rng(0).normal(size=(2, rows))
    columns = {"x": x, "z": z} | by_law(x, z)
    read = [number_variable(name, column) for name, column in columns.items()]
    return Table(tuple(v for v, _ in read), {v.name: column for v, column in read})


def point_fits(data: Table, given: dict[str, tuple[str, ...]]) -> Fits:
    """Every point fit, what has causes by the automatic choice, and its attempt."""
    tasks = [
        FitTask(Conditional(name, causes), "auto" if causes else "linear")
        for name, causes in given.items()
    ]
    run, found = FitRun(tasks, data, 0, settings=SETTINGS), {}
    for event in run.slices():
        if isinstance(event, Done):
            found[event.fitted.conditional.target] = event.fitted
        if len(found) == len(tasks):
            break
    attempts = {attempt.task.conditional.target: attempt for attempt in run.attempts}
    return {name: (attempts[name], fitted) for name, fitted in found.items()}


@pytest.fixture(scope="module")
def fits() -> Fits:
    return point_fits(curved(), {"x": (), "z": (), **LAWS})


@pytest.fixture(scope="module")
def scm(fits: Fits) -> Scm:
    data = curved()
    conditionals = tuple(fitted.conditional for _, fitted in fits.values())
    mechanisms = {name: fitted.mechanism for name, (_, fitted) in fits.items()}
    return Scm({v.name: v for v in data.variables}, conditionals, mechanisms)


@pytest.mark.parametrize("name", LAWS)
def test_a_curve_without_noise_is_recognised(fits: Fits, name: str) -> None:
    report = fits[name][1].report
    assert report.deterministic
    assert report.calibration is None
    assert report.family not in ("linear", "spline-linear")


def test_causes_themselves_are_not(fits: Fits) -> None:
    assert not fits["x"][1].report.deterministic
    assert fits["x"][1].report.calibration is not None


@pytest.mark.parametrize("name", LAWS)
def test_one_percent_of_noise_is_noise(fits: Fits, name: str) -> None:
    """The same mechanism meets rows that are 1 % of an sd off: however good it is, it tells."""
    attempt, fitted = fits[name]
    x = attempt.cases.x
    off = tensor(np.random.default_rng(1).normal(size=len(x)))
    for noise, told in ((0.02, False), (0.01, False), (0.2 * NEGLIGIBLE, True)):
        shifted = (x + noise * float(x.std()) * off).clamp(min=1e-9 + x.min())
        cases = replace(attempt.cases, x=shifted)
        assert determined(fitted.mechanism, cases) is told


@pytest.mark.parametrize("name", LAWS)
def test_do_follows_the_curve(scm: Scm, name: str) -> None:
    """Of 25 places within an sd, most are within 4 % of an sd, and four in five within 12 %."""
    at, errors = np.linspace(-1, 1, 5), []
    for x in at:
        for z in at:
            world = scm.sample(100, 3, (Set("x", float(x)), Set("z", float(z))))
            truth = by_law(np.array(x), np.array(z))[name]
            errors.append(abs(float(world[name].median()) - float(truth)) / curved()[name].std())
    assert np.median(errors) < 0.04
    assert np.quantile(errors, 0.8) < 0.12


def test_a_unit_moves_along_the_curve(scm: Scm) -> None:
    """Inside the data: what a row would have been is what the law says, not what luck says."""
    data = curved()
    rows = np.flatnonzero((np.abs(data["x"] + 0.5) < 1) & (np.abs(data["z"]) < 1.5))
    unit = {name: tensor(data[name][rows]) for name in data.names}
    moved = counterfactual(scm, unit, (Shift("x", 0.3),), 5)
    truth = by_law(data["x"][rows] + 0.3, data["z"][rows])
    for name, values in truth.items():
        errors = np.abs(moved[name].numpy() - values) / data[name].std()
        assert np.median(errors) < 0.03


# ── what nearby rows share ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("width", [1, 2, 4])
def test_noise_keeps_its_size_and_a_smooth_curve_vanishes(width: int) -> None:
    rng = np.random.default_rng(0)
    z, noise = rng.normal(size=(2000, width)), rng.normal(size=2000)
    smooth = np.sin(z @ np.ones(width)) + z[:, 0] ** 2
    alone = unshared(tensor(noise), tensor(z), 500)
    assert float(alone.std()) == pytest.approx(1.0, abs=0.12)
    left = unshared(tensor(smooth), tensor(z), 500).abs()
    assert float(left.median()) < 0.02 * width**2
    both = unshared(tensor(smooth + 0.5 * noise), tensor(z), 500)
    assert float(both.abs().median()) == pytest.approx(0.5 * 0.6745, rel=0.2)


def test_copies_of_rows_tell_nothing() -> None:
    """Every row twice: its nearest neighbour is itself, noise or not."""
    x, e = np.random.default_rng(0).normal(size=(2, 300))
    twice = {"x": np.tile(x, 2), "y": np.tile(x + 0.008 * e, 2)}
    cases = cases_of(Conditional("y", ("x",)), table(twice))
    assert not determined(fit_closed("linear", cases, cases.weights), cases)


# ── categories, and numbers in two parts ───────────────────────────────────────────────────────


@pytest.mark.parametrize(("flipped", "told"), [(0, True), (40, False)])
def test_exclusive_or_is_determined_until_rows_disagree(flipped: int, told: bool) -> None:
    a, b = np.random.default_rng(0).integers(0, 2, size=(2, 1000)).astype(float)
    c = (a + b) % 2
    c[:flipped] = 1 - c[:flipped]
    data = table({"a": a, "b": b, "c": c}, *(category(name, 2) for name in "abc"))
    (fitted,) = _all(data, "c", ("a", "b"))
    assert fitted.family == "table"
    assert fitted.report.deterministic is told


@pytest.mark.parametrize(("zeros", "told"), [("by a coin", False), ("by a cause", True)])
def test_a_line_beside_an_atom_is_determined_if_the_atom_is(zeros: str, told: bool) -> None:
    """y = 0 or 2 x: which of both is a coin's throw, or said by c."""
    x, coin = np.random.default_rng(0).normal(size=(2, 1000))
    c = (coin > 0).astype(float)
    given = ("x", "c") if told else ("x",)
    data = table({"x": x, "c": c, "y": np.where(c > 0, 2 * x, 0.0)}, category("c", 2))
    fitted = _all(data, "y", given)[-1]
    assert fitted.report.atoms == (0.0,)
    assert fitted.report.deterministic is told


def _all(data: Table, target: str, given: tuple[str, ...]) -> list[Fitted]:
    run = FitRun([FitTask(Conditional(target, given))], data, 0, settings=QUICK)
    return [event.fitted for event in run.slices() if isinstance(event, Done)]
