"""Queries: text and words correspond; values are bound to codes and numbers; places are named."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.variable import Kind, Variable
from engine.errors import QueryError
from engine.interventions import OneOf, Range, Set, Shift
from engine.queries.binding import (
    Combination,
    Counterfactual,
    Distribution,
    Expectation,
    Given,
    Probability,
    bind,
)
from engine.queries.language import (
    Chance,
    Clause,
    Doing,
    Event,
    Law,
    Mean,
    Query,
    Sum,
    Unit,
    parse,
    text_of,
)

VARIABLES = {
    v.name: v
    for v in (
        Variable("X", Kind.CONTINUOUS, "mg"),
        Variable("Y", Kind.CONTINUOUS, step=0.5),
        Variable("Z", Kind.COUNT, step=1.0),
        Variable("größe der Steine", Kind.BINARY, categories=("klein", "groß")),
        Variable("arm", Kind.CATEGORICAL, categories=("A", "B", "C")),
        Variable("score", Kind.ORDINAL, categories=("1", "2", "3", "4", "5")),
        Variable("pain", Kind.ORDINAL, categories=("none", "some", "much")),
    )
}


def X(value: str, op: str = "=") -> Clause:
    return Clause((Doing("X", op, value),))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("P(Y | do(X=1), Z=2)", Law("Y", Clause((Doing("X", "=", "1"),), (Event("Z", "=", "2"),)))),
        ("P(Y=yes | X=A)", Chance(Event("Y", "=", "yes"), Clause((), (Event("X", "=", "A"),)))),
        ("P(Y > 3 | do(X=1))", Chance(Event("Y", ">", "3"), X("1"))),
        ("E[Y | do(X=1)]", Mean("Y", X("1"))),
        ("E[Y]", Mean("Y")),
        ("E [ Y|do( X += -.5 ) ]", Mean("Y", X("-.5", "+="))),
        ("P(Y | do(X))", Law("Y", Clause((Doing("X"),)))),
        (
            "E[Y | do(X=1, Z=2), do(W+=1)]",
            Mean("Y", Clause((Doing("X", "=", "1"), Doing("Z", "=", "2"), Doing("W", "+=", "1")))),
        ),
        (
            "E[Y | do(X=1)] - E[Y | do(X=0)]",
            Sum(((1.0, Mean("Y", X("1"))), (-1.0, Mean("Y", X("0"))))),
        ),
        (
            "0.5*E[Y] − P(Y≥3) * 2 + 2 - E[X]/4 + 1",
            Sum(((0.5, Mean("Y")), (-2.0, Chance(Event("Y", ">=", "3"))), (-0.25, Mean("X"))), 3.0),
        ),
        ("-E[Y]", Sum(((-1.0, Mean("Y")),))),
        ("1*E[Y]", Sum(((1.0, Mean("Y")),))),
        ("Y[X=1] | row 12", Unit("Y", (Doing("X", "=", "1"),), 12)),
        (
            "Y[X=1, Z+=2] | row 0",
            Unit("Y", (Doing("X", "=", "1"), Doing("Z", "+=", "2")), 0),
        ),
        (
            'P("stone size"=very large | "a \\"b\\" \\\\"="x, y")',
            Chance(
                Event("stone size", "=", "very large"),
                Clause((), (Event('a "b" \\', "=", "x, y"),)),
            ),
        ),
        ("E[größe | do(Z-score=a-b/c)]", Mean("größe", Clause((Doing("Z-score", "=", "a-b/c"),)))),
        ('E["do" | do("E"=1)]', Mean("do", Clause((Doing("E", "=", "1"),)))),
    ],
)
def test_parse(text: str, query: Query) -> None:
    assert parse(text) == query
    assert parse(text_of(query)) == query


words = st.one_of(
    st.sampled_from(
        ["X", "do", "E", "P", "row", "a b", "größe", "Z-score", 'q"', "x.y", "1", "病"]
    ),
    st.text(min_size=1, max_size=8),
)
values = st.one_of(
    st.sampled_from(["1", "-2.5", "yes", "a b", " a", '"', "a,b"]), st.text(max_size=6)
)
events = st.builds(Event, words, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), values)
doings = st.one_of(
    st.builds(Doing, words, st.sampled_from(["=", "+="]), values), st.builds(Doing, words)
)
clauses = st.builds(
    Clause, st.lists(doings, max_size=3).map(tuple), st.lists(events, max_size=3).map(tuple)
)
terms = st.one_of(st.builds(Mean, words, clauses), st.builds(Chance, events, clauses))
factors = st.floats(allow_nan=False, allow_infinity=False).map(lambda x: x + 0.0)
queries = st.one_of(
    terms,
    st.builds(Law, words, clauses),
    st.builds(
        Unit, words, st.lists(doings, min_size=1, max_size=3).map(tuple), st.integers(0, 10**9)
    ),
    st.builds(Sum, st.lists(st.tuples(factors, terms), min_size=1, max_size=4).map(tuple), factors),
)


@given(queries)
def test_every_query_reads_back_as_it_was(query: Query) -> None:
    assert parse(text_of(query)) == query


@given(st.text(alphabet='EPXYdorw0123.+-*/|=<>()[]," \\', max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        query = parse(text)
    except QueryError:
        return
    assert parse(text_of(query)) == query


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("", 1, "empty"),
        ("E[Y", 4, "] is missing"),
        ("E[Y | ]", 7, "What is known is missing"),
        ("E[Y | X]", 8, "X has no value"),
        ("E[Y | do(X=)]", 12, "A value is missing"),
        ("E[Y] +", 7, "E[…] or P(…) is missing"),
        ("E[Y] E[X]", 6, "'E[X]' is not understood"),
        ("2 + 3", 6, "names no variable"),
        ("P(Y) - P(Y=1)", 1, "whole distribution"),
        ("E[Y]/0", 7, "other than 0"),
        ("Y[X=1]", 7, "| is missing"),
        ("Y[X=1] | row x", 14, "number of the row"),
        ("E(Y | do(X=1))", 2, "square brackets"),
        ("E[Y | row 12]", 7, "A row is asked for"),
        ('E["Y]', 3, "quote is not closed"),
        ("(E[Y])", 1, "E[…] or P(…) is missing"),
    ],
)
def test_errors_point_at_the_character(text: str, at: int, words: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert words in caught.value.message
    assert caught.value.where == f"character {at} of the query"


@pytest.mark.parametrize("text", ["foo", "ATE(treat, re78)", "Y | X"])
def test_what_is_no_query_at_all_gets_an_example(text: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert str(caught.value) == f"{text} is not a query: write for example E[Y | do(X=1)]."
    parse(caught.value.remedy.removeprefix("write for example "))


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("E[re78[treat=0] | row 12]", "write re78[treat=0] | row 12"),
        ('P("the pay"[treat=0] | row 3)', 'write "the pay"[treat=0] | row 3'),
        ("E[Y[X=1]]", "write for example Y[X=1] | row 12"),
    ],
)
def test_nothing_stands_around_a_row(text: str, remedy: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert caught.value.remedy == remedy
    parse(remedy.removeprefix("write ").removeprefix("for example "))


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("E[Y | do(X=2.5)]", Expectation("Y", Given((Set("X", 2.5),)))),
        (
            "E[Y | do(X+=-1), arm=B]",
            Expectation("Y", Given((Shift("X", -1.0),), (OneOf("arm", (1,)),))),
        ),
        ('P("größe der Steine"=groß)', Probability(OneOf("größe der Steine", (1,)))),
        (
            "P(arm != B | do(score=2.0))",
            Probability(OneOf("arm", (0, 2)), Given((Set("score", 1.0),))),
        ),
        ("P(Z > 3)", Probability(Range("Z", 4.0, math.inf))),
        ("P(Z < 2.5)", Probability(Range("Z", -math.inf, 2.0))),
        ("P(X > 3)", Probability(Range("X", math.nextafter(3.0, math.inf), math.inf))),
        ("P(X <= 3)", Probability(Range("X", -math.inf, 3.0))),
        ("P(Y = 3)", Probability(Range("Y", 2.75, 3.25))),
        ("P(pain >= some)", Probability(OneOf("pain", (1, 2)))),
        ("P(score > 2.5)", Probability(OneOf("score", (2, 3, 4)))),
        ("P(arm | X>=1, X<=2)", Distribution("arm", Given((), (Range("X", 1.0, 2.0),)))),
        (
            "P(arm | score>1, score!=3)",
            Distribution("arm", Given((), (OneOf("score", (1, 3, 4)),))),
        ),
        ("E[Y | X=1]", Expectation("Y", Given((), (Range("X", 1.0, 1.0),)))),
        ("Y[X=1, arm=C] | row 12", Counterfactual("Y", (Set("X", 1.0), Set("arm", 2.0)), 12)),
        (
            "2*E[X] - E[score] + 1",
            Combination(((2.0, Expectation("X")), (-1.0, Expectation("score"))), 1.0),
        ),
    ],
)
def test_bind(text: str, bound: object) -> None:
    assert bind(parse(text), VARIABLES) == bound


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("E[y | do(X=1)]", 3, "There is no variable y: did you mean Y? the variables are X, Y, Z"),
        ("E[Y | do(xx=1)]", 10, "There is no variable xx"),
        ("P(arm=D)", 3, "arm has no category D"),
        ('P(Y | "größe der Steine"=gros)', 7, "did you mean groß? its categories are klein, groß"),
        ("E[Y | do(X=much)]", 10, "much is not a number"),
        ("E[Y | do(X=inf)]", 10, "inf is not a number"),
        ("E[Y | do(arm+=1)]", 10, "arm has categories and cannot be shifted"),
        ("E[arm]", 3, "arm has categories and no mean"),
        ("P(X=1)", 3, "X is continuous"),
        ("P(arm > A)", 3, "no order"),
        ("E[Y | do(X)]", 10, "do(X) has no value"),
        ("E[Y | do(X=1, X=2)]", 15, "X is set twice"),
        ("E[Y | do(X=1), X=1]", 16, "X is set by do"),
        ("E[Y | X>2, X<1]", 12, "No value of X"),
        ("P(score > 5)", 3, "No value of score"),
        ("P(Y | X != 1)", 7, "not one range"),
    ],
)
def test_what_cannot_be_bound_is_named(text: str, at: int, words: str) -> None:
    with pytest.raises(QueryError) as caught:
        bind(parse(text), VARIABLES)
    assert words in str(caught.value).replace(f" (character {at} of the query)", "")
    assert caught.value.where == f"character {at} of the query"
