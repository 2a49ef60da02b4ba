"""Colours by role, light and dark; colour-blind safe accents after Okabe and Ito (2008)."""

from dataclasses import dataclass
from functools import cache, lru_cache

from PySide6.QtGui import QColor, QPalette


@dataclass(frozen=True, slots=True)
class Theme:
    """Colour names by what they mean, as #rrggbb. Text on its surface has contrast ≥ 4.5 : 1."""

    name: str
    surface: str  # panels, cards
    canvas: str  # behind the cards
    sunken: str  # segmented control, notes
    border: str
    text: str
    quiet: str  # secondary text
    line: str  # arrows, axes
    dot: str  # canvas grid
    seen: str  # observational: grey, solid
    seen_fill: str
    do: str  # interventional: blue, dashed
    do_fill: str
    imagine: str  # counterfactual: purple, dotted
    imagine_fill: str
    see: str  # evidence: the eye
    see_fill: str
    outcome: str  # rim of the outcome's card; tests passed
    warn: str
    error: str
    selected_fill: str
    selected: str

    def color(self, role: str, alpha: float = 1.0) -> QColor:
        """The colour of a role, with opacity 0 … 1; one object for all, not to be changed."""
        return _color(getattr(self, role), alpha)


@lru_cache(maxsize=256)
def _color(name: str, alpha: float) -> QColor:
    color = QColor(name)
    color.setAlphaF(alpha)
    return color


LIGHT = Theme(
    name="light",
    surface="#ffffff",
    canvas="#f5f6f8",
    sunken="#f1f2f5",
    border="#d5d9e0",
    text="#1c2330",
    quiet="#5c6678",
    line="#667085",
    dot="#d9dde4",
    seen="#6b7280",
    seen_fill="#dfe2e7",
    do="#0072b2",
    do_fill="#cfe4f2",
    imagine="#8e3b7c",
    imagine_fill="#ecd9e6",
    see="#8a5a00",
    see_fill="#f4e8cd",
    outcome="#00694d",
    warn="#a84300",
    error="#b3261e",
    selected_fill="#e6f0fb",
    selected="#0072b2",
)

DARK = Theme(
    name="dark",
    surface="#1d2128",
    canvas="#14171c",
    sunken="#14171c",
    border="#363c47",
    text="#eceff4",
    quiet="#a3acbb",
    line="#a3acbb",
    dot="#2b303a",
    seen="#9aa3b2",
    seen_fill="#3a404c",
    do="#56b4e9",
    do_fill="#1f3d52",
    imagine="#e29ac5",
    imagine_fill="#4a3044",
    see="#e6b450",
    see_fill="#473b1d",
    outcome="#2fc99a",
    warn="#f0a30a",
    error="#ff8a80",
    selected_fill="#203449",
    selected="#56b4e9",
)


@cache
def palette(theme: Theme) -> QPalette:
    """The Qt palette of a theme, so that native controls fit in."""
    colors = QPalette()
    group = QPalette.ColorRole
    for role, name in (
        (group.Window, "surface"),
        (group.Base, "surface"),
        (group.AlternateBase, "sunken"),
        (group.Button, "surface"),
        (group.ToolTipBase, "surface"),
        (group.WindowText, "text"),
        (group.Text, "text"),
        (group.ButtonText, "text"),
        (group.ToolTipText, "text"),
        (group.BrightText, "error"),
        (group.PlaceholderText, "quiet"),
        (group.Highlight, "selected_fill"),
        (group.HighlightedText, "text"),
        (group.Link, "do"),
        (group.Mid, "border"),
        (group.Dark, "border"),
    ):
        colors.setColor(role, theme.color(name))
    for role in (group.WindowText, group.Text, group.ButtonText):
        colors.setColor(QPalette.ColorGroup.Disabled, role, theme.color("quiet", 0.6))
    return colors


def blend(over: str, under: str, share: float) -> str:
    """`share` of one colour laid over another, both #rrggbb."""
    pairs = zip(_channels(over), _channels(under), strict=True)
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in pairs)


def _channels(color: str) -> tuple[int, ...]:
    return tuple(int(color[i : i + 2], 16) for i in (1, 3, 5))
