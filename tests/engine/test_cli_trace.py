"""`check --trace`: the right way round passes, the wrong one is rejected, words that are none."""

from pathlib import Path

import numpy as np
import pytest

from engine import cli
from engine.cli_trace import groups_from
from engine.errors import DataError
from tests.engine.test_cli_model import json_of, table_text, written

SIZE = 10


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, rng = tmp_path_factory.mktemp("trace"), np.random.default_rng(5)
    x = rng.normal(size=(300, SIZE)) * np.exp(rng.normal(size=SIZE))
    y = x @ rng.normal(size=(SIZE, SIZE))
    columns = {f"x{i}": x[:, i] for i in range(SIZE)} | {f"y{i}": y[:, i] for i in range(SIZE)}
    written(folder / "d.csv", table_text(columns))
    written(folder / "g.dag", "dag { x0 -> y0 }")
    return folder


def test_both_directions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    causes, effects = (",".join(f"{side}{i}" for i in range(SIZE)) for side in "xy")
    words = ["check", str(folder / "g.dag"), str(folder / "d.csv"), "--json"]
    traces = ["--trace", f"{causes}:{effects}", "--trace", f"{effects}:{causes}"]
    found = json_of(capsys, *words, *traces)["trace"]
    assert isinstance(found, list)
    right, wrong = found
    assert right["p"] > 0.05
    assert right["low"] < right["delta"] < right["high"]
    assert wrong["p"] < 0.01
    assert wrong["delta"] < -1
    assert right["rows"] == 300
    assert cli.main([*words[:3], *traces[:2]]) == 0
    assert "by chance" in capsys.readouterr().out


@pytest.mark.parametrize("word", ["x0,x1", "x0:y0", "x0,x1:", "x0,x1:x1"])
def test_words_that_name_no_two_groups(word: str) -> None:
    with pytest.raises(DataError):
        groups_from(word)
