"""What the headless verbs print: one JSON object, or a few lines for people. Notes go to stderr."""

import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.queries.model import Model
    from engine.scm.conditional import Conditional

Row = Sequence[str]
FROM_SAMPLING = "from sampling alone; the graph is taken as given"


def show_json(value: Mapping[str, object]) -> None:
    """One JSON object on stdout; numbers that JSON cannot write (NaN, ∞) become null."""
    print(json.dumps(_plain(value), allow_nan=False))


def note(text: str) -> None:
    """One line on stderr."""
    print(f"doscope: {text}", file=sys.stderr)


def warn(text: str) -> None:
    """One line on stderr that the user should not miss."""
    note(f"warning: {text}")


def table_lines(rows: Iterable[Row]) -> list[str]:
    """Cells side by side, the first column to the left and the others to the right."""
    cells = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]


def fit_lines(result: Mapping[str, object], path: str) -> list[str]:
    """Families and held-out scores, one line per variable."""
    variables = _mapping(result["variables"])
    head = ("variable", "family", "held-out", "linear")
    rows = [
        (name, str(fit["family"]), number(fit["heldout_loglik"]), number(fit["linear_loglik"]))
        for name, fit in ((name, _mapping(fit)) for name, fit in variables.items())
    ]
    seconds = number(result["seconds"])
    return [
        *table_lines([head, *rows]),
        "Scores in nats per held-out row; higher is better.",
        f"Fitted in {seconds} s with seed {result['seed']}: {path}",
    ]


def gap_lines(model: "Model", law: "Iterable[Conditional]") -> list[str]:
    """What became of the gaps of each variable and of its causes, a sentence each."""
    lines = []
    for conditional in law:
        name, report = conditional.target, model.fits[conditional].report
        gaps = 1.0 - float(model.table.complete((name, *conditional.given)).mean())
        if report.imputed:
            lines.append(f"{_share(report.imputed)} of the values of {name} were imputed")
        elif gaps and not report.filled:
            where = f"{name} or a cause of it" if conditional.given else name
            lines.append(f"{_share(gaps)} of the rows lack {where} and are left out of its fit")
    return lines


def query_lines(result: Mapping[str, object], outcome: str = "") -> list[str]:
    """The answer in words, with its interval and what it rests on; `outcome` of a whole law."""
    lines = [f"{result['query']}{_headline(result, outcome)}"]
    if "quantiles" in result:
        quantiles = _mapping(result["quantiles"])
        shares = ", ".join(f"{_percent(q)}: {number(value)}" for q, value in quantiles.items())
        lines.append(f"  Quantiles: {shares}")
    if "probabilities" in result:
        chances = _mapping(result["probabilities"])
        lines += [f"  {line}" for line in table_lines((k, number(v)) for k, v in chances.items())]
    if result.get("interval") is not None:
        low, high = _pair(result["interval"])
        lines.append(
            f"  {_percent(result['level'])}: {number(low)} to {number(high)} {FROM_SAMPLING}"
        )
    if result.get("bounds") is not None:
        low, high = _pair(result["bounds"])
        lines.append(
            f"  If your arrows are right: {number(low)} to {number(high)}, whatever the hidden "
            "causes do"
        )
    if result.get("identified"):
        way = ", ".join(str(text) for text in (result["method"], result["estimand"]) if text)
        lines.append(f"  If your arrows are right: {way}")
    lines += [f"  Rests on: {text}" for text in _texts(result.get("assumptions"))]
    share = _mapping(result.get("support")).get("share")
    if isinstance(share, float) and share < 1:
        extrapolated = f"{100 - 100 * share:.0f} % of this answer is extrapolated"
        lines.append(f"  Plausible for {100 * share:.0f} % of such rows; {extrapolated}.")
    if result.get("convention"):
        lines.append(f"  Convention about luck: {result['convention']}")
        lines += [_alternative(_mapping(other)) for other in _items(result["alternatives"])]
    else:
        lines += [_beside(_mapping(other)) for other in _items(result.get("alternatives", []))]
    if result.get("hull") is not None:
        low, high = _pair(result["hull"])
        lines.append(f"  All conventions together: {number(low)} to {number(high)}")
    if result.get("provisional"):
        lines.append("  Provisional: not every mechanism is fitted to the end.")
    return lines


def check_lines(result: Mapping[str, object]) -> list[str]:
    """One line per implied independence, and the count that matters."""
    tests = [_mapping(test) for test in _items(result["tests"])]
    if not tests:
        return ["The graph implies no independence that these data could contradict."]
    rows = [_test_row(test) for test in tests]
    against = sum(bool(test["rejected"]) for test in tests)
    count = f"{len(tests)} test{'s' * (len(tests) > 1)}"
    verdict = f"{against} against the graph" if against else "none contradicts the graph"
    head = ("independence", "method", "effect", "90 %", "p", "")
    others = "" if against else "; other graphs fit as well"
    return [*table_lines([head, *rows]), f"{count}, {verdict}{_power(tests)}{others}."]


def _power(tests: Sequence[Mapping[str, object]]) -> str:
    """What the tests could have seen; '' where that is unknown."""
    sizes = [size for test in tests if isinstance(size := test["detectable"], float)]
    return f" (could have seen effects above {number(max(sizes))})" if sizes else ""


def number(value: object) -> str:
    """Four digits, and all of those before the point up to 10¹⁵; a dash where there is none."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return "–"
    return f"{value:.0f}" if 1e3 <= abs(value) < 1e15 else f"{value:.4g}"


def _headline(result: Mapping[str, object], outcome: str) -> str:
    if result.get("mean") is not None:
        of = f" of {outcome}" if outcome else ""
        return f": mean{of} {number(result['mean'])}, sd {number(result['sd'])}"
    if "probabilities" in result:
        return ""
    if result["value"] is not None:
        return f" = {number(result['value'])}"
    return ": not identified" if result["identified"] is False else ": no value"


def _alternative(other: Mapping[str, object]) -> str:
    """One line: another convention, its words, its number, range or probabilities."""
    told = number(other["value"])
    if other["interval"] is not None:
        low, high = _pair(other["interval"])
        told = f"{number(low)} to {number(high)}"
    elif "probabilities" in other:
        chances = _mapping(other["probabilities"])
        told = ", ".join(f"{label} {number(share)}" for label, share in chances.items())
    return f"  By {other['method']} ({', '.join(_texts(other['assumptions']))}): {told}"


def _beside(other: Mapping[str, object]) -> str:
    """One line: another estimator, its number and its interval."""
    low, high = _pair(other["interval"])
    return f"  By {other['method']}: {number(other['value'])} ({number(low)} to {number(high)})"


def _test_row(test: Mapping[str, object]) -> Row:
    given = ", ".join(_texts(test["given"]))
    said = f"{test['x']} ⫫ {test['y']}" + (f" | {given}" if given else "")
    interval = "–"
    if test["interval"] is not None:
        low, high = _pair(test["interval"])
        interval = f"{number(low)} to {number(high)}"
    verdict = "contradicted" if test["rejected"] else ""
    return said, str(test["method"]), number(test["effect"]), interval, number(test["p"]), verdict


def _percent(level: object) -> str:
    return f"{100 * float(str(level)):g} %"


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _items(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list | tuple) else ()


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, _items(value)))


def _pair(value: object) -> tuple[object, object]:
    low, high = _items(value)
    return low, high


def _share(part: float) -> str:
    """12 %; .3 % where whole percent would say none."""
    return f"{100 * part:.{0 if part >= 0.005 else 1}f} %"
