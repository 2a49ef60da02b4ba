"""Random verbs on the whole project: what is undone to the end is what it was, views follow."""

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from pytestqt.qtbot import QtBot

from engine.data.variable import Kind
from engine.errors import UserError
from engine.interventions import Convention, OneOf, Range, Set, Shift
from engine.project import Project, Role
from engine.queries.questions import Rung
from engine.sketch import Region
from gui import edit_edges, edit_regions, edits
from gui.appearance import Appearance
from gui.document import Document
from gui.outline.lines import Line, lines_of
from gui.outline.tree import line_of
from gui.panels.data import DataPanel
from gui.panels.outline import OutlinePanel
from gui.vectors import make_vector, take_apart
from tests.gui.canvas.conftest import study

NUMBERS = ("age", "dose", "days")
Verb = Callable[[Project], Project]
picks = st.integers(0, 40)


def verbs(project: Project, a: int, b: int) -> tuple[Verb, ...]:
    """Every kind of verb, on things that the numbers choose; some will be refused."""
    names = project.graph.variables or ("age",)
    one, two = names[a % len(names)], names[b % len(names)]
    table = project.table
    assert table is not None
    column, other = table.names[a % len(table.names)], table.names[b % len(table.names)]
    edges = sorted(project.graph.edges) or [(one, two)]
    edge = edges[a % len(edges)]
    region = len(project.sketch.regions)
    some: tuple[Verb, ...] = (
        partial(edits.connect, cause=one, effect=two),
        partial(edits.connect_hidden, a=one, b=two),
        partial(edits.disconnect, cause=edge[0], effect=edge[1]),
        partial(edits.reverse, cause=edge[0], effect=edge[1]),
        partial(edit_edges.redraw, old=(*edge, False), new=(one, two, bool(b % 2))),
        partial(edit_edges.bend, edge=(*edge, False), off=(10.0 * a, 5.0)),
        partial(edit_edges.toggle_randomised, names=(one,)),
        partial(edits.remove, variables=(one,)),
        partial(edits.rename, old=one, new=f"{one[:5]}{b}"),
        partial(edits.add_variable, name=f"new {a}", at=(10.0 * a, 10.0 * b)),
        partial(edits.add_columns, positions={column: (0.0, 10.0 * b)}),
        partial(edits.move, positions={one: (10.0 * a, 10.0 * b)}),
        partial(edits.toggle_latent, names=(one,)),
        partial(edits.toggle_role, names=(one,), role=tuple(Role)[b % len(Role)]),
        partial(edits.set_rung, rung=tuple(Rung)[a % len(Rung)]),
        partial(edits.set_outcome, outcome=column),
        partial(edits.ask_do, intervention=Set(column, 1.0)),
        partial(edits.intervene, intervention=Shift(NUMBERS[a % 3], 0.5)),
        partial(edits.compare_with, contrast=(Set(column, 0.0),)),
        partial(edits.release, variable=column),
        partial(edits.see, condition=Range(NUMBERS[a % 3], 1.0, 60.0)),
        partial(edits.see, condition=OneOf("ward", (b % 2,))),
        partial(edits.stop_seeing, variable=column),
        edits.release_all,
        partial(edits.pick_row, row=a % 4),
        partial(edits.carry_luck, convention=tuple(Convention)[a % 3]),
        partial(edits.set_kind, name=column, kind=tuple(Kind)[b % len(Kind)]),
        partial(edits.set_unit, name=column, unit="mg"),
        partial(edits.rename_column, old=column, new=f"{column[:5]}{b}"),
        partial(edits.weigh_by, column=column),
        partial(edits.cluster_by, column=other),
        partial(edits.fill_gaps, impute=bool(a % 2)),
        partial(make_vector, name=f"v{a}", columns=(column, other), at=(0.0, 0.0), shown={}),
        partial(take_apart, name=one, shown={}),
        partial(edit_regions.add_region, region=Region(0.0, 10.0 * a, 300.0, 200.0, f"part {b}")),
    )
    if not region:
        return some
    return (*some, partial(edit_regions.remove_region, index=a % region))


def flat(lines: tuple[Line, ...]) -> list[Line]:
    """Lines in the order of the tree."""
    return [each for line in lines for each in (line, *line.inside)]


class Window(RuleBasedStateMachine):
    """A document and two views of it, in the hands of chance."""

    def __init__(self) -> None:
        super().__init__()
        self.document = Document()
        self.start = study()
        self.document.replace(self.start)
        self.outline = OutlinePanel(self.document)
        self.outline.show()
        self.data = DataPanel(self.document, Appearance("light"))

    @rule(which=st.integers(0, 400), a=picks, b=picks)
    def do_something(self, which: int, a: int, b: int) -> None:
        known = verbs(self.document.project, a, b)
        before = self.document.project
        try:
            self.document.apply("Something", known[which % len(known)])
        except UserError:
            assert self.document.project == before

    @rule(count=st.integers(1, 3))
    def undo(self, count: int) -> None:
        for _ in range(count):
            self.document.undo_stack.undo()

    @rule()
    def redo(self) -> None:
        self.document.undo_stack.redo()

    @invariant()
    def the_views_show_the_document(self) -> None:
        project = self.document.project
        shown = [line_of(item) for item in self.outline.tree.all_items()]
        assert shown == flat(lines_of(project))
        assert project.table is not None
        model = self.data.model
        assert [model.index(i).data() for i in range(model.rowCount())] == [*project.table.names]

    def teardown(self) -> None:
        stack, end = self.document.undo_stack, self.document.project
        count = stack.index()
        while stack.canUndo():
            stack.undo()
        assert self.document.project == self.start
        self.the_views_show_the_document()
        for _ in range(count):
            stack.redo()
        assert self.document.project == end
        for view in (self.outline.corner, self.outline, self.data):
            view.deleteLater()
        stack.clear()


@pytest.mark.qt_log_ignore("does not support")
def test_any_sequence_of_verbs_can_be_undone(qtbot: QtBot) -> None:
    run_state_machine_as_test(
        Window,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.qt_log_ignore("does not support")
def test_the_machine_notices_a_view_that_does_not_follow(qtbot: QtBot) -> None:
    machine = Window()
    machine.document.changed.disconnect(machine.outline.sync)
    machine.document.apply("draw", lambda p: edits.connect(p, "age", "dose"))
    with pytest.raises(AssertionError):
        machine.the_views_show_the_document()
    machine.document.changed.connect(machine.outline.sync)
    machine.document.undo_stack.undo()
    machine.teardown()
