"""A table that names image files: they are offered to be read as pictures, never silently."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import UserError
from engine.project import Project
from engine.runtime.messages import PicturesRead, ReadPictures, TableRead
from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.document import Document
from gui.edit_pictures import use_pictures
from gui.hints import Hint, Way
from gui.numerals import count

TOPIC = "pictures"


class PictureOffer(QObject):
    """The line above the canvas with the offer, and the verb behind it and the menu."""

    noticed = Signal(str)
    refused = Signal(object)  # UserError
    turned = Signal()  # there is a column to read, or no longer

    def __init__(
        self,
        document: Document,
        bridge: Bridge,
        appearance: Appearance,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._bridge = document, bridge
        self._columns: tuple[str, ...] = ()
        self._path = Path()
        self._newest = -1
        self.line = Hint(appearance)
        bridge.table_read.connect(self._table_read)
        bridge.pictures_read.connect(self._read)
        document.changed.connect(self._follow)

    @property
    def column(self) -> str:
        """The column that can be read as pictures; "" for none."""
        table = self._document.project.table
        if table is None or Path(table.source) != self._path:
            return ""
        return next((name for name in self._columns if name not in table.pictures), "")

    def read(self) -> None:
        """Read the column's files; the line goes."""
        name, table = self.column, self._document.project.table
        if not name or table is None:
            return
        self.line.leave()
        path, rows = self._path, table.rows
        self._newest = self._bridge.begin(lambda ticket: ReadPictures(ticket, path, name, rows))

    @Slot(object)
    def _table_read(self, event: TableRead) -> None:
        self._columns, self._path = event.pictures, Path(event.table.source)
        self.line.forget()
        self._show()

    @Slot(object)
    def _read(self, event: PicturesRead) -> None:
        if event.ticket != self._newest:
            return
        name = event.column
        label = self.tr("Read the pictures of {0}").format(name)
        try:
            self._document.apply(
                label, lambda p: use_pictures(p, name, event.pictures, event.notes)
            )
        except UserError as error:
            self.refused.emit(error)
        else:
            words = self.tr("Read {0} pictures of {1}").format(count(event.pictures.rows), name)
            self.noticed.emit(words)

    @Slot(object, object)
    def _follow(self, old: Project, new: Project) -> None:
        if old.table is not new.table:
            self._show()

    def _show(self) -> None:
        name = self.column
        if name:
            words = self.tr("{0} names image files that are there. These are pictures: read them?")
            self.line.say(TOPIC, words.format(name), Way(self.tr("Read pictures"), self.read))
        else:
            self.line.leave()
        self.turned.emit()
