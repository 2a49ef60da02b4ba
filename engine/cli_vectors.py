"""`--vector NAME=COLUMN,COLUMN…`: variables of the graph that are several columns."""

from collections.abc import Sequence

from engine.data.table import Table
from engine.errors import GraphError
from engine.graph.graph import CausalGraph
from engine.graph.vectors import Vectors, check_vectors, vectors_of


def vectors_from(texts: Sequence[str], graph: CausalGraph, table: Table) -> Vectors:
    """The vectors that these words describe, components in the order written."""
    parts: dict[str, tuple[str, ...]] = {}
    for text in texts:
        name, columns = _parts(text, graph)
        if name in parts:
            raise GraphError(f"{name} is given twice", where="--vector", remedy="give it once")
        parts[name] = columns
    try:
        vectors = vectors_of(parts)
        check_vectors(vectors, graph, table.names)
    except GraphError as error:
        raise GraphError(error.message, where="--vector", remedy=error.remedy) from error
    if hidden := [name for name in parts if name in graph.latent]:
        raise GraphError(
            f"{hidden[0]} is never measured", where="--vector", remedy="leave this vector out"
        )
    return vectors


def _parts(text: str, graph: CausalGraph) -> tuple[str, tuple[str, ...]]:
    """Name and columns; a name that holds = is known from the graph."""
    cuts = [i for i, sign in enumerate(text) if sign == "="]
    cut = next((i for i in cuts if _bare(text[:i]) in graph.variables), cuts[0] if cuts else 0)
    columns = tuple(_bare(column) for column in text[cut + 1 :].split(","))
    if not cut or not all(columns):
        raise GraphError(
            f"{text!r} is no vector",
            where="--vector",
            remedy="write it like NAME=COLUMN,COLUMN",
        )
    return _bare(text[:cut]), columns


def _bare(name: str) -> str:
    return name.strip().strip('"')
