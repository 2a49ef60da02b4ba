"""The engine by its messages: what goes in, what comes out, and what a request never does."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import add_edge, graph_of, remove_edge
from engine.interventions import Set
from engine.project import Project
from engine.queries.answers import (
    ChecksAnswer,
    DoAnswer,
    DoseAnswer,
    LikenessAnswer,
    Stage,
    Unanswerable,
)
from engine.queries.questions import (
    Ask,
    Cards,
    DoseResponse,
    GraphChecks,
    Likeness,
    Question,
    Rung,
)
from engine.runtime import messages as m
from engine.runtime.core import Core
from engine.runtime.thread import EngineThread
from engine.simulate.examples import example

MOST_SLICES = 20_000


class Desk:
    """A core and everything it said."""

    def __init__(self) -> None:
        self.said: list[m.Event] = []
        self.core = Core(self.said.append)
        self.revision = 0

    def show(self, project: Project) -> None:
        self.revision += 1
        self.core.receive(m.SetProject(self.revision, project))

    def run(self, until: Callable[[], bool] | None = None) -> None:
        """Work until there is nothing to do, or until told."""
        for _ in range(MOST_SLICES):
            if not self.core.busy or (until is not None and until()):
                return
            self.core.work()
        raise AssertionError("the engine never came to rest")

    def of(self, kind: type[m.Event]) -> list[m.Event]:
        return [event for event in self.said if isinstance(event, kind)]

    def answers(self, view: str) -> list[m.Answer]:
        return [e for e in self.said if isinstance(e, m.Answer) and e.view == view]

    def states(self) -> m.FitStates:
        newest = self.of(m.FitStates)[-1]
        assert isinstance(newest, m.FitStates)
        return newest


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def stones() -> Project:
    return example("kidney-stones")


def small_project(rows: int = 120) -> Project:
    """A chain x → y → z, a line each, so that every fit is quick."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=rows)
    y = 2 * x + rng.normal(size=rows)
    z = y - x + rng.normal(size=rows)
    names = ("x", "y", "z")
    variables = tuple(Variable(name, Kind.CONTINUOUS) for name in names)
    table = Table(variables, dict(zip(names, (x, y, z), strict=True)))
    graph = graph_of(names, [("x", "y"), ("y", "z")])
    return Project(graph=graph, table=table, families=dict.fromkeys(names, "linear"))


def test_nothing_fitted_is_said_and_fit_answers(desk: Desk, stones: Project) -> None:
    desk.show(stones)
    desk.core.receive(m.Ask("answer", 1, stones.question))
    desk.run()
    assert isinstance(desk.answers("answer")[-1].result, Unanswerable)
    desk.core.receive(m.Fit())
    desk.run()
    newest = desk.answers("answer")[-1]
    assert isinstance(newest.result, DoAnswer)
    assert newest.result.stage is Stage.FITTED
    assert newest.result.interval is not None
    assert newest.ticket == 1
    assert newest.final
    assert set(desk.states().states.values()) == {m.FitState.FITTED}
    assert not desk.states().running


def test_refused_request_changes_nothing(desk: Desk) -> None:
    desk.core.receive(m.Fit())
    (refused,) = desk.of(m.Refused)
    assert isinstance(refused, m.Refused)
    assert refused.request == m.Fit()
    assert "open a table" in str(refused.error)
    assert not desk.core.busy


def test_bug_is_told_with_its_traceback_and_the_loop_goes_on(desk: Desk, stones: Project) -> None:
    desk.core.receive("nonsense")  # type: ignore[arg-type]
    (crash,) = desk.of(m.Crashed)
    assert isinstance(crash, m.Crashed)
    assert "Traceback" in crash.text
    desk.show(stones)
    desk.core.receive(m.Ask("cards", 2, Cards(stones.question)))
    desk.run()
    assert desk.answers("cards")


def test_newest_question_of_a_view_replaces_the_old(desk: Desk, stones: Project) -> None:
    desk.show(stones)
    for ticket in (1, 2, 3):
        desk.core.receive(m.Ask("answer", ticket, replace(stones.question, level=ticket % 2)))
    desk.run()
    assert {answer.ticket for answer in desk.answers("answer")} == {3}


