"""A value of a variable: a category from a list, or a number in a field."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.data.variable import Kind, Variable
from gui.appearance import Appearance
from gui.widgets.number import NumberField
from gui.widgets.picker import Choice, Picker


class ValueChoice(QWidget):
    """`chosen(float)` by the user's hand: a category's code or a number in the user's unit."""

    chosen = Signal(float)

    def __init__(self, appearance: Appearance, name: str) -> None:
        super().__init__()
        self.category = Picker(appearance, name)
        self.number = NumberField(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.category)
        row.addWidget(self.number)
        self.category.picked.connect(lambda code: self.chosen.emit(float(code)))
        self.number.edited.connect(self.chosen)

    def offer(self, variable: Variable, value: float) -> None:
        """What may be chosen, and what is."""
        self.category.setVisible(variable.discrete)
        self.number.setVisible(not variable.discrete)
        if variable.discrete:
            labels = variable.categories
            choices = [Choice(code, label) for code, label in enumerate(labels)]
            self.category.offer(choices, labels[int(value)] if labels else "")
        else:
            self.number.continuum = variable.kind is Kind.CONTINUOUS and variable.step is None
            self.number.setSuffix(f" {variable.unit}" if variable.unit else "")
            self.number.show_value(value)
