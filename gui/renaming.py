"""What a question says once a variable is gone, or has another name. Pure functions, no Qt."""

from dataclasses import replace
from typing import TypeVar

from engine.interventions import OneOf, Range, Set, Shift
from engine.queries.balanced import Instant
from engine.queries.concepts import Concepts
from engine.queries.questions import Question

N = TypeVar("N", bound=Set | Shift | Range | OneOf)


def forget(question: Question, gone: set[str]) -> Question:
    """The question without what names a variable of `gone`."""
    contrast = question.contrast
    if contrast:  # () stays: compared with no intervention
        contrast = tuple(i for i in contrast if i.variable not in gone) or None
    return replace(
        question,
        outcome=None if question.outcome in gone else question.outcome,
        level=None if question.outcome in gone else question.level,
        action=tuple(i for i in question.action if i.variable not in gone),
        evidence=tuple(c for c in question.evidence if c.variable not in gone),
        contrast=contrast,
    )


def question_renamed(question: Question, old: str, new: str) -> Question:
    """The question with `new` in place of `old`."""
    contrast = question.contrast
    return replace(
        question,
        outcome=new if question.outcome == old else question.outcome,
        action=_named(question.action, old, new),
        evidence=_named(question.evidence, old, new),
        contrast=None if contrast is None else _named(contrast, old, new),
    )


def _named(items: tuple[N, ...], old: str, new: str) -> tuple[N, ...]:
    return tuple(replace(i, variable=new) if i.variable == old else i for i in items)


def instant_renamed(asked: Instant, old: str, new: str) -> Instant:
    """The same under a column's new name."""
    return replace(
        asked,
        treatment=new if asked.treatment == old else asked.treatment,
        outcome=new if asked.outcome == old else asked.outcome,
        fixed=tuple(new if name == old else name for name in asked.fixed),
    )


def concepts_renamed(concepts: Concepts, old: str, new: str) -> Concepts:
    """The same under a column's new name."""
    if concepts == Concepts():
        return concepts
    named = tuple(new if name == old else name for name in concepts.columns)
    sets = concepts.sets
    if not concepts.labels:
        sets = tuple(
            replace(one, filters=tuple((new if n == old else n, v) for n, v in one.filters))
            for one in sets
        )
    labels = new if concepts.labels == old else concepts.labels
    return replace(concepts, columns=named, sets=sets, labels=labels)
