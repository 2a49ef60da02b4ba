"""User verbs: pure functions Project → Project, one per thing a person does. No Qt."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from engine import sketch as sketches
from engine.data import design as designs
from engine.data.design import Design, SetWhere
from engine.data.kinds import with_bounds, with_kind
from engine.data.rows import carried, designed
from engine.data.table import Table
from engine.data.variable import Kind
from engine.errors import DataError, GraphError
from engine.graph import graph as graphs
from engine.graph.graph import CausalGraph
from engine.graph.leaves import check_effect
from engine.graph.tiers import backward, check_arrow
from engine.interventions import (
    Action,
    Condition,
    Convention,
    Intervention,
    released,
    replaced,
)
from engine.project import Position, Project, Role
from engine.queries.questions import Rung
from gui.alike import alike
from gui.edit_pictures import carried_pictures, renamed_pictures, with_leaves
from gui.renaming import concepts_renamed, forget, instant_renamed, question_renamed

T = TypeVar("T")

CARD_STEP = (230.0, 150.0)  # a card and its gap, canvas units

# ── the graph ──────────────────────────────────────────────────────────────────────────────────


def add_variable(project: Project, name: str, at: Position) -> Project:
    """A new node at `at`; refused if the name is taken or empty."""
    _no_component(project, name)
    graph = graphs.add_variable(project.graph, name)
    return replace(project, graph=graph, positions={**project.positions, name: at})


def add_latent(project: Project, name: str, at: Position) -> Project:
    """A new node that is never measured."""
    added = add_variable(project, name, at)
    return replace(added, graph=graphs.set_latent(added.graph, name, latent=True))


def connect(project: Project, cause: str, effect: str) -> Project:
    """An arrow cause → effect; a cycle is refused and named, so are causes of what lots set or of
    what comes before them in time.
    """
    _may_be_caused(project, effect)
    check_effect(project.pictures, cause, effect)
    check_arrow(project.graph, project.tiers, cause, effect)
    return replace(project, graph=graphs.add_edge(project.graph, cause, effect))


def connect_hidden(project: Project, a: str, b: str) -> Project:
    """A hidden common cause a ↔ b."""
    _may_be_caused(project, a, b)
    return with_leaves(replace(project, graph=graphs.add_bidirected(project.graph, a, b)))


def disconnect(project: Project, cause: str, effect: str) -> Project:
    """Remove the arrow cause → effect, also one that a lot cut."""
    graph = graphs.remove_edge(project.graph, cause, effect)
    return replace(project, graph=graph, cut=project.cut - {(cause, effect, False)})


def disconnect_hidden(project: Project, a: str, b: str) -> Project:
    """Remove a ↔ b, also one that a lot cut."""
    graph = graphs.remove_bidirected(project.graph, a, b)
    return replace(project, graph=graph, cut=project.cut - {(*graphs.pair(a, b), True)})


def reverse(project: Project, cause: str, effect: str) -> Project:
    """Turn cause → effect round; refused if that closes a cycle."""
    return connect(disconnect(project, cause, effect), effect, cause)


def remove(
    project: Project,
    variables: Iterable[str] = (),
    edges: Iterable[tuple[str, str]] = (),
    bidirected: Iterable[tuple[str, str]] = (),
) -> Project:
    """Remove nodes (with their edges) and edges; questions forget what is gone."""
    gone = set(variables)
    for cause, effect in edges:
        project = disconnect(project, cause, effect)
    for a, b in bidirected:
        project = disconnect_hidden(project, a, b)
    graph = project.graph
    for name in gone:
        graph = graphs.remove_variable(graph, name)
    columns = set(project.vectors.spread(gone))
    return replace(
        project,
        graph=graph,
        positions=_without(project.positions, gone),
        roles=_without(project.roles, gone),
        families=_without(project.families, columns),
        question=forget(project.question, columns),
        tiers=_without(project.tiers, gone - set(project.table.names if project.table else ())),
        how=_without(project.how, gone - set(project.table.names if project.table else ())),
    )


def rename(project: Project, old: str, new: str) -> Project:
    """Rename a node, and its column where it has one; everything that names it follows."""
    new = new.strip()
    if old == new:
        return project
    _no_component(project, new)
    if old in project.vectors and project.table is not None and new in project.table:
        raise DataError(f"{new} is a column of the table", remedy="choose another name")
    graph = graphs.rename_variable(project.graph, old, new)
    named = {v: v for v in project.graph.variables} | {old: new}
    table = project.table
    if table is not None and old in table and new not in table:
        table = renamed_column(table, old, new)
    changed = replace(
        project,
        graph=graph,
        table=renamed_pictures(table, old, new),
        positions=_renamed(project.positions, old, new),
        roles=_renamed(project.roles, old, new),
        families=_renamed(project.families, old, new),
        question=question_renamed(project.question, old, new),
        vectors=project.vectors.renamed(old, new),
        assumed=frozenset((named[a], named[b]) for a, b in project.assumed),
        pins=tuple(
            replace(pin, question=question_renamed(pin.question, old, new)) for pin in project.pins
        ),
        randomised=frozenset(named[v] for v in project.randomised),
        cut=frozenset(sketches.renamed_edge(edge, old, new) for edge in project.cut),
        tiers=_renamed(project.tiers, old, new),
        how=_renamed(project.how, old, new),
        sketch=sketches.renamed(project.sketch, old, new),
        instant=instant_renamed(project.instant, old, new),
        concepts=concepts_renamed(project.concepts, old, new),
        environment=new if project.environment == old else project.environment,
    )
    return with_leaves(changed)


def move(project: Project, positions: Mapping[str, Position]) -> Project:
    """Put nodes elsewhere."""
    return replace(project, positions={**project.positions, **positions})


def set_latent(project: Project, name: str, *, latent: bool) -> Project:
    """Mark a node as never measured, or measured again."""
    return replace(project, graph=graphs.set_latent(project.graph, name, latent=latent))


def toggle_latent(project: Project, names: Iterable[str]) -> Project:
    """Mark nodes as never measured, or all as measured again if they already were.

    The question forgets what is no longer measured: it can be neither set nor read.
    """
    names = set(names)
    latent = not names <= project.graph.latent
    for name in sorted(names):
        project = set_latent(project, name, latent=latent)
    if not latent:
        return project
    return replace(project, question=forget(project.question, set(project.vectors.spread(names))))


def toggle_hidden(project: Project, a: str, b: str) -> Project:
    """A hidden common cause a ↔ b, or no longer."""
    both = graphs.pair(a, b)
    drawn = both in project.graph.bidirected or (*both, True) in project.cut
    return disconnect_hidden(project, a, b) if drawn else connect_hidden(project, a, b)


def add_effect(project: Project, cause: str, name: str, at: Position) -> Project:
    """A new node at `at` with an arrow from `cause`."""
    return connect(add_variable(project, name, at), cause, name)


def toggle_role(project: Project, names: Iterable[str], role: Role) -> Project:
    """Give nodes a role, or take it if all of them have it."""
    names = tuple(names)
    given = None if all(project.roles.get(name) is role for name in names) else role
    for name in names:
        project = set_role(project, name, given)
    return project


def set_role(project: Project, name: str, role: Role | None) -> Project:
    """Give a node a role, or take it; a new outcome also becomes the question's outcome."""
    roles = _without(project.roles, {name})
    if role is not None:
        roles = {**roles, name: role}
    changed = replace(project, roles=roles)
    columns = project.vectors.columns(name)
    if role is not Role.OUTCOME or project.question.outcome in columns:
        return changed
    return set_outcome(changed, columns[0])


