"""What an answer rests on: "if your arrows are right", the absences by name, support, warnings."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from engine.graph.graph import Edge
from engine.queries.answers import Footing
from gui.appearance import Appearance
from gui.phrases import Sentence, Span, quiet
from gui.question.parts import LinkButton, Note
from gui.sentences import footing_sentence, rests_list, rests_words
from gui.widgets.sentence import SentenceLabel

Absences = tuple[tuple[Edge, ...], tuple[Edge, ...]]  # arrows a → b, hidden causes a ↔ b


class AssumptionsNote(Note):
    """The footing of an answer; `turned` when its absences are listed, or no longer."""

    turned = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, parent)
        self.footing = Footing()
        self.open = False
        self.words = SentenceLabel(appearance)
        self.rests = SentenceLabel(appearance)
        self.toggle = LinkButton(appearance, self.tr("Show"))
        self.toggle.clicked.connect(self._turn)
        self.list = SentenceLabel(appearance)
        self.support = SentenceLabel(appearance)
        self.warnings = SentenceLabel(appearance)
        for widget in (self.words, self.rests):
            self.column.addWidget(widget)
        self.column.addWidget(self.toggle, 0, Qt.AlignmentFlag.AlignLeft)
        for widget in (self.list, self.support, self.warnings):
            self.column.addWidget(widget)
        self.hide()

    def draw(self, footing: Footing, support: str, warnings: tuple[str, ...]) -> None:
        """Show what stands behind an answer; nothing to say takes no room."""
        self.footing = footing
        head = footing_sentence(footing)
        rests = rests_words(footing)
        self.words.say(head)
        self.rests.say(quiet(rests))
        self.toggle.setVisible(bool(rests_list(footing)))
        self.support.say(quiet(support))
        self.warnings.say(_lines(warnings, "warn"))
        self._list()
        self.setVisible(bool(head or support or warnings))

    def listed(self) -> Absences:
        """The absent arrows and hidden causes that stand here by name; empty when folded."""
        if not self.open or self.isHidden():
            return (), ()
        return self.footing.rests_on_arrows, self.footing.rests_on_hidden

    @Slot()
    def _turn(self) -> None:
        self.open = not self.open
        self._list()
        self.turned.emit()

    def _list(self) -> None:
        self.toggle.say(self.tr("Hide") if self.open else self.tr("Show"))
        self.list.say(_lines(rests_list(self.footing), "quiet") if self.open else ())


def _lines(texts: tuple[str, ...], style: str) -> Sentence:
    return (Span("\n".join(texts), style),) if texts else ()