def test_forgotten_view_is_not_answered(desk: Desk, stones: Project) -> None:
    desk.show(stones)
    desk.core.receive(m.Ask("answer", 1, stones.question))
    desk.core.receive(m.Forget("answer"))
    desk.run()
    assert not desk.answers("answer")


def test_a_long_answer_comes_in_slices_and_once(desk: Desk) -> None:
    desk.show(small_project())
    desk.core.receive(m.Fit())
    desk.run()
    desk.core.receive(m.Ask("likeness", 7, Likeness()))
    desk.core.work()
    assert not desk.answers("likeness")
    desk.run()
    (told,) = desk.answers("likeness")
    assert isinstance(told.result, LikenessAnswer)
    assert told.final
    assert set(desk.states().reports) == set(told.result.variables) == {"x", "y", "z"}
    assert all(report.calibration is not None for report in desk.states().reports.values())


def test_changing_one_edge_retrains_one_child_and_undo_none(desk: Desk) -> None:
    project = small_project()
    desk.show(project)
    desk.core.receive(m.Fit())
    desk.run()
    desk.said.clear()
    desk.show(replace(project, graph=add_edge(project.graph, "x", "z")))
    assert desk.states().states["z"] is m.FitState.TRAINING
    desk.run()
    assert {event.variable for event in desk.of(m.Fitted)} == {"z"}  # type: ignore[union-attr]
    desk.said.clear()
    desk.show(project)
    desk.run()
    assert not desk.of(m.Fitted)
    assert set(desk.states().states.values()) == {m.FitState.FITTED}


def test_moving_a_node_retrains_nothing(desk: Desk) -> None:
    project = small_project()
    desk.show(project)
    desk.core.receive(m.Fit())
    desk.run()
    desk.said.clear()
    desk.show(replace(project, positions={"x": (10.0, 20.0)}))
    desk.run()
    assert not desk.of(m.Fitted)


def test_stop_ends_training_and_edits_start_none(desk: Desk) -> None:
    project = small_project()
    desk.show(project)
    desk.core.receive(m.Fit())
    desk.core.receive(m.Stop())
    desk.run()
    assert not desk.states().running
    desk.show(replace(project, graph=remove_edge(project.graph, "y", "z")))
    desk.run()
    assert not desk.of(m.Fitted)


def test_pause_holds_training_while_answers_go_on(desk: Desk) -> None:
    project = small_project()
    desk.show(project)
    desk.core.receive(m.Fit())
    desk.core.receive(m.Pause())
    question = Question(outcome="z", action=(Set("x", 1.0),))
    desk.core.receive(m.Ask("answer", 1, question))
    desk.run()
    assert desk.states().paused
    assert not desk.of(m.Fitted)
    assert desk.answers("answer")
    desk.core.receive(m.Resume())
    desk.run()
    assert len({e.variable for e in desk.of(m.Fitted)}) == 3  # type: ignore[union-attr]


def test_variable_without_column_is_shown_and_counts_as_unmeasured(desk: Desk) -> None:
    project = small_project()
    graph = graph_of((*project.graph.variables, "w"), [*project.graph.edges, ("w", "x")])
    desk.show(replace(project, graph=graph))
    assert desk.states().states["w"] is m.FitState.NO_DATA
    desk.core.receive(m.Fit())
    desk.run()
    assert desk.states().states["x"] is m.FitState.FITTED


def test_graph_checks_are_answered_once_per_graph(desk: Desk) -> None:
    project = small_project()
    desk.show(project)
    desk.core.receive(m.Ask("checks", 1, GraphChecks()))
    desk.run()
    checks = desk.answers("checks")[-1].result
    assert isinstance(checks, ChecksAnswer)
    (test,) = checks.tests
    assert {test.x, test.y} == {"x", "z"}
    assert test.rejected  # z = y − x + noise: the graph lacks x → z


