"""User verbs for what is compared by balance alone: pure functions Project → Project. No Qt."""

from dataclasses import replace

from engine.checks.groups import FEWEST, groups
from engine.data.table import Table
from engine.interventions import Set
from engine.project import Project
from engine.queries.balanced import PENALTY, Estimand, Instant
from engine.queries.questions import Rung
from gui.asked_about import by_roles

TRADES = (0.1, PENALTY, 10.0)  # λ, as offered


def resolved(project: Project) -> Instant:
    """What is asked: as chosen, else the roles on the canvas, else the question."""
    table, asked = project.table, project.instant
    if table is None:
        return Instant()
    roles, question = by_roles(project), project.question
    done = [i.variable for i in question.action if isinstance(i, Set)]
    treatment = _first(table, asked.treatment, *project.vectors.spread(roles.exposures), *done)
    outcome = _first(
        table, asked.outcome, *project.vectors.spread(roles.outcomes), question.outcome
    )
    level = asked.level if outcome == asked.outcome else None
    if outcome is not None and outcome == question.outcome and level is None:
        level = question.level
    if level is not None and level >= len(table.variable(str(outcome)).categories):
        level = None
    value, other = _values(project, table, treatment)
    kept = tuple(v for v in asked.fixed if v in table and v not in (treatment, outcome))
    return replace(
        asked,
        treatment=treatment,
        outcome=outcome,
        value=value,
        other=other,
        level=level,
        fixed=kept,
    )


def choose_treatment(project: Project, name: str) -> Project:
    """Another treatment; its values are chosen anew."""
    return _changed(project, treatment=name, value=None, other=None)


def choose_outcome(project: Project, name: str) -> Project:
    """Another outcome; of categories the last one."""
    return _changed(project, outcome=name, level=None)


def choose_level(project: Project, level: int) -> Project:
    """The category whose probability is compared."""
    return _changed(project, level=level, outcome=resolved(project).outcome)


def choose_value(project: Project, value: float) -> Project:
    """The treated rows' value; chosen on the other side, the sides change places."""
    now = resolved(project)
    other = now.value if value == now.other else now.other
    return _changed(project, treatment=now.treatment, value=value, other=other)


def choose_other(project: Project, other: float) -> Project:
    """The value compared with; chosen on the other side, the sides change places."""
    now = resolved(project)
    value = now.other if other == now.value else now.value
    return _changed(project, treatment=now.treatment, value=value, other=other)


def choose_estimand(project: Project, estimand: Estimand) -> Project:
    """Whose effect."""
    return _changed(project, estimand=estimand)


def ways(asked: Instant) -> tuple[float | bool, ...]:
    """What can be chosen of λ (numbers) and of the interval (whether by resampling)."""
    return (*sorted({asked.penalty, *TRADES}), False, True)


def choose_how(project: Project, way: float | bool) -> Project:
    """How much balance is traded for rows (a number), or whether the interval is by resampling."""
    if isinstance(way, bool):
        return _changed(project, bootstrap=way)
    return _changed(project, penalty=way)


def tick(project: Project, name: str) -> Project:
    """A column was fixed before the treatment, or no longer."""
    fixed = project.instant.fixed
    kept = tuple(v for v in fixed if v != name)
    return _changed(project, fixed=kept if name in fixed else (*fixed, name))


def model_can(project: Project) -> bool:
    """True where the same can be asked of the model: everybody, and both drawn."""
    asked = resolved(project)
    known = project.questionable
    chosen = asked.value is not None and asked.other is not None
    both = asked.treatment in known and asked.outcome in known
    return chosen and both and asked.estimand is Estimand.ATE


def ask_model(project: Project) -> Project:
    """The same question to the model: do(treatment = value) compared with do(treatment = other)."""
    asked = resolved(project)
    if asked.treatment is None or asked.value is None or asked.other is None:
        return project
    question = replace(
        project.question,
        rung=Rung.DO,
        outcome=asked.outcome,
        level=asked.level,
        action=(Set(asked.treatment, asked.value),),
        contrast=(Set(asked.treatment, asked.other),),
    )
    return replace(project, question=question)


def _values(
    project: Project, table: Table, treatment: str | None
) -> tuple[float | None, float | None]:
    """As chosen, else the question's, else the only two there are."""
    if treatment is None:
        return None, None
    asked, question = project.instant, project.question
    found = [value for value, _ in groups(table, treatment)]
    chosen = [value if value in found else None for value in (asked.value, asked.other)]
    if asked.treatment == treatment and chosen != [None, None]:
        return chosen[0], chosen[1]
    often = [value for value, _ in groups(table, treatment, FEWEST)]
    sides = (question.action, question.contrast or ())
    told = [
        i.value for side in sides for i in side if isinstance(i, Set) and i.variable == treatment
    ]
    if len(told) == 2 and set(told) <= set(often):
        return told[0], told[1]
    return (found[1], found[0]) if len(found) == 2 else (None, None)


def _first(table: Table, *names: str | None) -> str | None:
    return next((name for name in names if name is not None and name in table), None)


def _changed(project: Project, **changes: object) -> Project:
    return replace(project, instant=replace(project.instant, **changes))  # type: ignore[arg-type]
