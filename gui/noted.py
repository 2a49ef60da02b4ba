"""What reading a table assumed, and which columns it left out: said beside the data."""

from html import escape

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.data.table import Table
from gui.notices import plain_label

MOST = 6  # sentences shown; the others are in the tool tip
LEFT_OUT = " was left out"
KEEPING = " (give it the kind"  # … which only the command line can, before it reads


def left_out(table: Table | None) -> tuple[str, ...]:
    """One sentence per column that the file has and the table has not."""
    notes = () if table is None else table.notes
    return tuple(note.partition(KEEPING)[0] for note in notes if LEFT_OUT in note)


def assumed(table: Table | None) -> tuple[str, ...]:
    """One sentence per thing that was guessed of the file."""
    notes = () if table is None else table.notes
    return tuple(note for note in notes if LEFT_OUT not in note)


def left_out_words(table: Table) -> str:
    """4 columns left out; "" for none."""
    number = len(left_out(table))
    if not number:
        return ""
    text = _tr("1 column left out") if number == 1 else _tr("{0} columns left out")
    return text.format(number)


class Noted(QWidget):
    """A quiet heading and sentences below it; without any it takes no room."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.heading = plain_label(title)
        self.heading.setProperty("heading", True)
        self.words = plain_label("")
        self.words.setWordWrap(True)
        self.words.setProperty("quiet", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.heading)
        column.addWidget(self.words)
        self.hide()

    def say(self, notes: tuple[str, ...]) -> None:
        """One sentence per line."""
        more = (_tr("and {0} more").format(len(notes) - MOST),) if len(notes) > MOST else ()
        self.words.setText("\n".join((*notes[:MOST], *more)))
        rest = "<br>".join(escape(note) for note in notes[MOST:])
        self.words.setToolTip(f"<p>{rest}</p>" if more else "")
        self.setVisible(bool(notes))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Noted", text)
