"""`doscope effect` and `check --repair`: numbers by hand, refusals, and never a number too much."""

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from engine import cli
from engine.data.writing import write_table
from engine.simulate.examples import example

STONES = str(files("resources") / "examples" / "kidney-stones.csv")
DAG = str(files("resources") / "examples" / "kidney-stones.dag")
SIDES = ("--treatment", "treatment", "--outcome", "recovered", "--contrast", "A,B")
BY_HAND = (357 * (81 / 87 - 234 / 270) + 343 * (192 / 263 - 55 / 80)) / 700
KEYS = {"estimand", "value", "interval", "method", "ess", "n", "covariates", "warnings"}


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    assert cli.main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


@pytest.fixture
def trial(tmp_path: Path) -> tuple[str, str]:
    table, path, graph = example("cholestyramine").table, tmp_path / "t.csv", tmp_path / "g.dag"
    assert table is not None
    with path.open("w", encoding="utf-8") as stream:
        write_table(stream, table)
    graph.write_text("dag { offered -> took took -> lowered took <-> lowered }", "utf-8")
    return str(path), str(graph)


def test_the_stones_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "effect", STONES, *SIDES, "--graph", DAG, "--method", "regression")
    assert set(found) >= KEYS
    assert found["value"] == pytest.approx(BY_HAND)
    assert found["covariates"] == ["size"]
    assert (found["estimand"], found["n"]) == ("ate", 700)
    same = answer(
        capsys, "effect", STONES, *SIDES, "--covariates", "size", "--method", "regression"
    )
    assert same["value"] == found["value"]
    assert "taken as given" in str(same["warnings"])


def test_doubts_are_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["effect", STONES, *SIDES, "--graph", DAG, "--doubt"]) == 0
    out, err = capsys.readouterr()
    assert "P(recovered = yes): treatment = A compared with B, holding size fixed" in out
    assert "3 estimators agree (same assumptions; says nothing about hidden causes)" in err
    assert "placebo treatment: With a shuffled treatment" in err
    assert "A hidden cause as strong as size would bring it to zero" in err
    assert "verified" not in out + err


def test_rows_in_which_a_mediator_was_set_do_not_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """x → m → y, y = m = 2 x: where m was set by lot, x moves nothing."""
    rng = np.random.default_rng(0)
    x, lot = rng.integers(0, 2, 400), np.arange(400) % 2
    m = np.where(lot == 1, rng.normal(size=400), 2 * x + 0.1 * rng.normal(size=400))
    y = m + 0.1 * rng.normal(size=400)
    data, graph = tmp_path / "d.csv", tmp_path / "g.dag"
    lines = ["x,lot,m,y", *(f"{a},{b},{c},{d}" for a, b, c, d in zip(x, lot, m, y, strict=True))]
    data.write_text("\n".join(lines), "utf-8")
    graph.write_text("dag { x -> m m -> y }", "utf-8")
    words = ("effect", str(data), "--treatment", "x", "--outcome", "y", "--contrast", "1,0")
    design = ("--experiment", "m=lot:1")
    found = answer(capsys, *words, "--graph", str(graph), *design)
    assert found["value"] == pytest.approx(2.0, abs=0.1)
    assert found["n"] == 200
    alone = answer(capsys, *words, "--covariates", "", *design)
    assert "rows in which m was set count here" in str(alone["warnings"])


def test_without_a_graph_it_is_no_effect(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "effect", STONES, *SIDES)
    assert found["estimand"] == "balanced difference"
    assert "not an effect" in str(found["warnings"])


def test_what_cannot_be_adjusted_for_gets_bounds_and_no_number(
    trial: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    table, graph = trial
    words = ("effect", table, "--treatment", "took", "--outcome", "lowered", "--graph", graph)
    found = answer(capsys, *words)
    assert (found["value"], found["interval"]) == (None, None)
    assert found["bounds"] == pytest.approx([0.391, 0.779], abs=1e-3)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--treatment", "dose", "--outcome", "recovered"), "no column dose"),
        (("--treatment", "treatment", "--outcome", "recovered", "--contrast", "A"), "two values"),
        (
            ("--treatment", "treatment", "--outcome", "recovered", "--contrast", "A,C"),
            "no category",
        ),
        (("--treatment", "size", "--outcome", "recovered", "--covariates", "x"), "no column x"),
    ],
)
def test_what_is_misunderstood_is_refused(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["effect", STONES, *words]) == 2
    assert said in capsys.readouterr().err


