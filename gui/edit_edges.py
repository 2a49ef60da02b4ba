"""User verbs for edges, and for what lots decide: pure functions Project → Project. No Qt."""

from collections.abc import Iterable
from dataclasses import replace

from engine.graph.graph import Edge
from engine.project import Position, Project
from engine.sketch import Drawn
from gui import edits


def insert_between(project: Project, cause: str, effect: str, name: str) -> Project:
    """`name` becomes a mediator: cause → name → effect takes the place of cause → effect."""
    opened = edits.disconnect(project, cause, effect)
    for a, b in ((cause, name), (name, effect)):
        if (a, b) not in opened.graph.edges:
            opened = edits.connect(opened, a, b)
    return opened


def reconnect(project: Project, old: Drawn, new: Edge) -> Project:
    """An edge with another end; a doubtful arrow that is led elsewhere by hand is meant."""
    a, b, hidden = old
    if hidden:
        opened = edits.disconnect_hidden(project, a, b)
        return edits.connect_hidden(opened, *new)
    return edits.connect(edits.disconnect(project, a, b), *new)


def redraw(project: Project, old: Drawn, new: Drawn) -> Project:
    """One edge in place of another, perhaps of the other kind and between other variables."""
    if new[2] == old[2]:
        return reconnect(project, old, new[:2])
    a, b, hidden = old
    opened = (edits.disconnect_hidden if hidden else edits.disconnect)(project, a, b)
    return (edits.connect_hidden if new[2] else edits.connect)(opened, *new[:2])


def hide_cause(project: Project, cause: str, effect: str) -> Project:
    """cause ↔ effect takes the place of cause → effect."""
    return edits.connect_hidden(edits.disconnect(project, cause, effect), cause, effect)


def show_cause(project: Project, cause: str, effect: str) -> Project:
    """cause → effect takes the place of cause ↔ effect."""
    return edits.connect(edits.disconnect_hidden(project, cause, effect), cause, effect)


def bend(project: Project, edge: Drawn, off: Position) -> Project:
    """Pull the middle of an edge `off` (canvas units) from the middle between its nodes."""
    bends = {**project.sketch.bends, edge: off}
    return replace(project, sketch=replace(project.sketch, bends=bends))


def straighten(project: Project, edges: Iterable[Drawn]) -> Project:
    """Edges find their own way again."""
    gone = set(edges)
    kept = {edge: off for edge, off in project.sketch.bends.items() if edge not in gone}
    return replace(project, sketch=replace(project.sketch, bends=kept))


def toggle_randomised(project: Project, names: Iterable[str]) -> Project:
    """Variables were set by lot, or all of them no longer.

    What is drawn into them is cut by the lot: it stays drawn and counts again once the mark is
    taken, unless that would now close a loop, which is refused.
    """
    names = frozenset(names)
    if names <= project.randomised:
        return _counting_again(project, names)
    cut = frozenset(causes_of(project, names))
    graph = replace(
        project.graph,
        edges=frozenset(e for e in project.graph.edges if (*e, False) not in cut),
        bidirected=frozenset(e for e in project.graph.bidirected if (*e, True) not in cut),
    )
    lots = project.randomised | names
    return replace(project, graph=graph, randomised=lots, cut=project.cut | cut)


def _counting_again(project: Project, names: frozenset[str]) -> Project:
    """These are no longer set by lot, and what was cut because of them alone counts again."""
    lots = project.randomised - names
    again = [
        (a, b, hidden)
        for a, b, hidden in sorted(project.cut)
        if b not in lots and not (hidden and a in lots)
    ]
    project = replace(project, randomised=lots)
    for a, b, hidden in again:
        project = (edits.connect_hidden if hidden else edits.connect)(project, a, b)
    return project


def causes_of(project: Project, names: Iterable[str]) -> tuple[Drawn, ...]:
    """What is drawn into these variables: arrows, and ↔ at either end."""
    names = set(names)
    arrows = [(a, b, False) for a, b in sorted(project.graph.edges) if b in names]
    return (*arrows, *((a, b, True) for a, b in sorted(project.graph.bidirected) if {a, b} & names))


def would_close(project: Project, cause: str, effect: str) -> tuple[str, ...]:
    """The loop that cause → effect would close, from effect to effect; () for none."""
    back = project.graph.path(effect, cause)
    return (*back, effect) if back else ()
