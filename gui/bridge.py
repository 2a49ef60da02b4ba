"""Between window and engine: requests go to the engine's thread, its events come back as signals.

Progress waits in a latest-value slot and is delivered at most 30 times a second; answers, states
and results are delivered at once. The only module of the window that starts the engine.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal, SignalInstance

from engine.data.variable import Kind
from engine.interventions import Action, Set
from engine.project import Project
from engine.queries.questions import Ask as Asked
from engine.queries.questions import Cards, PictureAsked, Question
from engine.runtime import messages as m

TICK_MS = 33


class Engine(Protocol):
    """What the bridge needs of an engine: the thread, or a stand-in in tests."""

    def send(self, request: m.Request) -> None:
        """Queue a request; never blocks."""

    def close(self, timeout: float = 2.0) -> bool:
        """End the thread; True when it ended in time."""


EngineFactory = Callable[[Callable[[m.Event], None]], Engine]


class _Delivery(QEvent):
    """One engine event on its way to the window's thread."""

    TYPE = QEvent.Type(QEvent.registerEventType())

    def __init__(self, event: m.Event) -> None:
        super().__init__(self.TYPE)
        self.event = event


class Bridge(QObject):
    """Signals for what the engine says; methods for what the window wants."""

    started = Signal(object)  # Started
    progressed = Signal(object)  # dict[str, FitProgress], newest per variable
    fitted = Signal(object)  # Fitted
    states_changed = Signal(object)  # FitStates
    answered = Signal(object)  # Answer with a current ticket
    table_read = Signal(object)  # TableRead
    pictures_read = Signal(object)  # PicturesRead
    working = Signal(object)  # Working
    saved = Signal(object)  # Saved
    opened = Signal(object)  # Opened
    example_made = Signal(object)  # ExampleMade
    recoverable = Signal(object)  # Recoverable
    recovered = Signal(object)  # Recovered
    filling = Signal(object)  # Filling
    refused = Signal(object)  # Refused
    crashed = Signal(object)  # Crashed

    def __init__(self, factory: EngineFactory | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._factory = factory or _engine_thread
        self._engine: Engine | None = None
        self._waiting: list[m.Request] = []
        self._tickets: dict[str, int] = {}
        self._asked: dict[str, dict[int, Asked]] = {}  # not yet answered, by ticket
        self._next_ticket = 0
        self._revision = 0
        self._progress: dict[str, m.FitProgress] = {}
        self._timer = QTimer(self, interval=TICK_MS, singleShot=True)
        self._timer.timeout.connect(self._deliver_progress)

    def start(self) -> None:
        """Start the engine thread (its libraries load there, after the first paint)."""
        if self._engine is None:
            self._engine = self._factory(self._receive)
            for request in self._waiting:
                self._engine.send(request)
            self._waiting.clear()

    def close(self) -> bool:
        """End the engine; True when it ended in time."""
        self._timer.stop()
        engine, self._engine = self._engine, None
        return True if engine is None else engine.close()

    def set_project(self, project: Project, label: str = "") -> None:
        """Tell the engine the newest project."""
        self._revision += 1
        self._send(m.SetProject(self._revision, project, label))

    def ask(self, view: str, question: Asked) -> None:
        """A standing question of one view; replaces its last one."""
        self._tickets[view] = self._ticket()
        self._asked.setdefault(view, {})[self._tickets[view]] = question
        self._send(m.Ask(view, self._tickets[view], question))

    def forget(self, view: str) -> None:
        """The view asks nothing any more."""
        self._asked.pop(view, None)
        if self._tickets.pop(view, None) is not None:
            self._send(m.Forget(view))

    def fit(self, variables: tuple[str, ...] = ()) -> None:
        """Train what is not current."""
        self._send(m.Fit(variables))

    def pause(self) -> None:
        """Hold training."""
        self._send(m.Pause())

    def resume(self) -> None:
        """Go on training."""
        self._send(m.Resume())

    def stop(self) -> None:
        """End training."""
        self._send(m.Stop())

    def read_table(self, path: Path, kinds: Mapping[str, Kind] | None = None) -> int:
        """Read a table, columns by the `kinds` that the user chose; `table_read` or `refused`."""
        return self.begin(lambda ticket: m.ReadTable(ticket, path, kinds or {}))

    def save(self, path: Path, project: Project, *, rows: bool = True) -> int:
        """Save, or write a copy without rows; `saved` or `refused` follows."""
        return self.begin(lambda ticket: m.Save(ticket, path, project, rows))

    def open(self, path: Path) -> int:
        """Open a project file; `opened` or `refused` follows."""
        return self.begin(lambda ticket: m.Open(ticket, path))

    def recover(self, path: Path) -> int:
        """The work of a session that ended without leaving; `recovered` or `refused` follows."""
        return self.begin(lambda ticket: m.Recover(ticket, path))

    def discard(self, path: Path) -> None:
        """That session is not wanted any more."""
        self._send(m.Discard(path))

    def cancel(self, ticket: int) -> None:
        """End a long job."""
        self._send(m.Cancel(ticket))

    def customEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """An engine event has reached the window's thread."""
        if isinstance(event, _Delivery):
            self._deliver(event.event)

    def _ticket(self) -> int:
        self._next_ticket += 1
        return self._next_ticket

    def begin(self, request: Callable[[int], m.Request]) -> int:
        """Send a long job's request, made with the ticket that is returned."""
        ticket = self._ticket()
        self._send(request(ticket))
        return ticket

    def _send(self, request: m.Request) -> None:
        if self._engine is None:
            self._waiting.append(request)
        else:
            self._engine.send(request)

    def _receive(self, event: m.Event) -> None:
        """In the engine's thread: one slot per variable for progress, a posted event else."""
        if isinstance(event, m.FitProgress):
            first = not self._progress
            self._progress[event.variable] = event
            if not first:
                return
        QCoreApplication.postEvent(self, _Delivery(event))

    def _deliver(self, event: m.Event) -> None:
        match event:
            case m.FitProgress():
                if not self._timer.isActive():
                    self._timer.start()
            case m.Answer(view, ticket):
                if self._wanted(view, ticket):
                    self.answered.emit(event)
            case m.FitStates(revision):
                if revision == self._revision:
                    self.states_changed.emit(event)
            case _:
                self._signal(event).emit(event)

    def _wanted(self, view: str, ticket: int) -> bool:
        """True for the newest ticket, and for an older one that differs in values only.

        While a slider moves, the answer to where it just was is shown; an answer never goes back.
        """
        asked = self._asked.get(view, {})
        newest = self._tickets.get(view)
        if newest is None or ticket not in asked or not alike(asked[ticket], asked[newest]):
            return False
        self._asked[view] = {number: q for number, q in asked.items() if number >= ticket}
        return True

    def _signal(self, event: m.Event) -> SignalInstance:
        return {
            m.Started: self.started,
            m.Fitted: self.fitted,
            m.Filling: self.filling,
            m.TableRead: self.table_read,
            m.PicturesRead: self.pictures_read,
            m.Working: self.working,
            m.Saved: self.saved,
            m.Opened: self.opened,
            m.ExampleMade: self.example_made,
            m.Recoverable: self.recoverable,
            m.Recovered: self.recovered,
            m.Refused: self.refused,
            m.Crashed: self.crashed,
        }[type(event)]

    def _deliver_progress(self) -> None:
        newest, self._progress = self._progress, {}
        if newest:
            self.progressed.emit(newest)


def alike(one: Asked, other: Asked) -> bool:
    """True where two questions differ at most in the values that are set."""
    if isinstance(one, Cards) and isinstance(other, Cards):
        return alike(one.question, other.question)
    if isinstance(one, PictureAsked) and isinstance(other, PictureAsked):
        return one.picture == other.picture and alike(one.question, other.question)
    if isinstance(one, Question) and isinstance(other, Question):
        return _without_values(one) == _without_values(other)
    return one == other


def _without_values(question: Question) -> Question:
    def named(action: Action | None) -> Action | None:
        return action and tuple(Set(item.variable, 0.0) for item in action)

    action, contrast = named(question.action), named(question.contrast)
    return replace(question, action=action or (), contrast=contrast)


def engine_with_journal(folder: Path) -> EngineFactory:
    """The engine that notes every step in `folder`, so that nothing is lost in a crash."""

    def start(deliver: Callable[[m.Event], None]) -> Engine:
        from engine.runtime.thread import EngineThread

        return EngineThread(deliver, folder)

    return start


def _engine_thread(deliver: Callable[[m.Event], None]) -> Engine:
    from engine.runtime.thread import EngineThread

    return EngineThread(deliver)
