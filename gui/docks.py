"""The panels round the canvas as docks: moved, hidden, folded away for a while, remembered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from gui.actions import Actions
from gui.appearance import Appearance
from gui.widgets.grip import Grip
from gui.widgets.menu import KeyMenu

LAYOUT_VERSION = 2
DATA, QUESTION, LOWER, TRAINING = "data", "question", "lower", "training"
WIDTHS = {DATA: 240, QUESTION: 330}
NARROW = {DATA: 200, QUESTION: 300}
HEIGHTS = {LOWER: 176, TRAINING: 190}
NARROW_BELOW = 1200  # pixels of the window
LEAST = 380  # pixels that the canvas should have, whatever is beside it
ROOM = "room"  # the reason for which the data panel is folded away then
ACTIONS = {
    DATA: "panel-data",
    QUESTION: "panel-question",
    LOWER: "panel-bottom",
    TRAINING: "panel-training",
}
_AREA = Qt.DockWidgetArea
HOME = {
    DATA: _AREA.LeftDockWidgetArea,
    QUESTION: _AREA.RightDockWidgetArea,
    LOWER: _AREA.BottomDockWidgetArea,
    TRAINING: _AREA.BottomDockWidgetArea,
}
OTHER_SIDE = {
    _AREA.LeftDockWidgetArea: _AREA.RightDockWidgetArea,
    _AREA.RightDockWidgetArea: _AREA.LeftDockWidgetArea,
    _AREA.BottomDockWidgetArea: _AREA.TopDockWidgetArea,
    _AREA.TopDockWidgetArea: _AREA.BottomDockWidgetArea,
}


@dataclass(frozen=True, slots=True)
class Panel:
    """What a dock holds and what it is called."""

    title: str
    content: QWidget


class Docks(QObject):
    """Keeps the docks of one window by name; `fold` hides them for a reason, `unfold` ends it."""

    def __init__(
        self,
        window: QMainWindow,
        panels: Mapping[str, Panel],
        actions: Actions,
        appearance: Appearance,
    ) -> None:
        super().__init__(window)
        self._window, self._actions, self._appearance = window, actions, appearance
        self._docks = {id: _dock(id, panel, appearance) for id, panel in panels.items()}
        self._before: QByteArray | None = None  # the layout under what is folded
        self._kept: dict[str, frozenset[str]] = {}  # what each reason leaves to be seen
        window.setDockNestingEnabled(False)
        window.setAnimated(False)
        window.setCorner(Qt.Corner.BottomLeftCorner, _AREA.BottomDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, _AREA.RightDockWidgetArea)
        self.place()
        self._follow()

    def __getitem__(self, id: str) -> QDockWidget:
        return self._docks[id]

    def __iter__(self) -> Iterator[QDockWidget]:
        return iter(self._docks.values())

    def place(self) -> None:
        """Every panel where it belongs, as large as it should be; training is folded in."""
        for id, dock in self._docks.items():
            dock.setFloating(False)
            self._window.addDockWidget(HOME[id], dock)
            dock.setVisible(id != TRAINING)
        self._window.splitDockWidget(self[LOWER], self[TRAINING], Qt.Orientation.Vertical)
        self._size()

    def reset(self) -> None:
        """Forget how the panels were moved and hidden."""
        self._kept, self._before = {}, None
        self.place()

    def move_across(self, id: str) -> None:
        """To the other side: left and right, or top and bottom."""
        dock = self._docks[id]
        here = self._window.dockWidgetArea(dock)
        dock.setFloating(False)
        self._window.addDockWidget(OTHER_SIDE.get(here, HOME[id]), dock)
        dock.show()
        self._size()

    def fold(self, reason: str, kept: frozenset[str] = frozenset()) -> None:
        """Hide all but `kept` until `unfold` of the same reason."""
        if self._before is None:
            self._before = self._window.saveState(LAYOUT_VERSION)
        self._kept[reason] = kept
        self._apply()

    def folded(self, reason: str) -> bool:
        """Whether panels are hidden for this reason."""
        return reason in self._kept

    def unfold(self, reason: str) -> None:
        """What was hidden for this reason comes back where and as large as it was."""
        if self._kept.pop(reason, None) is not None:
            self._apply()
            if reason != ROOM:
                QTimer.singleShot(0, self, self.make_room)  # once the panels have their widths

    def rescale(self, ratio: float) -> None:
        """Every panel that is seen so many times as large, for larger letters."""
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        if (layout := self._window.layout()) is not None:
            layout.activate()
        for ids, way in ((WIDTHS, across), (HEIGHTS, down)):
            docks = [self._docks[id] for id in ids if self._docks[id].isVisible()]
            now = [dock.width() if way is across else dock.height() for dock in docks]
            if docks:
                self._window.resizeDocks(docks, [round(size * ratio) for size in now], way)

    def make_room(self) -> None:
        """Where large letters leave the canvas too little, the data panel is folded away."""
        if ROOM in self._kept:
            if self._window.width() - self._beside(self._standard()) >= LEAST:
                self.unfold(ROOM)
                QTimer.singleShot(0, self, self._size)  # once they know how narrow they can be
            return
        if (layout := self._window.layout()) is not None:
            layout.activate()
        shown = {id: dock.width() for id, dock in self._docks.items() if dock.isVisible()}
        if DATA in shown and self._window.width() - self._beside(shown) < LEAST:
            self.fold(ROOM, frozenset({QUESTION, LOWER, TRAINING}))

    def state(self) -> QByteArray:
        """The layout to remember: that under what is folded for a while."""
        return self._window.saveState(LAYOUT_VERSION) if self._before is None else self._before

    def restore(self, state: QByteArray) -> None:
        """A remembered layout; one of another version is left alone."""
        self._window.restoreState(state, LAYOUT_VERSION)

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _apply(self) -> None:
        if self._before is None:
            return
        self._window.restoreState(self._before, LAYOUT_VERSION)
        for id, dock in self._docks.items():
            if any(id not in kept for kept in self._kept.values()):
                dock.hide()
        if not self._kept:
            self._before = None

    def _beside(self, widths: Mapping[str, int]) -> int:
        """Pixels that panels at the sides take."""
        sides = (_AREA.LeftDockWidgetArea, _AREA.RightDockWidgetArea)
        beside = [id for id in widths if self._window.dockWidgetArea(self._docks[id]) in sides]
        return sum(widths[id] for id in beside if not self._docks[id].isFloating())

    def _standard(self) -> dict[str, int]:
        widths = NARROW if self._window.width() < NARROW_BELOW else WIDTHS
        return {id: round(width * self._appearance.size) for id, width in widths.items()}

    def _size(self) -> None:
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        widths = NARROW if self._window.width() < NARROW_BELOW else WIDTHS
        for sizes, way in ((widths, across), (HEIGHTS, down)):
            docks = [self._docks[id] for id in sizes]
            pixels = [round(size * self._appearance.size) for size in sizes.values()]
            self._window.resizeDocks(docks, pixels, way)

    def _follow(self) -> None:
        for id, dock in self._docks.items():
            action = self._actions[ACTIONS[id]]
            dock.toggleViewAction().toggled.connect(action.setChecked)
            action.setChecked(not dock.isHidden())
            action.toggled.connect(dock.setVisible)
            action.triggered.connect(self._share_strip)
            grip = dock.titleBarWidget()
            if isinstance(grip, Grip):
                dock.topLevelChanged.connect(grip.float_off)
                grip.menu_wanted.connect(lambda at, id=id: self._open_menu(id, at))

    def _share_strip(self) -> None:
        """Training comes and goes without the strip above it growing or shrinking."""
        shown = [id for id in HEIGHTS if not self._docks[id].isHidden()]
        docks, heights = [self._docks[id] for id in shown], self._heights(shown)
        if docks:
            self._window.resizeDocks(docks, heights, Qt.Orientation.Vertical)

    def _heights(self, ids: list[str]) -> list[int]:
        return [round(HEIGHTS[id] * self._appearance.size) for id in ids]

    def _open_menu(self, id: str, at: QPoint) -> None:
        menu, dock = KeyMenu(self._window), self._docks[id]
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Hide")).triggered.connect(dock.hide)
        floating = menu.addAction(self.tr("Float"))
        floating.setCheckable(True)
        floating.setChecked(dock.isFloating())
        floating.toggled.connect(dock.setFloating)
        across = menu.addAction(self.tr("Move to the other side"))
        across.triggered.connect(lambda: self.move_across(id))
        menu.addSeparator()
        menu.addAction(self._actions["reset-layout"])
        menu.popup(at)


def _dock(id: str, panel: Panel, appearance: Appearance) -> QDockWidget:
    dock = QDockWidget(panel.title)
    dock.setObjectName(id)
    dock.setWidget(panel.content)
    dock.setTitleBarWidget(Grip(panel.title, appearance))
    feature = QDockWidget.DockWidgetFeature
    dock.setFeatures(
        feature.DockWidgetClosable | feature.DockWidgetMovable | feature.DockWidgetFloatable
    )
    return dock
