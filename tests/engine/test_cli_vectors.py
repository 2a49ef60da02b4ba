"""`--vector`: from a graph with one node for two columns to answers, rows and worlds."""

import json
from pathlib import Path

import numpy as np
import pytest

from engine import cli
from engine.cli_vectors import vectors_from
from engine.errors import GraphError
from engine.graph.graph import graph_of
from engine.store.projectfile import read_project
from tests.engine.test_cli_model import json_of, rows_of, table_text, written
from tests.oracles import table

ROWS = 400


def columns() -> dict[str, np.ndarray]:
    """x → (px, py) → y: noises of px and py go together."""
    rng = np.random.default_rng(8)
    x, a, b, c = rng.normal(size=(4, ROWS))
    px, py = x + a, a - x + 0.5 * b
    return {"x": x, "px": px, "py": py, "y": 2 * px - py + 0.5 * c}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vectors")
    written(folder / "g.dag", "dag { x -> pos  pos -> y }")
    written(folder / "d.csv", table_text(columns()))
    words = ["fit", str(folder / "g.dag"), str(folder / "d.csv"), "-o", str(folder / "m.doscope")]
    assert cli.main([*words, "--vector", "pos=px,py", "--family", "linear", "--json"]) == 0
    return folder


def slopes() -> np.ndarray:
    """Least squares of y on px, py and 1."""
    data = columns()
    design = np.column_stack([data["px"], data["py"], np.ones(ROWS)])
    return np.linalg.lstsq(design, data["y"], rcond=None)[0]


def test_a_fit_keeps_the_vector_and_names_its_columns(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project, fits = read_project(folder / "m.doscope")
    assert project.vectors.parts == (("pos", ("px", "py")),)
    assert len(fits) == 4
    capsys.readouterr()


def test_setting_both(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "E[y | do(pos=(1, 2))] - E[y | do(pos=(0, 0))]"
    found = json_of(capsys, "query", str(folder / "m.doscope"), text, "--json")
    px, py, _ = slopes()
    assert found["value"] == pytest.approx(px + 2 * py, abs=1e-6)
    assert found["contrast"] == "do(px = 1, py = 2) against do(px = 0, py = 0)"


@pytest.mark.parametrize("words", [["pos=(1, 2)"], ["px=1", "py=2"], ['"pos"=( 1 ,2)']])
def test_rows_under_do(folder: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sample", str(folder / "m.doscope"), "-n", "3", "--do", *words]) == 0
    rows = rows_of(capsys.readouterr().out)
    assert [list(row) for row in rows] == [["x", "px", "py", "y"]] * 3
    assert {(row["px"], row["py"]) for row in rows} == {("1", "2")}


def test_counterfactual_rows(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Straight lines: y moves by its slopes; a warning where the order of components counts."""
    model, data = str(folder / "m.doscope"), str(folder / "d.csv")
    assert cli.main(["counterfactual", model, data, "--do", "pos+=(1,0)"]) == 0
    out, said = capsys.readouterr()
    rows, before = rows_of(out), columns()
    px, _, _ = slopes()
    assert float(rows[7]["y"]) == pytest.approx(before["y"][7] + px, abs=1e-4)
    assert float(rows[7]["py"]) == pytest.approx(before["py"][7])
    assert "in the order" not in said
    assert cli.main(["counterfactual", model, data, "--do", "x=0"]) == 0
    assert "pos is carried over in the order px, py" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["px=1"], ["pos=1"], ["pos=(1,2,3)"], ["pos=(a,b)"]])
def test_half_a_vector_is_refused(
    folder: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["sample", str(folder / "m.doscope"), "-n", "3", "--do", *words]) == 2
    said = capsys.readouterr().err
    assert "pos is one variable of px, py" in said or "takes numbers" in said


def test_check_tests_each_component(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["check", str(folder / "g.dag"), str(folder / "d.csv"), "--vector", "pos=px,py"]
    assert cli.main([*words, "--json"]) == 0
    (test,) = json.loads(capsys.readouterr().out)["tests"]
    assert (test["x"], test["y"], test["given"], test["rejected"]) == (
        "x",
        "y",
        ["px", "py"],
        False,
    )


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["pos"], "is no vector"),
        (["pos="], "is no vector"),
        (["pos=px,"], "is no vector"),
        (["pos=px"], "at least two"),
        (["pos=px,pz"], "no column pz"),
        (["gone=px,py"], "no variable gone"),
        (["pos=px,py", "pos=py,px"], "given twice"),
        (["u=px,py"], "never measured"),
    ],
)
def test_vectors_that_cannot_be_meant(texts: list[str], words: str) -> None:
    graph = graph_of(("pos", "u"), latent=("u",))
    with pytest.raises(GraphError, match=words):
        vectors_from(texts, graph, table({"px": [0.0, 1.0], "py": [0.0, 1.0]}))


def test_names_that_hold_an_equals_sign() -> None:
    found = vectors_from(['a=b="p x",py'], graph_of(("a=b",)), table({"p x": [0.0], "py": [1.0]}))
    assert found.parts == (("a=b", ("p x", "py")),)
