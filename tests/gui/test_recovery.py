"""After a crash: the work is offered, comes back unsaved, and is kept until it is safe."""

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.project import Project
from engine.runtime import messages as m
from gui.recovery import clock
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
    assert "can be recovered" in offer.words.text()
    text = offer.more.text()
    assert re.fullmatch(r"Dose trial · last step: Delete dose, (\S+ )?\d\d:\d\d", text)


def test_a_project_of_a_file_is_journalled_and_recovered_under_its_name(
    shell: Shell, qtbot: QtBot, tmp_path: Path
) -> None:
    nameless = replace(trial(), title="")
    shell.document.replace(nameless, tmp_path / "trial.doscope")
    assert shell.engine.project == replace(nameless, title="trial.doscope")
    assert shell.document.project == nameless
    shell.document.replace(trial(), tmp_path / "trial.doscope")
    assert shell.engine.project == trial()  # a title of its own stays
    shell.document.replace(Project())
    shell.engine.emit(m.Recoverable((replace(SESSION, title="trial.doscope"),)))
    qtbot.waitUntil(shell.app.notices.offer.isVisible, timeout=1000)
    assert shell.app.notices.offer.more.text().startswith("trial.doscope · last step: ")
    qtbot.mouseClick(shell.app.notices.offer.accept, LEFT)
    (request,) = shell.engine.sent(m.Recover)
    assert isinstance(request, m.Recover)
    shell.engine.emit(m.Working(request.ticket, 0, 0, "Recovering"))
    qtbot.waitUntil(shell.window.status.cancel.isVisible, timeout=1000)
    shell.engine.emit(m.Recovered(request.ticket, replace(nameless, title="trial.doscope")))
    qtbot.waitUntil(lambda: shell.document.project.title == "trial", timeout=1000)
    assert not shell.window.status.cancel.isVisible()
    assert shell.window.filename.text() == "trial · edited"


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
    offer = offered.app.notices.offer
    assert offer.decline.text() == "Discard"
    qtbot.mouseClick(offer.decline, LEFT)
    assert offer.decline.text() == "Discard for good?"
    assert offer.isVisible()
    assert offered.engine.sent(m.Discard) == []
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


def test_the_clock_names_the_day_where_it_is_another() -> None:
    moment = time.mktime((2024, 5, 6, 12, 3, 0, 0, 0, -1))
    assert clock(moment, moment + 60) == "12:03"
    assert clock(moment, moment + 86_400) == "2024-05-06 12:03"
