"""Find a node by a part of its name: a line over the canvas, the next with Enter."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit

from gui.canvas.panning import PanningView

MARGIN = 10  # pixels from the upper right corner
WIDTH = 300


class Finder(QFrame):
    """Selects what it finds, one node at a time, and brings it into sight."""

    def __init__(self, view: PanningView) -> None:
        super().__init__(view)
        self.setObjectName("toast")
        self._view, self._scene = view, view.stage
        self._at = 0
        self.line = _Line()
        self.line.setAccessibleName(self.tr("Find a node"))
        self.line.setPlaceholderText(self.tr("Name of a node"))
        self.count = QLabel()
        self.count.setAccessibleName(self.tr("How many nodes were found"))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 10, 6)
        row.addWidget(self.line, 1)
        row.addWidget(self.count)
        self.line.textEdited.connect(self._search)
        self.line.stepped.connect(self.step)
        self.line.left.connect(self.close_line)
        view.installEventFilter(self)
        self.hide()

    def open_line(self) -> None:
        """Show the line; what was looked for last is selected, for typing over it."""
        self._place()
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    @Slot()
    def close_line(self) -> None:
        """Back to the canvas; what was found stays selected."""
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()

    @Slot(int)
    def step(self, by: int) -> None:
        """The next of what was found, or the one before."""
        self._at += by
        self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Stay in the corner."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _search(self) -> None:
        self._at = 0
        self._show()

    def _found(self) -> list[str]:
        typed = self.line.text().strip().casefold()
        names = [v for v in self._scene.document.project.graph.variables if typed in v.casefold()]
        return sorted(names, key=lambda v: not v.casefold().startswith(typed)) if typed else []

    def _show(self) -> None:
        found = self._found()
        if not found:
            self.count.setText(self.tr("none") if self.line.text().strip() else "")
            return
        self._at %= len(found)
        name = found[self._at]
        self.count.setText(self.tr("{0} of {1}").format(self._at + 1, len(found)))
        self._scene.select({name})
        self._scene.focus(name)
        item = self._scene.nodes[name]
        if not self._in_sight(name):
            self._view.centerOn(item)

    def _in_sight(self, name: str) -> bool:
        seen = self._view.mapToScene(self._view.viewport().rect()).boundingRect()
        return seen.contains(self._scene.nodes[name].sceneBoundingRect())

    def _place(self) -> None:
        self.resize(min(WIDTH, self._view.width() - 2 * MARGIN), self.sizeHint().height())
        self.move(self._view.width() - self.width() - MARGIN, MARGIN)


class _Line(QLineEdit):
    """Enter goes on, Shift+Enter back, Esc away."""

    stepped = Signal(int)
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Its own keys, then those of a line."""
        key, shift = event.key(), event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.stepped.emit(-1 if shift else 1)
        elif key == Qt.Key.Key_Down:
            self.stepped.emit(1)
        elif key == Qt.Key.Key_Up:
            self.stepped.emit(-1)
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
