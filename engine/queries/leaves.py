"""Pictures are leaves of the graph: what each is learnt from, or why that cannot be.

Nothing is caused by a picture, so no answer about another variable needs it: a variable without
effects is left out of a causal graph without changing what holds among the others (it blocks no
path but as a collider that nobody looks at). Everything else is thus computed without pictures, and
each has a conditional of its own, picture | causes.
"""

from functools import lru_cache

from engine.graph.graph import CausalGraph, set_latent
from engine.graph.projection import project
from engine.graph.vectors import Vectors
from engine.project import Project
from engine.scm.conditional import Conditional

MOST_CAUSES = 50  # columns


def picture_laws(drawn: Project) -> tuple[Conditional, ...]:
    """picture | causes of every drawn picture that can be learnt."""
    return tuple(
        law
        for name in drawn.pictures
        if isinstance(law := _law(drawn.graph, name, *_seen(drawn)), Conditional)
    )


def picture_law(drawn: Project, name: str) -> Conditional | str:
    """The conditional of one picture, or one sentence why it has none."""
    return _law(drawn.graph, name, *_seen(drawn))


def _seen(drawn: Project) -> tuple[frozenset[str], Vectors]:
    known = frozenset(v for v in drawn.graph.variables if drawn.measured(v))
    return known, drawn.vectors


@lru_cache(maxsize=64)
def _law(
    graph: CausalGraph, name: str, measured: frozenset[str], vectors: Vectors
) -> Conditional | str:
    """Causes are those in the graph over what is measured, hidden ones projected out."""
    for other in graph.variables:
        if other != name and other not in measured:
            graph = set_latent(graph, other, latent=True)
    graph = project(graph)
    if shared := sorted(graph.siblings(name)):
        return (
            f"{name} shares a hidden cause with {shared[0]}, so what it would look like does not "
            "follow: measure that cause, or take the ↔ away."
        )
    given = vectors.spread(graph.parents(name))
    if not given:
        return f"{name} has no measured cause: draw an arrow from what decides how it looks."
    if len(given) > MOST_CAUSES:
        return f"{name} has more than {MOST_CAUSES} causes: keep those that decide how it looks."
    return Conditional(name, given)
