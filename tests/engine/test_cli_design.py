"""`--weights`, `--cluster` and `--experiment` of fit and check."""

import json
from pathlib import Path

import numpy as np
import pytest

from engine import cli
from engine.cli_design import DesignWords, experiment, with_design
from engine.data.design import Design, SetWhere
from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.errors import DataError
from engine.store.projectfile import read_project
from tests.engine.test_cli_model import table_text, written
from tests.oracles import table

ARM = Variable("arm", Kind.CATEGORICAL, categories=("no", "pill", "surgery"))
ODD = Variable("a=b: c", Kind.BINARY, categories=("False", "True"))


def data() -> Table:
    columns = {"x": [1.0, 2.0, 3.0], "arm": [0.0, 1.0, 2.0], "a=b: c": [0.0, 1.0, 0.0]}
    return table(columns, ARM, ODD)


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("x=arm", SetWhere("x", "arm", (1.0, 2.0))),
        ("x=arm:surgery", SetWhere("x", "arm", (2.0,))),
        ("x = arm: pill, surgery", SetWhere("x", "arm", (1.0, 2.0))),
        ("x=a=b: c", SetWhere("x", "a=b: c", (1.0,))),
        ('x="a=b: c":False', SetWhere("x", "a=b: c", (0.0,))),
        ("a=b: c=arm", SetWhere("a=b: c", "arm", (1.0, 2.0))),
        ("arm=x:2,3", SetWhere("arm", "x", (2.0, 3.0))),
        ("arm=x", SetWhere("arm", "x", (1.0, 2.0, 3.0))),
    ],
)
def test_an_experiment_in_words(text: str, item: SetWhere) -> None:
    assert experiment(data(), text) == item


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x", "no experiment"),
        ("x=", "no experiment"),
        ("z=arm", "no column z"),
        ("x=group", "no column group"),
        ("x=arm:knife", "no category 'knife'"),
        ("arm=x:7", "x is 7 in no row"),
        ("arm=x:much", "not a number"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        experiment(data(), text)


def test_several_columns_may_mark_one_variable() -> None:
    found = with_design(data(), DesignWords(experiments=("x=arm:pill", "x=a=b: c", "x=arm")))
    assert found.design.experiments == (
        SetWhere("x", "a=b: c", (1.0,)),
        SetWhere("x", "arm", (1.0, 2.0)),
    )
    assert with_design(data(), DesignWords()) == data()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """y = 2x + e where by = 0; y was set to around 9 elsewhere."""
    made = tmp_path_factory.mktemp("pooled")
    rng = np.random.default_rng(0)
    x, by = np.round(rng.normal(size=200), 4), np.repeat([0, 1], 100)
    y = np.round(np.where(by > 0, 9, 2 * x) + rng.normal(size=200), 4)
    columns = {"x": x, "y": y, "by": by, "w": np.round(rng.uniform(1, 2, 200), 4)}
    written(made / "p.csv", table_text({**columns, "id": np.arange(200) // 4}))
    written(made / "p.dag", "dag { x -> y z [latent] }")
    return made


def words_of(folder: Path, *more: str) -> list[str]:
    return [str(folder / "p.dag"), str(folder / "p.csv"), *more]


def test_a_fit_stores_the_design_and_answers_by_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "m.doscope"
    design = ("--weights", "w", "--cluster", "id", "--experiment", "y=by")
    words = words_of(folder, "-o", str(path), "--family", "linear", *design)
    assert cli.main(["fit", *words]) == 0
    project, _ = read_project(path)
    assert project.table is not None
    assert project.table.design == Design("w", "id", (SetWhere("y", "by", (1.0,)),))
    capsys.readouterr()
    effect = "E[y | do(x=1)] - E[y | do(x=0)]"
    assert cli.main(["query", str(path), effect, "--json"]) == 0
    told = capsys.readouterr()
    assert "fitting" not in told.err
    answer = json.loads(told.out)
    assert answer["value"] == pytest.approx(2, abs=0.3)
    assert answer["interval"][0] < 2 < answer["interval"][1]


def test_a_check_says_what_its_tests_do_not_know(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    design = ("--weights", "w", "--cluster", "id", "--experiment", "y=by:1")
    written(folder / "none.dag", "dag { x y }")
    assert cli.main(["check", str(folder / "none.dag"), str(folder / "p.csv"), *design]) == 0
    told = capsys.readouterr()
    assert "1 test, 1 against the graph" in told.out
    assert "w does not weigh in them" in told.err
    assert "take rows as independent" in told.err


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--weights", "x"), "x cannot weigh the rows: it is -"),
        (("--cluster", "ward"), "The table has no column ward"),
        (("--experiment", "y=by:2"), "by has no category '2'"),
    ],
)
def test_a_design_that_does_not_fit_is_refused_in_a_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, str], words: str
) -> None:
    assert cli.main(["check", *words_of(folder, *more)]) == 2
    assert words in capsys.readouterr().err
