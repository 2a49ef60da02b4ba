"""The engine without its thread: takes requests, works in slices, answers by events.

Answer slices and fit slices take turns, so pictures move while mechanisms learn. A refused request
changes nothing; a bug becomes `Crashed` and the loop goes on.
"""

import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.errors import UserError
from engine.project import Project
from engine.queries.answering import answer, needed
from engine.queries.balanced import Instant
from engine.queries.concepts import LearnConcepts
from engine.queries.doing import Step
from engine.queries.lights import Environments, Mechanisms
from engine.queries.model import Model
from engine.queries.questions import Ask as Asked
from engine.queries.questions import (
    Balance,
    ByHand,
    Cards,
    DoseResponse,
    GraphChecks,
    Likeness,
    Mediation,
    PictureAsked,
    Question,
    Reach,
    Trust,
)
from engine.runtime import messages as m
from engine.runtime.diary import Diary
from engine.runtime.jobs import (
    Job,
    make_example,
    open_project,
    read_pictures,
    read_table,
    recover,
    save,
)
from engine.runtime.shelf import Shelf, law_of, learnt_of
from engine.runtime.training import Training
from engine.scm.conditional import Conditional

LULL = 0.05  # seconds after a question in which only one slice of other work is done
EARLY = 0.012  # seconds after a question in which a slice still ends before the next one
GIVES_WAY = 20  # questions
LONG = (
    Instant,
    GraphChecks,
    Balance,
    Mediation,
    Trust,
    Reach,
    Environments,
    Mechanisms,
    Likeness,
    LearnConcepts,
)  # seconds rather than slices
URGENCY = (Question, PictureAsked, Cards, DoseResponse, ByHand, *LONG)  # the sentence first

Deliver = Callable[[m.Event], None]


@dataclass
class _Standing:
    """A view's question: `steps` is the answer under way, None when nothing is to do."""

    ticket: int
    asked: Asked
    needs: tuple[Conditional, ...] = ()
    steps: Iterator[Step | None] | None = None
    stale: bool = True
    answered: bool = False


