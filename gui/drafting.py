"""From a question about a table to a draft of its graph; every arrow is assumed until confirmed.

Pure functions Project → Project, as in `edits`. No Qt.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import CausalGraph, Edge, graph_of
from engine.interventions import Set
from engine.project import Position, Project, Role
from engine.queries.questions import Question, Rung
from gui import edits

STEP_X, STEP_Y = 230.0, 150.0  # from card to card, canvas units
MOST_IN_COLUMN = 6  # cards


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person says of a table before there is a graph.

    `before`: columns that were fixed before the treatment. `by_lot`: nothing in the table decided
    the treatment. `low`, `high`: the two values of the treatment that are compared. `level`: the
    category of the outcome whose probability is asked for. Columns not named are left out.
    """

    treatment: str
    outcome: str
    low: float
    high: float
    before: tuple[str, ...] = ()
    by_lot: bool = False
    level: int | None = None

    @property
    def told(self) -> bool:
        """Whether it was said what comes before: without that, no number is an effect."""
        return bool(self.before) or self.by_lot


def left_out(table: Table, draft: Draft) -> tuple[str, ...]:
    """Columns that the draft does not draw: nothing is adjusted for them."""
    drawn = {draft.treatment, draft.outcome, *draft.before}
    return tuple(name for name in table.names if name not in drawn)


def drafted(project: Project, draft: Draft, background: str) -> Project:
    """The draft's graph in place of the drawn one, its question asked, every arrow assumed.

    `background` names what the columns fixed before may have in common, drawn as never measured:
    without it the graph would say that they are independent of each other.
    """
    graph = draft_graph(draft, background)
    roles = {draft.treatment: Role.EXPOSURE, draft.outcome: Role.OUTCOME}
    changed = edits.use_graph(project, graph, draft_places(draft, graph), roles)
    question = Question(
        Rung.DO,
        draft.outcome,
        draft.level,
        action=(Set(draft.treatment, draft.high),),
        contrast=(Set(draft.treatment, draft.low),),
    )
    lots = changed.randomised | ({draft.treatment} if draft.by_lot else set())
    return replace(changed, question=question, assumed=graph.edges, randomised=lots)


def draft_graph(draft: Draft, background: str) -> CausalGraph:
    """What is fixed before → treatment → outcome, and what is fixed before → outcome."""
    effects = (draft.outcome,) if draft.by_lot else (draft.treatment, draft.outcome)
    arrows = [(cause, effect) for cause in draft.before for effect in effects]
    arrows.append((draft.treatment, draft.outcome))
    shared = len(draft.before) > 1
    if shared:
        arrows += [(background, name) for name in draft.before]
    names = (*draft.before, draft.treatment, draft.outcome)
    latent = (background,) if shared else ()
    return graph_of((*latent, *names), arrows, latent=latent)


def draft_places(draft: Draft, graph: CausalGraph) -> Mapping[str, Position]:
    """Treatment left of outcome, what was before above them, what it shares on top."""
    count = len(draft.before)
    columns = max(1, min(MOST_IN_COLUMN, count))
    places: dict[str, Position] = {}
    for i, name in enumerate(draft.before):
        row, column = divmod(i, columns)
        in_row = min(columns, count - row * columns)
        places[name] = ((column - (in_row - 1) / 2) * STEP_X, row * STEP_Y)
    rows = -(-count // columns) if count else 0
    below = rows * STEP_Y + (40.0 if count else 0.0)
    aside = max(STEP_X * 0.75, (columns - 1) * STEP_X / 4)
    places[draft.treatment] = (-aside, below)
    places[draft.outcome] = (aside, below)
    for name in graph.latent:
        places[name] = (0.0, -STEP_Y)
    return places


def confirm(project: Project, arrows: Iterable[Edge]) -> Project:
    """These arrows are meant, no longer assumed."""
    return replace(project, assumed=project.assumed - frozenset(arrows))


def confirm_all(project: Project) -> Project:
    """Every arrow is meant."""
    return replace(project, assumed=frozenset())


def usual_values(table: Table, name: str) -> tuple[float, float]:
    """Two values worth comparing: quartiles of a number, low and high of what has an order, but not
    so rare as one row in ten, no and yes, or the two commonest of other categories; equal where
    there is only one.
    """
    variable, column = table.variable(name), _present(table, name)
    if variable.discrete:
        return _usual_codes(variable, column)
    if not len(column):
        return 0.0, 1.0
    low, high = (rounded(float(v)) for v in np.quantile(column, (0.25, 0.75), method="nearest"))
    if low == high:
        low, high = rounded(float(column.min())), rounded(float(column.max()))
    return low, high


def usual_level(variable: Variable) -> int | None:
    """The category asked for unless the user says otherwise: the last one; None for a number."""
    return len(variable.categories) - 1 if variable.discrete else None


def rounded(value: float) -> float:
    """Three significant digits: a value that a person would name."""
    return float(f"{value:.3g}")


def _usual_codes(variable: Variable, column: np.ndarray) -> tuple[float, float]:
    last = len(variable.categories) - 1
    if variable.kind is not Kind.CATEGORICAL or not len(column):
        low, high = np.quantile(column, (0.1, 0.9), method="nearest") if len(column) else (0, 0)
        return (float(low), float(high)) if low < high else (0.0, float(last))
    counts = np.bincount(column.astype(int), minlength=last + 1)
    common = np.argsort(-counts, kind="stable")[:2]
    low, high = sorted(float(code) for code in common) if len(common) > 1 else (0.0, 0.0)
    return low, high


def _present(table: Table, name: str) -> np.ndarray:
    column = table[name]
    return column[~np.isnan(column)]
