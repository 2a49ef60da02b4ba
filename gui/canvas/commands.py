"""What the user does to the graph on the canvas: each a verb, a label and one undo step."""

from collections.abc import Callable, Hashable, Iterable, Mapping

from PySide6.QtCore import QObject, Signal

from engine.data.variable import Kind
from engine.errors import UserError
from engine.graph.graph import CausalGraph
from engine.interventions import Set
from engine.project import Position, Project, Role
from gui import edits
from gui.alike import middle
from gui.busy import busy
from gui.canvas.edge_item import EdgeKey, key_of
from gui.canvas.layout import STEP_Y, free_spot, grid, place
from gui.canvas.node_item import NodeItem
from gui.canvas.scene import CanvasScene
from gui.document import Document
from gui.vectors import ask_do


class CanvasCommands(QObject):
    """Applies verbs; a refusal changes nothing and goes out by `noticed`."""

    noticed = Signal(str)

    def __init__(
        self, document: Document, scene: CanvasScene, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.document = self._document = document
        self._scene = scene

    def attempt(
        self, label: str, verb: Callable[[Project], Project], merge: Hashable = None
    ) -> bool:
        """One undo step; False and a notice if the verb refuses."""
        try:
            self._document.apply(label, verb, merge)
        except UserError as refusal:
            self.noticed.emit(str(refusal))
            return False
        return True

    # ── nodes ──────────────────────────────────────────────────────────────────────────────────

    def unused_name(self, stem: str = "X") -> str:
        """A short name that neither a node nor a column has."""
        project = self._document.project
        columns = () if project.table is None else project.table.names
        taken = {*project.graph.variables, *columns}
        return next(name for i in range(1, len(taken) + 2) if (name := f"{stem}{i}") not in taken)

    def create(self, name: str, make: Callable[[Project, str], Project]) -> bool:
        """A new node, added to the project by `make`, selected and focused."""
        name = name.strip()

        def verb(project: Project) -> Project:
            return make(project, name)

        done = self.attempt(self.tr("Add {0}").format(name), verb)
        if done:
            self._scene.select({name})
            self._scene.focus(name)
        return done

    def rename(self, old: str, new: str) -> bool:
        """Another name, for the node and its column."""
        label = self.tr("Rename {0} to {1}").format(old, new.strip())
        with busy(self._document.project.table):
            return self.attempt(label, lambda project: edits.rename(project, old, new))

    def delete_selection(self) -> None:
        """Delete what is selected, at once; Undo brings it back."""
        names, keys = self._scene.selected, self._scene.selected_edges
        if not names and not keys:
            return
        directed = {(k.a, k.b) for k in keys if not k.hidden}
        hidden = {(k.a, k.b) for k in keys if k.hidden}
        what = self._counted(names, keys)
        label = self.tr("Delete {0}").format(what)
        if self.attempt(label, lambda p: edits.remove(p, names, directed, hidden)):
            self.noticed.emit(self.tr("Deleted {0}").format(what))

    def move(self, places: Mapping[str, Position]) -> None:
        """Put nodes elsewhere; nodes that nobody had placed are pinned where they are shown."""
        project = self._document.project
        shown = self._scene.places()
        pinned = {v: shown[v] for v in project.graph.variables if v not in project.positions}
        label = self.tr("Move {0}").format(self._counted(places, ()))
        self.attempt(label, lambda p: edits.move(p, {**pinned, **places}))

    def nudge(self, dx: float, dy: float) -> None:
        """Move the selection a little; repeated nudges are one undo step."""
        names = self._scene.selected
        shown = self._scene.places()
        places = {v: (shown[v][0] + dx, shown[v][1] + dy) for v in names}
        label = self.tr("Move {0}").format(self._counted(names, ()))
        self.attempt(label, lambda p: edits.move(p, places), ("nudge", names))

    def add_columns(self, names: Iterable[str], near: Position) -> None:
        """Columns become nodes at free places around `near`."""
        project = self._document.project
        taken = list(self._scene.places().values())
        wanted = [v for v in names if v not in (*project.graph.variables, *project.columns)]
        places: dict[str, Position] = {}
        for name in wanted:
            places[name] = free_spot(taken, near)
            taken.append(places[name])
        if not wanted:
            self.noticed.emit(self.tr("Already drawn"))
            return
        label = self.tr("Add {0}").format(self._counted(wanted, ()))
        if self.attempt(label, lambda p: edits.add_columns(p, places)):
            self._scene.select(places)

    def add_all(self, names: Iterable[str]) -> None:
        """Columns become nodes: laid out on an empty canvas, else in rows below what is drawn."""
        project, shown = self._document.project, self._scene.places()
        wanted = [v for v in names if v not in (*project.graph.variables, *project.columns)]
        if not wanted:
            self.noticed.emit(self.tr("Already drawn"))
            return
        if shown:
            below = (min(x for x, _ in shown.values()), max(y for _, y in shown.values()) + STEP_Y)
            places = dict(zip(wanted, grid(len(wanted), below), strict=True))
        else:
            places = place(CausalGraph(tuple(wanted)), {})
        label = self.tr("Add {0}").format(self._counted(wanted, ()))
        if self.attempt(label, lambda p: edits.add_columns(edits.move(p, shown), places)):
            self._scene.select(places)

    # ── edges ──────────────────────────────────────────────────────────────────────────────────

    def connect_nodes(self, a: str, b: str, *, hidden: bool) -> bool:
        """Draw a → b, or a ↔ b; one that is already there is said to be."""
        key = key_of(a, b, hidden=hidden)
        if key in self._scene.edges:
            self.noticed.emit(self.tr("{0} is already drawn").format(str(key)))
            return False
        verb = edits.connect_hidden if hidden else edits.connect
        return self.attempt(self.tr("Draw {0}").format(str(key)), lambda p: verb(p, a, b))

    def reverse_selected(self) -> None:
        """Turn the selected arrow round."""
        arrows = [k for k in self._scene.selected_edges if not k.hidden]
        if len(arrows) != 1:
            self.noticed.emit(self.tr("Select one arrow to reverse it"))
            return
        key = arrows[0]
        label = self.tr("Reverse {0}").format(str(key))
        if self.attempt(label, lambda p: edits.reverse(p, key.a, key.b)):
            self._scene.select((), {EdgeKey(key.b, key.a)})

    def toggle_hidden(self) -> None:
        """A hidden common cause between the two selected nodes, or no longer."""
        if len(self._scene.selected) != 2:
            self.noticed.emit(self.tr("Select two nodes to draw a hidden common cause"))
            return
        self.toggle_hidden_between(*self._scene.selected)

    def toggle_hidden_between(self, a: str, b: str) -> None:
        """A hidden common cause a ↔ b, or no longer."""
        a, b = sorted((a, b))
        label = self.tr("Hidden cause {0}").format(f"{a} ↔ {b}")
        self.attempt(label, lambda p: edits.toggle_hidden(p, a, b))

    # ── roles and questions ────────────────────────────────────────────────────────────────────

    def toggle_role(self, role: Role) -> None:
        """Give the selected nodes a role, or take it."""
        names = self.meant()
        if names:
            self.attempt(self.tr("Set role"), lambda p: edits.toggle_role(p, names, role))

    def clear_roles(self) -> None:
        """Take their roles from the selected nodes."""
        names = self.meant()

        def verb(project: Project) -> Project:
            for name in names:
                project = edits.set_role(project, name, None)
            return project

        self.attempt(self.tr("Take the role"), verb)

    def set_kind(self, kind: Kind) -> None:
        """Read the selected columns as another kind of values; refused as a whole."""
        table = self._document.project.table
        names = [v for v in self.meant() if table is not None and v in table]
        label = self.tr("Treat {0} as {1}").format(self._counted(names, ()), kind)

        def verb(project: Project) -> Project:
            for name in names:
                project = edits.set_kind(project, name, kind)
            return project

        with busy(self._document.project.table):
            self.attempt(label, verb)

    def set_unit(self, name: str, unit: str) -> None:
        """What the numbers of a column are measured in."""
        label = self.tr("Unit of {0}").format(name)
        self.attempt(label, lambda p: edits.set_unit(p, name, unit))

    def toggle_latent(self) -> None:
        """Mark the selected nodes as not measured, or measured again."""
        names = self.meant()
        if names:
            self.attempt(self.tr("Mark as not measured"), lambda p: edits.toggle_latent(p, names))

    def set_outcome(self, name: str) -> None:
        """Ask about this variable, or the first column of a vector."""
        column = self._document.project.vectors.columns(name)[0]
        label = self.tr("Ask about {0}").format(column)
        self.attempt(label, lambda p: edits.set_outcome(p, column))

    def intervene(self, name: str) -> None:
        """do(name) at the median, or the first category; a vector at the middle of each column."""
        table = self._document.project.table
        if table is None or not self._document.project.measured(name):
            return

        def first(column: str) -> Set:
            start = middle(table, column)
            return Set(column, start if column == name else float(f"{start:.3g}"))

        self.attempt(self.tr("Set {0}").format(name), lambda p: ask_do(p, name, first))

    def release_all(self) -> None:
        """No interventions, no evidence."""
        self.attempt(self.tr("Release all"), edits.release_all)

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def meant(self) -> tuple[str, ...]:
        """The selected nodes in the graph's order; the hovered one where none is selected."""
        names = set(self._scene.selected)
        hovered = self._scene.hovered
        if not names and not self._scene.selected_edges and isinstance(hovered, NodeItem):
            names = {hovered.card.name}
        return tuple(v for v in self._document.project.graph.variables if v in names)

    def _counted(self, names: Iterable[str], keys: Iterable[EdgeKey]) -> str:
        nodes, edges = list(names), list(keys)
        if len(nodes) + len(edges) == 1:
            return nodes[0] if nodes else str(edges[0])
        words = []
        if nodes:
            words.append(self.tr("1 node") if len(nodes) == 1 else self.tr("{0} nodes"))
        if edges:
            words.append(self.tr("1 edge") if len(edges) == 1 else self.tr("{0} edges"))
        counts = [n for n in (len(nodes), len(edges)) if n]
        return ", ".join(w.format(n) for w, n in zip(words, counts, strict=True))
