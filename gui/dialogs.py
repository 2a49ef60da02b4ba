"""The few questions that need a dialog: which file, and what to do with unsaved work."""

from enum import StrEnum
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget

from gui.canvas.scene import CanvasScene
from gui.exporting import ExportGraph, Told
from gui.pictures import Style
from gui.picturing import ExportPicture


class Choice(StrEnum):
    """What happens to unsaved work."""

    SAVE = "save"
    DISCARD = "discard"
    CANCEL = "cancel"


class Dialogs(Protocol):
    """What `Files` asks the user; tests answer by themselves."""

    def unsaved(self, name: str) -> Choice:
        """Save, discard or cancel?"""

    def open_file(self, title: str, filters: str) -> Path | None:
        """A file to read."""

    def save_file(self, title: str, filters: str, proposed: Path) -> Path | None:
        """A file to write."""

    def text(self, title: str, label: str, before: str) -> str | None:
        """A line of text."""

    def graph_format(self, before: str, told: Told) -> str | None:
        """A format for the graph, once it is said what each leaves out."""

    def picture(self, scene: CanvasScene, before: Style) -> Style | None:
        """How a picture of the canvas should look."""


class NativeDialogs:
    """The platform's own dialogs over `parent`."""

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent

    def unsaved(self, name: str) -> Choice:
        """Asked once, before unsaved work would be lost."""
        box = QMessageBox(self._parent)
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(_tr("Save the changes to {0}?").format(name))
        box.setInformativeText(_tr("Otherwise what you did since the last save is lost."))
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        box.button(buttons.Discard).setText(_tr("&Discard"))
        answers = {buttons.Save: Choice.SAVE, buttons.Discard: Choice.DISCARD}
        chosen = answers.get(buttons(box.exec()), Choice.CANCEL)
        box.deleteLater()
        return chosen

    def open_file(self, title: str, filters: str) -> Path | None:
        """A file to read."""
        name, _ = QFileDialog.getOpenFileName(self._parent, title, "", filters)
        return Path(name) if name else None

    def save_file(self, title: str, filters: str, proposed: Path) -> Path | None:
        """A file to write; the platform asks before it replaces one."""
        name, chosen = QFileDialog.getSaveFileName(self._parent, title, str(proposed), filters)
        if not name:
            return None
        path = Path(name)
        return path if path.suffix else path.with_suffix(_suffix(chosen) or proposed.suffix)

    def text(self, title: str, label: str, before: str) -> str | None:
        """A line of text; None if the user thought better of it."""
        words, said = QInputDialog.getText(self._parent, title, label, text=before)
        return words.strip() if said else None

    def graph_format(self, before: str, told: Told) -> str | None:
        """A format from the list, or None."""
        dialog = ExportGraph(self._parent, before, told)
        chosen = dialog.chosen if dialog.exec() else None
        dialog.deleteLater()
        return chosen

    def picture(self, scene: CanvasScene, before: Style) -> Style | None:
        """Kind, legend, resolution and colours, or None."""
        dialog = ExportPicture(self._parent, scene, before)
        chosen = dialog.style_chosen if dialog.exec() else None
        dialog.deleteLater()
        return chosen


def _suffix(filters: str) -> str:
    """The first extension in "Graph (*.dot *.gv)": .dot"""
    _, star, rest = filters.partition("(*")
    return rest.split()[0].rstrip(")") if star else ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Dialogs", text)
