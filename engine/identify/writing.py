"""An estimand for people: one line of text, LaTeX, and plain words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from engine.identify.estimand import (
    Expression,
    Fraction,
    Probability,
    Product,
    Summed,
    free_names,
)
from engine.identify.formula import upright

Names = Mapping[str, str]  # variable → how it is written here


@dataclass(frozen=True, slots=True)
class Query:
    """P(outcomes | do(treatments), given), the left side of every estimand."""

    outcomes: tuple[str, ...]
    treatments: tuple[str, ...]
    given: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Every variable that the query speaks of."""
        return frozenset((*self.outcomes, *self.treatments, *self.given))


def text(query: Query, expression: Expression) -> str:
    """P(y | do(x)) = Σ_{m} P(m | x) Σ_{x'} P(y | m, x') P(x'), in one line."""
    names = _as_they_are(query, expression)
    do = [f"do({_list(query.treatments)})"] if query.treatments else []
    behind = ", ".join([*do, *query.given])
    bar = f" | {behind}" if behind else ""
    return f"P({_list(query.outcomes)}{bar}) = {_text(expression, names)}"


def latex(query: Query, expression: Expression) -> str:
    """The same in LaTeX mathematics (needs amsmath); names are upright text."""
    names = {name: upright(name) for name in _as_they_are(query, expression)}
    inner = ", ".join(names[v] for v in query.treatments)
    do = [f"\\operatorname{{do}}({inner})"] if query.treatments else []
    behind = ", ".join([*do, *(names[v] for v in query.given)])
    bar = f" \\mid {behind}" if behind else ""
    left = ", ".join(names[v] for v in query.outcomes)
    return f"P({left}{bar}) = {_latex(expression, names)}"


def words(query: Query, expression: Expression) -> str:
    """The right side as one would say it: "add up over m: the chance of m given x, times …"."""
    return f"{_words(expression, _as_they_are(query, expression))}."


def _as_they_are(query: Query, expression: Expression) -> dict[str, str]:
    return {name: name for name in sorted(query.names | free_names(expression))}


def _within(names: Names, over: Collection[str], latex_names: bool = False) -> dict[str, str]:
    """Names inside a sum: a summed variable that is already spoken of gets a prime."""
    inside = dict(names)
    for name in over:
        inside[name] = f"{names[name]}'" if name in names else name
        if latex_names and name not in names:
            inside[name] = upright(name)
    return inside


def _text(expression: Expression, names: Names) -> str:
    match expression:
        case Probability(of, given):
            bar = f" | {_list(given, names)}" if given else ""
            return f"P({_list(of, names)}{bar})"
        case Product(factors):
            return " ".join(
                _bracketed(factor, _text(factor, names), last=i == len(factors) - 1)
                for i, factor in enumerate(factors)
            ) or "1"  # fmt: skip
        case Summed(over, inside):
            within = _within(names, over)
            return f"Σ_{{{_list(over, within)}}} {_text(inside, within)}"
        case Fraction(top, bottom):
            return f"[{_text(top, names)}] / [{_text(bottom, names)}]"


def _latex(expression: Expression, names: Names) -> str:
    match expression:
        case Probability(of, given):
            bar = f" \\mid {_list(given, names)}" if given else ""
            return f"P({_list(of, names)}{bar})"
        case Product(factors):
            return " ".join(
                _bracketed(factor, _latex(factor, names), last=i == len(factors) - 1, tall=True)
                for i, factor in enumerate(factors)
            ) or "1"  # fmt: skip
        case Summed(over, inside):
            within = _within(names, over, latex_names=True)
            return f"\\sum_{{{_list(over, within)}}} {_latex(inside, within)}"
        case Fraction(top, bottom):
            return f"\\frac{{{_latex(top, names)}}}{{{_latex(bottom, names)}}}"


def _words(expression: Expression, names: Names) -> str:
    match expression:
        case Probability(of, given):
            known = f" given {_and(given, names)}" if given else ""
            return f"the chance of {_and(of, names)}{known}"
        case Product(factors):
            return ", times ".join(
                f"({_words(factor, names)})"
                if isinstance(factor, Summed | Fraction)
                else _words(factor, names)
                for factor in factors
            ) or "certainty"  # fmt: skip
        case Summed(over, inside):
            within = _within(names, over)
            return f"added up over {_and(over, within)}: {_words(inside, within)}"
        case Fraction(top, bottom):
            return f"({_words(top, names)}), divided by ({_words(bottom, names)})"


def _bracketed(factor: Expression, told: str, *, last: bool, tall: bool = False) -> str:
    """A sum reaches to the end of its product, so that before others it stands in brackets."""
    if isinstance(factor, Summed) and not last:
        return f"\\left[{told}\\right]" if tall else f"({told})"
    return f"({told})" if isinstance(factor, Fraction) and not tall else told


def _list(variables: tuple[str, ...], names: Names | None = None) -> str:
    return ", ".join(variables if names is None else (names[v] for v in variables))


def _and(variables: tuple[str, ...], names: Names) -> str:
    told = [names[v] for v in variables]
    return " and ".join([", ".join(told[:-1]), told[-1]]) if len(told) > 1 else told[0]
