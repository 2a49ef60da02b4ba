"""Pictures of the canvas: whole, undistorted, with words as words and only what is drawn."""

import re
import xml.etree.ElementTree as xml
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.graph.graph import graph_of
from engine.interventions import Set
from engine.project import Project, Role
from engine.sketch import Region, Sketch
from gui import edits
from gui.canvas.edge_item import EdgeKey
from gui.canvas.regions import RegionItem
from gui.canvas.routing import CARD_HEIGHT, CARD_WIDTH
from gui.pictures import MARGIN, PDF, PNG, SVG, Page, Style, picture_bytes, pixels, written
from gui.steps import through
from gui.theme import DARK, LIGHT
from tests.gui.conftest import Shell
from tests.gui.fakes import trial

BARE = Style(legend=False)


def drawn(shell: Shell, **changes: object) -> None:
    """x → y and u, hidden, with x ↔ y."""
    graph = graph_of(["x", "y", "u"], [("x", "y"), ("u", "y")], [("x", "y")], ["u"])
    places = {"x": (0.0, 0.0), "y": (400.0, 0.0), "u": (200.0, 300.0)}
    shell.document.replace(replace(Project(graph, places), **changes))  # type: ignore[arg-type]


def words_of(svg: bytes) -> list[str]:
    return [
        "".join(node.itertext()).strip()
        for node in xml.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    ]


def image_of(shell: Shell, style: Style) -> QImage:
    return QImage.fromData(picture_bytes(shell.app.canvas.stage, replace(style, kind=PNG)))


def inked(image: QImage) -> tuple[int, int, int, int]:
    """First and last column and row that are not as the corner is."""
    ground = image.pixel(0, 0)
    across, down = range(image.width()), range(image.height())
    columns = [x for x in across if any(image.pixel(x, y) != ground for y in down)]
    rows = [y for y in down if any(image.pixel(x, y) != ground for x in across)]
    return columns[0], columns[-1], rows[0], rows[-1]


@pytest.mark.parametrize("dpi", [96, 192])
def test_a_card_is_as_wide_and_high_as_it_is_drawn_with_a_margin_around(
    shell: Shell, dpi: int
) -> None:
    """In pixels of the file: size 190 × 112, margin 24, at 96 and at 192 to the inch."""
    shell.document.replace(Project(graph_of(["x"]), {"x": (57.0, -31.0)}))
    left, right, top, bottom = inked(image_of(shell, replace(BARE, dpi=dpi)))
    scale = dpi / 96
    assert right - left == pytest.approx(CARD_WIDTH * scale, abs=3 * scale)
    assert bottom - top == pytest.approx(CARD_HEIGHT * scale, abs=3 * scale)
    assert (left, top) == pytest.approx((MARGIN * scale, MARGIN * scale), abs=2 * scale)


def test_the_resolution_is_written_into_the_file(shell: Shell) -> None:
    drawn(shell)
    image = image_of(shell, replace(BARE, dpi=300))
    assert image.dotsPerMeterX() == round(300 / 0.0254)
    small = image_of(shell, replace(BARE, dpi=96))
    assert (image.width(), image.height()) == pytest.approx(
        (small.width() * 3.125, small.height() * 3.125), abs=1
    )


def test_a_huge_graph_stays_within_what_viewers_open(shell: Shell) -> None:
    shell.document.replace(Project(graph_of("xy"), {"x": (0.0, 0.0), "y": (30_000.0, 0.0)}))
    across, down = pixels(Page(shell.app.canvas.stage, BARE), 600)
    assert across == 12_000
    assert down == pytest.approx(12_000 * 160 / 30_238, abs=1)


def test_words_of_an_svg_are_words_in_a_font_that_every_machine_has(shell: Shell) -> None:
    drawn(shell)
    svg = picture_bytes(shell.app.canvas.stage, BARE)
    assert {"x", "y", "u", "not measured"} <= set(words_of(svg))
    root = xml.fromstring(svg)
    assert b"<image" not in svg
    assert all(b"sans-serif" in found for found in re.findall(rb'font-family="[^"]*"', svg))
    box = root.attrib["viewBox"].split()
    assert (root.attrib["width"], root.attrib["height"]) == (f"{box[2]}px", f"{box[3]}px")
    sizes = {float(size) for size in re.findall(r'font-size="([\d.]+)"', svg.decode())}
    assert min(sizes) >= 9