def use_graph(
    project: Project,
    graph: CausalGraph,
    positions: Mapping[str, Position],
    roles: Mapping[str, Role],
) -> Project:
    """Another graph (an imported one); the table stays, the question forgets what is gone.

    Variables without a position keep the one they had, if any. Time tiers that the new arrows
    contradict are not kept.
    """
    drawn = set(graph.variables)
    kept = (name for name, columns in project.vectors.parts if drawn.isdisjoint(columns))
    vectors = project.vectors.among(drawn.intersection(kept))
    gone = set(project.columns) - set(vectors.spread(graph.variables))
    placed = {**project.positions, **positions}
    changed = replace(
        project,
        graph=graph,
        positions={name: placed[name] for name in graph.variables if name in placed},
        roles=dict(roles),
        families=_without(project.families, gone),
        question=forget(project.question, gone),
        vectors=vectors,
        cut=frozenset(),
        tiers={} if backward(graph, project.tiers) else project.tiers,
    )
    return with_leaves(changed)


# ── the table ──────────────────────────────────────────────────────────────────────────────────


def use_table(project: Project, table: Table) -> Project:
    """Another table; the graph stays. Drawn variables without a column keep their nodes.

    Notes about the data go with the data they are about.
    """
    known, old = set(table.names), project.table
    same = old is None or old.source == table.source
    if same and old is not None and table.design == Design():
        table = carried(carried_pictures(table, old), old)  # the same file, read again
    changed = replace(project, table=table, notes=project.notes if same else "")
    stale = {v for v in project.families if v not in known}
    question = replace(project.question, row=None)
    return replace(changed, families=_without(project.families, stale), question=question)


