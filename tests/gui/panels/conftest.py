"""A document, a bridge with a stand-in engine, and an appearance, for one panel at a time."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.document import Document
from tests.gui.fakes import FakeEngine


@pytest.fixture
def document(qtbot: QtBot) -> Iterator[Document]:
    made = Document()
    yield made
    made.undo_stack.clear()


@pytest.fixture
def appearance(qtbot: QtBot) -> Appearance:
    return Appearance("light")


@pytest.fixture
def engines() -> list[FakeEngine]:
    return []


@pytest.fixture
def bridge(qtbot: QtBot, engines: list[FakeEngine]) -> Iterator[Bridge]:
    def start(deliver):  # noqa: ANN001, ANN202
        engines.append(FakeEngine(deliver))
        return engines[-1]

    made = Bridge(start)
    made.start()
    yield made
    made.close()
