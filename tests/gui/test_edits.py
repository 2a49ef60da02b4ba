"""Verbs on the graph: what follows from each, and that nothing is left dangling."""

from dataclasses import replace

import pytest

from engine.errors import CycleError, GraphError
from engine.graph.graph import graph_of
from engine.interventions import OneOf, Range, Set
from engine.project import Project, Role
from engine.queries.questions import Question, Rung
from gui import edits


def chain() -> Project:
    graph = graph_of("abc", [("a", "b"), ("b", "c")])
    question = Question(outcome="c", action=(Set("a", 1.0),), evidence=(Range("b", 0.0, 1.0),))
    return Project(graph=graph, positions={"a": (0.0, 0.0)}, question=question)


def test_latent_toggles_and_the_question_forgets_it() -> None:
    marked = edits.toggle_latent(chain(), ["a"])
    assert marked.graph.latent == {"a"}
    assert marked.question.action == ()
    assert edits.toggle_latent(marked, ["a"]).graph.latent == frozenset()


def test_a_mixed_selection_becomes_latent_first() -> None:
    marked = edits.toggle_latent(edits.toggle_latent(chain(), ["a"]), ["a", "b"])
    assert marked.graph.latent == {"a", "b"}


def test_hidden_cause_toggles_whichever_way_it_is_named() -> None:
    drawn = edits.toggle_hidden(chain(), "c", "a")
    assert drawn.graph.bidirected == {("a", "c")}
    assert edits.toggle_hidden(drawn, "a", "c") == chain()


def test_an_effect_is_added_with_its_arrow() -> None:
    added = edits.add_effect(chain(), "c", "d", (5.0, 6.0))
    assert ("c", "d") in added.graph.edges
    assert added.positions["d"] == (5.0, 6.0)
    with pytest.raises(GraphError):
        edits.add_effect(chain(), "c", "a", (0.0, 0.0))


def test_a_role_is_given_to_all_then_taken() -> None:
    given = edits.toggle_role(chain(), ["a", "b"], Role.ADJUSTED)
    assert given.roles == {"a": Role.ADJUSTED, "b": Role.ADJUSTED}
    assert edits.toggle_role(given, ["a"], Role.ADJUSTED).roles == {"b": Role.ADJUSTED}


def test_an_outcome_becomes_the_outcome_of_the_question() -> None:
    assert edits.toggle_role(chain(), ["b"], Role.OUTCOME).question.outcome == "b"


@pytest.mark.parametrize(
    ("rung", "expected"),
    [(Rung.SEE, Rung.DO), (Rung.DO, Rung.DO), (Rung.IMAGINE, Rung.IMAGINE)],
)
def test_do_from_any_rung(rung: Rung, expected: Rung) -> None:
    asked = edits.ask_do(edits.set_rung(chain(), rung), Set("b", 2.0))
    assert asked.question.rung is expected
    assert asked.question.action == (Set("a", 1.0), Set("b", 2.0))


def test_do_again_replaces() -> None:
    assert edits.ask_do(chain(), Set("a", 3.0)).question.action == (Set("a", 3.0),)


def test_removing_a_variable_leaves_nothing_that_names_it() -> None:
    full = replace(chain(), roles={"a": Role.EXPOSURE, "c": Role.OUTCOME}, families={"a": "linear"})
    gone = edits.remove(full, ["a"])
    assert gone.graph == graph_of("bc", [("b", "c")])
    assert (gone.positions, gone.families) == ({}, {})
    assert gone.roles == {"c": Role.OUTCOME}
    assert gone.question.action == ()


def test_renaming_follows_everywhere() -> None:
    seen = edits.see(edits.compare_with(chain(), (Set("a", 0.0),)), OneOf("a", (1,)))
    renamed = edits.rename(seen, "a", "z")
    assert ("z", "b") in renamed.graph.edges
    assert renamed.positions == {"z": (0.0, 0.0)}
    assert renamed.question.action == (Set("z", 1.0),)
    assert renamed.question.contrast == (Set("z", 0.0),)
    assert OneOf("z", (1,)) in renamed.question.evidence


def test_a_name_in_use_is_refused() -> None:
    with pytest.raises(GraphError):
        edits.rename(chain(), "a", "b")


def test_reversing_that_closes_a_cycle_is_refused() -> None:
    direct = edits.connect(chain(), "a", "c")
    with pytest.raises(CycleError):
        edits.reverse(direct, "a", "c")
    assert ("b", "a") in edits.reverse(chain(), "a", "b").graph.edges


def test_release_forgets_action_contrast_and_evidence() -> None:
    seen = edits.see(edits.compare_with(chain(), (Set("a", 0.0),)), OneOf("a", (1,)))
    freed = edits.release(seen, "a").question
    assert (freed.action, freed.contrast) == ((), None)
    assert freed.evidence == (Range("b", 0.0, 1.0),)


def test_a_world_compared_with_says_one_thing_of_each_variable() -> None:
    """The other world may name a variable before it is set."""
    question = Question(outcome="c", contrast=(Set("a", 0.5),))
    asked = edits.start_doing(replace(chain(), question=question), Set("a", 2.0))
    assert asked.question.contrast == (Set("a", 0.5),)
    both = edits.start_doing(asked, Set("b", 3.0))
    assert both.question.contrast == (Set("a", 0.5), Set("b", 3.0))
