"""The lights of each mechanism: slope, what is left over, trace; the answer to `Mechanisms`."""

from collections.abc import Iterable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.checks.residual import FEWEST_ROWS, Leftover, leftover_test
from engine.checks.slope import FEWEST_ROWS as FEWEST_STEEP
from engine.checks.slope import MOST_NOISE, cells, slope_test, turns
from engine.checks.smooth import MOST_ROWS, Smooth, smooth
from engine.checks.trace import Trace, trace_test
from engine.data.rows import cluster_codes, counted_rows
from engine.errors import QueryError
from engine.mechanisms.base import Mechanism
from engine.queries.answers import NOT_LEARNT, Stage
from engine.queries.lights import (
    LeftoverLight,
    MechanismLights,
    MechanismsAnswer,
    SlopeLight,
    TraceLight,
)
from engine.queries.model import Model, complete_rows
from engine.scm.checking import independent
from engine.scm.conditional import Conditional
from engine.seeds import generator, numpy_generator

Matrix = NDArray[np.float64]
ADDITIVE = frozenset({"linear", "spline-linear", "additive"})
MOST_KEPT = 500
FEWEST_VALUES = 30  # different values of a cause, for a slope

_KEPT: dict[str, MechanismLights] = {}


def answer_mechanisms(model: Model) -> Iterator[tuple[MechanismsAnswer, bool] | None]:
    """One mechanism after another; None after a slice of work."""
    model.rows_needed("mechanisms are held against them")
    if any(model.fits[c].stage is not Stage.FITTED for c in model.law if c in model.fits):
        raise QueryError("The mechanisms are still being learnt")
    if model.missing(model.law):
        raise QueryError(NOT_LEARNT)
    found: list[MechanismLights] = []
    for step in lights_of(model, model.law):
        if step is None:
            yield None
        else:
            found.append(step)
            yield MechanismsAnswer(tuple(found)), False
    yield MechanismsAnswer(tuple(found), whole=True), True


def lights_of(model: Model, law: Iterable[Conditional]) -> Iterator[MechanismLights | None]:
    """The lights of these mechanisms, those without causes left out; of a vector its last column.

    None after a slice of work.
    """
    for conditional in law:
        node = model.vectors.node(conditional.target)
        if node != conditional.target:
            if model.vectors.columns(node)[-1] == conditional.target:
                yield from _of_vector(model, node)
        elif conditional.given:
            yield from _kept_or_made(model, conditional)


def _kept_or_made(model: Model, conditional: Conditional) -> Iterator[MechanismLights | None]:
    """The lights of a finished mechanism are made once: its key names all that they rest on."""
    fitted = model.fits[conditional]
    key = fitted.key if fitted.stage is Stage.FITTED else ""
    if key and key in _KEPT:
        yield _KEPT[key]
        return
    for step in _of_column(model, conditional):
        if step is not None and key:
            while len(_KEPT) >= MOST_KEPT:
                del _KEPT[next(iter(_KEPT))]
            _KEPT[key] = step
        yield step


def rows_of(
    model: Model, conditional: Conditional, beside: NDArray[np.int64] | None = None
) -> tuple[Tensor, Tensor, NDArray[np.int64]]:
    """Its variable (n,), what it is given (n, k), and what stands `beside` (rows,) in these rows.

    Complete rows in which nobody set the variable, that count as independent: one of each cluster,
    kept as often as its weight asks.
    """
    table, target, given = model.table, conditional.target, conditional.given
    unset = table.design.varied & {target}
    columns, weights = complete_rows(table, (target, *given), unset)
    kept = table.complete((target, *given)) & counted_rows(table, unset)
    clusters = cluster_codes(table)
    rng = generator(model.project.seed, "lights", target)
    at = independent(weights, None if clusters is None else clusters[kept], rng)
    codes = np.zeros(table.rows, dtype=np.int64) if beside is None else beside
    x = columns[target][at]
    parents = [columns[name][at] for name in given]
    empty = torch.empty(len(x), 0, dtype=torch.float64)
    return x, torch.stack(parents, -1) if parents else empty, codes[kept][at.numpy()]


def coded(model: Model, names: tuple[str, ...], values: Tensor) -> Matrix:
    """Columns of numbers as they are, of categories one each; (n, columns)."""
    parts = []
    for i, name in enumerate(names):
        variable, column = model.variable(name), values[:, i].numpy()
        if variable.discrete:
            levels = range(1 if len(variable.categories) == 2 else 0, len(variable.categories))
            parts += [(column == code).astype(np.float64) for code in levels]
        else:
            parts.append(column)
    return np.stack(parts, 1)


