"""The command line's contract: surface, exit codes, refusals, and the verbs on graphs alone."""

import json
from pathlib import Path

import pytest

from engine import cli

GRAPH = "dag { size -> treatment size -> recovered treatment -> recovered }"
IDENTIFY_KEYS = {"identified", "method", "estimand", "latex", "adjustment_sets", "hedge"}
VERBS = ["fit", "sample", "counterfactual", "query", "identify", "check", "convert"]


def refusal(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The sentence on stderr of a call that must be refused with exit code 2."""
    code = cli.main(list(words))
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.startswith("doscope: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err


def json_of(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, object]:
    """The one JSON object on stdout."""
    assert cli.main([*words, "--json"]) == code
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    value = json.loads(out)
    assert isinstance(value, dict)
    return value


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    path = tmp_path / "stones.dagitty"
    path.write_text(GRAPH, "utf-8")
    return path


# ── the surface ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main([verb, "--help"])
    assert end.value.code == 0
    assert f"doscope {verb}" in capsys.readouterr().out


def test_headless_verbs_and_questions_need_no_window() -> None:
    assert all(cli.headless([verb]) for verb in VERBS)
    assert cli.headless(["--help"])
    assert cli.headless(["--version"])
    assert not cli.headless([])
    assert not cli.headless(["trial.doscope"])
    assert not cli.headless(["demo"])
    assert cli.headless(["demo", "--help"])


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["fit"],
        ["fit", "g", "d", "-o", "m", "--family", "cubic"],
        ["fit", "g", "d", "-o", "m", "--seed", "-1"],
        ["fit", "g", "d", "-o", "m", "--time-limit", "nan"],
        ["sample", "m", "-n", "0"],
        ["sample", "m", "-n", "3.5"],
        ["counterfactual", "m", "rows.csv"],
    ],
)
def test_misunderstood_arguments_are_one_sentence(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "--help" in refusal(capsys, *words)


@pytest.mark.parametrize("verb", ["discover", "effect"])
def test_later_verbs_say_so(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "not available yet" in refusal(capsys, verb, "data.csv", "--method", "x", "-o", "g")
    error = json_of(capsys, verb, "data.csv", code=2)["error"]
    assert "not available yet" in error["message"]  # type: ignore[index]


def test_errors_as_json_have_the_four_keys(capsys: pytest.CaptureFixture[str]) -> None:
    error = json_of(capsys, "identify", "absent.dagitty", "P(y | do(x))", code=2)["error"]
    assert set(error) == {"kind", "message", "where", "remedy"}  # type: ignore[call-overload]
    assert "absent.dagitty" in str(error)


# ── graphs ─────────────────────────────────────────────────────────────────────────────────────


def test_identify_by_adjustment(graph: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json_of(capsys, "identify", str(graph), "P(recovered | do(treatment))")
    assert set(found) == IDENTIFY_KEYS
    assert found["identified"] is True
    assert found["adjustment_sets"] == [["size"]]


def test_not_identified_is_an_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The bow: x → y with x ↔ y is the textbook's smallest unidentified effect."""
    bow = written(tmp_path / "bow.dagitty", "dag { x -> y x <-> y }")
    found = json_of(capsys, "identify", bow, "P(y | do(x))")
    assert set(found) == IDENTIFY_KEYS
    assert found["identified"] is False
    assert cli.main(["identify", bow, "P(y | do(x))"]) == 0
    out, err = capsys.readouterr()
    assert "Not identified" in out
    assert "x ↔ y" in err


@pytest.mark.parametrize(
    "query",
    [
        "P(absent | do(treatment))",
        "P(recovered)",
        "P(recovered | do(treatment), size=small)",
        "P((",
    ],
)
def test_identify_refuses_other_queries(
    query: str, graph: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refusal(capsys, "identify", str(graph), query)


def test_convert_keeps_the_graph(
    graph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """dagitty → DOT → Tetrad → dagitty, and the same answer from both ends."""
    there, back = str(tmp_path / "g.dot"), str(tmp_path / "back.dagitty")
    tetrad = str(tmp_path / "g.tetrad")
    assert cli.main(["convert", str(graph), there]) == 0
    assert cli.main(["convert", there, tetrad]) == 0
    assert cli.main(["convert", tetrad, back, "--to", "dagitty"]) == 0
    assert "1. size --> " in Path(tetrad).read_text("utf-8")
    query = "P(recovered | do(treatment))"
    both = [json_of(capsys, "identify", path, query) for path in (str(graph), back)]
    assert both[0] == both[1]


def test_convert_refuses_unknown_formats(
    graph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "extension" in refusal(capsys, "convert", str(graph), str(tmp_path / "g.xyz"))
    assert "format" in refusal(capsys, "convert", str(graph), str(tmp_path / "g"), "--to", "png")
    assert not (tmp_path / "g").exists()


def test_cycles_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cyclic = written(tmp_path / "c.dagitty", "dag { a -> b b -> c c -> a }")
    assert "c → a → b" in refusal(capsys, "identify", cyclic, "P(c | do(a))")


# ── bad input: one sentence with the place, nothing written ────────────────────────────────────


@pytest.mark.parametrize(
    ("table", "place"),
    [
        ("size,treatment,recovered\nsmall,A,yes\nsmall,B\n", "line 3"),
        ("size,treatment,recovered\nsmall,,yes\nlarge,,no\n", "treatment"),
        ("size,recovered\nsmall,yes\nlarge,no\n", "treatment"),
        ("", "stones.csv"),
    ],
)
def test_bad_tables(
    table: str, place: str, graph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, model = written(tmp_path / "stones.csv", table), tmp_path / "m.doscope"
    assert place in refusal(capsys, "fit", str(graph), data, "-o", str(model))
    assert place in refusal(capsys, "check", str(graph), data)
    assert not model.exists()


def test_missing_files_and_folders(
    graph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "no.csv" in refusal(capsys, "fit", str(graph), "no.csv", "-o", str(tmp_path / "m"))
    assert "no.doscope" in refusal(capsys, "query", "no.doscope", "E[y]")
    data = written(tmp_path / "d.csv", "size,treatment,recovered\nsmall,A,yes\nlarge,B,no\n")
    nowhere = str(tmp_path / "nowhere" / "m.doscope")
    assert "folder" in refusal(capsys, "fit", str(graph), data, "-o", nowhere)
    assert "project" in refusal(capsys, "sample", data, "-n", "3")


def written(path: Path, text: str) -> str:
    path.write_text(text, "utf-8")
    return str(path)
