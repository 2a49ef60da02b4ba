"""Repairs find what was taken away; random graphs do not pass for the true one."""

from dataclasses import replace

import numpy as np
import pytest

from engine.checks.battery import Battery, halves
from engine.checks.falsify import Falsification, falsify
from engine.checks.independence import implied_independences
from engine.checks.repair import Repair, Trying, changed, repairs
from engine.data.design import Design
from engine.data.rows import designed
from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import CausalGraph, graph_of
from tests.engine.checks.test_independence import TRIAL, numbers, trial

DIAMOND = graph_of("abcd", [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])


def drawn(graph: CausalGraph, seed: int, rows: int = 1_000) -> Table:
    """A linear law of `graph` with slopes of .6 to 1 and normal noise; ↔ is a shared cause."""
    rng = np.random.default_rng(seed)
    noise = {v: rng.standard_normal(rows) for v in graph.variables}
    for a, b in sorted(graph.bidirected):
        shared = rng.standard_normal(rows)
        noise[a], noise[b] = noise[a] + shared, noise[b] + shared
    for v in graph.order():
        for parent in graph.parents(v):
            noise[v] = noise[v] + rng.choice([-1, 1]) * rng.uniform(0.6, 1) * noise[parent]
    return numbers(**noise)


def found(graph: CausalGraph, table: Table, **more: object) -> Repair | None:
    steps = [s for s in repairs(graph, table, 0, **more) if s is not None]  # type: ignore[arg-type]
    assert all(isinstance(step, Trying) for step in steps[:-1])
    return steps[-1] if steps else None  # type: ignore[return-value]


def test_a_graph_that_fits_needs_none() -> None:
    assert found(DIAMOND, drawn(DIAMOND, 1)) is None


@pytest.mark.parametrize("edge", sorted(DIAMOND.edges))
def test_the_arrow_that_was_taken_away_is_among_those_put_back(edge: tuple[str, str]) -> None:
    less = replace(DIAMOND, edges=DIAMOND.edges - {edge})
    repair = found(less, drawn(DIAMOND, 2))
    assert repair is not None
    assert ((edge,), ()) in repair.changes
    assert repair.fresh
    assert repair.contradicted == 0
    assert repair.words.endswith(
        "On other rows than suggested it, none of 2 tests contradicts the changed graph"
    )
    assert {edge[0], edge[1]} in [{x, y} for x, y, _ in repair.undone]


def test_a_hidden_cause_that_was_left_out_is_among_them() -> None:
    """z → x → y, x ↔ y, drawn without ↔: z and y depend given x. A ↔ at x and y repairs it."""
    truth = graph_of("zxy", [("z", "x"), ("x", "y")], [("x", "y")])
    repair = found(replace(truth, bidirected=frozenset()), drawn(truth, 3))
    assert repair is not None
    assert ((), (("x", "y"),)) in repair.changes
    assert repair.fresh


def test_what_a_lot_decided_gets_no_arrow() -> None:
    truth = graph_of("zxy", [("z", "x"), ("x", "y"), ("z", "y")])
    less = replace(truth, edges=truth.edges - {("z", "y")})
    repair = found(less, drawn(truth, 4), randomised=("z",))
    assert repair is not None
    assert all(b != "z" for arrows, _ in repair.changes for _, b in arrows)
    assert all("z" not in pair for _, hidden in repair.changes for pair in hidden)
    assert ((("z", "y"),), ()) in repair.changes


def test_two_missing_arrows_take_two_steps() -> None:
    less = replace(DIAMOND, edges=frozenset({("a", "b"), ("c", "d")}))
    repair = found(less, drawn(DIAMOND, 5))
    assert repair is not None
    arrows, hidden = repair.changes[0]
    assert len(arrows) + len(hidden) == 2
    assert repair.contradicted == 0


def test_too_few_rows_are_labelled() -> None:
    """What half of the rows cannot see is suggested by and tested on the same ones."""
    less = graph_of(["x", "y"])
    rng = np.random.default_rng(7)
    x = rng.standard_normal(60)
    table = numbers(x=x, y=0.3 * x + rng.standard_normal(60))
    assert Battery(table).of(less)[0].contradicted
    assert not Battery(halves(table, 0)[0]).of(less)[0].contradicted
    repair = found(less, table)
    assert repair is not None
    assert not repair.fresh
    assert repair.tests == 0
    assert repair.words == (
        "One of these would repair it: x → y; y → x; x ↔ y. The changed graph implies nothing more "
        "that could be tested"
    )


def test_halves_share_no_row_and_no_cluster() -> None:
    table = numbers(row=np.arange(100), group=np.arange(100) // 10)
    first, second = halves(table, 1)
    assert sorted([*first["row"], *second["row"]]) == list(range(100))
    first, second = halves(designed(table, Design(cluster="group")), 1)
    assert not set(first["group"]) & set(second["group"])
    assert first.rows == second.rows == 50


def test_the_battery_says_what_single_tests_say() -> None:
    table = trial(800)
    tests = Battery(table).of(TRIAL)
    assert [one.implied for one in tests] == list(implied_independences(TRIAL))
    broken = Battery(trial(2_000, bend=0.5)).of(TRIAL)
    assert [one.contradicted for one in broken] == [True, False]


def verdict(graph: CausalGraph, table: Table) -> Falsification:
    last = list(falsify(graph, table, 0))[-1]
    assert isinstance(last, Falsification)
    return last


FIVE = graph_of("abcde", [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"), ("a", "d")])


def test_the_true_graph_is_better_than_random_ones() -> None:
    result = verdict(FIVE, drawn(FIVE, 1))
    assert not result.contradicted
    assert result.as_good <= 0.05
    assert result.shuffles == 119  # all the others
    assert result.words.startswith("Better than a random graph")
    assert "not contradicted" in result.words


def test_a_shuffled_graph_is_no_better() -> None:
    table = drawn(FIVE, 1)
    wrong = graph_of("abcde", [("e", "c"), ("c", "a"), ("a", "d"), ("d", "b"), ("e", "d")])
    result = verdict(wrong, table)
    assert result.contradicted
    assert result.words.startswith("No better than a random graph")


def test_alike_counts_relabellings_of_the_same_skeleton_and_colliders() -> None:
    """a → b → c: of 6 orders of the names 2 keep b in the middle, the identity among them."""
    chain = graph_of("abc", [("a", "b"), ("b", "c")])
    result = verdict(chain, drawn(chain, 2))
    assert result.alike == pytest.approx(2 / 6)
    assert "says little" in result.words
    whole = graph_of("ab", [("a", "b")])
    assert verdict(whole, drawn(whole, 3)).tests == 0


def test_a_hidden_column_counts_as_hidden() -> None:
    table = drawn(DIAMOND, 6)
    kept = tuple(Variable(v, Kind.CONTINUOUS) for v in "abd")
    less = Table(kept, {v: table[v] for v in "abd"})
    assert [one.implied for one in Battery(less).of(DIAMOND)] == []
    assert changed(DIAMOND, (frozenset(), frozenset())) == DIAMOND
