"""A project as a graph file: what a format can say of it, and what it leaves out."""

import math
from dataclasses import replace

import numpy as np

from engine.data.rows import counted_rows, row_weights
from engine.data.table import Table
from engine.graph.formats.bif import MOST_ROWS
from engine.graph.formats.drawing import Chances, Drawing, drawing_of
from engine.graph.formats.registry import written
from engine.project import Project

SHARES = "probabilities are the shares of the rows, with half a row added to each combination"
HALF = 0.5  # Jeffreys' prior: rows added to each cell


def exported(project: Project, format: str) -> tuple[str, tuple[str, ...]]:
    """The project's graph in a format, and a sentence for each thing that this leaves out.

    A format with probabilities has them from the table, where there are rows.
    """
    drawing = drawing_of(project)
    whole = tuple(
        f"{name} is written as one variable: its columns {', '.join(columns)} are left out"
        for name, columns in project.vectors.parts
    )
    if project.cut:
        words = [f"{a} {'↔' if hidden else '→'} {b}" for a, b, hidden in sorted(project.cut)]
        whole = (*whole, f"edges that a lot cut are left out: {', '.join(words)}")
    if format != "bif" or project.table is None or not project.table.rows:
        text, dropped = written(drawing, format)
        return text, (*whole, *dropped)
    text, dropped = written(with_shares(drawing, project.table), format)
    return text, (*whole, *dropped, SHARES)


def with_shares(drawing: Drawing, table: Table) -> Drawing:
    """The drawing with P(each variable | its causes) as counted in the table.

    Rows count by their weights, and not where the variable was set or something is missing.
    """
    labels = drawing.categories
    causes = {v: tuple(c for c in drawing.graph.parents(v) if c in labels) for v in labels}
    chances = {
        v: _shares(table, v, causes[v], drawing)
        for v in labels
        if math.prod(len(labels[c]) for c in causes[v]) <= MOST_ROWS
    }
    return replace(drawing, chances=chances)


def _shares(table: Table, v: str, causes: tuple[str, ...], drawing: Drawing) -> Chances:
    names = (*causes, v)
    sizes = [len(drawing.categories[name]) for name in names]
    codes = np.stack([table[name] for name in names])
    rows = counted_rows(table, frozenset({v})) & ~np.isnan(codes).any(0)
    counts = np.full(sizes, HALF)
    np.add.at(counts, tuple(codes[:, rows].astype(int)), row_weights(table)[rows])
    shares = (counts / counts.sum(-1, keepdims=True)).reshape(-1, sizes[-1])
    labels = [drawing.categories[c] for c in causes]
    keys = np.ndindex(*sizes[:-1]) if causes else [()]
    return {
        tuple(words[i] for words, i in zip(labels, key, strict=True)): tuple(row.tolist())
        for key, row in zip(keys, shares, strict=True)
    }
