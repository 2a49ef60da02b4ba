"""The parts of a window put on a style sheet one by one, each once it is seen.

Qt dresses every child of a widget that gets a style sheet, and takes longer for 500 at once than
for the same 500 in small groups. So a window has none of its own: its parts have, what stands on a
hidden page or is hidden in a panel waits until it is shown, and windows over it (dialogs, menus)
are dressed as they open. A part that paints itself in the colours of the theme needs none, and says
so (`self_painted`). What is between the parts has the colours of the palette, which Qt hands on
only where no style sheet is.
"""

from functools import partial

from PySide6.QtCore import QChildEvent, QEvent, QObject
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QMenu,
    QProxyStyle,
    QStackedWidget,
    QStyle,
    QStyleOption,
    QWidget,
)
from shiboken6 import isValid

from gui.steps import Steps, through

PAGES = "pages"  # the name of a widget whose children are shown one at a time, or come and go
HANDLE = "qt_qmainwindow_extended_splitter"  # Qt's name of the line between panels
WAITS, DIVIDED = "waits to be dressed", "dressed part by part"


class Dressing(QObject):
    """Keeps every part of `window` in one style sheet."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window, self._sheet = window, ""
        window.setStyle(_lines())  # its own alone, not that of what is in it

    def steps(self, sheet: str) -> Steps:
        """What is seen changes, a part at each step, and the rest once it is shown."""
        self._sheet = sheet
        if not self._window.property(DIVIDED):  # else what came later has been welcomed
            self._divide(self._window)
        yield from self._follow(self._window)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """A part that waited is shown, or there is a new one."""
        kind = event.type()
        if kind == QEvent.Type.Show and isinstance(watched, QWidget):
            if watched.property(WAITS):
                watched.setProperty(WAITS, False)
                through(self._follow(watched))
        elif kind == QEvent.Type.ChildPolished and isinstance(event, QChildEvent):
            child = event.child()
            if isinstance(child, QWidget) and watched.property(DIVIDED):
                self._welcome(child)
        return False

    def _welcome(self, child: QWidget) -> None:
        if child.isWindow():
            self._put(child)  # before it takes its size
            return
        self._divide(child)
        through(self._follow(child))

    def _divide(self, within: QWidget) -> None:
        for widget in _divided(within):
            if not widget.property(DIVIDED):
                widget.setProperty(DIVIDED, True)
                widget.installEventFilter(self)

    def _dress(self, part: QWidget) -> None:
        if part.isVisible():
            self._put(part)
        elif isinstance(part, QMenu) and part.property(WAITS) is None:
            part.aboutToShow.connect(partial(self._put, part))  # before it takes its size
            part.setProperty(WAITS, True)
        elif not isinstance(part, QMenu):
            self._wait(part)

    def _wait(self, part: QWidget) -> None:
        if part.property(WAITS) is None:  # for the first time
            part.installEventFilter(self)
        part.setProperty(WAITS, True)

    def _put(self, part: QWidget) -> None:
        if part.styleSheet() != self._sheet:
            part.setStyleSheet(self._sheet)

    def _follow(self, widget: QWidget) -> Steps:
        """Dress what is seen of `widget`, part by part where it is divided."""
        if not isValid(widget):
            return  # gone since the last step
        if not widget.property(DIVIDED):
            if not _bare(widget):
                self._dress(widget)
                yield 0.0
            return
        if not widget.isVisible():
            widget.setProperty(WAITS, True)
            return
        for child in widget.children():
            if isinstance(child, QWidget):
                yield from self._follow(child)


def _divided(within: QWidget) -> set[QWidget]:
    """What has pages in it, of which one is seen at a time; docks, and what is directly in one."""
    docks = within.findChildren(QDockWidget)
    docks += [dock for dock in (within, within.parent()) if isinstance(dock, QDockWidget)]
    known = (*within.findChildren(QStackedWidget), *within.findChildren(QWidget, PAGES))
    divided = {panel for dock in docks if (panel := dock.widget()) is not None}
    if isinstance(within, QDockWidget | QStackedWidget) or within.objectName() == PAGES:
        divided.add(within)
    for widget in (*divided, *known):
        above: QWidget | None = widget
        while above is not None and (above is within or within.isAncestorOf(above)):
            divided.add(above)
            above = above.parentWidget()
    return divided


def _bare(widget: QWidget) -> bool:
    """Whether there is nothing on it that a style sheet could tell how to look."""
    return bool(getattr(widget, "self_painted", False)) or widget.objectName() == HANDLE


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
