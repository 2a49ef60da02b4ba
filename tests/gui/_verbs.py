"""Every kind of user verb as a function Project → Project, on things that two numbers choose."""

from collections.abc import Callable
from functools import partial

from engine.basis import basis
from engine.data.design import SetWhere
from engine.data.variable import Kind
from engine.interventions import Convention, OneOf, Range, Set, Shift
from engine.project import Project, Role
from engine.queries.pins import Pin
from engine.queries.questions import Rung
from engine.sketch import Region
from gui import edit_edges, edit_held, edit_regions, edit_tiers, edits, subgraphs
from gui.pins import verbs as pins
from gui.vectors import make_vector, start_doing, take_apart

NUMBERS = ("age", "dose", "days")
TYPED = ("2", "+1", "= -2", "1.5–3", "low", "≥ 2", "a, b", "nonsense", "1e9")
Verb = Callable[[Project], Project]


def verbs(project: Project, a: int, b: int) -> tuple[Verb, ...]:
    """All of them; some will be refused."""
    some = (*_drawn(project, a, b), *_asked(project, a, b), *_of_columns(project, a, b))
    return (*some, *_held(project, a, b), *_kept(project, a, b), *_regions(project, a, b))


def _drawn(project: Project, a: int, b: int) -> tuple[Verb, ...]:
    names = project.graph.variables or ("age",)
    one, two = names[a % len(names)], names[b % len(names)]
    edges = sorted(project.graph.edges) or [(one, two)]
    edge = edges[a % len(edges)]
    hidden = sorted(project.graph.bidirected) or [tuple(sorted((one, two)))]
    joined = hidden[a % len(hidden)]
    part = subgraphs.part_of(project, {one, two}, project.positions)
    fresh = subgraphs.free_names(project, part.graph.variables)
    return (
        partial(edits.connect, cause=one, effect=two),
        partial(edits.connect_hidden, a=one, b=two),
        partial(edits.disconnect, cause=edge[0], effect=edge[1]),
        partial(edits.disconnect_hidden, a=joined[0], b=joined[1]),
        partial(edits.toggle_hidden, a=one, b=two),
        partial(edits.reverse, cause=edge[0], effect=edge[1]),
        partial(edit_edges.reconnect, old=(*edge, False), new=(two, edge[1])),
        partial(edit_edges.redraw, old=(*edge, False), new=(one, two, bool(b % 2))),
        partial(edit_edges.hide_cause, cause=edge[0], effect=edge[1]),
        partial(edit_edges.show_cause, cause=joined[0], effect=joined[1]),
        partial(edit_edges.insert_between, cause=edge[0], effect=edge[1], name=one),
        partial(edit_edges.bend, edge=(*edge, False), off=(10.0 * a, 5.0)),
        partial(edit_edges.straighten, edges=[(*edge, False)]),
        partial(edit_edges.toggle_randomised, names=(one,)),
        partial(edit_edges.toggle_randomised, names=(one, two)),
        partial(edits.remove, variables=(one,)),
        partial(edits.remove, edges={edge}),
        partial(edits.rename, old=one, new=f"{one[:5]}{b}"),
        partial(edits.add_variable, name=f"new {a}", at=(10.0 * a, 10.0 * b)),
        partial(edits.add_latent, name=f"hidden {a}", at=(10.0 * a, 10.0 * b)),
        partial(edits.add_effect, cause=one, name=f"after {a}", at=(9.0 * a, 9.0 * b)),
        partial(edits.move, positions={one: (10.0 * a, 10.0 * b)}),
        partial(edits.toggle_latent, names=(one,)),
        partial(edits.toggle_role, names=(one,), role=tuple(Role)[b % len(Role)]),
        partial(edit_tiers.set_tier, names=(one,), tier=(None, 0, 1, 2)[b % 4]),
        partial(edit_tiers.shift_tier, names=(one, two), step=1 if b % 2 else -1),
        partial(subgraphs.pasted, part=part, names=fresh, off=(40.0, 40.0)),
    )


