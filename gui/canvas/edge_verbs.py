"""What the user does to edges beyond drawing them: lead elsewhere, bend, put a node between."""

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from engine.graph.graph import Edge
from engine.project import Position, Project
from engine.sketch import Drawn
from gui import edit_edges, edits
from gui.canvas.commands import CanvasCommands
from gui.canvas.contradictions import keys_of, said
from gui.canvas.edge_item import EdgeKey, key_of
from gui.canvas.scene import CanvasScene


def drawn(key: EdgeKey) -> Drawn:
    """The edge as the project names it."""
    return (key.a, key.b, key.hidden)


def lead(commands: CanvasCommands, scene: CanvasScene, key: EdgeKey, ends: Edge) -> None:
    """An edge gets another end; one that is already there is said to be."""
    new = key_of(*ends, hidden=key.hidden)
    if new == key:
        return
    if new in scene.edges:
        commands.noticed.emit(_tr("{0} is already drawn").format(str(new)))
        return
    label = _tr("Lead {0} elsewhere").format(str(key))
    if commands.attempt(label, lambda p: edit_edges.reconnect(p, drawn(key), ends)):
        scene.select((), {new})


def bend(commands: CanvasCommands, key: EdgeKey, off: Position) -> None:
    """An edge is pulled aside."""
    label = _tr("Bend {0}").format(str(key))
    commands.attempt(label, lambda p: edit_edges.bend(p, drawn(key), off))


def straighten(commands: CanvasCommands, scene: CanvasScene) -> None:
    """The selected edges (all, where none is selected) find their own way again."""
    bent = scene.document.project.sketch.bends
    scene.growth.finish()
    keys = scene.selected_edges or scene.edges.keys()
    edges = [drawn(key) for key in keys if drawn(key) in bent]
    if not edges:
        commands.noticed.emit(_tr("Nothing is bent here"))
        return
    commands.attempt(_tr("Straighten"), lambda p: edit_edges.straighten(p, edges))


def swap_kind(commands: CanvasCommands, scene: CanvasScene, key: EdgeKey) -> None:
    """An arrow becomes a hidden cause ↔ between the same two, or the other way round."""
    verb = edit_edges.show_cause if key.hidden else edit_edges.hide_cause
    new = key_of(key.a, key.b, hidden=not key.hidden)
    label = _tr("{0} instead of {1}").format(str(new), str(key))
    if commands.attempt(label, lambda p: verb(p, key.a, key.b)):
        scene.select((), {new})


def try_repair(commands: CanvasCommands, scene: CanvasScene) -> None:
    """Draw what would repair the graph, as one step; the tests then judge it anew."""
    change = scene.broken.change
    if change is None:
        commands.noticed.emit(_tr("Nothing that would repair the graph is known"))
        return
    keys = keys_of(change)

    def verb(project: Project) -> Project:
        for key in keys:
            connect = edits.connect_hidden if key.hidden else edits.connect
            project = connect(project, key.a, key.b)
        return project

    tested = scene.broken.tested
    if commands.attempt(_tr("Try {0}").format(said(keys)), verb):
        scene.select((), keys)
        words = _tr("Drawn: {0}").format(said(keys))
        commands.noticed.emit(". ".join(filter(None, (words, tested))))


def put_between(
    commands: CanvasCommands,
    scene: CanvasScene,
    name: str,
    key: EdgeKey,
    places: dict[str, Position] | None = None,
) -> bool:
    """A node becomes a mediator on an arrow, where it now stands: one undo step."""
    moved = places or {}

    def verb(project: Project) -> Project:
        return edit_edges.insert_between(edits.move(project, moved), key.a, key.b, name)

    done = commands.attempt(_tr("Put {0} into {1}").format(name, str(key)), verb)
    if done:
        scene.select({name})
        words = _tr("{0} now lies between {1} and {2}")
        commands.noticed.emit(words.format(name, key.a, key.b))
    return done


def is_lone(project: Project, name: str) -> bool:
    """True for a node without edges, which may lie between two others."""
    graph = project.graph
    joined = {v for edge in graph.edges | graph.bidirected for v in edge}
    joined |= {v for a, b, _ in project.cut for v in (a, b)}
    return name not in joined and name not in project.randomised


def put_selected_between(commands: CanvasCommands, scene: CanvasScene) -> EdgeKey | None:
    """The selected node goes into the selected arrow; the arrow itself where no node is selected.

    The arrow returned still waits for the name of a new node.
    """
    arrows = [key for key in scene.selected_edges if not key.hidden]
    if len(arrows) != 1 or len(scene.selected) > 1:
        commands.noticed.emit(_tr("Select one arrow, and perhaps the node that lies between"))
        return None
    if not scene.selected:
        return arrows[0]
    put_between(commands, scene, next(iter(scene.selected)), arrows[0])
    return None


def toggle_randomised(commands: CanvasCommands, names: Iterable[str]) -> None:
    """Variables were set by lot, or no longer; what the lot cuts is said."""
    names = tuple(names)
    if not names:
        commands.noticed.emit(_tr("Select what was randomised"))
        return
    project = commands.document.project
    gone = edit_edges.causes_of(project, names)
    off = set(names) <= project.randomised
    label = _tr("Not randomised") if off else _tr("Randomised")
    if not commands.attempt(label, lambda p: edit_edges.toggle_randomised(p, names)) or off:
        return
    if gone:
        words = ", ".join(str(EdgeKey(a, b, hidden=hidden)) for a, b, hidden in gone)
        commands.noticed.emit(_tr("Only the lot decides it: it cuts {0}").format(words))


def _tr(text: str) -> str:
    return QCoreApplication.translate("EdgeVerbs", text)
