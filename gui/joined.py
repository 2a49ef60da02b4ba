"""Whether causal and biasing paths are shown on the canvas: one action, remembered."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QSettings

from gui.actions import Actions
from gui.canvas.view import CanvasView

SHOWN_KEY = "appearance/paths"


class JoinedVerbs(QObject):
    """At first they are shown, once an exposure and an outcome are named."""

    def __init__(
        self,
        canvas: CanvasView,
        actions: Actions,
        settings: QSettings,
        say: Callable[[str], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._joining, self._actions = canvas.stage.joining, actions
        self._settings, self._say = settings, say
        self._show(on=bool(settings.value(SHOWN_KEY, True, bool)))

    def by_id(self) -> dict[str, Callable[[], object]]:
        """Each verb under the id of its action."""
        return {"show-ways": self.toggle}

    def toggle(self) -> None:
        """Shown, or no longer."""
        on = not self._joining.shown
        self._settings.setValue(SHOWN_KEY, on)
        self._show(on=on)
        if on and not self._joining.named:
            self._say(
                self.tr("Name an exposure (E) and an outcome (O): then their paths are coloured")
            )

    def _show(self, *, on: bool) -> None:
        self._joining.switch(on=on)
        self._actions["show-ways"].setChecked(on)
