"""The fit key: a digest of everything that a fit depends on, and of nothing else."""

import hashlib
from functools import lru_cache

import numpy as np

from engine.data.table import Table
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
    variables = [repr(table.variable(name)) for name in names]
    digests = _column_digests(table)
    parts = [str(FORMAT), family, repr(settings), str(seed), str(table.rows)]
    content = hashlib.sha256()
    for part in (*parts, *variables, *(digests[name] for name in names)):
        content.update(f"{len(part)}:{part}".encode())
    return content.hexdigest()


@lru_cache(maxsize=2)
def _column_digests(table: Table) -> dict[str, str]:
    return {
        name: hashlib.sha256(np.ascontiguousarray(column).tobytes()).hexdigest()
        for name, column in table.columns.items()
    }
