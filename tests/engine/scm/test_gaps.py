"""Which gaps are filled in, and the table of complete rows and copies."""

from dataclasses import replace

import numpy as np
import torch

from engine.data.design import Design, SetWhere
from engine.data.rows import designed, told
from engine.data.table import Table
from engine.scm.cases import cases_of, held_out, resample
from engine.scm.composite import atoms_of
from engine.scm.conditional import Conditional
from engine.scm.fitted import FitTask
from engine.scm.gaps import Gaps, gaps_of, stacked
from tests.oracles import table

NAN = np.nan
CHAIN = tuple(FitTask(Conditional(v, g)) for v, g in (("x", ()), ("m", ("x",)), ("y", ("m",))))


def filled(gaps: Gaps) -> dict[str, list[int]]:
    """The numbers of the rows in which each variable is filled in."""
    return {name: gaps.rows[where].tolist() for name, where in gaps.filled.items()}


def chain(x: list[float], m: list[float], y: list[float]) -> Table:
    return table({"x": np.array(x), "m": np.array(m), "y": np.array(y)})


def test_a_gap_is_filled_where_an_effect_was_seen() -> None:
    """Row 0 is whole; in 1 y is missing; in 2 x; in 3 m; in 4 x and m; in 5 m and y; in 6 all."""
    rows = chain(
        [1, 1, NAN, 1, NAN, 1, NAN], [1, 1, 1, NAN, NAN, NAN, NAN], [1, NAN, 1, 1, 1, NAN, NAN]
    )
    assert filled(gaps_of(rows, CHAIN)) == {"x": [2, 4], "m": [3, 4], "y": []}
    everything = filled(gaps_of(rows, CHAIN, whole=True))
    assert everything == {"x": [2, 4, 6], "m": [3, 4, 5, 6], "y": [1, 5, 6]}


def test_what_an_experimenter_set_says_nothing_of_its_causes() -> None:
    """m was set in rows 1 and 2: x is not heard there, and m itself has no law in row 2."""
    rows = table(
        {
            "x": np.array([NAN, NAN, 1, NAN]),
            "m": np.array([1, 1, NAN, 2.0]),
            "y": np.array([1, 1, 1, 3.0]),
            "who": np.array([0, 1, 1, 0.0]),
        }
    )
    rows = designed(rows, Design(experiments=(SetWhere("m", "who", (1.0,)),)))
    assert filled(gaps_of(rows, CHAIN)) == {"x": [0, 3], "m": [], "y": []}


def test_rows_without_weight_are_left_as_they_are() -> None:
    rows = table(
        {
            "x": np.array([NAN, NAN, 1, 2]),
            "m": np.array([1, 1, 2, 2.0]),
            "y": np.array([1, 1, 1, 3.0]),
            "w": np.array([1, 0, 1, 2.0]),
        }
    )
    gaps = gaps_of(designed(rows, Design(weights="w")), CHAIN)
    assert filled(gaps)["x"] == [0]


def test_copies_count_together_as_their_row_does() -> None:
    """Columns named like the internal ones, weights 1 and 3, two clusters: nothing is mixed up."""
    rows = table(
        {
            "weight": np.array([NAN, 5, 7, NAN]),
            "cluster": np.array([1, 2, 3, 4.0]),
            "w": np.array([1, 1, 3, 3.0]),
            "g": np.array([0, 0, 1, 1.0]),
        }
    )
    rows = designed(rows, Design(weights="w", cluster="g"))
    law = (FitTask(Conditional("weight")), FitTask(Conditional("cluster", ("weight",))))
    gaps = gaps_of(rows, law)
    assert gaps.rows.tolist() == [0, 3]
    values = {
        "weight": torch.tensor([[10.0, 40], [11, 41], [12, 42]]).double(),
        "cluster": torch.tensor([[1.0, 4]] * 3).double(),
    }
    whole = stacked(rows, gaps, values)
    assert whole["weight"].tolist() == [5, 7, 10, 40, 11, 41, 12, 42]
    assert whole["cluster"].tolist() == [2, 3, 1, 4, 1, 4, 1, 4]
    weights = whole[whole.design.weights]
    np.testing.assert_allclose(weights / weights[0], [1, 3, 1 / 3, 1, 1 / 3, 1, 1 / 3, 1])
    assert told(whole, np.arange(8)) == told(rows, np.arange(4)) == 64 / 20  # (Σw)² / Σw²
    held = held_out(whole, 0)
    groups = whole[whole.design.cluster]
    assert all(len(set(held[groups == g].tolist())) == 1 for g in set(groups))


def test_a_bootstrap_member_sees_one_copy_of_a_row() -> None:
    """And as much of every row as it draws: the sum of its weights over copies is that of a row."""
    rng = np.random.default_rng(0)
    x = np.where(rng.random(40) < 0.5, NAN, 1.0)
    rows = table({"x": x, "m": np.ones(40), "y": np.ones(40)})
    gaps = gaps_of(rows, CHAIN)
    size = len(gaps.rows)
    whole = stacked(rows, gaps, {n: torch.ones(4, size).double() for n in ("x", "m", "y")})
    copy, row = whole[whole.design.copies], whole[whole.design.cluster]
    weights = cases_of(CHAIN[1].conditional, whole).weights.numpy()
    for member in (0, 3, 6):
        drawn = resample(whole, 0, member).numpy()
        assert set(copy[(drawn > 0) & ~np.isnan(copy)]) == {float(member % 4)}
        per_row = np.bincount(row.astype(int), drawn * weights) * 39 / 40
        np.testing.assert_allclose(per_row, np.round(per_row), atol=1e-9)
        np.testing.assert_allclose(per_row.sum(), 39)


def test_without_gaps_there_is_nothing_to_copy() -> None:
    gaps = gaps_of(chain([1, 2], [1, 2], [1, NAN]), CHAIN)
    assert len(gaps.rows) == 0
    assert gaps.touched == ()
    assert replace(gaps, table_rows=2).share("y") == 0.0


def test_a_copied_value_is_not_one_that_repeats() -> None:
    """60 different values, three of them copied 12 times: no atom, as it would be of 12 rows."""
    x = np.where(np.arange(60) < 3, NAN, 1.0)
    rows = table({"x": x, "m": np.arange(60.0) ** 1.5, "y": np.ones(60)})
    gaps = gaps_of(rows, CHAIN)
    drawn = {n: torch.from_numpy(rows[n][:3].copy()).repeat(12, 1) for n in ("x", "m", "y")}
    drawn["x"] = torch.ones(12, 3).double()
    cases = cases_of(CHAIN[1].conditional, stacked(rows, gaps, drawn))
    assert cases.n == 57 + 12 * 3
    assert atoms_of(cases) == ()
    assert atoms_of(replace(cases, once=torch.ones(cases.n, dtype=torch.bool)))
    np.testing.assert_allclose(cases.x[cases.once].sort().values, rows["m"])
