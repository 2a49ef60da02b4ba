"""What is seen of a picture is the rows' own; what is not learnt is not drawn."""

import numpy as np
import pytest

from engine.interventions import Range, Set
from engine.project import Project
from engine.queries.answering import answer, needed
from engine.queries.answers import Unanswerable
from engine.queries.model import Model
from engine.queries.pictured import MOST_SHOWN, PictureAnswer
from engine.queries.questions import PictureAsked, Question, Rung
from engine.simulate import flow, shapes
from engine.simulate.pictured import PICTURED, flow_pictures, shape_pictures


def asked(project: Project, question: Question) -> object:
    *_, (result, last) = answer(Model(project), PictureAsked("picture", question))
    assert last
    return result


def test_rows_that_fit_show_their_own_pictures() -> None:
    project, drawn = shape_pictures(300), shapes.rows(300, 4)
    blue = Question(Rung.SEE, "picture", evidence=(Range("hue", 220.0, 260.0),))
    result = asked(project, blue)
    assert isinstance(result, PictureAnswer)
    hue = drawn.columns["hue"]
    fit = np.flatnonzero((hue >= 220) & (hue <= 260))
    assert (result.matching, result.total) == (len(fit), 300)
    assert result.rows == tuple(fit[:MOST_SHOWN])
    np.testing.assert_array_equal(result.shown, drawn.pictures[fit[:MOST_SHOWN]])
    np.testing.assert_array_equal(result.causes["hue"], hue[fit[:MOST_SHOWN]])
    assert not result.approximate


def test_nothing_is_drawn_before_it_is_learnt() -> None:
    project = flow_pictures(50)
    for rung in (Rung.DO, Rung.IMAGINE):
        question = Question(rung, "picture", action=(Set("ball", 1.0),), row=0)
        assert isinstance(asked(project, question), Unanswerable)
    assert isinstance(asked(project, Question(Rung.SEE, "ball")), PictureAnswer)
    nothing = PictureAsked("ball", Question(Rung.SEE, "ball"))
    *_, (result, _) = answer(Model(project), nothing)
    assert isinstance(result, Unanswerable)
    assert "ball has no pictures" in result.reason
    assert needed(Model(project), nothing) == ()


@pytest.mark.parametrize("lesson", PICTURED, ids=lambda lesson: lesson.example.id)
def test_examples_ask_of_a_picture_that_nothing_follows_from(lesson: object) -> None:
    assert hasattr(lesson, "project")
    project = lesson.project(20)
    assert project.pictures == ("picture",)
    assert project.question.outcome == "picture"
    assert project.graph.children("picture") == ()
    assert project.table.pictures["picture"].rows == project.table.rows == 20
    assert set(project.positions) == set(project.graph.variables)


def test_flow_s_columns_obey_its_equation() -> None:
    """E[flow² - 1.96 · height · (hole - .5)] is the noise's variance, .01."""
    c = flow.rows(2_000, 9).columns
    left = c["flow"] ** 2 - 1.96 * c["water height"] * (c["hole"] - 0.5)
    assert left.mean() == pytest.approx(0.01, abs=4 * left.std() / 2_000**0.5)
