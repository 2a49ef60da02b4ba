"""Every test: no display needed, few threads, repeatable, and nothing left behind."""

import gc
import os
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")

hypothesis.settings.register_profile("doscope", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("doscope")


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """Fail a test that leaves a thread running or a window open."""
    threads, windows = set(threading.enumerate()), set(_windows())
    yield
    left = [thread.name for thread in threading.enumerate() if thread not in threads]
    assert not left, f"threads still running: {left}"
    if set(_windows()) - windows:
        gc.collect()
    opened = {name for key, name in _windows().items() if key not in windows}
    assert not opened, f"windows still open: {sorted(opened)}"


def pytest_sessionfinish() -> None:
    """Empty the clipboard: offscreen, Qt frees it after Python has ended, and would crash."""
    gui = sys.modules.get("PySide6.QtGui")
    if gui is not None and gui.QGuiApplication.instance() is not None:
        gui.QGuiApplication.clipboard().clear()


def _windows() -> dict[int, str]:
    """Top-level widgets by address, once deletions asked for are done. Empty without Qt."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return {}
    from PySide6.QtCore import QCoreApplication, QEvent
    from shiboken6 import getCppPointer

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return {
        getCppPointer(widget)[0]: f"{type(widget).__name__} {widget.objectName()}".strip()
        for widget in widgets.QApplication.topLevelWidgets()
        if widget.parent() is None and not _harmless(widget)
    }


def _harmless(widget: "QWidget") -> bool:
    """Qt's own tooltip, and menus that pyqtgraph makes for each plot and never shows."""
    hidden_menu = type(widget).__name__ == "QMenu" and not widget.isVisible()
    return hidden_menu or widget.objectName() == "qtooltip_label"
