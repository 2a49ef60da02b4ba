"""What is compared: a method fits a table to a graph and gives a model; here ours, and the linear.

Time is CPU time of the point fit in one thread; memory is the peak above what was held before.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Protocol

import numpy as np
import torch

from engine.data.table import Table
from engine.interventions import Set
from engine.scm.conditional import Conditional
from engine.scm.fitting import (
    Done,
    Failed,
    FirstGuess,
    FitRun,
    FitTask,
    Fitted,
    Interim,
    Intervals,
)
from engine.scm.scm import Scm, counterfactual, scm_of
from tests.bench._catalogue import Columns
from tests.bench._expressions import Array

Parents = Mapping[str, tuple[str, ...]]
Done_ = Mapping[str, float]
CLEAR, STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")


class Unable(Exception):
    """Why a method does not do this work, in a sentence."""


class Fit(Protocol):
    """A fitted model. What it cannot do raises `Unable`."""

    words: str

    def sample(self, count: int, seed: int, done: Done_) -> Columns: ...
    def counterfactual(self, unit: Columns, done: Done_) -> Columns: ...
    def log_prob(self, rows: Columns) -> Columns:
        """Nats per row and variable."""
        ...


class Method(Protocol):
    """A way to fit."""

    name: str

    def fit(self, table: Table, parents: Parents, seed: int) -> Fit: ...


@dataclass(frozen=True, slots=True)
class Measured:
    """A fit, and what it took: CPU and wall seconds, MiB; `pace` is how slow the machine was then.

    CPU seconds of two fits at different times compare after division by their paces: a busy
    machine gives less work per CPU second.
    """

    fit: Fit
    cpu: float
    wall: float
    memory: float
    pace: float

    def row(self) -> dict[str, object]:
        """As columns of a report; CPU seconds are those until the last point fit."""
        cpu = point_seconds(self.fit, self.cpu)
        took = {"cpu": cpu, "wall": self.wall, "memory": self.memory, "pace": self.pace}
        return took | {"words": self.fit.words}


def measured(method: Method, table: Table, parents: Parents, seed: int) -> Measured:
    """Fit, with a watch on time and memory."""
    torch.set_num_threads(1)
    pace, before = _pace(), _restart_peak()
    cpu, wall = time.process_time(), time.perf_counter()
    fit = method.fit(table, parents, seed)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Measured(fit, cpu, wall, _peak() - before, (pace + _pace()) / 2)


def _pace() -> float:
    """CPU milliseconds of a fixed piece of work, of matrices and of arrays."""
    a = np.linspace(0, 1, 256 * 256).reshape(256, 256)
    x = np.linspace(-3, 3, 100_000)
    work = lambda: (torch.from_numpy(a) @ torch.from_numpy(a), np.tanh(x).sum())  # noqa: E731
    return milliseconds(work, 15, 0.2, time.process_time)


def milliseconds(
    work: Callable[[], object],
    most: int = 21,
    budget: float = 4.0,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """Median time of one call after a first, over at most `most` calls or `budget` seconds."""
    work()
    took: list[float] = []
    while len(took) < most and sum(took) < 1e3 * budget:
        start = clock()
        work()
        took.append(1e3 * (clock() - start))
    return median(took)


# ── ours ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A mechanism as it stood after so many CPU seconds of fitting."""

    cpu: float
    fitted: Fitted


@dataclass(slots=True)
class DoscopeFit:
    """Our SCM, and how it came to be."""

    scm: Scm
    words: str
    fitted: dict[str, Fitted]
    history: list[Snapshot] = field(default_factory=list)
    guessed: float = np.nan  # wall seconds until every variable had its first guess
    intervals: float = np.nan  # wall seconds until every interval stood

    def sample(self, count: int, seed: int, done: Done_) -> Columns:
        return _arrays(self.scm.sample(count, seed, _action(done)))

    def counterfactual(self, unit: Columns, done: Done_) -> Columns:
        return _arrays(counterfactual(self.scm, _tensors(unit), _action(done), 0))

    def log_prob(self, rows: Columns) -> Columns:
        tensors = _tensors(rows)
        return {name: self.scm.log_prob(tensors, [name]).numpy() for name in self.scm.names}

    def at(self, cpu: float) -> "DoscopeFit | None":
        """The model that stood after `cpu` seconds; None before every variable had a guess."""
        newest = {s.fitted.conditional.target: s.fitted for s in self.history if s.cpu <= cpu}
        if len(newest) < len(self.scm.names):
            return None
        scm = scm_of(self.scm.variables, [newest[name] for name in self.scm.names])
        return DoscopeFit(scm, self.words, newest)


