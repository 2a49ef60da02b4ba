"""The lower area: tabs of panels, with the tools of the shown one beside them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget


class Lower(QWidget):
    """A row of flat tabs over a stack; `corner` of a panel stands at the right of the row."""

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
        self._corners = QStackedWidget()
        row = QHBoxLayout()
        row.setContentsMargins(14, 0, 12, 0)
        row.addWidget(self.tabs, 1)
        row.addWidget(self._corners)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.stack, 1)
        self.tabs.currentChanged.connect(self._show)

    def add(self, id: str, title: str, panel: QWidget, corner: QWidget | None = None) -> None:
        """One more tab."""
        self._ids.append(id)
        self.stack.addWidget(panel)
        self._corners.addWidget(corner or QWidget())
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

    def _show(self, index: int) -> None:
        self.stack.setCurrentIndex(index)
        self._corners.setCurrentIndex(index)
        self.tab_changed.emit(self._ids[index])
