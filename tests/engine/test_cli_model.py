"""fit, sample, counterfactual and query from the outside: files in, files and JSON out."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine import cli
from engine.simulate.examples import KIDNEY_COUNTS

ROOT = Path(__file__).parents[2]
QUERY_KEYS = {
    "query", "value", "interval", "level", "bounds", "identified", "method", "estimand",
    "contrast", "population", "assumptions", "convention", "support", "provisional", "samples",
    "alternatives", "warnings",
}  # fmt: skip
CHECK_KEYS = {
    "x", "y", "given", "method", "statistic", "p", "effect", "interval", "detectable", "rejected",
}  # fmt: skip
CONTRAST = "P(recovered=yes | do(treatment=A)) - P(recovered=yes | do(treatment=B))"


def written(path: Path, text: str) -> str:
    path.write_text(text, "utf-8")
    return str(path)


def table_text(columns: dict[str, np.ndarray]) -> str:
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    return "\n".join([",".join(columns), *(",".join(map(repr, row)) for row in rows)]) + "\n"


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """The command line in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "engine.cli", *words], cwd=cwd, env=environment, capture_output=True
    )


def json_of(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    capsys.readouterr()
    assert cli.main([*words, "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert isinstance(value, dict)
    return value


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


@pytest.fixture(scope="module")
def stones(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the 700 patients of Charig 1986, their graph, and the fitted model."""
    folder = tmp_path_factory.mktemp("stones")
    lines = [",".join(row) for row, count in KIDNEY_COUNTS.items() for _ in range(count)]
    written(folder / "s.csv", "\n".join(["size,treatment,recovered", *lines]) + "\n")
    written(
        folder / "s.dagitty",
        "dag { treatment -> recovered size -> treatment size -> recovered recovered [outcome] }",
    )
    words = [str(folder / "s.dagitty"), str(folder / "s.csv"), "-o", str(folder / "s.doscope")]
    assert cli.main(["fit", *words]) == 0
    return folder


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, np.ndarray]]:
    """z → x → y ← z by straight lines, and its fitted model."""
    folder = tmp_path_factory.mktemp("line")
    rng = np.random.default_rng(5)
    z, x, y = rng.standard_normal((3, 400))
    x = 0.5 * z + x
    y = 2 * x - z + 0.5 * y
    columns = {"x": x, "y": y, "z": z}
    data = written(folder / "l.csv", table_text(columns))
    graph = written(folder / "l.dagitty", "dag { z -> x x -> y z -> y }")
    model = str(folder / "l.doscope")
    assert cli.main(["fit", graph, data, "-o", model, "--family", "linear"]) == 0
    return folder, columns


# ── fit ────────────────────────────────────────────────────────────────────────────────────────


def test_fit_reports_family_and_scores(stones: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [str(stones / name) for name in ("s.dagitty", "s.csv")]
    found = json_of(capsys, "fit", *words, "-o", str(stones / "again.doscope"), "--seed", "3")
    assert set(found) == {"variables", "seconds", "seed"}
    assert found["seed"] == 3
    variables = found["variables"]
    assert isinstance(variables, dict)
    assert set(variables) == {"size", "treatment", "recovered"}
    assert all(set(v) == {"family", "heldout_loglik", "linear_loglik"} for v in variables.values())


def test_every_family_of_numbers_can_be_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = np.random.default_rng(0).normal(size=(400, 2)).cumsum(1)
    np.savetxt(tmp_path / "d.csv", rows, delimiter=",", header="x,y", comments="")
    (tmp_path / "g.dagitty").write_text("dag { x -> y }", encoding="utf-8")
    words = [str(tmp_path / name) for name in ("g.dagitty", "d.csv")]
    for family in ("linear", "spline-linear", "additive", "location-scale", "flow"):
        output = str(tmp_path / f"{family}.doscope")
        found = json_of(
            capsys, "fit", *words, "-o", output, "--family", family, "--time-limit", "0.01"
        )
        variables = found["variables"]
        assert isinstance(variables, dict)
        assert set(variables) == {"x", "y"}


def test_fit_refuses_a_device_that_is_not_there(
    stones: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    words = [str(stones / name) for name in ("s.dagitty", "s.csv")]
    output = stones / "cuda.doscope"
    assert cli.main(["fit", *words, "-o", str(output), "--device", "cuda"]) == 2
    assert "no CUDA device" in capsys.readouterr().err
    assert not output.exists()


def test_time_limit_says_that_it_cannot_be_repeated(
    stones: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [str(stones / name) for name in ("s.dagitty", "s.csv")]
    output = str(stones / "limited.doscope")
    assert cli.main(["fit", *words, "-o", output, "--time-limit", "60"]) == 0
    assert "not reproducible" in capsys.readouterr().err


def test_latent_variables_need_no_column(stones: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same study without stone size: drawn as latent it fits, and the effect is refused."""
    graph = (stones / "s.dagitty").read_text("utf-8")
    hidden = written(stones / "h.dagitty", graph.replace("[outcome]", "[outcome] size [latent]"))
    short = [line.split(",", 1)[1] for line in (stones / "s.csv").read_text("utf-8").splitlines()]
    data = written(stones / "short.csv", "\n".join(short) + "\n")
    model = str(stones / "h.doscope")
    assert cli.main(["fit", hidden, data, "-o", model]) == 0
    found = json_of(capsys, "query", model, CONTRAST)
    assert (found["identified"], found["value"], found["interval"]) == (False, None, None)
    assert len(found["warnings"]) == 3  # type: ignore[arg-type]  # one reason, bounds, sampling
    low, high = found["bounds"]  # type: ignore[misc]
    assert high - low == pytest.approx(1, abs=1e-6)  # Manski's, without any instrument


# ── query ──────────────────────────────────────────────────────────────────────────────────────


def standardised(treatment: str) -> float:
    """Σ_size P(recovered | treatment, size) P(size), by hand from the published counts."""
    total = sum(KIDNEY_COUNTS.values())
    value = 0.0
    for size in ("small", "large"):
        here = sum(count for (s, _, _), count in KIDNEY_COUNTS.items() if s == size)
        yes, no = (KIDNEY_COUNTS[size, treatment, word] for word in ("yes", "no"))
        value += yes / (yes + no) * here / total
    return value


def test_query_gives_the_adjusted_effect(stones: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json_of(capsys, "query", str(stones / "s.doscope"), CONTRAST)
    assert set(found) == QUERY_KEYS
    truth = standardised("A") - standardised("B")
    assert found["value"] == pytest.approx(truth, abs=0.002)
    low, high = found["interval"]  # type: ignore[misc]
    assert low < truth < high
    assert (found["identified"], found["provisional"], found["population"]) == (True, False, "all")


def test_seen_is_not_done(stones: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Simpson's paradox: seen, A looks worse by 78.0 % against 82.6 %."""
    text = "P(recovered=yes | treatment=A) - P(recovered=yes | treatment=B)"
    found = json_of(capsys, "query", str(stones / "s.doscope"), text)
    assert found["value"] == pytest.approx(273 / 350 - 289 / 350, abs=0.002)
    assert found["identified"] is None


def test_whole_distributions(
    stones: Path, line: tuple[Path, dict[str, np.ndarray]], capsys: pytest.CaptureFixture[str]
) -> None:
    chances = json_of(capsys, "query", str(stones / "s.doscope"), "P(size | treatment=A)")
    assert set(chances) == QUERY_KEYS | {"probabilities"}
    assert chances["probabilities"]["small"] == pytest.approx(87 / 350, abs=0.005)  # type: ignore[index]
    folder, columns = line
    numbers = json_of(capsys, "query", str(folder / "l.doscope"), "P(x)")
    assert set(numbers) == QUERY_KEYS | {"mean", "sd", "quantiles"}
    assert numbers["sd"] == pytest.approx(columns["x"].std(), rel=0.05)
    assert set(numbers["quantiles"]) >= {"0.05", "0.5", "0.95"}  # type: ignore[call-overload]


def test_query_for_people(stones: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert cli.main(["query", str(stones / "s.doscope"), CONTRAST]) == 0
    out, err = capsys.readouterr()
    assert "If your arrows are right" in out
    assert "from sampling alone; the graph is taken as given" in out
    assert "fitting" not in err  # a saved model answers without training


def test_unknown_names_are_refused(stones: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert cli.main(["query", str(stones / "s.doscope"), "E[recoverd]"]) == 2
    assert "did you mean recovered?" in capsys.readouterr().err
    assert cli.main(["sample", str(stones / "s.doscope"), "-n", "3", "--do", "treatment=C"]) == 2
    assert "no category C" in capsys.readouterr().err
    assert cli.main(["sample", str(stones / "s.doscope"), "-n", "3", "--do", "treatment"]) == 2
    assert "X=1" in capsys.readouterr().err


# ── sample ─────────────────────────────────────────────────────────────────────────────────────


def test_sample_gives_the_tables_columns(stones: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    words = ["sample", str(stones / "s.doscope"), "-n", "3000", "--do", "treatment=A"]
    assert cli.main(words) == 0
    rows = rows_of(capsys.readouterr().out)
    assert list(rows[0]) == ["size", "treatment", "recovered"]
    assert len(rows) == 3000
    assert {row["treatment"] for row in rows} == {"A"}
    share = np.mean([row["recovered"] == "yes" for row in rows])
    assert share == pytest.approx(standardised("A"), abs=0.03)  # 4 standard errors


def test_same_seed_same_bytes(stones: Path) -> None:
    """Two processes, one seed: equal files; another seed: other rows."""
    for name in ("one.csv", "two.csv"):
        ended = run("sample", "s.doscope", "-n", "50", "--seed", "7", "-o", name, cwd=stones)
        assert (ended.returncode, ended.stdout) == (0, b""), ended.stderr.decode()
    words = ["sample", str(stones / "s.doscope"), "-n", "50", "--seed", "8"]
    assert cli.main([*words, "-o", str(stones / "other.csv")]) == 0
    one, two, other = ((stones / f"{n}.csv").read_bytes() for n in ("one", "two", "other"))
    assert one == two != other


def test_fit_loads_no_qt(stones: Path) -> None:
    code = (
        "import sys; from engine import cli; "
        "code = cli.main(['fit', 's.dagitty', 's.csv', '-o', 'q.doscope', '--json']); "
        "print(code, any(m.split('.')[0] in ('PySide6', 'shiboken6', 'pyqtgraph')"
        " for m in sys.modules), file=sys.stderr)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=stones, env=environment, capture_output=True
    )
    assert ended.stderr.decode().splitlines()[-1] == "0 False"
    assert set(json.loads(ended.stdout)) == {"variables", "seconds", "seed"}


# ── counterfactual ─────────────────────────────────────────────────────────────────────────────


def slopes(columns: dict[str, np.ndarray]) -> tuple[float, float]:
    """Least squares: y on (x, z)."""
    design = np.column_stack([columns["x"], columns["z"], np.ones(len(columns["x"]))])
    on_x, on_z, _ = np.linalg.lstsq(design, columns["y"], rcond=None)[0]
    return float(on_x), float(on_z)


def test_counterfactuals_of_a_straight_line(
    line: tuple[Path, dict[str, np.ndarray]], capsys: pytest.CaptureFixture[str]
) -> None:
    """y' = y + slope · (x' − x): each row keeps its own residual; z is copied exactly."""
    folder, columns = line
    capsys.readouterr()
    rows = written(folder / "rows.csv", "z,y,x\n0.1,1.25,0.3\n-2,0.5,1\n0.1,,0.3\n")
    assert cli.main(["counterfactual", str(folder / "l.doscope"), rows, "--do", "x=2"]) == 0
    worlds = rows_of(capsys.readouterr().out)
    assert list(worlds[0]) == ["x", "y", "z"]
    assert [row["z"] for row in worlds] == ["0.1", "-2", "0.1"]
    assert [row["x"] for row in worlds] == ["2", "2", "2"]
    slope = slopes(columns)[0]
    assert float(worlds[0]["y"]) == pytest.approx(1.25 + slope * 1.7, abs=1e-4)
    assert float(worlds[1]["y"]) == pytest.approx(0.5 + slope * 1.0, abs=1e-4)
    assert worlds[2]["y"] == ""  # a row without its own y has no luck to keep


def test_shifted_counterfactuals(
    line: tuple[Path, dict[str, np.ndarray]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, columns = line
    capsys.readouterr()
    rows = written(folder / "one.csv", "z,y,x\n0.1,1.25,0.3\n")
    assert cli.main(["counterfactual", str(folder / "l.doscope"), rows, "--do", "x+=0.5"]) == 0
    (world,) = rows_of(capsys.readouterr().out)
    assert float(world["x"]) == pytest.approx(0.8)
    assert float(world["y"]) == pytest.approx(1.25 + slopes(columns)[0] * 0.5, abs=1e-4)


def test_several_worlds_per_row(stones: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Gumbel-max is monotone: who recovered does so with a larger chance too (stones, A over B)."""
    capsys.readouterr()
    rows = written(
        stones / "rows.csv", "treatment,recovered,size\nB,yes,small\nB,no,large\nA,no,small\n"
    )
    words = ["counterfactual", str(stones / "s.doscope"), rows, "--do", "treatment=A"]
    assert cli.main([*words, "--samples", "40"]) == 0
    worlds = rows_of(capsys.readouterr().out)
    assert list(worlds[0]) == ["row", "sample", "size", "treatment", "recovered"]
    assert [w["row"] for w in worlds] == [str(i) for i in range(3) for _ in range(40)]
    assert {w["recovered"] for w in worlds if w["row"] == "0"} == {"yes"}
    assert {w["recovered"] for w in worlds if w["row"] == "1"} == {"yes", "no"}
    assert {w["recovered"] for w in worlds if w["row"] == "2"} == {"no"}  # A as it was: no change


def test_rows_with_unknown_labels_or_columns_are_refused(
    stones: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    model = str(stones / "s.doscope")
    rows = written(stones / "bad.csv", "treatment,recovered,size\nC,yes,small\n")
    assert cli.main(["counterfactual", model, rows, "--do", "treatment=A"]) == 2
    assert "C" in capsys.readouterr().err
    rows = written(stones / "short.csv", "treatment,recovered\nA,yes\n")
    assert cli.main(["counterfactual", model, rows, "--do", "treatment=A"]) == 2
    assert "no column size" in capsys.readouterr().err


# ── check ──────────────────────────────────────────────────────────────────────────────────────


def test_check_finds_the_missing_arrow(
    line: tuple[Path, dict[str, np.ndarray]], capsys: pytest.CaptureFixture[str]
) -> None:
    """Without z → y the graph implies z ⫫ y | x, which these data contradict: partial r < 0."""
    folder, columns = line
    lacking = written(folder / "lacking.dagitty", "dag { z -> x x -> y }")
    found = json_of(capsys, "check", lacking, str(folder / "l.csv"))
    assert set(found) == {"tests"}
    (test,) = found["tests"]  # type: ignore[misc]
    assert set(test) == CHECK_KEYS
    assert {test["x"], test["y"]} == {"y", "z"}
    assert (test["given"], test["rejected"]) == (["x"], True)
    inverse = np.linalg.inv(np.cov([columns[v] for v in "xyz"]))
    partial = -inverse[1, 2] / np.sqrt(inverse[1, 1] * inverse[2, 2])
    assert test["effect"] == pytest.approx(partial, abs=1e-9)


def test_check_for_people(
    line: tuple[Path, dict[str, np.ndarray]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = line
    capsys.readouterr()
    assert cli.main(["check", str(folder / "l.dagitty"), str(folder / "l.csv")]) == 0
    assert "no independence" in capsys.readouterr().out
    lacking = written(folder / "lacking.dagitty", "dag { z -> x x -> y }")
    assert cli.main(["check", lacking, str(folder / "l.csv")]) == 0
    assert "1 test, 1 against the graph" in capsys.readouterr().out


# ── what is there stays there ──────────────────────────────────────────────────────────────────


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert cli.main(list(words)) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), err[:9]) == ("", 1, "doscope: ")
    return err


def test_rows_do_not_replace_inputs_or_projects(
    stones: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, rows = stones / "s.doscope", stones / "who.csv"
    text = "treatment,recovered,size\nA,yes,small\n"
    written(rows, text)
    other = stones / "other.doscope"
    other.write_bytes(model.read_bytes())
    do = ["--do", "treatment=B"]
    changed = ["counterfactual", str(model), str(rows), *do, "-o"]
    assert "replace what is read" in refused(capsys, *changed, str(model))
    assert "replace what is read" in refused(capsys, *changed, str(rows))
    drawn = ["sample", str(model), "-n", "3", "-o"]
    assert "replace what is read" in refused(capsys, *drawn, str(model))
    assert "replace a project" in refused(capsys, *drawn, str(other))
    assert rows.read_text("utf-8") == text
    assert other.read_bytes() == model.read_bytes()
    plain = stones / "drawn.csv"
    assert cli.main([*drawn, str(plain)]) == cli.main([*drawn, str(plain)]) == 0
    assert len(plain.read_text("utf-8").splitlines()) == 4


def test_a_project_may_be_fitted_again_under_any_name(
    stones: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["fit", str(stones / "s.dagitty"), str(stones / "s.csv"), "-o", str(stones / "plain")]
    assert cli.main(words) == cli.main(words) == 0
    assert (stones / "plain~").exists()


def test_damage_points_only_to_what_is_there(
    stones: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = (stones / "s.doscope").read_bytes()
    broken = stones / "broken.doscope"
    broken.write_bytes(content[:-4096])
    said = refused(capsys, "query", str(broken), CONTRAST)
    assert "damaged" in said
    assert "~" not in said
    (stones / "broken.doscope~").write_bytes(content)
    assert "~" in refused(capsys, "query", str(broken), CONTRAST)


@pytest.mark.parametrize(
    "words",
    [
        ["sample", "{model}", "-n", "2"],
        ["query", "{model}", CONTRAST],
        ["counterfactual", "{model}", "{data}", "--do", "treatment=A"],
    ],
)
def test_an_absent_device_is_refused_by_every_verb(
    words: list[str],
    stones: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    places = {"model": stones / "s.doscope", "data": stones / "s.csv"}
    typed = [word.format(**places) if word.startswith("{") else word for word in words]
    assert "no CUDA device" in refused(capsys, *typed, "--device", "cuda")


# ── rows ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("others", ["0.5,0.5,0.5\n", "much,1,1\n", "0.5,0.5,0.5\n" * 30])
def test_a_word_among_the_numbers_of_rows_is_named(
    others: str, line: tuple[Path, dict[str, np.ndarray]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = line
    rows = written(folder / "wordy.csv", "z,x,y\n0.1,0.2,0.3\nNA,low,1\n" + others)
    said = refused(capsys, "counterfactual", str(folder / "l.doscope"), rows, "--do", "x=2")
    assert "wordy.csv, line 3, column x" in said
    assert "'low'" in said


def test_rows_with_gaps_are_counted(
    line: tuple[Path, dict[str, np.ndarray]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = line
    rows = written(folder / "gaps.csv", "z,y,x\n0.1,1,0.3\n,1,0.3\n0.1,,0.3\n0.1,1,\n")
    words = ["counterfactual", str(folder / "l.doscope"), rows, "--do"]
    capsys.readouterr()
    assert cli.main([*words, "x=2"]) == 0
    out, err = capsys.readouterr()
    assert [row["y"] == "" for row in rows_of(out)] == [False, True, True, True]
    assert "y is left empty in 3 of 4 rows, which lack x or y or z" in err
    assert "x is left empty" not in err
    assert cli.main([*words, "x+=1"]) == 0
    out, err = capsys.readouterr()
    assert [row["x"] == "" for row in rows_of(out)] == [False, False, False, True]
    assert "x is left empty in 1 of 4 rows, which lack x" in err
    whole = written(folder / "whole.csv", "z,y,x\n0.1,1,0.3\n")
    words[2] = whole
    assert cli.main([*words, "x=2"]) == 0
    assert "left empty" not in capsys.readouterr().err


# ── answers for people ─────────────────────────────────────────────────────────────────────────


def test_a_distribution_of_numbers_is_told_by_its_mean(
    line: tuple[Path, dict[str, np.ndarray]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = line
    model, text = str(folder / "l.doscope"), "P(y | do(x=50000))"
    found = json_of(capsys, "query", model, text)
    assert cli.main(["query", model, text]) == 0
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{text}: mean of y {found['mean']:.0f}, sd ")
    assert second.startswith("  Quantiles: 5 %: ")
    assert "=" not in first.removeprefix(text)
    assert "e+" not in first + second


def test_other_graphs_fit_only_where_this_one_does(
    line: tuple[Path, dict[str, np.ndarray]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, columns = line
    rng = np.random.default_rng(6)
    noise = {"z": columns["z"], "w": rng.standard_normal(len(columns["z"]))}
    data = written(folder / "free.csv", table_text(noise))
    capsys.readouterr()
    assert cli.main(["check", written(folder / "free.dag", "dag { w z }"), data]) == 0
    assert "; other graphs fit as well." in capsys.readouterr().out
    lacking = written(folder / "lacking.dag", "dag { z -> x x -> y }")
    assert cli.main(["check", lacking, str(folder / "l.csv")]) == 0
    assert "other graphs" not in capsys.readouterr().out
