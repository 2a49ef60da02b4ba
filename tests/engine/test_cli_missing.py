"""`doscope fit --missing`: gaps left out or filled in, and what became of them in words."""

import json
from pathlib import Path

import numpy as np
import pytest

from engine import cli
from engine.runtime import headless


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """a → b, both yes or no; a is missing in 40 of 100 rows, oftener where b is yes."""
    folder = tmp_path_factory.mktemp("gaps")
    cells = {("no", "no"): 25, ("yes", "no"): 15, ("no", "yes"): 5, ("yes", "yes"): 15}
    rows = [cell for cell, count in cells.items() for _ in range(count)]
    rows += [("", "no")] * 10 + [("", "yes")] * 30
    text = "\n".join(",".join(row) for row in rows)
    (folder / "t.csv").write_text(f"a,b\n{text}\n", encoding="utf-8")
    (folder / "g.dagitty").write_text("dag { a -> b }", encoding="utf-8")
    return str(folder / "g.dagitty"), str(folder / "t.csv")


def chance(model: Path, a: str, capsys: pytest.CaptureFixture[str]) -> float:
    capsys.readouterr()
    assert cli.main(["query", str(model), f"P(b=yes | do(a={a}))", "--json"]) == 0
    return float(json.loads(capsys.readouterr().out)["value"])


def by_em() -> np.ndarray:
    """P(b = yes | a) by EM over the cells, enumerated."""
    seen, lost = np.array([[25.0, 5.0], [15.0, 15.0]]), np.array([10.0, 30.0])
    joint = seen / seen.sum()
    for _ in range(500):
        joint = (seen + joint / joint.sum(0) * lost) / 100
    return joint[:, 1] / joint.sum(1)


def test_gaps_filled_in_or_left_out(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {}
    for way in ("complete", "impute"):
        model = tmp_path / f"{way}.doscope"
        assert cli.main(["fit", *files, "-o", str(model), "--missing", way, "--json"]) == 0
        out, err = capsys.readouterr()
        assert set(json.loads(out)) == {"variables", "seconds", "seed"}
        found[way] = [chance(model, a, capsys) for a in ("no", "yes")]
        if way == "complete":
            assert "warning: 40 % of the rows lack a and are left out of its fit" in err
            assert "warning: 40 % of the rows lack b or a cause of it" in err
        else:
            assert "warning: 40 % of the values of a were imputed" in err
            project, shelf = headless.opened(model)
            assert project.table is not None
            assert project.table.design.impute
            law = shelf.model(project, ()).law
            assert all(shelf.done(project, conditional) for conditional in law)
    np.testing.assert_allclose(found["complete"], [5 / 30, 15 / 30], atol=0.02)
    np.testing.assert_allclose(found["impute"], by_em(), atol=0.05)


def test_left_out_unless_said(files: tuple[str, str], tmp_path: Path) -> None:
    for name, words in (("plain", []), ("said", ["--missing", "complete"])):
        assert cli.main(["fit", *files, "-o", str(tmp_path / f"{name}.doscope"), *words]) == 0
    one, other = (headless.opened(tmp_path / f"{n}.doscope") for n in ("plain", "said"))
    assert one[1].best.keys() == other[1].best.keys()
