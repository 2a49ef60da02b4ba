"""A value of do(…) as it is typed: a number, or the name of a category."""

from dataclasses import replace

from engine.errors import UserError
from engine.interventions import Set, Shift
from engine.project import Project
from gui import edits
from gui.numerals import read


def changed_action(project: Project, variable: str, text: str) -> Project:
    """do(variable = …) or do(variable += …) with another value; other interventions stay."""
    if project.table is None:
        return project
    known = project.table.variable(variable)
    value: float | None
    if known.discrete:
        labels = [label.casefold() for label in known.categories]
        wanted = text.strip().casefold()
        value = float(labels.index(wanted)) if wanted in labels else None
        remedy = ", ".join(known.categories)
    else:
        value = read(text.strip().removesuffix(known.unit).strip() if known.unit else text)
        remedy = "write a number, such as 2.5"
    if value is None:
        raise UserError(f"{text!r} is no value of {variable}", remedy=remedy)
    for item in project.question.action:
        if item.variable == variable and isinstance(item, Shift):
            return edits.intervene(project, replace(item, amount=value))
    return edits.ask_do(project, Set(variable, value))
