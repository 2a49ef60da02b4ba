"""The fit key: a digest of everything that a fit depends on, and of nothing else."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from engine.data.table import Table, column_digests, gapped
from engine.mechanisms.settings import FitSettings, PictureSettings
from engine.scm.conditional import Conditional
from engine.scm.fitted import FitTask

FORMAT = 6  # of fitted mechanisms; a change makes every stored fit stale
PICTURES = 1  # of fitted pictures, beside it


def fit_key(
    conditional: Conditional,
    table: Table,
    family: str,
    seed: int,
    settings: FitSettings = FitSettings(),  # noqa: B008  (frozen)
    unset: frozenset[str] = frozenset(),
    law: tuple[FitTask, ...] = (),
) -> str:
    """Name of the fit of `conditional`: digest of format, family, settings, variables, data, seed.

    Only the columns involved count, so that another variable's data never make a fit stale. Of the
    table's design: the columns of weights and clusters, and where the target or any of `unset` was
    set. Gaps that are to be filled in are filled by the whole of `law`: then all its columns count.
    """
    names = (conditional.target, *conditional.given)
    variables = [_words(table, name) for name in names]
    digests = column_digests(table)
    rows = table.rows if table.withheld is None else table.withheld.rows
    parts = [str(FORMAT), family, repr(settings), str(seed), str(rows)]
    content = hashlib.sha256()
    columns = (digests[name] for name in names)
    design = _design(table, (conditional.target, *sorted(unset)))
    filling = _filling(table, law) if law and imputes(conditional, table) else ()
    for part in (*parts, *variables, *columns, *design, *filling):
        content.update(f"{len(part)}:{part}".encode())
    return content.hexdigest()


def picture_key(
    conditional: Conditional, table: Table, seed: int, settings: PictureSettings
) -> str:
    """Name of the fit of a picture: its pictures, its causes' data and kinds, settings, seed."""
    digests, design = column_digests(table), _design(table, ())
    parts = [str(FORMAT), str(PICTURES), "picture", repr(settings), str(seed), str(table.rows)]
    parts += [str(conditional), table.pictures[conditional.target].digest]
    for name in conditional.given:
        parts += [_words(table, name), digests[name]]
    content = hashlib.sha256()
    for part in (*parts, *design):
        content.update(f"{len(part)}:{part}".encode())
    return content.hexdigest()


def imputes(conditional: Conditional, table: Table) -> bool:
    """True where gaps are to be filled in, and this conditional has some."""
    names = {conditional.target, *conditional.given}
    return table.design.impute and not names.isdisjoint(gapped(table))


def _filling(table: Table, law: tuple[FitTask, ...]) -> Iterator[str]:
    """What fills the gaps: the conditionals of the law, and the data of all its variables."""
    digests = column_digests(table)
    yield "imputed"
    for task in law:
        target = task.conditional.target
        yield from (str(task.conditional), _words(table, target), digests[target])
        yield from _set(table, (target, *sorted(task.unset)))


def _design(table: Table, unset: tuple[str, ...]) -> Iterator[str]:
    """How the rows came about, as far as it concerns this fit; nothing by default."""
    design, digests = table.design, column_digests(table)
    for role, name in (("weights", design.weights), ("cluster", design.cluster)):
        if name:
            yield from (role, _words(table, name), digests[name])
    yield from _set(table, unset)


def _set(table: Table, variables: tuple[str, ...]) -> Iterator[str]:
    """Where any of `variables` was set."""
    digests = column_digests(table)
    for item in (item for variable in variables for item in table.design.of(variable)):
        yield from ("set", repr(item.values), _words(table, item.column), digests[item.column])


def _words(table: Table, name: str) -> str:
    return repr(replace(table.variable(name), unit=""))
