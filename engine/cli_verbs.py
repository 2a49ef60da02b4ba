"""What each headless verb does: read, ask the engine, write. Heavy imports wait inside verbs."""

import sys
import time
from argparse import Namespace
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli_output import (
    check_lines,
    fit_lines,
    gap_lines,
    note,
    query_lines,
    show_json,
    warn,
)
from engine.errors import QueryError, UserError
from engine.interventions import Convention
from engine.queries import language

if TYPE_CHECKING:
    from engine.cli_design import DesignWords
    from engine.data.table import Table
    from engine.data.variable import Variable
    from engine.graph.graph import CausalGraph
    from engine.graph.vectors import Vectors
    from engine.interventions import Action

TEST_KEYS = (
    "x",
    "y",
    "given",
    "method",
    "statistic",
    "p",
    "effect",
    "interval",
    "detectable",
    "rejected",
)
LUCK = {
    "rank": "each row keeps its luck: its rank, or Gumbel noise for categories without an order",
    "reversal": "where causes change, ranks of numbers turn round; categories keep their noise",
    "redraw": "where causes change, luck is drawn again",
}


def fit(options: Namespace) -> None:
    """A mechanism per variable of the graph, into a project file."""
    from engine.cli_model import begun, unfinished
    from engine.cli_paths import check_project_output
    from engine.queries.leaves import picture_laws

    check_project_output(options.output, (options.graph, options.data))
    start = time.monotonic()
    if options.time_limit is not None:
        warn("with --time-limit the result is not reproducible")
    bench = begun(
        Path(options.graph),
        Path(options.data),
        seed=options.seed,
        family=options.family,
        device=options.device,
        kinds=dict(options.kind),
        bounds=dict(options.bounds),
        words=_design_words(options),
        vectors=options.vector,
        pictures=options.pictures,
    )
    bench.fit(picture_laws(bench.project), seconds=options.time_limit)
    bench.save(Path(options.output))
    model = bench.shelf.model(bench.project, bench.law)
    for text in unfinished(model, bench.law):
        warn(text)
    for text in gap_lines(model, bench.law):
        warn(text)
    reports = {c.target: model.fits[c].report for c in bench.law}
    result = {
        "variables": {
            name: {
                "family": reports[name].family,
                "heldout_loglik": reports[name].heldout_loglik,
                "linear_loglik": reports[name].linear_loglik,
            }
            for name in model.graph.variables
        },
        "seconds": time.monotonic() - start,
        "seed": options.seed,
    }
    if options.json:
        show_json(result)
    else:
        _say(fit_lines(result, options.output))


def sample(options: Namespace) -> None:
    """Rows of the observational law, or of the law under do(…)."""
    from engine.cli_model import opened
    from engine.cli_paths import check_output
    from engine.cli_rows import drawn

    check_output(options.output, (options.model,))
    bench = opened(Path(options.model), options.device)
    model = bench.model(bench.law)
    action = parsed_action(options.do, model.variables, model.vectors)
    seed = model.project.seed if options.seed is None else options.seed
    _write_rows(drawn(model, options.count, action, seed), options.output)


def counterfactual(options: Namespace) -> None:
    """Given rows as they would have been under do(…)."""
    from engine.cli_model import opened
    from engine.cli_paths import check_output
    from engine.cli_rows import counters, gaps, imagined, needed_to_imagine, read_rows
    from engine.queries.imagining import chained

    check_output(options.output, (options.model, options.rows))
    bench = opened(Path(options.model), options.device)
    model = bench.model()
    action = parsed_action(options.do, model.variables, model.vectors)
    rows = read_rows(model, Path(options.rows))
    law, refused = needed_to_imagine(model, action)
    for text in chained(model, law):
        warn(text)
    for name, why in refused.items():
        warn(f"{name} is left empty: {why}")
    for text in gaps(model, rows, action):
        warn(text)
    seed = model.project.seed if options.seed is None else options.seed
    note(f"{LUCK[options.convention]}; a convention, which no data can test")
    convention = Convention(options.convention)
    worlds = imagined(bench.model(law), rows, action, options.samples, seed, convention)
    _write_rows(worlds, options.output, counters(rows.rows, options.samples))


def query(options: Namespace) -> None:
    """The answer to one query."""
    from engine.cli_model import opened
    from engine.queries.binding import bind
    from engine.queries.evaluation import evaluate, needed_of

    parsed = language.parse(options.query)
    bench = opened(Path(options.model), options.device)
    bound = bind(parsed, bench.model().variables, bench.model().vectors)
    model = bench.model(needed_of(bench.model(), bound))
    result = evaluate(model, bound, options.query)
    if options.json:
        show_json(result)
        return
    warnings = result["warnings"]
    for text in warnings if isinstance(warnings, list) else []:
        warn(text)
    _say(query_lines(result, parsed.outcome if isinstance(parsed, language.Law) else ""))


def identify(options: Namespace) -> None:
    """Whether a causal query can be computed from what is measured."""
    from engine.cli_identify import identify as identification

    identification(options)


