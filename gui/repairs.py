"""Changes that would make the graph fit the rows: each a word to press."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.queries.answers import ChecksAnswer
from gui.appearance import Appearance
from gui.canvas.contradictions import Change, keys_of, said
from gui.notices import plain_label
from gui.question.parts import LinkButton

MOST = 3  # the others are named in the sentence beside


class Repairs(QWidget):
    """The word Try and the first changes; hidden where nothing needs repair."""

    chosen = Signal(object)  # Change

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.changes: tuple[Change, ...] = ()
        self.links = [LinkButton(appearance, "") for _ in range(MOST)]
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 2, 0, 2)
        row.setSpacing(12)
        label = plain_label(self.tr("Try:"))
        label.setProperty("quiet", True)
        row.addWidget(label)
        for number, link in enumerate(self.links):
            row.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
            link.clicked.connect(partial(self._choose, number))
        row.addStretch(1)
        self.hide()

    def show_changes(self, checks: ChecksAnswer | None) -> None:
        """Those of the newest tests."""
        self.changes = () if checks is None else checks.changes[:MOST]
        for number, link in enumerate(self.links):
            link.setVisible(number < len(self.changes))
            if checks is not None and number < len(self.changes):
                link.setText(said(keys_of(self.changes[number])))
                link.setToolTip(checks.repair)
                link.setAccessibleName(self.tr("Try {0}").format(link.text()))
                link.setAccessibleDescription(checks.repair)
        self.setVisible(bool(self.changes))

    def _choose(self, number: int, _: object = None) -> None:
        self.chosen.emit(self.changes[number])
