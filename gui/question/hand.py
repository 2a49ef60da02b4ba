"""What would I do by hand: folded at first; the tables of counts and the sums once it is opened."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from engine.data.table import Table
from engine.queries.answers import DoAnswer, HandAnswer, Result, Unanswerable
from gui.appearance import Appearance
from gui.byhand import hand_fits, hand_rows, hand_words, same_numbers
from gui.icons import icon
from gui.phrases import Sentence, Span, quiet
from gui.plots.drawing import small
from gui.plots.tabular import Sheet
from gui.sentences import do_gap
from gui.widgets.sentence import SentenceLabel


class HandNote(QWidget):
    """`turned` when it is opened or closed; asked for only while it is open."""

    turned = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._result: Result | None = None
        self.head = QToolButton()
        self.head.setText(self.tr("What would I do by hand?"))
        self.head.setObjectName("foldout")
        self.head.setCheckable(True)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setIconSize(QSize(12, 12))
        self.head.toggled.connect(self._turn)
        self.sheet = CountSheet(self.tr("Counts by hand"))
        self.words = SentenceLabel(appearance)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.head, self.sheet, self.words):
            column.addWidget(widget)
        self.sheet.hide()
        appearance.changed.connect(self._restyle)
        self._restyle()

    @property
    def open(self) -> bool:
        """True while it is unfolded."""
        return self.head.isChecked()

    def take(self, result: Result | None) -> None:
        """The newest answer of the engine."""
        self._result = result

    def draw(self, table: Table | None, answer: DoAnswer | None) -> None:
        """The tables and sums to the digits of `answer`, or why there are none."""
        result = self._result
        if (
            self.open
            and table is not None
            and answer is not None
            and isinstance(result, HandAnswer)
            and hand_fits(result, table)
            and same_numbers(result, answer)
            and (shown := do_gap(answer, table)) is not None
        ):
            self.sheet.fill(hand_rows(result, table))
            self.words.say(_lines(hand_words(result, table, shown)))
            self.sheet.show()
            return
        self.sheet.hide()
        reason = result.reason if isinstance(result, Unanswerable) else ""
        self.words.say(quiet(reason) if self.open else ())

    @Slot(bool)
    def _turn(self, opened: bool) -> None:
        if not opened:
            self.sheet.hide()
            self.words.say(())
        self._restyle()
        self.turned.emit()

    @Slot()
    def _restyle(self) -> None:
        way = "down" if self.open else "right"
        self.head.setIcon(icon(way, self._appearance.theme.quiet))


class CountSheet(Sheet):
    """As high as its lines: the page scrolls, not the table."""

    def __init__(self, name: str) -> None:
        super().__init__(name, ())
        self.setFont(small(self.font()))
        self.horizontalHeader().setFont(self.font())
        self.horizontalHeader().setMinimumSectionSize(20)
        self.horizontalHeader().setStyleSheet("QHeaderView::section { padding: 2px 3px; }")
        self.setStyleSheet("QTableView::item { padding: 0 3px; }")
        self.setShowGrid(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """All lines, and the bar below where they are too wide."""
        step = self.verticalHeader().defaultSectionSize()
        bar = self.horizontalScrollBar().sizeHint().height()
        head = self.horizontalHeader().sizeHint().height()
        return QSize(280, head + self.rowCount() * step + bar + 2)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """All lines."""
        return QSize(160, self.sizeHint().height())

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """The page scrolls."""
        event.ignore()


def _lines(sentences: tuple[Sentence, ...]) -> Sentence:
    spans: list[Span] = []
    for number, sentence in enumerate(sentences):
        spans += [Span("\n")] if number else []
        spans += sentence
    return tuple(spans)
