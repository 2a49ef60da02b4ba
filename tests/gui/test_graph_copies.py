"""The graph as words, as a table, and as a picture on the clipboard."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui import edits
from gui.graph_copies import graph_rows, graph_sentence
from gui.plots.tabular import TableDialog
from tests.gui.canvas.conftest import study
from tests.gui.conftest import Shell

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def test_every_edge_is_told() -> None:
    project = edits.connect_hidden(study(), "age", "dose")
    assert graph_sentence(project) == (
        "4 variables: age causes severity; dose causes days; severity causes days;"
        " age and dose share a hidden cause."
    )
    rows = {row[0]: row[2:] for row in graph_rows(project)[1:]}
    assert rows["days"] == ("", "dose, severity", "", "")
    assert rows["age"] == ("", "", "severity", "dose")


def test_keys_show_the_table_and_copy_the_picture(shell: Shell) -> None:
    shell.document.replace(study())
    QTest.keyClick(shell.window, Qt.Key.Key_F9, Qt.KeyboardModifier.ShiftModifier)
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, TableDialog))
    assert dialog.words.text().startswith("4 variables: ")
    assert dialog.sheet.rowCount() == 4
    dialog.close()
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(shell.window, Qt.Key.Key_G, held)
    data = QGuiApplication.clipboard().mimeData()
    assert QImage.fromData(data.data("image/png")).width() > 400
    assert b"severity" in bytes(data.data("image/svg+xml").data())
    assert data.text().startswith("4 variables: ")
    QGuiApplication.clipboard().clear()
