"""The canvas into a file: asked for once, then painted in slices beside whatever the user does."""

from pathlib import Path

from PySide6.QtCore import QObject, Slot

from engine.errors import UserError
from engine.runtime.messages import Working
from gui.canvas.scene import CanvasScene
from gui.dialogs import Dialogs
from gui.files import Files
from gui.pictures import KINDS, Page, Style, written
from gui.slices import Slices
from gui.status import Status

TICKET = -2  # no job of the engine has it
STEPS = 1000


class PictureExport(QObject):
    """One picture at a time, with its progress in the status bar, where it can be cancelled."""

    def __init__(
        self,
        scene: CanvasScene,
        dialogs: Dialogs,
        files: Files,
        status: Status,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._scene, self._dialogs, self._files, self._status = scene, dialogs, files, status
        self._style = Style()  # as chosen last
        self._path = Path()
        self.slices = Slices(self)
        self.slices.progressed.connect(self._show)
        self.slices.ended.connect(self._end)
        self.slices.failed.connect(self._fail)
        status.cancel_wanted.connect(self._cancel_wanted)

    def begin(self) -> None:
        """Ask what it should look like and where it should go; paint it as the canvas is now."""
        style = self._dialogs.picture(self._scene, self._style)
        if style is None:
            return
        self._style = style
        proposed = Path(self._files.name).with_suffix(style.kind)
        path = self._dialogs.save_file(self.tr("Export picture"), KINDS[style.kind], proposed)
        if path is not None:
            self._path = path
            self.slices.start(written(Page(self._scene, style), path))

    def cancel(self) -> None:
        """Nothing is written."""
        if self.slices.running:
            self.slices.cancel()
            self._status.end_working()

    def _show(self, share: float) -> None:
        words = self.tr("painting {0}").format(self._path.name)
        done = min(STEPS - 1, round(STEPS * share))
        self._status.show_working(Working(TICKET, done, STEPS, words))

    def _end(self) -> None:
        self._status.end_working()
        self._files.noticed.emit(self.tr("Wrote {0}").format(self._path.name))

    def _fail(self, error: UserError) -> None:
        self._status.end_working()
        self._files.refused.emit(error)

    @Slot(int)
    def _cancel_wanted(self, ticket: int) -> None:
        if ticket == TICKET:
            self.cancel()
