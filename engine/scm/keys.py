"""The fit key: a digest of everything that a fit depends on, and of nothing else."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from engine.data.table import Table, column_digests
from engine.mechanisms.settings import FitSettings
from engine.scm.conditional import Conditional

FORMAT = 1  # of fitted mechanisms; a change makes every stored fit stale


def fit_key(
    conditional: Conditional,
    table: Table,
    family: str,
    seed: int,
    settings: FitSettings = FitSettings(),  # noqa: B008  (frozen)
    unset: frozenset[str] = frozenset(),
) -> str:
    """Name of the fit of `conditional`: digest of format, family, settings, variables, data, seed.

    Only the columns involved count, so that another variable's data never make a fit stale. Of the
    table's design: the columns of weights and clusters, and where the target or any of `unset` was
    set.
    """
    names = (conditional.target, *conditional.given)
    variables = [_words(table, name) for name in names]
    digests = column_digests(table)
    rows = table.rows if table.withheld is None else table.withheld.rows
    parts = [str(FORMAT), family, repr(settings), str(seed), str(rows)]
    content = hashlib.sha256()
    columns = (digests[name] for name in names)
    design = _design(table, (conditional.target, *sorted(unset)))
    for part in (*parts, *variables, *columns, *design):
        content.update(f"{len(part)}:{part}".encode())
    return content.hexdigest()


def _design(table: Table, unset: tuple[str, ...]) -> Iterator[str]:
    """How the rows came about, as far as it concerns this fit; nothing by default."""
    design, digests = table.design, column_digests(table)
    for role, name in (("weights", design.weights), ("cluster", design.cluster)):
        if name:
            yield from (role, _words(table, name), digests[name])
    for item in (item for variable in unset for item in design.of(variable)):
        yield from ("set", repr(item.values), _words(table, item.column), digests[item.column])


def _words(table: Table, name: str) -> str:
    return repr(replace(table.variable(name), unit=""))