def test_checks_under_way_do_not_hold_up_the_first_guess(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tests of a graph take 2 000 slices here; the answer comes within some hundred."""
    from engine.runtime import core

    def endless(model: object, asked: Ask) -> object:
        if isinstance(asked, GraphChecks):
            yield ChecksAnswer(()), False
            yield from (None for _ in range(2000))
            yield ChecksAnswer(()), True
        else:
            yield from answer(model, asked)  # type: ignore[arg-type]

    answer = core.answer
    monkeypatch.setattr(core, "answer", endless)
    trial = example("dose-trial")
    desk.show(trial)
    desk.core.receive(m.Ask("checks", 1, GraphChecks()))
    desk.core.receive(m.Ask("answer", 2, trial.question.active))
    desk.core.receive(m.Fit())
    for _ in range(400):
        desk.core.work()
    kinds = [type(event.result) for event in desk.said if isinstance(event, m.Answer)]
    assert DoAnswer in kinds
    assert kinds.count(ChecksAnswer) == 1


def test_table_is_read_with_progress(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2.5\n2,3.5\n")
    desk.core.receive(m.ReadTable(7, path))
    desk.run()
    (read,) = desk.of(m.TableRead)
    assert isinstance(read, m.TableRead)
    assert read.ticket == 7
    assert read.table.names == ("a", "b")


def test_cancelled_job_says_nothing_more(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n2\n")
    desk.core.receive(m.ReadTable(7, path))
    desk.core.receive(m.Cancel(7))
    desk.run()
    assert not desk.of(m.TableRead)


def test_saved_project_answers_at_once_when_opened(desk: Desk, tmp_path: Path) -> None:
    project = replace(small_project(), question=Question(outcome="z", action=(Set("x", 1.0),)))
    desk.show(project)
    desk.core.receive(m.Ask("answer", 1, project.question))
    desk.core.receive(m.Fit())
    desk.run()
    before = desk.answers("answer")[-1].result
    path = tmp_path / "p.doscope"
    desk.core.receive(m.Save(2, path, project))
    desk.run()
    assert desk.of(m.Saved)

    other = Desk()
    other.core.receive(m.Open(1, path))
    other.run()
    (opened,) = other.of(m.Opened)
    assert isinstance(opened, m.Opened)
    assert opened.project == project
    other.show(opened.project)
    other.core.receive(m.Ask("answer", 2, opened.project.question))
    other.run()
    after = other.answers("answer")[-1].result
    assert isinstance(before, DoAnswer)
    assert isinstance(after, DoAnswer)
    assert after.difference == before.difference
    assert after.interval == before.interval
    assert not other.of(m.Fitted)


@pytest.mark.parametrize(
    "message",
    [
        m.SetProject(1, example("kidney-stones")),
        m.Ask("answer", 1, Question(outcome="y", action=(Set("x", 1.0),))),
        m.Refused(m.Fit(), ValueError("x")),  # type: ignore[arg-type]
    ],
)
def test_messages_travel(message: m.Request | m.Event) -> None:
    assert type(pickle.loads(pickle.dumps(message))) is type(message)


def test_thread_answers_and_ends() -> None:
    said: list[m.Event] = []
    engine = EngineThread(said.append)
    project = example("kidney-stones")
    engine.send(m.SetProject(1, project))
    asked: Ask = Cards(project.question)
    engine.send(m.Ask("cards", 1, asked))
    assert engine.close(timeout=60)
    assert isinstance(said[0], m.Started)


def test_session_that_was_cut_off_can_be_recovered(tmp_path: Path) -> None:
    said: list[m.Event] = []
    core = Core(said.append, tmp_path)
    project = small_project()
    core.receive(m.SetProject(1, Project()))
    assert not core.busy
    core.receive(m.SetProject(2, project, "Open table"))
    while core.busy:
        core.work()
    (path,) = tmp_path.glob("*.journal")
    cut_off = tmp_path / "cut" / path.name
    cut_off.parent.mkdir()
    for end in ("", "-wal"):
        part = path.with_name(path.name + end)
        if part.exists():
            cut_off.with_name(path.name + end).write_bytes(part.read_bytes())
    core.diary.close()
    assert not list(tmp_path.glob("*.journal"))

    heard: list[m.Event] = []
    later = Core(heard.append, cut_off.parent)
    later.diary.tell()
    (told,) = heard
    assert isinstance(told, m.Recoverable)
    assert told.sessions[0].label == "Open table"
    later.receive(m.Recover(1, told.sessions[0].path))
    while later.busy:
        later.work()
    assert isinstance(heard[-1], m.Recovered)
    assert heard[-1].project == project
    later.receive(m.Discard(told.sessions[0].path))
    assert not cut_off.exists()


def test_copy_without_rows_still_answers_what_needs_none(desk: Desk, tmp_path: Path) -> None:
    project = replace(small_project(), question=Question(outcome="z", action=(Set("x", 1.0),)))
    desk.show(project)
    desk.core.receive(m.Ask("answer", 1, project.question))
    desk.core.receive(m.Fit())
    desk.run()
    path = tmp_path / "bare.doscope"
    desk.core.receive(m.Save(2, path, project, rows=False))
    desk.run()
    other = Desk()
    other.core.receive(m.Open(1, path))
    other.run()
    (opened,) = other.of(m.Opened)
    assert isinstance(opened, m.Opened)
    assert opened.project.table is not None
    assert opened.project.table.rows == 0
    other.show(opened.project)
    for view, asked in (
        ("answer", project.question),
        ("cards", Cards(project.question)),
        ("checks", GraphChecks()),
        ("see", replace(project.question, rung=Rung.SEE)),
        ("imagine", replace(project.question, rung=Rung.IMAGINE, row=0)),
        ("dose", DoseResponse("z", "x")),
    ):
        other.core.receive(m.Ask(view, 3, asked))
    other.run()
    assert not other.of(m.Crashed)
    before, after = desk.answers("answer")[-1].result, other.answers("answer")[-1].result
    assert isinstance(before, DoAnswer)
    assert isinstance(after, DoAnswer)
    assert after.difference == pytest.approx(before.difference, rel=1e-12)  # added otherwise
    assert isinstance(other.answers("see")[-1].result, Unanswerable)
    assert isinstance(other.answers("imagine")[-1].result, Unanswerable)
    assert isinstance(other.answers("dose")[-1].result, DoseAnswer)
    assert set(other.states().states.values()) == {m.FitState.FITTED}


def test_an_example_of_pictures_is_drawn_beside_other_work() -> None:
    events: list[m.Event] = []
    core = Core(events.append)
    core.receive(m.MakeExample(7, "flow"))
    while core.busy:
        core.work()
    (made,) = (event for event in events if isinstance(event, m.ExampleMade))
    assert made.ticket == 7
    assert made.project.pictures == ("picture",)
    assert any(isinstance(event, m.Working) for event in events)


def test_a_table_tells_which_column_names_pictures_and_they_are_read(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image", reason="Pillow reads pictures and is not installed")
    levels = np.arange(3 * 16, dtype=np.uint8).reshape(3, 4, 4)
    for number, one in enumerate(levels):
        image.fromarray(one).save(tmp_path / f"{number}.png")
    path = tmp_path / "rows.csv"
    path.write_text("x,file\n1.5,0.png\n2.25,1.png\n3.125,2.png\n", "utf-8")
    events: list[m.Event] = []
    core = Core(events.append)
    core.receive(m.ReadTable(1, path))
    core.receive(m.ReadPictures(2, path, "file", 3))
    while core.busy:
        core.work()
    (table,) = (event for event in events if isinstance(event, m.TableRead))
    (read,) = (event for event in events if isinstance(event, m.PicturesRead))
    assert table.pictures == ("file",)
    np.testing.assert_array_equal(read.pictures.pixels, levels)
    core.receive(m.ReadPictures(3, path, "x", 3))
    while core.busy:
        core.work()
    (refused,) = (event for event in events if isinstance(event, m.Refused))
    assert isinstance(refused.request, m.ReadPictures)
