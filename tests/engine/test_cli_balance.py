"""`doscope effect --method balance`: λ, intervals, outcome models; bad input in one sentence."""

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from engine import cli
from engine.frontier import resampling

STONES = str(files("resources") / "examples" / "kidney-stones.csv")
SIDES = ("--treatment", "treatment", "--outcome", "recovered", "--contrast", "A,B")
HELD = ("--covariates", "size")


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    assert cli.main(["effect", STONES, *SIDES, *HELD, *words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def test_a_larger_penalty_keeps_more_rows(capsys: pytest.CaptureFixture[str]) -> None:
    """Without λ the strata's shares: n (Σ s_k² / n_k)⁻¹ rows; with much λ nearly all 350 rows."""
    much, little = (answer(capsys, "--penalty", one) for one in ("1000", "0.001"))
    assert (much["penalty"], much["population"]) == (1000.0, "ate")
    shares = np.array([357, 343]) / 700
    exact = [1 / float((shares**2 / np.array(n)).sum()) for n in ((87, 263), (270, 80))]
    groups = little["ess_groups"]
    assert isinstance(groups, list)
    assert sorted(groups) == pytest.approx(sorted(exact), rel=0.01)
    assert float(str(much["ess"])) > float(str(little["ess"])) + 30


def test_the_interval_of_resamples_stands_about_the_same_number(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resampling.resampled, "__defaults__", (1.0, 12))
    plain, again = answer(capsys, "--method", "balance"), answer(capsys, "--interval", "bootstrap")
    assert (plain["interval_method"], again["interval_method"]) == ("analytic", "bootstrap")
    assert again["value"] == plain["value"]
    ends = again["interval"]
    assert isinstance(ends, list)
    assert ends[0] < float(str(again["value"])) < ends[1]
    assert ends != plain["interval"]


def test_words_say_the_rule_and_the_outcome_models(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["effect", STONES, *SIDES, *HELD, "--method", "balance"]) == 0
    err = capsys.readouterr().err
    assert "balance is traded for rows by rule: penalty 1" in err
    assert "a model of the outcome mends what weights leave: ridge with treatment = A" in err
    assert cli.main(["effect", STONES, *SIDES, *HELD, "--penalty", "0.1"]) == 0
    assert "penalty 0.1 instead of 1: groups are more alike than by rule" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--penalty", "0"), "write a number above 0"),
        (("--penalty", "1", "--method", "ipw"), "use --method balance"),
        (("--interval", "bootstrap", "--method", "aipw"), "use --method balance"),
    ],
)
def test_what_balance_alone_can_is_not_for_others(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["effect", STONES, *SIDES, *HELD, *words]) == 2
    assert said in capsys.readouterr().err


def rows(t: list[str], x: list[str], y: list[str]) -> str:
    return "\n".join(["t,x,y", *(",".join(row) for row in zip(t, x, y, strict=True))])


def numbers(many: int, step: float) -> list[str]:
    return [f"{step * i % 7:.2f}" for i in range(many)]


BAD = {
    "three levels": (
        rows(["a", "b", "c"] * 20, numbers(60, 1.3), numbers(60, 0.9)),
        "Balance compares two groups, and t has 3 values (--contrast): write --contrast",
    ),
    "constant outcome": (
        rows(["a", "b"] * 30, numbers(60, 1.3), ["2.5"] * 60),
        "y is the same in all 60 compared rows, so nothing can move it: choose another outcome",
    ),
    "one arm empty": (
        rows(["a"] * 60, numbers(60, 1.3), numbers(60, 0.9)),
        "All rows have the same t, so there is nothing to compare",
    ),
    "missing values": (
        rows(["a", "b"] * 30, [""] * 55 + numbers(5, 1.3), numbers(60, 0.9)),
        "Only 3 complete rows have t = b; a comparison needs 10 on either side",
    ),
    "five rows": (
        rows(["a", "b", "a", "b", "a"], numbers(5, 1.3), numbers(5, 0.9)),
        "Only 2 complete rows have t = b; a comparison needs 10 on either side",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_clear_sentence(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, said = BAD[name]
    path = tmp_path / "t.csv"
    path.write_text(text + "\n", "utf-8")
    words = ["--treatment", "t", "--outcome", "y", "--covariates", "x", "--method", "balance"]
    assert cli.main(["effect", str(path), *words, "--kind", "t=categorical"]) == 2
    out, err = capsys.readouterr()
    errors = [line for line in err.splitlines() if said in line]
    assert (out, len(errors)) == ("", 1), err
    assert "Traceback" not in err


def test_attention_says_what_it_is_and_how_near_it_comes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    best, one = (answer(capsys, "--method", way) for way in ("balance", "attention"))
    assert (best["method"], one["method"]) == ("optimal balancing", "balancing by attention")
    assert best["objective_gap"] is None
    assert 0 <= float(str(one["objective_gap"])) < 0.01
    assert float(str(one["value"])) == pytest.approx(float(str(best["value"])), abs=0.002)
    assert cli.main(["effect", STONES, *SIDES, *HELD, "--method", "attention"]) == 0
    assert "one pass of the trained network" in capsys.readouterr().err


def test_attention_beyond_its_training_gives_the_best_weights_and_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = answer(capsys, "--method", "attention", "--penalty", "100")
    assert found["method"] == "optimal balancing"
    warnings = found["warnings"]
    assert isinstance(warnings, list)
    assert any("trained for penalties" in one for one in warnings)


@pytest.mark.parametrize("kernel", ["linear", "rbf", "learnt"])
def test_a_column_of_two_values_has_one_answer_by_every_kernel(
    capsys: pytest.CaptureFixture[str], kernel: str
) -> None:
    found = answer(capsys, "--kernel", kernel, "--penalty", "0.001")
    assert found["kernel"] == kernel
    assert float(str(found["value"])) == pytest.approx(0.0536, abs=0.003)


def test_the_network_has_one_kernel(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--method", "attention", "--kernel", "linear"]
    assert cli.main(["effect", STONES, *SIDES, *HELD, *words]) == 2
    assert "smooth functions only" in capsys.readouterr().err
