"""The headless verbs read matrices and Parquet files as they read CSV: the same numbers."""

import json
from pathlib import Path

import duckdb
import numpy as np
import pytest

from engine.cli import main

E = np.random.default_rng(1).standard_normal((200, 3))
X = np.cumsum(E, axis=1)  # e1 → e2 → e3


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    np.save(tmp_path / "x.npy", X)
    lines = ["e1,e2,e3", *(",".join(repr(float(v)) for v in row) for row in X)]
    (tmp_path / "x.csv").write_text("\n".join(lines) + "\n", "utf-8")
    duckdb.read_csv(str(tmp_path / "x.csv")).write_parquet(str(tmp_path / "x.parquet"))
    (tmp_path / "g.dag").write_text("dag { e1 -> e2 -> e3 }", "utf-8")
    return tmp_path


def test_a_check_says_the_same_of_all(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for name in ("x.csv", "x.npy", "x.parquet"):
        assert main(["check", str(folder / "g.dag"), str(folder / name), "--json"]) == 0
        said.append(json.loads(capsys.readouterr().out.replace(name, "the file")))
    assert said[0] == said[1] == said[2]
    assert '"p"' in json.dumps(said[0])  # something was tested


def test_what_is_no_matrix_is_refused_in_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "x.npy").write_bytes(b"no")
    assert main(["check", str(folder / "g.dag"), str(folder / "x.npy")]) == 2
    told = capsys.readouterr().err
    assert "x.npy cannot be read as a matrix" in told
    assert len(told.strip().splitlines()) == 1
