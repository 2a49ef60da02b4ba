"""Bugs end in the log and in one line for the bar, from any thread; the hooks are given back."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import qInfo
from pytestqt.qtbot import QtBot

from gui.crash import CrashReporter


@pytest.fixture
def reporter(qtbot: QtBot, tmp_path: Path) -> Iterator[CrashReporter]:
    made = CrashReporter(tmp_path / "data")
    made.install()
    yield made
    made.remove()


def fail() -> None:
    raise ZeroDivisionError("lost in the maths")


def test_an_uncaught_error_is_logged_and_told(reporter: CrashReporter, qtbot: QtBot) -> None:
    with qtbot.waitSignal(reporter.crashed) as heard:
        try:
            fail()
        except ZeroDivisionError as error:
            sys.excepthook(type(error), error, error.__traceback__)
    assert heard.args == ["ZeroDivisionError: lost in the maths"]
    assert "in fail" in reporter.path.read_text("utf-8")


def test_an_error_in_a_thread_is_told_too(reporter: CrashReporter, qtbot: QtBot) -> None:
    with qtbot.waitSignal(reporter.crashed, timeout=2000) as heard:
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    assert "lost in the maths" in heard.args[0]


def test_messages_of_qt_go_to_the_log(reporter: CrashReporter) -> None:
    qInfo("a message of Qt")
    assert "Qt: a message of Qt" in reporter.path.read_text("utf-8")


def test_the_hooks_are_given_back(qtbot: QtBot, tmp_path: Path) -> None:
    reporter = CrashReporter(tmp_path)
    reporter.install()
    assert sys.excepthook is not sys.__excepthook__
    reporter.remove()
    assert sys.excepthook is sys.__excepthook__
    assert threading.excepthook is threading.__excepthook__
