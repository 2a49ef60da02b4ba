"""The command line's contract: surface, JSON keys, exit codes, and that it needs no Qt."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine import cli

ROOT = Path(__file__).parents[2]
GRAPH = "dag { size -> treatment size -> recovered treatment -> recovered }"
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


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """The command line in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, "-m", "engine.cli", *words], cwd=cwd, env=environment, capture_output=True
    )
