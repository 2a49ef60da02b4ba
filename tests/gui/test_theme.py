"""Colours: text can be read on every surface it stands on."""

from itertools import product

import pytest

from gui.stylesheet import stylesheet
from gui.theme import DARK, LIGHT, Theme, blend


def luminance(color: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    """Contrast ratio 1 … 21, WCAG 2.2."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXTS = ("text", "quiet", "do", "imagine", "see", "outcome", "warn", "error", "selected")
SURFACES = ("surface", "canvas", "sunken")


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize(("text", "surface"), list(product(TEXTS, SURFACES)))
def test_text_has_enough_contrast(theme: Theme, text: str, surface: str) -> None:
    assert contrast(getattr(theme, text), getattr(theme, surface)) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_selected_rows_and_bars_can_be_read(theme: Theme) -> None:
    assert contrast(theme.text, theme.selected_fill) >= 4.5
    assert contrast(theme.quiet, theme.selected_fill) >= 4.5
    for role in ("warn", "error"):
        assert contrast(theme.text, blend(getattr(theme, role), theme.surface, 0.1)) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("fill", ["seen_fill", "do_fill", "imagine_fill", "see_fill"])
def test_labels_of_chosen_categories_can_be_read(theme: Theme, fill: str) -> None:
    assert contrast(theme.text, getattr(theme, fill)) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_a_toast_can_be_read(theme: Theme) -> None:
    """Its ground is the colour of text; the link's colour is read from the style sheet."""
    assert contrast(theme.surface, theme.text) >= 4.5
    rule = stylesheet(theme).split("QFrame#toast QPushButton {")[1].split("}")[0]
    link = next(part for part in rule.split() if part.startswith("#")).rstrip(";")
    assert contrast(link, theme.text) >= 4.5


def test_sizes_of_type_are_points() -> None:
    sheet = stylesheet(LIGHT)
    assert "font-size" in sheet
    assert all("pt" in part.split(";")[0] for part in sheet.split("font-size:")[1:])


def test_blending_is_between_the_two() -> None:
    assert blend("#ff0000", "#000000", 0.5) == "#800000"
    assert blend("#123456", "#ffffff", 1.0) == "#123456"
