"""After a session that ended without leaving: offer its work, keep it until it is safe."""

import time
from pathlib import Path

from PySide6.QtCore import QObject

from engine.runtime.messages import Recoverable, Recovered, Session
from gui.bridge import Bridge
from gui.document import Document
from gui.files import Files
from gui.notices import Offer


class Recovery(QObject):
    """One offer, for the newest session; the others stay for the next start."""

    def __init__(
        self,
        document: Document,
        bridge: Bridge,
        files: Files,
        offer: Offer,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._bridge = document, bridge
        self._files, self._offer = files, offer
        self._session: Session | None = None
        self._ticket = -1
        self._held: Path | None = None  # recovered, but not yet safe in a file
        bridge.recoverable.connect(self.tell)
        bridge.recovered.connect(self.show)
        bridge.saved.connect(self.release)
        offer.accepted.connect(self.accept)
        offer.declined.connect(self.decline)

    def tell(self, event: Recoverable) -> None:
        """Say what could be recovered."""
        self._session = event.sessions[0]
        self._offer.show_offer(
            self.tr("Doscope ended unexpectedly. “{0}” can be recovered.").format(
                self._session.title or self.tr("Untitled")
            ),
            self.tr("Last step: {0}, {1} ago").format(
                self._session.label or self.tr("none"),
                ago(time.time() - self._session.written),
            ),
        )

    def accept(self) -> None:
        """Fetch the work, once the present one is safe."""
        session = self._session
        if session is not None:
            self._files.when_safe(lambda: self._ask(session.path))

    def decline(self) -> None:
        """It is not wanted."""
        if self._session is not None:
            self._bridge.discard(self._session.path)
            self._session = None

    def show(self, event: Recovered) -> None:
        """The recovered project is the document, and not saved in any file."""
        if event.ticket == self._ticket and self._session is not None:
            self._held, self._session = self._session.path, None
            self._document.replace(event.project, saved=False)

    def release(self, event: object = None) -> None:
        """The work is safe in a file, or was given up by leaving: its journal can go."""
        if self._held is not None:
            self._bridge.discard(self._held)
            self._held = None

    def _ask(self, path: Path) -> None:
        self._ticket = self._bridge.recover(path)


def ago(seconds: float) -> str:
    """A time span in words, in its largest unit."""
    for size, one, many in ((86400, "1 day", "days"), (3600, "1 hour", "hours")):
        if seconds >= size:
            number = round(seconds / size)
            return one if number == 1 else f"{number} {many}"
    return f"{max(1, round(seconds / 60))} min"
