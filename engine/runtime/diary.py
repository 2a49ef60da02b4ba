"""The recovery journal as the engine keeps it: the newest project is written when there is time."""

from collections.abc import Callable
from pathlib import Path

from engine.project import Project
from engine.runtime import messages as m
from engine.store.journal import Journal, discard_journal, pending


class Diary:
    """Writes to a folder, or nowhere (None). A journal that cannot be written is told of once."""

    def __init__(self, folder: Path | None, deliver: Callable[[m.Event], None]) -> None:
        self._folder, self._deliver = folder, deliver
        self._journal: Journal | None = None
        self._noted: m.SetProject | None = None

    @property
    def waiting(self) -> bool:
        """True while a step is not written yet."""
        return self._noted is not None

    def note(self, request: m.SetProject) -> None:
        """Remember to write this step; of several, the newest is written."""
        if self._folder is not None and (self._journal or request.project != Project()):
            self._noted = request

    def write(self) -> None:
        """Write the noted step; if the disk refuses, that is raised once and no more is written."""
        noted, self._noted = self._noted, None
        if noted is None or self._folder is None:
            return
        folder, self._folder = self._folder, None  # stays None if the next lines raise
        self._journal = self._journal or Journal(folder)
        self._journal.append(noted.revision, noted.label, noted.project)
        self._folder = folder

    def tell(self) -> None:
        """Say which sessions can be recovered, if any."""
        if self._folder is None:
            return
        sessions = tuple(
            m.Session(s.path, s.title, s.label, s.written, s.steps) for s in pending(self._folder)
        )
        if sessions:
            self._deliver(m.Recoverable(sessions))

    def discard(self, path: Path) -> None:
        """Remove a session's journal, if it lies in the journal folder."""
        if self._folder is not None and path.parent == self._folder:
            discard_journal(path)

    def close(self) -> None:
        """The session ends as it should: nothing is left to recover."""
        if self._journal is not None:
            self._journal.close(discard=True)
