"""The learning curve can be read, copied and shown as a table, as every plot can."""

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.appearance import Appearance
from gui.plots.drawing import svg_of
from gui.plots.learning import LearningCurve
from gui.plots.tabular import TableDialog

POINTS = tuple((step, -2.0 + step / 100, -2.1 + step / 200) for step in range(0, 101, 5))


@pytest.fixture
def curve(qtbot: QtBot) -> LearningCurve:
    made = LearningCurve(Appearance("light"))
    qtbot.addWidget(made)
    made.resize(300, 160)
    made.show()
    made.show_curve("dose", POINTS)
    return made


def test_it_says_where_it_stands(curve: LearningCurve) -> None:
    """At step 100 the scores are −2 + 1 and −2.1 + .5."""
    words = "dose: after 100 steps −1.000 on learnt rows, −1.600 on held-out rows"
    assert curve.accessibleDescription() == words


def test_keys_read_step_by_step(curve: LearningCurve, qtbot: QtBot) -> None:
    qtbot.keyClick(curve, Qt.Key.Key_Home)
    assert curve.accessibleDescription() == "step 0: learnt −2.000; held out −2.100"
    qtbot.keyClick(curve, Qt.Key.Key_Right)
    assert curve.accessibleDescription() == "step 5: learnt −1.950; held out −2.075"
    qtbot.keyClick(curve, Qt.Key.Key_Escape)
    assert curve.accessibleDescription().startswith("dose: after 100 steps")


def test_the_pointer_reads_the_nearest_step(curve: LearningCurve) -> None:
    stops = curve.stops()
    assert [p.x() for p in stops] == sorted(p.x() for p in stops)
    reading = curve.reading_at(QPointF(stops[3].x() + 1, 50))
    assert reading is not None
    assert reading.head == "step 15"
    assert all(curve.rect().contains(p.toPoint()) for p in stops)


def test_the_table_holds_all_and_the_digest_some(curve: LearningCurve, qtbot: QtBot) -> None:
    curve.copy_table()
    rows = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert rows[0] == ["step", "learnt rows", "held-out rows"]
    for told, point in zip(rows[1:], POINTS, strict=True):
        assert [float(text) for text in told] == pytest.approx(point)
    assert len(curve.digest()) <= 13
    assert curve.digest()[-1] == curve.table()[-1]
    qtbot.keyClick(curve, Qt.Key.Key_Return)
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, TableDialog))
    assert dialog.words.text().startswith("dose: after 100 steps")
    dialog.close()


def test_before_training_it_says_when_it_comes(qtbot: QtBot) -> None:
    made = LearningCurve(Appearance("light"))
    qtbot.addWidget(made)
    made.resize(300, 160)
    assert made.table() == made.digest() == ()
    assert b"appears while training" in bytes(svg_of(made).data())
