"""Pictures in the engine's thread: learnt live after the rest, kept in the file, found again."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.data.pictures import Pictures
from engine.graph.graph import add_edge, graph_of
from engine.interventions import Set
from engine.mechanisms.settings import PictureSettings
from engine.project import Project
from engine.queries.answering import answer
from engine.queries.answers import Stage
from engine.queries.model import Model
from engine.queries.pictured import PictureAnswer
from engine.queries.questions import PictureAsked, Question, Rung
from engine.runtime import messages as m
from engine.runtime.core import Core
from engine.runtime.headless import fit, opened, saved
from engine.runtime.shelf import Shelf, learnt_of
from tests.oracles import category, table

QUICK = PictureSettings(width=16, steps=40, batch=16, check=10, shown=20)
QUESTION = Question(Rung.DO, "p", action=(Set("x", 1.0),))
ROWS = 90


def made() -> Project:
    """A category x decides how bright a picture is."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2, ROWS)
    levels = 80 + 60 * x[:, None, None] + rng.normal(0, 3, (ROWS, 6, 6))
    pictures = Pictures(np.rint(levels).astype(np.uint8))
    data = replace(table({"x": x}, category("x", 2)), pictures={"p": pictures})
    return Project(graph=graph_of(("x", "p"), [("x", "p")]), table=data, question=QUESTION)


def desk() -> tuple[Core, list[m.Event]]:
    said: list[m.Event] = []
    core = Core(said.append)
    core.shelf.pictures = QUICK
    return core, said


def worked(core: Core) -> None:
    for _ in range(20_000):
        if not core.busy:
            return
        core.work()
    raise AssertionError("the engine never came to rest")


def states(said: list[m.Event]) -> m.FitStates:
    return [event for event in said if isinstance(event, m.FitStates)][-1]


def test_a_picture_gets_better_while_it_is_learnt() -> None:
    core, said = desk()
    core.receive(m.SetProject(1, made()))
    core.receive(m.Ask("q", 1, PictureAsked("p", QUESTION)))
    core.receive(m.Fit())
    assert states(said).states["p"] is m.FitState.TRAINING
    worked(core)
    assert not [event for event in said if isinstance(event, m.Refused | m.Crashed)]
    answers = [event for event in said if isinstance(event, m.Answer)]
    told = [e.result for e in answers if isinstance(e.result, PictureAnswer)]
    stages = [result.stage for result in told]
    assert stages == sorted(stages, key=list(Stage).index)  # the clock says which are answered
    assert stages[0] is not Stage.FITTED
    assert stages[-1] is Stage.FITTED
    assert answers[-1].final
    assert abs(told[-1].shown.astype(float).mean() - 140) < 3
    assert states(said).states["p"] is m.FitState.FITTED
    assert (states(said).done, states(said).total) == (2, 2)
    progress = [event for event in said if isinstance(event, m.FitProgress)]
    assert {event.variable for event in progress} >= {"p"}


def test_another_arrow_learns_the_picture_alone_anew() -> None:
    core, said = desk()
    project = made()
    assert project.table is not None
    wider = replace(
        project,
        table=replace(
            table({"x": project.table["x"], "y": np.arange(ROWS)}, category("x", 2)),
            pictures=project.table.pictures,
        ),
        graph=graph_of(("x", "y", "p"), [("x", "p")]),
    )
    core.receive(m.SetProject(1, wider))
    core.receive(m.Fit())
    worked(core)
    said.clear()
    core.receive(m.SetProject(2, replace(wider, graph=add_edge(wider.graph, "y", "p"))))
    assert states(said).states == {
        "x": m.FitState.FITTED,
        "y": m.FitState.FITTED,
        "p": m.FitState.TRAINING,
    }


def test_what_was_learnt_of_a_picture_is_in_the_file(tmp_path: Path) -> None:
    project, shelf = made(), Shelf(pictures=QUICK)
    before = fit(project, shelf, learnt_of(project))
    saved(project, shelf, tmp_path / "p.doscope", learnt_of(project))
    back, other = opened(tmp_path / "p.doscope")
    other.pictures = QUICK
    after = other.model(back, learnt_of(back))
    assert back == project
    assert all(other.done(back, c) for c in learnt_of(back))
    np.testing.assert_array_equal(shown(before), shown(after))


def shown(model: Model) -> np.ndarray:
    (step,) = answer(model, PictureAsked("p", QUESTION))
    assert step is not None
    assert isinstance(step[0], PictureAnswer)
    return step[0].shown
