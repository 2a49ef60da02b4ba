"""The Imagine page: both worlds of one row, and the same digits wherever a number stands."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from engine.interventions import Convention, Set
from engine.queries.answers import ImagineAnswer, Imagined
from engine.queries.questions import Rung
from gui import edits
from tests.gui.answers import answer_to
from tests.gui.panels.conftest import Scene


def test_imagine_shows_both_worlds(scene: Callable[..., Scene]) -> None:
    made = scene(rung=Rung.IMAGINE, row=12, action=(Set("dose", 3.0),))
    page = made.panel.imagine
    assert made.said().startswith("Row 12, had dose been 3.0 mg: recovery 4.2 days instead of 6.1")
    texts = {
        page.table.item(row, 0).text(): (
            page.table.item(row, 1).text(),
            page.table.item(row, 2).text(),
        )
        for row in range(page.table.rowCount())
    }
    assert texts["age (years)"] == ("52.0", "unchanged")
    assert texts["dose (mg)"] == ("1.2", "3.0")
    assert texts["recovery (days)"] == ("6.1", "4.2")
    assert texts["recovered"] == ("no", "yes 83\u202f%")
    picture = page.plot.picture
    assert picture is not None
    assert (picture.actual, picture.imagined, picture.redraw) == (6.1, 4.2, (0.4, 6.0))
    assert page.plot.accessibleDescription() == made.said()


def test_imagine_picks_rows(scene: Callable[..., Scene]) -> None:
    made = scene(rung=Rung.IMAGINE)
    page = made.panel.imagine
    page.row.next.click()
    assert made.question.row == 0
    page.row.next.click()
    assert made.question.row == 1
    page.row.field.setValue(12)
    made.wait(lambda: made.said().startswith("Row 12,"))
    made.document.apply("x", lambda project: edits.pick_row(project, 7))
    assert page.row.field.value() == 7
    page.chips.plus.picked.emit("smoker")
    table = made.document.project.table
    assert table is not None
    assert made.question.action[-1] == Set("smoker", 1.0 - table["smoker"][7])


@pytest.mark.parametrize("status", ["unchanged", "changed", "set"])
def test_imagine_writes_a_number_with_the_same_digits_everywhere(
    scene: Callable[..., Scene], status: str
) -> None:
    made = scene(rung=Rung.IMAGINE, row=12, action=(Set("dose", 3.0),))
    page, answer = made.panel.imagine, answer_to(made.question.active)
    assert isinstance(answer, ImagineAnswer)
    would = 17_094.6 if status == "unchanged" else 17_690.2
    unit = Imagined(17_094.6, would, 15_000.0, 19_000.0, status=status)
    units = {**answer.units, "recovery": unit, "age": Imagined(17_094.6, 17_094.6)}
    made.engine.reply("answer", replace(answer, units=units))
    made.wait(lambda: "17\u202f" in made.said())
    picture, cells = page.plot.picture, page.table
    assert picture is not None
    (row,) = (i for i in range(cells.rowCount()) if cells.item(i, 0).text() == "recovery (days)")
    was, after = cells.item(row, 1).text(), cells.item(row, 2).text()
    after = was if after == "unchanged" else after
    assert picture.actual_text == f"was {was} days"
    assert picture.imagined_text == f"would be {after} days"
    if status != "set":  # the outcome itself is never set
        assert after in made.said()
        assert was in made.said()
    (row,) = (i for i in range(cells.rowCount()) if cells.item(i, 0).text() == "age (years)")
    assert cells.item(row, 1).text() == "17\u202f094.6"


def test_imagine_starts_from_another_value_than_the_rows_own(scene: Callable[..., Scene]) -> None:
    made = scene(rung=Rung.IMAGINE, row=3, action=())
    ranges, table = made.panel.ranges, made.document.project.table
    assert table is not None
    for name in ("age", "dose", "adherence"):
        low, median, high = np.quantile(table[name], (0.25, 0.5, 0.75))
        step = ranges.span(name).step
        for own, other in ((median, high), (high, median), (float("nan"), median)):
            item = ranges.unlike(name, float(own))
            assert isinstance(item, Set)
            assert item.value == pytest.approx(other, abs=0.51 * step)
        assert low < high
    assert [ranges.unlike("severity", code) for code in (0.0, 1.0, 2.0)] == [
        Set("severity", 1.0), Set("severity", 0.0), Set("severity", 0.0),
    ]  # fmt: skip
    made.panel.imagine.chips.plus.picked.emit("dose")
    assert made.question.action == (ranges.unlike("dose", table["dose"][3]),)


def test_imagine_a_category_has_bars(scene: Callable[..., Scene]) -> None:
    made = scene(rung=Rung.IMAGINE, row=12, outcome="recovered", action=(Set("dose", 3.0),))
    page = made.panel.imagine
    assert page.bars.isVisible()
    assert not page.plot.isVisible()
    assert "Gumbel-max" in page.convention.accessibleName()


def test_the_whole_page_follows_the_convention(scene: Callable[..., Scene]) -> None:
    made = scene(rung=Rung.IMAGINE, row=12, action=(Set("dose", 3.0),))
    page, steps = made.panel.imagine, made.steps()
    assert "data cannot tell" in page.luck.picker.toolTip()

    def shown() -> tuple[str, str]:
        cells = page.table
        (row,) = (
            i for i in range(cells.rowCount()) if cells.item(i, 0).text() == "recovery (days)"
        )
        return page.luck.picker.text(), cells.item(row, 2).text()

    assert shown() == ("keeps its rank", "4.2")
    page.luck.picker.picked.emit(Convention.REVERSAL)
    assert made.question.convention is Convention.REVERSAL
    made.wait(lambda: "recovery 2.0 days" in made.said())
    assert shown() == ("turns its rank round", "2.0")
    assert page.plot.picture is not None
    assert (page.plot.picture.imagined, page.plot.picture.imagined_text) == (
        2.0,
        "would be 2.0 days",
    )
    page.luck.picker.picked.emit(Convention.REDRAW)
    made.wait(lambda: "recovery 0.4 to 6.0 days" in made.said())
    assert shown() == ("is drawn again", "0.4–6.0")
    assert page.plot.picture.imagined_text == "middle 3.1 days"
    assert page.plot.picture.redraw_text == "0.4 to 6.0 if luck is drawn again"
    assert made.steps() == steps + 2
    made.document.undo_stack.undo()
    made.document.undo_stack.undo()
    made.wait(lambda: "recovery 4.2 days" in made.said())
    assert shown() == ("keeps its rank", "4.2")


def test_no_convention_is_named_where_nothing_changes(scene: Callable[..., Scene]) -> None:
    made = scene(rung=Rung.IMAGINE, row=12, action=(Set("dose", 1.2),))
    assert made.said() == "Row 12: dose was 1.2 mg already: nothing changes."
    assert made.panel.imagine.convention.accessibleName() == ""
    assert not made.panel.imagine.luck.isVisible()
