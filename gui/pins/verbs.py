"""What people do with pinned answers: pure functions Project → Project."""

from dataclasses import replace

from engine.errors import QueryError
from engine.graph.vectors import check_whole
from engine.interventions import OneOf, Set, variables_of
from engine.project import Project
from engine.queries.pins import Pin
from gui.pins.making import unused


def keep(project: Project, pin: Pin) -> Project:
    """One more pin; one of the same question is renewed, under the name it had."""
    if any(known.question == pin.question for known in project.pins):
        renewed = (
            replace(pin, name=known.name) if known.question == pin.question else known
            for known in project.pins
        )
        return replace(project, pins=tuple(renewed))
    return replace(project, pins=(*project.pins, pin))


def rename(project: Project, old: str, new: str) -> Project:
    """Call a pin otherwise; an empty name changes nothing, one in use gets a number."""
    new = new.strip()
    if not new or new == old:
        return project
    others = (pin.name for pin in project.pins if pin.name != old)
    name = unused(new, others)
    pins = (replace(pin, name=name) if pin.name == old else pin for pin in project.pins)
    return replace(project, pins=tuple(pins))


def drop(project: Project, name: str) -> Project:
    """Keep it no longer."""
    return replace(project, pins=tuple(pin for pin in project.pins if pin.name != name))


def shift(project: Project, name: str, step: int) -> Project:
    """Move a pin among the others, `step` places to the right."""
    pins = list(project.pins)
    place = next(i for i, pin in enumerate(pins) if pin.name == name)
    pin = pins.pop(place)
    pins.insert(min(max(place + step, 0), len(pins)), pin)
    return replace(project, pins=tuple(pins))


def ask(project: Project, name: str) -> Project:
    """Put a pin's question again; refused where it names what is no longer there."""
    pin = next(pin for pin in project.pins if pin.name == name)
    question = pin.question
    names = (
        *((question.outcome,) if question.outcome else ()),
        *variables_of((*question.action, *question.evidence, *(question.contrast or ()))),
    )
    known = project.questionable
    gone = [v for v in names if v not in known]
    if gone:
        raise QueryError(
            f"This answer is about {gone[0]}, which is not there any more",
            remedy="undo, or draw it again with its column",
        )
    for action in (question.action, question.contrast or ()):
        check_whole(project.vectors, action)
    if not _coded(project, pin):
        raise QueryError(
            "This answer is about categories or rows that are not there any more",
            remedy="undo, or open the table it was about",
        )
    return replace(project, question=question)


def _coded(project: Project, pin: Pin) -> bool:
    """True where every category and the row that the question names are in the table."""
    table, question = project.table, pin.question
    if table is None or (question.row is not None and question.row >= table.rows):
        return False
    items = (*question.action, *question.evidence, *(question.contrast or ()))
    for item in items:
        variable = table.variable(item.variable)
        codes = item.codes if isinstance(item, OneOf) else ()
        if isinstance(item, Set) and variable.discrete:
            codes = (int(item.value),)
        if codes and (not variable.discrete or max(codes) >= len(variable.categories)):
            return False
    return True
