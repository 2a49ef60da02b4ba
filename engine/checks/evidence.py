"""One test of x ⫫ y | given on columns: four methods by the kinds of the variables.

All two-sided and asymptotic; `effect` and its 90 % interval are on a correlation-like scale 0 … 1
(signed where x and y are numbers or two-valued).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.queries.answers import Interval

Column = NDArray[np.float64]
Design = NDArray[np.float64]

LEVEL = 0.05  # of one test
POWER = 0.8  # at which an effect counts as detectable
TAIL = 0.05  # beyond each end of the 90 % interval
FLAT = 1e-12  # share of variance left below which a variable is a function of `given`
STEPS, SETTLED = 40, 1e-8  # of Newton's method for the logistic likelihood
RIDGE = 1e-8


@dataclass(frozen=True, slots=True)
class Measured:
    """One column of the complete rows: numbers, or category codes where `discrete`."""

    values: Column
    discrete: bool

    @property
    def coded(self) -> Design:
        """Numbers standardised, shape (rows, 1); categories seen as indicators, (rows, k - 1)."""
        if not self.discrete:
            spread = self.values.std()
            scaled = (self.values - self.values.mean()) / (spread or 1.0)
            return np.asarray(scaled[:, None], dtype=np.float64)
        return np.asarray(self.values[:, None] == np.unique(self.values)[1:], dtype=np.float64)

    @property
    def codes(self) -> NDArray[np.int64]:
        """Categories seen, numbered 0 … k - 1."""
        return np.unique(self.values, return_inverse=True)[1].astype(np.int64)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one test found."""

    method: str
    statistic: float
    p: float
    effect: float
    interval: Interval | None
    detectable: float | None


def examine(x: Measured, y: Measured, given: Sequence[Measured]) -> Evidence | str:
    """Test x ⫫ y | given by the one that fits their kinds; a few words where it cannot be tested.

    Two numbers, or a number and a two-valued variable: partial correlation. Categories given
    categories: G². Categories given numbers: multinomial logistic likelihood ratio. A number and
    more than two categories: F test of group means. Numbers in `given` enter as straight lines.
    """
    for one in (x, y):
        if np.ptp(one.values) == 0:
            return "one of them does not vary"
    if x.discrete and y.discrete:
        if all(one.discrete for one in given):
            return g_squared(x.codes, y.codes, [one.codes for one in given])
        return logistic_ratio(x, y, design(given, len(x.values)))
    several = next((one for one in (x, y) if one.coded.shape[1] > 1), None)
    if several is None:
        return partial_correlation(x.coded[:, 0], y.coded[:, 0], design(given, len(x.values)))
    number = y if several is x else x
    return group_means(number.coded[:, 0], several.coded, design(given, len(x.values)))


def design(given: Sequence[Measured], rows: int) -> Design:
    """A column of ones, then the coded columns of `given`: shape (rows, 1 + …)."""
    return np.hstack([np.ones((rows, 1)), *(one.coded for one in given)])


def partial_correlation(x: Column, y: Column, given: Design) -> Evidence | str:
    """Correlation r of the residuals of x and y on `given`; z = atanh(r) √(n - k - 3) is normal.

    Fisher, Metron 1924; k is the rank of `given` without the ones.
    """
    from scipy.special import ndtr

    (x_left, y_left), rank = residuals(np.column_stack([x, y]), given)
    room = len(x) - (rank - 1) - 3
    if room < 1:
        return "there are too few complete rows"
    if flat(x_left, x) or flat(y_left, y):
        return "one of them is a function of what is given"
    r = float(np.clip(x_left @ y_left / math.sqrt((x_left @ x_left) * (y_left @ y_left)), -1, 1))
    scale = math.sqrt(room)
    centre = math.atanh(np.clip(r, -1 + 1e-15, 1 - 1e-15))
    reach = normal_quantile(1 - TAIL) / scale
    visible = (normal_quantile(1 - LEVEL / 2) + normal_quantile(POWER)) / scale
    return Evidence(
        "partial correlation" if given.shape[1] > 1 else "correlation",
        centre * scale,
        float(2 * ndtr(-abs(centre * scale))),
        r,
        (math.tanh(centre - reach), math.tanh(centre + reach)),
        math.tanh(visible),
    )


def group_means(x: Column, groups: Design, given: Design) -> Evidence | str:
    """F test that the means of x do not differ between groups, given straight lines in `given`."""
    from scipy.special import fdtrc

    (without,), rank = residuals(x[:, None], given)
    (left,), full = residuals(x[:, None], np.hstack([given, groups]))
    freedom, room = full - rank, len(x) - full
    if room < 1:
        return "there are too few complete rows"
    if freedom < 1 or flat(without, x):
        return "one of them is a function of what is given"
    explained, rest = float(without @ without - left @ left), float(left @ left)
    f = explained / freedom / max(rest / room, 1e-300)
    effect, interval, visible = shares(freedom * f, freedom, len(x), 1, bounded=True)
    p = float(fdtrc(freedom, room, max(f, 0.0)))
    return Evidence("F test of group means", f, p, effect, interval, visible)


