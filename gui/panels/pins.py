"""Pinned answers side by side: compared, named, asked again, taken away; all of it undoable."""

from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.basis import basis
from engine.errors import UserError
from engine.project import Project
from engine.queries.answers import Result
from engine.queries.pins import Pin
from gui.appearance import Appearance
from gui.document import Document
from gui.pins import verbs
from gui.pins.making import about_words, pin_of
from gui.pins.tile import PinTile, Scale
from gui.plots.tabular import Rows, tab_separated
from gui.widgets.chip import Chip


class PinsPanel(QWidget):
    """Tiles in the order they were pinned; follows the project, owns nothing."""

    refused = Signal(object)  # UserError
    asked = Signal()  # a pin's question was put again

    def __init__(
        self, document: Document, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.document, self._appearance = document, appearance
        self.tiles: list[PinTile] = []
        self.editor: QLineEdit | None = None
        self._renewed: str | None = None  # a stale pin whose new answer is awaited
        self.setAccessibleName(self.tr("Pinned answers"))
        self.hint = QLabel(self.tr("Pin an answer (F8), and it stays here beside others."))
        self.hint.setProperty("quiet", True)
        self.copy = Chip(appearance, self.tr("Copy as table"), parent=self)
        self.copy.hide()  # shown by whoever places it
        self.copy.clicked.connect(self.copy_all)
        self.corner = self.copy
        self._lay_out()
        document.changed.connect(self._sync)
        self._sync(None, document.project)

    def pin(self, result: Result | None) -> bool:
        """Keep the answer that stands; False if none does."""
        pin = pin_of(self.document.project, result)
        if pin is not None:
            label = self.tr("Pin {0}").format(pin.name)
            self.document.apply(label, partial(verbs.keep, pin=pin))
        return pin is not None

    def renew(self, result: Result | None) -> None:
        """An answer has come to its end: if a stale pin was asked again, this is its answer."""
        name, project = self._renewed, self.document.project
        waiting = next((pin for pin in project.pins if pin.name == name), None)
        pin = pin_of(project, result)
        if waiting is None or pin is None or pin.question != waiting.question:
            return
        self._renewed = None
        label = self.tr("Ask {0} again").format(name)
        self.document.apply(label, partial(verbs.keep, pin=pin), ("pin", name))
        self.document.settle()

    def table(self) -> Rows:
        """All pins as rows."""
        head = [self.tr("name"), self.tr("number"), "5 %", "95 %", self.tr("answer")]
        return [
            head,
            *(
                [pin.name, pin.number, _number(pin.low), _number(pin.high), pin.said]
                for pin in self.document.project.pins
            ),
        ]

    @Slot()
    def copy_all(self) -> None:
        """All pins to the clipboard, tab-separated."""
        QGuiApplication.clipboard().setText(tab_separated(self.table()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Esc in the name leaves it as it was."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Escape
            and self.editor is not None
        ):
            self._close_editor()
            return True
        return super().eventFilter(watched, event)

    @Slot(object, object)
    def _sync(self, old: Project | None, new: Project) -> None:
        pins = new.pins
        while len(self.tiles) > len(pins):
            self._remove_tile(self.tiles.pop())
        while len(self.tiles) < len(pins):
            self.tiles.append(self._tile(pins[len(self.tiles)]))
        now, question = basis(new), new.question.active
        scales = _scales(pins)
        for tile, pin in zip(self.tiles, pins, strict=True):
            stale, asked = pin.basis != now, pin.question == question
            about = about_words(pin.question, new)
            tile.show_pin(pin, about, scales.get(_likeness(pin)), stale=stale, asked=asked)
        self.hint.setVisible(not pins)
        self.area.setVisible(bool(pins))
        self.copy.setEnabled(bool(pins))

    def _tile(self, pin: Pin) -> PinTile:
        tile = PinTile(self._appearance, pin)
        tile.clicked.connect(self._ask)
        tile.rename_wanted.connect(self._edit_name)
        tile.drop_wanted.connect(self._drop)
        tile.shift_wanted.connect(self._shift)
        tile.step_wanted.connect(self._step)
        tile.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tile.customContextMenuRequested.connect(self._open_menu)
        self._row.insertWidget(len(self.tiles), tile)
        return tile

    def _remove_tile(self, tile: PinTile) -> None:
        self._row.removeWidget(tile)
        tile.hide()
        tile.deleteLater()

    def _sender(self) -> PinTile:
        return next(tile for tile in self.tiles if tile is self.sender())

    @Slot()
    def _ask(self) -> None:
        tile = self._sender()
        name = tile.pin.name
        label = self.tr("Ask {0} again").format(name)
        self.document.settle()
        self._renewed = name if tile.stale else None
        try:
            self.document.apply(label, partial(verbs.ask, name=name), ("pin", name))
        except UserError as error:
            self._renewed = None
            self.refused.emit(error)
        else:
            self.asked.emit()

    @Slot()
    def _drop(self) -> None:
        name, place = self._sender().pin.name, self.tiles.index(self._sender())
        label = self.tr("Unpin {0}").format(name)
        self.document.apply(label, partial(verbs.drop, name=name))
        if self.tiles:
            self.tiles[min(place, len(self.tiles) - 1)].setFocus()

    @Slot(int)
    def _shift(self, step: int) -> None:
        name, place = self._sender().pin.name, self.tiles.index(self._sender())
        label = self.tr("Move {0}").format(name)
        self.document.apply(label, partial(verbs.shift, name=name, step=step), ("pins", name))
        self.tiles[min(max(place + step, 0), len(self.tiles) - 1)].setFocus()

    @Slot(int)
    def _step(self, step: int) -> None:
        place = self.tiles.index(self._sender()) + step
        if 0 <= place < len(self.tiles):
            self.tiles[place].setFocus(Qt.FocusReason.TabFocusReason)
            self.area.ensureWidgetVisible(self.tiles[place])

    @Slot()
    def _edit_name(self) -> None:
        tile = self._sender()
        self._close_editor()
        self.editor = QLineEdit(tile.pin.name, tile)
        self.editor.setAccessibleName(self.tr("Name of the pinned answer"))
        self.editor.setMaxLength(200)
        self.editor.setGeometry(4, 4, tile.width() - 8, self.editor.sizeHint().height())
        self.editor.installEventFilter(self)
        self.editor.selectAll()
        self.editor.show()
        self.editor.setFocus()
        self.editor.editingFinished.connect(self._name)

    @Slot()
    def _name(self) -> None:
        editor, self.editor = self.editor, None
        if editor is None:
            return
        tile, new = editor.parentWidget(), editor.text()
        editor.hide()
        editor.deleteLater()
        if isinstance(tile, PinTile):
            tile.setFocus()
            old = tile.pin.name
            label = self.tr("Name {0}").format(new.strip())
            self.document.apply(label, partial(verbs.rename, old=old, new=new))

    def _close_editor(self) -> None:
        editor, self.editor = self.editor, None
        if editor is not None:
            tile = editor.parentWidget()
            editor.hide()
            editor.deleteLater()
            if tile is not None:
                tile.setFocus()

    @Slot(QPoint)
    def _open_menu(self, at: QPoint) -> None:
        tile = self._sender()
        menu = QMenu(tile)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Ask again"), tile.click)
        menu.addAction(self.tr("Name…"), tile.rename_wanted.emit)
        menu.addAction(self.tr("Copy sentence"), partial(_copy, tile.pin.said))
        menu.addSeparator()
        menu.addAction(self.tr("Unpin"), tile.drop_wanted.emit)
        menu.popup(tile.mapToGlobal(at))

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setObjectName("sheet")
        self._row = QHBoxLayout(inside)
        self._row.setContentsMargins(14, 6, 14, 8)
        self._row.setSpacing(10)
        self._row.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._row.addStretch(1)
        self.area = QScrollArea(widgetResizable=True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidget(inside)
        self.hint.setContentsMargins(14, 8, 14, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.hint)
        column.addWidget(self.area, 1)
        column.addStretch(0)


def _likeness(pin: Pin) -> tuple[object, ...]:
    """Pins of one outcome, unit and rung have one scale."""
    question = pin.question
    return question.rung, question.outcome, question.level


def _scales(pins: tuple[Pin, ...]) -> dict[tuple[object, ...], Scale]:
    """The range of like pins; effects reach to 0."""
    ends: dict[tuple[object, ...], list[float]] = {}
    for pin in pins:
        if pin.value is not None:
            known = [v for v in (pin.value, pin.low, pin.high) if v is not None]
            start = [0.0] if pin.question.rung.value == "do" else []
            ends.setdefault(_likeness(pin), start).extend(known)
    return {key: Scale(min(values), max(values)) for key, values in ends.items()}


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
