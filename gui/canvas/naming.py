"""Writing a node's name where it stands: a new node is one undo step, name and all."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from engine.project import Position, Project
from gui import edit_edges, edits
from gui.canvas.card import Card
from gui.canvas.card_painter import NAME_POINTS, NAME_ROW, Look, font
from gui.canvas.commands import CanvasCommands
from gui.canvas.edge_item import EdgeKey
from gui.canvas.node_item import LoneNode
from gui.canvas.panning import PanningView

LEAST_WIDTH = 120
KEPT_OPEN = (
    Qt.FocusReason.ActiveWindowFocusReason,
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
)


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


class NameEditor(QLineEdit):
    """One line; Enter or leaving it commits, Esc cancels."""

    committed = Signal(bool)  # by Enter
    cancelled = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(name, parent)
        self.setAccessibleName(self.tr("Name of the node"))
        self.setMaxLength(200)
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter and Esc end it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.committed.emit(True)
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Clicking elsewhere keeps what was typed."""
        super().focusOutEvent(event)
        if event.reason() not in KEPT_OPEN:
            self.committed.emit(False)


class Naming(QObject):
    """At most one editor at a time, over the card it names."""

    def __init__(self, view: PanningView, commands: CanvasCommands) -> None:
        super().__init__(view)
        self._view, self._commands = view, commands
        self._editor: NameEditor | None = None
        self._ghost: LoneNode | None = None
        self._old = ""
        self._at: Position = (0.0, 0.0)
        self._make = maker(self._at)
        view.zoom_changed.connect(self._follow)
        view.horizontalScrollBar().valueChanged.connect(self._follow)
        view.verticalScrollBar().valueChanged.connect(self._follow)

    @property
    def editor(self) -> NameEditor | None:
        """The open editor."""
        return self._editor

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
        if self._editor is not None:
            self._commit(False)

    def _open(self, name: str) -> None:
        self._editor = NameEditor(name, self._view.viewport())
        self._editor.committed.connect(self._commit)
        self._editor.cancelled.connect(self._close)
        self._follow()
        self._editor.show()
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(bool)
    def _commit(self, entered: bool) -> None:
        """Refused on Enter: the editor stays, for another try."""
        editor = self._editor
        if editor is None:
            return
        name = editor.text().strip()
        if not name or name == self._old:
            self._close()
            return
        if not entered:
            self._editor = None  # closing must not commit again
        done = (
            self._commands.rename(self._old, name)
            if self._old
            else self._commands.create(name, self._make)
        )
        self._editor = editor
        if done or not entered:
            self._close()
        else:
            editor.selectAll()

    @Slot()
    def _close(self) -> None:
        editor, self._editor = self._editor, None
        if self._ghost is not None:
            self._view.stage.removeItem(self._ghost)
            self._ghost = None
        if editor is not None:
            if editor.hasFocus():  # before hiding, or Qt would tab on to another node
                self._view.setFocus(Qt.FocusReason.OtherFocusReason)
            editor.hide()
            editor.deleteLater()

    @Slot()
    def _follow(self) -> None:
        """Keep the editor over the name while the canvas moves."""
        if self._editor is None:
            return
        zoom = self._view.zoom
        row = QRectF(NAME_ROW).adjusted(-5, -3, 5, 3).translated(QPointF(*self._at))
        place = self._view.mapFromScene(row).boundingRect()
        place.setWidth(max(place.width(), LEAST_WIDTH))
        self._editor.setFont(font(max(8.0, NAME_POINTS * min(zoom, 2.0)), bold=True))
        place.setHeight(max(place.height(), self._editor.sizeHint().height()))
        self._editor.setGeometry(place)
