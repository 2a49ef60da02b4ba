"""Hands on regions: draw, write, move with the cards on it, change the size, remove."""

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from engine.project import Position
from engine.sketch import Region
from gui import edit_regions
from gui.canvas.commands import CanvasCommands
from gui.canvas.field import KEPT_OPEN
from gui.canvas.panning import PanningView
from gui.canvas.regions import RegionItem

SLOP = 4.0
LEAST_EDITOR = (220, 96)  # pixels


class RegionVerbs(QObject):
    """At most one editor at a time; each change is one undo step."""

    def __init__(self, view: PanningView, commands: CanvasCommands) -> None:
        super().__init__(view)
        self._view, self._scene, self._commands = view, view.stage, commands
        self.regions = view.stage.regions
        self.editor: RegionEditor | None = None
        self._ghost: RegionItem | None = None
        self._index: int | None = None

    def draw(self, at: Position) -> None:
        """A region around the selected cards, or a note at a point; its text is asked for."""
        shown = self._scene.places()
        if self._scene.selected:
            region = edit_regions.around(shown[v] for v in self._scene.selected)
        else:
            width, height = edit_regions.NOTE
            region = Region(at[0] - width / 2, at[1] - height / 2, width, height)
        self.finish()
        self._ghost = RegionItem(region, self._scene.theme)
        self._scene.addItem(self._ghost)
        self._open(region, None)

    def write(self, index: int) -> None:
        """Another title and note."""
        self.finish()
        self._open(self.regions.items[index].region, index)

    def remove(self, index: int) -> None:
        """The cards on it stay."""
        name = self.regions.items[index].region.title or _tr("the note")
        label = _tr("Delete {0}").format(name)
        self.regions.hold(None)
        if self._commands.attempt(label, lambda p: edit_regions.remove_region(p, index)):
            self._commands.noticed.emit(_tr("Deleted {0}").format(name))

    def move(self, index: int, off: Position, *, merge: bool = False) -> None:
        """With the cards on it."""
        shown = self._scene.places()
        key = ("nudge region", index) if merge else None
        self._commands.attempt(
            _tr("Move the region"),
            lambda p: edit_regions.move_region(p, index, off, shown),
            key,
        )

    def resize(self, index: int, region: Region) -> None:
        """Another size."""
        self._commands.attempt(
            _tr("Resize the region"), lambda p: edit_regions.change_region(p, index, region)
        )

    def finish(self) -> None:
        """Keep what was written."""
        if self.editor is not None:
            self._commit()

    @Slot()
    def _commit(self) -> None:
        editor, index = self.editor, self._index
        if editor is None:
            return
        region = edit_regions.written(editor.region, editor.toPlainText())
        self._close()
        if index is None:
            self._commands.attempt(
                _tr("Add a region"), lambda p: edit_regions.add_region(p, region)
            )
            self._scene.select(())
            self.regions.hold(len(self.regions.items) - 1)
        else:
            self._commands.attempt(
                _tr("Write on the region"), lambda p: edit_regions.change_region(p, index, region)
            )

    @Slot()
    def _close(self) -> None:
        editor, self.editor = self.editor, None
        if self._ghost is not None:
            self._scene.removeItem(self._ghost)
            self._ghost = None
        if editor is not None:
            if editor.hasFocus():
                self._view.setFocus(Qt.FocusReason.OtherFocusReason)
            editor.hide()
            editor.deleteLater()

    def _open(self, region: Region, index: int | None) -> None:
        self._index = index
        self.editor = RegionEditor(region, self._view)
        self.editor.committed.connect(self._commit)
        self.editor.cancelled.connect(self._close)
        self.editor.show()
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)


class RegionEditor(QPlainTextEdit):
    """The first line is the title. Ctrl+Enter or leaving commits, Esc cancels."""

    committed = Signal()
    cancelled = Signal()

    def __init__(self, region: Region, view: PanningView) -> None:
        super().__init__(edit_regions.text_of(region), view.viewport())
        self.region = region
        self.setAccessibleName(self.tr("Title and note of the region"))
        self.setPlaceholderText(self.tr("Title, then a note. Ctrl+Enter ends."))
        self.setTabChangesFocus(True)
        self.selectAll()
        corner = view.mapFromScene(QPointF(region.left, region.top))
        width = min(int(region.width * view.zoom), 420)
        area = view.viewport().rect()
        size = (max(LEAST_EDITOR[0], width), LEAST_EDITOR[1])
        x = max(0, min(corner.x(), area.width() - size[0]))
        y = max(0, min(corner.y(), area.height() - size[1]))
        self.setGeometry(x, y, *size)

    def event(self, event: QEvent) -> bool:
        """Ctrl+Enter ends it before it means anything to the window."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and _ends(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Ctrl+Enter and Esc end it."""
        if _ends(event):
            self.committed.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Clicking elsewhere keeps what was written."""
        super().focusOutEvent(event)
        if event.reason() not in KEPT_OPEN and self.isVisible():
            self.committed.emit()


def _ends(event: QKeyEvent) -> bool:
    enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    return enter and bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)


class MoveRegion:
    """Drag a region with the cards on it, or pull its corner; a mere click takes hold of it."""

    def __init__(self, view: PanningView, verbs: RegionVerbs, index: int, *, corner: bool) -> None:
        self._scene, self._verbs = view.stage, verbs
        self._index, self._corner = index, corner
        self._region = verbs.regions.items[index].region
        self._cards: dict[str, Position] = {}
        self._origin = QPointF()
        self._moving = False

    def start(self, point: QPointF) -> None:
        """Take hold."""
        self._origin = point
        self._scene.select(())
        self._verbs.regions.hold(self._index)
        places = self._scene.places()
        self._cards = {v: at for v, at in places.items() if self._region.holds(at)}

    def move(self, point: QPointF) -> None:
        """Show it elsewhere, or larger."""
        off = self._off(point)
        self._moving = self._moving or off.manhattanLength() >= SLOP
        if not self._moving:
            return
        item = self._verbs.regions.items[self._index]
        item.show_region(self._changed(off), held=True)
        if not self._corner:
            moved = {v: (x + off.x(), y + off.y()) for v, (x, y) in self._cards.items()}
            self._scene.drag(moved)

    def end(self, point: QPointF) -> bool:
        """One undo step."""
        off = self._off(point)
        if self._moving:
            self.cancel()
            if self._corner:
                self._verbs.resize(self._index, self._changed(off))
            else:
                self._verbs.move(self._index, (off.x(), off.y()))
        return True

    def cancel(self) -> None:
        """As it was."""
        items = self._verbs.regions.items
        if self._index < len(items):
            items[self._index].show_region(self._region, held=True)
        self._scene.drag({v: at for v, at in self._cards.items() if v in self._scene.nodes})

    def _off(self, point: QPointF) -> QPointF:
        off = point - self._origin
        return QPointF(round(off.x()), round(off.y()))

    def _changed(self, off: QPointF) -> Region:
        region = self._region
        if self._corner:
            return edit_regions.sized(region, region.width + off.x(), region.height + off.y())
        return replace(region, left=region.left + off.x(), top=region.top + off.y())


def _tr(text: str) -> str:
    return QCoreApplication.translate("Regions", text)
