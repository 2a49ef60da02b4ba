"""Which family: the simplest about as good as the best on held-out rows."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from torch import Generator, Tensor

from engine.data.variable import Kind
from engine.errors import FitError
from engine.mechanisms.families import FAMILIES
from engine.mechanisms.settings import FitSettings
from engine.scm.cases import Cases
from engine.scm.closed import tabulable
from engine.scm.scoring import Rows

AUTO = "auto"
_SAME_FOR_CATEGORIES = {
    "linear": "logistic",
    "spline-linear": "logistic",
    "additive": "categorical",
    "location-scale": "categorical",
    "flow": "categorical",
}
_FEW, _MANY = 20.0, 4000.0  # held-out rows worth one standard error, and worth the most
_LEAST, _MOST = 0.25, 2.0  # standard errors
_TIE = 1e-6  # nats per row: rounding, as between a line and a curve that learnt nothing
_NUMBERS = ("linear", "spline-linear", "additive", "location-scale", "flow")


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen family and one line for people: why."""

    family: str
    why: str


def candidates(requested: str, cases: Cases, settings: FitSettings) -> tuple[str, ...]:
    """Families to compare, simplest first; one that does not fit the variable is a FitError.

    The straight line (for categories, straight-line odds) is always among them, as the baseline.
    Of numbers each family goes on from what the simpler ones came to, so that one that is asked
    for comes after those.
    """
    wanted = _wanted(requested, cases)
    if cases.k:
        return _discrete(wanted, cases, settings)
    known = _NUMBERS if cases.encoder.width else _NUMBERS[:2]
    if wanted == AUTO:
        counts = ("count",) if countable(cases) else ()
        few = ("linear", *counts)
        if cases.n < settings.fewest:
            return few
        return (*few, *(known if cases.n >= settings.fewest_for_shape else known[:4])[1:])
    if wanted in ("linear", "count"):
        return ("linear",) if wanted == "linear" else ("linear", "count")
    wanted = wanted if wanted in known else known[-1]
    return known[: known.index(wanted) + 1]


def check_family(requested: str, cases: Cases) -> None:
    """Refuse a family that does not fit the variable with a FitError."""
    _wanted(requested, cases)


def gate_family(requested: str) -> str:
    """What is asked for of the categories "which atom", where `requested` is asked for a number."""
    return _SAME_FOR_CATEGORIES.get(requested, requested)


def countable(cases: Cases) -> bool:
    """True for a count that may be any whole number from 0 up."""
    variable = cases.variable
    return variable.kind is Kind.COUNT and variable.upper is None and not variable.lower


def choose(
    scores: Mapping[str, Tensor], requested: str, alone: str = "", rows: Rows | None = None
) -> Choice:
    """The simplest family whose paired score is within about a standard error of the best.

    `scores` (held-out rows,) in nats per family, simplest first, all on the same rows and measure;
    `alone` says why, where only one was tried; `rows` what the held-out rows count.
    """
    names = list(scores)
    if requested != AUTO or len(names) == 1:
        return Choice(names[-1], _only(names[-1], requested, alone))
    rows = rows or Rows()
    means = {name: _mean(score, rows) for name, score in scores.items()}
    best = _first(means)
    chosen = next(name for name in names if _as_good(name, scores, best, rows))
    other = (
        best
        if chosen != best
        else max((name for name in names if name != best), key=lambda name: means[name])
    )
    verdict = "scored no better" if chosen == best else "scored better, but within chance,"
    words, others = FAMILIES[chosen].words, FAMILIES[other].words
    return Choice(
        chosen,
        f"{words}: {others} {verdict} on held-out rows "
        f"({means[other]:.3f} against {means[chosen]:.3f} nats per row)",
    )


