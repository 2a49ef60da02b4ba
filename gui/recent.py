"""Files opened or saved lately, newest first, remembered between starts."""

from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal

KEY, MOST = "files/recent", 10


class Recent(QObject):
    """At most ten paths, each once."""

    changed = Signal()

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings

    def paths(self) -> tuple[Path, ...]:
        """Newest first."""
        kept = self._settings.value(KEY, [])
        names = kept if isinstance(kept, list) else [kept]
        return tuple(Path(str(name)) for name in names if name)

    def remember(self, path: Path) -> None:
        """Put `path` first."""
        path = path.resolve()
        self._keep([path, *(other for other in self.paths() if other != path)])

    def forget(self, path: Path) -> None:
        """Drop `path`."""
        self._keep([other for other in self.paths() if other not in (path, path.resolve())])

    def _keep(self, paths: list[Path]) -> None:
        self._settings.setValue(KEY, [str(path) for path in paths[:MOST]])
        self.changed.emit()
