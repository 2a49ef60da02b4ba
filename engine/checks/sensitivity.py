"""How strong a hidden cause would have to be to change an adjusted estimate.

The omitted-variable bias of a regression in two partial R² (Cinelli, Hazlett, JRSS B 2020): the
share of the treatment's remaining variance that a hidden cause explains, and the share of the
outcome's. For risk ratios the E-value (VanderWeele, Ding, Annals of Internal Medicine 2017).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import QueryError
from engine.queries.answers import Interval
from engine.queries.beside import Contours, Peer, Strengths

Values = NDArray[np.float64]
TAIL = 0.05  # beyond each end of the 90 % interval
STRENGTHS, MOST_STRENGTH, MOST_TIMES = 61, 0.6, 3.0  # points and ends of the curve of one strength
LEAST_SIDE, MOST_SIDE = 0.1, 0.95  # partial R² to which the contours go


@dataclass(frozen=True, slots=True)
class Slope:
    """A treatment's coefficient in a linear regression, its standard error, degrees of freedom."""

    value: float
    error: float
    freedom: float

    @property
    def t(self) -> float:
        """The coefficient in standard errors."""
        return self.value / self.error

    @property
    def shares(self) -> float:
        """Partial R² of treatment and outcome, t² / (t² + df): 0 … 1."""
        return self.t**2 / (self.t**2 + self.freedom)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A hidden cause `times` as strong as an observed covariate: its two partial R² at most.

    `slope` is what the estimate would then be at worst; None where no cause can be that strong.
    """

    covariate: str
    times: float
    of_treatment: float
    of_outcome: float
    slope: Slope | None


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How an estimate stands up to hidden causes.

    `robustness`: the share of both remaining variances that a hidden cause must explain to bring
    the estimate to zero; `robustness_of_interval`: to make its 90 % interval touch zero.
    """

    slope: Slope
    partial_r2: float
    robustness: float
    robustness_of_interval: float
    benchmarks: tuple[Benchmark, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """What this says, one sentence each."""
        said = [
            f"A hidden cause would have to explain {100 * self.robustness:.1f} % of what is left "
            "of both treatment and outcome, once the adjusted variables are held fixed, to bring "
            "the estimate to zero; no data can say whether there is one"
        ]
        for one in self.benchmarks:
            if one.slope is None:
                continue
            turned = one.slope.value * self.slope.value <= 0
            left = "bring it to zero or past it" if turned else f"leave {one.slope.value:.4g} of it"
            size = "as strong as" if one.times == 1 else f"{one.times:g} times as strong as"
            said.append(f"A hidden cause {size} {one.covariate} would {left}")
        return tuple(said)


def robustness_value(slope: Slope, share: float = 1.0, level: float = 1.0) -> float:
    """RV: equal partial R² with both that takes away `share` of the estimate.

    With `level` below 1: that makes a test at that level (two-sided) not reject what is left (0 …
    1; Cinelli and Hazlett 2020, section 4.2).
    """
    f = share * abs(slope.t) / math.sqrt(slope.freedom)
    critical = 0.0
    if level < 1:
        critical = _quantile(1 - level / 2, slope.freedom - 1) / math.sqrt(slope.freedom - 1)
    left = f - critical
    if left <= 0:
        return 0.0
    if critical > 0 and f > 1 / critical:
        return (f**2 - critical**2) / (1 + f**2)
    return (math.sqrt(left**4 + 4 * left**2) - left**2) / 2


def adjusted(slope: Slope, of_treatment: float, of_outcome: float, sign: float = -1.0) -> Slope:
    """The coefficient beside a hidden cause with these partial R², moved towards zero (sign -1).

    |bias| = se √df √(R²_y R²_d / (1 - R²_d)); the standard error follows (eq. 10 and 11).
    """
    if not (0 <= of_treatment < 1 and 0 <= of_outcome <= 1):
        raise QueryError("A share of variance lies from 0 to 1")
    bias = slope.error * math.sqrt(slope.freedom * of_outcome * of_treatment / (1 - of_treatment))
    error = slope.error * math.sqrt(
        (1 - of_outcome) / (1 - of_treatment) * slope.freedom / (slope.freedom - 1)
    )
    direction = math.copysign(1.0, slope.value) * sign
    return Slope(slope.value + direction * bias, error, slope.freedom - 1)


def benchmark(
    slope: Slope, covariate: str, with_treatment: float, with_outcome: float, times: float = 1.0
) -> Benchmark:
    """The bound of a hidden cause `times` as strong as a covariate, given all the other ones.

    `with_treatment`: partial R² of the covariate with the treatment, `with_outcome` with the
    outcome, the treatment held fixed. Cinelli and Hazlett 2020, section 4.4.
    """
    of_treatment = times * with_treatment / (1 - with_treatment)
    if of_treatment >= 1 or times * with_treatment >= 1:
        return Benchmark(covariate, times, 1.0, 1.0, None)
    shared = times * with_treatment**2 / ((1 - times * with_treatment) * (1 - with_treatment))
    if shared >= 1:
        return Benchmark(covariate, times, of_treatment, 1.0, None)
    reach = (math.sqrt(times) + math.sqrt(shared)) / math.sqrt(1 - shared)
    of_outcome = min(1.0, reach**2 * with_outcome / (1 - with_outcome))
    return Benchmark(
        covariate, times, of_treatment, of_outcome, adjusted(slope, of_treatment, of_outcome)
    )


def sensitivity(
    slope: Slope, covariates: Mapping[str, tuple[float, float]], times: tuple[float, ...] = (1.0,)
) -> Sensitivity:
    """All of it; `covariates`: partial R² of each with the treatment and with the outcome."""
    return Sensitivity(
        slope,
        slope.shares,
        robustness_value(slope),
        robustness_value(slope, level=2 * TAIL),
        tuple(benchmark(slope, name, *two, k) for name, two in covariates.items() for k in times),
    )


def strongest(found: Sensitivity) -> Benchmark | None:
    """The covariate that moves the estimate most if a hidden cause is as strong as it."""
    known = [one for one in found.benchmarks if one.times == 1 and one.slope is not None]
    return min(known, key=lambda one: _left(one, found.slope), default=None)


def curve(found: Sensitivity, covariates: Mapping[str, tuple[float, float]]) -> Strengths:
    """The estimate over a hidden cause's strength: 0 … 3 times the strongest covariate.

    It ends where no cause can be so strong. Without covariates the strength is the share explained
    of both variances, 0 … .6, and the estimate is zero at the robustness value.
    """
    slope, unit = found.slope, strongest(found)
    if unit is None:
        strength = np.linspace(0.0, MOST_STRENGTH, STRENGTHS)
        return _strengths("", slope, strength, [(s, s) for s in strength])
    two = covariates[unit.covariate]
    reached = [
        (times, one)
        for times in np.linspace(0.0, MOST_TIMES, STRENGTHS)
        if (one := benchmark(slope, unit.covariate, *two, times)).slope is not None
    ]
    strength = np.array([times for times, _ in reached])
    pairs = [(one.of_treatment, one.of_outcome) for _, one in reached]
    return _strengths(unit.covariate, slope, strength, pairs)


def contours(found: Sensitivity) -> Contours:
    """The worst estimate over both partial R², and where the covariates lie on that ground.

    As wide as to hold the robustness value and every covariate, 10 to 95 %.
    """
    alone = [one for one in found.benchmarks if one.times == 1 and one.slope is not None]
    far = max((max(one.of_treatment, one.of_outcome) for one in alone), default=0.0)
    most = min(MOST_SIDE, max(LEAST_SIDE, 2 * found.robustness, 1.25 * far))
    peers = tuple(
        Peer(one.covariate, one.of_treatment, one.of_outcome, one.slope.value)
        for one in alone
        if one.slope is not None
    )
    pull = found.slope.error * math.sqrt(found.slope.freedom)
    return Contours(found.slope.value, pull, most, peers)


def _left(one: Benchmark, slope: Slope) -> float:
    """What is left of the estimate, in its own direction."""
    assert one.slope is not None
    return one.slope.value * math.copysign(1.0, slope.value)


def _strengths(
    than: str, slope: Slope, strength: Values, pairs: Sequence[tuple[float, float]]
) -> Strengths:
    worst = [adjusted(slope, d, y) for d, y in pairs]
    other = [adjusted(slope, d, y, sign=1.0) for d, y in pairs]
    ends = [limits(one) for one in worst], [limits(one) for one in other]
    return Strengths(
        than,
        strength,
        np.array([d for d, _ in pairs]),
        np.array([y for _, y in pairs]),
        np.array([one.value for one in worst]),
        np.array([one.value for one in other]),
        np.array([min(a[0], b[0]) for a, b in zip(*ends, strict=True)]),
        np.array([max(a[1], b[1]) for a, b in zip(*ends, strict=True)]),
    )


def limits(slope: Slope) -> Interval:
    """The 90 % interval of a coefficient, by Student's t."""
    reach = _quantile(1 - TAIL, slope.freedom) * slope.error
    return slope.value - reach, slope.value + reach


def e_value(ratio: float) -> float:
    """E-value of a risk ratio: RR + √(RR (RR - 1)), of 1 / RR where RR < 1.

    A hidden cause would have to raise both treatment and outcome by at least this ratio.
    """
    if not ratio > 0:
        raise QueryError("A risk ratio is above 0")
    ratio = max(ratio, 1 / ratio)
    return ratio + math.sqrt(ratio * (ratio - 1))


def e_value_of_interval(low: float, high: float) -> float:
    """E-value of the end of a risk ratio's interval that is nearer to 1; 1 where it holds 1."""
    if not 0 < low <= high:
        raise QueryError("The ends of a risk ratio's interval are above 0, the lower first")
    if low <= 1 <= high:
        return 1.0
    return e_value(low if low > 1 else high)


def _quantile(share: float, freedom: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, share))
