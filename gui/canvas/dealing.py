"""Gives every node its newest card: a few at once, many in slices."""

from collections.abc import Generator, Iterable
from typing import Protocol

from PySide6.QtCore import QObject

from engine.data.table import Table
from engine.project import Project
from engine.queries.pictured import PictureAnswer
from gui.canvas.card import Heard
from gui.canvas.node_item import NodeItem
from gui.canvas.vector_card import card_for
from gui.document import Document
from gui.slices import Slices

AT_ONCE = 120  # cards dealt within one event


class Stage(Protocol):
    """What a dealer reads of the scene, always as it is now."""

    document: Document
    nodes: dict[str, NodeItem]


class Dealer(QObject):
    """Keeps what the engine said, and puts it on the cards together with the project."""

    def __init__(self, stage: Stage, parent: QObject) -> None:
        super().__init__(parent)
        self.heard = Heard()
        self.slices = Slices(self)
        self._stage = stage
        self._missing: dict[str, float] = {}
        self._table: Table | None = None  # the one that `_missing` speaks of
        self._due: dict[str, None] = {}

    def deal(self, names: Iterable[str]) -> None:
        """These nodes show what the project and the engine say of them."""
        many = dict.fromkeys(names)
        for name in list(many)[:AT_ONCE]:
            self._due.pop(name, None)
            self._deal(name)
            del many[name]
        if many:
            self._due |= many
            if not self.slices.running:
                self.slices.start(self._work())

    def show_pictures(self, answer: PictureAnswer) -> None:
        """The newest pictures of one variable."""
        self.heard.pictures[answer.name] = answer
        self.deal((answer.name,))

    def forget(self) -> None:
        """Another document: what the engine said was about the last one."""
        self.heard = Heard()
        self.deal(self._stage.nodes)

    def _work(self) -> Generator[float, None, None]:
        while self._due:
            name = next(iter(self._due))
            del self._due[name]
            self._deal(name)
            yield 0.0

    def _deal(self, name: str) -> None:
        project = self._stage.document.project
        if name in self._stage.nodes and name in project.graph.variables:
            share = self._share(project, name)
            self._stage.nodes[name].show_card(card_for(project, name, self.heard, share))

    def _share(self, project: Project, name: str) -> float:
        """Share of rows without a value of the node, 0 … 1."""
        table = project.table
        if table is not self._table:
            self._missing.clear()
            self._table = table
        if name not in self._missing and table is not None and project.measured(name):
            self._missing[name] = _missing(table, project.vectors.columns(name))
        return self._missing.get(name, 0.0)


def _missing(table: Table, columns: tuple[str, ...]) -> float:
    """Share of rows, 0 … 1, that lack a value in one of `columns`."""
    if len(columns) == 1:
        return table.missing(columns[0])
    return 1.0 - float(table.complete(columns).mean()) if table.rows else 0.0
