"""Help: what this is, and the keys that the table of actions does not hold."""

from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from gui.icons import pixmap

CANVAS_KEYS = (
    ("Double-click", "a new variable"),
    ("Drag from a card's rim, or Alt+drag", "an arrow"),
    ("Drop a card on an arrow", "a mediator"),
    ("Drag an arrow, or one of its ends", "bend it, or lead it to another card"),
    ("L, arrow keys or a name, Return", "an arrow by keys: from the focused card to another"),
    ("Double-click a tool", "it stays in hand until Esc"),
    ("Tab, Shift+Tab", "the next card or region, the one before"),
    ("Space", "add the focused card to the selection"),
    (
        "Arrow keys",
        "move the focus; with Ctrl, move the selection; with Ctrl+Shift, ten times as far",
    ),
    ("Ctrl+wheel", "zoom at the cursor"),
    ("Space+drag, middle-drag", "pan"),
    ("Esc", "end the gesture, the tool, the selection, the intervention"),
)


def program_version() -> str:
    """The installed version."""
    try:
        return version("doscope")
    except PackageNotFoundError:
        return "0"


def open_about(parent: QWidget) -> QMessageBox:
    """What this is and under which licence."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(_tr("About Doscope"))
    box.setIconPixmap(pixmap("doscope", "", 48))
    box.setText(f"Doscope {program_version()}")
    box.setInformativeText(
        _tr(
            "do + scope: an instrument for looking at causes. See, do, imagine.\n\n"
            "Licence: BSD-3-Clause. Your data stay on this computer.\n"
            "Built with Qt and PySide (LGPL), PyTorch, NumPy, NetworkX, DuckDB and pyqtgraph."
        )
    )
    box.open()
    return box


def _tr(text: str) -> str:
    return QCoreApplication.translate("About", text)
