"""A canvas with a small study on it, and hands to hold it with."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import graph_of
from engine.project import Project
from gui.appearance import Appearance
from gui.canvas.view import CanvasView
from gui.document import Document

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
PLACES = {"age": (0.0, 0.0), "dose": (0.0, 250.0), "severity": (300.0, 0.0), "days": (600.0, 125.0)}


def table() -> Table:
    variables = (
        Variable("age", Kind.CONTINUOUS, "years"),
        Variable("dose", Kind.CONTINUOUS, "mg"),
        Variable("severity", Kind.ORDINAL, categories=("low", "mid", "high")),
        Variable("days", Kind.CONTINUOUS, "d"),
        Variable("ward", Kind.CATEGORICAL, categories=("a", "b")),
    )
    columns = {
        "age": np.array([50.0, 60.0, np.nan, 70.0]),
        "dose": np.array([1.0, 2.0, 3.0, 4.0]),
        "severity": np.array([0.0, 1.0, 2.0, 1.0]),
        "days": np.array([9.0, 8.0, 7.0, 6.0]),
        "ward": np.array([0.0, 1.0, 0.0, 1.0]),
    }
    return Table(variables, columns)


def study() -> Project:
    """Arrows age → severity → days and dose → days; age and dose are not joined."""
    edges = [("age", "severity"), ("severity", "days"), ("dose", "days")]
    return Project(graph=graph_of(PLACES, edges), positions=PLACES, table=table())


class Hands:
    """Mouse and keyboard on a canvas, in scene coordinates or by node."""

    def __init__(self, view: CanvasView, document: Document) -> None:
        self.view, self.document = view, document
        self.said: list[str] = []
        view.noticed.connect(self.said.append)

    @property
    def project(self) -> Project:
        return self.document.project

    def pixel(self, where: str | tuple[float, float]) -> QPoint:
        if isinstance(where, str):
            return self.view.mapFromScene(self.view.stage.nodes[where].pos())
        return self.view.mapFromScene(QPointF(*where))

    def click(self, where: str | tuple[float, float], held: Qt.KeyboardModifier = NONE) -> None:
        QTest.mouseClick(self.view.viewport(), LEFT, held, self.pixel(where))

    def double_click(self, where: str | tuple[float, float]) -> None:
        QTest.mouseDClick(self.view.viewport(), LEFT, NONE, self.pixel(where))

    def press(
        self,
        where: str | tuple[float, float],
        held: Qt.KeyboardModifier = NONE,
        button: Qt.MouseButton = LEFT,
    ) -> None:
        QTest.mousePress(self.view.viewport(), button, held, self.pixel(where))

    def move(self, where: str | tuple[float, float], button: Qt.MouseButton = LEFT) -> None:
        at = self.pixel(where)
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(at),
            QPointF(self.view.viewport().mapToGlobal(at)),
            Qt.MouseButton.NoButton,
            button,
            NONE,
        )
        QApplication.sendEvent(self.view.viewport(), event)

    def release(
        self,
        where: str | tuple[float, float],
        held: Qt.KeyboardModifier = NONE,
        button: Qt.MouseButton = LEFT,
    ) -> None:
        QTest.mouseRelease(self.view.viewport(), button, held, self.pixel(where))

    def drag(
        self,
        start: str | tuple[float, float],
        end: str | tuple[float, float],
        held: Qt.KeyboardModifier = NONE,
        button: Qt.MouseButton = LEFT,
    ) -> None:
        to = end if isinstance(end, tuple) else self.view.stage.nodes[end].pos().toTuple()
        self.press(start, held, button)
        self.move((to[0] - 15, to[1] - 15), button)
        self.move(to, button)
        self.release(to, held, button)

    def hover(self, where: str | tuple[float, float]) -> None:
        self.move(where, Qt.MouseButton.NoButton)

    def wheel(self, at: QPoint, turn: int, held: Qt.KeyboardModifier = NONE) -> None:
        event = QWheelEvent(
            QPointF(at),
            QPointF(self.view.viewport().mapToGlobal(at)),
            QPoint(),
            QPoint(0, turn),
            Qt.MouseButton.NoButton,
            held,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.view.viewport(), event)

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.view, key, held)

    def undo(self) -> None:
        self.document.undo_stack.undo()

    def write(self, text: str, end: Qt.Key = Qt.Key.Key_Return) -> None:
        editor = self.view.naming.editor
        assert editor is not None
        editor.selectAll()
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, end)


@pytest.fixture
def document() -> Document:
    made = Document()
    made.replace(study())
    return made


@pytest.fixture
def hands(qtbot: QtBot, document: Document) -> Iterator[Hands]:
    view = CanvasView(document, Appearance("light"))
    qtbot.addWidget(view)
    view.resize(1000, 700)
    view.show()
    qtbot.waitExposed(view)
    view.reset_zoom()
    yield Hands(view, document)
    view.close()
