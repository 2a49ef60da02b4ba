"""A document, a bridge with a stand-in engine, and an appearance, for one panel at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from pytestqt.qtbot import QtBot

from engine.project import Project
from engine.queries.questions import Question
from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.document import Document
from gui.panels.question import QuestionPanel
from tests.gui.answers import AnsweringEngine, answering_bridge, trial
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


@dataclass
class Scene:
    """A panel on the screen, its document and its engine."""

    panel: QuestionPanel
    document: Document
    engine: AnsweringEngine
    appearance: Appearance
    qtbot: QtBot

    def wait(self, fact: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(fact, timeout=2000)

    def said(self) -> str:
        return self.panel.page.sentence.accessibleName()

    def hinted(self) -> str:
        return self.panel.page.hint.accessibleName()

    def steps(self) -> int:
        return self.document.undo_stack.count()

    @property
    def question(self) -> Question:
        return self.document.project.question


@pytest.fixture
def scene(qtbot: QtBot) -> Callable[..., Scene]:
    def make(project: Project | None = None, **question: object) -> Scene:
        project = project or trial()
        asked = replace(project.question, **question)  # type: ignore[arg-type]
        document, appearance = Document(), Appearance("light")
        document.show(replace(project, question=asked))
        bridge, engine = answering_bridge()
        panel = QuestionPanel(document, bridge, appearance)
        qtbot.addWidget(panel)
        panel.resize(340, 900)
        panel.show()
        made = Scene(panel, document, engine, appearance, qtbot)
        made.wait(lambda: bool(made.said() or made.hinted()))
        return made

    return make