def lots(scores: Mapping[str, Tensor], rows: Rows, draws: int, rng: Generator) -> tuple[str, ...]:
    """The best family by each of `draws` Bayesian bootstraps of the held-out rows.

    Rows (clusters whole) are weighted by standard exponentials (Rubin, Ann. Statist. 1981).
    """
    each = [rows.redrawn(len(next(iter(scores.values()))), rng) for _ in range(draws)]
    return tuple(_first({name: _mean(scores[name], r) for name in scores}) for r in each)


def _first(means: Mapping[str, float]) -> str:
    """The simplest of those that no other is above, rounding aside."""
    most = max(means.values())
    return next(name for name, mean in means.items() if mean >= most - _TIE)


def _as_good(name: str, scores: Mapping[str, Tensor], best: str, rows: Rows) -> bool:
    if name == best:
        return True
    gap = scores[best] - scores[name]
    if len(gap) < 2 or not bool(gap.isfinite().all()):
        return False
    return rows.mean(gap) <= _caution(name, len(gap)) * rows.error(gap)


def _caution(family: str, held: int) -> float:
    """By how many standard errors a simpler family may score below the best, and be chosen.

    Two of many rows: little can then be hidden, and of several families the best is often so by
    luck (with one, curves with added noise were taken for more in every third SCM of the grid). Of
    some hundreds a quarter of one: the bias that a simpler family may hide is then as large as the
    error of what is asked. Of few more, as the best is so by luck; and of a table, which can hide
    none.
    """
    if family == "table":
        return 1 + _FEW / held
    return max(_FEW / held, max(_LEAST, _MOST * min(1.0, held / _MANY) ** 2))


def _mean(score: Tensor, rows: Rows) -> float:
    mean = rows.mean(score) if len(score) else -math.inf
    return -math.inf if math.isnan(mean) else mean


def _wanted(requested: str, cases: Cases) -> str:
    name = cases.variable.name
    wanted = _SAME_FOR_CATEGORIES.get(requested, requested) if cases.k else requested
    if wanted == AUTO:
        return wanted
    fitting = [family for family, facts in FAMILIES.items() if facts.discrete == bool(cases.k)]
    if not countable(cases):
        fitting = [family for family in fitting if family != "count"]
    if wanted not in fitting:
        kind = "a category" if cases.k else "a number"
        if wanted == "count":
            kind = "not a count, or bounded"
        raise FitError(
            f"{name} is {kind}, the family {requested} does not fit it",
            where=name,
            remedy=f"choose auto, {', '.join(fitting)}",
        )
    return wanted


def _discrete(wanted: str, cases: Cases, settings: FitSettings) -> tuple[str, ...]:
    if wanted == "table" and not tabulable(cases):
        raise FitError(
            f"{cases.variable.name} has too many combinations of its parents for a table",
            where=cases.variable.name,
            remedy="choose auto, logistic or categorical",
        )
    ordinal = ("ordinal",) if cases.variable.kind is Kind.ORDINAL else ()
    if wanted == "ordinal" and not ordinal:
        raise FitError(
            f"The categories of {cases.variable.name} have no order",
            where=cases.variable.name,
            remedy="make it ordinal, or choose auto, table, logistic or categorical",
        )
    if wanted == AUTO:
        if not cases.encoder.width:
            return ("table",) if tabulable(cases) else ("logistic",)
        if tabulable(cases):
            return ("table", *ordinal, "logistic")
        curves = ("categorical",) if cases.n >= settings.fewest else ()
        return (*ordinal, "logistic", *curves)
    if wanted == "categorical" and not cases.encoder.width:
        wanted = "logistic"
    return ("logistic",) if wanted == "logistic" else ("logistic", wanted)


def alone(cases: Cases) -> str:
    """Why only the straight line is tried on these cases."""
    return f"only {cases.n} complete rows, too few to learn a curve"


def _only(family: str, requested: str, alone: str) -> str:
    words = FAMILIES[family].words
    if requested != AUTO:
        return f"{words}: as requested"
    if family in ("linear", "logistic"):
        return f"{words}: {alone}"
    return f"{words}: as counted"
