"""A graphics view that pans and zooms: wheel, pinch, fit, and the dotted ground."""

from collections.abc import Iterable
from functools import lru_cache
from math import ceil, log2
from typing import cast

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from gui.appearance import Appearance
from gui.canvas.scene import CanvasScene
from gui.steps import Steps

LEAST, MOST = 0.1, 4.0  # less only where a whole graph needs it
STEP = 1.2
GRID = 24.0
LEAST_GAP = 20.0  # pixels between dots
FIT_MARGIN = 36.0
MOST_RECTS = 12  # of what is exposed; of more, their hull
PAUSE = 120  # milliseconds after the last step of a zoom


class PanningView(QGraphicsView):
    """Shows the scene at a zoom of 10 to 400 %; the canvas goes on beyond its cards."""

    zoom_changed = Signal(float)

    def __init__(
        self, scene: CanvasScene, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(scene, parent)
        self.stage = scene
        self.appearance = appearance
        self._least = LEAST
        self._fitted = True  # until the user looks elsewhere
        self._drawn_on = False  # cards came or moved since
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheBackground)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._rest = QTimer(self, singleShot=True, interval=PAUSE)
        self._rest.timeout.connect(self.come_to_rest)
        appearance.changed.connect(self.follow_theme)
        scene.extent_changed.connect(self._follow_cards)
        self.extend()

    @property
    def zoom(self) -> float:
        """1 = 100 %."""
        return self.transform().m11()

    def zoom_by(self, factor: float, at: QPoint | None = None) -> None:
        """Zoom in or out; the point `at` of the window (its middle by default) stays in place."""
        self._fitted = False
        self._show_motion(moving=True)
        self._rest.start()
        self._zoom_to(self.zoom * factor, at or self.viewport().rect().center())

    def reset_zoom(self) -> None:
        """100 %."""
        self._fitted = False
        self._zoom_to(1.0, self.viewport().rect().center())

    def fit(self) -> None:
        """Show all cards, no larger than 100 %; also when the window's size changes after this."""
        rect = self.stage.extent().adjusted(-FIT_MARGIN, -FIT_MARGIN, FIT_MARGIN, FIT_MARGIN)
        size = self.viewport().size()
        most = max(1.0, self.appearance.size)
        share = min(size.width() / rect.width(), size.height() / rect.height(), most)
        self._least = min(LEAST, share)
        self._zoom_to(share if self.stage.nodes else 1.0, QPoint())
        self.centerOn(rect.center())
        self._fitted, self._drawn_on = True, False

    def come_to_rest(self) -> None:
        """The zoom no longer moves: all is painted as sharp as it can be."""
        self._rest.stop()
        self._show_motion(moving=False)

    def pan_by(self, by: QPoint) -> None:
        """Move the canvas under the window, in pixels."""
        self._fitted = False
        self._scroll(by)

    def extend(self) -> None:
        """Let the canvas reach a window's size beyond its cards."""
        view = self.viewport().size()
        x, y = view.width() / self.zoom * 0.9, view.height() / self.zoom * 0.9
        self.setSceneRect(self.stage.extent().adjusted(-x, -y, x, y))

    def follow_theme(self) -> None:
        """Another theme, or another size."""
        self.stage.show_theme(self.appearance.theme)
        self._show_thickness()
        if self._fitted:
            self.fit()
        self.resetCachedContent()
        self.viewport().update()

    def painting(self) -> Steps:
        """Paint ahead what the next frame will show, a card at each step."""
        seen = self.mapToScene(self.viewport().rect()).boundingRect()
        return self.stage.cards.painting(seen, self.zoom, self.devicePixelRatioF())

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Ctrl zooms at the pointer; else scroll, with Shift sideways."""
        turn = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            notches = (turn.y() or turn.x()) / 120
            self.zoom_by(STEP**notches, event.position().toPoint())
        else:
            by = event.pixelDelta() if not event.pixelDelta().isNull() else turn / 2
            aside = event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not by.x()
            self.pan_by(QPoint(by.y(), 0) if aside else by)
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Two fingers pinch."""
        if event.type() == QEvent.Type.NativeGesture:
            pinch = cast(QNativeGestureEvent, event)
            if pinch.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_by(1 + pinch.value(), pinch.position().toPoint())
                return True
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep all cards in sight, or else the free room around them."""
        super().resizeEvent(event)
        self.extend()
        if self._fitted and not (self._drawn_on and self._all_in_sight()):
            self.fit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Only what is exposed; a corner of two strips is not the whole window."""
        region = event.region()
        many = region.rectCount() > MOST_RECTS
        rects = [event.rect()] if many else cast("Iterable[QRect]", region)
        back = self.viewportTransform().inverted()[0]
        self._expose([back.mapRect(QRectF(rect)) for rect in rects])
        super().paintEvent(event)
        self._expose([])

    def drawBackground(self, painter: QPainter, rect: QRectF | object) -> None:  # noqa: N802
        """The ground, with dots a finger apart."""
        area = QRectF(cast(QRectF, rect))
        theme = self.appearance.theme
        painter.fillRect(area, theme.color("canvas"))
        step = GRID * 2 ** max(0, ceil(log2(LEAST_GAP / (GRID * self.zoom))))
        pen = QPen(theme.color("dot"), 2.0)
        pen.setCosmetic(True)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # square, and at once
        painter.setPen(pen)
        left, top = area.left() // step, area.top() // step
        across, down = area.right() // step - left + 1, area.bottom() // step - top + 1
        painter.translate(left * step, top * step)
        painter.scale(step, step)
        painter.drawPoints(_lattice(int(across), int(down)))
        painter.scale(1 / step, 1 / step)
        painter.translate(-left * step, -top * step)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _zoom_to(self, zoom: float, at: QPoint) -> None:
        zoom = min(MOST, max(self._least, zoom))
        if abs(zoom - self.zoom) < 1e-9:
            return
        before = self.mapToScene(at)
        self.setTransform(QTransform.fromScale(zoom, zoom))
        self.extend()
        off = self.mapFromScene(before) - at
        self._scroll(QPoint(-off.x(), -off.y()))
        self._show_thickness()
        self.zoom_changed.emit(zoom)

    def _expose(self, rects: list[QRectF]) -> None:
        """Tell the layers what is being painted, scene units; nothing once it is done."""
        stage = self.stage
        for layer in (stage.lines, stage.cards, stage.absent.layer, stage.joining.layer):
            layer.exposed = rects

    def _show_motion(self, *, moving: bool) -> None:
        self.stage.cards.show_motion(moving=moving)
        self.stage.lines.show_motion(moving=moving)

    def _show_thickness(self) -> None:
        far = 1.0 if self.zoom >= 0.5 else 1.6 if self.zoom >= 0.25 else 3.0
        self.stage.show_thickness(far * self.appearance.strength)

    def _scroll(self, by: QPoint) -> None:
        for bar, off in ((self.horizontalScrollBar(), by.x()), (self.verticalScrollBar(), by.y())):
            bar.setValue(bar.value() - off)

    def _follow_cards(self) -> None:
        self._drawn_on = True
        self.extend()

    def _all_in_sight(self) -> bool:
        shown = self.mapToScene(self.viewport().rect()).boundingRect()
        return shown.contains(self.stage.extent())


@lru_cache(maxsize=64)
def _lattice(across: int, down: int) -> QPolygonF:
    """Dots one unit apart, the first at (0, 0)."""
    return QPolygonF([QPointF(x, y) for x in range(across) for y in range(down)])
