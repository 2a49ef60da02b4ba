"""What is asked about: exposures, outcomes and what is held fixed, from roles or the question."""

from dataclasses import dataclass, replace

from engine.graph.graph import CausalGraph
from engine.interventions import Set, Shift
from engine.project import Project, Role


@dataclass(frozen=True, slots=True)
class Asked:
    """Nodes by their part; `adjusted` also holds what rows were selected by."""

    exposures: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    adjusted: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.exposures and self.outcomes)


def as_cut(project: Project) -> CausalGraph:
    """The graph without what do(…) cuts, as it is drawn."""
    graph, done = project.graph, set_by_question(project)
    if not done:
        return graph
    return replace(
        graph,
        edges=frozenset(edge for edge in graph.edges if edge[1] not in done),
        bidirected=frozenset(edge for edge in graph.bidirected if not done & set(edge)),
    )


def set_by_question(project: Project) -> frozenset[str]:
    """The nodes that the question sets, which cuts every edge into them."""
    sets = (i.variable for i in project.question.active.action if isinstance(i, Set))
    return frozenset(project.vectors.nodes(sets))


def by_roles(project: Project) -> Asked:
    """The roles on the canvas; without a role of its own the outcome is the question's."""
    exposures = _of(project, Role.EXPOSURE)
    outcomes = _of(project, Role.OUTCOME) or _outcome_of_question(project)
    return _asked(project, exposures, outcomes)


def asked_about(project: Project) -> Asked:
    """The roles or, where no exposure has one, what the question sets."""
    roles = by_roles(project)
    if roles.exposures:
        return roles
    done = [i.variable for i in project.question.action if isinstance(i, Set | Shift)]
    nodes = [v for v in project.vectors.nodes(done) if v in project.graph.variables]
    return _asked(project, tuple(nodes), roles.outcomes)


def _asked(project: Project, exposures: tuple[str, ...], outcomes: tuple[str, ...]) -> Asked:
    parts = {*exposures, *outcomes, *project.graph.latent}
    fixed = (*_of(project, Role.ADJUSTED), *_of(project, Role.SELECTED))
    return Asked(
        exposures,
        tuple(v for v in outcomes if v not in exposures),
        tuple(v for v in project.graph.variables if v in fixed and v not in parts),
    )


def _of(project: Project, role: Role) -> tuple[str, ...]:
    return tuple(v for v in project.graph.variables if project.roles.get(v) is role)


def _outcome_of_question(project: Project) -> tuple[str, ...]:
    outcome = project.question.outcome
    nodes = () if outcome is None else project.vectors.nodes((outcome,))
    return tuple(v for v in nodes if v in project.graph.variables)
