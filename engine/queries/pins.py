"""Answers kept beside others: what was asked, what was said, and what it was said from."""

from dataclasses import dataclass

from engine.queries.questions import Question


@dataclass(frozen=True, slots=True)
class Pin:
    """One kept answer, as it was shown.

    `said` is the sentence, `number` its number with unit ("" for none), `stage` a warning in words
    or "". `value`, `low`, `high` are that number and the ends of its interval, as shown. `basis`
    names the graph, the table and the choices that the answer was given from.
    """

    name: str
    question: Question
    said: str
    number: str = ""
    stage: str = ""
    basis: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
