"""Help: what this is, and all keys in one list."""

from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.actions import ACTIONS, Spec, plain, tr
from gui.icons import pixmap
from gui.notices import plain_label

CANVAS_KEYS = (
    ("Double-click", "a new variable"),
    ("Drag from a card's rim, or Alt+drag", "an arrow"),
    ("L, arrow keys, Return", "an arrow by keys: from the focused card to where the keys lead"),
    ("Tab, Shift+Tab", "the next card, the one before"),
    ("Space", "add the focused card to the selection"),
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
    """All shortcuts in two columns, those of the canvas first; scrolls where it is too long."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(_tr("Keyboard"))
    canvas = [(_tr(keys), _tr(words)) for keys, words in CANVAS_KEYS]
    native = QKeySequence.SequenceFormat.NativeText
    commands = [
        (", ".join(QKeySequence(key).toString(native) for key in spec.keys), _words(spec))
        for spec in ACTIONS
        if spec.keys
    ]
    half = (len(canvas) + len(commands) + 1) // 2 - len(canvas)
    left = _key_column([(_tr("On the canvas"), canvas), (_tr("Commands"), commands[:half])])
    right = _key_column([("", commands[half:])])
    page = QWidget()
    page.setObjectName("sheet")
    row = QHBoxLayout(page)
    row.setSpacing(32)
    row.addWidget(left, 1, Qt.AlignmentFlag.AlignTop)
    row.addWidget(right, 1, Qt.AlignmentFlag.AlignTop)
    area = QScrollArea()
    area.setAccessibleName(_tr("Shortcuts"))
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidget(page)
    column = QVBoxLayout(dialog)
    column.addWidget(area)
    room = parent.size() - QSize(80, 80)
    dialog.resize(QSize(980, page.sizeHint().height() + 40).boundedTo(room))
    dialog.open()
    return dialog


def _words(spec: Spec) -> str:
    return f"{plain(tr(spec.text))}: {tr(spec.tip)}"


def _key_column(parts: list[tuple[str, list[tuple[str, str]]]]) -> QWidget:
    """Titles over keys and what they do, which is folded rather than cut."""
    widget = QWidget()
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setColumnStretch(1, 1)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    for title, lines in parts:
        if title:
            heading = plain_label(title)
            heading.setProperty("heading", True)
            grid.addWidget(heading, grid.rowCount(), 0, 1, 2)
        for keys, words in lines:
            cells = plain_label(keys), plain_label(words)
            cells[0].setMaximumWidth(190)
            cells[1].setProperty("quiet", True)
            line = grid.rowCount()
            for i, cell in enumerate(cells):
                cell.setWordWrap(True)
                grid.addWidget(cell, line, i, Qt.AlignmentFlag.AlignTop)
    grid.setColumnMinimumWidth(0, 150)
    return widget


def _tr(text: str) -> str:
    return QCoreApplication.translate("About", text)
