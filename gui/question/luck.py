"""How the imagined row's luck goes over into the other world: a small picker."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engine.interventions import Convention
from gui.appearance import Appearance
from gui.question.parts import Words
from gui.widgets.flow import FlowLayout
from gui.widgets.picker import Choice, Picker


class LuckRow(QWidget):
    """Kept, turned round or drawn again; `picked(convention)`."""

    picked = Signal(object)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picker = Picker(appearance, self.tr("The row's luck"))
        self.picker.picked.connect(self.picked)
        self.words = {
            Convention.RANK: self.tr("keeps its rank"),
            Convention.REVERSAL: self.tr("turns its rank round"),
            Convention.REDRAW: self.tr("is drawn again"),
        }
        self.hint = self.tr(
            "What this row would have had depends on its luck where causes change, and data cannot "
            "tell which of the three holds."
        )
        flow = FlowLayout(self)
        for widget in (Words(self.tr("luck")), self.picker):
            flow.addWidget(widget)
        self.setToolTip(self.hint)
        self.sync(Convention.RANK)

    def sync(self, convention: Convention) -> None:
        """Show the convention that is asked for."""
        hints = {
            Convention.RANK: self.tr("high stays high"),
            Convention.REVERSAL: self.tr("high becomes low"),
            Convention.REDRAW: self.tr("a range"),
        }
        choices = [Choice(each, self.words[each], hints[each]) for each in Convention]
        self.picker.offer(choices, self.words[convention])
        self.picker.setToolTip(self.hint)
