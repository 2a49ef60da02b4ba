"""Wild tables: a fit ends in numbers that come back from their noise, or in a clear sentence.

All cases of as many rows are columns of one table, fitted in one run: what comes out of a
conditional does not depend on its company.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.mechanisms.atoms import Atoms
from engine.mechanisms.base import Mechanism
from engine.scm.attempt import Attempt
from engine.scm.conditional import Conditional
from engine.scm.fitted import Done, Failed, FirstGuess, Fitted, Intervals
from engine.scm.fitting import FitRun, FitTask
from tests.engine.scm.wild import CASES, REFUSED, base, gappy, made
from tests.oracles import QUICK, count, table

FAST = replace(QUICK, steps=12, refit=8, member_steps=4, members=1, check=6, bins=4)
WAYS = (("auto", False), ("flow", False), ("flow", True))  # family, and whether without parents
RUNS = [
    (name, *way)
    for name, case in CASES.items()
    for way in WAYS
    if not (case.discrete and way == WAYS[1])  # there is no flow of categories: again the first
]


@dataclass(slots=True, eq=False)
class Outcome:
    """What came of one conditional: what was told of it, and its attempts."""

    told: list[FirstGuess | Done | Intervals | Failed] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)

    def fitted(self) -> Iterator[Fitted]:
        return (event.fitted for event in self.told if not isinstance(event, Failed))


class Fits:
    """Every case that has as many rows, fitted by `family`, given its parents or alone."""

    def __init__(self, rows: int, family: str, *, alone: bool) -> None:
        cases = {
            n: CASES[n] for n, *way in RUNS if CASES[n].rows == rows and way == [family, alone]
        }
        columns = {f"{n}: {v}": c for n, case in cases.items() for v, c in case.columns.items()}
        special = (
            replace(v, name=f"{n}: {v.name}") for n, case in cases.items() for v in case.special
        )
        data, given = table(columns, *special), () if alone else ("x", "z")
        tasks = {
            name: FitTask(
                Conditional(f"{name}: y", tuple(f"{name}: {v}" for v in given)),
                "auto" if case.discrete else family,
            )
            for name, case in cases.items()
        }
        run = FitRun(tasks.values(), data, 0, settings=FAST)
        self.of = {task.conditional: Outcome() for task in tasks.values()}
        self.tasks = tasks
        for event in run.slices():
            if isinstance(event, Failed):
                self.of[event.conditional].told.append(event)
            elif isinstance(event, FirstGuess | Done | Intervals):
                self.of[event.fitted.conditional].told.append(event)
        for attempt in run.attempts:
            self.of[attempt.task.conditional].attempts.append(attempt)

    def __getitem__(self, name: str) -> Outcome:
        return self.of[self.tasks[name].conditional]


Cache = dict[tuple[int, str, bool], Fits | None]


@pytest.fixture(scope="module")
def fits() -> Cache:
    return {}


def fit(fits: Cache, name: str, family: str, *, alone: bool) -> Outcome:
    key = CASES[name].rows, family, alone
    if key not in fits:
        fits[key] = None
        fits[key] = Fits(*key[:2], alone=alone)
    found = fits[key]
    if found is None:
        pytest.fail("the run broke off")
    return found[name]


def check(mechanism: Mechanism, x: Tensor, parents: Tensor) -> Tensor:
    """What was seen comes back from its noise within 1e-4 sd, drawn rows exist; nats per row.

    A constant comes back to nine digits, or to 1e-15.
    """
    rng = torch.Generator().manual_seed(0)
    largest = float(x.abs().max())
    spread = float((x / largest).std(correction=0)) * largest if largest else 0.0
    nats = mechanism.log_prob(x, parents)
    assert not bool(nats.isnan().any())
    assert bool((nats < torch.inf).all())
    noise = mechanism.abduct(x, parents, rng)
    assert bool(noise.isfinite().all())
    back, seen = mechanism.push(noise, parents), torch.full_like(x, True, dtype=torch.bool)
    if isinstance(mechanism, Atoms):
        seen = nats > -600.0  # beside an atom, float64 has no noise for what has no chance
    within = max(1e-4 * spread, 1e-9 * largest) if spread else max(1e-9 * largest, 1e-15)
    assert bool(((back - x).abs()[seen] <= within).all())
    drawn = mechanism.push(mechanism.noise(len(x), rng), parents)
    assert bool(drawn.isfinite().all())
    return nats


@pytest.mark.parametrize(("name", "family", "alone"), RUNS)
def test_a_wild_table_gives_numbers(name: str, family: str, alone: bool, fits: Cache) -> None:
    outcome = fit(fits, name, family, alone=alone)
    assert isinstance(outcome.told[-1], Intervals)
    x, parents = _rows(name, alone=alone)
    for fitted in outcome.fitted():
        assert bool(check(fitted.mechanism, x, parents).isfinite().all())
        for member in fitted.members:
            check(member, x, parents)
        assert np.isfinite(fitted.report.heldout_loglik)
        assert np.isfinite(fitted.report.linear_loglik)
    for attempt in outcome.attempts:
        for mechanism in attempt.blind.values():
            check(mechanism, attempt.cases.x, attempt.cases.parents)


def test_a_row_a_hundred_thousand_scales_off_leaves_weights_finite() -> None:
    """Its cell has no probability in single precision, and once had a slope that was no number."""
    data = table(CASES["counts of a huge parent"].columns, count("y"))
    settings = replace(FAST, steps=20, refit=10, members=2, check=10, patience=2)
    task = FitTask(Conditional("y", ("x", "z")), "flow")
    told = [e for e in FitRun([task], data, 0, settings=settings).slices() if isinstance(e, Done)]
    assert [event.fitted.family for event in told] == ["flow"]


def _rows(name: str, *, alone: bool) -> tuple[Tensor, Tensor]:
    """The complete rows of a case: its target, and its parents."""
    columns = CASES[name].columns
    data = np.stack([columns[v] for v in ("y", "x", "z")[: 1 if alone else 3]], 1)
    data = torch.from_numpy(data[~np.isnan(data).any(1)])
    return data[:, 0], data[:, 1:]


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_too_few_rows_are_refused_in_words(kept: int) -> None:
    data = table(made(y=lambda x, z, y: gappy(y, kept)).columns)
    (failed,) = FitRun([FitTask(Conditional("y", ("x",)))], data, 0, settings=FAST).slices()
    assert isinstance(failed, Failed)
    assert failed.error.remedy
    assert "y" in str(failed.error)


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("given", [(), ("x", "z")])
def test_what_cannot_be_reckoned_with_is_refused_in_words(
    name: str, given: tuple[str, ...]
) -> None:
    case, remedy = REFUSED[name]
    task = FitTask(Conditional("y", given))
    (failed,) = FitRun([task], table(case.columns), 0, settings=FAST).slices()
    assert isinstance(failed, Failed)
    assert failed.error.where == "y"
    assert remedy in failed.error.remedy


@pytest.mark.parametrize(("slope", "intercept"), [(3.0, -1.0), (1e12, 1e14)])
def test_an_exact_line_leaves_no_noise(slope: float, intercept: float) -> None:
    x, _, _ = base(300)
    data = table({"x": x, "y": slope * x + intercept})
    run = FitRun([FitTask(Conditional("y", ("x",)))], data, 0, settings=FAST)
    final = [event.fitted for event in run.slices() if isinstance(event, Intervals)][-1]
    assert final.report.deterministic
    assert final.family == "linear"