def test_a_pdf_is_one_page_of_the_picture_s_size_without_pixels(shell: Shell) -> None:
    drawn(shell)
    pdf = picture_bytes(shell.app.canvas.stage, replace(BARE, kind=PDF))
    page = Page(shell.app.canvas.stage, BARE).size
    (box,) = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert [float(side) for side in box] == [page.width() * 0.75, page.height() * 0.75]
    assert b"/Subtype /Image" not in pdf
    assert b"/FontFile" in pdf


def test_the_legend_explains_what_is_drawn_and_nothing_else(shell: Shell) -> None:
    drawn(shell, roles={"x": Role.EXPOSURE})
    words = set(words_of(picture_bytes(shell.app.canvas.stage, Style())))
    assert {"hidden common cause", "not measured", "exposure: what is set"} <= words
    assert {w for w in words if w.startswith(("cut by", "assumed", "adjusted"))} == set()
    plain = set(words_of(picture_bytes(shell.app.canvas.stage, BARE)))
    assert "hidden common cause" not in plain
    drawn(shell, assumed=frozenset({("x", "y")}))
    assert "assumed, not confirmed yet" in words_of(picture_bytes(shell.app.canvas.stage, Style()))


def test_the_legend_under_do(shell: Shell, qtbot: QtBot) -> None:
    shell.document.replace(trial())
    shell.document.apply("Do", lambda p: edits.ask_do(p, Set("dose", 40.0)))
    stage = shell.app.canvas.stage
    qtbot.waitUntil(lambda: stage.nodes["recovery"].card.after is not None, timeout=2000)
    words = set(words_of(picture_bytes(stage, Style())))
    assert {"cut by do: carries nothing", "set by do", "after do", "as seen in the rows"} <= words
    assert "outcome of the question" in words


def test_the_legend_never_widens_past_the_picture(shell: Shell) -> None:
    """Under one narrow card it folds instead, and widens the picture only as its words need."""
    shell.document.replace(Project(graph_of("x", latent="x"), {"x": (0.0, 0.0)}))
    narrow, wide = (Page(shell.app.canvas.stage, s) for s in (BARE, Style()))
    assert wide.size.height() > narrow.size.height()
    assert wide.area.contains(narrow.area)


def test_hands_leave_no_trace_and_the_window_stays_as_it_is(shell: Shell) -> None:
    drawn(shell)
    stage = shell.app.canvas.stage
    before = picture_bytes(stage, BARE)
    stage.select({"x"}, {EdgeKey("x", "y")})
    stage.focus("y")
    stage.show_thickness(3.0)
    looks = [item.look for item in (*stage.nodes.values(), *stage.edges.values())]
    assert picture_bytes(stage, BARE) == before
    assert [item.look for item in (*stage.nodes.values(), *stage.edges.values())] == looks
    assert (stage.theme, stage.thickness) == (LIGHT, 3.0)


def test_regions_are_part_of_the_picture_and_not_how_they_are_held(shell: Shell) -> None:
    frame = Region(-150.0, -110.0, 300.0, 220.0, "Before birth", "not asked")
    drawn(shell, sketch=Sketch(regions=(frame,)))
    stage = shell.app.canvas.stage
    before = picture_bytes(stage, BARE)
    assert {"Before birth", "not asked"} <= set(words_of(before))
    (item,) = [i for i in stage.items() if isinstance(i, RegionItem)]
    item.show_region(frame, held=True)
    assert picture_bytes(stage, BARE) == before
    assert item.held


def test_light_is_the_default_also_in_a_dark_window(shell: Shell) -> None:
    drawn(shell)
    shell.app.commands.choose_theme("dark")
    assert image_of(shell, BARE).pixelColor(1, 1).name() == LIGHT.surface
    assert image_of(shell, replace(BARE, theme=DARK)).pixelColor(1, 1).name() == DARK.surface
    assert image_of(shell, replace(BARE, ground=False)).pixelColor(1, 1).alpha() == 0
    assert shell.app.canvas.stage.theme == DARK


