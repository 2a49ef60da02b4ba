"""Did a mechanism stay the same in all environments? x ⫫ E | causes, tested on its noise.

If x = f(causes, noise) holds everywhere, the noise of the mechanism fitted to all rows goes with
neither the environment E nor E together with a cause (invariance: Peters, Bühlmann, Meinshausen,
JRSS B 2016; Heinze-Deml, Peters, Meinshausen, J. Causal Inference 2018). Three F-tests on normal
noise, each given a smooth function of the causes, so that a curve that fits a little badly is not
taken for a change where the causes, too, differ between environments:

    level      another mean in some environment
    reaction   another dependence on a cause
    spread     another size of the noise, or another dependence of its size on a cause

p is three times the least of them (Bonferroni). Other changes of shape are not looked for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from engine.checks.calibration import Parent

Column = NDArray[np.float64]
Matrix = NDArray[np.float64]
Codes = NDArray[np.int64]
FEWEST_ROWS = 20  # of an environment
LEVEL, POWER = 0.05, 0.8
FARTHEST = 3.5  # sds that a cause is kept within
MOST_PRODUCTS = 5  # causes up to which their products are held, too
PER_TERM = 10  # rows that each tested term asks for


class Way(StrEnum):
    """How a mechanism differs between environments."""

    LEVEL = "level"
    REACTION = "reaction"
    SPREAD = "spread"


@dataclass(frozen=True, slots=True)
class Change:
    """The chance `p` of what was seen if nothing changed, and the most striking difference.

    `way` is the test with the least p; `where` the environment (code) that differs most, `shift` by
    how much the noise's mean there is off, in its sd; `cause` the one reacted to otherwise, or "".
    `detectable`: a shift of the level in one environment seen with power .8 at 5 %, in sds.
    """

    p: float
    way: Way
    where: int
    shift: float
    cause: str
    detectable: float
    rows: int


def change_test(
    parts: Sequence[Column], causes: Sequence[Parent], environment: Codes, *, sized: bool
) -> Iterator[Change | str | None]:
    """`parts` (n,) of the noise, each of mean 0 and sd 1 given the `causes`; then what was found.

    `sized`: parts are normal, so that their size can be looked at. None after each part.
    """
    codes, counts = np.unique(environment, return_counts=True)
    if len(codes) < 2 or counts.min() < FEWEST_ROWS:
        yield "there are too few rows of some environment"
        return
    held = _independent(_basis(causes, len(environment)))
    which = (environment[:, None] == codes[1:]).astype(np.float64)
    terms = _terms(causes, which, len(environment))
    if held.shape[1] + sum(term.shape[1] for _, term in terms) + len(codes) > len(environment) / 3:
        yield "there are too few rows for so many causes and environments"
        return
    yield None
    found: list[tuple[float, Way, int]] = []
    for number, part in enumerate(parts):
        part = np.clip(part, -4.0, 4.0)
        crossed = np.hstack([which, *(term for _, term in terms)]) if terms else which
        found.append((_f_test(part, held, which), Way.LEVEL, number))
        if terms:
            joint = np.hstack([held, which])
            found.append((_f_test(part, joint, crossed[:, which.shape[1] :]), Way.REACTION, number))
        if sized:
            found.append((_f_test(np.abs(part), held, crossed), Way.SPREAD, number))
        yield None
    least, way, number = min(found)
    part = np.clip(parts[number], -4.0, 4.0)
    where, shift = _farthest(np.abs(part) if way is Way.SPREAD else part, held, environment, codes)
    cause = ""
    if way is Way.REACTION:
        joint = np.hstack([held, which])
        cause = min(terms, key=lambda named: _f_test(part, joint, named[1]))[0]
    tries = len(found)
    yield Change(
        min(1.0, tries * least),
        way,
        where,
        shift,
        cause,
        _detectable(held, environment, codes, tries),
        len(environment),
    )


def normal_parts(chances: Matrix, codes: Codes) -> list[Column]:
    """(seen - predicted) / √(p (1 - p)) of each category that is not too rare, each (n,)."""
    asked = range(1, 2) if chances.shape[1] == 2 else range(chances.shape[1])
    parts = []
    for code in asked:
        p = np.clip(chances[:, code], 1e-4, 1 - 1e-4)
        if float((p * (1 - p)).sum()) >= FEWEST_ROWS:
            parts.append(((codes == code) - p) / np.sqrt(p * (1 - p)))
    return parts


def _scaled(values: Column) -> Column:
    spread = float(values.std())
    scaled = (values - values.mean()) / (spread or 1.0)
    return np.asarray(np.clip(scaled, -FARTHEST, FARTHEST))


def _basis(causes: Sequence[Parent], rows: int) -> Matrix:
    """1, cubics of numbers, one column per category but the first, and products of two causes."""
    single: list[list[Column]] = []
    bent: list[Column] = []
    for cause in causes:
        if cause.levels:
            single.append(cause.columns())
            continue
        scaled = _scaled(cause.values)
        single.append([scaled])
        bent += [scaled**2, scaled**3]
    columns = [np.ones(rows), *(c for part in single for c in part), *bent]
    if len(causes) <= MOST_PRODUCTS:
        for i, first in enumerate(single):
            columns += [a * b for second in single[:i] for a in first for b in second]
    return np.stack(columns, 1)


def _terms(causes: Sequence[Parent], which: Matrix, rows: int) -> list[tuple[str, Matrix]]:
    """Environment times cause, by cause; with squares of numbers where there are rows for them."""

    def crossed(columns: Sequence[Column]) -> Matrix:
        return np.hstack([which * column[:, None] for column in columns])

    for powers in ((1, 2), (1,)):
        found = [
            (
                cause.name,
                crossed(
                    cause.columns()
                    if cause.levels
                    else [_scaled(cause.values) ** power for power in powers]
                ),
            )
            for cause in causes
        ]
        if PER_TERM * sum(term.shape[1] for _, term in found) <= rows:
            return found
    return found


def _independent(columns: Matrix) -> Matrix:
    """An orthonormal basis of what the columns span."""
    left, values, _ = np.linalg.svd(columns, full_matrices=False)
    return np.asarray(left[:, values > 1e-8 * values[0]])


def _freed(columns: Matrix, held: Matrix) -> Matrix:
    return np.asarray(columns - held @ (held.T @ columns))


def _f_test(part: Column, held: Matrix, added: Matrix) -> float:
    """p of the F-test of the `added` columns beside those `held`."""
    from scipy.special import fdtrc

    held = _independent(held)
    extra = _freed(added, held)
    scale = np.sqrt((added**2).sum(0).max())
    left, values, _ = np.linalg.svd(extra, full_matrices=False)
    extra = left[:, values > 1e-6 * max(float(scale), 1e-300)]
    terms, degrees = extra.shape[1], len(part) - held.shape[1] - extra.shape[1]
    rest = _freed(part, held)
    explained = float(((extra.T @ rest) ** 2).sum())
    noise = float(rest @ rest) - explained
    if terms == 0 or degrees < 1 or noise <= 0:
        return 1.0
    return float(fdtrc(terms, degrees, explained / terms / (noise / degrees)))


def _farthest(part: Column, held: Matrix, environment: Codes, codes: Codes) -> tuple[int, float]:
    """The environment that stands out most, and by how much the part's mean is off there."""
    rest, found = _freed(part, held), []
    for code in codes:
        mark = _freed((environment == code).astype(np.float64), held)
        square = float(mark @ mark)
        if square > 1e-9:
            found.append((abs(float(mark @ rest)) / square**0.5, int(code), mark @ rest / square))
    if not found:
        return int(codes[0]), 0.0
    _, where, shift = max(found)
    return where, float(shift)


def _detectable(held: Matrix, environment: Codes, codes: Codes, tries: int) -> float:
    """The shift of one environment's level, the hardest to see, in sds."""
    from scipy.special import fdtri, ncfdtrinc

    squares = []
    for code in codes:
        mark = _freed((environment == code).astype(np.float64), held)
        squares.append(float(mark @ mark))
    terms = len(codes) - 1
    degrees = len(environment) - held.shape[1] - terms
    if min(squares) < 1e-6 or degrees < 1:
        return float("inf")
    border = float(fdtri(terms, degrees, 1 - LEVEL / tries))
    needed = float(ncfdtrinc(terms, degrees, 1 - POWER, border))
    return float(np.sqrt(needed / min(squares)))