def check(options: Namespace) -> None:
    """The graph's implied independences, tested on the table."""
    from engine.checks.evidence import examine
    from engine.checks.independence import caveats, run_checks
    from engine.checks.kernel import examine_by_kernel
    from engine.cli_model import drawn_on_data
    from engine.cli_trace import NOTE, traced
    from engine.cli_trace import lines as trace_lines
    from engine.queries.answers import ChecksAnswer

    kinds = dict(options.kind)
    words = _design_words(options)
    drawing, table, vectors = drawn_on_data(
        Path(options.graph), Path(options.data), kinds, words, options.vector
    )
    method = examine_by_kernel if options.kernel else examine
    steps = run_checks(drawing.graph, table, vectors, method)
    answer = [step for step in steps if isinstance(step, ChecksAnswer)][-1]
    tests = [{key: getattr(test, key) for key in TEST_KEYS} for test in answer.tests]
    further = _repaired(drawing.graph, table, vectors) if options.repair else {}
    traces = traced(table, options.trace)
    trace = {"trace": traces} if traces else {}
    if options.json:
        for text in caveats(table):
            warn(text)
        show_json({"tests": tests, **further, **trace})
        return
    _say([*check_lines({"tests": tests}), *trace_lines(traces)])
    if traces:
        note(NOTE)
    for found in further.values():
        note(str(found["words"]))
    for text in answer.untestable:
        note(text)


def _repaired(
    graph: "CausalGraph", table: "Table", vectors: "Vectors"
) -> dict[str, dict[str, object]]:
    """What would repair a contradicted graph, and how it stands to random ones."""
    from engine.checks.falsify import Falsification, falsify
    from engine.checks.repair import Repair, repairs

    found: dict[str, dict[str, object]] = {}
    for step in repairs(graph, table, 0, vectors):
        if isinstance(step, Repair):
            changes = [{"arrows": arrows, "hidden": hidden} for arrows, hidden in step.changes]
            counts = {"contradicted": step.contradicted, "tests": step.tests}
            rest = {"other_rows": step.fresh, "words": step.words}
            found["repair"] = {"changes": changes, **counts, **rest}
    for shuffle in falsify(graph, table, 0, vectors):
        if isinstance(shuffle, Falsification):
            shares = {"as_good": shuffle.as_good, "alike": shuffle.alike}
            found["random_graphs"] = {**shares, "words": shuffle.words}
    return found


def effect(options: Namespace) -> None:
    """An effect by adjustment, and doubts about it."""
    from engine.cli_effect import effect as by_adjustment

    by_adjustment(options)


def convert(options: Namespace) -> None:
    """A graph file, or the graph of a project, in another format; what that drops is said first."""
    from engine.cli_paths import check_output, is_project
    from engine.graph.formats.exporting import exported
    from engine.graph.formats.registry import (
        known_format,
        read_graph_file,
        write_text,
        written,
    )
    from engine.store.projectfile import read_project

    source, target = Path(options.source), Path(options.target)
    check_output(target, (source,))
    format = options.to or known_format(target)
    if source.is_file() and is_project(source):
        text, dropped = exported(read_project(source)[0], format)
    else:
        drawing = read_graph_file(source)
        for words in drawing.warnings:
            warn(words)
        text, dropped = written(drawing, format)
    for words in dropped:
        warn(words)
    write_text(text, target)


def not_yet(options: Namespace) -> None:
    """A verb that is promised for later."""
    raise UserError(f"`doscope {options.verb}` is not available yet")


def demo(options: Namespace) -> None:
    """The demo shows the window, so it belongs to the program and not to the engine."""
    raise UserError(
        "The demo needs the window's libraries", remedy="start it with the program `doscope demo`"
    )


def parsed_action(
    words: Collection[str], variables: "Mapping[str, Variable]", vectors: "Vectors"
) -> "Action":
    """The interventions that `--do X=1 Z+=2 V=(1,2)` names, in user units and codes."""
    from engine.queries.binding import Counterfactual, bind

    doing = tuple(_doing(word) for word in words)
    try:
        bound = bind(language.Unit(next(iter(variables)), doing, 0), variables, vectors)
    except QueryError as error:
        where = f"--do {' '.join(words)}"
        raise QueryError(error.message, where=where, remedy=error.remedy) from error
    assert isinstance(bound, Counterfactual)
    return bound.action if doing else ()


def _design_words(options: Namespace) -> "DesignWords":
    from engine.cli_design import DesignWords

    impute = getattr(options, "missing", "complete") == "impute"
    return DesignWords(options.weights, options.cluster, tuple(options.experiment), impute)


def _doing(word: str) -> language.Doing:
    name, sign, value = word.partition("=")
    shift = name.endswith("+")
    name = name.removesuffix("+").strip().strip('"')
    if not (sign and name and value.strip()):
        raise QueryError(
            f"{word!r} is no intervention", where="--do", remedy="write it like X=1, or X+=1"
        )
    value = value.strip()
    inner = value[1:-1].split(",") if value[0] == "(" and value[-1] == ")" else [value]
    values = tuple(part.strip().strip('"') for part in inner)
    return language.Doing(name, "+=" if shift else "=", values if value[0] == "(" else values[0])


def _write_rows(
    rows: "Table", path: str | None, extra: Mapping[str, Sequence[int]] | None = None
) -> None:
    from engine.data.writing import write_csv

    if path is None:
        write_csv(sys.stdout, rows.variables, rows.columns, extra)
    elif Path(path).exists() and not Path(path).is_file():  # a pipe or a device is not replaced
        with Path(path).open("w", encoding="utf-8", newline="\n") as stream:
            write_csv(stream, rows.variables, rows.columns, extra)
    else:
        write_csv(Path(path), rows.variables, rows.columns, extra)


def _say(lines: list[str]) -> None:
    print("\n".join(lines))


VERBS: Mapping[str, Callable[[Namespace], None]] = {
    "fit": fit,
    "sample": sample,
    "counterfactual": counterfactual,
    "query": query,
    "identify": identify,
    "check": check,
    "convert": convert,
    "discover": not_yet,
    "effect": effect,
    "demo": demo,
}
