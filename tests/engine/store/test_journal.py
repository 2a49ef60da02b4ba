"""The journal brings back the last step after a kill, and never stands in the way of a start."""

import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from engine.data.kinds import with_kind
from engine.data.variable import Kind
from engine.errors import ProjectFileError
from engine.project import Project
from engine.simulate.examples import example
from engine.store import journal
from engine.store.journal import Journal, discard_journal, pending, recover

KILLED = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from engine.simulate.examples import example
from engine.store.journal import Journal
session = Journal(Path(sys.argv[1]))
for i in range(30):
    session.append(i, f"step {i}", replace(example("kidney-stones"), title=f"title {i}"))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_session_is_offered_with_its_last_step(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert done.returncode == -9
    (session,) = pending(tmp_path)
    assert (session.title, session.label, session.steps) == ("title 29", "step 29", 30)
    project = recover(session.path)
    assert project.table == example("kidney-stones").table
    assert project.title == "title 29"
    assert recover(session.path) == project  # recovering can be done again
    discard_journal(session.path)
    assert list(tmp_path.iterdir()) == []


def test_a_living_session_is_not_offered_and_a_closed_one_leaves_nothing(tmp_path: Path) -> None:
    session = Journal(tmp_path)
    session.append(1, "draw", Project(title="a"))
    assert pending(tmp_path) == []
    with pytest.raises(ProjectFileError):
        recover(session.path)
    session.append(2, "draw", Project(title="b"))
    session.close(discard=True)
    assert list(tmp_path.iterdir()) == []
    assert pending(tmp_path / "absent") == []


def test_a_session_without_steps_is_not_offered(tmp_path: Path) -> None:
    Journal(tmp_path).close(discard=False)
    assert pending(tmp_path) == []


def test_tables_are_stored_once(tmp_path: Path) -> None:
    session = Journal(tmp_path)
    project = example("dose-trial")
    session.append(0, "open", project)
    small = session.path.stat().st_size + _wal(session.path)
    for i in range(1, 20):
        session.append(i, "move", project)
    session.close(discard=False)
    assert session.path.stat().st_size < small + 20 * 4_000  # the table alone has 80 000 bytes
    assert recover(session.path) == project


def test_two_tables_and_undo(tmp_path: Path) -> None:
    project = example("kidney-stones")
    assert project.table is not None
    other = replace(project, table=with_kind(project.table, "size", Kind.ORDINAL))
    session = Journal(tmp_path)
    for i, state in enumerate((project, other, project)):
        session.append(i, "edit", state)
    session.close(discard=False)
    assert recover(session.path) == project


def test_only_the_newest_steps_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "KEPT_STEPS", 5)
    session = Journal(tmp_path)
    session.append(0, "open", example("kidney-stones"))
    for i in range(1, 12):
        session.append(i, str(i), Project(title=str(i)))
    session.append(12, "back", example("kidney-stones"))
    session.close(discard=False)
    with closing(sqlite3.connect(session.path)) as connection:
        count = connection.execute("SELECT count(*), max(id) FROM steps").fetchone()
        tables = connection.execute("SELECT count(*) FROM tables").fetchone()
    assert count == (5, 13)
    assert tables == (1,)
    assert recover(session.path) == example("kidney-stones")


def test_a_folder_that_cannot_be_written_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ProjectFileError, match="journal cannot be written"):
        Journal(tmp_path / "file")


def test_newest_first(tmp_path: Path) -> None:
    for title in ("one", "two", "three"):
        session = Journal(tmp_path)
        session.append(0, "open", Project(title=title))
        session.close(discard=False)
    assert [session.title for session in pending(tmp_path)] == ["three", "two", "one"]


def test_a_damaged_journal_never_stops_a_start(tmp_path: Path) -> None:
    """Flips, cuts and rubbish: `pending` never raises, `recover` gives a step that was written."""
    session = Journal(tmp_path / "good")
    written = [example("kidney-stones"), Project(title="drawn"), example("berkeley")]
    for i, project in enumerate(written):
        session.append(i, f"step {i}", project)
    session.close(discard=False)
    content = session.path.read_bytes()
    chance = random.Random(5)
    recovered = 0
    for number in range(200):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = folder / "s.journal"
        mutant = bytearray(content)
        match number % 4:
            case 0:
                for _ in range(chance.randint(1, 100)):
                    mutant[chance.randrange(len(mutant))] ^= 1 << chance.randrange(8)
            case 1:
                del mutant[chance.randrange(len(mutant)) :]
            case 2:
                at = chance.randrange(len(mutant))
                mutant[at : at + 4096] = chance.randbytes(4096)
            case _:
                mutant[chance.randrange(120)] ^= 1 << chance.randrange(8)
        path.write_bytes(mutant)
        offered = pending(folder)
        try:
            project = recover(path)
        except ProjectFileError:
            assert offered == []
        else:
            assert project in written
            recovered += 1
        discard_journal(path)
        shutil.rmtree(folder)
    assert recovered > 20


def test_a_folder_in_place_of_a_journal(tmp_path: Path) -> None:
    (tmp_path / "odd.journal").mkdir()
    assert pending(tmp_path) == []
    with pytest.raises(ProjectFileError):
        recover(tmp_path / "odd.journal")


def _wal(path: Path) -> int:
    wal = path.with_name(path.name + "-wal")
    return wal.stat().st_size if wal.exists() else 0
