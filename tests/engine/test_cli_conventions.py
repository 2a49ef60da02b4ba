"""`counterfactual --convention` and `query` on a row: rows and words, against least squares."""

from pathlib import Path

import numpy as np
import pytest

from engine import cli
from engine.interventions import Convention
from tests.engine.test_cli_model import json_of, rows_of, table_text, written


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, np.ndarray]:
    """x → y by a straight line; its model, and intercept, slope and residual sd."""
    folder = tmp_path_factory.mktemp("line")
    rng = np.random.default_rng(5)
    x, y = rng.standard_normal((2, 300))
    y = 1 + 2 * x + y
    written(folder / "l.csv", table_text({"x": x, "y": y}))
    written(folder / "l.dag", "dag { x -> y }")
    model = str(folder / "l.doscope")
    words = [str(folder / "l.dag"), str(folder / "l.csv"), "-o", model, "--family", "linear"]
    assert cli.main(["fit", *words]) == 0
    slope, base = np.polyfit(x, y, 1)
    return model, np.array([base, slope, (y - base - slope * x).std()])


def test_the_names_are_those_of_the_engine() -> None:
    assert tuple(Convention) == cli.CONVENTIONS


def test_rows_by_each_convention(
    line: tuple[str, np.ndarray], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first row gets another x, the second keeps its own and so everything."""
    model, (base, slope, sd) = line
    rows = written(tmp_path / "rows.csv", "x,y\n0.3,1.25\n2,7.5\n")
    left = 1.25 - base - slope * 0.3
    means = {"rank": base + slope * 2 + left, "reversal": base + slope * 2 - left}
    for convention in cli.CONVENTIONS:
        words = ["counterfactual", model, rows, "--do", "x=2", "--convention", convention]
        capsys.readouterr()
        assert cli.main([*words, "--samples", "200"]) == 0
        said = capsys.readouterr()
        assert "no data can test" in said.err
        worlds = rows_of(said.out)
        assert {row["y"] for row in worlds[200:]} == {"7.5"}
        drawn = np.array([float(row["y"]) for row in worlds[:200]])
        if convention == "redraw":
            assert drawn.mean() == pytest.approx(base + slope * 2, abs=4 * sd / 200**0.5)
            assert drawn.std() == pytest.approx(sd, rel=0.2)
        else:
            assert drawn == pytest.approx(np.full(200, means[convention]), abs=1e-4)


def test_an_unknown_convention_is_refused(
    line: tuple[str, np.ndarray], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = written(tmp_path / "rows.csv", "x,y\n0.3,1.25\n")
    words = ["counterfactual", line[0], rows, "--do", "x=2", "--convention", "luck"]
    assert cli.main(words) == 2
    assert "rank" in capsys.readouterr().err


def test_a_query_on_a_row_says_how_it_moves(
    line: tuple[str, np.ndarray], capsys: pytest.CaptureFixture[str]
) -> None:
    answered = json_of(capsys, "query", line[0], "y[x=2] | row 4")
    turned, fresh = answered["alternatives"]  # type: ignore[misc]
    middle = (answered["value"] + turned["value"]) / 2  # type: ignore[operator]
    base, slope, _ = line[1]
    assert middle == pytest.approx(base + 2 * slope, abs=1e-3)  # residual and mirrored residual
    assert cli.main(["query", line[0], "y[x=2] | row 4"]) == 0
    said = capsys.readouterr().out
    assert "By reversal (ranks turn round where causes change): " in said
    low, high = fresh["interval"]
    assert f"{low:.4g} to {high:.4g}" in said
    assert "All conventions together: " in said
