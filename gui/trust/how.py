"""How would somebody set it? A field per treatment, kept in the project."""

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from engine.interventions import variables_of
from engine.project import Project
from engine.queries.questions import Rung
from gui.document import Document
from gui.edit_how import say_how
from gui.notices import plain_label


class HowSet(QWidget):
    """A line to write per variable that the question sets; while one is empty, why it matters."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.fields: dict[str, QLineEdit] = {}
        self.why = plain_label(
            self.tr(
                "Nobody can simply set an age, a sex or a weight. What can be set in several ways"
                " has several effects: say which way is meant."
            )
        )
        self.why.setParent(self)
        self.why.setProperty("quiet", True)
        self.why.setWordWrap(True)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(6, 4, 0, 2)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)
        self.hide()

    def sync(self, project: Project) -> None:
        """Fields for what the question sets, with what the project says."""
        asked = project.question
        names = () if asked.rung is Rung.SEE else tuple(dict.fromkeys(variables_of(asked.action)))
        if names != tuple(self.fields):
            self._renew(names)
        for name, field in self.fields.items():
            said = project.how.get(name, "")
            if field.text() != said:
                field.setText(said)
                field.setCursorPosition(0)
        self.why.setVisible(any(not project.how.get(name) for name in names))
        self.setVisible(bool(names))

    def _renew(self, names: tuple[str, ...]) -> None:
        while item := self._grid.takeAt(0):
            widget = item.widget()
            if widget is not None and widget is not self.why:
                widget.hide()
                widget.deleteLater()
        self.fields = {}
        for row, name in enumerate(names):
            words = self.tr("How would you set {0}?").format(name)
            label, field = plain_label(words), QLineEdit()
            field.setAccessibleName(words)
            field.setPlaceholderText(self.tr("who would do what, to whom, when"))
            field.setMaxLength(300)
            field.editingFinished.connect(partial(self._say, name))
            label.setBuddy(field)
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(field, row, 1)
            self.fields[name] = field
        self._grid.addWidget(self.why, len(names), 0, 1, 2)

    @Slot(str)
    def _say(self, name: str) -> None:
        if (field := self.fields.get(name)) is not None:
            label = self.tr("Say how to set {0}").format(name)
            self._document.apply(label, partial(say_how, variable=name, words=field.text()))
