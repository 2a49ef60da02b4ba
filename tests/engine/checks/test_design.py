"""Implied independences on rows with weights, clusters and experiments."""

import numpy as np
import pytest

from engine.checks.independence import run_checks
from engine.data.design import Design, SetWhere
from engine.data.rows import designed
from engine.data.table import Table
from engine.graph.graph import CausalGraph, graph_of
from engine.queries.answers import ChecksAnswer
from tests.oracles import table

MARKED = (1.0,)


def checks(graph: CausalGraph, data: Table) -> ChecksAnswer:
    return list(run_checks(graph, data))[-1]


def test_rows_in_which_a_tested_variable_was_set_are_left_out() -> None:
    """x and y are independent; in half of the rows both were set to one and the same value."""
    rng = np.random.default_rng(1)
    by = np.repeat([0.0, 1.0], 200)
    both = rng.normal(size=400)
    x, y = (np.where(by > 0, both, rng.normal(size=400)) for _ in range(2))
    data = table({"x": x, "y": y, "by": by})
    items = (SetWhere("x", "by", MARKED), SetWhere("y", "by", MARKED))
    graph = graph_of(("x", "y"))
    assert checks(graph, data).tests[0].rejected
    (test,) = checks(graph, designed(data, Design(experiments=items))).tests
    assert (test.rows, test.rejected) == (200, False)
    assert test.effect == pytest.approx(np.corrcoef(x[:200], y[:200])[0, 1])


def pooled() -> Table:
    """a → x and b → y, nothing between; in half of the rows a and b were both set to 3."""
    rng = np.random.default_rng(2)
    by = np.repeat([0.0, 1.0], 200)
    a, b = (np.where(by > 0, 3.0, rng.normal(size=400)) for _ in range(2))
    columns = {"a": a, "b": b, "by": by}
    columns["x"], columns["y"] = (v + rng.normal(size=400) for v in (a, b))
    items = (SetWhere("a", "by", MARKED), SetWhere("b", "by", MARKED))
    return designed(table(columns), Design(experiments=items))


def test_an_experiment_is_no_common_cause() -> None:
    """Pooled, x and y go together because the experimenter moved both their causes."""
    graph = graph_of(("a", "b", "x", "y"), [("a", "x"), ("b", "y")])
    assert abs(np.corrcoef(pooled()["x"], pooled()["y"])[0, 1]) > 0.4
    tests = {(t.x, t.y): t for t in checks(graph, pooled()).tests}
    assert tests["x", "y"].rows == 200
    assert not tests["x", "y"].rejected
    assert not any(test.rejected for test in tests.values())


def test_rows_are_used_where_the_experiment_opens_no_path() -> None:
    """a → x → y: y ⫫ a | x holds in rows in which a was set, too."""
    graph = graph_of(("a", "x", "y"), [("a", "x"), ("x", "y")])
    (test,) = checks(graph, pooled()).tests
    assert test.rows == 200
    item = SetWhere("x", "by", MARKED)
    data = designed(pooled(), Design(experiments=(item,)))
    (test,) = checks(graph, data).tests
    assert test.rows == 400


def test_what_the_tests_do_not_know_is_said() -> None:
    data = table({"x": np.arange(8.0), "y": np.arange(8.0) % 3, "w": np.r_[0.0, np.ones(7)]})
    told = checks(graph_of(("x", "y")), designed(data, Design(weights="w", cluster="y")))
    assert told.tests[0].rows == 7
    words = "\n".join(told.untestable)
    assert "w does not weigh in them" in words
    assert "take rows as independent: where rows of one y are alike" in words
    assert "independent:" not in "\n".join(checks(graph_of(("x", "y")), data).untestable)
