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
METHOD, ONE_PASS = "optimal balancing", "balancing by attention"
_BEST = 1e-6  # a gap that is none
Json = dict[str, object]


def balances(options: Namespace) -> bool:
    """True where balance is asked for, or what only balance can tell."""
    names = ("--penalty", "--interval", "--kernel")
    given = [options.penalty, options.interval, options.kernel]
    if options.method == "attention" and options.kernel not in (None, "rbf"):
        raise QueryError(
            "The trained network balances smooth functions only",
            where="--kernel",
            remedy="use --method balance",
        )
    if options.method in (None, "balance", "attention"):
        told = options.estimand not in (None, "ate") or any(one is not None for one in given)
        return options.method is not None or told
    for name, value in zip(names, given, strict=True):
        if value is not None:
            raise QueryError(
                f"{name} is of balance, and --method {options.method} has none",
                where=name,
                remedy="use --method balance",
            )
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
    from engine.queries.balanced import PENALTY, Basis, Estimand, Instant, Kernel

    basis = Basis.GRAPH if options.graph is not None else Basis.TICKED
    if options.graph is None and options.covariates is None:
        basis = Basis.NOTHING
    value, other = values or _two(table, options.treatment)
    estimand = Estimand(options.estimand or Estimand.ATE)
    asked = Instant(
        options.treatment,
        options.outcome,
        value,
        other,
        None,
        estimand,
        penalty=options.penalty or PENALTY,
        bootstrap=options.interval == "bootstrap",
        kernel=Kernel(options.kernel or Kernel.RBF),
        one_pass=options.method == "attention",
    )
    torch.set_num_threads(1)  # the same sums on every machine
    steps = instant(table, asked, basis, compared.adjusting, options.seed, compared.unset)
    found = [step for step in steps if step is not None][-1]
    _tell(options, found, table, _json(found, table, [*warnings, *_warnings(found)]))


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
        "method": _method(found),
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
        "penalty": found.asked.penalty,
        "kernel": found.asked.kernel.value if found.held else None,
        "objective_gap": found.pass_gap,
        "interval_method": "bootstrap" if found.drawn else "analytic",
        "outcome_models": [
            {
                "model": "boosted" if one.boosted else "ridge",
                "heldout": {"ridge": one.ridge, "boosted": one.trees},
            }
            for one in found.models
        ],
        "ess_groups": [first, second],
        "balance": [
            {"column": one.name, "before": one.before, "after": one.after} for one in found.moved
        ],
        "warnings": warnings,
    }


def _method(found: "InstantAnswer") -> str:
    return METHOD if found.pass_gap is None else ONE_PASS


def _warnings(found: "InstantAnswer") -> list[str]:
    said = []
    if found.unasked is not None:
        said.append(f"{found.unasked}, so the best weights were computed instead")
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


def _how_near(found: "InstantAnswer") -> list[str]:
    """Of weights by the trained network, the bound on their objective."""
    if found.pass_gap is None:
        return []
    from engine.frontier.amortised import STEPS

    near = f"at most {100 * found.pass_gap:.2g} % above the least one"
    near = near if found.pass_gap > _BEST else "the least one"
    return [
        f"weights by one pass of the trained network and {STEPS} steps: the objective is {near}"
    ]


def _how(found: "InstantAnswer", table: "Table") -> list[str]:
    """λ, the outcome models and the interval, in words."""
    from engine.queries.balanced import PENALTY

    asked = found.asked
    if asked.penalty == PENALTY:
        said = [
            "balance is traded for rows by rule: penalty 1, as if outcomes were as noisy as they "
            "are systematic; less makes groups more alike, more keeps more rows"
        ]
    else:
        more = "rows are kept rather" if asked.penalty > PENALTY else "groups are more alike"
        said = [f"penalty {asked.penalty:g} instead of 1: {more} than by rule"]
    said += _how_near(found)
    show = table.variable(str(asked.treatment)).show
    ends = [show(float("nan") if end is None else end) for end in (asked.value, asked.other)]
    parts = [
        f"{'boosted trees' if one.boosted else 'ridge'} with {asked.treatment} = {end} "
        f"({100 * one.error:.0f} % of the variance left on rows held out)"
        for one, end in zip(found.models, ends, strict=False)
    ]
    if parts:
        said.append(f"a model of the outcome mends what weights leave: {', '.join(parts)}")
    if found.drawn:
        units = "clusters" if table.design.cluster else "rows"
        said.append(
            f"interval from {found.drawn} resamples of {units}, weights solved anew by the "
            f"{found.kernel_of_draws} kernel, the outcome model kept"
        )
    return said


def _contrast(found: "InstantAnswer", table: "Table") -> str:
    asked, outcome = found.asked, table.variable(str(found.asked.outcome))
    show = table.variable(str(asked.treatment)).show
    about = f"P({outcome.name} = {outcome.categories[-1]})" if outcome.discrete else outcome.name
    ends = (float("nan") if end is None else end for end in (asked.value, asked.other))
    first, second = (show(end) for end in ends)
    return f"{about}: {asked.treatment} = {first} compared with {second}"


def _tell(options: Namespace, found: "InstantAnswer", table: "Table", result: Json) -> None:
    warnings = result["warnings"]
    for text in warnings if isinstance(warnings, list) else []:
        warn(text)
    if options.json:
        show_json(result)
        return
    held = ", ".join(found.held) or "nothing"
    print(f"{result['contrast']}, holding {held} fixed; {result['estimand']}")
    parts = [(_method(found), found.value, found.interval)]
    parts += [(one.method, one.value, one.interval) for one in found.beside]
    rows = [(name, number(v), f"{number(a)} to {number(b)}") for name, v, (a, b) in parts]
    lines = table_lines([("estimator", "effect", "90 %, from sampling alone"), *rows])
    print("\n".join(f"  {line}" for line in lines))
    for text in _how(found, table):
        note(text)
    first, second = found.effective
    note(f"effective sample size {first:.0f} of {found.counts[0]} and {second:.0f} of "
         f"{found.counts[1]}")  # fmt: skip
    if found.moved:
        before, after = (max(abs(v) for v in side) for side in zip(
            *((one.before, one.after) for one in found.moved), strict=True))  # fmt: skip
        note(f"largest standardised mean difference {before:.2f} before, {after:.2f} after")
