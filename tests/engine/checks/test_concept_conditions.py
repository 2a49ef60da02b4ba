"""Conditions of theorem 1 of arXiv 2402.09236, against exact algebra; sentences that help."""

from dataclasses import replace
from itertools import combinations_with_replacement, permutations

import numpy as np
import pytest
from sympy import Matrix

from engine.checks.concepts import conditions
from engine.data.table import Table
from engine.queries.concepts import Concepts, ConceptSet
from tests.oracles import category, table

ALONE = ConceptSet("size", (("size", 1.0),)), ConceptSet("hue", (("hue", -1.0),))
OPTIONS = [
    (("size", 0.0),), (("size", 1.0),), (("hue", 0.0),), (("hue", 1.0),),
    *((("size", a), ("hue", b)) for a in (0.0, 1.0) for b in (0.0, 1.0)),
]  # fmt: skip


def rows(count: int = 2_000) -> Table:
    rng = np.random.default_rng(0)
    names = ("x", "y", "size", "hue", "place", "tilt")
    return table({name: rng.standard_normal(count) for name in names})


def of(*sets: ConceptSet, **more: object) -> Concepts:
    return Concepts(("x", "y"), sets, **more)  # type: ignore[arg-type]


def exactly(filters: tuple[tuple[tuple[str, float], ...], ...]) -> bool:
    """Assumptions 4 and 5 in rational arithmetic: v'B can avoid 0 where no column of N'B is 0."""
    names = list(dict.fromkeys(name for one in filters for name, _ in one))
    m = Matrix([[int(name in dict(one)) for name in names] for one in filters])
    b = Matrix([[int(dict(one).get(name, 0)) for name in names] for one in filters])
    null = m.T.nullspace()
    tilted = all(any((v.T * b)[k] != 0 for v in null) for k in range(len(names)))
    pairs = permutations(names, 2)
    apart = all(any(i in dict(one) and j not in dict(one) for one in filters) for i, j in pairs)
    return m.rank() == len(names) and tilted and apart


@pytest.mark.parametrize("count", [1, 2, 3])
def test_every_small_design_is_judged_as_by_exact_algebra(count: int) -> None:
    judged = []
    for filters in combinations_with_replacement(OPTIONS, count):
        sets = (ConceptSet(str(i), one) for i, one in enumerate(filters))
        found = conditions(of(*sets), None)
        assert found.identified == exactly(filters), filters
        assert found.met == found.identified
        judged.append(found.identified)
    assert any(judged) == (count > 1)  # of one concept two values are enough


@pytest.mark.parametrize("n", [2, 3, 4])
def test_singles_and_all_at_other_values_are_enough_and_nothing_less(n: int) -> None:
    names = ("size", "hue", "place", "tilt")[:n]
    singles = tuple(ConceptSet(name, ((name, 1.0),)) for name in names)
    other = ConceptSet("all", tuple((name, -1.0) for name in names))
    same = ConceptSet("all", tuple((name, 1.0) for name in names))
    found = conditions(of(*singles, other), None)
    assert found.identified
    assert np.abs(np.array(found.vector) @ found.matrix).max() < 1e-9
    assert np.allclose(np.abs(found.tilts), abs(found.tilts[0]))
    assert not conditions(of(*singles), None).identified
    assert not conditions(of(*singles, same), None).identified
    assert not conditions(of(other, same), None).identified


def test_what_is_missing_names_the_subset() -> None:
    both = "Add a set in which size and hue are both filtered, at other values than alone."
    assert conditions(of(*ALONE), rows()).missing == both
    one = "Add a set in which size is filtered and hue is not."
    assert conditions(of(ALONE[1], ConceptSet("b", OPTIONS[4])), rows()).missing == one
    again = ConceptSet("both", (("size", 1.0), ("hue", -1.0)))
    told = conditions(of(*ALONE, again), rows()).missing
    assert told == "In both, filter size and hue at other values than in the other sets."
    assert "representation" in conditions(Concepts(), rows()).missing
    assert conditions(of(), rows()).missing == "Add a set in which one concept is filtered."


@pytest.mark.parametrize("names", [("size", "hue"), ("size", "hue", "place", "tilt")])
def test_taking_every_proposal_leads_to_sets_that_identify(names: tuple[str, ...]) -> None:
    sets = tuple(ConceptSet(name, ((name, 0.5),)) for name in names)
    for _ in range(4):
        found = conditions(of(*sets), rows())
        if found.identified:
            break
        assert found.proposal is not None
        sets = (*sets, found.proposal)
    assert conditions(of(*sets), rows()).identified
    assert len(sets) == len(names) + 1


def test_scales_and_widths_do_not_matter() -> None:
    data, sets = rows(), (*ALONE, ConceptSet("both", (("size", 0.0), ("hue", 0.0))))
    scaled = replace(data, columns={**data.columns, "size": 1e6 * data["size"]})
    large = (ConceptSet("size", (("size", 1e6),)), ALONE[1], sets[2])
    first, second = conditions(of(*sets), data), conditions(of(*large, width=0.5), scaled)
    assert first.identified
    assert second.identified
    assert first.tilts == pytest.approx(second.tilts)
    assert first.rows == pytest.approx(second.rows)


def test_few_rows_are_told_by_name() -> None:
    sets = (*ALONE, ConceptSet("both", (("size", 9.0), ("hue", 9.0))))
    assert conditions(of(*sets), rows()).missing.startswith("both is worth")
    labels = np.repeat([0.0, 1.0, 2.0], [900, 30, 70])
    data = table({"x": labels, "y": labels, "which": labels}, category("which", 3))
    held = ConceptSet("b", (("u", 1.0),)), ConceptSet("c", (("u", 2.0),))
    found = conditions(of(*held, labels="which", base="a"), data)
    assert found.rows == (30, 70)
    assert found.base_rows == 900
    assert found.missing.startswith("b is worth 30 rows")


def test_without_masks_only_the_number_of_sets_can_be_told() -> None:
    sets = (ConceptSet("b"), ConceptSet("c"))
    labels = np.repeat([0.0, 1.0, 2.0], 100)
    data = table({"x": labels, "y": labels, "which": labels}, category("which", 3))
    found = conditions(of(*sets, labels="which", base="a", unknown=2), data)
    assert found.missing == "Add one set more: 2 concepts need 3 sets at least."
