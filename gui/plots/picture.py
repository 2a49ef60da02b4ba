"""What a before/after plot shows, as a frozen value, and the strokes that tell the layers apart."""

from dataclasses import dataclass
from enum import Enum, StrEnum

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from engine.queries.answers import Shape
from gui.theme import Theme


class Line(Enum):
    """How a layer is drawn; never told apart by colour alone."""

    SOLID = "solid"
    DASHED = "dashed"
    DOTTED = "dotted"
    THIN = "thin"


class Kind(StrEnum):
    """What is drawn of a distribution."""

    DENSITY = "density"  # or bars
    CUMULATIVE = "cumulative"  # the share at or below


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One distribution: its legend, the value marked (drawn units) and that value as shown."""

    shape: Shape
    role: str
    line: Line
    label: str
    value: float | None = None
    text: str = ""
    filled: bool = False
    hatched: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What to draw. `gap`: the difference between the first two layers, as shown. `level`: code.

    `name` stands at the axis with the unit. `ordered`: the categories go from low to high.
    """

    layers: tuple[Layer, ...]
    unit: str = ""
    categories: tuple[str, ...] = ()
    level: int | None = None
    gap: str = ""
    note: str = ""
    name: str = ""
    ordered: bool = False

    @property
    def axis(self) -> str:
        """Name and unit: recovery (days)."""
        return f"{self.name} ({self.unit})" if self.name and self.unit else self.name or self.unit


def pen_of(theme: Theme, layer: Layer) -> QPen:
    """The stroke of a layer."""
    pen = QPen(theme.color(layer.role), 1.2 if layer.line is Line.THIN else 2.0)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if layer.line is Line.DASHED:
        pen.setDashPattern([3.2, 2.0])
    elif layer.line is Line.DOTTED:
        pen.setDashPattern([1.0, 1.6])
    return pen


def hatch(theme: Theme, role: str) -> QBrush:
    """What stands on straight lines only, or on no data."""
    return QBrush(theme.color(role, 0.55), Qt.BrushStyle.BDiagPattern)


def draw_empty(painter: QPainter, theme: Theme, area: QRectF, words: str) -> None:
    """A calm ground with the reason why nothing is drawn."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("sunken"))
    painter.drawRoundedRect(area, 8, 8)
    painter.setPen(theme.color("quiet"))
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(area.adjusted(16, 8, -16, -8), int(flags), words)
