"""Replace a file whole or not at all: a full disk, a crash or a kill leaves the old one intact."""

import os
import secrets
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

PREFIX, SUFFIX = ".doscope-", ".tmp"
CHUNK = 1 << 20
STALE = 24 * 3600.0  # seconds after which a temporary file of ours is a leftover


def replace_file(path: Path, content: Iterable[bytes], *, keep: Path | None = None) -> None:
    """Write `content` to `path` by way of a temporary file in the same folder.

    Every count is checked, file and folder are flushed to the disk, and only then is the old file
    replaced; `keep` receives the old version. An OSError leaves everything as it was.
    """
    path = Path(os.path.realpath(path))
    _sweep(path.parent)
    temporary = path.parent / f"{PREFIX}{secrets.token_hex(8)}{SUFFIX}"
    try:
        _write(temporary, content, _mode(path))
        if keep is not None and path.exists():
            _keep(path, keep)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    _flush_folder(path.parent)


def _write(temporary: Path, content: Iterable[bytes], mode: int | None) -> None:
    """All of `content` into a new file, flushed to the disk; OSError unless every byte is there."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    file, total = os.open(temporary, flags, 0o666), 0
    try:
        if mode is not None and hasattr(os, "fchmod"):
            os.fchmod(file, mode)
        for piece in content:
            view = memoryview(piece)
            total += len(view)
            while view:
                count = os.write(file, view[:CHUNK])
                if count <= 0:
                    raise OSError("the disk took none of the bytes")
                view = view[count:]
        os.fsync(file)
        if os.fstat(file).st_size != total:
            raise OSError(f"the disk holds {os.fstat(file).st_size} of {total} bytes")
    finally:
        os.close(file)


def _mode(path: Path) -> int | None:
    """Permissions of the file that will be replaced."""
    return path.stat().st_mode & 0o777 if path.exists() else None


def _keep(path: Path, keep: Path) -> None:
    """The present version under the name `keep`, without a moment in which `path` is missing."""
    fresh = keep.parent / f"{PREFIX}{secrets.token_hex(8)}{SUFFIX}"
    try:
        try:
            os.link(path, fresh)
        except OSError:  # a file system without links
            shutil.copy2(path, fresh)
        os.replace(fresh, keep)
    finally:
        fresh.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    file = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network folders cannot be flushed; the file itself was
            os.fsync(file)
    finally:
        os.close(file)


def _sweep(folder: Path) -> None:
    """Remove what a killed writer left behind more than a day ago."""
    for left in folder.glob(f"{PREFIX}*{SUFFIX}"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE:
                left.unlink()
