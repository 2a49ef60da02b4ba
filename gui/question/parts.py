"""Parts that every page has: chips with a picker, outcome, the note below the sentence."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.data.variable import Variable
from engine.project import Project
from gui.appearance import Appearance
from gui.phrases import tr
from gui.widgets.chip import Chip
from gui.widgets.flow import FlowLayout
from gui.widgets.picker import Choice, Picker


def askable(project: Project) -> tuple[str, ...]:
    """Columns that a question may name: of variables drawn, not hidden, with data."""
    return project.questionable


def outcomes(project: Project) -> tuple[str, ...]:
    """What a question may be about: columns, and variables that are pictures."""
    return (*askable(project), *project.pictures)


def variable_choices(project: Project, names: Iterable[str]) -> list[Choice]:
    """Variables to pick from, each with its unit or kind."""
    if project.table is None:
        return []
    known = {variable.name: variable for variable in project.table.variables}
    told = {name: variable.unit or variable.kind.value for name, variable in known.items()}
    told |= {name: tr("picture") for name in project.table.pictures}
    for vector, columns in project.vectors.parts:
        told[vector] = ", ".join(columns)
        told |= {column: tr("of {name}").format(name=vector) for column in columns}
    return [Choice(name, name, told[name]) for name in names]


class ChipRow(QWidget):
    """Stated conditions as chips with ✕, then "+ variable"."""

    removed = Signal(str)
    added = Signal(object)

    def __init__(self, appearance: Appearance, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.appearance, self.role = appearance, role
        self.chips: dict[str, Chip] = {}
        self._flow = FlowLayout(self)
        self.plus = Picker(appearance, self.tr("Add a variable"), arrow=False)
        self.plus.picked.connect(self.added)
        self._flow.addWidget(self.plus)

    def sync(self, texts: Sequence[tuple[str, str]], choices: Sequence[Choice]) -> None:
        """One chip per (variable, text), in order; `choices` are what can be added."""
        if list(self.chips) != [name for name, _ in texts]:
            self._rebuild([name for name, _ in texts])
        for name, text in texts:
            self.chips[name].say(text)
        self.plus.offer(choices, self.tr("+ variable"))
        self.plus.setAccessibleName(self.tr("Add a variable"))

    def _rebuild(self, names: list[str]) -> None:
        for chip in self.chips.values():
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._flow.removeWidget(self.plus)
        self.chips = {}
        for name in names:
            chip = Chip(self.appearance, role=self.role, removable=True, parent=self)
            chip.setProperty("variable", name)
            chip.removed.connect(self._remove)
            self.chips[name] = chip
            self._flow.addWidget(chip)
            chip.show()
        self._flow.addWidget(self.plus)
        self._flow.invalidate()
        self.updateGeometry()

    @Slot()
    def _remove(self) -> None:
        self.removed.emit(self.sender().property("variable"))


class Words(QLabel):
    """Quiet words between pickers."""

    def __init__(self, text: str, *, heading: bool = False) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("heading" if heading else "quiet", True)
        self.setMinimumHeight(self.fontMetrics().height() + 8)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)


class OutcomeRow(QWidget):
    """Which variable the question is about, and which category's probability; more may follow."""

    outcome_picked = Signal(object)
    level_picked = Signal(object)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.flow = FlowLayout(self)
        self.outcome = Picker(appearance, self.tr("Outcome"))
        self.outcome.picked.connect(self.outcome_picked)
        self.level_words = Words(self.tr("probability of"))
        self.level = Picker(appearance, self.tr("Probability of"))
        self.level.picked.connect(self.level_picked)
        for widget in (Words(self.tr("outcome")), self.outcome, self.level_words, self.level):
            self.flow.addWidget(widget)

    def sync(self, project: Project, taken: Iterable[str] = ()) -> None:
        """Show the question's outcome and category; variables `taken` otherwise are not offered."""
        question, table = project.question, project.table
        names = outcomes(project)
        free = [name for name in names if name not in set(taken)]
        choices = variable_choices(project, free) if free else []
        chosen = question.outcome if question.outcome in names else None
        self.outcome.offer(choices, chosen or self.tr("choose"))
        column = table is not None and chosen is not None and chosen in table
        variable = table.variable(chosen) if table and chosen and column else None
        self._sync_level(variable, question.level)

    def _sync_level(self, variable: Variable | None, level: int | None) -> None:
        discrete = variable is not None and variable.discrete
        self.level_words.setVisible(discrete)
        self.level.setVisible(discrete)
        if variable is not None and discrete:
            labels = [Choice(code, label) for code, label in enumerate(variable.categories)]
            self.level.offer(labels, variable.categories[-1 if level is None else level])


class Note(QWidget):
    """Sentences on a sunken ground, one under the other."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.appearance = appearance
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 10, 12, 10)
        self.column.setSpacing(4)
        appearance.changed.connect(self._repaint)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.appearance.theme.color("sunken"))
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        painter.end()

    @Slot()
    def _repaint(self) -> None:
        self.update()


class LinkButton(Chip):
    """A word to press, underlined."""

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Just the word."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 4, metrics.height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Underlined text; a rim with the focus."""
        painter, theme = QPainter(self), self.appearance.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setUnderline(True)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), int(left), self.text())
        if self.hasFocus():
            painter.setPen(theme.color("selected"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()
