"""Stand-ins: an engine that answers at once by hand-made numbers, and obedient dialogs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.project import Project
from engine.queries.answers import (
    Calibration,
    CardsAnswer,
    ChecksAnswer,
    IndependenceTest,
    Result,
    Shape,
    Unanswerable,
)
from engine.queries.questions import Cards, GraphChecks, Rung
from engine.runtime import messages as m
from gui.canvas.scene import CanvasScene
from gui.dialogs import Choice
from gui.exporting import Told
from gui.pictures import Style

CALIBRATED = Calibration(
    80, (18, 13, 16, 19, 14), (16.0,) * 5, misplaced=0.03, at_most=0.18, p=0.9, parent="age",
    drift=0.02, p_parent=0.8,
)  # fmt: skip


class FakeEngine:
    """Keeps every request; answers cards and checks, reads no file, trains nothing.

    `answers` may hold a result for another type of question; `emit` sends any event.
    """

    def __init__(self, deliver: Callable[[m.Event], None]) -> None:
        self.emit = deliver
        self.requests: list[m.Request] = []
        self.answers: dict[type, Result] = {}
        self.project = Project()
        self.revision = 0
        self.closed = False
        deliver(m.Started("cpu"))

    def send(self, request: m.Request) -> None:
        self.requests.append(request)
        match request:
            case m.SetProject(revision, project):
                self.project, self.revision = project, revision
                self.emit(states(project, revision))
            case m.Ask(view, ticket, question):
                result = self.answers.get(type(question)) or self._answer(question)
                self.emit(m.Answer(view, ticket, result, final=True))
            case m.Save(ticket, path, project):
                self.emit(m.Saved(ticket, path, project))
            case m.Open(ticket, path):
                self.emit(m.Opened(ticket, path, trial()))

    def close(self, timeout: float = 2.0) -> bool:
        self.closed = True
        return True

    def sent(self, kind: type) -> list[m.Request]:
        return [request for request in self.requests if isinstance(request, kind)]

    def _answer(self, question: object) -> Result:
        match question:
            case Cards():
                return cards(self.project)
            case GraphChecks():
                return checks(self.project)
        return Unanswerable("Fit the mechanisms first.")


@dataclass
class FakeDialogs:
    """Answers given beforehand; counts how often it was asked."""

    choice: Choice = Choice.CANCEL
    path: Path | None = None
    words: str | None = None
    format: str | None = "dagitty"
    style: Style | None = field(default_factory=Style)
    losses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def unsaved(self, name: str) -> Choice:
        self.asked.append(f"unsaved {name}")
        return self.choice

    def open_file(self, title: str, filters: str) -> Path | None:
        self.asked.append(title)
        return self.path

    def save_file(self, title: str, filters: str, proposed: Path) -> Path | None:
        self.asked.append(title)
        return self.path

    def text(self, title: str, label: str, before: str) -> str | None:
        self.asked.append(f"{label} {before}")
        return self.words

    def graph_format(self, before: str, told: Told) -> str | None:
        self.asked.append(f"format {before}")
        if self.format is not None:
            self.losses[self.format] = told(self.format)
        return self.format

    def picture(self, scene: CanvasScene, before: Style) -> Style | None:
        self.asked.append(f"picture {before.kind}")
        return self.style


def trial(rows: int = 400) -> Project:
    """The simulated dose trial, with fewer rows."""
    from dataclasses import replace

    from engine.simulate.examples import example

    project = example("dose-trial")
    assert project.table is not None
    columns = {name: project.table[name][:rows].copy() for name in project.table.names}
    return replace(project, table=Table(project.table.variables, columns, "trial.csv"))


def table(names: Iterable[str] = ("age", "dose"), rows: int = 50) -> Table:
    """Numbers 0 … rows − 1 in every column."""
    names = tuple(names)
    variables = tuple(Variable(name, Kind.CONTINUOUS) for name in names)
    return Table(variables, {name: np.arange(rows, dtype=float) for name in names}, "small.csv")


def bell(mean: float, sd: float) -> Shape:
    """A normal density."""
    x = np.linspace(mean - 4 * sd, mean + 4 * sd, 64)
    y = np.exp(-0.5 * ((x - mean) / sd) ** 2) / (sd * np.sqrt(2 * np.pi))
    return Shape(False, x, y, mean, sd)


def cards(project: Project) -> CardsAnswer:
    """Marginals of the table; under `do` everything downstream is moved by half an sd."""
    if project.table is None:
        return CardsAnswer({})
    seen = {name: _shape(project.table, name) for name in project.table.names}
    question, graph = project.question.active, project.graph
    targets = [i.variable for i in question.action if i.variable in graph.variables]
    if question.rung is not Rung.DO or not targets:
        return CardsAnswer(seen)
    below = graph.descendants(targets) - set(targets)
    after = {name: _moved(seen[name]) for name in below if name in seen}
    status = {name: "changed" if name in below else "unchanged" for name in graph.variables}
    status |= dict.fromkeys(targets, "set")
    values = {i.variable: getattr(i, "value", 0.0) for i in question.action}
    return CardsAnswer(seen, after, status, values)


def checks(project: Project) -> ChecksAnswer:
    """Two tests passed, as a DAG with a chain would give them."""
    names = project.graph.variables
    if len(names) < 3:
        return ChecksAnswer(())
    return ChecksAnswer(
        (
            outcome_of_test(names[3] if len(names) > 3 else names[0], names[0], (names[2],), 0.01),
            outcome_of_test(names[1], names[2], (names[0],), -0.02),
        ),
        ("no other hidden causes, no selection: cannot be tested",),
    )


def outcome_of_test(
    x: str, y: str, given: tuple[str, ...], effect: float, *, rejected: bool = False
) -> IndependenceTest:
    return IndependenceTest(
        x, y, given, "partial correlation", effect * 20, 0.001 if rejected else 0.6, effect,
        (effect - 0.03, effect + 0.03), 0.05, rejected, 400,
    )  # fmt: skip


def states(
    project: Project,
    revision: int,
    state: m.FitState = m.FitState.UNFITTED,
    *,
    running: bool = False,
) -> m.FitStates:
    """All variables in one state; with reports where fitted."""
    names = project.graph.variables
    fitted = state is m.FitState.FITTED
    reports = {
        name: m.FitReport(name, "additive", -1.234, -1.301, "a curve: 0.067 nats better",
                          400, 380, 20, intervals=True, gain_error=0.02,
                          calibration=CALIBRATED)
        for name in names
        if fitted
    }  # fmt: skip
    return m.FitStates(
        revision, dict.fromkeys(names, state), reports, running, False, len(names) if fitted else 0,
        len(names),
    )  # fmt: skip


def _shape(data: Table, name: str) -> Shape:
    variable, column = data.variable(name), data[name]
    column = column[~np.isnan(column)]
    if variable.discrete:
        counts = np.bincount(column.astype(int), minlength=len(variable.categories))
        return Shape(True, np.arange(len(counts), dtype=float), counts / counts.sum(), np.nan)
    return bell(float(column.mean()), float(column.std()) or 1.0)


def _moved(shape: Shape) -> Shape:
    if shape.bars:
        return Shape(True, shape.x, shape.y[::-1].copy(), np.nan)
    return bell(shape.mean + 0.5 * shape.sd, shape.sd)
