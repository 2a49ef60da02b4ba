"""Bound queries: the words of a query turned into codes and numbers of known variables."""

import difflib
import math
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from engine.data.kinds import parse_number
from engine.data.variable import Kind, Variable
from engine.errors import QueryError
from engine.graph.vectors import PLAIN, Vectors, check_whole
from engine.interventions import Action, Condition, Evidence, OneOf, Range, Set, Shift
from engine.queries.language import Chance, Clause, Doing, Event, Law, Mean, Query, Sum, Unit, place
from engine.queries.spelling import spelled_out

Variables = Mapping[str, Variable]


@dataclass(frozen=True, slots=True)
class Given:
    """What is done and what is known.

    `mediators` are as they would be if `natural` were done.
    """

    action: Action = ()
    evidence: Evidence = ()
    mediators: tuple[str, ...] = ()
    natural: Action = ()


@dataclass(frozen=True, slots=True)
class Expectation:
    """E[outcome | given], in the outcome's unit; categories count as `scores` says."""

    outcome: str
    given: Given = Given()


@dataclass(frozen=True, slots=True)
class Probability:
    """P(condition | given)."""

    condition: Condition
    given: Given = Given()


@dataclass(frozen=True, slots=True)
class Distribution:
    """P(outcome | given) as a whole."""

    outcome: str
    given: Given = Given()


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """The outcome of row `row` (0-based), had `action` been done."""

    outcome: str
    action: Action
    row: int


@dataclass(frozen=True, slots=True)
class Combination:
    """Σ factor · term + constant."""

    terms: tuple[tuple[float, Expectation | Probability], ...]
    constant: float = 0.0


BoundQuery = Expectation | Probability | Distribution | Counterfactual | Combination


def bind(query: Query, variables: Variables, vectors: Vectors = PLAIN) -> BoundQuery:
    """`query` about these variables: labels as codes, numbers in user units; unknowns refused.

    `variables` are columns; some of them make up `vectors`, which must be set as a whole.
    """
    bound = _bound(spelled_out(query, vectors), variables)
    for given in _actions(bound):
        check_whole(vectors, given)
    return bound


def _bound(query: Query, variables: Variables) -> BoundQuery:
    match query:
        case Mean() | Chance():
            return _bind_term(query, variables)
        case Law(outcome, given, at):
            return Distribution(_known(outcome, variables, at).name, _given(given, variables))
        case Unit(outcome, doing, row, at):
            name = _known(outcome, variables, at).name
            return Counterfactual(name, _action(doing, variables), row)
        case Sum(terms, constant):
            bound = tuple((factor, _bind_term(term, variables)) for factor, term in terms)
            return Combination(bound, constant)


def scores(variable: Variable) -> tuple[float, ...] | None:
    """The number each category counts as in E[…]: its label, if all labels are numbers.

    Else 0 and 1 for the two labels of a binary variable; None where labels are no numbers.
    """
    numbers = [parse_number(label) for label in variable.categories]
    if all(number is not None for number in numbers):
        return tuple(number for number in numbers if number is not None)
    return (0.0, 1.0) if variable.kind is Kind.BINARY else None


def _actions(bound: BoundQuery) -> tuple[Action, ...]:
    """What each term of a query does."""
    if isinstance(bound, Combination):
        return tuple(term.given.action for _, term in bound.terms)
    return (bound.action if isinstance(bound, Counterfactual) else bound.given.action,)


def _bind_term(term: Mean | Chance, variables: Variables) -> Expectation | Probability:
    if isinstance(term, Mean):
        variable = _known(term.outcome, variables, term.at)
        if variable.discrete and scores(variable) is None:
            raise QueryError(
                f"{variable.name} has categories and no mean",
                where=place(term.at),
                remedy=f"ask for P({variable.name}={variable.categories[-1]})",
            )
        return Expectation(variable.name, _given(term.given, variables))
    variable = _known(term.event.variable, variables, term.event.at)
    if variable.kind is Kind.CONTINUOUS and term.event.op == "=":
        return Probability(_cell(term.event, variable), _given(term.given, variables))
    return Probability(_condition(term.event, variable), _given(term.given, variables))


def _given(clause: Clause, variables: Variables) -> Given:
    action = _action(clause.doing, variables)
    found: dict[str, Condition] = {}
    for event in clause.evidence:
        variable = _known(event.variable, variables, event.at)
        if any(item.variable == variable.name for item in action):
            raise QueryError(
                f"{variable.name} is set by do and cannot be evidence as well",
                where=place(event.at),
                remedy="leave one of them out",
            )
        new = _condition(event, variable)
        old = found.get(variable.name)
        found[variable.name] = new if old is None else _both(old, new, event)
    mediators = tuple(_known(name, variables, 0).name for name in clause.through)
    natural = _action(clause.natural, variables)
    if mediators:
        _check_natural(action, natural, mediators, tuple(found.values()))
    return Given(action, tuple(found.values()), mediators, natural)


def _check_natural(
    action: Action, natural: Action, mediators: tuple[str, ...], evidence: Evidence
) -> None:
    """Two values of one treatment, and nothing else beside them."""
    ends = (*action, *natural)
    one = {item.variable for item in ends}
    plain = all(isinstance(item, Set) for item in ends) and len(ends) == 2 and len(one) == 1
    if not plain or evidence or one & set(mediators):
        raise QueryError(
            "through(…) stands beside do(…) of the same variable, with another value",
            remedy="write for example E[Y | do(X=1), through(M, X=0)]",
        )


