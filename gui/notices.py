"""What the window says in passing, never modal: a toast with Undo, a bar for refusals and bugs."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.errors import UserError
from gui.appearance import Appearance
from gui.icons import pixmap
from gui.widgets.closing import CloseButton

TOAST_MS = 6000


class Toast(QFrame):
    """One sentence at the lower edge of its parent, gone after a few seconds."""

    undo_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self._over = parent
        self.words = plain_label("")
        self.undo = QPushButton(self.tr("Undo"))
        self.undo.clicked.connect(self._undo)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.addWidget(self.words)
        row.addWidget(self.undo)
        self._timer = QTimer(self, singleShot=True, interval=TOAST_MS)
        self._timer.timeout.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    def say(self, text: str, *, undo: bool = False) -> None:
        """Show `text`; with `undo`, a button that takes the step back."""
        self.words.setText(text)
        self.setAccessibleName(text)
        self.undo.setVisible(undo)
        self.show()
        self._place()  # once it is shown it is dressed, and knows its size
        self.raise_()
        self._timer.start()

    def forget_undo(self) -> None:
        """The step is no longer the last one: Undo would take back another."""
        if not self.undo.isHidden():
            self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Stay at the lower edge when the parent changes its size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        """In the middle of the lower edge or, where a button stands there, elsewhere."""
        area = self._over.rect()
        self.words.setMaximumWidth(max(200, area.width() - 160))
        self.adjustSize()
        across, down = area.width() - self.width(), area.height() - self.height()
        places = ((across // 2, down - 20), (across - 20, down - 20), (across - 20, 20))
        taken = [self._box(b) for b in self._over.findChildren(QAbstractButton) if b.isVisible()]
        size = self.size()
        spots = [QRect(QPoint(*place), size) for place in places]
        free = (spot for spot in spots if not any(map(spot.intersects, taken)))
        self.move(next(free, spots[0]).topLeft())

    def _box(self, button: QAbstractButton) -> QRect:
        """Where a button is that is not this toast's own."""
        own = button is self.undo
        return QRect() if own else QRect(button.mapTo(self._over, QPoint(0, 0)), button.size())

    def _undo(self) -> None:
        self.hide()
        self.undo_wanted.emit()


@dataclass(frozen=True, slots=True)
class WayOut:
    """What the user can do about a refusal with one press."""

    words: str
    verb: Callable[[], None]


class Bar(QFrame):
    """A line above the canvas: what was refused, where, and what to do; or a bug."""

    details_wanted = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setObjectName("refusal")
        self.sign = QLabel()
        self.words = plain_label("")
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.remedy = plain_label("")
        self.remedy.setWordWrap(True)
        self.remedy.setProperty("quiet", True)
        self.details = QPushButton(self.tr("Show log"))
        self.details.clicked.connect(self.details_wanted)
        self.mend = QPushButton()
        self.mend.clicked.connect(self._mend)
        self._way_out: WayOut | None = None
        self._error: UserError | None = None
        self.dismiss = CloseButton(appearance, self.tr("Close this message"))
        self.dismiss.clicked.connect(self.hide)
        self._lay_out()
        appearance.changed.connect(self._restyle)
        self.hide()

    def refuse(self, error: UserError, way_out: WayOut | None = None) -> None:
        """What the user can mend: the sentence, its place, the remedy, perhaps a button for it."""
        place = self.tr("{0} ({1})").format(error.message.rstrip("."), error.where)
        remedy = error.remedy[:1].upper() + error.remedy[1:]
        self._show(place if error.where else error.message, remedy, bug=False)
        self._way_out, self._error = way_out, error
        if way_out is not None:
            self.mend.setText(way_out.words)
            self.mend.show()

    def forget(self, error: UserError) -> None:
        """That refusal no longer matters; another stays."""
        if error is self._error:
            self.hide()

    def crash(self, summary: str) -> None:
        """A bug of ours: say so, and that nothing is lost."""
        self._show(
            self.tr("This is a bug in Doscope, not in your work: {0}").format(summary),
            self.tr("Your project is unchanged. Save it, and send us the log file."),
            bug=True,
        )

    def _show(self, words: str, remedy: str, *, bug: bool) -> None:
        self._error = None
        self.words.setText(words)
        self.remedy.setText(remedy)
        self.remedy.setVisible(bool(remedy))
        self.details.setVisible(bug)
        self.mend.hide()
        self.setProperty("bug", bug)
        self.style().unpolish(self)
        self.style().polish(self)
        self._restyle()
        self.setAccessibleName(f"{words} {remedy}")
        self.show()

    @Slot()
    def _restyle(self) -> None:
        theme, bug = self._appearance.theme, bool(self.property("bug"))
        color = theme.error if bug else theme.warn
        self.sign.setPixmap(pixmap("error" if bug else "warning", color, 16))

    def _mend(self) -> None:
        self.hide()
        if self._way_out is not None:
            self._way_out.verb()

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(self.words)
        column.addWidget(self.remedy)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(10)
        row.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        row.addWidget(self.mend, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.details, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.dismiss, 0, Qt.AlignmentFlag.AlignTop)


