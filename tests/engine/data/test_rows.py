"""How rows came about: weights, clusters and experiments, and what is refused."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from engine.data.design import Design, SetWhere, renamed, with_experiment, without_experiment
from engine.data.kinds import with_kind
from engine.data.rows import (
    carried,
    cluster_codes,
    clusters,
    counted_rows,
    designed,
    effective,
    row_weights,
    set_rows,
    standard_error,
)
from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.errors import DataError
from tests.oracles import category, table

N = np.nan
SCORES = Variable("w", Kind.ORDINAL, categories=("1", "2", "5"))


def people() -> Table:
    return table(
        {
            "y": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            "w": [2.0, 0.0, 1.0, 1.0, 0.0, 4.0],
            "ward": [7.0, 7.0, N, 3.0, N, 3.0],
            "arm": [0.0, 1.0, 2.0, N, 0.0, 1.0],
        },
        category("arm", 3),
    )


def test_the_digest_changes_only_with_a_design() -> None:
    """A table without one keeps the digest it always had: variables and columns."""
    plain, content = people(), hashlib.sha256()
    for variable in plain.variables:
        content.update(repr(variable).encode())
        content.update(plain[variable.name].tobytes())
    assert plain.digest == content.hexdigest()
    others = [
        Design(weights="w"),
        Design(cluster="w"),
        Design(experiments=(SetWhere("y", "arm", (1.0,)),)),
        Design(impute=True),
    ]
    assert len({plain.digest, *(replace(plain, design=d).digest for d in others)}) == 5


def test_weights_are_one_on_average_where_they_count() -> None:
    weights = row_weights(designed(people(), Design(weights="w")))
    assert weights.tolist() == [1.0, 0.0, 0.5, 0.5, 0.0, 2.0]
    assert row_weights(people()).tolist() == [1.0] * 6
    huge = designed(table({"w": [1e308, 1e308, 5e307]}), Design(weights="w"))
    assert row_weights(huge).tolist() == pytest.approx([1.2, 1.2, 0.6])


def test_weights_read_as_categories_are_the_numbers_of_their_labels() -> None:
    scores = table({"w": [0.0, 1.0, 2.0, 2.0]}, SCORES)
    weights = row_weights(designed(scores, Design(weights="w")))
    assert weights.tolist() == pytest.approx([4 / 13, 8 / 13, 20 / 13, 20 / 13])


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ([1.0, N, 2.0], "missing in 1 row"),
        ([1.0, 3.0, -2.0], "it is -2 in row 2"),
        ([0.0, 0.0, 0.0], "above 0"),
    ],
)
def test_what_is_no_weight_is_refused(column: list[float], words: str) -> None:
    with pytest.raises(DataError, match=words):
        designed(table({"w": column}), Design(weights="w"))


def test_words_cannot_weigh_nor_one_cluster_tell() -> None:
    data = table({"c": [0.0, 1.0], "same": [3.0, 3.0]}, category("c", 2))
    with pytest.raises(DataError, match="'a' is not a number"):
        designed(data, Design(weights="c"))
    with pytest.raises(DataError, match="the same in all rows"):
        designed(data, Design(cluster="same"))
    with pytest.raises(DataError, match="no column nowhere"):
        designed(data, Design(cluster="nowhere"))


def test_rows_without_a_cluster_are_alone() -> None:
    found = designed(people(), Design(cluster="ward"))
    codes = cluster_codes(found)
    assert codes is not None
    assert codes.tolist() == [1, 1, 2, 0, 3, 0]
    assert clusters(found) == 4
    assert cluster_codes(people()) is None


def test_rows_in_which_a_variable_was_set() -> None:
    """Several columns may say so; a missing marker says nothing."""
    design = Design("w", experiments=(SetWhere("y", "arm", (1.0,)), SetWhere("y", "ward", (3.0,))))
    found = designed(people(), design)
    assert set_rows(found, "y").tolist() == [False, True, False, True, False, True]
    assert not set_rows(found, "w").any()
    assert counted_rows(found).tolist() == [True, False, True, True, False, True]
    assert np.flatnonzero(counted_rows(found, frozenset(("y", "w")))).tolist() == [0, 2]


@pytest.mark.parametrize(
    "item",
    [SetWhere("y", "y", (1.0,)), SetWhere("y", "arm", ()), SetWhere("y", "arm", (3.0,))],
)
def test_an_experiment_needs_another_column_and_its_values(item: SetWhere) -> None:
    with pytest.raises(DataError):
        designed(people(), Design(experiments=(item,)))


def test_the_error_of_a_mean() -> None:
    """Equal rows: s/√n. Equal clusters: that of the cluster means. Weights: Kish's number."""
    rng = np.random.default_rng(2)
    values, codes = rng.normal(size=60), np.repeat(np.arange(12), 5)
    ones = np.ones(60)
    assert standard_error(values, ones) == pytest.approx(values.std(ddof=1) / np.sqrt(60))
    means = values.reshape(12, 5).mean(1)
    expected = means.std(ddof=1) / np.sqrt(12)
    assert standard_error(values, 3 * ones, codes) == pytest.approx(expected)
    assert effective(np.array([2.0, 2.0, 2.0])) == 3
    assert effective(np.array([1.0, 0.0, 3.0])) == 16 / 10
    assert standard_error(values, ones, np.zeros(60, dtype=np.int64)) == np.inf


def test_markers_keep_their_meaning_when_a_column_is_read_otherwise() -> None:
    data = designed(
        table({"y": [1.0, 2.0, 3.0, 4.0], "dose": [0.0, 50.0, 100.0, 50.0]}),
        Design(experiments=(SetWhere("y", "dose", (50.0,)),)),
    )
    coded = with_kind(data, "dose", Kind.CATEGORICAL)
    assert coded.design.experiments == (SetWhere("y", "dose", (1.0,)),)
    assert set_rows(coded, "y").tolist() == set_rows(data, "y").tolist()
    assert with_kind(coded, "dose", Kind.CONTINUOUS) == data


def test_one_experiment_per_variable_and_column() -> None:
    design = with_experiment(Design(), SetWhere("y", "arm", (2.0, 1.0, 1.0)))
    assert design.experiments == (SetWhere("y", "arm", (1.0, 2.0)),)
    design = with_experiment(design, SetWhere("y", "arm", (0.0,)))
    assert [item.values for item in design.experiments] == [(0.0,)]
    called = renamed(replace(design, cluster="arm"), "arm", "group")
    assert (called.cluster, called.experiments[0].column) == ("group", "group")
    assert called.columns == ("group",)
    assert without_experiment(design, "y", "arm") == Design()


def test_the_same_file_read_again_keeps_what_still_fits() -> None:
    design = Design("w", "ward", (SetWhere("y", "arm", (1.0,)),))
    old = designed(people(), design)
    assert carried(people(), old).design == design
    other = replace(people(), variables=(*people().variables[:3], category("arm", 4)))
    assert carried(other, old).design == Design("w", "ward")
    negative = replace(people(), columns={**people().columns, "w": -np.ones(6)})
    assert carried(negative, old).design == Design()
