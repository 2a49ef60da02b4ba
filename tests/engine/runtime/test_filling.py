"""The engine fills gaps in before it learns what rests on them, and tells so."""

from dataclasses import replace

import numpy as np

from engine.data.design import Design
from engine.data.table import Table
from engine.graph.graph import CausalGraph
from engine.project import Project
from engine.runtime import messages as m
from engine.runtime.core import Core
from tests.oracles import category, table


def gappy() -> Table:
    rng = np.random.default_rng(0)
    a = (rng.random(120) < 0.5).astype(float)
    b = (rng.random(120) < 0.2 + 0.6 * a).astype(float)
    gone = rng.random(120) < 0.5 * b
    columns = {"a": np.where(gone, np.nan, a), "b": b, "c": (rng.random(120) < 0.5).astype(float)}
    return table(columns, *(category(name, 2) for name in "abc"))


def learnt(events: list[m.Event]) -> dict[str, m.FitReport]:
    """The last report of every variable."""
    return {event.variable: event.report for event in events if isinstance(event, m.Fitted)}


def test_gaps_are_filled_in_when_wanted_and_only_what_has_gaps_is_learnt_again() -> None:
    events: list[m.Event] = []
    core = Core(events.append)
    graph = CausalGraph(("a", "b", "c"), frozenset({("a", "b")}))
    project = Project(graph=graph, table=gappy())

    def show(table: Table) -> None:
        core.receive(m.SetProject(len(events), replace(project, table=table)))
        while core.busy:
            core.work()

    show(gappy())
    core.receive(m.Fit())
    show(gappy())
    left_out = learnt(events)
    assert left_out["b"].dropped > 0
    assert not [event for event in events if isinstance(event, m.Filling)]

    events.clear()
    show(replace(gappy(), design=Design(impute=True)))
    told = [event.done for event in events if isinstance(event, m.Filling)]
    assert told == sorted(set(told))
    assert len(told) > 2
    filled = learnt(events)
    assert set(filled) == {"a", "b"}  # c has no gap: its fit is still current
    assert [filled[v].dropped for v in "ab"] == [0, 0]
    assert filled["a"].imputed == float(np.isnan(gappy()["a"]).mean())

    events.clear()
    show(gappy())
    assert not learnt(events)  # what was learnt from complete rows was kept
    newest = [event for event in events if isinstance(event, m.FitStates)][-1]
    assert newest.reports == left_out