def g_squared(
    x: NDArray[np.int64], y: NDArray[np.int64], given: Sequence[NDArray[np.int64]]
) -> Evidence | str:
    """G² = 2 Σ O ln(O / E) over the tables of each stratum of `given`; χ² under independence.

    Degrees of freedom count the rows and columns that a stratum really has. Where a fifth of the
    expected counts lie below 5 (Cochran 1954), Pearson's X² with its exact mean and variance for
    fixed margins takes the place of G² (Haldane, Biometrika 1940), without an interval.
    """
    tables = strata(x, y, given)
    freedom = sum((a - 1) * (b - 1) for a, b in (table.shape for table in tables))
    if not freedom:
        return "no group of rows lets both of them vary"
    expected = [np.outer(t.sum(1), t.sum(0)) / t.sum() for t in tables]
    cells = np.concatenate([e.ravel() for e in expected])
    size = min(len(np.unique(x)), len(np.unique(y))) - 1
    rows = int(sum(table.sum() for table in tables))
    g = float(
        sum(
            2 * (t * np.log(np.maximum(t, 1) / e)).sum()
            for t, e in zip(tables, expected, strict=True)
        )
    )
    effect, interval, visible = shares(g, freedom, rows, size)
    if (cells < 5).mean() <= 0.2:
        return Evidence("G²", g, chi_square_tail(g, freedom), effect, interval, visible)
    return _thin(tables, expected, rows, size)


def logistic_ratio(x: Measured, y: Measured, given: Design) -> Evidence | str:
    """2 (log L(y | x, given) - log L(y | given)) of multinomial logistic models: χ² (Wilks)."""
    x, y = (x, y) if x.coded.shape[1] >= y.coded.shape[1] else (y, x)
    full = np.hstack([given, x.coded])
    freedom = (np.linalg.matrix_rank(full) - np.linalg.matrix_rank(given)) * y.coded.shape[1]
    if freedom < 1:
        return "one of them is a function of what is given"
    if len(given) < 10 * full.shape[1] * y.coded.shape[1]:
        return "there are too few complete rows"
    ratio = max(2 * (log_likelihood(y, full) - log_likelihood(y, given)), 0.0)
    effect, interval, visible = shares(ratio, freedom, len(given), y.coded.shape[1])
    p = chi_square_tail(ratio, freedom)
    return Evidence("likelihood ratio (logistic)", ratio, p, effect, interval, visible)


def residuals(targets: Design, given: Design) -> tuple[Design, int]:
    """What straight lines in `given` leave of each target, (targets, rows); its rank."""
    slopes, _, rank, _ = np.linalg.lstsq(given, targets, rcond=None)
    return (targets - given @ slopes).T, int(rank)


def flat(left: Column, whole: Column) -> bool:
    """True where (next to) nothing of the variance of `whole` is left."""
    return float(left @ left) <= FLAT * float(((whole - whole.mean()) ** 2).sum())


def strata(
    x: NDArray[np.int64], y: NDArray[np.int64], given: Sequence[NDArray[np.int64]]
) -> list[Design]:
    """One table of counts per combination of `given` in which both x and y vary; no empty lines."""
    where = np.zeros(len(x), dtype=np.int64)
    for codes in given:
        where = np.unique(where * (codes.max() + 1) + codes, return_inverse=True)[1]
    order = np.argsort(where, kind="stable")
    starts = np.flatnonzero(np.diff(where[order], prepend=-1))
    lines = [rows for rows in np.split(order, starts[1:]) if len(rows) > 1]
    tables = [counted(x[rows], y[rows]) for rows in lines]
    return [table for table in tables if min(table.shape) > 1]


def counted(x: NDArray[np.int64], y: NDArray[np.int64]) -> Design:
    """How often each pair of codes occurs, shape (codes of x seen, codes of y seen)."""
    shape = (int(x.max()) + 1, int(y.max()) + 1)
    counts = np.bincount(x * shape[1] + y, minlength=math.prod(shape)).reshape(shape)
    seen = counts[counts.any(1)][:, counts.any(0)]
    return seen.astype(np.float64)


