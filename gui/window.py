"""The main window: where the parts stand, nothing about what they do."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from gui.actions import Actions
from gui.appearance import Appearance
from gui.docks import DATA, LOWER, QUESTION, TRAINING, Docks, Panel
from gui.filedrops import FileDrops
from gui.lower import Lower
from gui.menus import EXAMPLES, RECENT, ToolBar, build_menus
from gui.status import Status
from gui.widgets.menu import KeyMenuBar

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
        appearance: Appearance,
        settings: QSettings,
        middle: QWidget,
        panels: Mapping[str, QWidget],
        lower: Lower,
    ) -> None:
        super().__init__()
        self._settings, self._shown = settings, False
        self.may_close: Callable[[], bool] = lambda: True
        self.tabs, self.status = lower, Status()
        self._drops = FileDrops(self)
        self._drops.dropped.connect(self.file_dropped)
        self.setCentralWidget(middle)
        self.resize(1280, 800)
        self.docks = self._make_docks(panels, actions, appearance)
        self.data_dock, self.question_dock = self.docks[DATA], self.docks[QUESTION]
        self.lower_dock, self.training_dock = self.docks[LOWER], self.docks[TRAINING]
        self.setMenuBar(KeyMenuBar())
        self.submenus = build_menus(self.menuBar(), actions)
        self.toolbar = ToolBar(actions)
        self.filename = self.toolbar.filename
        self.addToolBar(self.toolbar)
        self.setStatusBar(self.status)
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

    def settle(self) -> None:
        """Everything has its place and size before it is painted."""
        if (layout := self.layout()) is not None:
            layout.activate()

    def take_files_over(self, widget: QWidget) -> None:
        """Files dropped on `widget`, which has drops of its own, are the window's."""
        widget.installEventFilter(self._drops)

    def remember(self) -> None:
        """Keep size and layout for the next start."""
        self._settings.setValue(GEOMETRY, self.saveGeometry())
        self._settings.setValue(LAYOUT, self.docks.state())
        self._settings.setValue(TAB, self.tabs.shown)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another size, other room for the panels."""
        super().resizeEvent(event)
        if self._shown:
            QTimer.singleShot(0, self, self.docks.make_room)

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

    def _make_docks(
        self, panels: Mapping[str, QWidget], actions: Actions, appearance: Appearance
    ) -> Docks:
        titles = {
            DATA: self.tr("Data"),
            QUESTION: self.tr("Question"),
            LOWER: self.tr("Lower panels"),
            TRAINING: self.tr("Training"),
        }
        contents = {**panels, LOWER: self.tabs}
        made = {id: Panel(title, contents[id]) for id, title in titles.items()}
        return Docks(self, made, actions, appearance)

    def _restore(self) -> None:
        geometry, layout = self._settings.value(GEOMETRY), self._settings.value(LAYOUT)
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        if isinstance(layout, QByteArray):
            self.docks.restore(layout)
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
