"""`doscope effect --method balance`: an effect by balance alone, of whom is said."""

from argparse import Namespace
from typing import TYPE_CHECKING

from engine.cli_output import note, number, show_json, table_lines, warn
from engine.errors import QueryError

if TYPE_CHECKING:
    from engine.checks.doubts import Comparison
    from engine.data.table import Table
    from engine.queries.balanced import InstantAnswer

BALANCED = "balanced difference"
METHOD = "optimal balancing"
Json = dict[str, object]


def balances(options: Namespace) -> bool:
    """True where balance is asked for, or another estimand than everybody's effect."""
    if options.method in (None, "balance"):
        return options.method is not None or options.estimand not in (None, "ate")
    if options.estimand not in (None, "ate"):
        raise QueryError(
            f"--method {options.method} tells the effect for everybody",
            where="--estimand",
            remedy="use --method balance",
        )
    return False


def balance(
    options: Namespace,
    table: "Table",
    compared: "Comparison",
    values: tuple[float, float] | None,
    warnings: list[str],
) -> None:
    """The balanced number, weights' effective sample size, and other estimators of the same."""
    import torch

    from engine.frontier.instant import instant
    from engine.queries.balanced import Basis, Estimand, Instant

    basis = Basis.GRAPH if options.graph is not None else Basis.TICKED
    if options.graph is None and options.covariates is None:
        basis = Basis.NOTHING
    value, other = values or _two(table, options.treatment)
    estimand = Estimand(options.estimand or Estimand.ATE)
    asked = Instant(options.treatment, options.outcome, value, other, None, estimand)
    torch.set_num_threads(1)  # the same sums on every machine
    steps = instant(table, asked, basis, compared.adjusting, options.seed, compared.unset)
    found = [step for step in steps if step is not None][-1]
    _tell(options, found, _json(found, table, [*warnings, *_warnings(found)]))


def _two(table: "Table", treatment: str) -> tuple[float, float]:
    """The only two values that there are; of more, two must be named."""
    from engine.checks.groups import groups

    found, variable = groups(table, treatment), table.variable(treatment)
    if len(found) < 2:
        raise QueryError(f"All rows have the same {treatment}, so there is nothing to compare")
    if len(found) > 2:
        often = sorted(found, key=lambda one: -one[1])[:2]
        first, second = (variable.show(value) for value, _ in often)
        raise QueryError(
            f"Balance compares two groups, and {treatment} has {len(found)} values",
            where="--contrast",
            remedy=f"write --contrast {first},{second}, or two others",
        )
    return found[1][0], found[0][0]


def _json(found: "InstantAnswer", table: "Table", warnings: list[str]) -> Json:
    first, second = found.effective
    return {
        "estimand": found.asked.estimand.value if found.basis.causal else BALANCED,
        "value": found.value,
        "interval": list(found.interval),
        "method": METHOD,
        "ess": min(found.effective),
        "n": found.rows,
        "covariates": list(found.held),
        "contrast": _contrast(found, table),
        "bounds": None,
        "alternatives": [
            {"method": one.method, "value": one.value, "interval": list(one.interval)}
            for one in found.beside
        ],
        "population": found.asked.estimand.value,
        "ess_groups": [first, second],
        "balance": [
            {"column": one.name, "before": one.before, "after": one.after} for one in found.moved
        ],
        "warnings": warnings,
    }


def _warnings(found: "InstantAnswer") -> list[str]:
    said = []
    if found.thin:
        said.append(
            f"only {min(found.effective):.0f} rows' worth of one group can be compared: the groups "
            f"hardly overlap, so do not rely on this number"
        )
    if found.unlike is not None:
        said.append(
            f"the groups stay unlike: {found.unlike.name} differs by {abs(found.unlike.after):.2f} "
            f"sd after weighting, so this number is extrapolated"
        )
    if found.rows < found.offered:
        said.append(
            f"{found.rows} of {found.offered} rows are complete in these columns; the others are "
            f"left out"
        )
    if found.landmarks:
        said.append(
            f"{found.rows} rows: what makes rows alike is told by {found.landmarks} of them, which "
            f"tell {100 * found.told:.0f} % of it"
        )
    return said


def _contrast(found: "InstantAnswer", table: "Table") -> str:
    asked, outcome = found.asked, table.variable(str(found.asked.outcome))
    show = table.variable(str(asked.treatment)).show
    about = f"P({outcome.name} = {outcome.categories[-1]})" if outcome.discrete else outcome.name
    ends = (float("nan") if end is None else end for end in (asked.value, asked.other))
    first, second = (show(end) for end in ends)
    return f"{about}: {asked.treatment} = {first} compared with {second}"


def _tell(options: Namespace, found: "InstantAnswer", result: Json) -> None:
    warnings = result["warnings"]
    for text in warnings if isinstance(warnings, list) else []:
        warn(text)
    if options.json:
        show_json(result)
        return
    held = ", ".join(found.held) or "nothing"
    print(f"{result['contrast']}, holding {held} fixed; {result['estimand']}")
    parts = [(METHOD, found.value, found.interval)]
    parts += [(one.method, one.value, one.interval) for one in found.beside]
    rows = [(name, number(v), f"{number(a)} to {number(b)}") for name, v, (a, b) in parts]
    lines = table_lines([("estimator", "effect", "90 %, from sampling alone"), *rows])
    print("\n".join(f"  {line}" for line in lines))
    first, second = found.effective
    note(f"effective sample size {first:.0f} of {found.counts[0]} and {second:.0f} of "
         f"{found.counts[1]}")  # fmt: skip
    if found.moved:
        before, after = (max(abs(v) for v in side) for side in zip(
            *((one.before, one.after) for one in found.moved), strict=True))  # fmt: skip
        note(f"largest standardised mean difference {before:.2f} before, {after:.2f} after")
