"""The lower area: tabs of panels, with the tools of the shown one beside them."""

from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from gui.notices import plain_label


class Headed(QWidget):
    """A panel under its name, with its tools beside the name."""

    def __init__(self, title: str, panel: QWidget, corner: QWidget | None = None) -> None:
        super().__init__()
        self.setObjectName("sheet")
        self.heading = plain_label(title)
        self.heading.setProperty("heading", True)
        row = QHBoxLayout()
        row.setContentsMargins(14, 0, 12, 4)
        row.setSpacing(16)
        row.addWidget(self.heading)
        if corner is not None:
            row.addWidget(corner, 1)
            corner.show()
        else:
            row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(panel, 1)


class Lower(QWidget):
    """A row of flat tabs over a stack; `corner` of a panel stands at the right of the row.

    Where the row is too narrow for both, the corner stands in a row of its own below the tabs.
    What is put `beside` (the pinned answers) keeps its place right of all tabs.
    """

    tab_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Lower panels"))
        self.stack = QStackedWidget()
        self._ids: list[str] = []
        self._corners: list[QWidget | None] = []
        self._head = QGridLayout()
        self._head.setContentsMargins(14, 0, 12, 0)
        self._head.addWidget(self.tabs, 0, 0)
        self._head.setColumnStretch(0, 1)
        self._tabbed = QWidget()
        column = QVBoxLayout(self._tabbed)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addWidget(self.stack, 1)
        self.sides = QSplitter(Qt.Orientation.Horizontal)
        self.sides.setChildrenCollapsible(False)
        self.sides.addWidget(self._tabbed)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.sides)
        self._tabbed.installEventFilter(self)
        self.tabs.currentChanged.connect(self._show)

    def put_beside(self, widget: QWidget) -> None:
        """Show `widget` at the right of the strip, a third of it; hidden, the tabs have it all."""
        self.sides.addWidget(widget)
        self.sides.setStretchFactor(0, 2)
        self.sides.setStretchFactor(1, 1)

    def add(self, id: str, title: str, panel: QWidget, corner: QWidget | None = None) -> None:
        """One more tab."""
        self._ids.append(id)
        self.stack.addWidget(panel)
        self._corners.append(corner)
        if corner is not None:
            corner.setVisible(False)
            corner.setProperty("beside", True)
            self._head.addWidget(corner, 0, 1)
            self._order(corner, panel)
        self.tabs.addTab(title)

    def show_tab(self, id: str) -> None:
        """Bring the tab called `id` to the front."""
        self.tabs.setCurrentIndex(self._ids.index(id))

    def focus(self) -> None:
        """Put the keyboard into the panel in front."""
        panel = self.stack.currentWidget()
        first = panel.nextInFocusChain() if panel is not None else None
        if first is not None:
            first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def shown(self) -> str:
        """The tab in front."""
        return self._ids[self.tabs.currentIndex()]

    def _order(self, corner: QWidget, panel: QWidget) -> None:
        """Tab goes as the eye does: the row of tabs, the tools in it, what is below."""
        widgets = [*corner.findChildren(QWidget), *panel.findChildren(QWidget)]
        here = [w for w in widgets if _takes_tab(w) and w.window() is self.window()]
        for before, after in pairwise([self.tabs, *here]):
            QWidget.setTabOrder(before, after)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Room for all tabs comes first."""
        if event.type() == QEvent.Type.Resize:
            self._make_room()
        return super().eventFilter(watched, event)

    def _make_room(self) -> None:
        corner = self._corners[self.tabs.currentIndex()] if self._corners else None
        if corner is None:
            return
        margins = self._head.contentsMargins()
        room = (
            self._tabbed.width() - margins.left() - margins.right() - self._head.horizontalSpacing()
        )
        beside = self.tabs.sizeHint().width() + corner.sizeHint().width() <= room
        if corner.property("beside") == beside:
            return
        corner.setProperty("beside", beside)
        self._head.removeWidget(corner)
        if beside:
            self._head.addWidget(corner, 0, 1)
        else:
            self._head.addWidget(corner, 1, 0, 1, 2)

    def _show(self, index: int) -> None:
        self.stack.setCurrentIndex(index)
        for i, corner in enumerate(self._corners):
            if corner is not None:
                corner.setVisible(i == index)
        self._make_room()
        self.tab_changed.emit(self._ids[index])


def _takes_tab(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None