@dataclass(frozen=True, slots=True)
class Doscope:
    """Our engine: the best family of each variable, or the one named for all continuous ones.

    It ends with the first "guess", the "point" fit, or when all "intervals" stand.
    """

    name: str = "doscope"
    family: str = "auto"
    discrete: str = "auto"
    until: str = "point"
    most_seconds: float = np.inf  # CPU seconds after which the fit is given up

    def fit(self, table: Table, parents: Parents, seed: int) -> DoscopeFit:
        """Every mechanism as it stands at the end asked for."""
        tasks = [
            FitTask(Conditional(name, given), self._family(table, name))
            for name, given in parents.items()
        ]
        at: dict[str, dict[str, float]] = {"guess": {}, "point": {}, "intervals": {}}
        history: list[Snapshot] = []
        cpu, wall = time.process_time(), time.perf_counter()
        for event in FitRun(tasks, table, seed).slices():
            spent = time.process_time() - cpu
            match event:
                case Failed(conditional, _, error):
                    raise Unable(f"{conditional} was not fitted: {error}")
                case FirstGuess(fitted) | Interim(fitted) | Done(fitted) | Intervals(fitted):
                    target, now = fitted.conditional.target, time.perf_counter() - wall
                    at["guess"].setdefault(target, now)
                    if isinstance(event, Done):
                        at["point"][target] = now
                    if isinstance(event, Intervals):
                        at["intervals"][target] = now
                    else:
                        history.append(Snapshot(spent, fitted))
            if len(at[self.until]) == len(parents):
                break
            if spent > self.most_seconds:
                ready = len(at["point"])
                raise Unable(f"{ready} of {len(parents)} fitted after {spent:.0f} CPU s")
        newest = {s.fitted.conditional.target: s.fitted for s in history}
        scm = scm_of({v.name: v for v in table.variables}, [newest[name] for name in parents])
        ends = {stage: max(times.values(), default=np.nan) for stage, times in at.items()}
        stood = ends["intervals"] if self.until == "intervals" else np.nan
        return DoscopeFit(scm, _counted(newest), newest, history, ends["guess"], stood)

    def _family(self, table: Table, name: str) -> str:
        return self.discrete if table.variable(name).discrete else self.family


LINEAR = Doscope("linear", "linear", "logistic")
FIRST = Doscope("first guess", until="guess")


def point_seconds(fit: Fit, whole: float) -> float:
    """CPU seconds until the last point fit: less than the `whole` where intervals followed."""
    return max(s.cpu for s in fit.history) if isinstance(fit, DoscopeFit) else whole


def _counted(fits: Mapping[str, Fitted]) -> str:
    names = [fitted.family for fitted in fits.values()]
    return ", ".join(f"{names.count(name)} {name}" for name in dict.fromkeys(names))


def _action(done: Done_) -> tuple[Set, ...]:
    return tuple(Set(name, float(value)) for name, value in done.items())


def _tensors(columns: Mapping[str, Array]) -> dict[str, torch.Tensor]:
    return {name: torch.from_numpy(np.array(column, float)) for name, column in columns.items()}


def _arrays(samples: Mapping[str, torch.Tensor]) -> Columns:
    return {name: column.numpy() for name, column in samples.items()}


# ── memory ─────────────────────────────────────────────────────────────────────────────────────


def _restart_peak() -> float:
    """MiB held now; the peak is counted from here where the system can (Linux)."""
    try:
        CLEAR.write_text("5", "ascii")
    except OSError:
        return np.nan
    return _status("VmRSS")


def _peak() -> float:
    return _status("VmHWM") if STATUS.exists() else np.nan


def _status(key: str) -> float:
    for line in STATUS.read_text("ascii").splitlines():
        if line.startswith(key):
            return int(line.split()[1]) / 1024
    return np.nan
