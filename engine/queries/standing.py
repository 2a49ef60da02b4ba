"""Draws that stand on rows: by adjustment, and along the estimand of the ID algorithm."""

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from engine.data.rows import cluster_codes, counted_rows, row_weights
from engine.data.table import Table
from engine.errors import QueryError
from engine.interventions import Action, Set, Shift
from engine.mechanisms.base import is_discrete
from engine.queries.chains import Chain, check_enough, drawn_along
from engine.queries.draws import Draws
from engine.queries.model import Model
from engine.scm.cases import resample
from engine.scm.conditional import Conditional
from engine.seeds import generator

MANY_CLUSTERS = 50  # as many stand for all of them


def adjusted(
    model: Model,
    conditional: Conditional,
    action: Action,
    outcome: str,
    count: int,
    member: int | None,
) -> Draws:
    """Σ_z P(y | x, z) P(z), z from the table's rows (standardisation; Robins 1986).

    Rows without the outcome count as well: only x and z must be known. Nothing done: their own x.
    """
    rows, weights = _rows(model, conditional.given, count, member)
    done = {item.variable: item for item in action}
    world = {name: _treated(rows[name], done.get(name)) for name in conditional.given}
    parents = torch.stack([world[name] for name in conditional.given], -1)
    scm = model.scm((conditional,), member)
    noise = model.noise(scm, len(parents))[outcome]
    mechanism = scm.mechanisms[outcome]
    samples = {**world, outcome: mechanism.push(noise, parents).double()}
    laws = {}
    if is_discrete(mechanism):
        laws[outcome] = mechanism.probabilities(parents).double()
    return Draws(samples, weights, laws)


def along(
    model: Model,
    chain: Chain,
    action: Action,
    outcome: str,
    count: int,
    member: int | None,
    *,
    natural: Action = (),
) -> Draws:
    """Along the estimand of the ID algorithm; variables that may have any value have the rows'.

    `natural`: what is done as far as the chain's natural links see.
    """
    anywhere = {}
    if chain.anywhere:
        model.rows_needed("this answer averages over them")
        names = chain.anywhere
        rows, _ = _picked_rows(model.table, names, model.unset(names), count, model.project.seed)
        anywhere = {name: torch.from_numpy(model.table[name][rows.numpy()]) for name in names}
    draws = drawn_along(model, chain, action, outcome, anywhere, count, member, natural)
    if member is None:
        check_enough(draws, outcome)
    return draws


def _rows(
    model: Model, given: tuple[str, ...], count: int, member: int | None
) -> tuple[dict[str, Tensor], Tensor | None]:
    """Rows complete in `given`, about `count` of them, weighted as a bootstrap member drew them."""
    model.rows_needed("this answer averages over them")
    seed, table, unset = model.project.seed, model.table, model.unset(given)
    if member is not None and table.design.cluster:
        numbers, share = _picked_clusters(table, given, unset, count, seed)
    else:
        numbers, share = _picked_rows(table, given, unset, count, seed)
    if not len(numbers):
        raise QueryError(f"No row has all of {', '.join(given)} as they come about by themselves")
    rows = {name: torch.from_numpy(table[name][numbers.numpy()]) for name in given}
    counted = torch.from_numpy(row_weights(table)[numbers.numpy()])
    if member is None:
        return rows, counted / counted.sum() if table.design.weights else None
    drawn = resample(table, seed, member)[numbers]
    weights = 1 + (drawn - 1) * share**0.5  # fewer rows than there are spread too much
    weights = weights * counted
    return rows, weights / weights.sum()


@lru_cache(maxsize=16)
def _picked_rows(
    table: Table, names: tuple[str, ...], unset: frozenset[str], count: int, seed: int
) -> tuple[Tensor, float]:
    """Numbers of about `count` complete rows, all or a fixed choice, and which share they are.

    Rows that count, and in which nobody set any of `unset`.
    """
    complete = torch.from_numpy(np.flatnonzero(table.complete(names) & counted_rows(table, unset)))
    total = len(complete)
    if total > count:
        picked = torch.randperm(total, generator=generator(seed, "rows"))[:count]
        return complete[picked], count / total
    return complete.repeat(max(1, count // max(total, 1))), 1.0


@lru_cache(maxsize=16)
def _picked_clusters(
    table: Table, names: tuple[str, ...], unset: frozenset[str], count: int, seed: int
) -> tuple[Tensor, float]:
    """The complete rows of as many whole clusters as hold about `count`, and their share.

    All rows where these are few clusters: then each of them matters.
    """
    complete = np.flatnonzero(table.complete(names) & counted_rows(table, unset))
    codes = cluster_codes(table)
    assert codes is not None
    present, place = np.unique(codes[complete], return_inverse=True)
    order = torch.randperm(len(present), generator=generator(seed, "clusters")).numpy()
    sizes = np.bincount(place, minlength=len(present))[order].cumsum()
    chosen = order[: int(np.searchsorted(sizes, count)) + 1]
    if len(chosen) < MANY_CLUSTERS:
        return torch.from_numpy(complete), 1.0
    return torch.from_numpy(complete[np.isin(place, chosen)]), len(chosen) / len(present)


def _treated(column: Tensor, item: Set | Shift | None) -> Tensor:
    if isinstance(item, Set):
        return torch.full_like(column, item.value)
    return column + item.amount if isinstance(item, Shift) else column
