"""The row of choices over the concepts panel: columns, sets, how it is learnt, what to do."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from engine.data.table import Table
from engine.queries.concepts import ConceptConditions, Concepts, Encoder
from gui import edit_concepts as verbs
from gui.appearance import Appearance
from gui.concepts import words
from gui.notices import plain_label
from gui.numerals import count, short
from gui.widgets.chip import Chip
from gui.widgets.flow import FlowLayout
from gui.widgets.picker import Choice, Picker
from gui.widgets.ticks import Ticks

WIDTHS = (0.25, 0.5, 1.0)  # of filters, in standard deviations
NAME_WIDTH = 16  # letters


class Choosing(QWidget):
    """Chips; every choice is a signal, and `show_choices` says what stands."""

    column_ticked = Signal(str)
    all_ticked = Signal(bool)
    concept_named = Signal(str)
    how_chosen = Signal(object)  # Encoder, int (trainings), float (width)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        hint = self.tr("Tick what the concepts are read off: columns of numbers.")
        self.columns = Ticks(appearance, self.tr("Columns of the representation"), hint)
        self.columns.ticked.connect(self._tick)
        self.labels = Picker(appearance, self.tr("What says which set a row belongs to"))
        self.base_word = plain_label(self.tr("base"))
        self.base = Picker(appearance, self.tr("Rows that nobody chose"))
        self.known = Picker(appearance, self.tr("Which set holds what"))
        self.how = Picker(appearance, self.tr("How it is learnt"))
        self.how.picked.connect(self.how_chosen)
        self.filter = Picker(appearance, self.tr("One concept more"))
        self.filter.picked.connect(lambda name: self.concept_named.emit(str(name)))
        self.name = QLineEdit(placeholderText=self.tr("One concept more"))
        self.name.setAccessibleName(self.tr("Name of one concept more"))
        self.name.setMaximumWidth(NAME_WIDTH * self.fontMetrics().averageCharWidth())
        self.name.returnPressed.connect(self._name)
        self.propose = Chip(appearance)
        self.learn = Chip(appearance, self.tr("Learn"), role="selected")
        self.use = Chip(appearance, self.tr("Use as variables"))
        self.use.setToolTip(self.tr("A new column and a node for each concept; undo takes it back"))
        self.use.hide()
        flow = FlowLayout(self, gap=6)
        for part in (
            self.columns,
            plain_label(self.tr("sets by")),
            self.labels,
            self.base_word,
            self.base,
            self.known,
            self.filter,
            self.name,
            self.propose,
            self.how,
        ):
            flow.addWidget(part)

    def show_choices(
        self, concepts: Concepts, found: ConceptConditions, table: Table | None
    ) -> None:
        """What is chosen, and what can be."""
        self._show_columns(concepts, table)
        self._show_sets(concepts, table)
        self._show_more(concepts, table)
        self._show_how(concepts)
        proposal = found.proposal
        self.propose.setVisible(proposal is not None and _room(concepts))
        if proposal is not None:
            self.propose.say(words.set_words(proposal, found.names))
        self.learn.setEnabled(table is not None and bool(concepts.columns and concepts.names))

    def show_learning(self, *, running: bool, usable: bool) -> None:
        """Learn, or stop; valuations can be used once all is learnt."""
        self.learn.say(self.tr("Stop learning") if running else self.tr("Learn"))
        self.use.setVisible(usable)

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _show_columns(self, concepts: Concepts, table: Table | None) -> None:
        names = tuple(n for n in verbs.usable(table) if n != concepts.labels)
        every = self.tr("all that are not drawn")
        told = self.tr("{0} of {1} columns").format(count(len(concepts.columns)), count(len(names)))
        self._every = every
        offered = (every, *names) if names else ()
        chosen = (every, *concepts.columns) if concepts.columns else ()
        self.columns.offer(offered, chosen, told)
        self.columns.setEnabled(bool(names))

    def _show_sets(self, concepts: Concepts, table: Table | None) -> None:
        near = self.tr("rows near values")
        choices = [Choice("", near)]
        choices += [Choice(n, n, self.tr("labels")) for n in verbs.labelling(table)]
        self.labels.offer(choices if table is not None else [], concepts.labels or near)
        known = table is not None and concepts.labels in table
        categories = table.variable(concepts.labels).categories if known and table else ()
        self.base.offer([Choice(c, c) for c in categories], concepts.base or "?")
        for part in (self.base, self.base_word):
            part.setVisible(known)
        told = self.tr("as ticked")
        counts = [Choice(0, told)]
        for number in range(2, verbs.MOST_UNKNOWN + 1):
            words_ = self.tr("{0} concepts, held I do not know where").format(number)
            counts.append(Choice(number, words_))
        shown = next((c.label for c in counts if c.key == concepts.unknown), told)
        self.known.offer(counts, shown)
        self.known.setVisible(known)

    def _show_more(self, concepts: Concepts, table: Table | None) -> None:
        by_name = bool(concepts.labels) and not concepts.unknown
        self.name.setVisible(by_name)
        free = [n for n in verbs.usable(table) if n not in concepts.names]
        hints = {n: self.tr("part of the representation") for n in concepts.columns}
        offered = [Choice(n, n, hints.get(n, "")) for n in free]
        self.filter.offer(offered, self.tr("One concept more"))
        self.filter.setVisible(not concepts.labels and table is not None)

    def _show_how(self, concepts: Concepts) -> None:
        choices = [Choice(e, words.encoder(e), words.encoder_hint(e)) for e in Encoder]
        choices += [Choice(n, self._trainings(n)) for n in verbs.RESTARTS]
        width = ""
        if not concepts.labels:
            choices += [Choice(w, self._width(w)) for w in WIDTHS]
            width = f", {self._width(concepts.width)}"
        shown = f"{words.encoder(concepts.encoder)}, {self._trainings(concepts.restarts)}"
        self.how.offer(choices, shown + width)

    def _trainings(self, number: int) -> str:
        return self.tr("trained once") if number == 1 else self.tr("{0} trainings").format(number)

    def _width(self, width: float) -> str:
        return self.tr("± {0} sd").format(short(width))

    def _tick(self, name: str) -> None:
        if name == self._every:
            self.all_ticked.emit(self._every not in self.columns.chosen)
        else:
            self.column_ticked.emit(name)

    def _name(self) -> None:
        text = self.name.text().strip()
        self.name.clear()
        if text:
            self.concept_named.emit(text)


def _room(concepts: Concepts) -> bool:
    """True where another set can be added: labels name all the sets that there are."""
    return not concepts.labels or any(not one.filters for one in concepts.sets)
