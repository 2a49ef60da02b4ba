"""Implied independences against brute-force d-separation; the tests on simulated tables."""

from itertools import chain, combinations

import networkx
import numpy as np
import pytest

from engine.checks.independence import beyond_testing, corrected, implied_independences, run_checks
from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import graph_of
from engine.queries.answers import ChecksAnswer, IndependenceTest
from tests.engine.graph.graphs import canonical, random_graph
from tests.engine.identify.test_adjustment import TRIAL


def numbers(**columns: np.ndarray) -> Table:
    variables = tuple(Variable(name, Kind.CONTINUOUS) for name in columns)
    return Table(variables, {name: np.asarray(c, dtype=float) for name, c in columns.items()})


def trial(rows: int, bend: float = 0.0) -> Table:
    """The trial's linear law; `bend` ≠ 0 adds an arrow age → adherence that is not drawn."""
    rng = np.random.default_rng(1)
    age, frailty, *noise = rng.standard_normal((6, rows))
    severity = 0.6 * age + frailty + noise[0]
    dose = 0.4 * age + 0.5 * severity + noise[1]
    adherence = 0.7 * dose + bend * age + noise[2]
    recovery = severity - dose - adherence + frailty + noise[3]
    return numbers(age=age, severity=severity, dose=dose, adherence=adherence, recovery=recovery)


def last(graph: object, table: Table) -> ChecksAnswer:
    return list(run_checks(graph, table))[-1]  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(50))
def test_one_smallest_set_for_every_pair_that_can_be_separated(seed: int) -> None:
    graph = random_graph(seed, 6, arrows=0.35, both=0.12, latent=0.15)
    dag, found = canonical(graph), {(x, y): z for x, y, z in implied_independences(graph)}
    for x, y in combinations(graph.observed, 2):
        rest = [v for v in graph.observed if v not in (x, y)]
        some = chain.from_iterable(combinations(rest, k) for k in range(len(rest) + 1))
        smallest = next((z for z in some if networkx.is_d_separator(dag, {x}, {y}, set(z))), None)
        assert ((x, y) in found) == (smallest is not None)
        if smallest is not None:
            assert networkx.is_d_separator(dag, {x}, {y}, set(found[x, y]))
            assert len(found[x, y]) == len(smallest)


def test_the_trial_implies_two() -> None:
    """Age and recovery are joined by no edge, yet no measured set separates them."""
    found = implied_independences(TRIAL)
    assert [(x, y) for x, y, _ in found] == [("age", "adherence"), ("severity", "adherence")]
    assert {given for _, _, given in found} == {("dose",)}


def test_a_true_graph_is_not_contradicted_and_a_missing_arrow_is() -> None:
    fine = last(TRIAL, trial(2000))
    assert [test.rejected for test in fine.tests] == [False, False]
    broken = last(TRIAL, trial(2000, bend=0.5))
    assert [(t.x, t.y, t.rejected) for t in broken.tests][0] == ("age", "adherence", True)
    assert broken.tests[0].interval is not None
    assert broken.tests[0].interval[0] > 0.1


def test_one_test_per_step_and_words_at_the_end() -> None:
    answers = list(run_checks(TRIAL, trial(500)))
    assert [len(answer.tests) for answer in answers] == [1, 2, 2]
    assert answers[-1].untestable == (
        "1 drawn hidden cause: severity ↔ recovery",
        "No other hidden causes, no selection: cannot be tested",
        "Partial correlations see straight lines only",
    )


def test_incomplete_rows_and_absent_columns() -> None:
    table = trial(500)
    columns = {name: table[name].copy() for name in table.names if name != "recovery"}
    columns["age"][:100] = np.nan
    answer = last(TRIAL, numbers(**columns))
    assert [test.rows for test in answer.tests] == [400, 500]
    assert "recovery has no column: treated as hidden" in answer.untestable


def test_latent_variables_are_projected_out() -> None:
    graph = graph_of(edges=[("u", "x"), ("u", "y"), ("x", "z")], latent=["u"])
    rng = np.random.default_rng(2)
    u, x, y, z = rng.standard_normal((4, 300))
    answer = last(graph, numbers(x=x + u, y=y + u, z=z + x + u))
    assert [(t.x, t.y, t.given) for t in answer.tests] == [("y", "z", ("x",))]
    assert answer.untestable[0] == "1 drawn hidden cause: u"


def test_what_cannot_be_tested_is_told() -> None:
    graph = graph_of(["x", "y"])
    answer = last(graph, numbers(x=np.ones(50), y=np.arange(50)))
    assert answer.tests == ()
    assert "x ⫫ y: one of them does not vary" in answer.untestable
    assert last(graph, numbers(x=np.arange(3), y=np.arange(3))).untestable[-1] == (
        "x ⫫ y: 3 complete rows are too few"
    )


def test_what_no_test_could_notice() -> None:
    """With an instrument z → x → y, x ↔ y shows as z and y dependent given x; x ↔ z never shows."""
    instrument = graph_of(edges=[("z", "x"), ("x", "y")])
    assert beyond_testing(instrument, [("z", "y")], [("x", "y"), ("x", "z"), ("y", "z")]) == (
        (),
        (("x", "z"),),
    )
    stones = graph_of(edges=[("size", "pill"), ("size", "cured"), ("pill", "cured")])
    assert beyond_testing(stones, [], [("cured", "pill")]) == ((), (("cured", "pill"),))


def test_holms_steps_on_a_worked_example() -> None:
    """Four tests at .05: .01 ≤ .0125 and .015 ≤ .0167 fall, .03 > .025 stops the rest."""
    p = [0.03, 0.01, 0.04, 0.015]
    tests = [IndependenceTest("x", "y", (), "", 0, one, 0, None, None, False, 9) for one in p]
    assert [test.rejected for test in corrected(tests)] == [False, True, False, True]


def test_false_alarms_over_the_whole_list() -> None:
    """Five independent variables, ten tests: some alarm in at most about 5 % of tables."""
    graph = graph_of(["a", "b", "c", "d", "e"])
    rng = np.random.default_rng(3)
    alarms = 0
    for _ in range(200):
        columns = dict(zip("abcde", rng.standard_normal((5, 60)), strict=True))
        alarms += any(test.rejected for test in last(graph, numbers(**columns)).tests)
    assert 1 <= alarms <= 20