def _asked(project: Project, a: int, b: int) -> tuple[Verb, ...]:
    assert project.table is not None
    names = project.table.names
    column, number = names[a % len(names)], NUMBERS[a % 3]
    return (
        partial(edits.set_rung, rung=tuple(Rung)[a % len(Rung)]),
        partial(edits.set_outcome, outcome=column),
        partial(edits.set_level, level=b % 2),
        partial(edits.ask_do, intervention=Set(column, 1.0)),
        partial(edits.intervene, intervention=Shift(number, 0.5)),
        partial(start_doing, name=column, first=lambda name: Set(name, float(b % 2))),
        partial(edits.stop_doing, variable=column),
        partial(edits.compare_with, contrast=(Set(column, 0.0),)),
        partial(edits.contrast_by, intervention=Set(column, 1.0)),
        partial(edits.release, variable=column),
        partial(edits.see, condition=Range(number, 1.0, 60.0)),
        partial(edits.see, condition=OneOf("ward", (b % 2,))),
        partial(edits.stop_seeing, variable=column),
        edits.release_all,
        partial(edits.pick_row, row=a % 4),
        partial(edits.carry_luck, convention=tuple(Convention)[a % 3]),
    )


def _of_columns(project: Project, a: int, b: int) -> tuple[Verb, ...]:
    assert project.table is not None
    names = project.table.names
    column, other = names[a % len(names)], names[b % len(names)]
    node = project.graph.variables[a % len(project.graph.variables)] if project.graph.variables \
        else column  # fmt: skip
    return (
        partial(edits.add_columns, positions={column: (0.0, 10.0 * b)}),
        partial(edits.set_kind, name=column, kind=tuple(Kind)[b % len(Kind)]),
        partial(edits.set_unit, name=column, unit="mg"),
        partial(edits.set_bounds, name=column, lower=0.0, upper=(None, 99.0)[b % 2]),
        partial(edits.set_family, name=node, family=("auto", "linear", "flow")[b % 3]),
        partial(edits.rename_column, old=column, new=f"{column[:5]}{b}"),
        partial(edits.weigh_by, column=column),
        partial(edits.cluster_by, column=other),
        partial(edits.fill_gaps, impute=bool(a % 2)),
        partial(edits.set_where, item=SetWhere(column, other, (1.0,))),
        partial(edits.not_set_where, variable=column, column=other),
        partial(make_vector, name=f"v{a}", columns=(column, other), at=(0.0, 0.0), shown={}),
        partial(take_apart, name=node, shown={}),
    )


def _held(project: Project, a: int, b: int) -> tuple[Verb, ...]:
    names = edit_held.holdable(project, project.graph.variables)
    if not names:
        return ()
    one, two = names[a % len(names)], names[b % len(names)]
    return (
        partial(edit_held.typed, names=(one,), text=TYPED[b % len(TYPED)]),
        partial(edit_held.typed, names=(one, two), text=TYPED[a % len(TYPED)]),
        partial(edit_held.stepped, names=(one,), by=1 if b % 2 else -1),
        partial(edit_held.reset, names=(one, two)),
        partial(edit_held.look, names=(one,)),
        partial(edit_held.let_go, names=(one, two)),
        partial(edit_held.toggle_code, name="ward", code=b % 2),
    )


def _kept(project: Project, a: int, b: int) -> tuple[Verb, ...]:
    pin = Pin(f"pin {a}", project.question, f"It is {b}.", f"{b} d", basis=basis(project))
    if not project.pins:
        return (partial(pins.keep, pin=pin),)
    name = project.pins[b % len(project.pins)].name
    return (
        partial(pins.keep, pin=pin),
        partial(pins.rename, old=name, new=f"answer {a % 3}"),
        partial(pins.shift, name=name, step=1 if a % 2 else -1),
        partial(pins.drop, name=name),
        partial(pins.ask, name=name),
    )


def _regions(project: Project, a: int, b: int) -> tuple[Verb, ...]:
    region = Region(0.0, 10.0 * a, 300.0, 200.0, f"part {b}")
    made = partial(edit_regions.add_region, region=region)
    if not (count := len(project.sketch.regions)):
        return (made,)
    index = a % count
    wider = edit_regions.sized(project.sketch.regions[index], 200.0 + b, 90.0)
    told = edit_regions.written(project.sketch.regions[index], "Title\nand a note")
    shown = project.positions
    return (
        made,
        partial(edit_regions.remove_region, index=index),
        partial(edit_regions.change_region, index=index, region=wider),
        partial(edit_regions.change_region, index=index, region=told),
        partial(edit_regions.move_region, index=index, off=(5.0, 5.0), shown=shown),
    )
