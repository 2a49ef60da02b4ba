"""Cards glide to where a layout puts them; the project has them there from the first moment."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation, Slot

from engine.project import Position
from gui.canvas.motion import animates
from gui.canvas.scene import CanvasScene

DURATION = 250  # milliseconds
MOST_CARDS = 200  # with more, frames would be dropped


class Glide(QObject):
    """At most one movement at a time; anything else the user does ends it at its end."""

    def __init__(self, scene: CanvasScene, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self.still = False  # the user asked for less motion
        self._from: dict[str, Position] = {}
        self._to: dict[str, Position] = {}
        self._clock = QVariantAnimation(self)
        self._clock.setDuration(DURATION)
        self._clock.setStartValue(0.0)
        self._clock.setEndValue(1.0)
        self._clock.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._clock.valueChanged.connect(self._show)

    @property
    def running(self) -> bool:
        """Whether cards are on their way."""
        return self._clock.state() == QVariantAnimation.State.Running

    def over(self, change: Callable[[], object]) -> None:
        """Do a change of places at once, then show how the cards get there."""
        self.finish()
        before = self._scene.places()
        change()
        after = self._scene.places()
        moved = {v for v in before.keys() & after.keys() if before[v] != after[v]}
        if not moved or self.still or len(after) > MOST_CARDS or not animates():
            return
        self._from = {v: before[v] for v in moved}
        self._to = {v: after[v] for v in moved}
        self._show(0.0)
        self._clock.start()

    def finish(self) -> None:
        """Where it ends, at once."""
        if self.running:
            self._clock.stop()
            self._scene.drag(_known(self._to, self._scene))

    def stop(self) -> None:
        """Nothing more is moved: the project has changed, and the scene follows it."""
        self._clock.stop()

    @Slot(object)
    def _show(self, share: float) -> None:
        now = {
            v: (a + share * (self._to[v][0] - a), b + share * (self._to[v][1] - b))
            for v, (a, b) in self._from.items()
        }
        self._scene.drag(_known(now if share < 1 else self._to, self._scene))


def _known(places: Mapping[str, Position], scene: CanvasScene) -> dict[str, Position]:
    return {v: at for v, at in places.items() if v in scene.nodes}
