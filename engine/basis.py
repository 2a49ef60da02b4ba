"""What answers are given from: whether a kept one would still be given."""

import hashlib
import json

from engine.project import Project
from engine.queries.pins import Pin


def basis(project: Project) -> str:
    """Digest of graph, table, requested families and seed: what an answer depends on.

    Places, roles, names of files and the question itself are left out.
    """
    graph = project.graph
    parts = (
        sorted(graph.variables),
        sorted(graph.edges),
        sorted(graph.bidirected),
        sorted(graph.latent),
        "" if project.table is None else project.table.digest,
        sorted(project.families.items()),
        project.vectors.parts,
        project.seed,
    )
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def stale(project: Project, pin: Pin) -> bool:
    """True where the graph, the table or a choice has changed since the answer was given."""
    return pin.basis != basis(project)
