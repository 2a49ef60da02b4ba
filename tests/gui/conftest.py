"""The whole window with a stand-in engine and settings of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QSettings
from pytestqt.qtbot import QtBot

from gui.app import App
from gui.crash import CrashReporter
from tests.gui.fakes import FakeDialogs, FakeEngine

QLocale.setDefault(QLocale(QLocale.Language.English))  # numbers, wherever the tests run


class Shell:
    """A window under test, with its engine and its dialogs at hand."""

    def __init__(self, folder: Path) -> None:
        self.engines: list[FakeEngine] = []
        self.dialogs = FakeDialogs()
        self.settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        self.settings.setValue("appearance/theme", "light")
        self.settings.setValue("appearance/less-motion", True)
        self.reporter = CrashReporter(folder)
        self.app = App(self.settings, self.reporter, self._engine, self.dialogs)
        self.window, self.document = self.app.window, self.app.document

    @property
    def engine(self) -> FakeEngine:
        return self.engines[0]

    def settle(self) -> None:
        """What is done in several events, one after the other, is done."""
        QCoreApplication.processEvents()  # a presentation begins with its panels
        while self.app.restyling.running:
            QCoreApplication.processEvents()
        for _ in range(4):
            QCoreApplication.processEvents()

    def close(self) -> None:
        self.window.may_close = lambda: True
        self.window.close()
        self.app.close()
        self.reporter.remove()
        self.app.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        del self.app, self.window, self.document, self.reporter
        self.engines.clear()

    def _engine(self, deliver: Callable[..., None]) -> FakeEngine:
        self.engines.append(FakeEngine(deliver))
        return self.engines[-1]


@pytest.fixture
def shell(qtbot: QtBot, tmp_path: Path) -> Iterator[Shell]:
    """Painted, with its engine started and an empty canvas in front."""
    made = Shell(tmp_path)
    with qtbot.waitSignal(made.app.bridge.started, timeout=5000):
        made.app.start()
    made.app.beginning.open_canvas()
    yield made
    made.close()
