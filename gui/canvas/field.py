"""A line to type in over a card: one at a time, kept in place while the canvas moves."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from engine.project import Position
from gui.canvas.card_painter import font
from gui.canvas.panning import PanningView

KEPT_OPEN = (
    Qt.FocusReason.ActiveWindowFocusReason,
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
)

Keep = Callable[[str], bool | None]  # whether the text could be kept; None: there is none to keep
Where = Callable[[], Position | None]  # the centre of the card; None: it is gone


class LineEditor(QLineEdit):
    """One line; Enter or leaving it commits, Esc cancels."""

    committed = Signal(bool)  # by Enter
    cancelled = Signal()

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
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


class CardField(QObject):
    """Asks for a line over one row of a card; `keep` does with it what it is for.

    Refused on Enter, the line stays with what was typed, for another try.
    """

    closed = Signal()

    def __init__(
        self, view: PanningView, row: QRectF, points: float, keep: Keep, least: int = 120
    ) -> None:
        super().__init__(view)
        self.editor: LineEditor | None = None
        self._view, self._points, self._keep = view, points, keep
        self._row, self._least = row.adjusted(-5, -3, 5, 3), least  # pixels of width
        self._where: Where = _nowhere
        view.zoom_changed.connect(self._follow)
        view.horizontalScrollBar().valueChanged.connect(self._follow)
        view.verticalScrollBar().valueChanged.connect(self._follow)

    def open(self, text: str, name: str, where: Where) -> LineEditor:
        """A line with `text`, called `name`, over the card that is at `where()`."""
        self._where = where
        self.editor = editor = LineEditor(text, self._view.viewport())
        editor.setAccessibleName(name)
        editor.committed.connect(self._commit)
        editor.cancelled.connect(self._close)
        self._follow()
        editor.show()
        editor.setFocus(Qt.FocusReason.OtherFocusReason)
        return editor

    def finish(self) -> None:
        """Keep what was typed, if it can be kept."""
        if self.editor is not None:
            self._commit(False)

    @Slot(bool)
    def _commit(self, entered: bool) -> None:
        editor = self.editor
        if editor is None:
            return
        if not entered:
            self.editor = None  # what follows must not commit again
        done = self._keep(editor.text().strip())
        self.editor = editor
        if done is not False or not entered:
            self._close()
        else:
            editor.selectAll()

    @Slot()
    def _close(self) -> None:
        editor, self.editor = self.editor, None
        self.closed.emit()
        if editor is not None:
            if editor.hasFocus():  # before hiding, or Qt would tab on to another node
                self._view.setFocus(Qt.FocusReason.OtherFocusReason)
            editor.hide()
            editor.deleteLater()

    @Slot()
    def _follow(self) -> None:
        """Keep the line over its row while the canvas moves."""
        at = self._where()
        if self.editor is None or at is None:
            return
        row = self._row.translated(QPointF(*at))
        place = self._view.mapFromScene(row).boundingRect()
        place.setWidth(max(place.width(), self._least))
        points = max(8.0, self._points * min(self._view.zoom, 2.0))
        self.editor.setFont(font(points, bold=True))
        place.setHeight(max(place.height(), self.editor.sizeHint().height()))
        self.editor.setGeometry(place)


def _nowhere() -> None:
    """Nothing has been asked yet."""
