"""`doscope effect`: an effect by the estimators beside the model, and what speaks against it."""

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli_balance import balance, balances
from engine.cli_output import note, number, show_json, table_lines, warn
from engine.errors import QueryError

if TYPE_CHECKING:
    from engine.checks.doubts import Comparison, Doubts
    from engine.checks.estimators import Estimate
    from engine.data.table import Table
    from engine.graph.graph import CausalGraph
    from engine.queries.answers import TableBounds

METHODS = {"regression": "adjustment regression", "ipw": "inverse probability weighting",
           "aipw": "doubly robust (AIPW, cross-fitted)"}  # fmt: skip
BALANCED = "balanced difference"
UNTICKED = (
    "no graph and no --covariates: all other columns are held fixed, also those that react to the "
    "treatment; this is a balanced difference, not an effect"
)
Json = dict[str, object]


def effect(options: Namespace) -> None:
    """What the treatment at one value instead of another does to the outcome, on average."""
    from engine.checks.doubts import Doubts, adjusting_in, comparison, doubts
    from engine.cli_design import DesignWords
    from engine.cli_model import read_data

    words = DesignWords(options.weights, options.cluster, tuple(options.experiment))
    drawn = None if options.graph is None else Path(options.graph)
    table, graph = read_data(Path(options.data), dict(options.kind), words, drawn)
    for name in (options.treatment, options.outcome):
        table.variable(name)
    warnings: list[str] = []
    if graph is not None:
        found_set = adjusting_in(graph, table, options.treatment, options.outcome)
        if found_set is None:
            _not_identified(options, table, graph)
            return
        adjusting = found_set
    elif options.covariates is not None:
        adjusting = tuple(v.strip() for v in options.covariates.split(",") if v.strip())
        warnings.append(
            "that these columns were fixed before the treatment, and suffice, is taken as given"
        )
    else:
        left_out = {options.treatment, options.outcome}
        adjusting = tuple(v for v in table.names if v not in left_out)
        warnings.append(UNTICKED)
    for name in adjusting:
        table.variable(name)
    if graph is None:
        warnings += _experiments(table, (options.treatment, options.outcome, *adjusting))
    values = _values(options, table)
    asked = comparison(table, options.treatment, options.outcome, adjusting, values, graph)
    if balances(options):
        balance(options, table, asked, values, warnings)
        return
    steps = doubts(table, asked, options.seed, refuting=options.doubt)
    found = [step for step in steps if isinstance(step, Doubts)][-1]
    estimand = BALANCED if graph is None and options.covariates is None else "ate"
    _tell(options, _json(options, table, found, estimand, warnings), found)


def _experiments(table: "Table", named: tuple[str, ...]) -> list[str]:
    """That nobody knows, without a graph, what an experiment on something else does here."""
    return [
        f"rows in which {name} was set count here; where it lies on the way, draw a graph"
        for name in sorted(table.design.varied - set(named))
    ]


def _values(options: Namespace, table: "Table") -> tuple[float, float] | None:
    if options.contrast is None:
        return None
    variable = table.variable(options.treatment)
    words = options.contrast.split(",")
    if len(words) != 2:
        raise QueryError(
            "A contrast has two values", where="--contrast", remedy="write --contrast 1,0"
        )
    return variable.parse(words[0]), variable.parse(words[1])


def _json(
    options: Namespace, table: "Table", found: "Doubts", estimand: str, warnings: list[str]
) -> Json:
    chosen = _chosen(options, found)
    if chosen.clipped > 0:
        share = f"{100 * chosen.clipped:.1f} %" if chosen.clipped >= 0.0005 else "Less than .1 %"
        warnings.append(
            f"{share} of rows had a chance of one treatment below 1 %, which was taken for 1 %"
        )
    result: Json = {
        "estimand": estimand,
        "value": chosen.value,
        "interval": list(chosen.interval),
        "method": chosen.method,
        "ess": found.rows,
        "n": found.rows,
        "covariates": list(found.comparison.adjusting),
        "contrast": _contrast(table, found.comparison),
        "bounds": None,
        "alternatives": [
            {"method": one.method, "value": one.value, "interval": list(one.interval)}
            for one in found.estimates
            if one is not chosen
        ],
        "agreement": found.agreement,
        "warnings": warnings,
    }
    if options.doubt and found.sensitivity is not None:
        stands = found.sensitivity
        result["sensitivity"] = {
            "partial_r2": stands.partial_r2,
            "robustness": stands.robustness,
            "robustness_of_interval": stands.robustness_of_interval,
            "words": list(stands.words),
        }
        result["refuters"] = [
            {"refuter": one.refuter, "mean": one.mean, "spread": list(one.spread), "p": one.p,
             "surprising": one.surprising, "words": one.words}
            for one in found.refutations
        ]  # fmt: skip
    return result


