"""Concepts read off many columns: sets that hold them, how surely they were found, rows like this.

Rajendran et al., arXiv 2402.09236.
"""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QInputDialog, QVBoxLayout, QWidget

from engine.checks.concepts import conditions
from engine.errors import UserError
from engine.project import Project
from engine.queries.answers import Unanswerable
from engine.queries.concepts import Concepts, ConceptsAnswer, Encoder, LearnConcepts
from engine.runtime.messages import Answer
from gui import edit_concepts as verbs
from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.concepts import words
from gui.concepts.choosing import Choosing
from gui.concepts.looking import Looking
from gui.concepts.matrix import SetsTable
from gui.document import Document
from gui.marks import Line, Lines, Mark
from gui.widgets.segmented import Segmented

LEARNT = "concepts"  # the view under which learning is asked for
ROOM_FOR_ALL = 1_240  # pixels from which sets, words and rows stand side by side
LEAST_WORDS, MOST_WORDS, WORDS_SHARE = 240, 440, 0.32
SETS, ROWS = 0, 1  # pages where there is no room for all


class ConceptsPanel(QWidget):
    """Choices above; the sets, what is said of them, and the rows near a value of what was learnt.

    `corner` learns, uses what was learnt, and chooses between sets and rows where there is no
    room for both.
    """

    refused = Signal(object)  # UserError

    def __init__(
        self,
        document: Document,
        bridge: Bridge,
        appearance: Appearance,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self._document, self._bridge = document, bridge
        self._asked: Concepts | None = None  # what is being learnt, or was
        self._failed = ""
        self.running = False
        self.found: ConceptsAnswer | None = None
        self.choices = Choosing(appearance)
        self.sets = SetsTable()
        self.words = Lines(self.tr("Concepts"), appearance, wrapped=True)
        self.looking = Looking(appearance)
        labels = (self.tr("Sets"), self.tr("Rows like this"))
        self.chooser = Segmented(appearance, labels, compact=True)
        self.chooser.choose(SETS)
        self.chooser.chosen.connect(self._turn)
        self.corner = QWidget(self)
        self.corner.hide()
        self._page = SETS
        self._lay_out()
        self._connect()
        document.changed.connect(self.sync)
        bridge.answered.connect(self.receive)

    def sync(self, old: Project | None, new: Project) -> None:
        """Other sets or another table: what was learnt is of yesterday."""
        if self._asked is not None and not (
            _same_rows(old, new) and verbs.resolved(new) == self._asked
        ):
            self._forget()
        if self.isVisible():
            self._show(new)

    def receive(self, answer: Answer) -> None:
        """More was learnt, or nothing can be."""
        if answer.view != LEARNT:
            return
        found = answer.result
        if isinstance(found, ConceptsAnswer) and found.asked == self._asked:
            first, self.found = self.found is None, found
            if found.whole:
                self.running = False
                self._bridge.forget(LEARNT)
            if first:
                self._page = ROWS
                self.chooser.choose(ROWS)
        elif isinstance(found, Unanswerable):
            self._forget()
            self._failed = found.reason
        if self.isVisible():
            self._show(self._document.project)

    def learn(self) -> None:
        """Find the concepts, or stop looking for them."""
        stopped = self.running
        self._forget()
        if not stopped:
            self._asked, self.running = verbs.resolved(self._document.project), True
            self._bridge.ask(LEARNT, LearnConcepts(self._asked))
        self._show(self._document.project)

    def use(self) -> None:
        """What was learnt becomes columns and nodes."""
        found = self.found
        if found is not None and found.whole:
            label = self.tr("Use concepts as variables")
            self._change(label, lambda project: verbs.use_as_variables(project, found))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Seen: up to date."""
        super().showEvent(event)
        self._show(self._document.project)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """As much as there is room for."""
        super().resizeEvent(event)
        self._fit()

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.sets, 3)
        row.addWidget(self.words, 3)
        row.addWidget(self.looking, 5)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 4, 12, 4)
        column.setSpacing(6)
        column.addWidget(self.choices)
        column.addLayout(row, 1)
        tools = QHBoxLayout(self.corner)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(8)
        tools.addStretch(1)
        for part in (self.chooser, self.choices.learn, self.choices.use):
            tools.addWidget(part)

    def _connect(self) -> None:
        choices, sets, tr = self.choices, self.sets, self.tr
        columns = tr("Columns to read concepts off")
        choices.column_ticked.connect(lambda n: self._edit(columns, verbs.tick_column, n))
        choices.all_ticked.connect(
            lambda on: self._change(columns, lambda p: verbs.take_columns(p, all_of_them=on))
        )
        choices.labels.picked.connect(lambda n: self._edit(tr("Sets by"), verbs.choose_labels, n))
        choices.base.picked.connect(lambda n: self._edit(tr("Base set"), verbs.choose_base, n))
        choices.known.picked.connect(
            lambda n: self._edit(tr("Which set holds what"), verbs.choose_unknown, n)
        )
        choices.how_chosen.connect(self._choose_how)
        choices.concept_named.connect(self._add_concept)
        choices.propose.clicked.connect(lambda: self._change(tr("Add a set"), verbs.add_proposed))
        choices.learn.clicked.connect(self.learn)
        choices.use.clicked.connect(self.use)
        sets.turned.connect(self._turn_cell)
        sets.written.connect(self._hold)
        sets.set_removed.connect(lambda i: self._edit(tr("Remove a set"), verbs.remove_set, i))
        removed = tr("Remove a concept")
        sets.concept_removed.connect(lambda n: self._edit(removed, verbs.remove_concept, n))
        sets.rename_wanted.connect(self._rename)

    def _edit(self, label: str, verb: Callable[..., Project], value: object) -> None:
        self._change(label, lambda project: verb(project, value))

    def _change(self, label: str, verb: Callable[[Project], Project]) -> None:
        try:
            self._document.apply(label, verb)
        except UserError as error:
            self.refused.emit(error)

    def _choose_how(self, way: object) -> None:
        match way:
            case Encoder():
                self._edit(self.tr("Straight or curved"), verbs.choose_encoder, way)
            case int():
                self._edit(self.tr("Trainings"), verbs.choose_restarts, way)
            case float():
                self._edit(self.tr("Width of the filters"), verbs.choose_width, way)

    def _add_concept(self, name: str) -> None:
        place = max(0, self.sets.currentRow())
        label = self.tr("Concept {0}").format(name)
        self._change(label, lambda project: verbs.add_concept(project, name, place))

    def _turn_cell(self, place: int, name: str) -> None:
        held = dict(self._document.project.concepts.sets[place].filters)
        label = self.tr("What {0} holds").format(self._document.project.concepts.sets[place].name)
        self._change(
            label,
            lambda p: verbs.hold(
                p, place, name, None if name in held else verbs.default_value(p, name)
            ),
        )
        self._show(self._document.project)  # a refused or empty turn shows what stands

    def _hold(self, place: int, name: str, value: float) -> None:
        label = self.tr("Value of {0}").format(name)
        self._change(label, lambda project: verbs.hold(project, place, name, value))

    def _rename(self, old: str) -> None:
        ask = self.tr("New name of {0}").format(old)
        new, said = QInputDialog.getText(self, self.tr("Rename"), ask, text=old)
        if said:
            label = self.tr("Rename {0}").format(old)
            self._change(label, lambda project: verbs.rename_concept(project, old, new))

    def _forget(self) -> None:
        if self._asked is not None:
            self._bridge.forget(LEARNT)
        self._asked = self.found = None
        self.running, self._failed = False, ""

    def _show(self, project: Project) -> None:
        concepts, table = project.concepts, project.table
        found = conditions(verbs.resolved(project), table)
        self.choices.show_choices(concepts, found, table)
        done = self.found is not None and self.found.whole
        usable = done and self.found is not None and not verbs.used(table, self.found)
        self.choices.show_learning(running=self.running, usable=usable)
        self.sets.show_sets(concepts, found)
        if table is None:
            said = self._start(self.tr("Open a table: concepts are read off many of its columns."))
        elif self.found is not None:
            said = words.learnt(self.found, table)
        elif self.running:
            said = (Line(Mark.OPEN, self.tr("Learning begins.")),)
        elif self._failed:
            said = (Line(Mark.WARNED, self._failed), *words.conditions(found, concepts))
        elif not concepts.columns and not concepts.sets:
            said = self._start(
                self.tr("Choose columns, then sets of rows in which something is held.")
            )
        else:
            said = words.conditions(found, concepts)
        self.words.show_lines(said)
        self.looking.show_found(self.found, table)
        self._fit()

    def _start(self, first: str) -> tuple[Line, ...]:
        what = self.tr("A concept is one thing that many columns say together, as warmth is of "
                       "twelve sensors.")  # fmt: skip
        return (Line(Mark.NONE, first), Line(Mark.NONE, what))

    def _turn(self, page: int) -> None:
        self._page = page
        self._fit()

    def _fit(self) -> None:
        """Sets, words and rows; the sets or the rows only where it is narrow."""
        known = self.found is not None and len(self.found.axes) > 0
        wide = self.width() >= ROOM_FOR_ALL
        self.words.setMinimumWidth(LEAST_WORDS)
        most = max(LEAST_WORDS, min(MOST_WORDS, round(WORDS_SHARE * self.width())))
        self.words.setMaximumWidth(most if known else 16_777_215)
        self.sets.setVisible((wide or self._page == SETS or not known) and self.sets.rowCount() > 0)
        self.looking.setVisible(known and (wide or self._page == ROWS))
        self.chooser.setVisible(known and not wide)


def _same_rows(old: Project | None, new: Project) -> bool:
    """True where the columns that concepts are read off are the same arrays or equal."""
    if old is None or old.table is new.table:
        return True
    if old.table is None or new.table is None or old.table.rows != new.table.rows:
        return False
    needed = (*new.concepts.columns, *filter(None, (new.concepts.labels,)))
    return all(n in old.table and n in new.table for n in needed) and all(
        old.table[n] is new.table[n] for n in needed
    )
