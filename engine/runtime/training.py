"""What is being fitted now: runs of the fitting generator, cancelled when their keys vanish."""

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field

from engine.project import Project
from engine.queries.answers import Stage
from engine.runtime import messages as m
from engine.runtime.shelf import Shelf, learnt_of
from engine.scm.conditional import Conditional
from engine.scm.fitted import (
    Done,
    Failed,
    Filling,
    FirstGuess,
    FitEvent,
    Fitted,
    Interim,
    Intervals,
    Progress,
)
from engine.scm.imputed import ImputedRun
from engine.scm.picturing import PictureRun

Deliver = Callable[[m.Event], None]
OF_A_VECTOR = (  # the first of these that one of its components is in
    m.FitState.TRAINING,
    m.FitState.UNFITTED,
    m.FitState.FIRST_GUESS,
    m.FitState.FITTED,
    m.FitState.NO_DATA,
    m.FitState.HIDDEN,
)


@dataclass
class Training:
    """Runs by age, newest first: what a new question needs is learnt before the rest goes on."""

    shelf: Shelf
    deliver: Deliver
    improved: Callable[[Conditional], None]
    live: bool = False  # learn whatever is missing, until stopped
    paused: bool = False
    runs: list["_Run"] = field(default_factory=list)
    failed: dict[str, m.Refused] = field(default_factory=dict)
    changed: bool = True

    @property
    def busy(self) -> bool:
        """True while there is something to train and training is not held."""
        return bool(self.runs) and not self.paused

    def learning(self, needs: Iterable[Conditional]) -> bool:
        """True while any of these is still being learnt, or will be after a pause."""
        needs = set(needs)
        return any(needs.intersection(run.waiting.values()) for run in self.runs)

    def follow(self, project: Project, wanted: Iterable[Conditional]) -> None:
        """Cancel what is not wanted any more; while live, start what is missing."""
        self.changed = True
        if project.table is None:
            self.stop()
            return
        wanted = tuple(wanted)
        keys = {self.shelf.key(project, c) for c in wanted}
        for run in self.runs:
            for key in run.cancel(set(run.waiting) - keys):
                self.shelf.forget(key)
        self.runs = [run for run in self.runs if run.waiting]
        if self.live:
            self.start(project, wanted)

    def start(self, project: Project, wanted: Iterable[Conditional]) -> None:
        """Begin what is neither done nor under way nor known to fail."""
        under_way = {key for run in self.runs for key in run.waiting}
        tasks = [
            task
            for task in self.shelf.tasks(project, wanted)
            if (key := self.shelf.key(project, task.conditional)) not in under_way
            and key not in self.failed
        ]
        if tasks and project.table is not None:
            for fitting in self.shelf.runs(project, tasks):
                keys = {
                    self.shelf.key(project, t.conditional): t.conditional for t in fitting.tasks
                }
                self.runs.insert(0, _Run(fitting, keys))
            self.changed = True

    def stop(self) -> None:
        """End training; finished mechanisms stay, half-trained ones are dropped."""
        self.live = self.paused = False
        for run in self.runs:
            run.close()
            for key in run.waiting:
                self.shelf.forget(key)
        self.runs.clear()
        self.changed = True

    def slice(self) -> None:
        """One slice of the newest run."""
        run = self.runs[0]
        event = next(run.slices, None)
        if event is None:
            self.runs.remove(run)
            self.changed = True
        else:
            self._heard(run, event)
            if isinstance(run.fitting, PictureRun) and isinstance(event, FirstGuess):
                self.runs.remove(run)  # pictures take long: all else comes first
                self.runs.append(run)

    def states(self, project: Project, revision: int) -> m.FitStates:
        """Every variable's state, for the chips."""
        self.changed = False
        law = {c.target: c for c in learnt_of(project)}
        states, reports = {}, {}
        for name in project.columns:
            states[name] = self._state(project, name, law.get(name))
            fitted = self._fitted(project, law.get(name))
            if fitted is not None:
                reports[name] = fitted.report
        for name, columns in project.vectors.parts:
            states[name] = min((states[c] for c in columns), key=OF_A_VECTOR.index)
        keys = [self.shelf.key(project, c) for c in law.values()]
        return m.FitStates(
            revision=revision,
            states=states,
            reports=reports,
            running=bool(self.runs),
            paused=self.paused,
            done=sum(states[name] is m.FitState.FITTED for name in law),
            total=len(keys),
        )

    def _state(self, project: Project, name: str, own: Conditional | None) -> m.FitState:
        if project.vectors.node(name) in project.graph.latent:
            return m.FitState.HIDDEN
        if own is None:
            return m.FitState.NO_DATA
        fitted = self._fitted(project, own)
        if fitted is not None and fitted.stage is Stage.FITTED:
            return m.FitState.FITTED
        if any(self.shelf.key(project, own) in run.waiting for run in self.runs):
            return m.FitState.TRAINING
        return m.FitState.UNFITTED if fitted is None else m.FitState.FIRST_GUESS

    def _fitted(self, project: Project, own: Conditional | None) -> Fitted | None:
        return None if own is None else self.shelf.best.get(self.shelf.key(project, own))

    def _heard(self, run: "_Run", event: FitEvent) -> None:
        match event:
            case Progress(conditional, step, total, train, valid):
                self.deliver(m.FitProgress(conditional.target, step, total, train, valid))
            case FirstGuess(fitted) | Interim(fitted):
                self.shelf.put(fitted)
                self.improved(fitted.conditional)
                self.changed = self.changed or isinstance(event, FirstGuess)
            case Done(fitted) | Intervals(fitted):
                self.shelf.put(fitted)
                if isinstance(event, Intervals) or fitted.members:
                    run.waiting.pop(fitted.key, None)
                self.improved(fitted.conditional)
                self.deliver(m.Fitted(fitted.conditional.target, fitted.key, fitted.report))
                self.changed = True
            case Failed(conditional, key, error):
                run.waiting.pop(key, None)
                self.failed[key] = m.Refused(m.Fit((conditional.target,)), error)
                self.deliver(self.failed[key])
                self.changed = True
            case Filling(done, total):
                if run.filling != done:
                    run.filling = done
                    self.deliver(m.Filling(done, total))
            case _:
                pass


class _Run:
    """One fitting generator and the keys it has not finished."""

    def __init__(self, fitting: ImputedRun | PictureRun, waiting: dict[str, Conditional]) -> None:
        self.fitting, self.waiting = fitting, waiting
        self.filling = -1  # rounds done, of filling in gaps
        self.slices: Generator[FitEvent] | Iterator[FitEvent] = fitting.slices()

    def cancel(self, keys: set[str]) -> set[str]:
        """Leave these out from now on."""
        if keys:
            self.fitting.cancel(keys)
            for key in keys:
                del self.waiting[key]
        return keys

    def close(self) -> None:
        """End the generator."""
        if isinstance(self.slices, Generator):
            self.slices.close()
