"""How much of an effect goes past a mediator and through it, or what to ask instead."""

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.interventions import Set
from engine.project import Project
from engine.queries.answers import MediationAnswer
from engine.queries.beside import Share
from engine.queries.questions import Mediation, Rung
from gui.appearance import Appearance
from gui.document import Document
from gui.edit_how import hold_at
from gui.marks import Line, Lines, Mark
from gui.notices import plain_label
from gui.numerals import shown, value_text
from gui.phrases import joined
from gui.question.parts import LinkButton
from gui.trust.lines import figures
from gui.widgets.picker import Choice, Picker


class ThroughMediator(QWidget):
    """A picker of what lies on the way; `wanted` where the question is to be asked again."""

    wanted = Signal()

    def __init__(
        self, document: Document, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self.chosen: str | None = None
        self._found: MediationAnswer | None = None
        self.pick = Picker(appearance, self.tr("Through which variable"))
        self.pick.picked.connect(self._choose)
        self.lines = Lines(self.tr("Directly and through a mediator"), appearance, wrapped=True)
        self.lines.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.instead = LinkButton(appearance, "")
        self.instead.clicked.connect(self._hold)
        head = QHBoxLayout()
        head.setSpacing(8)
        heading = plain_label(self.tr("How much of it goes through"))
        heading.setProperty("heading", True)
        for part in (heading, self.pick):
            head.addWidget(part)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 8, 0, 2)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.lines)
        column.addWidget(self.instead, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def sync(self, project: Project) -> None:
        """Offer what lies on the way from the one variable that is set."""
        names = on_the_way(project)
        if self.chosen not in names:
            self.chosen = None
        none = self.tr("choose a variable")
        self.pick.offer([Choice(name, name) for name in names], self.chosen or none)
        self.setVisible(bool(names))

    def question(self, project: Project) -> Mediation | None:
        """What is to be asked; None while nothing is chosen."""
        if self.chosen is None:
            return None
        return Mediation(project.question.active, (self.chosen,))

    def draw(self, found: MediationAnswer | None, words: str = "") -> None:
        """The shares, or why there are none."""
        self._found = found
        lines = () if found is None else self._lines(found)
        self.lines.show_lines((Line(Mark.OPEN, words),) if words else lines)
        self.lines.setVisible(bool(self.lines.lines()))
        self.instead.setVisible(found is not None and found.footing.identified is False)
        if found is not None and self._document.project.table is not None:
            table = self._document.project.table
            held = joined(
                tuple(
                    f"{item.variable} = {value_text(table.variable(item.variable), item.value)}"
                    for item in found.instead
                )
            )
            words = self.tr("Ask with {0} for both sides: the controlled direct effect")
            self.instead.say(words.format(held))
        self.fit()

    def fit(self) -> None:
        """As high as the lines."""
        self.lines.setFixedHeight(self.lines.whole_height())

    def _lines(self, found: MediationAnswer) -> tuple[Line, ...]:
        if not found.shares:
            return (Line(Mark.WARNED, shown(found.footing.why_not)),)
        name = ", ".join(found.mediators)
        told = (
            (self.tr("in all:"), found.total),
            (
                self.tr("directly, with {0} as at {1}:").format(name, self._other(found)),
                found.direct,
            ),
            (self.tr("through {0}:").format(name), found.through),
        )
        lines = tuple(Line(Mark.NONE, words, self._figures(found, part)) for words, part in told)
        tested = self.tr(
            "What {0} would have been in another world, no experiment tests: it is taken from the"
            " graph."
        )
        return (*lines, Line(Mark.OPEN, tested.format(name)))

    def _other(self, found: MediationAnswer) -> str:
        """The other side of the contrast: dose = 20.0 mg."""
        table, side = self._document.project.table, found.contrast
        if table is None:
            return side.variable
        return f"{side.variable} = {value_text(table.variable(side.variable), side.value)}"

    def _figures(self, found: MediationAnswer, part: Share | None) -> str:
        table = self._document.project.table
        if table is None or part is None:
            return ""
        return figures(part.value, part.interval, table.variable(found.outcome))

    @Slot(object)
    def _choose(self, name: str) -> None:
        self.chosen = name
        self.draw(None)
        self.sync(self._document.project)
        self.wanted.emit()

    @Slot()
    def _hold(self) -> None:
        found = self._found
        if found is not None:
            verb = partial(hold_at, held=found.instead, contrast=found.contrast)
            self._document.apply(self.tr("Hold {0}").format(", ".join(found.mediators)), verb)


def on_the_way(project: Project) -> tuple[str, ...]:
    """Measured variables on an arrow path from the one variable that is set to the outcome."""
    question, graph = project.question, project.graph
    if question.rung is not Rung.DO or len(question.action) != 1 or question.outcome is None:
        return ()
    (item,) = question.action
    ends = {item.variable, question.outcome}
    if not isinstance(item, Set) or not ends <= set(graph.variables):
        return ()
    between = graph.descendants((item.variable,)) & graph.ancestors((question.outcome,))
    return tuple(
        v
        for v in graph.variables
        if v in between - ends and project.measured(v) and v not in project.vectors
    )
