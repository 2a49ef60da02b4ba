"""The recovery journal: one row per step of a session, so that a crash loses nothing.

A session is one SQLite database in WAL mode in the user's data folder, locked by SQLite as long as
its process lives. Tables of data are stored once per digest. Leaving normally removes the file.
"""

import hashlib
import os
import secrets
import sqlite3
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import ProjectFileError
from engine.project import Project
from engine.store.document import project_from, project_json
from engine.store.fields import damaged, dump, load
from engine.store.projectfile import project_bytes, project_of

SUFFIX = ".journal"
APPLICATION_ID = 0x446F534A  # "DoSJ"
VERSION = 1
KEPT_STEPS = 500
SCHEMA = """
CREATE TABLE tables (digest TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT;
CREATE TABLE steps (
    id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, label TEXT NOT NULL, written REAL NOT NULL,
    json TEXT NOT NULL, digest TEXT, hash BLOB NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Recoverable:
    """A session that ended without leaving: newest step, when (seconds since 1970), how many."""

    path: Path
    title: str
    label: str
    written: float
    steps: int


class Journal:
    """The journal of this session; only the thread that made it may use it."""

    def __init__(self, folder: Path) -> None:
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
        self.path = folder / f"{stamp}-{os.getpid()}-{secrets.token_hex(3)}{SUFFIX}"
        self._tables: set[str] = set()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._connection = _created(self.path)
        except (OSError, sqlite3.Error) as error:
            raise self._refusal(error) from error

    def append(self, revision: int, label: str, project: Project) -> None:
        """Write one step; on the disk's refusal a ProjectFileError, and the earlier steps stay."""
        digest = None if project.table is None else project.table.digest
        text = dump(project_json(project))
        row = (revision, label, time.time(), text, digest, _hash(label, text, digest))
        try:
            with self._connection:
                self._connection.execute("BEGIN")
                if digest is not None and digest not in self._tables:
                    content = project_bytes(Project(table=project.table), {})
                    self._connection.execute("INSERT INTO tables VALUES (?, ?)", (digest, content))
                self._connection.execute(
                    "INSERT INTO steps (revision, label, written, json, digest, hash) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    row,
                )
                self._forget_oldest()
                kept = self._connection.execute("SELECT digest FROM tables").fetchall()
        except sqlite3.Error as error:
            raise self._refusal(error) from error
        self._tables = {digest for (digest,) in kept}

    def close(self, *, discard: bool) -> None:
        """End the session; `discard` removes the journal, else it can be recovered."""
        with suppress(sqlite3.Error):
            self._connection.close()
        if discard:
            discard_journal(self.path)

    def _forget_oldest(self) -> None:
        """Drop steps beyond `KEPT_STEPS`, and the tables that only they used."""
        gone = self._connection.execute(
            "DELETE FROM steps WHERE id <= (SELECT max(id) FROM steps) - ?", (KEPT_STEPS,)
        ).rowcount
        if gone:
            self._connection.execute(
                "DELETE FROM tables WHERE digest NOT IN "
                "(SELECT digest FROM steps WHERE digest IS NOT NULL)"
            )

    def _refusal(self, error: Exception) -> ProjectFileError:
        return ProjectFileError(
            f"The recovery journal cannot be written: {error}",
            where=str(self.path),
            remedy="make room on the disk, and save the project",
        )


def pending(folder: Path) -> list[Recoverable]:
    """Sessions that ended without leaving, newest first; damaged or living ones are skipped."""
    found = (_newest(path) for path in sorted(folder.glob(f"*{SUFFIX}")))
    waiting = [session for session in found if session is not None]
    return sorted(waiting, key=lambda session: session.written, reverse=True)


def recover(path: Path) -> Project:
    """The newest step of a session that is intact; a ProjectFileError if none is."""
    try:
        connection = _open(path)
    except (sqlite3.Error, OSError) as error:
        raise _lost(path) from error
    try:
        rows = connection.execute("SELECT label, json, digest, hash FROM steps ORDER BY id DESC")
        for label, text, digest, hashed in rows:
            with suppress(ProjectFileError):
                return _project(connection, label, text, digest, hashed)
    except (sqlite3.Error, UnicodeError) as error:
        raise _lost(path) from error
    finally:
        connection.close()
    raise _lost(path)


def discard_journal(path: Path) -> None:
    """Remove a journal without opening it, so that a damaged one goes too."""
    for end in ("", "-wal", "-shm", "-journal"):
        with suppress(OSError):
            path.with_name(path.name + end).unlink(missing_ok=True)


def _created(path: Path) -> sqlite3.Connection:
    """A new journal, locked until its process ends."""
    connection = sqlite3.connect(path, isolation_level=None)
    for setting in (
        "locking_mode = EXCLUSIVE",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        f"application_id = {APPLICATION_ID}",
        f"user_version = {VERSION}",
    ):
        connection.execute(f"PRAGMA {setting}")
    connection.executescript(SCHEMA)
    return connection


def _open(path: Path) -> sqlite3.Connection:
    """A journal nobody else has open, with every guard on."""
    if not path.is_file():
        raise OSError(f"no such file: {path}")
    connection = sqlite3.connect(path, isolation_level=None, timeout=0)
    try:
        for guard in ("trusted_schema=OFF", "cell_size_check=ON", "locking_mode=EXCLUSIVE"):
            connection.execute(f"PRAGMA {guard}")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
        identity = connection.execute("PRAGMA application_id").fetchone()
        version = connection.execute("PRAGMA user_version").fetchone()
        if identity != (APPLICATION_ID,) or version != (VERSION,):
            raise sqlite3.DatabaseError("not a journal of this version")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _newest(path: Path) -> Recoverable | None:
    """What `pending` tells of one journal; None if nothing in it can be recovered."""
    try:
        connection = _open(path)
    except (sqlite3.Error, OSError):
        return None
    try:
        rows = connection.execute(
            "SELECT label, json, digest, hash, written, id FROM steps ORDER BY id DESC"
        )
        for label, text, digest, hashed, written, steps in rows:
            with suppress(ProjectFileError):
                project = _project(connection, label, text, digest, hashed)
                return Recoverable(path, project.title, label, float(written), int(steps))
    except (sqlite3.Error, UnicodeError, TypeError, ValueError):
        return None
    finally:
        connection.close()
    return None


def _project(
    connection: sqlite3.Connection, label: object, text: object, digest: object, hashed: object
) -> Project:
    """One step, checked against its hash, with its table."""
    if not isinstance(label, str) or not isinstance(text, str):
        raise damaged("a step is not readable")
    if not isinstance(digest, str | None) or _hash(label, text, digest) != hashed:
        raise damaged("a step does not have the recorded hash")
    project = project_from(load(text))
    if digest is None:
        return project
    row = connection.execute("SELECT content FROM tables WHERE digest = ?", (digest,)).fetchone()
    table = None if row is None or not isinstance(row[0], bytes) else project_of(row[0])[0].table
    if table is None or table.digest != digest:
        raise damaged("a table does not have the recorded hash")
    return replace(project, table=table)


def _hash(label: str, text: str, digest: str | None) -> bytes:
    return hashlib.sha256(dump([label, text, digest]).encode()).digest()


def _lost(path: Path) -> ProjectFileError:
    return ProjectFileError(
        "Nothing of this session can be recovered",
        where=str(path),
        remedy="discard it, and open the last saved project",
    )
