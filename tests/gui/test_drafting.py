"""A draft says no more than the person did, and no arrow of it is taken for granted."""

import numpy as np
import pytest

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.separation import separated
from engine.identify.identification import identify
from engine.interventions import Set
from engine.project import Project, Role
from engine.queries.questions import Rung
from gui import drafting, edits
from gui.drafting import Draft

ROWS = 8


def ward() -> Table:
    """Every kind of column; stay's quartiles are 3 and 7."""
    variables = (
        Variable("age", Kind.CONTINUOUS),
        Variable("sex", Kind.BINARY, categories=("f", "m")),
        Variable("dose", Kind.CONTINUOUS),
        Variable("stay", Kind.COUNT),
        Variable("pain", Kind.ORDINAL, categories=("low", "mid", "high")),
        Variable("ward", Kind.CATEGORICAL, categories=("a", "b", "c")),
    )
    rng = np.random.default_rng(3)
    columns = {
        "age": rng.normal(50, 9, ROWS),
        "sex": np.arange(ROWS) % 2.0,
        "dose": np.full(ROWS, 2.0),
        "stay": np.array([1.0, 3.0, 3.0, 4.0, 5.0, 7.0, 7.0, 9.0]),
        "pain": np.arange(ROWS) % 3.0,
        "ward": np.array([2.0, 2.0, 2.0, 1.0, 1.0, 0.0, np.nan, 2.0]),
    }
    return Table(variables, columns)


def draft(**changes: object) -> Draft:
    told = {"treatment": "dose", "outcome": "stay", "low": 1.0, "high": 2.0} | changes
    return Draft(**told)  # type: ignore[arg-type]


def drafted(said: Draft) -> Project:
    return drafting.drafted(Project(table=ward()), said, "background")


def test_what_was_before_is_adjusted_for_and_nothing_else() -> None:
    """The back-door criterion, by d-separation: cut dose's arrows, and given age and sex it is
    independent of stay.
    """
    project = drafted(draft(before=("age", "sex")))
    graph = edits.disconnect(project, "dose", "stay").graph
    assert separated(graph, {"dose"}, {"stay"}, {"age", "sex"})
    assert not separated(graph, {"dose"}, {"stay"}, {"age"})
    assert "pain" not in graph.variables
    assert drafting.left_out(ward(), draft(before=("age", "sex"))) == ("pain", "ward")


def test_columns_fixed_before_may_go_together() -> None:
    graph = drafted(draft(before=("age", "sex"))).graph
    assert not separated(graph, {"age"}, {"sex"}, set())
    assert graph.latent == {"background"}


def test_by_lot_nothing_decided_the_treatment() -> None:
    graph = drafted(draft(before=("age", "sex"), by_lot=True)).graph
    assert graph.parents("dose") == ()
    assert set(graph.parents("stay")) == {"age", "sex", "dose"}


def test_every_arrow_is_assumed_until_confirmed() -> None:
    project = drafted(draft(before=("age",)))
    assert project.assumed == project.graph.edges == {
        ("age", "dose"), ("age", "stay"), ("dose", "stay"),
    }  # fmt: skip
    one = drafting.confirm(project, [("age", "dose")])
    assert one.assumed == {("age", "stay"), ("dose", "stay")}
    assert one.graph == project.graph
    assert drafting.confirm_all(one).assumed == frozenset()


def test_the_question_is_asked_with_its_contrast() -> None:
    project = drafted(draft(outcome="pain", level=2))
    question = project.question
    assert question.rung is Rung.DO
    assert (question.action, question.contrast) == ((Set("dose", 2.0),), (Set("dose", 1.0),))
    assert (question.outcome, question.level) == ("pain", 2)
    assert project.roles == {"dose": Role.EXPOSURE, "pain": Role.OUTCOME}


def test_nothing_is_told_before_something_is_ticked() -> None:
    assert not draft().told
    assert draft(by_lot=True).told
    assert draft(before=("age",)).told


@pytest.mark.parametrize("before", [(), ("age",), ("age", "sex", "pain", "ward")])
def test_every_draft_is_identified_and_no_two_cards_overlap(before: tuple[str, ...]) -> None:
    project = drafted(draft(before=before))
    assert identify(project.graph, ("dose",), "stay", ()).identified
    places = list(project.positions.values())
    assert len(places) == len(project.graph.variables)
    apart = [
        abs(a[0] - b[0]) >= 200 or abs(a[1] - b[1]) >= 120
        for i, a in enumerate(places)
        for b in places[:i]
    ]
    assert all(apart)


@pytest.mark.parametrize(
    ("name", "values"),
    [("stay", (3.0, 7.0)), ("sex", (0.0, 1.0)), ("pain", (0.0, 2.0)), ("ward", (1.0, 2.0)),
     ("dose", (2.0, 2.0))],
)  # fmt: skip
def test_two_values_of_every_kind_are_proposed(name: str, values: tuple[float, float]) -> None:
    """Quartiles counted by hand; of wards, c has five rows and b two."""
    assert drafting.usual_values(ward(), name) == values


def test_rare_ends_of_an_order_are_not_proposed() -> None:
    """Of cups 0 to 4 in 1, 10, 20, 10 and 1 of 42 rows, a tenth from either end is 1 and 3."""
    cups = Variable("cups", Kind.ORDINAL, categories=("0", "1", "2", "3", "4"))
    rows = np.repeat([0.0, 1.0, 2.0, 3.0, 4.0], [1, 10, 20, 10, 1])
    assert drafting.usual_values(Table((cups,), {"cups": rows}), "cups") == (1.0, 3.0)


# ── what an edit does to an assumed arrow ──────────────────────────────────────────────────────


def test_an_arrow_drawn_again_or_turned_round_is_meant() -> None:
    project = drafted(draft(before=("age",)))
    gone = edits.disconnect(project, "age", "stay")
    assert ("age", "stay") not in gone.assumed
    assert ("age", "stay") not in edits.connect(gone, "age", "stay").assumed
    turned = edits.reverse(project, "age", "dose")
    assert turned.assumed == {("age", "stay"), ("dose", "stay")}


def test_an_assumed_arrow_keeps_its_mark_under_another_name() -> None:
    project = edits.rename(drafted(draft(before=("age",))), "stay", "days")
    assert project.assumed == {("age", "dose"), ("age", "days"), ("dose", "days")}


def test_assumed_arrows_go_with_their_node() -> None:
    project = edits.remove(drafted(draft(before=("age",))), ["age"])
    assert project.assumed == {("dose", "stay")}
