"""The lines of the outline: what stands on the canvas, in words. No Qt widgets."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from engine.project import Project
from engine.sketch import Region
from gui.canvas.edge_item import EdgeKey, key_of
from gui.numerals import condition_text, intervention_text
from gui.typed import action_text

ARROW, HIDDEN = "→", "↔"


class What(StrEnum):
    """What a line stands for."""

    NODE = "node"
    EDGE = "edge"
    ACTION = "action"  # what is set or shifted
    EVIDENCE = "evidence"  # what is seen
    REGION = "region"
    NOTE = "note"  # what is written on a region
    HELD = "held"  # a card on a region


@dataclass(frozen=True, slots=True)
class Line:
    """`names`: the variables meant, cause first; `index`: of a region; `text`: what is edited."""

    what: What
    words: str
    names: tuple[str, ...] = ()
    facts: str = ""
    text: str | None = None
    hidden: bool = False
    index: int = -1
    inside: tuple["Line", ...] = ()

    @property
    def edge(self) -> EdgeKey | None:
        """The edge meant, as the canvas names it."""
        if self.what is not What.EDGE:
            return None
        a, b = self.names
        return key_of(a, b, hidden=self.hidden)

    @property
    def key(self) -> tuple[object, ...]:
        """The same for the line of the same thing in another state of the project."""
        return self.what, self.names, self.hidden, self.index


def lines_of(project: Project) -> tuple[Line, ...]:
    """A line for each variable, then one for each region and note."""
    nodes = (_node(project, name) for name in project.graph.variables)
    regions = (_region(project, i, r) for i, r in enumerate(project.sketch.regions))
    return (*nodes, *regions)


def shown(project: Project) -> tuple[object, ...]:
    """What of a project the lines tell, the question last; equal where the lines are."""
    question = project.question.active
    return (
        project.graph,
        project.roles,
        project.table,
        project.assumed,
        project.randomised,
        project.cut,
        project.tiers,
        project.vectors,
        project.sketch.regions,
        project.positions if project.sketch.regions else None,
        (question.action, question.evidence, question.outcome),
    )


def _node(project: Project, name: str) -> Line:
    inside = (*_settings(project, name), *_edges(project, name))
    return Line(What.NODE, name, (name,), _facts(project, name), name, inside=inside)


def _edges(project: Project, name: str) -> Iterator[Line]:
    graph = project.graph
    for cause in graph.parents(name):
        yield _edge(project, _tr("caused by {0}").format(cause), (cause, name))
    for effect in graph.children(name):
        yield _edge(project, _tr("causes {0}").format(effect), (name, effect))
    for other in graph.siblings(name):
        words = _tr("shares a hidden cause with {0}").format(other)
        yield Line(What.EDGE, words, (name, other), hidden=True)
    yield from _cut(project, name)


def _cut(project: Project, name: str) -> Iterator[Line]:
    """Edges that a lot took out of the graph; they are still drawn."""
    lot = _tr("cut: chance alone decides")
    for a, b, hidden in sorted(project.cut):
        if name not in (a, b):
            continue
        ends = (name, b if name == a else a) if hidden else (a, b)
        words = (
            _tr("shares a hidden cause with {0}").format(ends[1])
            if hidden
            else _tr("causes {0}").format(b)
            if name == a
            else _tr("caused by {0}").format(a)
        )
        yield Line(What.EDGE, words, ends, lot, hidden=hidden)


def _edge(project: Project, words: str, ends: tuple[str, str]) -> Line:
    return Line(What.EDGE, words, ends, _tr("assumed") if ends in project.assumed else "")


def _settings(project: Project, name: str) -> Iterator[Line]:
    """What the question sets, shifts and sees of a variable, column by column of a vector."""
    question, table = project.question.active, project.table
    columns = project.vectors.columns(name)
    if table is None:
        return
    for item in question.action:
        if item.variable in columns and item.variable in table:
            variable = table.variable(item.variable)
            text = action_text(variable, item)
            words = intervention_text(variable, item)
            yield Line(What.ACTION, words, (item.variable,), text=text)
    for condition in question.evidence:
        if condition.variable in columns and condition.variable in table:
            seen = condition_text(table.variable(condition.variable), condition)
            words = _tr("seen: {0} {1}").format(condition.variable, seen)
            yield Line(What.EVIDENCE, words, (condition.variable,))


def _facts(project: Project, name: str) -> str:
    graph, facts = project.graph, []
    if project.question.outcome in project.vectors.columns(name):
        facts.append(_tr("asked about"))
    role = project.roles.get(name)
    if role is not None:
        facts.append(QCoreApplication.translate("Role", str(role)))
    if name in project.randomised:
        facts.append(_tr("randomised"))
    if name in project.tiers:
        facts.append(_tr("time tier {0}").format(project.tiers[name]))
    if name in graph.latent:
        facts.append(_tr("never measured"))
    elif name in project.vectors:
        columns = project.vectors.columns(name)
        facts.append(_tr("{0} columns: {1}").format(len(columns), ", ".join(columns)))
    elif project.table is not None and name in project.table:
        variable = project.table.variable(name)
        facts += [variable.unit, QCoreApplication.translate("Kind", str(variable.kind))]
    else:
        facts.append(_tr("no column in the table"))
    causes, effects = len(graph.parents(name)), len(graph.children(name))
    facts.append(_tr("1 cause") if causes == 1 else _tr("{0} causes").format(causes))
    facts.append(_tr("1 effect") if effects == 1 else _tr("{0} effects").format(effects))
    return " · ".join(fact for fact in facts if fact)


def _region(project: Project, index: int, region: Region) -> Line:
    on_it = [v for v, place in project.positions.items() if region.holds(place)]
    held = tuple(Line(What.HELD, _tr("holds {0}").format(v), (v,), index=index) for v in on_it)
    note = Line(What.NOTE, region.note or _tr("nothing is written on it"), text=region.note,
                index=index)  # fmt: skip
    count = _tr("1 variable on it") if len(on_it) == 1 else _tr("{0} variables on it")
    facts = " · ".join((_tr("region"), count.format(len(on_it)))) if on_it else _tr("note")
    words = region.title or _tr("without a title")
    return Line(What.REGION, words, facts=facts, text=region.title, index=index,
                inside=(note, *held))  # fmt: skip


def _tr(text: str) -> str:
    return QCoreApplication.translate("OutlinePanel", text)
