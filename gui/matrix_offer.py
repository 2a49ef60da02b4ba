"""A matrix that was read over a table with as many rows: both can stand side by side."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from engine.data.matrix import ENDINGS, side_by_side
from engine.project import Project
from engine.runtime.messages import TableRead
from gui import edits
from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.document import Document
from gui.hints import Hint, Way
from gui.numerals import count

TOPIC = "side by side"


class MatrixOffer(QObject):
    """The line above the canvas with the offer; nothing is put beside anything silently."""

    def __init__(
        self,
        document: Document,
        bridge: Bridge,
        appearance: Appearance,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._before = Project()  # as it was before the newest table was read
        self.line = Hint(appearance)
        document.changed.connect(self._follow)
        bridge.table_read.connect(self._table_read)

    def join(self) -> None:
        """The table that was open, with the columns of the new one beside it; one undo step."""
        before, table = self._before, self._document.project.table
        self.line.leave()
        if before.table is None or table is None:
            return
        both = side_by_side(before.table, table)
        self._document.apply(
            self.tr("Put side by side"),
            lambda p: replace(
                edits.use_table(p, both),
                notes=before.notes,
                families={**before.families, **p.families},
            ),
        )

    @Slot(object)
    def _table_read(self, event: TableRead) -> None:
        before, table = self._before.table, event.table
        if table is not self._document.project.table or before is None:
            return
        other = Path(table.source) != Path(before.source)
        if other and Path(table.source).suffix.lower() in ENDINGS and before.rows == table.rows:
            self.line.forget()
            words = self.tr(
                "The table that was open has {0} rows, too: do the rows belong together?"
            ).format(count(table.rows))
            way = Way(self.tr("Put side by side"), self.join)
            self.line.say(TOPIC, words, way)

    @Slot(object, object)
    def _follow(self, old: Project, new: Project) -> None:
        if old.table is not new.table:
            self._before = old
            self.line.leave()
