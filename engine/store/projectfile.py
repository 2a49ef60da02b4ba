"""The project file: one SQLite database built in memory, written whole, checked whole.

Table `document` holds the JSON of the project with a manifest of blobs, and its SHA-256; table
`blobs` holds columns and fitted mechanisms, each part at most 64 MB, its SHA-256 in the manifest.
"""

import hashlib
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from engine.data.design import Design
from engine.data.rows import restored
from engine.data.table import Column, Table, Withheld, without_rows
from engine.data.variable import Variable
from engine.errors import DataError, ProjectFileError
from engine.files import replace_file
from engine.project import Project
from engine.queries.balanced import Instant
from engine.queries.concepts import Concepts
from engine.store.document import (
    design_from,
    design_json,
    project_from,
    project_json,
    variable_from,
    variable_json,
)
from engine.store.fields import (
    PREVIOUS,
    anything,
    damaged,
    distinct,
    dump,
    get,
    load,
    many,
    mapping,
    natural,
    optional,
    string,
    truth,
)
from engine.store.pictures import pictures_from, pictures_json

SUFFIX = ".doscope"
APPLICATION_ID = 0x446F5363  # "DoSc"
VERSION = 11  # newest that can be read; a file gets the lowest that says all that is in it
WITH_DESIGN, WITH_ASSUMED, WITH_VECTORS, WITH_PINS, WITH_SKETCH = 2, 3, 4, 5, 6
WITH_TIERS, WITH_HOW, WITH_INSTANT, WITH_ENVIRONMENT = 7, 8, 9, 10
WITH_PICTURES = WITH_CONCEPTS = 11
PART = 64 << 20  # bytes of one blob before packing
LARGEST_FILE = 2 << 30
LARGEST_CONTENT = 4 << 30  # bytes after unpacking, so that a small file cannot fill the memory
MAGIC = b"SQLite format 3\0"
SCHEMA = (
    "CREATE TABLE document (id INTEGER PRIMARY KEY, json TEXT NOT NULL, hash BLOB NOT NULL) STRICT",
    "CREATE TABLE blobs (id INTEGER PRIMARY KEY, content BLOB NOT NULL) STRICT",
)


def write_project(
    path: Path, project: Project, fits: Mapping[str, bytes], *, rows: bool = True
) -> None:
    """Write `project` and its fitted mechanisms (opaque bytes by fit key), whole or not at all.

    The bytes are read back and compared before the old file is replaced; the old file stays as
    `name~`. Without `rows` the table keeps its variables, no values; the mechanisms stay current,
    and may still reveal something of the rows.
    """
    if not rows and project.table is not None:
        project = replace(project, table=without_rows(project.table))
    content = project_bytes(project, fits)
    if project_of(content) != (project, dict(fits)):
        raise RuntimeError("the project file does not read back as it was written")
    try:
        replace_file(path, (content,), keep=path.with_name(path.name + "~"))
    except OSError as error:
        raise ProjectFileError(
            f"The project could not be saved: {error.strerror or error}",
            where=str(path),
            remedy="choose another place, or make room on the disk; the old file is unchanged",
        ) from error


def read_project(path: Path) -> tuple[Project, dict[str, bytes]]:
    """The project and its fitted mechanisms; anything but an intact file is a ProjectFileError."""
    try:
        if not path.is_file():
            raise ProjectFileError(
                "There is no such file", where=str(path), remedy="check the name and the folder"
            )
        if path.stat().st_size > LARGEST_FILE:
            raise ProjectFileError("The file is too large for a project", where=str(path))
        content = path.read_bytes()
    except OSError as error:
        raise ProjectFileError(
            f"The file cannot be read: {error.strerror}",
            where=str(path),
            remedy="check that you may read it",
        ) from error
    try:
        return project_of(content)
    except ProjectFileError as error:
        there = path.with_name(path.name + "~").exists()
        remedy = error.remedy if error.remedy != PREVIOUS or there else "open a copy of it"
        raise ProjectFileError(error.message, where=str(path), remedy=remedy) from error


