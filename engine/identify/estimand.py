"""Expressions over the observed law: probabilities, products, sums and fractions."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import reduce


@dataclass(frozen=True, slots=True)
class Probability:
    """P(of | given) in the law of the rows."""

    of: tuple[str, ...]
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Product:
    """Π factors; without any it is 1."""

    factors: tuple["Expression", ...] = ()


@dataclass(frozen=True, slots=True)
class Summed:
    """Σ_over inside. The names in `over` belong to this sum: outside they mean something else."""

    over: tuple[str, ...]
    inside: "Expression"


@dataclass(frozen=True, slots=True)
class Fraction:
    """top / bottom."""

    top: "Expression"
    bottom: "Expression"


Expression = Probability | Product | Summed | Fraction
ONE = Product()


def free_names(expression: Expression) -> frozenset[str]:
    """The variables that the value of `expression` may depend on."""
    match expression:
        case Probability(of, given):
            return frozenset((*of, *given))
        case Product(factors):
            return frozenset[str]().union(*map(free_names, factors))
        case Summed(over, inside):
            return free_names(inside) - set(over)
        case Fraction(top, bottom):
            return free_names(top) | free_names(bottom)


def product(factors: Iterable[Expression]) -> Expression:
    """Π factors without products inside products, and without ones."""
    flat: list[Expression] = []
    for factor in factors:
        flat += factor.factors if isinstance(factor, Product) else (factor,)
    return flat[0] if len(flat) == 1 else Product(tuple(flat))


def summed(over: Collection[str], inside: Expression) -> Expression:
    """Σ_over inside, without what adds up to 1: Σ_v P(v | …) where nothing else speaks of v."""
    left = list(over)
    factors = list(inside.factors if isinstance(inside, Product) else (inside,))
    while spare := _spare(left, factors):
        name, place = spare
        left.remove(name)
        old = factors[place]
        assert isinstance(old, Probability)
        rest = tuple(v for v in old.of if v != name)
        factors[place : place + 1] = [Probability(rest, old.given)] if rest else []
    kept = tuple(v for v in left if any(v in free_names(f) for f in factors))
    return _pulled(kept, factors)


def fraction(top: Expression, bottom: Expression) -> Expression:
    """top / bottom, without the factors that stand in both."""
    above, below = _factors(top), _factors(bottom)
    for factor in tuple(below):
        if factor in above:
            above.remove(factor)
            below.remove(factor)
    return Fraction(product(above), product(below)) if below else product(above)


def joined(expression: Expression) -> Expression:
    """The same for people to read: P(a | b, C) P(b | C) as P(a, b | C), and sums at the end."""
    match expression:
        case Probability():
            return expression
        case Product(factors):
            found = _chained([joined(factor) for factor in factors])
            return product(sorted(found, key=lambda each: not isinstance(each, Probability)))
        case Summed(over, inside):
            return summed(over, joined(inside))
        case Fraction(top, bottom):
            return fraction(joined(top), joined(bottom))


def _factors(expression: Expression) -> list[Expression]:
    return list(expression.factors) if isinstance(expression, Product) else [expression]


def _spare(over: list[str], factors: list[Expression]) -> tuple[str, int] | None:
    """A summed variable that one probability alone speaks of, left of its bar, and the place."""
    for name in over:
        places = [i for i, factor in enumerate(factors) if name in free_names(factor)]
        if len(places) == 1:
            only = factors[places[0]]
            if isinstance(only, Probability) and name in only.of:
                return name, places[0]
    return None


def _pulled(over: tuple[str, ...], factors: list[Expression]) -> Expression:
    """Σ_over Π factors, with what the sum does not concern in front of it."""
    if not over:
        return product(factors)
    outside = [f for f in factors if not free_names(f) & set(over)]
    inside = product(f for f in factors if free_names(f) & set(over))
    if isinstance(inside, Summed) and not set(inside.over) & set(over):
        return product([*outside, Summed((*over, *inside.over), inside.inside)])
    return product([*outside, Summed(over, inside)])


def _chained(factors: list[Expression]) -> list[Expression]:
    """Factors put together by the chain rule, until no two fit any more."""
    found = reduce(_chain_one, factors, list[Expression]())
    return found if len(found) == len(factors) else _chained(found)


def _chain_one(done: list[Expression], factor: Expression) -> list[Expression]:
    for place, other in enumerate(done):
        if isinstance(other, Probability) and isinstance(factor, Probability):
            both = _chain(other, factor) or _chain(factor, other)
            if both is not None:
                return [*done[:place], both, *done[place + 1 :]]
    return [*done, factor]


def _chain(late: Probability, early: Probability) -> Probability | None:
    """P(late | early, C) P(early | C) as one; None where the bars do not match."""
    if set(late.given) != {*early.of, *early.given} or set(late.of) & set(early.of):
        return None
    return Probability((*late.of, *early.of), early.given)