def _chosen(options: Namespace, found: "Doubts") -> "Estimate":
    if options.method is None:
        return found.estimates[-1]
    for one in found.estimates:
        if one.method == METHODS[options.method]:
            return one
    raise QueryError(
        f"--method {options.method} needs a treatment with two values or categories, and "
        f"{found.comparison.treatment} is a number",
        where="--method",
        remedy="use --method regression",
    )


def _contrast(table: "Table", asked: "Comparison") -> str:
    show = table.variable(asked.treatment).show
    outcome = table.variable(asked.outcome)
    about = asked.outcome
    if outcome.discrete:
        about = f"P({asked.outcome} = {outcome.categories[-1]})"
    return f"{about}: {asked.treatment} = {show(asked.value)} compared with {show(asked.other)}"


def _tell(options: Namespace, result: Json, found: "Doubts") -> None:
    warnings = result["warnings"]
    for text in warnings if isinstance(warnings, list) else []:
        warn(text)
    if options.json:
        show_json(result)
        return
    held = ", ".join(found.comparison.adjusting) or "nothing"
    print(f"{result['contrast']}, holding {held} fixed")
    rows = [
        (one.method, number(one.value), f"{number(one.interval[0])} to {number(one.interval[1])}")
        for one in found.estimates
    ]
    lines = table_lines([("estimator", "effect", "90 %, from sampling alone"), *rows])
    print("\n".join(f"  {line}" for line in lines))
    for text in filter(None, [found.agreement]):
        note(text)
    if options.doubt:
        for text in found.sensitivity.words if found.sensitivity is not None else ():
            note(text)
        for one in found.refutations:
            note(f"{one.refuter}{' (not as it should be)' if one.surprising else ''}: {one.words}")


def _not_identified(options: Namespace, table: "Table", graph: "CausalGraph") -> None:
    """Bounds where all is in categories, else nothing: never a number."""
    words = ["No set of measured variables can be adjusted for in this graph"]
    found = _bounds(options, table, graph, words)
    result: Json = {
        "estimand": "ate",
        "value": None,
        "interval": None,
        "method": None,
        "ess": None,
        "n": table.rows if found is None else found.rows,
        "covariates": [],
        "bounds": None if found is None or found.low is None else [found.low, found.high],
        "alternatives": [],
        "warnings": [*words, *(() if found is None else found.words)],
    }
    if options.json:
        for text in result["warnings"] if isinstance(result["warnings"], list) else []:
            warn(text)
        show_json(result)
        return
    print("No number: the effect cannot be adjusted for.")
    if found is not None and found.low is not None and found.interval is not None:
        low, high = (number(end) for end in (found.low, found.high or 0.0))
        wide = " to ".join(number(end) for end in found.interval)
        print(f"  It lies from {low} to {high}, whatever the hidden causes do ({wide} with 90 %).")
    for text in (*words, *(() if found is None else found.words)):
        note(text)


def _bounds(
    options: Namespace, table: "Table", graph: "CausalGraph", words: list[str]
) -> "TableBounds | None":
    from engine.identify.bounded import bounds_of_table
    from engine.identify.bounds import Term, chance, contrast

    outcome, treatment = options.outcome, options.treatment
    values = _values(options, table)

    def ask(seen: Mapping[str, tuple[float, ...]]) -> tuple[Term, ...]:
        if treatment not in seen:
            raise QueryError(f"{treatment} does not lead to {outcome} in this graph")
        codes, ends = seen[treatment], values or (seen[treatment][-1], seen[treatment][0])
        if not set(ends) <= set(codes):
            raise QueryError(f"No row has this value of {treatment}", where="--contrast")
        one, other = ({treatment: codes.index(end)} for end in ends)
        if not table.variable(outcome).discrete:
            scores = seen[outcome]
            return contrast(
                (Term(1.0, one, outcome, scores),), (Term(1.0, other, outcome, scores),)
            )
        last, levels = len(seen[outcome]) - 1, len(seen[outcome])
        return contrast(chance(outcome, last, one, levels), chance(outcome, last, other, levels))

    try:
        steps = list(bounds_of_table(graph, table, outcome, ask, options.seed))
    except QueryError as error:
        words.append(str(error))
        return None
    return steps[-1]