def _action(doing: tuple[Doing, ...], variables: Variables) -> Action:
    found: dict[str, Set | Shift] = {}
    for item in doing:
        variable = _known(item.variable, variables, item.at)
        if variable.name in found:
            raise QueryError(
                f"{variable.name} is set twice", where=place(item.at), remedy="set it once"
            )
        if item.value is None:
            raise QueryError(
                f"do({variable.name}) has no value",
                where=place(item.at),
                remedy=f"write for example do({variable.name}={_sample(variable)})",
            )
        if item.op == "=":
            found[variable.name] = Set(variable.name, _value(item.value, variable, item.at))
        elif variable.discrete:
            raise QueryError(
                f"{variable.name} has categories and cannot be shifted",
                where=place(item.at),
                remedy=f"set it, as do({variable.name}={_sample(variable)})",
            )
        else:
            found[variable.name] = Shift(variable.name, _value(item.value, variable, item.at))
    return tuple(found.values())


def _condition(event: Event, variable: Variable) -> Condition:
    if variable.discrete:
        return OneOf(variable.name, _codes(event, variable))
    value = _value(event.value, variable, event.at)
    match event.op:
        case "=":
            return Range(variable.name, value, value)
        case "<=":
            return Range(variable.name, -math.inf, value)
        case ">=":
            return Range(variable.name, value, math.inf)
        case "<":
            return Range(variable.name, -math.inf, _next(value, variable, -1))
        case ">":
            return Range(variable.name, _next(value, variable, +1), math.inf)
    raise QueryError(
        f"{variable.name} != {event.value} is not one range of numbers",
        where=place(event.at),
        remedy="ask with < or >",
    )


def _codes(event: Event, variable: Variable) -> tuple[int, ...]:
    """The category codes that satisfy `event`: by number if labels are numbers, else by order."""
    equality = event.op in ("=", "!=")
    numbers = [
        number for label in variable.categories if (number := parse_number(label)) is not None
    ]
    asked = None if isinstance(event.value, tuple) else parse_number(event.value)
    if not equality and len(numbers) == len(variable.categories) and asked is not None:
        ranks, pivot = numbers, asked
    else:
        ranks = [float(code) for code in range(len(variable.categories))]
        pivot = _value(event.value, variable, event.at)
        if not equality and variable.kind is not Kind.ORDINAL:
            raise QueryError(
                f"The categories of {variable.name} have no order",
                where=place(event.at),
                remedy=f"ask for {variable.name}={event.value}",
            )
    holds = _COMPARE[event.op]
    codes = tuple(code for code, rank in enumerate(ranks) if holds(rank, pivot))
    if not codes:
        raise _nothing(variable.name, event)
    return codes


def _both(old: Condition, new: Condition, event: Event) -> Condition:
    """Both conditions on one variable at once; refused where no value satisfies them."""
    if isinstance(old, OneOf) and isinstance(new, OneOf):
        codes = tuple(code for code in old.codes if code in new.codes)
        if codes:
            return OneOf(old.variable, codes)
    if isinstance(old, Range) and isinstance(new, Range):
        low, high = max(old.low, new.low), min(old.high, new.high)
        if low <= high:
            return Range(old.variable, low, high)
    raise _nothing(old.variable, event)


def _nothing(name: str, event: Event) -> QueryError:
    return QueryError(
        f"No value of {name} is {event.op} {event.value} as asked here",
        where=place(event.at),
        remedy="widen the condition",
    )


def _cell(event: Event, variable: Variable) -> Range:
    """The grid cell around a rounded value; a true continuum has no probability in one point."""
    value = _value(event.value, variable, event.at)
    if variable.step is None:
        raise QueryError(
            f"P({variable.name}={event.value}) is 0: {variable.name} is continuous",
            where=place(event.at),
            remedy=f"ask for P({variable.name} > {event.value}) or E[{variable.name}]",
        )
    return Range(variable.name, value - variable.step / 2, value + variable.step / 2)


def _next(value: float, variable: Variable, direction: int) -> float:
    """The nearest value beyond: for a count the next whole number, else the next float."""
    if variable.kind is Kind.COUNT:
        return math.floor(value) + 1.0 if direction > 0 else math.ceil(value) - 1.0
    return math.nextafter(value, direction * math.inf)


def _value(text: str | tuple[str, ...], variable: Variable, at: int) -> float:
    """The code of a label (also written as an equal number), or a number."""
    if isinstance(text, tuple):
        raise QueryError(
            f"{variable.name} is one column and takes one value",
            where=place(at),
            remedy="write it without brackets",
        )
    if text in variable.categories:
        return float(variable.categories.index(text))
    number = parse_number(text)
    if variable.discrete:
        labels = [parse_number(label) for label in variable.categories]
        if number is not None and number in labels:
            return float(labels.index(number))
        raise QueryError(
            f"{variable.name} has no category {text}",
            where=place(at),
            remedy=_suggest(text, variable.categories, "its categories are"),
        )
    if number is None:
        raise QueryError(
            f"{text} is not a number, and {variable.name} takes numbers",
            where=place(at),
            remedy="write it like 2.5",
        )
    return number


def _known(name: str, variables: Variables, at: int) -> Variable:
    if name in variables:
        return variables[name]
    raise QueryError(
        f"There is no variable {name}",
        where=place(at),
        remedy=_suggest(name, variables, "the variables are"),
    )


def _suggest(word: str, known: Iterable[str], words: str) -> str:
    """The nearest known word, and the first dozen of them."""
    names = list(known)
    folded = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(word.casefold(), folded, 1)
    guess = f"did you mean {folded[near[0]]}? " if near else ""
    return f"{guess}{words} {', '.join(names[:12])}" + (" …" if len(names) > 12 else "")


def _sample(variable: Variable) -> str:
    return variable.categories[-1] if variable.discrete else "1"


_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
