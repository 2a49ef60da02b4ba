"""Every dialog of the program, opened over a window: for tests of names, keys and room."""

from collections.abc import Callable

from PySide6.QtWidgets import QInputDialog, QWidget

from gui.about import open_about
from gui.cheatsheet import open_cheat_sheet
from gui.experiment import ExperimentDialog
from gui.exporting import ExportGraph
from gui.pictures import Style
from gui.picturing import ExportPicture
from gui.plots.compare import ComparePlot
from gui.plots.tabular import TableDialog
from gui.possible import PossibleDialog
from tests.gui.conftest import Shell
from tests.gui.fakes import trial


def _export_graph(shell: Shell) -> QWidget:
    lost = ("bends of arrows", "which arrows are merely assumed")
    return ExportGraph(shell.window, "dagitty", lambda format: lost)


def _about(shell: Shell) -> QWidget:
    return open_about(shell.window)


def _keys(shell: Shell) -> QWidget:
    open_cheat_sheet(shell.window, shell.dialogs, lambda words: None)
    return next(w for w in shell.window.findChildren(QWidget) if type(w).__name__ == "CheatSheet")


def _table_of_plot(shell: Shell) -> QWidget:
    rows = (("recovery (days)", "before", "after"), ("7.5", "0.25", "0.125"))
    words = "Recovery before and after: the mean falls by 1.3 days."
    return TableDialog(ComparePlot.__name__, words, rows, shell.window)


def _text(shell: Shell) -> QWidget:
    """As the platform's dialog for a line of text is made."""
    dialog = QInputDialog(shell.window)
    dialog.setWindowTitle("Unit")
    dialog.setLabelText("dose is measured in")
    dialog.setTextValue("mg")
    return dialog


DIALOGS: dict[str, Callable[[Shell], QWidget]] = {
    "export graph": _export_graph,
    "export picture": lambda s: ExportPicture(s.window, s.app.canvas.stage, Style()),
    "about": _about,
    "keys": _keys,
    "plot as table": _table_of_plot,
    "possible values": lambda s: PossibleDialog(_table(), "dose", s.window),
    "experiment": lambda s: ExperimentDialog(_table(), "dose", s.window),
    "text": _text,
}


def _table():  # noqa: ANN202
    return trial().table


def open_dialog(shell: Shell, name: str) -> QWidget:
    """The dialog on the screen, over a window with a study in it."""
    shell.document.replace(trial())
    dialog = DIALOGS[name](shell)
    dialog.show()
    return dialog
