"""Texts 40 % longer, as in other languages: nothing is clipped at 1280 × 800."""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLabel,
    QPushButton,
    QSizePolicy,
    QTabBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.project import Role
from gui import edits
from gui.cheatsheet import CheatSheet
from gui.widgets.elided import ElidedLabel
from gui.widgets.tile import Tile
from tests.gui.conftest import Shell
from tests.gui.fakes import table, trial
from tests.gui.opened import DIALOGS, open_dialog

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LONGER = 1.4
FILTER = re.compile(r"\(\*\.")  # endings of files in a dialog are not words


class Longer(QTranslator):
    """Every text with as many further letters as make it 40 % longer, at the end of its words."""

    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str, text: str, note: str = "", number: int = -1) -> str:
        if FILTER.search(text):
            return text
        letters = len(re.sub(r"\{\d\}|&", "", text))
        return text + "ë" * math.ceil((LONGER - 1) * letters)


@pytest.fixture
def longer(qtbot: QtBot, tmp_path: Path, qapp: QApplication) -> Iterator[Shell]:
    translator = Longer()
    qapp.installTranslator(translator)
    made = Shell(tmp_path)
    with qtbot.waitSignal(made.app.bridge.started, timeout=5000):
        made.app.start()
    made.window.resize(1280, 800)
    yield made
    made.close()
    qapp.removeTranslator(translator)


def clipped(root: QWidget) -> list[str]:
    """What is on screen and has less room than its words need."""
    for _ in range(3):  # words change sizes, which change what is folded
        QApplication.processEvents()
    widgets = [w for w in root.findChildren(QWidget) if w.isVisible()]
    return [f"{type(w).__name__} {words(w)}" for w in widgets if not fits(w)]


def words(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, QLabel | QAbstractButton) else widget.objectName()


def fits(widget: QWidget) -> bool:
    match widget:
        case ElidedLabel():
            return True  # shortens itself, with the whole in its tooltip
        case Tile():
            return widget.height() >= widget.heightForWidth(widget.width())
        case QLabel() if widget.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Ignored:
            return True
        case QLabel() if not widget.pixmap().isNull():
            return True
        case QLabel() if widget.wordWrap():
            return widget.height() >= widget.heightForWidth(widget.width())
        case QLabel():
            return widget.width() >= widget.sizeHint().width()
        case QPushButton() | QCheckBox():
            return widget.width() >= widget.sizeHint().width()
        case QToolButton() if widget.parent() is not None and widget.text():
            return widget.width() >= widget.sizeHint().width() or bool(widget.toolTip())
        case QTabBar():
            last = widget.tabRect(widget.count() - 1)
            return not widget.count() or widget.rect().contains(last)
    return True


def test_longer_is_longer(longer: Shell) -> None:
    tile = longer.app.beginning.welcome.begin["empty"]
    assert tile.text().startswith("Start empty")
    assert len(tile.text()) >= LONGER * len("Start empty")


def test_the_welcome_clips_nothing(longer: Shell) -> None:
    assert longer.app.pages.shown == "welcome"
    assert clipped(longer.window) == []
    bar = longer.app.beginning.welcome.horizontalScrollBar()
    assert not bar.maximum()


def test_the_questions_clip_nothing(longer: Shell) -> None:
    longer.document.apply("Read", lambda p: edits.use_table(p, table(("age", "dose", "days"))))
    assert longer.app.pages.shown == "starter"
    starter = longer.app.beginning.starter
    starter.choose_treatment("dose")
    starter.choose_outcome("days")
    assert clipped(longer.window) == []
    assert not starter.horizontalScrollBar().maximum()


@pytest.mark.parametrize("tab", ["assumptions", "table", "outline", "pins", "trust", "instant"])
@pytest.mark.parametrize("rung", ["see", "do", "imagine"])
def test_the_window_clips_nothing(longer: Shell, tab: str, rung: str) -> None:
    longer.document.replace(trial())
    longer.app.actions[rung].trigger()
    longer.app.actions[f"tab-{tab}"].trigger()
    assert clipped(longer.window) == []


def test_paths_and_what_closes_them_clip_nothing(longer: Shell) -> None:
    roles = {"dose": Role.EXPOSURE, "recovery": Role.OUTCOME}
    longer.document.replace(replace(trial(), roles=roles))
    longer.app.actions["why-bias"].trigger()
    assert len(longer.app.panels.paths.found) > 1
    assert clipped(longer.window) == []


def test_hints_and_training_clip_nothing(longer: Shell) -> None:
    longer.document.replace(trial())
    longer.app.actions["panel-training"].trigger()
    longer.app.beginning.guide.begin()
    assert clipped(longer.window) == []


def test_the_sheet_of_keys_clips_nothing(longer: Shell) -> None:
    longer.app.actions["keyboard"].trigger()
    sheet = longer.window.findChild(CheatSheet)
    assert clipped(sheet) == []
    sheet.close()


@pytest.mark.parametrize("name", list(DIALOGS))
def test_dialogs_clip_nothing(longer: Shell, name: str) -> None:
    dialog = open_dialog(longer, name)
    assert clipped(dialog) == []
    assert dialog.width() <= 1280
    assert dialog.height() <= 800
    dialog.close()