def _of_column(model: Model, conditional: Conditional) -> Iterator[MechanismLights | None]:
    target, given = conditional.target, conditional.given
    fitted = model.fits[conditional]
    bare = MechanismLights(target, given, fitted.report.family)
    if model.variable(target).discrete:
        yield MechanismLights(target, given, bare.family, why=f"{target} has categories")
        return
    mechanism = fitted.mechanism
    x, parents, _ = rows_of(model, conditional)
    if len(x) < FEWEST_ROWS:
        why = f"{len(x)} complete rows are too few"
        yield MechanismLights(target, given, bare.family, why=why)
        return
    middle, kept = _middle(mechanism, parents), _few(model, target, len(x))
    causes = coded(model, given, parents)
    rest = (x - middle).numpy()
    yield None
    finer: Smooth | None = None
    for step in smooth(causes[kept], rest[kept]):
        finer = step
        yield None
    assert finer is not None
    share = min(1.0, float(finer.left.std() / max(float(x.std()), 1e-300)))
    additive = bare.family in ADDITIVE
    left = finer.left
    if not additive:
        with torch.inference_mode():
            rng = generator(model.project.seed, "lights noise", target)
            noise = mechanism.abduct(x[kept], parents[kept], rng).double()
        left = noise.numpy() if noise.ndim == 1 else np.full(len(kept), np.nan)
    leftover = None
    if np.isfinite(left).all():
        shuffles = numpy_generator(model.project.seed, "lights", target)
        for found in leftover_test(left, causes[kept], shuffles):
            if isinstance(found, Leftover):
                leftover = LeftoverLight(found.alignment, found.p, found.rows, additive)
            yield None
    slope, why = None, ""
    for told in _slope(model, conditional, x, parents, share, finer):
        if told is None:
            yield None
        elif isinstance(told, str):
            why = told
        else:
            slope = told
    yield MechanismLights(target, given, bare.family, share, slope, leftover, None, why)


def _middle(mechanism: Mechanism, parents: Tensor) -> Tensor:
    """The variable where its noise is at its median, (n,)."""
    with torch.inference_mode():
        return mechanism.push(torch.zeros(len(parents), dtype=torch.float64), parents).double()


def _few(model: Model, target: str, rows: int) -> NDArray[np.int64]:
    """Some hundreds of rows, always the same."""
    order = numpy_generator(model.project.seed, "lights rows", target).permutation(rows)
    return np.sort(order[:MOST_ROWS])


def _slope(
    model: Model, conditional: Conditional, x: Tensor, parents: Tensor, share: float, finer: Smooth
) -> Iterator[SlopeLight | str | None]:
    """The slope test of a number with one number as its cause, or why there is none.

    Of noise the lesser share of both directions counts, so that the drawn one cannot hide the test.
    """
    target, given = conditional.target, conditional.given
    if len(given) != 1 or model.variable(given[0]).discrete:
        yield f"{target} has other causes than a single number"
        return
    cause, effect = parents[:, 0].numpy(), x.numpy()
    if len(cause) < FEWEST_STEEP or len(np.unique(cause)) < FEWEST_VALUES:
        yield f"{given[0]} has too few values"
        return
    least, kept = share, _few(model, target, len(cause))
    for step in smooth(effect[kept][:, None], cause[kept]):
        if step is not None:
            least = min(share, float(step.left.std() / max(float(cause.std()), 1e-300)))
        yield None
    if least > MOST_NOISE:
        yield f"noise makes {share:.0%} of the spread of {target}"
        return
    ends = cells(cause)
    places = torch.from_numpy(ends)[:, None]
    curve = _middle(model.fits[conditional].mechanism, places).numpy() + finer(ends[:, None])
    if turns(curve):
        yield f"the curve of {target} goes up and down"
        return
    rng = numpy_generator(model.project.seed, "slope", target)
    found = slope_test(cause, effect, rng, rising=bool(curve[-1] > curve[0]))
    yield SlopeLight(found.statistic, found.p, found.rows)


def _of_vector(model: Model, node: str) -> Iterator[MechanismLights | None]:
    """The trace condition between a vector and the numbers among its causes' columns."""
    causes = tuple(v for v in model.nodes.variables if v in model.nodes.parents(node))
    inputs = tuple(c for c in model.vectors.spread(causes) if not model.variable(c).discrete)
    outputs = tuple(c for c in model.vectors.columns(node) if not model.variable(c).discrete)
    if not causes:
        return
    columns, _ = complete_rows(
        model.table, (*inputs, *outputs), model.table.design.varied & frozenset(outputs)
    )
    yield None
    light, why = None, f"{node} and its causes need numbers"
    if inputs and outputs:
        x, y = (np.stack([columns[n].numpy() for n in side], 1) for side in (inputs, outputs))
        found = trace_test(x, y, numpy_generator(model.project.seed, "trace", node))
        why = found if isinstance(found, str) else ""
        if isinstance(found, Trace):
            light = TraceLight(
                found.delta,
                found.p,
                found.low,
                found.high,
                found.inputs,
                found.outputs,
                found.rows,
            )
    yield MechanismLights(node, causes, "", trace=light, why=why)
