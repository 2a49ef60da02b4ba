"""The command line's contract: surface, exit codes, refusals, and the verbs on graphs alone."""

import json
import shlex
from pathlib import Path

import pytest

from engine import cli
from engine.cli_output import number

GRAPH = "dag { size -> treatment size -> recovered treatment -> recovered }"
IDENTIFY_KEYS = {"identified", "method", "estimand", "latex", "adjustment_sets", "hedge"}
README = Path(__file__).parents[2] / "README.md"
VERBS = ["fit", "sample", "counterfactual", "query", "identify", "check", "effect", "convert"]


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
        ["sample", "m", "-n", "5", "--see", "3"],  # no abbreviations
        ["query", "m", "E[Y]", "--js"],
        ["fit", "g", "d", "-o", "m", "--kind", "age"],
        ["check", "g", "d", "--kind", "age=number"],
        ["fit", "g", "d", "-o", "m", "--bounds", "age=3"],
        ["fit", "g", "d", "-o", "m", "--bounds", "age=0,ten"],
    ],
)
def test_misunderstood_arguments_are_one_sentence(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "--help" in refusal(capsys, *words)


@pytest.mark.parametrize("verb", ["discover"])
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
    assert cli.main(["identify", bow, "P(y | do(x))", "--json"]) == 0
    assert "x ↔ y" in capsys.readouterr().err  # the reason is no key of the contract


def test_identify_tells_estimand_steps_and_instruments(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The front door and its formula (Pearl 1995); an instrument is no identification."""
    door = written(tmp_path / "door.dagitty", "dag { x -> m -> y x <-> y }")
    assert cli.main(["identify", door, "P(y | do(x))"]) == 0
    out, err = capsys.readouterr()
    assert "Σ_{m} P(m | x) Σ_{x'} P(y | x', m) P(x')" in out
    assert "Front-door sets: {m}" in out
    assert "(a bias until closed):\n    x ↔ y\n" in out
    pushed = written(tmp_path / "iv.dagitty", "dag { z -> x -> y x <-> y }")
    found = json_of(capsys, "identify", pushed, "P(y | do(x))", "--details")
    assert (found["identified"], found["hedge"]) == (False, {"outer": ["x", "y"], "inner": ["y"]})
    assert [(each["name"], each["given"]) for each in found["instruments"]] == [("z", [])]  # type: ignore[attr-defined]
    assert found["instruments"][0]["methods"] == [  # type: ignore[index]
        "linear IV",
        "LATE: effect in compliers, needs monotonicity",
    ]


def test_identify_takes_what_is_seen_and_what_must_be_adjusted_for(
    graph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """size → treatment, size → recovered: within one size the effect is what is seen."""
    for given in ("size", "size=small"):
        found = json_of(capsys, "identify", str(graph), f"P(recovered | do(treatment), {given})")
        assert found["estimand"] == (
            "P(recovered | do(treatment), size) = P(recovered | size, treatment)"
        )
    two = written(tmp_path / "two.dagitty", "dag { a -> b -> x -> y a -> y }")
    query = "P(y | do(x))"
    assert json_of(capsys, "identify", two, query)["adjustment_sets"] == [["a"], ["b"]]
    forced = json_of(capsys, "identify", two, query, "--adjust", "b")
    assert forced["adjustment_sets"] == [["b"]]
    assert json_of(capsys, "identify", two, query, "--avoid", "b")["adjustment_sets"] == [["a"]]


def test_identify_heeds_how_rows_were_selected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """DAGitty's mark [selected]: hospital patients (Berkson) are refused, harmless rows not."""
    berkson = written(tmp_path / "b.dagitty", "dag { s [selected] x -> s y -> s x -> y }")
    assert json_of(capsys, "identify", berkson, "P(y | do(x))")["identified"] is False
    assert cli.main(["identify", berkson, "P(y | do(x))"]) == 0
    assert "look related because of that (x → s ← y)" in capsys.readouterr().err
    harmless = written(tmp_path / "h.dagitty", "dag { s [selected] x -> s x -> y }")
    found = json_of(capsys, "identify", harmless, "P(y | do(x))")
    assert found["estimand"] == "P(y | do(x)) = P(y | x)"


def test_identify_says_where_it_stops_listing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Eight back-door paths of two: 2⁸ minimal sets, of which 200 are listed and 20 printed."""
    paths = " ".join(f"a{i} -> x a{i} -> b{i} -> y" for i in range(8))
    many = written(tmp_path / "m.dagitty", f"dag {{ x -> y {paths} }}")
    assert cli.main(["identify", many, "P(y | do(x))"]) == 0
    out, err = capsys.readouterr()
    assert "and 180 more (--json lists them)" in out
    assert "Only the first 200" in err
    assert len(json_of(capsys, "identify", many, "P(y | do(x))")["adjustment_sets"]) == 200  # type: ignore[arg-type]


def test_identify_says_that_it_compares_different_people(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chain = written(tmp_path / "c.dagitty", "dag { x -> m -> y }")
    assert cli.main(["identify", chain, "P(y | do(x), m)"]) == 0
    assert "m reacts to x: this compares different people" in capsys.readouterr().err


@pytest.mark.parametrize(
    "query",
    [
        "P(absent | do(treatment))",
        "P(recovered)",
        "P(recovered | do(treatment += 1), size=small)",
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


def test_convert_says_what_is_dropped_even_where_nothing_can_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graph = written(tmp_path / "g.dag", "dag { x [exposure] u [latent] u -> x x <-> y }")
    assert cli.main(["convert", graph, str(tmp_path / "g.bnlearn")]) == 0
    said = capsys.readouterr().err
    assert "hidden causes are left out: x ↔ y" in said
    assert "roles are left out: x (exposure)" in said
    assert (tmp_path / "g.bnlearn").read_text("utf-8") == "[u][x|u][y]\n"
    assert cli.main(["convert", graph, str(tmp_path / "no" / "g.bnlearn")]) == 2
    assert "hidden causes are left out" in capsys.readouterr().err
    assert "x has none" in refusal(capsys, "convert", graph, str(tmp_path / "g.bif"))


def test_convert_takes_a_project_with_its_categories_and_shares(
    graph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "small,A,yes\nsmall,B,no\nlarge,A,no\nlarge,B,yes\nlarge,B,no\n"
    data = written(tmp_path / "t.csv", "size,treatment,recovered\n" + rows)
    project, bif = str(tmp_path / "p.doscope"), tmp_path / "p.bif"
    assert cli.main(["fit", str(graph), data, "-o", project, "--family", "linear"]) == 0
    assert cli.main(["convert", project, str(bif)]) == 0
    text = bif.read_text("utf-8")
    assert "type discrete [ 2 ] { large, small };" in text
    assert "table 0.5833333333, 0.4166666667;" in text  # (3 + ½, 2 + ½) / 6
    assert "shares of the rows" in capsys.readouterr().err


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


# ── outputs never replace what is read, or what is not theirs ──────────────────────────────────


def table(tmp_path: Path) -> str:
    rows = "small,A,yes\nlarge,B,no\nsmall,B,yes\nlarge,A,no\n" * 5
    return written(tmp_path / "d.csv", "size,treatment,recovered\n" + rows)


def test_a_fit_does_not_replace_its_inputs(
    graph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = table(tmp_path)
    link = tmp_path / "link.doscope"
    link.symlink_to(data)
    kept = written(tmp_path / "notes.txt", "do not lose me")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for output in (data, str(graph), str(link)):
        assert "replace what is read" in refusal(capsys, "fit", str(graph), data, "-o", output)
    assert "ends in .doscope" in refusal(capsys, "fit", str(graph), data, "-o", kept)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_converted_graph_does_not_replace_its_source(
    graph: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["convert", str(graph), str(graph), "--to", "dot"]
    assert "replace what is read" in refusal(capsys, *words)
    assert graph.read_text("utf-8") == GRAPH


# ── columns ────────────────────────────────────────────────────────────────────────────────────


def dated(tmp_path: Path, count: int) -> tuple[str, str]:
    """A graph with the variable date, and a table in which every date is another text."""
    rows = "".join(f"d{i},{i % 2},{i % 7}\n" for i in range(count))
    data = written(tmp_path / "dated.csv", "date,arm,score\n" + rows)
    return written(tmp_path / "dated.dag", "dag { date -> score arm -> score }"), data


def test_a_column_left_out_is_not_called_absent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graph, data = dated(tmp_path, 60)
    said = refusal(capsys, "check", graph, data)
    assert "left out" in said
    assert "60 different texts" in said
    assert "--kind date=categorical" in said
    assert cli.main(["check", graph, data, "--kind", "date=categorical"]) == 0
    assert "left out" not in capsys.readouterr().err


def test_more_labels_than_categories_are_not_offered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refusal(capsys, "check", *dated(tmp_path, 1_200))
    assert "1200 different texts" in said
    assert "--kind" not in said


def test_a_stray_word_names_the_option_that_keeps_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = written(tmp_path / "w.csv", "my x,y\n" + "1,2\n2,1\n" * 20 + "low,3\n")
    graph = written(tmp_path / "w.dag", 'dag { "my x" -> y }')
    said = refusal(capsys, "check", graph, data)
    assert "line 42" in said
    assert "--kind 'my x=categorical'" in said
    assert cli.main(["check", graph, data, "--kind", "my x=categorical"]) == 0


def test_kinds_of_absent_columns_are_refused(
    graph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["check", str(graph), table(tmp_path), "--kind", "sise=count"]
    assert "sise" in refusal(capsys, *words)


def test_folders_are_no_projects(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "is a folder" in refusal(capsys, "query", str(tmp_path), "E[y]")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12250.4, "12250"), (-1234567.0, "-1234567"), (999.96, "1000"), (0.123456, "0.1235"),
        (5, "5"), (0.00002, "2e-05"), (3e20, "3e+20"), (None, "–"), (float("nan"), "–"),
    ],
)  # fmt: skip
def test_numbers_for_people(value: object, text: str) -> None:
    assert number(value) == text


# ── the README ─────────────────────────────────────────────────────────────────────────────────


def commands() -> list[list[str]]:
    """The commands of the README's section on the command line, without `doscope` itself."""
    section = README.read_text("utf-8").split("## Command line")[1].split("\n## ")[0]
    block = section.split("```sh\n")[1].split("```")[0]
    lines = [shlex.split(line, comments=True) for line in block.splitlines()]
    return [words[1:] for words in lines if words[:1] == ["doscope"]]


def test_the_readme_can_be_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command of the README runs, in order, in a folder that has its examples."""
    (tmp_path / "resources").symlink_to(README.parent / "resources")
    monkeypatch.chdir(tmp_path)
    typed = [words for words in commands() if words[0] != "demo"]
    assert {words[0] for words in typed} == set(VERBS)
    for words in typed:
        assert cli.main(words) == 0, capsys.readouterr().err
