"""Which mechanisms changed between environments; the answer to `Environments`."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.checks.calibration import Parent
from engine.checks.environments import FEWEST_ROWS, LEVEL, Change, change_test, normal_parts
from engine.checks.multiplicity import holm
from engine.data.variable import Kind
from engine.errors import QueryError
from engine.mechanisms.base import Mechanism, is_discrete
from engine.queries.answers import NOT_LEARNT, Stage
from engine.queries.lights import EnvironmentsAnswer, Verdict
from engine.queries.mechanisms import rows_of
from engine.queries.model import Model
from engine.scm.conditional import Conditional
from engine.seeds import generator

MOST_ROWS = 5_000  # of more, a fixed choice
MOST_ENVIRONMENTS = 12
SPLITS = frozenset({Kind.BINARY, Kind.CATEGORICAL, Kind.ORDINAL})
Column = NDArray[np.float64]


def answer_environments(
    model: Model, column: str
) -> Iterator[tuple[EnvironmentsAnswer, bool] | None]:
    """One mechanism after another, marked by Holm once all are tested; None after a slice."""
    model.rows_needed("environments are told by them")
    codes, names = environments(model, column)
    if model.missing(model.law):
        raise QueryError(NOT_LEARNT)
    if any(model.fits[c].stage is not Stage.FITTED for c in model.law):
        raise QueryError("The mechanisms are still being learnt")
    counts = np.bincount(codes[codes >= 0].astype(int), minlength=len(names))
    told = EnvironmentsAnswer(column, tuple(zip(names, (int(n) for n in counts), strict=True)), ())
    by_node: dict[str, list[Verdict]] = {}
    for conditional in model.law:
        if conditional.target == column:
            continue
        for verdict in _verdict(model, conditional, column, codes, names):
            if verdict is None:
                yield None
            else:
                by_node.setdefault(verdict.node, []).append(verdict)
                found = tuple(_joined(parts) for parts in by_node.values())
                told = replace(told, verdicts=found)
                yield told, False
    yield replace(told, verdicts=_marked(told.verdicts), whole=True), True


def environments(model: Model, column: str) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """The environment of each row (rows,), -1 where unknown or too rare, and their names."""
    variable = model.table.variable(column)
    if variable.kind not in SPLITS:
        raise QueryError(
            f"{column} has no categories", remedy="choose a column that names environments"
        )
    values = model.table[column]
    codes = np.where(np.isnan(values), -1, np.nan_to_num(values)).astype(np.int64)
    counts = np.bincount(codes[codes >= 0], minlength=len(variable.categories))
    kept = np.flatnonzero(counts >= FEWEST_ROWS)
    if not 2 <= len(kept) <= MOST_ENVIRONMENTS:
        raise QueryError(
            f"{column} has {len(kept)} categories with {FEWEST_ROWS} rows or more",
            remedy=f"2 to {MOST_ENVIRONMENTS} can be compared",
        )
    place = np.full(len(variable.categories) + 1, -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    return place[codes], tuple(variable.categories[code] for code in kept)


def _verdict(
    model: Model,
    conditional: Conditional,
    column: str,
    codes: NDArray[np.int64],
    names: tuple[str, ...],
) -> Iterator[Verdict | None]:
    """The test of one column's mechanism, under the name of its node."""
    target = conditional.target
    node = model.vectors.node(target)
    hidden = any(node in ends for ends in model.nodes.bidirected)
    rooted = not model.nodes.parents(node)
    bare = Verdict(node, None, hidden=hidden, rooted=rooted)
    if column in conditional.given:
        yield replace(bare, why=f"{column} is drawn as one of its causes")
        return
    x, parents, where = rows_of(model, conditional, beside=codes)
    known = np.flatnonzero(where >= 0)
    known = known[:: 1 + len(known) // MOST_ROWS]
    x, parents, where = x[known], parents[known], where[known]
    if len(x) < FEWEST_ROWS:
        yield replace(bare, why="there are too few complete rows")
        return
    parts, sized = _noise(model, model.fits[conditional].mechanism, target, x, parents)
    yield None
    if not parts:
        yield replace(bare, why="its noise cannot be told from the rows")
        return
    causes = [
        Parent(name, parents[:, i].numpy(), _levels(model, name))
        for i, name in enumerate(conditional.given)
    ]
    for step in change_test(parts, causes, where, sized=sized):
        if step is None:
            yield None
        elif isinstance(step, Change):
            yield replace(
                bare,
                p=step.p,
                way=step.way.value,
                where=names[step.where],
                shift=step.shift,
                cause=step.cause,
                detectable=step.detectable,
                rows=step.rows,
            )
        else:
            yield replace(bare, why=step)


def _levels(model: Model, name: str) -> int:
    variable = model.variable(name)
    return len(variable.categories) if variable.discrete else 0


def _noise(
    model: Model, mechanism: Mechanism, target: str, x: Tensor, parents: Tensor
) -> tuple[list[Column], bool]:
    """Columns of mean 0 and sd 1 given the causes; True where it is one normal noise."""
    with torch.inference_mode():
        if is_discrete(mechanism) and not mechanism.ordered:
            chances = mechanism.probabilities(parents).double().numpy()
            return normal_parts(chances, x.long().numpy()), False
        noise = mechanism.abduct(x, parents, generator(model.project.seed, "environments", target))
    values = noise.double().numpy()
    if values.ndim != 1 or not np.isfinite(values).all():
        return [], False
    return [values], True


def _joined(parts: list[Verdict]) -> Verdict:
    """A vector's verdict: the least p of its columns, times their number."""
    tested = [part for part in parts if part.p is not None]
    if len(parts) == 1 or not tested:
        return parts[0]
    least = min(tested, key=lambda part: part.p or 0.0)
    return replace(least, p=min(1.0, len(tested) * (least.p or 0.0)))


def _marked(verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """Which changed, by Holm: one false alarm in all of them has chance 5 % at most."""
    tested = [one for one in verdicts if one.p is not None]
    marks = dict(
        zip(
            (one.node for one in tested),
            holm([one.p or 0.0 for one in tested], LEVEL),
            strict=True,
        )
    )
    return tuple(replace(one, changed=marks.get(one.node, False)) for one in verdicts)
