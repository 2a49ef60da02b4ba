"""Verbs of the question panel: each changes the question only, and only what it says."""

from dataclasses import replace
from pathlib import Path

from engine.interventions import OneOf, Range, Set, Shift
from engine.queries.questions import Question, Rung
from engine.store.projectfile import read_project, write_project
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


def test_every_rung_keeps_its_question_through_the_others_and_a_file(tmp_path: Path) -> None:
    whole = asked(
        rung=Rung.DO,
        outcome="recovery",
        evidence=(Range("age", 40, 50), OneOf("severity", (0, 2))),
        action=(Set("dose", 2.0), Shift("adherence", 0.1)),
        contrast=(Set("dose", 1.0),),
        row=12,
    )
    for contrast in (None, (), whole.contrast):
        begun = replace(BASE, question=replace(whole, contrast=contrast))
        project = begun
        for rung in (Rung.SEE, Rung.DO, Rung.IMAGINE):
            project = edits.set_rung(project, rung)
            path = tmp_path / f"{rung}.doscope"
            write_project(path, project, {})
            project, _ = read_project(path)
            assert project.question == replace(begun.question, rung=rung)
        assert edits.set_rung(project, Rung.DO) == begun


def test_compared_with_no_intervention_outlives_what_is_released_or_gone() -> None:
    project = replace(BASE, question=asked(action=(Set("dose", 2), Set("age", 3)), contrast=()))
    assert edits.release(project, "dose").question.contrast == ()
    assert edits.remove(project, ["dose"]).question.contrast == ()
    other = edits.compare_with(project, (Set("dose", 1),))
    assert edits.release(other, "dose").question.contrast is None
    assert edits.remove(other, ["dose"]).question.contrast is None
