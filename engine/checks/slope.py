"""Does a curve stand where its cause stands by chance? The slope test, for nearly noiseless laws.

Janzing et al., Information-geometric causal inference, Artificial Intelligence 182 (2012): if the
law of x and the curve f know nothing of each other, E_p[log |f'|] = E_uniform[log |f'|]. Drawn the
wrong way round, f⁻¹ is steep where its argument is frequent, and the difference

    T = E_p[log |f'|] - E_uniform[log |f'|]

is positive. It is the covariance, along the range, of how frequent x is and how steep f is; its
chance is that of two such functions shifted against each other, by their own autocovariances
(Clifford, Richardson, Hémon, Biometrics 1989). Shifts that come in again at the other end
(`cyclic`; generic group transformations, Besserve et al. 2018) join ends that are none, which
costs power and rejects more smooth curves that are right.

The curve of one half of the rows (ranks of the cause matched with those of the effect) meets the
frequencies of the other, and the other way round: in the same rows chance crowds would be steep
places, too. All of it says nothing once noise is more than a small share.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]
CELLS = 50  # equal cells of the range
TAIL = 0.01  # share of the rows left out at either end
MOST_NOISE = 0.10  # sd of what is left over, in sds of the variable, up to which it is shown
FEWEST_ROWS = 200
TURNS = 0.05  # share of the way up and down in the lesser direction, above which a curve turns
FLAT = 0.02  # of the mean slope: what is flatter counts as so steep


@dataclass(frozen=True, slots=True)
class Slope:
    """T in nats, its one-sided chance, that by `cyclic` shifts, and the number of rows in range."""

    statistic: float
    p: float
    cyclic: float
    rows: int


def cells(cause: Column) -> Column:
    """The ends of equal cells over the central 98 % of a cause, (CELLS + 1,)."""
    low, high = np.quantile(cause, (TAIL, 1 - TAIL))
    return np.linspace(low, high, CELLS + 1)


def turns(curve: Column) -> bool:
    """True where a curve, at the ends of cells, goes up and down, so that it has no inverse."""
    steps = np.diff(curve)
    up, down = float(steps[steps > 0].sum()), float(-steps[steps < 0].sum())
    return min(up, down) > TURNS * max(up + down, 1e-300)


def slope_test(cause: Column, effect: Column, rng: np.random.Generator, *, rising: bool) -> Slope:
    """An `effect` (n,) that rises, or falls, with its `cause` (n,), nearly without noise.

    One-sided: large T speaks against the drawn direction, small T for nothing.
    """
    order, ends = rng.permutation(len(cause)), cells(cause)
    halves = order[: len(order) // 2], order[len(order) // 2 :]
    signed = effect if rising else -effect
    found = [
        at_cells(cause[one], ends, matched(cause[other], signed[other], ends))
        for one, other in (halves, halves[::-1])
    ]
    statistic, p, cyclic = (
        float(np.mean([getattr(one, name) for one in found]))
        for name in ("statistic", "p", "cyclic")
    )
    return Slope(statistic, p, cyclic, sum(one.rows for one in found))


def matched(cause: Column, effect: Column, ends: Column) -> Column:
    """The rising curve that takes the ranks of the cause to those of the effect, at `ends`."""
    shares = np.searchsorted(np.sort(cause), ends) / len(cause)
    return np.asarray(np.quantile(effect, np.clip(shares, 0.0, 1.0)), dtype=np.float64)


def at_cells(cause: Column, ends: Column, curve: Column) -> Slope:
    """`curve` at the `ends` of cells, against how often `cause` (n,) is in each."""
    from scipy.special import ndtr

    steep = np.abs(np.diff(curve))
    logs = np.log(np.maximum(steep, FLAT * max(float(steep.mean()), 1e-300)))
    counts, _ = np.histogram(cause, ends)
    shares = counts / max(1, counts.sum())
    statistic = float(shares @ logs - logs.mean())
    shifted = np.array([float(np.roll(shares, by) @ logs) for by in range(CELLS)]) - logs.mean()
    cyclic = float((shifted >= statistic - 1e-12).mean())
    spread = CELLS * float(shares.std() * logs.std())
    if spread <= 0:
        return Slope(statistic, 1.0, 1.0, int(counts.sum()))
    z = statistic / spread / np.sqrt(_chance(shares, logs))
    return Slope(statistic, float(ndtr(-z)), cyclic, int(counts.sum()))


def _chance(a: Column, b: Column) -> float:
    """Variance of the correlation of two unrelated series, from their autocorrelations."""
    lags = np.arange(1 - CELLS, CELLS)
    pairs = CELLS - np.abs(lags)
    both = [np.correlate(x - x.mean(), x - x.mean(), "full") / pairs for x in (a, b)]
    near = np.abs(lags) < CELLS / 2
    product = both[0] * both[1] / (both[0][CELLS - 1] * both[1][CELLS - 1])
    return max(float((pairs * product)[near].sum()) / CELLS**2, 1 / CELLS**2)
