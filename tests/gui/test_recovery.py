"""After a crash: the work is offered, comes back unsaved, and is kept until it is safe."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.runtime import messages as m
from gui.recovery import ago
from tests.gui.conftest import Shell
from tests.gui.fakes import trial

JOURNAL = Path("/data/recovery/1.journal")
SESSION = m.Session(JOURNAL, "Dose trial", "Delete dose", 0.0, 14)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def offered(shell: Shell, qtbot: QtBot) -> Shell:
    shell.engine.emit(m.Recoverable((replace(SESSION, written=time.time() - 605),)))
    qtbot.waitUntil(shell.app.notices.offer.isVisible, timeout=1000)
    return shell


def test_the_offer_says_what_and_when(offered: Shell) -> None:
    offer = offered.app.notices.offer
    assert "“Dose trial” can be recovered" in offer.words.text()
    assert offer.more.text() == "Last step: Delete dose, 10 min ago"


def test_recovered_work_is_unsaved_and_its_journal_stays_until_it_is_saved(
    offered: Shell, qtbot: QtBot, tmp_path: Path
) -> None:
    shell = offered
    qtbot.mouseClick(shell.app.notices.offer.accept, LEFT)
    request = shell.engine.sent(m.Recover)[-1]
    assert isinstance(request, m.Recover)
    assert request.path == JOURNAL
    shell.engine.emit(m.Recovered(request.ticket, trial()))
    qtbot.waitUntil(lambda: shell.document.project == trial(), timeout=1000)
    assert not shell.document.clean
    assert shell.app.files.state == "edited"
    assert shell.engine.sent(m.Discard) == []
    shell.dialogs.path = tmp_path / "safe.doscope"
    with qtbot.waitSignal(shell.app.bridge.saved):
        shell.app.files.save()
    assert shell.document.clean
    assert shell.engine.sent(m.Discard) == [m.Discard(JOURNAL)]


def test_a_declined_offer_removes_the_journal(offered: Shell, qtbot: QtBot) -> None:
    qtbot.mouseClick(offered.app.notices.offer.decline, LEFT)
    assert offered.engine.sent(m.Discard) == [m.Discard(JOURNAL)]
    assert not offered.app.notices.offer.isVisible()
    assert offered.document.clean


def test_leaving_after_a_recovery_removes_the_journal(offered: Shell, qtbot: QtBot) -> None:
    qtbot.mouseClick(offered.app.notices.offer.accept, LEFT)
    request = offered.engine.sent(m.Recover)[-1]
    assert isinstance(request, m.Recover)
    offered.engine.emit(m.Recovered(request.ticket, trial()))
    qtbot.waitUntil(lambda: not offered.document.clean, timeout=1000)
    offered.app.recovery.release()
    assert offered.engine.sent(m.Discard) == [m.Discard(JOURNAL)]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "1 min"), (600, "10 min"), (3600, "1 hour"), (7300, "2 hours"), (200_000, "2 days")],
)
def test_time_in_words(seconds: float, words: str) -> None:
    assert ago(seconds) == words
