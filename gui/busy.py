"""A busy pointer while the window's own thread works longer than a blink."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from engine.data.table import Table

MANY_CELLS = 1_000_000  # from here on a changed table is not digested within 50 ms everywhere


@contextmanager
def waiting(*, long: bool = True) -> Iterator[None]:
    """The pointer says that the window is at work."""
    if long:
        QGuiApplication.setOverrideCursor(Qt.CursorShape.BusyCursor)
    try:
        yield
    finally:
        if long:
            QGuiApplication.restoreOverrideCursor()


@contextmanager
def busy(table: Table | None) -> Iterator[None]:
    """For changes of a table that is large enough to notice."""
    large = table is not None and table.rows * len(table.variables) > MANY_CELLS
    with waiting(long=large):
        yield
