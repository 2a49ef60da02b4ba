"""The parts of a window put on a style sheet one by one, each once it is seen.

Qt dresses every child of a widget that gets a style sheet, and takes longer for 500 at once than
for the same 500 in small groups. So a window has none of its own: its parts have, what stands on a
hidden page waits until it is shown, and windows over it (dialogs, menus) are dressed as they open.
What is between the parts has the colours of the palette, which Qt hands on only where no style
sheet is.
"""

from collections.abc import Iterator

from PySide6.QtCore import QChildEvent, QEvent, QObject, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QProxyStyle,
    QStackedWidget,
    QStyle,
    QStyleOption,
    QWidget,
)

PAGES = "pages"  # the name of a widget whose children are shown one at a time


class Dressing(QObject):
    """Keeps every part of `window` in one style sheet."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window, self._sheet = window, ""
        window.setStyle(_lines())  # its own alone, not that of what is in it

    def put_on(self, sheet: str) -> None:
        """What is seen changes at once, the rest once it is shown."""
        self._sheet = sheet
        for part in self._parts(self._window):
            self._dress(part)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """A part that waited is shown, or there is a new one."""
        kind = event.type()
        if kind == QEvent.Type.Show and isinstance(watched, QWidget) and not _divided(watched):
            watched.removeEventFilter(self)
            self._put(watched)
        elif kind == QEvent.Type.ChildPolished and isinstance(event, QChildEvent):
            child = event.child()
            if isinstance(child, QWidget) and _divided(watched):
                self._welcome(child)
        return False

    def _welcome(self, child: QWidget) -> None:
        if child.isWindow():
            self._put(child)  # before it takes its size
            return
        for part in self._parts(child):
            self._dress(part)

    def _dress(self, part: QWidget) -> None:
        if part.isVisible():
            part.removeEventFilter(self)
            self._put(part)
        else:
            part.installEventFilter(self)

    def _put(self, part: QWidget) -> None:
        if part.styleSheet() != self._sheet:
            part.setStyleSheet(self._sheet)

    def _parts(self, widget: QWidget) -> Iterator[QWidget]:
        """What is dressed by itself: all that has no pages in it."""
        if not _divided(widget):
            yield widget
            return
        widget.installEventFilter(self)
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        for child in widget.findChildren(QWidget, options=direct):
            yield from self._parts(child)


def _divided(widget: QObject) -> bool:
    """Whether pages stand in it, of which one is seen at a time."""
    if isinstance(widget, QStackedWidget) or widget.objectName() == PAGES:
        return True
    pages: QObject | None = widget.findChild(QStackedWidget)
    return (pages or widget.findChild(QWidget, PAGES)) is not None


def _lines() -> QStyle:
    """The one style for the lines; the application owns it, so that it outlives every window.

    A window does not own its style, and must not meet one that Python has collected.
    """
    application = QApplication.instance()
    found = application.findChild(_Lines) if application is not None else None
    if found is None:
        found = _Lines("Fusion")
        found.setParent(application)
    return found


class _Lines(QProxyStyle):
    """The lines between the panels, one pixel wide; where they can be dragged they light up."""

    def pixelMetric(  # noqa: N802 - Qt's name
        self,
        metric: QStyle.PixelMetric,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> int:
        """One pixel between the panels."""
        if metric == QStyle.PixelMetric.PM_DockWidgetSeparatorExtent:
            return 1
        return super().pixelMetric(metric, option, widget)

    def drawPrimitive(  # noqa: N802 - Qt's name
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """The line itself."""
        if element != QStyle.PrimitiveElement.PE_IndicatorDockWidgetResizeHandle:
            super().drawPrimitive(element, option, painter, widget)
            return
        over = option.state & QStyle.StateFlag.State_MouseOver
        role = QPalette.ColorRole.Link if over else QPalette.ColorRole.Mid
        painter.fillRect(option.rect, option.palette.color(role))