def project_bytes(project: Project, fits: Mapping[str, bytes]) -> bytes:
    """The project file as bytes."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {_version(project)}")
        for table in SCHEMA:
            connection.execute(table)
        blobs = _Blobs(connection)
        fields = project_json(project)
        fields["table"] = None if project.table is None else _table_json(project.table, blobs)
        fields["fits"] = {key: blobs.add(content) for key, content in fits.items()}
        text = dump(fields)
        row = (text, hashlib.sha256(text.encode()).digest())
        connection.execute("INSERT INTO document VALUES (1, ?, ?)", row)
        return connection.serialize()
    finally:
        connection.close()


def project_of(content: bytes) -> tuple[Project, dict[str, bytes]]:
    """What `project_bytes` made; every hash, type and limit is checked."""
    _check_header(content)
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        _open(connection, content)
        fields = _document(connection)
        blobs = _Blobs(connection)
        table = get(fields, "table", optional(mapping))
        project = project_from(fields)
        if table is not None:
            project = replace(project, table=_table(table, blobs))
        entries = mapping(fields.get("fits"), "fits")
        fits = {key: blobs.content(value, f"the mechanism {key}") for key, value in entries.items()}
    except (sqlite3.Error, OverflowError, UnicodeError) as error:
        raise damaged("its database is not readable") from error
    finally:
        connection.close()
    return project, fits


def _version(project: Project) -> int:
    """The lowest format that says all that is in the project."""
    if project.table is not None and project.table.pictures:
        return WITH_PICTURES
    if project.concepts != Concepts():
        return WITH_CONCEPTS
    if project.environment:
        return WITH_ENVIRONMENT
    if project.instant != Instant():
        return WITH_INSTANT
    if project.how:
        return WITH_HOW
    if project.tiers or project.cut:
        return WITH_TIERS
    if project.sketch or project.randomised:
        return WITH_SKETCH
    if project.pins:
        return WITH_PINS
    if project.vectors:
        return WITH_VECTORS
    if project.assumed:
        return WITH_ASSUMED
    plain = project.table is None or project.table.design == Design()
    return 1 if plain else WITH_DESIGN


def _check_header(content: bytes) -> None:
    """Refuse what is not ours, not whole or too new before SQLite sees it (file format §1.3)."""
    identity = int.from_bytes(content[68:72], "big")
    if not content.startswith(MAGIC) or identity != APPLICATION_ID:
        raise ProjectFileError(
            "This is not a Doscope project", remedy=f"choose a file that ends in {SUFFIX}"
        )
    version = int.from_bytes(content[60:64], "big")
    if version > VERSION:
        raise ProjectFileError(
            "This project was made by a newer Doscope", remedy="update Doscope and open it again"
        )
    size = int.from_bytes(content[16:18], "big")
    size = 65536 if size == 1 else size
    pages = int.from_bytes(content[28:32], "big")
    if version < 1 or size < 512 or size & (size - 1) or len(content) != size * pages:
        raise damaged("it is not as long as it should be")


def _open(connection: sqlite3.Connection, content: bytes) -> None:
    """Hand the bytes to SQLite with every guard on; exactly our own tables may be in them."""
    connection.deserialize(content)
    for guard in ("trusted_schema=OFF", "cell_size_check=ON", "query_only=ON"):
        connection.execute(f"PRAGMA {guard}")
    schema = connection.execute("SELECT sql FROM sqlite_schema ORDER BY rowid").fetchall()
    if schema != [(table,) for table in SCHEMA]:
        raise damaged("its tables are not those of a project")
    if connection.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
        raise damaged("its database is not whole")


def _document(connection: sqlite3.Connection) -> dict[str, object]:
    found = connection.execute("SELECT json, hash FROM document LIMIT 2").fetchall()
    if len(found) != 1 or not isinstance(found[0][0], str):
        raise damaged("it has no description")
    if hashlib.sha256(found[0][0].encode()).digest() != found[0][1]:
        raise damaged("its description does not have the recorded hash")
    return load(found[0][0])


@dataclass(slots=True)
class _Blobs:
    """The table of blobs: content is added in parts and found again by its manifest."""

    connection: sqlite3.Connection
    total: int = field(default=0)

    def add(self, content: bytes) -> list[dict[str, object]]:
        """Store `content`, packed where that helps; its manifest."""
        return [self._add_part(part) for part in _parts(content)]

    def content(self, manifest: object, what: str) -> bytes:
        """What `add` stored; `what` names it if it is damaged."""
        return b"".join(
            self._part(mapping(part, what), what) for part in many(anything)(manifest, what)
        )

    def _add_part(self, part: bytes) -> dict[str, object]:
        packed = zlib.compress(part, 1)
        packs = len(packed) < len(part)
        stored = packed if packs else part
        cursor = self.connection.execute("INSERT INTO blobs (content) VALUES (?)", (stored,))
        return {
            "id": cursor.lastrowid,
            "size": len(part),
            "packed": int(packs),
            "sha256": hashlib.sha256(stored).hexdigest(),
        }

    def _part(self, fields: dict[str, object], what: str) -> bytes:
        size = get(fields, "size", natural)
        self.total += size
        if size > PART or self.total > LARGEST_CONTENT:
            raise damaged(f"{what} is too large")
        row = self.connection.execute(
            "SELECT content FROM blobs WHERE id = ?", (get(fields, "id", natural),)
        ).fetchone()
        if row is None or hashlib.sha256(row[0]).hexdigest() != get(fields, "sha256", string):
            raise damaged(f"{what} does not have the recorded hash")
        part: bytes = _unpacked(row[0], size) if get(fields, "packed", natural) else row[0]
        if len(part) != size:
            raise damaged(f"{what} does not have the recorded size")
        return part


def _parts(content: bytes) -> Iterator[bytes]:
    view = memoryview(content)
    for start in range(0, len(content), PART):
        yield bytes(view[start : start + PART])


def _unpacked(packed: bytes, size: int) -> bytes:
    """At most one byte more than `size`, whatever the packed bytes claim."""
    try:
        return zlib.decompressobj().decompress(packed, size + 1)
    except zlib.error:
        return b""


def _table_json(table: Table, blobs: _Blobs) -> dict[str, object]:
    design = {} if table.design == Design() else {"design": design_json(table.design)}
    pictures = pictures_json(table.pictures, blobs.add)
    return (
        design
        | ({"pictures": pictures} if pictures else {})
        | {
            "source": table.source,
            "notes": list(table.notes),
            "digest": table.digest,
            "rows": table.rows,
            "withheld": None if table.withheld is None else _withheld_json(table.withheld),
            "variables": [variable_json(variable) for variable in table.variables],
            "columns": [blobs.add(table[name].astype("<f8").tobytes()) for name in table.names],
        }
    )


def _table(fields: dict[str, object], blobs: _Blobs) -> Table:
    variables = get(fields, "variables", many(variable_from))
    distinct((variable.name for variable in variables), "the table")
    rows = get(fields, "rows", natural)
    manifests = get(fields, "columns", many(anything))
    if len(manifests) != len(variables):
        raise damaged("the table has not as many columns as variables")
    columns = {
        variable.name: _column(
            blobs.content(manifest, f"the column {variable.name}"), variable, rows
        )
        for variable, manifest in zip(variables, manifests, strict=True)
    }
    withheld = get(fields, "withheld", optional(_withheld))
    if withheld is not None and (rows or len(withheld.digests) != len(variables)):
        raise damaged("the table names withheld rows that do not fit it")
    source, notes = get(fields, "source", string), get(fields, "notes", many(string))
    pictures = {}
    if "pictures" in fields:
        pictures = pictures_from(fields["pictures"], rows, tuple(columns), blobs.content)
    table = Table(variables, columns, source, notes, withheld, pictures=pictures)
    if "design" in fields:
        try:
            table = restored(table, get(fields, "design", design_from))
        except DataError as error:
            raise damaged("the table's weights, clusters or experiments do not fit it") from error
    if table.digest != get(fields, "digest", string):
        raise damaged("the table does not have the recorded hash")
    return table


def _column(content: bytes, variable: Variable, rows: int) -> Column:
    if len(content) != 8 * rows:
        raise damaged(f"the column {variable.name} has not {rows} rows")
    column = np.frombuffer(content, "<f8").astype(np.float64)
    if variable.discrete:
        codes = column[~np.isnan(column)]
        if ((codes < 0) | (codes >= len(variable.categories)) | (codes != np.floor(codes))).any():
            raise damaged(f"the column {variable.name} holds an unknown category")
    return column


def _withheld_json(withheld: Withheld) -> dict[str, object]:
    gaps = list(withheld.gaps)
    return {"rows": withheld.rows, "digests": list(withheld.digests), "gaps": gaps}


def _withheld(value: object, what: str) -> Withheld:
    fields = mapping(value, what)
    gaps = get({"gaps": [], **fields}, "gaps", many(truth))
    return Withheld(get(fields, "rows", natural), get(fields, "digests", many(string)), gaps)