def add_columns(project: Project, positions: Mapping[str, Position]) -> Project:
    """Columns of the table become nodes; those already drawn are left where they are."""
    for name, at in positions.items():
        if name not in {*project.graph.variables, *project.columns}:
            project = add_variable(project, name, at)
    return project


def set_family(project: Project, name: str, family: str) -> Project:
    """Ask for one family of mechanism for a variable; "auto" lets the held-out score choose."""
    families = _without(project.families, {name})
    return replace(project, families=families if family == "auto" else {**families, name: family})


def set_kind(project: Project, name: str, kind: Kind) -> Project:
    """Read a column as another kind of values; refused where its values do not allow it."""
    if project.table is None:
        return project
    changed = replace(project, table=with_kind(project.table, name, kind))
    families = _without(project.families, {name})
    freed = release(replace(changed, families=families), name)
    return set_level(freed, None) if project.question.outcome == name else freed


def set_unit(project: Project, name: str, unit: str) -> Project:
    """What the numbers of a column are measured in."""
    table = project.table
    if table is None:
        return project
    variables = tuple(replace(v, unit=unit) if v.name == name else v for v in table.variables)
    return replace(project, table=replace(table, variables=variables))


def set_bounds(project: Project, name: str, lower: float | None, upper: float | None) -> Project:
    """Between which values a number can be, None: no limit; refused where the rows contradict it.

    A law of counts without end no longer fits what has ends.
    """
    if project.table is None:
        return project
    changed = replace(project, table=with_bounds(project.table, name, lower, upper))
    unfit = project.families.get(name) == "count" and (upper is not None or bool(lower))
    return set_family(changed, name, "auto") if unfit else changed


def rename_column(project: Project, old: str, new: str) -> Project:
    """Rename a column, and its node where it is drawn; a name in use is refused."""
    table = project.table
    if old in project.graph.variables or table is None:
        return rename(project, old, new)
    new = new.strip()
    if not new or new == old:
        return project
    if new in table or new in project.graph.variables:
        raise DataError(f"There is already a variable named {new}", remedy="choose another name")
    return replace(
        project,
        table=renamed_pictures(renamed_column(table, old, new), old, new),
        families=_renamed(project.families, old, new),
        question=question_renamed(project.question, old, new),
        vectors=project.vectors.renamed(old, new),
        tiers=_renamed(project.tiers, old, new),
        how=_renamed(project.how, old, new),
        instant=instant_renamed(project.instant, old, new),
        concepts=concepts_renamed(project.concepts, old, new),
        environment=new if project.environment == old else project.environment,
    )


def renamed_column(table: Table, old: str, new: str) -> Table:
    """The table with one column called otherwise."""
    variables = tuple(replace(v, name=new) if v.name == old else v for v in table.variables)
    columns, design = _renamed(table.columns, old, new), designs.renamed(table.design, old, new)
    return replace(table, variables=variables, columns=columns, design=design)


def weigh_by(project: Project, column: str) -> Project:
    """Rows count as much as a column says; "": all the same."""
    return _designed(project, lambda design: replace(design, weights=column))


def cluster_by(project: Project, column: str) -> Project:
    """Rows with the same value of a column belong together; "": each stands for itself."""
    return _designed(project, lambda design: replace(design, cluster=column))


def fill_gaps(project: Project, *, impute: bool) -> Project:
    """Fill gaps in from the model before fitting, or leave rows with gaps out."""
    return _designed(project, lambda design: replace(design, impute=impute))


def set_where(project: Project, item: SetWhere) -> Project:
    """An experimenter set a variable in some rows."""
    return _designed(project, lambda design: designs.with_experiment(design, item))


def not_set_where(project: Project, variable: str, column: str) -> Project:
    """A variable was not set where `column` says so, after all."""
    return _designed(project, lambda design: designs.without_experiment(design, variable, column))


# ── the question ───────────────────────────────────────────────────────────────────────────────


def set_rung(project: Project, rung: Rung) -> Project:
    """See, Do or Imagine."""
    return _asked(project, rung=rung)


def set_outcome(project: Project, outcome: str | None, level: int | None = None) -> Project:
    """Which variable the question is about, and which of its categories."""
    return _asked(project, outcome=outcome, level=level)


