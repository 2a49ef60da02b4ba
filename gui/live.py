"""Tells the engine the newest project, and asks for the cards and the checks that belong to it."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from engine.before import lots
from engine.project import Project
from engine.queries.answers import CardsAnswer, ChecksAnswer
from engine.queries.lots import BalanceAnswer
from engine.queries.pictured import PictureAnswer
from engine.queries.questions import Balance, Cards, GraphChecks, PictureAsked, Question
from engine.runtime.messages import Answer
from gui.bridge import Bridge
from gui.document import Document

CARDS, CHECKS, BALANCE, PICTURE = "cards", "checks", "balance", "picture"
BETWEEN = 150  # milliseconds between two looks at tests that still come in


class Live(QObject):
    """`cards`, `checks` and `balance` carry the newest answers; made before all else that asks."""

    cards = Signal(object)  # CardsAnswer
    checks = Signal(object)  # ChecksAnswer
    balance = Signal(object)  # BalanceAnswer
    pictured = Signal(object)  # PictureAnswer, of a picture that is not the outcome

    def __init__(self, document: Document, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._bridge = document, bridge
        self._checks: ChecksAnswer | None = None  # newer than what was passed on
        self._asked: dict[str, PictureAsked] = {}  # by view
        self._pause = QTimer(self, interval=BETWEEN, singleShot=True)
        self._pause.timeout.connect(self._go_on)
        document.changed.connect(self.follow)
        bridge.answered.connect(self.receive)

    @property
    def pausing(self) -> bool:
        """True while tests that come in wait for a moment before they are passed on."""
        return self._pause.isActive()

    def follow(self, old: Project, new: Project) -> None:
        """Tell the engine; ask again what the change may have moved."""
        self._bridge.set_project(named(new, self._document.path), self._document.label)
        modelled = (old.graph, old.table) != (new.graph, new.table)
        if modelled or old.question.active != new.question.active:
            self._bridge.ask(CARDS, Cards(without_picture(new)))
            self._follow_pictures(new)
        if modelled:
            self._checks = None
            self._bridge.ask(CHECKS, GraphChecks())
        if new.randomised or old.randomised:
            self._follow_lots(old, new)

    def _follow_pictures(self, new: Project) -> None:
        """Ask for pictures that the question panel does not ask for: those of other cards."""
        question = new.question.active
        asked = bool(question.action or question.evidence)
        others = [v for v in new.pictures if asked and v != question.outcome]
        wanted = {f"{PICTURE} {name}": PictureAsked(name, question) for name in others}
        for view in self._asked.keys() - wanted.keys():
            self._bridge.forget(view)
        for view, question_of_it in wanted.items():
            if question_of_it != self._asked.get(view):
                self._bridge.ask(view, question_of_it)
        self._asked = wanted

    def _follow_lots(self, old: Project, new: Project) -> None:
        """Ask whether lots were even; where there is none any more, say so at once."""
        asked = lots(new)
        if asked == lots(old) and old.table == new.table:
            return
        if asked:
            self._bridge.ask(BALANCE, Balance(asked))
        else:
            self._bridge.forget(BALANCE)
            self.balance.emit(BalanceAnswer())

    def receive(self, answer: Answer) -> None:
        """Pass on what belongs to these views."""
        match answer:
            case Answer(view=view, result=CardsAnswer() as result) if view == CARDS:
                self.cards.emit(result)
            case Answer(view=view, result=ChecksAnswer() as result, final=final) if view == CHECKS:
                self._checks = result
                if final or not self._pause.isActive():
                    self._go_on()
            case Answer(view=view, result=BalanceAnswer() as result) if view == BALANCE:
                self.balance.emit(result)
            case Answer(view=view, result=PictureAnswer() as result) if view in self._asked:
                self.pictured.emit(result)
            case Answer(view=view) if view == BALANCE:  # it cannot be said
                self.balance.emit(BalanceAnswer())

    def _go_on(self) -> None:
        """Pass on the newest tests: they come in one by one, and each time all are listed."""
        checks, self._checks = self._checks, None
        if checks is not None:
            self._pause.start()
            self.checks.emit(checks)


def without_picture(project: Project) -> Question:
    """The question as it is asked of columns: none of them is a picture."""
    question = project.question.active
    return replace(question, outcome=None) if question.outcome in project.pictures else question


def named(project: Project, path: Path | None) -> Project:
    """The project under its file's name where it has none of its own: a journal can tell it."""
    return project if project.title or path is None else replace(project, title=path.name)
