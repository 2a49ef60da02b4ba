"""Pictures that are a line in their causes: learnt with everything else, asked, kept in a file."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from engine.data.pictures import Pictures
from engine.data.table import Table
from engine.graph.graph import graph_of
from engine.interventions import Set
from engine.mechanisms.picture import FAMILY
from engine.mechanisms.settings import PictureSettings
from engine.project import Project
from engine.queries.answering import answer
from engine.queries.answers import Stage
from engine.queries.model import Model
from engine.queries.pictured import PictureAnswer
from engine.queries.questions import PictureAsked, Question, Rung
from engine.runtime import messages as m
from engine.runtime.core import Core
from engine.runtime.headless import fit
from engine.runtime.shelf import Shelf, law_of, learnt_of
from engine.scm.conditional import Conditional
from tests.oracles import number

ROWS, SIDE, PIXEL_NOISE = 300, 6, 2.0
SHORT = PictureSettings(width=8, steps=8, batch=32, check=4, shown=4)
OWN = Conditional("p", ("a", "b"))


@cache
def patterns() -> np.ndarray:
    """What one unit of a and of b adds to each pixel, (2, 6, 6)."""
    return np.random.default_rng(5).uniform(-1, 1, (2, SIDE, SIDE)) * np.array([[[12.0]], [[4.0]]])


@cache
def made() -> Project:
    """b = 2 a + .5 n; p = 120 + a P₁ + b P₂ + 2 n."""
    rng = np.random.default_rng(0)
    a = rng.normal(size=ROWS)
    b = 2 * a + 0.5 * rng.normal(size=ROWS)
    levels = 120 + np.tensordot(np.stack([a, b], 1), patterns(), 1)
    levels += PIXEL_NOISE * rng.normal(size=levels.shape)
    pixels = levels.clip(0, 255).round().astype(np.uint8)
    table = Table((number("a"), number("b")), {"a": a, "b": b}, pictures={"p": Pictures(pixels)})
    graph = graph_of(("a", "b", "p"), [("a", "b"), ("a", "p"), ("b", "p")])
    return Project(graph=graph, table=table, families={"a": "linear", "b": "linear"})


@cache
def learnt() -> tuple[Model, Shelf]:
    shelf = Shelf(pictures=SHORT)
    return fit(made(), shelf, learnt_of(made())), shelf


def asked(model: Model, rung: Rung, a: float, row: int | None = None) -> PictureAnswer:
    question = Question(rung, "p", action=(Set("a", a),), row=row)
    *_, (found, _) = answer(model, PictureAsked("p", question))
    assert isinstance(found, PictureAnswer)
    return found


def table_of(project: Project) -> Table:
    assert project.table is not None
    return project.table


def test_a_row_s_picture_is_moved_by_the_line_and_keeps_its_own_noise() -> None:
    """The truth: x + (a' - a)(P₁ + 2 P₂), b's noise and that of the pixels kept."""
    model, _ = learnt()
    table = table_of(made())
    offs = []
    for row in range(20):
        found = asked(model, Rung.IMAGINE, 1.0, row)
        moved = (1.0 - table["a"][row]) * (patterns()[0] + 2 * patterns()[1])
        x = table.pictures["p"].pixels[row].astype(float)
        offs.append(np.abs(found.shown[0] - x - moved).mean())
        assert found.causes["b"][0] == pytest.approx(
            table["b"][row] + 2 * (1.0 - table["a"][row]), abs=0.3
        )
        assert found.originals is not None
        np.testing.assert_array_equal(found.originals[0], table.pictures["p"].pixels[row])
    assert np.mean(offs) < 1.0


@pytest.mark.parametrize("row", [0, 7, 299])
def test_setting_a_cause_to_what_it_was_changes_no_pixel(row: int) -> None:
    table = table_of(made())
    found = asked(learnt()[0], Rung.IMAGINE, float(table["a"][row]), row)
    np.testing.assert_array_equal(found.shown[0], table.pictures["p"].pixels[row])


def test_pictures_change_nothing_of_the_rest() -> None:
    """Without its leaf the graph has the same law, under the same keys."""
    bare = replace(made(), graph=graph_of(("a", "b"), [("a", "b")]), table=replace(
        table_of(made()), pictures={}))  # fmt: skip
    assert law_of(made()) == law_of(bare) == learnt_of(bare)
    assert learnt_of(made()) == (*law_of(made()), OWN)
    mine, other = Shelf(), Shelf()
    for conditional in law_of(bare):
        assert mine.key(made(), conditional) == other.key(bare, conditional)


def test_the_window_s_engine_tells_of_a_picture_as_it_is_learnt() -> None:
    """A line at once, then better ones, then the end; the numbers are those of the headless fit."""
    events: list[m.Event] = []
    core = Core(events.append)
    core.shelf.pictures = SHORT
    core.receive(m.SetProject(1, made()))
    core.receive(m.Fit())
    question = Question(Rung.DO, "p", action=(Set("a", 0.0),))
    core.receive(m.Ask("panel", 1, PictureAsked("p", question)))
    while core.busy:
        core.work()
    answers = [event.result for event in events if isinstance(event, m.Answer)]
    stages = [a.stage for a in answers if isinstance(a, PictureAnswer)]
    assert stages[-1] is Stage.FITTED
    assert stages == sorted(stages, key=list(Stage).index)  # the clock says which are answered
    assert stages[0] is not Stage.FITTED
    done = [e for e in events if isinstance(e, m.Fitted) and e.variable == "p"][-1]
    assert done.report.family == FAMILY
    assert (done.report.rows, done.report.dropped) == (ROWS, 0)
    newest = answers[-1]
    assert isinstance(newest, PictureAnswer)
    np.testing.assert_array_equal(newest.shown, asked(learnt()[0], Rung.DO, 0.0).shown)
