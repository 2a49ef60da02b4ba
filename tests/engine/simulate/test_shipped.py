"""The pendulum comes learnt: its file opens as the example, is current, and draws what is true."""

from pathlib import Path

import numpy as np
import pytest

from engine.interventions import Set
from engine.project import Project
from engine.queries.answering import answer
from engine.queries.answers import Stage
from engine.queries.model import Model
from engine.queries.pictured import PictureAnswer
from engine.queries.questions import PictureAsked, Question, Rung
from engine.runtime.headless import opened
from engine.runtime.shelf import Shelf, learnt_of
from engine.simulate import pendulum
from engine.simulate.pictured import ROWS, pendulum_pictures

FILE = Path(__file__).parents[3] / "resources" / "examples" / "pendulum.doscope"


@pytest.fixture(scope="module")
def shipped() -> tuple[Project, Shelf]:
    return opened(FILE)


def test_the_shipped_file_is_the_example_and_nothing_in_it_is_to_be_learnt(
    shipped: tuple[Project, Shelf],
) -> None:
    project, shelf = shipped
    assert project == pendulum_pictures()
    assert [c for c in learnt_of(project) if not shelf.done(project, c)] == []
    assert FILE.stat().st_size <= 10_000_000


def test_its_first_question_is_answered_at_once_and_right(shipped: tuple[Project, Shelf]) -> None:
    """Against the true counterfactual picture of the row, whose noises the simulation knows."""
    project, shelf = shipped
    result = imagined(shelf.model(project, learnt_of(project)), project.question)
    row = project.question.row
    assert row is not None
    (item,) = project.question.action
    assert isinstance(item, Set)
    drawn = pendulum.rows(ROWS, 4)
    own = {name: noise[row : row + 1] for name, noise in drawn.noises.items()}
    true = pendulum.counterfactual(own, {item.variable: item.value})
    off = np.abs(result.shown[0].astype(float) - true.pictures[0]).mean()
    nothing = np.abs(drawn.pictures[row].astype(float) - true.pictures[0]).mean()
    assert off < min(5.0, nothing)
    middle, length = pendulum.read_shadow(result.shown[0])
    assert abs(middle - true.columns["shadow middle"][0]) < 0.05 * (18.0 - 2.4)
    assert abs(length - true.columns["shadow length"][0]) < 0.05 * (11.0 - 3.0)
    assert result.stage is Stage.FITTED
    assert result.approximate


def imagined(model: Model, question: Question) -> PictureAnswer:
    assert question.rung is Rung.IMAGINE
    (step,) = answer(model, PictureAsked("picture", question))
    assert step is not None
    assert isinstance(step[0], PictureAnswer)
    return step[0]
