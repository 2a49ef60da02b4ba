"""A refused reading is no longer worth a line once another reading has gone well."""

from PySide6.QtCore import QObject, Slot

from engine.errors import UserError
from engine.runtime.messages import Open, ReadTable, Refused
from gui.bridge import Bridge
from gui.files import Files
from gui.notices import Notices


class Mending(QObject):
    """Takes the bar of a failed import away when the next one succeeds; other bars stay."""

    def __init__(
        self, bridge: Bridge, files: Files, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._notices = notices
        self._failed: UserError | None = None
        bridge.refused.connect(self._refused)
        files.refused.connect(self._fail)
        for success in (bridge.table_read, bridge.opened):
            success.connect(self._read)
        files.graph_placed.connect(self._read)

    @Slot(object)
    def _refused(self, event: Refused) -> None:
        if isinstance(event.request, Open | ReadTable):
            self._fail(event.error)

    @Slot(object)
    def _fail(self, error: UserError) -> None:
        self._failed = error

    @Slot()
    def _read(self) -> None:
        if self._failed is not None:
            self._notices.forget(self._failed)
            self._failed = None
