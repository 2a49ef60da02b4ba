"""Models with something left out: no time to train (`fit --time-limit`), no rows."""

from pathlib import Path

import numpy as np
import pytest

from engine import cli
from engine.store.projectfile import read_project, write_project
from tests.engine.test_cli_model import json_of, table_text, written


def test_a_tiny_time_limit_ends_after_the_closed_forms(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is saved are straight lines: y by least squares, provisional, without an interval."""
    rng = np.random.default_rng(7)
    x = rng.standard_normal(2000)
    columns = {"x": x, "y": np.sin(3 * x) + 0.1 * rng.standard_normal(2000)}
    data = written(tmp_path / "c.csv", table_text(columns))
    graph, model = written(tmp_path / "c.dag", "dag { x -> y }"), str(tmp_path / "c.doscope")
    assert cli.main(["fit", graph, data, "-o", model, "--time-limit", "1e-9"]) == 0
    out, err = capsys.readouterr()
    assert "first guesses, provisional, for x, y" in err
    assert not {"additive", "location-scale"} & set(out.split())
    slope, offset = np.polyfit(columns["x"], columns["y"], 1)
    found = json_of(capsys, "query", model, "E[y | do(x=2)]")
    assert found["value"] == pytest.approx(offset + 2 * slope, abs=0.05)
    assert (found["provisional"], found["interval"]) == (True, None)
    assert cli.main(["query", model, "E[y | do(x=2)]"]) == 0
    assert "Provisional" in capsys.readouterr().out


def test_a_copy_without_rows_says_what_it_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """y shares a hidden cause with w, so the law has P(y | w, x) and do(x) needs P(y | x)."""
    rng = np.random.default_rng(8)
    w, x, y = rng.standard_normal((3, 300))
    data = written(tmp_path / "c.csv", table_text({"w": w, "x": x, "y": x + y}))
    graph = written(tmp_path / "c.dag", "dag { w x y x -> y w <-> y }")
    path = str(tmp_path / "c.doscope")
    assert cli.main(["fit", graph, data, "-o", path, "--family", "linear"]) == 0
    project, fits = read_project(tmp_path / "c.doscope")
    write_project(tmp_path / "bare.doscope", project, fits, rows=False)
    bare = str(tmp_path / "bare.doscope")
    capsys.readouterr()
    assert cli.main(["query", bare, "E[y | do(x=1)]"]) == 2
    assert "P(y | x) is not fitted in it" in capsys.readouterr().err
    assert cli.main(["query", bare, "x[w=1] | row 3"]) == 2
    assert "row 3 is not in it" in capsys.readouterr().err
    seen = [json_of(capsys, "query", one, "E[y | x>0]")["value"] for one in (path, bare)]
    assert seen[0] == seen[1]
