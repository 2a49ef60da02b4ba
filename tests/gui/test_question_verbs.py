"""Verbs of the question panel: each changes the question only, and only what it says."""

from dataclasses import replace

from engine.interventions import OneOf, Range, Set
from engine.queries.questions import Question
from gui import edits
from tests.gui.answers import trial

BASE = trial()


def asked(**changes: object) -> Question:
    return replace(Question(), **changes)  # type: ignore[arg-type]


def test_another_intervention_joins_both_worlds() -> None:
    project = replace(BASE, question=asked(action=(Set("dose", 2),), contrast=(Set("dose", 1),)))
    more = edits.start_doing(project, Set("smoker", 1))
    assert more.question.action == (Set("dose", 2), Set("smoker", 1))
    assert more.question.contrast == (Set("dose", 1), Set("smoker", 1))
    assert edits.stop_doing(more, "smoker").question == project.question
    assert edits.stop_doing(project, "dose").question == asked()
    seen = replace(BASE, question=asked(action=(Set("dose", 2),)))
    assert edits.start_doing(seen, Set("smoker", 1)).question.contrast is None
    nothing = replace(BASE, question=asked(action=(Set("dose", 2),), contrast=()))
    assert edits.start_doing(nothing, Set("smoker", 1)).question.contrast == ()
    assert edits.stop_doing(nothing, "dose").question.contrast == ()


def test_the_contrast_is_set_variable_by_variable() -> None:
    project = replace(BASE, question=asked(action=(Set("dose", 2),)))
    one = edits.contrast_by(project, Set("dose", 1))
    assert one.question.contrast == (Set("dose", 1),)
    assert edits.contrast_by(one, Set("dose", 0)).question.contrast == (Set("dose", 0),)


def test_conditions_keep_their_place_and_leave_interventions_alone() -> None:
    project = replace(BASE, question=asked(action=(Set("dose", 2),)))
    project = edits.see(edits.see(project, Range("dose", 1, 2)), OneOf("smoker", (1,)))
    project = edits.see(project, Range("dose", 1, 3))
    assert project.question.evidence == (Range("dose", 1, 3), OneOf("smoker", (1,)))
    less = edits.stop_seeing(project, "dose")
    assert less.question.evidence == (OneOf("smoker", (1,)),)
    assert less.question.action == (Set("dose", 2),)
