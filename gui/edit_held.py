"""User verbs for what the question holds of variables: typed, stepped, reset, let go, looked at.

Pure functions Project → Project, each for one node or several at once; a vector as a whole. No Qt.
"""

from collections.abc import Iterable
from dataclasses import replace

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.errors import DataError
from engine.interventions import Condition, Intervention, OneOf, Range, Set, Shift
from engine.project import Project
from engine.queries.questions import Rung
from gui import edits
from gui.question.ranges import Ranges, first_condition
from gui.reach import reach_of, typical, unseen
from gui.typed import (
    action_text,
    condition_typed,
    typed_action,
    typed_actions,
    typed_condition,
)


def held_action(project: Project, column: str) -> Intervention | None:
    """What do(…) says of a column; None where it says nothing, or where rows are only seen."""
    if project.question.rung is Rung.SEE:
        return None
    return next((i for i in project.question.action if i.variable == column), None)


def held_condition(project: Project, column: str) -> Condition | None:
    """Which rows are seen of a column; None where it is not looked at."""
    if project.question.rung is not Rung.SEE:
        return None
    return next((c for c in project.question.evidence if c.variable == column), None)


def is_held(project: Project, name: str) -> bool:
    """Whether the question says something of a node, on the rung where it stands."""
    return any(
        held_action(project, column) or held_condition(project, column)
        for column in project.vectors.columns(name)
    )


def holdable(project: Project, names: Iterable[str]) -> tuple[str, ...]:
    """Those of `names` that have data, so that a question can hold them."""
    return tuple(name for name in names if project.measured(name))


def field_text(project: Project, name: str) -> str:
    """What stands in the field of a node before anything is typed."""
    table, columns = _table(project), project.vectors.columns(name)
    if project.question.rung is Rung.SEE:
        if len(columns) > 1:
            return ""
        return condition_typed(table.variable(name), held_condition(project, name))
    parts = [action_text(table.variable(c), held_action(project, c)) for c in columns]
    return "; ".join(parts) if all(parts) else ""


def typed(project: Project, names: Iterable[str], text: str) -> Project:
    """What was typed, for each of these: do(…), or on the rung of seeing the rows to look at."""
    table = _table(project)
    for name in names:
        columns = project.vectors.columns(name)
        if project.question.rung is Rung.SEE:
            for column in columns:
                project = see(project, typed_condition(table.variable(column), text))
        else:
            for item in typed_actions([table.variable(c) for c in columns], text):
                project = act(project, item)
    return project


def typed_one(project: Project, column: str, text: str) -> Project:
    """What was typed as do(…) of one column."""
    return act(project, typed_action(_table(project).variable(column), text))


def act(project: Project, item: Intervention) -> Project:
    """do(…) on one column; the other components of its vector are set or shifted along with it."""
    project = edits.ask_do(project, item)
    for column in project.vectors.beside(item.variable):
        if held_action(project, column) is None:
            other = Shift(column, 0.0) if isinstance(item, Shift) else _typical(project, column)
            project = edits.ask_do(project, other)
    return project


def see(project: Project, condition: Condition) -> Project:
    """Look only at these rows, whatever was asked before; not by what is asked about."""
    name = condition.variable
    if project.question.outcome == name:
        raise DataError(
            f"{name} is what is asked about, so rows are not chosen by it",
            remedy="choose another outcome first",
        )
    return edits.see(edits.set_rung(project, Rung.SEE), condition)


def look(project: Project, names: Iterable[str]) -> Project:
    """Look only at rows with usual values of these; or no longer, where all are looked at."""
    names, table = tuple(names), _table(project)
    if all(is_held(project, name) for name in names) and project.question.rung is Rung.SEE:
        return let_go(project, names)
    for name in names:
        for column in project.vectors.columns(name):
            if held_condition(project, column) is None:
                project = see(project, first_condition(Ranges(table), table.variable(column)))
    return project


