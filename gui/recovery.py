"""After a session that ended without leaving: offer its work, keep it until it is safe."""

import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject

from engine.runtime.messages import Recoverable, Recovered, Session
from gui.bridge import Bridge
from gui.document import Document
from gui.files import PROJECT as SUFFIX
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
            self.tr("Doscope ended unexpectedly. Its last work can be recovered."),
            self.tr("{0} · last step: {1}, {2}").format(
                self._session.title or self.tr("a project without a name"),
                self._session.label or self.tr("none"),
                clock(self._session.written, time.time()),
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
            title = event.project.title.removesuffix(SUFFIX)
            self._document.replace(replace(event.project, title=title), saved=False)

    def release(self, event: object = None) -> None:
        """The work is safe in a file, or was given up by leaving: its journal can go."""
        if self._held is not None:
            self._bridge.discard(self._held)
            self._held = None

    def _ask(self, path: Path) -> None:
        self._ticket = self._bridge.recover(path)


def clock(moment: float, now: float) -> str:
    """When it was, in local time: 12:03; with its day where that is not today (s since 1970)."""
    then, today = time.localtime(moment), time.localtime(now)
    pattern = "%H:%M" if then[:3] == today[:3] else "%Y-%m-%d %H:%M"
    return time.strftime(pattern, then)
