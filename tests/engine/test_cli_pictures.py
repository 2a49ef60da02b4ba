"""`fit --pictures`: the files that a column names are kept in the project, pixel by pixel."""

from pathlib import Path

import numpy as np
import pytest

from engine.cli import main
from engine.store.projectfile import read_project

Image = pytest.importorskip("PIL.Image", reason="Pillow reads pictures and is not installed")
LEVELS = np.random.default_rng(1).integers(0, 256, (30, 6, 5), dtype=np.uint8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    x = np.random.default_rng(2).normal(size=30)
    for number, one in enumerate(LEVELS):
        Image.fromarray(one).save(tmp_path / f"{number}.png")
    lines = [f"{value:.4f},{number}.png" for number, value in enumerate(x)]
    (tmp_path / "rows.csv").write_text("\n".join(["x,file", *lines]) + "\n", "utf-8")
    (tmp_path / "good.dag").write_text("dag { x -> file }", "utf-8")
    (tmp_path / "bad.dag").write_text("dag { file -> x }", "utf-8")
    return tmp_path


def fit(folder: Path, graph: str, *more: str) -> int:
    words = ["fit", str(folder / graph), str(folder / "rows.csv"), "-o", str(folder / "m.doscope")]
    return main([*words, "--family", "linear", "--time-limit", "0.1", *more])


def test_the_project_keeps_the_pictures(folder: Path) -> None:
    assert fit(folder, "good.dag", "--pictures", "file") == 0
    project, _ = read_project(folder / "m.doscope")
    assert project.table is not None
    np.testing.assert_array_equal(project.table.pictures["file"].pixels, LEVELS)
    assert project.table.names == ("x",)


def test_what_cannot_be_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fit(folder, "bad.dag", "--pictures", "file") == 2
    assert "here a picture causes nothing (file → x): turn the arrow" in capsys.readouterr().err
    assert fit(folder, "good.dag", "--pictures", "gone") == 2
    assert "has no column gone" in capsys.readouterr().err
    (folder / "7.png").unlink()
    assert fit(folder, "good.dag", "--pictures", "file") == 2
    assert "line 9" in capsys.readouterr().err
