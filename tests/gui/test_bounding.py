"""Bounds in words: rounded, in points or units, and never a verdict on the graph."""

import numpy as np

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.queries.answers import DoAnswer, Footing, TableBounds
from gui.phrases import plain
from gui.sentences import do_sentence


def answer(bounds: TableBounds | None) -> DoAnswer:
    footing = Footing(False, why_not="took and lowered share a hidden cause.")
    return DoAnswer("lowered", 1, (), (), footing, bounds=bounds)


def table(discrete: bool = True) -> Table:
    kind = Kind.BINARY if discrete else Kind.COUNT
    labels = ("no", "yes") if discrete else ()
    return Table(
        (Variable("lowered", kind, "" if discrete else "days", labels),), {"lowered": np.empty(0)}
    )


def words(bounds: TableBounds | None, discrete: bool = True) -> str:
    return plain(do_sentence(answer(bounds), table(discrete)))


def test_points_of_a_probability() -> None:
    found = TableBounds(0.3913, 0.7792, (0.31, 0.8501), True, 0.0, 1.0, 337, ())
    assert words(found) == (
        "No number: took and lowered share a hidden cause. But if your arrows are right it is "
        "+39.1 to +77.9 points, whatever the hidden causes do (90\u202f%: +31.0 to +85.0 with "
        "sampling)."
    )
    assert words(None) == "No number: took and lowered share a hidden cause."


def test_units_of_a_number() -> None:
    found = TableBounds(-1.234, 2.0, (-1.5, 2.5), True, 0.0, 1.0, 99, ())
    assert "it is \u22121.23 to +2.00 days," in words(found, discrete=False)


def test_rows_that_contradict_the_graph() -> None:
    found = TableBounds(None, None, None, True, 0.2, 0.016, 400, ())
    assert words(found).endswith(
        "These rows contradict the graph. No hidden causes could make them (p = 0.016)."
    )
