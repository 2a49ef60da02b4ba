"""The whole window on a real display: says what happens to it, one JSON object a line.

python -m tests.gui.canvas._under_x FOLDER
"""

import json
import sys
from pathlib import Path

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from gui.app import App
from tests.gui.canvas.conftest import study
from tests.gui.conftest import Shell


def say(**facts: object) -> None:
    """One line."""
    print(json.dumps(facts), flush=True)


def where(widget: QWidget, at: QPoint) -> tuple[int, int]:
    """On the screen, in pixels."""
    return widget.mapToGlobal(at).toTuple()


class Reporter:
    """Says where things are and what the project holds, whenever it changes."""

    def __init__(self, app: App) -> None:
        self.app = app
        app.document.changed.connect(lambda old, new: QTimer.singleShot(0, self.report))
        app.canvas.zoom_changed.connect(lambda zoom: QTimer.singleShot(0, self.report))
        app.canvas.selection_changed.connect(lambda *_: QTimer.singleShot(0, self.report))
        QGuiApplication.clipboard().dataChanged.connect(self.report)

    def report(self) -> None:
        """All that the test looks at."""
        canvas, project = self.app.canvas, self.app.document.project
        nodes = canvas.stage.nodes
        columns, model = self.app.panels.data.list, self.app.panels.data.model
        ward = model.index(model.row_of("ward"))
        say(
            id=int(self.app.window.winId()),
            edges=sorted(project.graph.edges),
            variables=project.graph.variables,
            positions=dict(project.positions),
            zoom=canvas.zoom,
            selected=sorted(canvas.stage.selected),
            nodes={
                v: where(canvas.viewport(), canvas.mapFromScene(item.pos()))
                for v, item in nodes.items()
            },
            column=where(columns.viewport(), columns.visualRect(ward).center()),
            free=where(canvas.viewport(), QPoint(canvas.viewport().width() // 2, 40)),
            clipboard=QGuiApplication.clipboard().text(),
        )


def main() -> None:
    """Runs until it is ended."""
    application = QApplication(sys.argv[:1])
    shell = Shell(Path(sys.argv[1]))
    shell.app.start()
    shell.app.beginning.open_canvas()
    shell.window.move(0, 0)
    shell.window.resize(1240, 780)
    shell.document.replace(study())
    reporter = Reporter(shell.app)
    QTimer.singleShot(600, reporter.report)
    application.exec()


if __name__ == "__main__":
    main()
