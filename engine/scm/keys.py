"""The fit key: a digest of everything that a fit depends on, and of nothing else."""

import hashlib
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
) -> str:
    """Name of the fit of `conditional`: digest of format, family, settings, variables, data, seed.

    Only the columns involved count, so that another variable's data never make a fit stale.
    """
    names = (conditional.target, *conditional.given)
    variables = [repr(replace(table.variable(name), unit="")) for name in names]
    digests = column_digests(table)
    rows = table.rows if table.withheld is None else table.withheld.rows
    parts = [str(FORMAT), family, repr(settings), str(seed), str(rows)]
    content = hashlib.sha256()
    for part in (*parts, *variables, *(digests[name] for name in names)):
        content.update(f"{len(part)}:{part}".encode())
    return content.hexdigest()
