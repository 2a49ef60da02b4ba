"""Marks of a comparison of environments: on the right cards, by shape, gone with their cards."""

import pytest
from PySide6.QtGui import QImage, QPainter

from engine.graph.graph import graph_of
from engine.project import Project
from engine.queries.lights import EnvironmentsAnswer, Verdict
from gui import edits
from gui.canvas.environment_marks import EnvironmentMark
from gui.canvas.scene import CanvasScene
from gui.document import Document
from gui.theme import LIGHT

TOLD = EnvironmentsAnswer(
    "place",
    (("a", 30), ("b", 30)),
    (Verdict("x", 0.001, True), Verdict("y", 0.5), Verdict("z", None, why="few rows")),
    whole=True,
)


@pytest.fixture
def scene(qapp: object) -> CanvasScene:
    document = Document()
    graph = graph_of(("x", "y", "z"), [("x", "y")])
    document.replace(Project(graph=graph, positions={"x": (0, 0), "y": (300, 0), "z": (0, 300)}))
    made = CanvasScene(document, LIGHT)
    document.changed.connect(made.sync)
    return made


def painted(mark: EnvironmentMark) -> QImage:
    image = QImage(24, 24, QImage.Format.Format_ARGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    painter.translate(12, 12)
    mark.paint(painter, None)  # type: ignore[arg-type]
    painter.end()
    return image.convertToFormat(QImage.Format.Format_Grayscale8)


def test_changed_and_stayed_differ_by_shape_and_words(scene: CanvasScene) -> None:
    scene.environments.show(TOLD)
    marks = {name: mark for name, (_, mark) in scene.environments.items.items()}
    assert {name: mark.changed for name, mark in marks.items()} == {"x": True, "y": False}
    assert marks["x"].toolTip() != marks["y"].toolTip()
    assert painted(marks["x"]) != painted(marks["y"])
    assert marks["x"].parentItem() is scene.nodes["x"]


def test_marks_go_with_the_comparison_and_with_their_cards(scene: CanvasScene) -> None:
    scene.environments.show(TOLD)
    scene.document.apply("Remove", lambda project: edits.remove(project, {"x"}))
    assert "x" not in scene.nodes
    scene.environments.show(None)
    assert scene.environments.items == {}
    assert not [item for item in scene.items() if isinstance(item, EnvironmentMark)]