def set_level(project: Project, level: int | None) -> Project:
    """Which category's probability is asked for."""
    return _asked(project, level=level)


def intervene(project: Project, intervention: Intervention) -> Project:
    """do(…): set or shift one variable; others stay as they are."""
    action = replaced(project.question.action, intervention)
    return _asked(project, action=alike(project, action, intervention))


def ask_do(project: Project, intervention: Intervention) -> Project:
    """do(…) from wherever the question stands: seeing becomes doing, imagining stays."""
    rung = Rung.IMAGINE if project.question.rung is Rung.IMAGINE else Rung.DO
    known = any(i.variable == intervention.variable for i in project.question.action)
    return (intervene if known else start_doing)(set_rung(project, rung), intervention)


def release(project: Project, variable: str) -> Project:
    """Undo the intervention (and evidence) on one variable."""
    freed = stop_doing(project, variable)
    seen = project.vectors.columns(variable)
    kept = tuple(c for c in project.question.evidence if c.variable not in seen)
    return _asked(freed, evidence=kept)


def start_doing(project: Project, intervention: Intervention) -> Project:
    """One more do(…); another world it is compared with gets the same, too."""
    changed = intervene(project, intervention)
    contrast = changed.question.contrast
    if not contrast or any(item.variable == intervention.variable for item in contrast):
        return changed
    return _asked(changed, contrast=(*contrast, intervention))


def stop_doing(project: Project, variable: str) -> Project:
    """Undo the intervention on one variable, in both worlds that are compared; evidence stays.

    Of a component of a vector: on the whole vector.
    """
    action, contrast = project.question.action, project.question.contrast
    for name in project.vectors.beside(variable):
        action = released(action, name)
        contrast = released(contrast, name) or None if contrast else contrast
    return _asked(project, action=action, contrast=contrast)


def contrast_by(project: Project, intervention: Intervention) -> Project:
    """Set or shift one variable in the world that the effect is compared with."""
    contrast = replaced(project.question.contrast or (), intervention)
    return _asked(project, contrast=alike(project, contrast, intervention))


def stop_seeing(project: Project, variable: str) -> Project:
    """Drop the condition on one variable; interventions stay."""
    kept = tuple(c for c in project.question.evidence if c.variable != variable)
    return _asked(project, evidence=kept)


def release_all(project: Project) -> Project:
    """No interventions, no evidence."""
    return _asked(project, action=(), contrast=None, evidence=())


def compare_with(project: Project, contrast: Action | None) -> Project:
    """What the effect is measured against; None: what was seen."""
    return _asked(project, contrast=contrast)


def see(project: Project, condition: Condition) -> Project:
    """Look only at rows where the condition holds; takes the place of one on the same variable."""
    evidence = project.question.evidence
    if any(c.variable == condition.variable for c in evidence):
        kept = tuple(condition if c.variable == condition.variable else c for c in evidence)
    else:
        kept = (*evidence, condition)
    return _asked(project, evidence=kept)


def pick_row(project: Project, row: int | None) -> Project:
    """The row whose other worlds are imagined (0-based)."""
    return _asked(project, row=row)


def carry_luck(project: Project, convention: Convention) -> Project:
    """How the imagined row's luck goes over into the other world."""
    return _asked(project, convention=convention)


# ── private ────────────────────────────────────────────────────────────────────────────────────


def _may_be_caused(project: Project, *names: str) -> None:
    for name in names:
        if name in project.randomised:
            raise GraphError(
                f"{name} was randomised: only the lot decides it, so nothing drawn causes it",
                remedy="take the mark from it first",
            )


def _asked(project: Project, **changes: object) -> Project:
    return replace(project, question=replace(project.question, **changes))  # type: ignore[arg-type]


def _designed(project: Project, change: Callable[[Design], Design]) -> Project:
    table = project.table
    if table is None:
        return project
    return replace(project, table=designed(table, change(table.design)))


def _no_component(project: Project, name: str) -> None:
    owner = project.vectors.node(name)
    if owner != name:
        raise DataError(f"{name} is part of {owner}", remedy="choose another name")


def _without(mapping: Mapping[str, T], gone: Iterable[str]) -> dict[str, T]:
    gone = set(gone)
    return {name: value for name, value in mapping.items() if name not in gone}


def _renamed(mapping: Mapping[str, T], old: str, new: str) -> dict[str, T]:
    return {new if name == old else name: value for name, value in mapping.items()}
