"""The main window: where the parts stand, nothing about what they do."""

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QWidget

from gui.actions import Actions
from gui.filedrops import FileDrops
from gui.lower import Lower
from gui.menus import EXAMPLES, RECENT, ToolBar, build_menus
from gui.status import Status
from gui.widgets.menu import KeyMenuBar

LAYOUT_VERSION = 1
DATA_WIDTH, QUESTION_WIDTH, LOWER_HEIGHT = 240, 330, 176
GEOMETRY, LAYOUT, TAB = "window/geometry", "window/layout", "window/tab"


class Window(QMainWindow):
    """Toolbar and menus above, data left, canvas in the middle, question right, tabs below."""

    file_dropped = Signal(object)  # Path
    painted = Signal()  # after the first paint
    recent_chosen = Signal(object)  # Path
    example_chosen = Signal(str)

    def __init__(
        self,
        actions: Actions,
        settings: QSettings,
        middle: QWidget,
        data: QWidget,
        question: QWidget,
        lower: Lower,
    ) -> None:
        super().__init__()
        self._settings, self._shown = settings, False
        self.may_close: Callable[[], bool] = lambda: True
        self.tabs, self.status = lower, Status()
        self._drops = FileDrops(self)
        self._drops.dropped.connect(self.file_dropped)
        self.setDockNestingEnabled(False)
        self.setAnimated(False)
        self.setCentralWidget(middle)
        self.data_dock = _dock(self.tr("Data"), "data", data)
        self.question_dock = _dock(self.tr("Question"), "question", question)
        self.lower_dock = _dock(self.tr("Lower panels"), "lower", lower)
        self._place_docks()
        self.setMenuBar(KeyMenuBar())
        self.submenus = build_menus(self.menuBar(), actions)
        self.toolbar = ToolBar(actions)
        self.filename = self.toolbar.filename
        self.addToolBar(self.toolbar)
        self.setStatusBar(self.status)
        self._follow_docks(actions)
        self._restore()

    def show_title(self, name: str, state: str) -> None:
        """The file and its state in toolbar and title bar, like trial.doscope · saved."""
        words = " · ".join(filter(None, (name, state)))
        self.filename.setText(words)
        self.filename.setToolTip(words)
        self.toolbar.make_room()
        self.setWindowTitle(f"{words} – Doscope")

    def show_recent(self, paths: Iterable[Path]) -> None:
        """Fill File ▸ Open recent."""
        entries = [(path.name, str(path.parent), path) for path in paths]
        self._fill(self.submenus[RECENT], entries, self._choose_recent)

    def show_examples(self, examples: Iterable[tuple[str, str, str]]) -> None:
        """Fill File ▸ Examples with (title, summary, id)."""
        self._fill(self.submenus[EXAMPLES], list(examples), self._choose_example)

    def show_lower(self, id: str) -> None:
        """Show the lower area with one of its tabs, ready for the keyboard."""
        self.lower_dock.show()
        self.tabs.show_tab(id)
        self.tabs.focus()

    def take_files_over(self, widget: QWidget) -> None:
        """Files dropped on `widget`, which has drops of its own, are the window's."""
        widget.installEventFilter(self._drops)

    def remember(self) -> None:
        """Keep size and layout for the next start."""
        self._settings.setValue(GEOMETRY, self.saveGeometry())
        self._settings.setValue(LAYOUT, self.saveState(LAYOUT_VERSION))
        self._settings.setValue(TAB, self.tabs.shown)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The first time, tell that the window stands (once this paint is on the screen)."""
        super().paintEvent(event)
        if not self._shown:
            self._shown = True
            QTimer.singleShot(0, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Unsaved work is asked for once, by whoever knows of it."""
        if self.may_close():
            self.remember()
            event.accept()
        else:
            event.ignore()

    def _place_docks(self) -> None:
        side = Qt.DockWidgetArea
        self.setCorner(Qt.Corner.BottomLeftCorner, side.BottomDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, side.RightDockWidgetArea)
        self.addDockWidget(side.LeftDockWidgetArea, self.data_dock)
        self.addDockWidget(side.RightDockWidgetArea, self.question_dock)
        self.addDockWidget(side.BottomDockWidgetArea, self.lower_dock)
        self.resize(1280, 800)
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self.resizeDocks([self.data_dock, self.question_dock], [DATA_WIDTH, QUESTION_WIDTH], across)
        self.resizeDocks([self.lower_dock], [LOWER_HEIGHT], down)

    def _follow_docks(self, actions: Actions) -> None:
        for dock, id in (
            (self.data_dock, "panel-data"),
            (self.question_dock, "panel-question"),
            (self.lower_dock, "panel-bottom"),
        ):
            dock.toggleViewAction().toggled.connect(actions[id].setChecked)
            actions[id].setChecked(True)
            actions[id].toggled.connect(dock.setVisible)

    def _restore(self) -> None:
        geometry, layout = self._settings.value(GEOMETRY), self._settings.value(LAYOUT)
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        if isinstance(layout, QByteArray):
            self.restoreState(layout, LAYOUT_VERSION)
        tab = self._settings.value(TAB)
        if isinstance(tab, str) and tab:
            self.tabs.show_tab(tab)

    def _fill(
        self,
        menu: QMenu,
        entries: list[tuple[str, str, Path]] | list[tuple[str, str, str]],
        choose: Callable[[QAction], None],
    ) -> None:
        menu.clear()
        menu.setEnabled(bool(entries))
        for text, tip, value in entries:
            action = menu.addAction(text.replace("&", "&&"))
            action.setToolTip(tip)
            action.setData(value)
        if not menu.property("connected"):
            menu.setProperty("connected", True)
            menu.triggered.connect(choose)

    def _choose_recent(self, action: QAction) -> None:
        self.recent_chosen.emit(action.data())

    def _choose_example(self, action: QAction) -> None:
        self.example_chosen.emit(action.data())


def _dock(title: str, name: str, content: QWidget) -> QDockWidget:
    dock = QDockWidget(title)
    dock.setObjectName(name)
    dock.setWidget(content)
    dock.setTitleBarWidget(QWidget())  # no title bar
    dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
    return dock
