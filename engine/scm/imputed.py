"""Fits of a table whose gaps are filled in first; without such gaps exactly the plain fits."""

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, replace

from engine.data.rows import counted_rows, first_copies
from engine.data.table import Table
from engine.errors import FitError
from engine.mechanisms.settings import FitSettings
from engine.scm.conditional import Conditional
from engine.scm.fitted import (
    Done,
    Failed,
    FirstGuess,
    FitEvent,
    FitTask,
    Fitted,
    Interim,
    Intervals,
)
from engine.scm.fitting import DEFAULT, FitRun
from engine.scm.imputation import Completed, completed, copies_for
from engine.scm.keys import fit_key, imputes

KEPT = 2  # tables whose gaps were filled in

Filled = dict[tuple[object, ...], Completed]


class ImputedRun:
    """The fits of `tasks` on `table`, one slice at a time; takes the place of a `FitRun`.

    `law`, causes first, fills the gaps of the conditionals that have some, where the table's design
    wants that; the others are fitted as ever, by turns with them. `filled` keeps completed tables.
    """

    def __init__(
        self,
        tasks: Iterable[FitTask],
        table: Table,
        law: tuple[FitTask, ...],
        seed: int,
        device: str = "cpu",
        settings: FitSettings = DEFAULT,
        filled: Filled | None = None,
    ) -> None:
        self.tasks = tuple(tasks)
        self.table, self.law, self.seed = table, law, seed
        self.device, self.settings = device, settings
        self.cancelled: set[str] = set()
        self._kept = {} if filled is None else filled
        self._runs: list[tuple[FitRun, dict[str, str]]] = []
        plain: list[FitTask] = []
        own: list[FitTask] = []
        other: list[FitTask] = []
        lawful = {task.conditional for task in law}
        for task in self.tasks:
            if not law or not imputes(task.conditional, table):
                plain.append(task)
            else:
                (own if task.conditional in lawful else other).append(task)
        self._plain = FitRun(plain, table, seed, device, settings)
        self._gapped = [_Part(tuple(own), whole=False), _Part(tuple(other), whole=True)]

    def cancel(self, keys: Iterable[str]) -> None:
        """Drop these fits; nothing more is told of them."""
        keys = set(keys)
        self.cancelled |= keys
        self._plain.cancel(keys)
        for run, outer in self._runs:
            run.cancel(inner for inner, key in outer.items() if key in keys)

    def slices(self) -> Iterator[FitEvent]:
        """Work and tell, until everything is fitted with its members."""
        streams = deque(self._filling(part) for part in self._gapped if part.tasks)
        streams.appendleft(self._plain.slices())
        while streams:
            event = next(streams[0], None)
            if event is None:
                streams.popleft()
                continue
            streams.rotate(-1)
            yield event

    def _filling(self, part: "_Part") -> Iterator[FitEvent]:
        """First guesses from the complete rows, then the gaps, then the fits."""
        keys = {task.conditional: self._key(task) for task in part.tasks}
        for event in FitRun(part.tasks, self.table, self.seed, settings=self.settings).slices():
            if not isinstance(event, FirstGuess | Failed):
                break
            if isinstance(event, FirstGuess):
                yield FirstGuess(replace(event.fitted, key=keys[event.fitted.conditional]))
        try:
            found = yield from self._completed(keys.values(), whole=part.whole)
        except FitError as error:
            for conditional, key in keys.items():
                yield Failed(conditional, key, error)
            return
        if found is not None:
            yield from self._fitted(part, found, keys)

    def _completed(
        self, keys: Iterable[str], *, whole: bool
    ) -> Generator[FitEvent, None, Completed | None]:
        """The table with its gaps filled in; None once nobody wants it any more."""
        keys = set(keys)
        place = (self.table.digest, self.law, self.seed, self.settings, whole)
        if place not in self._kept:
            steps = completed(self.table, self.law, self.seed, self.settings, whole=whole)
            while True:
                try:
                    yield next(steps)
                except StopIteration as end:
                    self._kept[place] = end.value
                    break
                if keys <= self.cancelled:
                    return None
            while len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
        return self._kept[place]

    def _fitted(
        self, part: "_Part", found: Completed, keys: dict[Conditional, str]
    ) -> Iterator[FitEvent]:
        """The fits on complete rows and copies, each under its own key."""
        members = min(self.settings.closed_members, copies_for(self.settings))
        settings = replace(self.settings, closed_members=members)
        tasks = [task for task in part.tasks if keys[task.conditional] not in self.cancelled]
        inner = {
            fit_key(t.conditional, found.table, t.family, self.seed, settings, t.unset): keys[
                t.conditional
            ]
            for t in tasks
        }
        run = FitRun(tasks, found.table, self.seed, self.device, settings)
        self._runs.append((run, inner))
        unset = {task.conditional: task.unset for task in tasks}
        for event in run.slices():
            match event:
                case FirstGuess(fitted) | Interim(fitted) | Done(fitted) | Intervals(fitted):
                    told = _reported(fitted, found, unset[fitted.conditional])
                    yield type(event)(replace(told, key=keys[fitted.conditional]))
                case Failed(conditional, _, error):
                    yield Failed(conditional, keys[conditional], error)
                case _:
                    yield event

    def _key(self, task: FitTask) -> str:
        return fit_key(
            task.conditional,
            self.table,
            task.family,
            self.seed,
            self.settings,
            task.unset,
            self.law,
        )


@dataclass(frozen=True, slots=True)
class _Part:
    """Fits that rest on gaps filled in the same way."""

    tasks: tuple[FitTask, ...]
    whole: bool


def _reported(fitted: Fitted, found: Completed, unset: frozenset[str]) -> Fitted:
    """The fit with a report that counts rows once, not every copy, and tells what was filled in."""
    target, names = fitted.conditional.target, fitted.conditional.given
    if not found.copies:
        return fitted
    used = found.table.complete((target, *names)) & counted_rows(found.table, unset | {target})
    rows = int((used & first_copies(found.table)).sum())
    report = replace(
        fitted.report,
        rows=rows,
        dropped=found.gaps.table_rows - rows,
        imputed=found.gaps.share(target),
        filled=found.gaps.learnt_from(fitted.conditional) / max(1, rows),
    )
    return replace(fitted, report=report)
