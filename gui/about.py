"""Help: what this is, and all keys in one list."""

from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QMessageBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.actions import ACTIONS, plain, tr
from gui.icons import pixmap

CANVAS_KEYS = (
    ("Double-click", "a new variable"),
    ("Drag from a card's rim, or Alt+drag", "an arrow"),
    ("B", "a hidden cause ↔ between two selected variables"),
    ("R", "reverse the selected arrow"),
    ("E, O, A, S", "exposure, outcome, adjusted, selected"),
    ("U", "not measured"),
    ("Arrow keys", "move the focus; with Ctrl, move the selection"),
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


def open_keyboard(parent: QWidget) -> QDialog:
    """All shortcuts, those of the canvas at the end."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(_tr("Keyboard"))
    dialog.resize(560, 560)
    tree = QTreeWidget()
    tree.setAccessibleName(_tr("Shortcuts"))
    tree.setHeaderLabels([_tr("Keys"), _tr("What they do")])
    tree.setRootIsDecorated(False)
    tree.setColumnWidth(0, 240)
    native = QKeySequence.SequenceFormat.NativeText
    for spec in ACTIONS:
        if spec.keys:
            keys = ", ".join(QKeySequence(key).toString(native) for key in spec.keys)
            tree.addTopLevelItem(QTreeWidgetItem([keys, f"{plain(tr(spec.text))}: {tr(spec.tip)}"]))
    for keys, words in CANVAS_KEYS:
        tree.addTopLevelItem(QTreeWidgetItem([_tr(keys), _tr(words)]))
    column = QVBoxLayout(dialog)
    column.addWidget(tree)
    dialog.open()
    return dialog


def _tr(text: str) -> str:
    return QCoreApplication.translate("About", text)