def toggle_code(project: Project, name: str, code: int) -> Project:
    """Rows with one more category, or one less; with none or all of them it is not looked at."""
    held = held_condition(project, name)
    codes = set(held.codes) if isinstance(held, OneOf) else set()
    codes ^= {code}
    if not codes or len(codes) == len(_table(project).variable(name).categories):
        return edits.stop_seeing(project, name)
    return see(project, OneOf(name, tuple(sorted(codes))))


def reset(project: Project, names: Iterable[str]) -> Project:
    """Values back to the mean or the commonest category, shifts to none, rows to the usual."""
    table = _table(project)
    for name in names:
        for column in project.vectors.columns(name):
            if project.question.rung is Rung.SEE:
                first = first_condition(Ranges(table), table.variable(column))
                project = see(project, first)
            elif isinstance(held_action(project, column), Shift):
                project = act(project, Shift(column, 0.0))
            else:
                project = act(project, _typical(project, column))
    return project


def stepped(project: Project, names: Iterable[str], by: int) -> Project:
    """Values a step up or down; what is not held yet begins at the mean, or with usual rows."""
    for name in names:
        if not is_held(project, name):
            project = reset(project, (name,))
            continue
        for column in project.vectors.columns(name):
            action, condition = held_action(project, column), held_condition(project, column)
            if action is not None:
                project = act(project, _moved(project, action, by))
            elif condition is not None:
                project = see(project, _moved_rows(project, condition, by))
    return project


def let_go(project: Project, names: Iterable[str]) -> Project:
    """The question says nothing of these any more, on the rung where it stands."""
    for name in names:
        if project.question.rung is not Rung.SEE:
            project = edits.stop_doing(project, name)
            continue
        for column in project.vectors.columns(name):
            project = edits.stop_seeing(project, column)
    return project


def beyond(project: Project, names: Iterable[str]) -> tuple[Set, ...]:
    """Those set values that lie outside all that was seen."""
    table = _table(project)
    held = (held_action(project, c) for name in names for c in project.vectors.columns(name))
    return tuple(
        item for item in held if isinstance(item, Set) and unseen(table, item.variable, item.value)
    )


def _moved(project: Project, item: Intervention, by: int) -> Intervention:
    table, name = _table(project), item.variable
    variable, reach = table.variable(name), reach_of(table, name)
    if variable.discrete and isinstance(item, Set):
        last = len(variable.categories) - 1
        return Set(name, float(min(last, max(0, item.value + by))))
    step = 1.0 if reach is None else reach.step
    if isinstance(item, Shift):
        return Shift(name, float(f"{item.amount + by * step:.12g}"))
    return Set(name, _within(variable, float(f"{item.value + by * step:.12g}")))


def _moved_rows(project: Project, condition: Condition, by: int) -> Condition:
    table, name = _table(project), condition.variable
    if isinstance(condition, OneOf):
        last = len(table.variable(name).categories) - 1
        moved = tuple(code + by for code in condition.codes)
        return condition if min(moved) < 0 or max(moved) > last else OneOf(name, moved)
    reach = reach_of(table, name)
    step = by * (1.0 if reach is None else reach.step)
    return Range(name, *(float(f"{end + step:.12g}") for end in (condition.low, condition.high)))


def _typical(project: Project, column: str) -> Intervention:
    item = typical(_table(project), column)
    variable = _table(project).variable(column)
    if isinstance(item, Set) and not variable.discrete:
        return replace(item, value=_within(variable, item.value))
    return item


def _within(variable: Variable, value: float) -> float:
    """The nearest value that is possible; counts are not negative."""
    low = 0.0 if variable.kind is Kind.COUNT and variable.lower is None else variable.lower
    value = value if low is None else max(value, low)
    return value if variable.upper is None else min(value, variable.upper)


def _table(project: Project) -> Table:
    if project.table is None:
        raise DataError("There is no table yet", remedy="open one first")
    return project.table
