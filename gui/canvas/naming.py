"""Writing a node's name where it stands: a new node is one undo step, name and all."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from engine.project import Position, Project
from gui import edit_edges, edits
from gui.canvas.card import Card
from gui.canvas.card_painter import NAME_POINTS, NAME_ROW, Look
from gui.canvas.commands import CanvasCommands
from gui.canvas.edge_item import EdgeKey
from gui.canvas.field import CardField, LineEditor
from gui.canvas.node_item import LoneNode
from gui.canvas.panning import PanningView

Make = Callable[[Project, str], Project]


def maker(
    at: Position,
    *,
    latent: bool = False,
    cause: str | None = None,
    into: EdgeKey | None = None,
) -> Make:
    """How a new node gets into the project, once it has a name."""

    def make(project: Project, name: str) -> Project:
        if cause is not None:
            return edits.add_effect(project, cause, name, at)
        added = (edits.add_latent if latent else edits.add_variable)(project, name, at)
        return (
            added
            if into is None or into.hidden
            else edit_edges.insert_between(added, into.a, into.b, name)
        )

    return make


class Naming(QObject):
    """At most one editor at a time, over the card it names."""

    def __init__(self, view: PanningView, commands: CanvasCommands) -> None:
        super().__init__(view)
        self._view, self._commands = view, commands
        self._field = CardField(view, NAME_ROW, NAME_POINTS, self._keep)
        self._field.closed.connect(self._drop_ghost)
        self._ghost: LoneNode | None = None
        self._old = ""
        self._at: Position = (0.0, 0.0)
        self._make = maker(self._at)

    @property
    def editor(self) -> LineEditor | None:
        """The open editor."""
        return self._field.editor

    def create(
        self,
        at: Position,
        *,
        latent: bool = False,
        cause: str | None = None,
        into: EdgeKey | None = None,
    ) -> None:
        """Show a new card at `at` and ask for its name; nothing is added before Enter.

        It is caused by `cause`, or put into the arrow `into`.
        """
        self.finish()
        self._old, self._at = "", at
        self._make = maker(at, latent=latent, cause=cause, into=into)
        name = self._commands.unused_name("U" if latent else "X")
        self._ghost = LoneNode(
            Card(name, latent=latent, no_data=not latent), self._view.stage.theme
        )
        self._ghost.show_look(Look(selected=True))
        self._ghost.setPos(*at)
        self._ghost.setZValue(2)
        self._view.stage.addItem(self._ghost)
        self._open(name)

    def rename(self, name: str) -> None:
        """Ask for another name of a node."""
        self.finish()
        item = self._view.stage.nodes[name]
        self._old, self._at = name, (item.x(), item.y())
        self._open(name)

    def finish(self) -> None:
        """Keep what was typed, if it can be kept."""
        self._field.finish()

    def _open(self, name: str) -> None:
        self._field.open(name, self.tr("Name of the node"), lambda: self._at)

    def _keep(self, name: str) -> bool | None:
        """Refused on Enter: the editor stays, for another try."""
        if not name or name == self._old:
            return None
        if self._old:
            return self._commands.rename(self._old, name)
        return self._commands.create(name, self._make)

    @Slot()
    def _drop_ghost(self) -> None:
        if self._ghost is not None:
            self._view.stage.removeItem(self._ghost)
            self._ghost = None