class Core:
    """All tensors live here; one caller at a time."""

    def __init__(self, deliver: Deliver, folder: Path | None = None) -> None:
        self.deliver = deliver
        self.diary = Diary(folder, deliver)
        self.project = Project()
        self.revision = 0
        self.shelf = Shelf()
        self.training = Training(self.shelf, deliver, self._improved)
        self._standing: dict[str, _Standing] = {}
        self._jobs: dict[int, tuple[m.Request, Job]] = {}
        self._model: Model | None = None
        self._turn = self._sliced = self._long_next = False
        self._asked_at = -LULL
        self._gave_way = 0

    @property
    def busy(self) -> bool:
        """True while `work` would do something."""
        answering = self._view_to_answer() is not None
        return bool(self._jobs) or answering or self.training.busy or self.diary.waiting

    def receive(self, request: m.Request) -> None:
        """Take one request; refusals and bugs become events."""
        self._guarded(request, lambda: self._take(request))

    def work(self) -> None:
        """One slice: a job's, or an answer's and a fit's by turns."""
        if self._jobs:
            self._work_job()
        view = self._view_to_answer()
        if view is None and self.diary.waiting:
            self._guarded(None, self.diary.write)
        if view is not None and self._answers_turn(view):
            self._guarded(None, lambda: self._answer_slice(view))
        elif self.training.busy:
            self._sliced = True
            if self._room():
                self._guarded(None, self.training.slice)
        if self.training.changed:
            self._tell_states()

    def patience(self) -> float:
        """Seconds to wait for a request before going on: while a slider moves, one slice between.

        Pacing only: what is computed, and from which draws, never depends on the clock.
        """
        fresh = any(view.stale and not view.answered for view in self._standing.values())
        done = self._sliced or not self.training.busy
        return 0.0 if fresh or self._jobs or not done else max(0.0, self._lull())

    def wanted(self) -> tuple[Conditional, ...]:
        """Everything that the graph and the standing questions rest on."""
        law = learnt_of(self.project)
        asked = (c for view in self._standing.values() for c in view.needs)
        return tuple(dict.fromkeys((*law, *asked)))

    def _take(self, request: m.Request) -> None:
        match request:
            case m.SetProject(revision, project):
                self.diary.note(request)
                self._set_project(revision, project)
            case m.Ask(view, ticket, asked):
                self._ask(view, ticket, asked)
            case m.Forget(view):
                self._standing.pop(view, None)
            case m.Fit(variables):
                self._fit(variables)
            case m.Pause() | m.Resume():
                self.training.paused = isinstance(request, m.Pause)
                self._tell_states()
            case m.Stop():
                self.training.stop()
                self._renew(None)
                self._tell_states()
            case m.Cancel(ticket):
                self._jobs.pop(ticket, None)
            case m.ReadTable(ticket):
                self._jobs[ticket] = (request, read_table(request))
            case m.ReadPictures(ticket):
                self._jobs[ticket] = (request, read_pictures(request))
            case m.Save(ticket):
                self._jobs[ticket] = (request, save(request, self.shelf, self.wanted()))
            case m.Recover(ticket):
                self._jobs[ticket] = (request, recover(request))
            case m.Discard(path):
                self.diary.discard(path)
            case m.MakeExample(ticket):
                self._jobs[ticket] = (request, make_example(request, self.shelf))
            case m.Open(ticket):
                self._jobs[ticket] = (request, open_project(request, self.shelf))
            case _:
                raise TypeError(f"unknown request {request!r}")

    def _set_project(self, revision: int, project: Project) -> None:
        old, self.project, self.revision = self.project, project, revision
        same = _drawn(old) == _drawn(project)
        if same and (old.families, old.seed) == (project.families, project.seed):
            self.training.changed = True
            return
        self._model = None
        for view in self._standing.values():
            if not (isinstance(view.asked, GraphChecks | Balance) and same):
                self._mark(view)
        self.training.follow(project, self.wanted())
        self._tell_states()

    def _ask(self, view: str, ticket: int, asked: Asked) -> None:
        self._asked_at, self._sliced = time.monotonic(), False
        standing = _Standing(ticket, asked)
        self._standing[view] = standing
        self._mark(standing)
        if self.training.live and self._current().missing(standing.needs):
            self.training.start(self.project, standing.needs)

    def _fit(self, variables: tuple[str, ...]) -> None:
        if self.project.table is None:
            raise UserError("There is no table to learn from", remedy="open a table first")
        if not law_of(self.project):
            raise UserError(
                "No variable of the graph has a column",
                remedy="drag columns of the table onto the canvas",
            )
        wanted = self.wanted()
        self.training.paused = False
        if variables:
            wanted = tuple(c for c in wanted if c.target in variables)
        else:
            self.training.live = True
        self.training.failed.clear()
        self.training.start(self.project, wanted)
        self._tell_states()

    def _mark(self, view: _Standing) -> None:
        view.needs = needed(Model(self.project), view.asked)
        view.steps, view.stale = None, True
        self._model = None

    def _improved(self, conditional: Conditional) -> None:
        self._renew(conditional)

    def _renew(self, conditional: Conditional | None) -> None:
        """Questions that rest on this conditional (None: on any) are to be answered again."""
        self._model = None
        for view in self._standing.values():
            if view.needs and (conditional is None or conditional in view.needs):
                view.stale = True

    def _current(self) -> Model:
        if self._model is None:
            self._model = self.shelf.model(self.project, self.wanted())
        return self._model

    def _view_to_answer(self) -> str | None:
        """Questions not answered at all first, then answers under way, then outdated ones.

        Long answers take turns with the others, so that tests of the graph do not hold up what
        every improvement of a mechanism changes.
        """
        views = self._standing.items()
        fresh = [name for name, view in views if view.stale and not view.answered]
        if fresh:
            return min(fresh, key=lambda name: URGENCY.index(type(self._standing[name].asked)))
        open_ = [name for name, view in views if view.steps is not None or view.stale]
        long = [name for name in open_ if isinstance(self._standing[name].asked, LONG)]
        quick = [name for name in open_ if name not in long]
        names = long if long and (self._long_next or not quick) else quick
        begun = (name for name in names if self._standing[name].steps is not None)
        return next(begun, None) or next(iter(names), None)

    def _answers_turn(self, view: str) -> bool:
        """Questions not answered at all come first; refining and training take turns."""
        self._turn = not self._turn
        fresh = not self._standing[view].answered
        return fresh or not self.training.busy or (self._turn and self._lull() <= 0)

    def _room(self) -> bool:
        """False where a slice of training would keep the next question of a moving slider waiting.

        Training gives way, but not for more than `GIVES_WAY` questions in a row.
        """
        left = self._lull()
        late = 0 < left < LULL - EARLY
        self._gave_way = self._gave_way + 1 if late and self._gave_way < GIVES_WAY else 0
        return self._gave_way == 0

    def _lull(self) -> float:
        """Seconds left in which the next question of a moving slider may come."""
        return self._asked_at + LULL - time.monotonic()

    def _answer_slice(self, name: str) -> None:
        view = self._standing.pop(name)
        self._standing[name] = view  # to the back: views take turns
        self._long_next = not isinstance(view.asked, LONG)
        if view.steps is None:
            view.steps, view.stale = answer(self._current(), view.asked), False
        try:
            step = next(view.steps)
        except StopIteration:
            view.steps = None
            return
        except BaseException:
            view.steps = None
            raise
        if step is None:
            return
        result, last = step
        view.answered = True
        if last:
            view.steps = None
        final = last and not view.stale and not self.training.learning(view.needs)
        self.deliver(m.Answer(name, view.ticket, result, final))

    def _work_job(self) -> None:
        ticket, (request, job) = next(iter(self._jobs.items()))

        def step() -> None:
            event = next(job, None)
            if event is None:
                self._jobs.pop(ticket, None)
            else:
                self.deliver(event)

        if not self._guarded(request, step):
            self._jobs.pop(ticket, None)

    def _tell_states(self) -> None:
        self.deliver(self.training.states(self.project, self.revision))

    def _guarded(self, request: m.Request | None, action: Callable[[], None]) -> bool:
        """Run `action`; a refusal or a bug becomes an event. True when it went through."""
        try:
            action()
        except UserError as error:
            self.deliver(m.Refused(request or m.Fit(), error))
        except Exception:  # noqa: BLE001 - a bug must not end the engine
            self.deliver(m.Crashed(request, traceback.format_exc()))
        else:
            return True
        return False


def _drawn(project: Project) -> tuple[object, ...]:
    """What is learnt from what: a change of these is another law."""
    return project.graph, project.vectors, project.table
