"""Columns of the table dropped on the canvas."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

COLUMNS = "application/x-doscope-columns"  # UTF-8 names of columns, one per line


class ColumnDrops(QObject):
    """Watches a widget for dropped columns."""

    dropped = Signal(object, QPoint)  # names, where in the widget

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Welcome columns, wherever they are held; leave everything else alone."""
        if not isinstance(event, QDropEvent) or not event.mimeData().hasFormat(COLUMNS):
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if event.type() == QEvent.Type.Drop:
            text = bytes(event.mimeData().data(COLUMNS).data()).decode()
            names = tuple(name for name in text.split("\n") if name)
            self.dropped.emit(names, event.position().toPoint())
        return True