class Offer(QFrame):
    """A line above the canvas with a choice: take it, or not."""

    accepted = Signal()
    declined = Signal()

    def __init__(self, accept: str, decline: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("offer")
        self.words, self.more = plain_label(""), plain_label("")
        self.more.setProperty("quiet", True)
        self.accept, self.decline = QPushButton(accept), QPushButton(decline)
        self._refusal, self._sure = decline, False
        self.accept.clicked.connect(self._accept)
        self.decline.clicked.connect(self._decline)
        column = QVBoxLayout()
        column.setSpacing(2)
        for label in (self.words, self.more):
            label.setWordWrap(True)
            column.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(10)
        row.addLayout(column, 1)
        for button in (self.accept, self.decline):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_offer(self, words: str, more: str) -> None:
        """Say what is offered."""
        self._sure = False
        self.decline.setText(self._refusal)
        self.words.setText(words)
        self.more.setText(more)
        self.setAccessibleName(f"{words} {more}")
        self.show()

    def _accept(self) -> None:
        self.hide()
        self.accepted.emit()

    def _decline(self) -> None:
        """What is declined is gone: asked once more."""
        if not self._sure:
            self._sure = True
            self.decline.setText(self.tr("{0} for good?").format(self._refusal))
            return
        self.hide()
        self.declined.emit()


class Notices(QWidget):
    """The middle of the window: the bar above `content`, the toast over it."""

    undo_wanted = Signal()
    log_wanted = Signal()

    def __init__(self, appearance: Appearance, content: QWidget) -> None:
        super().__init__()
        self.bar = Bar(appearance)
        self.offer = Offer(self.tr("Recover"), self.tr("Discard"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.bar)
        self._column.addWidget(self.offer)
        self._column.addWidget(content, 1)
        self.toast = Toast(self)
        self.toast.undo_wanted.connect(self.undo_wanted)
        self.bar.details_wanted.connect(self.log_wanted)

    def add_line(self, line: QWidget) -> None:
        """One more line above the content."""
        self._column.insertWidget(self._column.count() - 1, line)

    def say(self, text: str) -> None:
        """A toast."""
        self.toast.say(text)

    def say_undoable(self, text: str) -> None:
        """A toast with Undo."""
        self.toast.say(text, undo=True)

    def refuse(self, error: UserError, way_out: WayOut | None = None) -> None:
        """The bar, for what the user can mend."""
        self.bar.refuse(error, way_out)

    def forget(self, error: UserError) -> None:
        """The bar goes, if it still shows that refusal."""
        self.bar.forget(error)

    def crash(self, summary: str) -> None:
        """The bar, for a bug."""
        self.bar.crash(summary)


class ElidedLabel(QLabel):
    """One line of plain text that gives way: its `soft` part is cut, else the middle."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.soft = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """As much as there is room for."""
        painter, metrics, text = QPainter(self), self.fontMetrics(), self.text()
        area = self.contentsRect()
        room = area.width() - metrics.horizontalAdvance(text.replace(self.soft, "", 1))
        if self.soft and room > metrics.averageCharWidth() * 6:
            right = Qt.TextElideMode.ElideRight
            text = text.replace(self.soft, metrics.elidedText(self.soft, right, room), 1)
        text = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, area.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)


def plain_label(text: str) -> QLabel:
    """A label that shows `text` as it is, never as markup."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
    return label
