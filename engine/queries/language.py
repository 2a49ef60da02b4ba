"""The query language: `parse` text into words, `text_of` words; binding.py gives them values.

    P(Y | do(X=1), Z=2)      P(Y=yes | X=A)      P(Y > 3 | do(X+=1))      P(Y | do(X))
    E[Y | do(X=1)] - E[Y | do(X=0)]      0.5*E[Y] - P(Y=yes | X=A) + 2      Y[X=1, Z+=2] | row 12
    E[Y | do(V=(1, 2))]      a variable that is several columns has a value for each

Names and labels with other signs than letters, digits, _, inner . and - stand in double quotes.
"""

import re
from dataclasses import dataclass, field

from engine.data.kinds import number_text
from engine.errors import QueryError

LONGEST_QUERY = 10_000  # characters
EXAMPLE = "write for example E[Y | do(X=1)]"


@dataclass(frozen=True, slots=True)
class Event:
    """`variable op value`, op one of = != < <= > >=; `at` is its place in the text.

    Several values, one per component, of a variable that is several columns.
    """

    variable: str
    op: str
    value: str | tuple[str, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Doing:
    """do(variable = value), do(variable += value), or do(variable) with no value.

    Several values, one per component, of a variable that is several columns.
    """

    variable: str
    op: str = "="
    value: str | tuple[str, ...] | None = None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Clause:
    """What stands behind the bar: what is done, and what is known.

    through(M, X=0): the mediators M are as they would be if `natural`, X=0, were done.
    """

    doing: tuple[Doing, ...] = ()
    evidence: tuple[Event, ...] = ()
    through: tuple[str, ...] = ()
    natural: tuple[Doing, ...] = ()


@dataclass(frozen=True, slots=True)
class Mean:
    """E[outcome | given]."""

    outcome: str
    given: Clause = Clause()
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Chance:
    """P(event | given)."""

    event: Event
    given: Clause = Clause()


@dataclass(frozen=True, slots=True)
class Law:
    """P(outcome | given), a whole distribution."""

    outcome: str
    given: Clause = Clause()
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Sum:
    """Σ factor · term + constant."""

    terms: tuple[tuple[float, Mean | Chance], ...]
    constant: float = 0.0


@dataclass(frozen=True, slots=True)
class Unit:
    """outcome[doing] | row: what the outcome of that row (0-based) would have been."""

    outcome: str
    doing: tuple[Doing, ...]
    row: int
    at: int = field(default=0, compare=False)


Query = Mean | Chance | Law | Sum | Unit


def parse(text: str, *, bare: bool = False) -> Query:
    """The query that `text` writes; a QueryError names the character where sense ends.

    `bare`: what is known may be a mere name, as in P(Y | do(X), Z); its `op` and `value` are "".
    """
    if len(text) > LONGEST_QUERY:
        raise QueryError("The query is too long", remedy=f"use at most {LONGEST_QUERY} characters")
    reader = _Reader(text, bare)
    if not reader.rest():
        raise reader.error("The query is empty", EXAMPLE)
    query = _sum(reader) if reader.looks_like(_SUM_START) else _unit(reader)
    if reader.rest():
        raise reader.error(f"{reader.rest()[:20]!r} is not understood here", "remove or correct it")
    return query


def text_of(query: Query) -> str:
    """The query as text; `parse` gives it back."""
    match query:
        case Mean(outcome, given):
            return f"E[{_name_text(outcome)}{_clause_text(given)}]"
        case Chance(event, given):
            return f"P({_event_text(event)}{_clause_text(given)})"
        case Law(outcome, given):
            return f"P({_name_text(outcome)}{_clause_text(given)})"
        case Unit(outcome, doing, row):
            return f"{_name_text(outcome)}[{_doing_text(doing)}] | row {row}"
        case Sum(terms, constant):
            return _sum_text(terms, constant)


def place(at: int) -> str:
    """How errors name a position, counted from 1."""
    return f"character {at + 1} of the query"


_NAME = re.compile(r"[^\W\d]\w*(?:[.-]+\w+)*")
_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_VALUE = re.compile(r'[^,()\[\]|"<>=!{}]+')
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_SUM_START = re.compile(r"[-+−(.\d]|E\s*\[|P\s*\(")
_SIGN = re.compile(r"[-+−]")
_MORE = re.compile(r"[-+−*·×/]")
_BRACKET = re.compile(r"\[")
_ROUND = re.compile(r"\(")
_DO = re.compile(r"do\s*\(")
_THROUGH = re.compile(r"through\s*\(")
_ROW = re.compile(r"\d{1,12}(?![\w.])", re.ASCII)
_OPS = ("<=", ">=", "!=", "≤", "≥", "≠", "<", ">", "=")
_PLAIN_OP = {"≤": "<=", "≥": ">=", "≠": "!="}
_WORDS = frozenset({"do", "E", "P", "row"})


class _Reader:
    """A position in the text that moves over spaces and what was read."""

    def __init__(self, text: str, bare: bool = False) -> None:
        self.text, self.at, self.bare = text, 0, bare

    def rest(self) -> str:
        """What is left, from the next sign on; empty at the end."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.text[self.at :]

    def looks_like(self, pattern: re.Pattern[str]) -> bool:
        """True where `pattern` comes next."""
        return pattern.match(self.rest()) is not None

    def take(self, *signs: str) -> str:
        """The first of `signs` that comes next, moved over; '' if none does."""
        rest = self.rest()
        sign = next((sign for sign in signs if rest.startswith(sign)), "")
        self.at += len(sign)
        return sign

    def expect(self, sign: str, after: str) -> None:
        """Move over `sign` or refuse."""
        if not self.take(sign):
            raise self.error(f"{sign} is missing after {after}", f"write {sign} here")

    def match(self, pattern: re.Pattern[str]) -> str | None:
        """What `pattern` matches next, moved over."""
        found = pattern.match(self.rest())
        self.at += found.end() if found else 0
        return found[0] if found else None

    def quoted(self) -> str | None:
        """A text in double quotes, with its escapes undone."""
        if not self.rest().startswith('"'):
            return None
        found = self.match(_QUOTED)
        if found is None:
            raise self.error("A quote is not closed", 'end it with ", and write \\" for a quote')
        return re.sub(r'\\(["\\])', r"\1", found[1:-1])

    def name(self, what: str) -> str:
        """A variable's name, bare or quoted."""
        found = self.quoted()
        if found is None:
            found = self.match(_NAME)
        if found is None:
            raise self.error(f"{what} is missing", 'write a name; put names with spaces in "…"')
        return found

    def values(self, after: str) -> str | tuple[str, ...]:
        """A number or label; or several in round brackets, one per component."""
        if not self.take("("):
            return self.value(after)
        found = [self.value("(")]
        while self.take(","):
            found.append(self.value("the comma"))
        self.expect(")", "the values")
        return tuple(found)

    def value(self, after: str) -> str:
        """A number or label, bare or quoted."""
        found = self.quoted()
        if found is not None:
            return found
        found = self.match(_VALUE)
        if found is None:
            raise self.error(f"A value is missing after {after}", "write a number or a label")
        return found.strip()

    def error(self, message: str, remedy: str) -> QueryError:
        """A refusal at the next sign."""
        self.rest()
        return QueryError(message, where=place(self.at), remedy=remedy)


def _sum(reader: _Reader) -> Query:
    """[±] term (± term)*; a lone plain term is that term itself."""
    terms: list[tuple[float, Mean | Chance]] = []
    constant, count, plain = 0.0, 0, True
    while count == 0 or reader.looks_like(_SIGN):
        sign = reader.take("-", "+", "−")
        start = reader.at
        factor, term, bare = _term(reader)
        factor = -factor if sign in ("-", "−") else factor
        count, plain = count + 1, bare and not sign
        if isinstance(term, Law):
            if plain and count == 1 and not reader.looks_like(_MORE):
                return term
            raise QueryError(
                "A whole distribution cannot be added",
                where=place(start),
                remedy=f"ask for a value, as P({_name_text(term.outcome)}=…), or for E[…]",
            )
        if term is None:
            constant += factor
        else:
            terms.append((factor + 0.0, term))
    if not terms:
        raise reader.error("The query names no variable", "add an E[…] or P(…)")
    return terms[0][1] if count == 1 and plain else Sum(tuple(terms), constant)


def _term(reader: _Reader) -> tuple[float, Mean | Chance | Law | None, bool]:
    """Factor, what it multiplies (None: nothing), and whether the factor was left out."""
    number = reader.match(_NUMBER)
    factor = _finite(reader, number) if number else 1.0
    if number and not reader.take("*", "·", "×"):
        return factor / _divisor(reader), None, False
    term = _atom(reader)
    divisor = _divisor(reader)
    if divisor == 1.0 and not number and reader.take("*", "·", "×"):
        number = reader.match(_NUMBER)
        if number is None:
            raise reader.error("A number is missing after *", "write for example 0.5*E[Y]")
        factor = _finite(reader, number)
    return factor / divisor, term, number is None and divisor == 1.0


def _divisor(reader: _Reader) -> float:
    if not reader.take("/"):
        return 1.0
    number = reader.match(_NUMBER)
    divisor = _finite(reader, number) if number else 0.0
    if divisor == 0.0:
        raise reader.error("A number other than 0 is missing after /", "write for example E[Y]/2")
    return divisor


def _finite(reader: _Reader, number: str) -> float:
    value = float(number)
    if value == float("inf"):
        raise reader.error(f"{number} is too large", "write a smaller number")
    return value


def _atom(reader: _Reader) -> Mean | Chance | Law:
    if reader.take("E"):
        reader.expect("[", "E")
        reader.rest()
        at, outcome = reader.at, reader.name("The outcome")
        _refuse_row(reader, at, "E[…]")
        given = _clause(reader)
        reader.expect("]", "the expectation")
        return Mean(outcome, given, at)
    if not reader.take("P"):
        raise reader.error("E[…] or P(…) is missing", EXAMPLE)
    reader.expect("(", "P")
    reader.rest()
    at, outcome = reader.at, reader.name("The outcome")
    _refuse_row(reader, at, "P(…)")
    op = reader.take(*_OPS)
    event = Event(outcome, _PLAIN_OP.get(op, op), reader.values(op), at) if op else None
    given = _clause(reader)
    reader.expect(")", "the probability")
    return Chance(event, given) if event else Law(outcome, given, at)


def _refuse_row(reader: _Reader, at: int, around: str) -> None:
    """A row's own outcome, which starts at `at`, is one value: nothing stands around it."""
    if not reader.looks_like(_BRACKET):
        return
    inner = _Reader(reader.text)
    inner.at = at
    try:
        example = text_of(_unit(inner))
    except QueryError:
        example = "for example Y[X=1] | row 12"
    raise QueryError(
        f"What one row would have had stands without {around}",
        where=place(at),
        remedy=f"write {example}",
    )


def _clause(reader: _Reader) -> Clause:
    """[| item (, item)*], an item being do(…) or an event."""
    doing: list[Doing] = []
    evidence: list[Event] = []
    through: tuple[str, ...] = ()
    natural: tuple[Doing, ...] = ()
    if not reader.take("|"):
        return Clause()
    while True:
        if reader.looks_like(_DO):
            reader.take("do")
            reader.expect("(", "do")
            doing += _doing(reader)
            reader.expect(")", "do(…")
        elif reader.looks_like(_THROUGH) and not through:
            through, natural = _through(reader)
        else:
            evidence.append(_event(reader))
        if not reader.take(","):
            return Clause(tuple(doing), tuple(evidence), through, natural)


def _through(reader: _Reader) -> tuple[tuple[str, ...], tuple[Doing, ...]]:
    """through(mediator, …, treatment = value)."""
    reader.take("through")
    reader.expect("(", "through")
    items = _doing(reader)
    reader.expect(")", "through(…")
    names = tuple(item.variable for item in items if item.value is None)
    natural = tuple(item for item in items if item.value is not None)
    if not names or not natural:
        raise reader.error(
            "through(…) names mediators, and a value of what is set",
            "write for example E[Y | do(X=1), through(M, X=0)]",
        )
    return names, natural


def _event(reader: _Reader) -> Event:
    reader.rest()
    at, variable = reader.at, reader.name("What is known")
    op = reader.take(*_OPS)
    if variable == "row" and not op and reader.looks_like(_ROW):
        raise QueryError(
            "A row is asked for without E[…] or P(…)",
            where=place(at),
            remedy="write for example Y[X=1] | row 12",
        )
    if not op and reader.bare:
        return Event(variable, "", "", at)
    if not op:
        raise reader.error(
            f"{variable} has no value here", f"write for example {_name_text(variable)}=1"
        )
    return Event(variable, _PLAIN_OP.get(op, op), reader.values(op), at)


def _doing(reader: _Reader) -> tuple[Doing, ...]:
    """Variable [= value | += value], several with commas."""
    found: list[Doing] = []
    while not found or reader.take(","):
        reader.rest()
        at, variable = reader.at, reader.name("What is set")
        op = reader.take("+=", "=")
        found.append(Doing(variable, op or "=", reader.values(op) if op else None, at))
    return tuple(found)


def _unit(reader: _Reader) -> Unit:
    """outcome[doing] | row n."""
    reader.rest()
    at, outcome = reader.at, reader.name("E[…], P(…) or an outcome")
    if outcome == "E" and reader.looks_like(_ROUND):
        raise reader.error("E takes square brackets", EXAMPLE)
    if not reader.take("["):
        raise QueryError(f"{reader.text[at:].strip()[:40]} is not a query", remedy=EXAMPLE)
    doing = _doing(reader)
    reader.expect("]", "the values")
    reader.expect("|", f"{outcome}[…]")
    if not reader.take("row"):
        raise reader.error("row is missing after |", "write for example | row 12")
    number = reader.match(_ROW)
    if number is None:
        raise reader.error("The number of the row is missing", "rows are counted 0, 1, 2, …")
    return Unit(outcome, doing, int(number), at)


def _name_text(name: str) -> str:
    return name if _NAME.fullmatch(name) and name not in _WORDS else _quote(name)


def _value_text(value: str | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_value_text, value))})"
    return value if _VALUE.fullmatch(value) and value == value.strip() else _quote(value)


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _event_text(event: Event) -> str:
    gap = "" if event.op == "=" else " "
    return f"{_name_text(event.variable)}{gap}{event.op}{gap}{_value_text(event.value)}"


def _doing_text(doing: tuple[Doing, ...]) -> str:
    return ", ".join(
        _name_text(d.variable) + ("" if d.value is None else d.op + _value_text(d.value))
        for d in doing
    )


def _clause_text(given: Clause) -> str:
    done = [f"do({_doing_text(given.doing)})"] if given.doing else []
    if given.through:
        names = ", ".join(map(_name_text, given.through))
        done.append(f"through({names}, {_doing_text(given.natural)})")
    items = done + [_event_text(event) for event in given.evidence]
    return " | " + ", ".join(items) if items else ""


def _sum_text(terms: tuple[tuple[float, Mean | Chance], ...], constant: float) -> str:
    alone = len(terms) == 1 and constant == 0.0
    parts = [(factor, _factor_text(abs(factor), alone and factor > 0) + text_of(term))
             for factor, term in terms]  # fmt: skip
    parts += [(constant, number_text(abs(constant)))] if constant else []
    first, *others = parts
    text = ("-" if first[0] < 0 else "") + first[1]
    return text + "".join((" - " if sign < 0 else " + ") + part for sign, part in others)


def _factor_text(size: float, spelled: bool) -> str:
    return "" if size == 1.0 and not spelled else f"{number_text(size)}*"