def _thin(tables: list[Design], expected: list[Design], rows: int, size: int) -> Evidence | str:
    """Σ X² over thin strata against a χ² scaled to its exact mean and variance."""
    kept = [(t, e) for t, e in zip(tables, expected, strict=True) if t.sum() > 3]
    if not kept:
        return "its groups of rows are too small"
    statistic = float(sum((t**2 / e).sum() - t.sum() for t, e in kept))
    mean = sum(_mean_of_x2(t) for t, _ in kept)
    variance = sum(_variance_of_x2(t) for t, _ in kept)
    if variance <= 0:
        return "its groups of rows are too small"
    scale, freedom = variance / (2 * mean), 2 * mean**2 / variance
    effect = math.sqrt(max(statistic - mean, 0.0) / (rows * size))
    p = chi_square_tail(statistic / scale, freedom)
    return Evidence("X² (thin strata)", statistic, p, min(effect, 1.0), None, None)


def _mean_of_x2(table: Design) -> float:
    n, (a, b) = table.sum(), table.shape
    return float(n / (n - 1) * (a - 1) * (b - 1))


def _variance_of_x2(table: Design) -> float:
    """Variance of X² over tables with these margins (Haldane, Biometrika 1940)."""
    n = table.sum()

    def parts(margin: Column) -> tuple[float, float]:
        k = len(margin)
        return (k - 1) * (n - k) / (n - 1), (n * (1 / margin).sum() - k**2) / (n - 2)

    (v1, w1), (v2, w2) = parts(table.sum(1)), parts(table.sum(0))
    return float(2 * n / (n - 3) * (v1 - w1) * (v2 - w2) + n**2 / (n - 1) * w1 * w2)


def log_likelihood(y: Measured, given: Design) -> float:
    """Largest log-likelihood of a multinomial logistic model of y on `given` (Newton)."""
    answer = y.coded
    width, classes = given.shape[1], answer.shape[1]
    weights, best = np.zeros((width, classes)), -np.inf
    step = np.zeros_like(weights)
    for _ in range(STEPS):
        scores = given @ (weights + step)
        total = np.logaddexp.reduce(np.column_stack([np.zeros(len(given)), scores]), axis=1)
        value = float((answer * scores).sum() - total.sum())
        if value < best - SETTLED:
            step = step / 2
            continue
        weights, gain, best = weights + step, value - best, value
        if gain < SETTLED:
            break
        chance = np.exp(scores - total[:, None])
        step = _newton_step(given, answer, chance)
    return best


def _newton_step(given: Design, answer: Design, chance: Design) -> Design:
    width, classes = given.shape[1], answer.shape[1]
    slope = given.T @ (answer - chance)
    bend = np.zeros((classes, width, classes, width))
    for i in range(classes):
        for j in range(classes):
            weight = chance[:, i] * ((i == j) - chance[:, j])
            bend[i, :, j, :] = (given * weight[:, None]).T @ given
    square = bend.reshape(classes * width, -1)
    square += RIDGE * len(given) * np.eye(len(square))
    step = np.linalg.solve(square, slope.T.ravel()).reshape(classes, width).T
    return np.asarray(step, dtype=np.float64)


def shares(
    statistic: float, freedom: int, rows: int, size: int, *, bounded: bool = False
) -> tuple[float, Interval, float]:
    """Effect, 90 % interval and detectable effect of a χ² statistic with noncentrality λ.

    √(λ / (rows · size)), like Cramér's V; `bounded`: √(λ / (λ + rows)), multiple correlation.
    The effect uses λ = statistic - freedom, the mean excess over independence, where positive.
    """
    from scipy.special import chdtri, chndtrinc

    def effect(noncentrality: float) -> float:
        whole = noncentrality + rows if bounded else rows * size
        return math.sqrt(min(max(noncentrality, 0.0) / whole, 1.0))

    low, high = (noncentrality_at(statistic, freedom, tail) for tail in (1 - TAIL, TAIL))
    visible = float(chndtrinc(chdtri(freedom, LEVEL), freedom, 1 - POWER))
    return effect(statistic - freedom), (effect(low), effect(high)), effect(visible)


def noncentrality_at(statistic: float, freedom: int, below: float) -> float:
    """The λ for which a noncentral χ² lies below `statistic` with chance `below`; 0 if none."""
    from scipy.special import chndtr, chndtrinc

    if chndtr(statistic, freedom, 0.0) <= below:
        return 0.0
    return float(chndtrinc(statistic, freedom, below))


def chi_square_tail(statistic: float, freedom: float) -> float:
    """Chance that χ² with `freedom` exceeds `statistic`."""
    from scipy.special import gammaincc

    return float(gammaincc(freedom / 2, max(statistic, 0.0) / 2))


def normal_quantile(share: float) -> float:
    """The standard normal's quantile."""
    from scipy.special import ndtri

    return float(ndtri(share))
