"""`fit --time-limit`: what is left when there was no time to train."""

from pathlib import Path

import numpy as np
import pytest

from engine import cli
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