def test_check_by_kernel_sees_a_bend(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """y = x² is uncorrelated with x, and depends on it."""
    x = np.linspace(-1, 1, 101)
    data, graph = tmp_path / "d.csv", tmp_path / "g.dag"
    rows = zip(x, x**2 + 0.05 * np.cos(40 * x), strict=True)
    data.write_text("\n".join(["x,y", *(f"{a},{b}" for a, b in rows)]), "utf-8")
    graph.write_text("dag { x y }", "utf-8")

    def test(*words: str) -> dict[str, object]:
        found = answer(capsys, "check", str(graph), str(data), *words)["tests"]
        assert isinstance(found, list)
        return dict(found[0])

    assert (test()["method"], test()["rejected"]) == ("correlation", False)
    assert (test("--kernel")["method"], test("--kernel")["rejected"]) == ("kernel", True)


def test_check_says_what_would_repair(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graph = tmp_path / "g.dag"
    graph.write_text("dag { size -> treatment treatment -> recovered }", "utf-8")
    found = answer(capsys, "check", str(graph), STONES, "--repair")
    repair = found["repair"]
    assert isinstance(repair, dict)
    assert {"arrows": [["size", "recovered"]], "hidden": []} in repair["changes"]
    assert "repair" not in answer(capsys, "check", str(graph), STONES)
    assert "repair" not in answer(capsys, "check", DAG, STONES, "--repair")


BALANCE_KEYS = KEYS | {
    "contrast", "bounds", "alternatives", "population", "ess_groups", "balance", "penalty",
    "interval_method", "outcome_models", "kernel", "objective_gap",
}  # fmt: skip


def test_balance_by_hand_and_its_keys(capsys: pytest.CaptureFixture[str]) -> None:
    """Strata by all rows, or by the 87 and 263 treated ones."""
    found = answer(capsys, "effect", STONES, *SIDES, "--graph", DAG, "--method", "balance")
    assert set(found) == BALANCE_KEYS
    assert found["value"] == pytest.approx(BY_HAND, abs=0.002)
    assert (found["estimand"], found["population"], found["method"]) == (
        "ate", "ate", "optimal balancing",
    )  # fmt: skip
    groups = found["ess_groups"]
    assert isinstance(groups, list)
    assert found["ess"] == min(groups)
    treated = answer(capsys, "effect", STONES, *SIDES, "--graph", DAG, "--estimand", "att")
    strata = (87 * (81 / 87 - 234 / 270) + 263 * (192 / 263 - 55 / 80)) / 350
    assert treated["value"] == pytest.approx(strata, abs=0.002)
    assert treated["estimand"] == "att"


def test_balance_without_covariates_is_no_effect(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "effect", STONES, *SIDES, "--estimand", "overlap")
    assert (found["estimand"], found["population"]) == ("balanced difference", "overlap")
    assert "not an effect" in str(found["warnings"])


def test_balance_says_what_it_holds_and_refuses_the_rest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["effect", STONES, *SIDES, "--covariates", "size"]
    assert cli.main([*words, "--method", "balance"]) == 0
    out, err = capsys.readouterr()
    assert "holding size fixed; ate" in out
    assert "effective sample size" in err
    assert cli.main([*words, "--method", "ipw", "--estimand", "att"]) == 2
    assert "use --method balance" in capsys.readouterr().err


def test_balance_needs_two_values(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "three.csv"
    rows = "".join(f"{t},{i % 7}\n" for i, t in enumerate("aaabbc" * 20))
    path.write_text("t,y\n" + rows, "utf-8")
    sides = ["--treatment", "t", "--outcome", "y", "--covariates", "", "--method", "balance"]
    assert cli.main(["effect", str(path), *sides]) == 2
    assert "t has 3 values (--contrast): write --contrast a,b, or two others" in (
        capsys.readouterr().err
    )
    assert cli.main(["effect", str(path), *sides, "--contrast", "a,c"]) == 0