def test_exporting_writes_the_kind_that_was_chosen(
    shell: Shell, qtbot: QtBot, tmp_path: Path
) -> None:
    drawn(shell)
    slices = shell.app.commands.picture_export.slices
    starts = {SVG: b"<?xml", PDF: b"%PDF", PNG: b"\x89PNG"}
    for kind, start in starts.items():
        shell.dialogs.style, shell.dialogs.path = Style(kind=kind), tmp_path / f"graph{kind}"
        with qtbot.waitSignal(slices.ended):
            shell.app.actions["export-picture"].trigger()
        assert (tmp_path / f"graph{kind}").read_bytes().startswith(start)
        assert shell.app.notices.toast.words.text() == f"Wrote graph{kind}"
    assert [asked for asked in shell.dialogs.asked if asked.startswith("picture")] == [
        "picture .svg", "picture .svg", "picture .pdf",
    ]  # fmt: skip
    shell.dialogs.style = None
    asked = len(shell.dialogs.asked)
    shell.app.actions["export-picture"].trigger()
    assert len(shell.dialogs.asked) == asked + 1  # no file is asked for


def test_a_place_that_cannot_be_written_is_said(shell: Shell, tmp_path: Path) -> None:
    drawn(shell)
    with pytest.raises(UserError, match="could not be saved"):
        through(written(Page(shell.app.canvas.stage, BARE), tmp_path / "no" / "g.svg"))


def test_a_picture_is_of_the_moment_it_was_asked_for(
    shell: Shell, qtbot: QtBot, tmp_path: Path
) -> None:
    """The user goes on while it is painted; the status bar says that it is."""
    drawn(shell)
    export, status = shell.app.commands.picture_export, shell.app.window.status
    expected = picture_bytes(shell.app.canvas.stage, BARE)
    shell.dialogs.style, shell.dialogs.path = BARE, tmp_path / "g.svg"
    with qtbot.waitSignal(export.slices.ended):
        shell.app.actions["export-picture"].trigger()
        assert export.slices.running
        shell.document.replace(Project(graph_of("ab"), {"a": (0.0, 0.0), "b": (900.0, 0.0)}))
    assert (tmp_path / "g.svg").read_bytes() == expected
    assert not status.cancel.isVisible()


def test_a_cancelled_picture_writes_nothing(shell: Shell, qtbot: QtBot, tmp_path: Path) -> None:
    """Many cards take more than one slice, so that Cancel can be pressed between two."""
    names = [f"v{i}" for i in range(60)]
    places = {name: (200.0 * (i % 15), 130.0 * (i // 15)) for i, name in enumerate(names)}
    shell.document.replace(Project(graph_of(names), places))
    export, status = shell.app.commands.picture_export, shell.app.window.status
    shell.dialogs.style, shell.dialogs.path = BARE, tmp_path / "g.svg"
    with qtbot.waitSignal(export.slices.progressed):  # in its first slice it never ends
        shell.app.actions["export-picture"].trigger()
    assert status.engine.text() == "painting g.svg"
    QTest.mouseClick(status.cancel, Qt.MouseButton.LeftButton)
    assert not export.slices.running
    assert not status.cancel.isVisible()
    assert not list(tmp_path.glob("*.svg*"))


def test_a_hedge_is_part_of_the_picture_and_of_its_legend(shell: Shell) -> None:
    """x ↔ y: {x, y} is held together, {y} also without x (Shpitser, Pearl 2006)."""
    drawn(shell)
    plain = words_of(picture_bytes(shell.app.canvas.stage, Style()))
    small = Page(shell.app.canvas.stage, BARE).size
    shell.app.canvas.stage.hedge.show_groups((("x", "y"), ("y",)))
    words = words_of(picture_bytes(shell.app.canvas.stage, Style()))
    assert sorted(set(words) - set(plain)) == [
        "also without the treatment: not told apart",
        "both groups",
        "held together by hidden causes",
        "larger group",
    ]
    size = Page(shell.app.canvas.stage, BARE).size
    assert size.width() > small.width()  # the outlines are outside of the cards
    image = image_of(shell, BARE)
    assert inked(image)[0] >= 1.9 * MARGIN
    shell.app.canvas.stage.hedge.show_groups(None)
    assert words_of(picture_bytes(shell.app.canvas.stage, Style())) == plain
