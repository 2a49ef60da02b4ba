"""How results of training are worded: the size first, never more than the rows can carry."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from engine.queries.answers import Calibration, LikenessAnswer, Nearness
from engine.runtime.messages import FitReport
from gui.training.words import (
    apart_sentence,
    calibration_caption,
    calibration_chance,
    calibration_sentence,
    calibration_verdict,
    chance,
    gain_sentence,
    gain_verdict,
    likeness_details,
    likeness_sentence,
    told_name,
)

GOOD = Calibration(200, (40,) * 5, (40.0,) * 5, 0.04, 0.15, 0.6, "age", 0.05, 0.7)
REPORT = FitReport("y", "additive", -1.0, -1.2, "why", 100, 1000, 0, False, True, 0.05, GOOD)


@pytest.mark.parametrize(
    ("gain", "error", "verdict"),
    [
        (0.2, 0.05, "clearly better"),
        (0.2, 0.15, "probably better"),
        (0.1, 0.15, "no better"),
        (-0.1, 0.15, "no better"),
        (-0.2, 0.15, "probably worse"),
        (-0.2, 0.05, "clearly worse"),
        (0.2, None, ""),
        (float("-inf"), 0.1, ""),
    ],
)
def test_gain_in_words(qtbot: QtBot, gain: float, error: float | None, verdict: str) -> None:
    report = replace(REPORT, heldout_loglik=gain - 1.2, gain_error=error)
    assert gain_verdict(report) == verdict


def test_gain_with_its_number(qtbot: QtBot) -> None:
    assert gain_sentence(REPORT) == (
        "clearly better than a straight line: +0.200 ± 0.050 nats per row"
    )
    assert "than a bell curve" in gain_sentence(REPORT, causes=False)
    assert "than straight-line odds" in gain_sentence(replace(REPORT, family="categorical"))
    line = replace(REPORT, family="linear", heldout_loglik=-1.2, gain_error=0.0)
    assert (gain_verdict(line), gain_sentence(line)) == ("is the line", "")


def test_what_is_learnt_apart_is_named(qtbot: QtBot) -> None:
    assert told_name(None, "y") == told_name(REPORT, "y") == "y"
    assert apart_sentence(REPORT) == ""
    shares = replace(REPORT, atoms=(0.0, 1.0))
    assert told_name(shares, "y") == "y other than 0 and 1"
    assert apart_sentence(shares).startswith("Only of values other than 0 and 1:")


def test_few_rows_claim_nothing(qtbot: QtBot) -> None:
    few = replace(GOOD, rows=8, p=1e-9, p_parent=1e-9)
    report = replace(REPORT, calibration=few)
    assert gain_verdict(report) == "too few rows to say"
    assert gain_sentence(report).startswith("too few held-out rows to compare with a straight line")
    assert calibration_verdict(few) == calibration_caption(few) == "too few rows (8)"
    assert calibration_sentence(few) == "8 held-out rows are too few to check the predictions."


def test_calibration_in_words(qtbot: QtBot) -> None:
    assert calibration_verdict(GOOD) == "as predicted"
    assert calibration_caption(GOOD) == "as predicted, at most 15\u202f% misplaced"
    off = replace(GOOD, misplaced=0.28, p=1e-5)
    assert calibration_verdict(off) == "off by 28\u202f%"
    assert "about 28\u202f% of them are misplaced" in calibration_sentence(off)
    drift = replace(GOOD, p_parent=1e-4, drift=-0.31)
    assert calibration_verdict(drift) == "changes with age"
    assert calibration_sentence(drift) == (
        "What is left over still changes with age (rank correlation −0.31)."
    )
    assert "size of the noise" in calibration_sentence(replace(drift, spread=True))
    assert "off along age" in calibration_sentence(replace(drift, chances=True))
    assert "as often as predicted" in calibration_sentence(replace(GOOD, chances=True))
    assert (
        calibration_sentence(None) == calibration_verdict(None) == calibration_caption(None) == ""
    )
    assert calibration_chance(GOOD) == (
        "chance of so large a misfit if all is right: .6, of going so far with a cause: .7 "
        "(200 held-out rows)"
    )
    assert (chance(0.0004), chance(0.043), chance(1.0)) == ("< .001", ".043", "1")


def test_likeness_in_words(qtbot: QtBot) -> None:
    alike = Nearness(0.1, 0.1)
    found = LikenessAnswer(
        300, Nearness(0.22, 0.1), 0.5, {"a": alike, "b": alike}, ("a", "b"), Nearness(0.4, 0.1)
    )
    assert likeness_sentence(found) == (
        "Drawn rows are as near to yours as two halves of yours are to each other."
    )
    differs = replace(found, p=0.005)
    assert likeness_sentence(differs) == (
        "Drawn rows are 2.2 times as far from yours as two halves of yours; "
        "most in how a and b go together."
    )
    moved = replace(differs, variables={"a": alike, "b": Nearness(0.3, 0.1)})
    assert likeness_sentence(moved).endswith("most in b.")
    assert likeness_details(moved).split("\n")[1] == "b: 0.300 (0.100)"
    plain = replace(differs, pair=None, correlation=None)
    assert likeness_sentence(plain).endswith("two halves of yours.")
