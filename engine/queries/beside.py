"""What stands beside a model's effect: other estimates, hidden causes, refuters."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
LINE = 48  # points of a contour line


@dataclass(frozen=True, slots=True)
class Beside:
    """Another estimate of the same effect, 90 % interval from sampling alone.

    `clipped`: share of rows whose chance of a treatment was raised to .01, 0 … 1.
    """

    method: str
    value: float
    interval: tuple[float, float]
    clipped: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Strengths:
    """The estimate beside a hidden cause of growing `strength`, all arrays of one length.

    In the outcome's unit. `than`: the observed covariate whose strength is 1; "" where there is
    none, and the strength is the share explained of both variances. `worst`: moved towards zero and
    past it; `other`: moved away; `low` and `high`: 90 % limits that hold both.
    """

    than: str
    strength: Values
    of_treatment: Values
    of_outcome: Values
    worst: Values
    other: Values
    low: Values
    high: Values


@dataclass(frozen=True, slots=True)
class Peer:
    """A hidden cause as strong as `covariate`: both partial R², and the estimate at worst."""

    covariate: str
    of_treatment: float
    of_outcome: float
    value: float


@dataclass(frozen=True, slots=True)
class Contours:
    """The estimate at worst over a hidden cause's two partial R², each 0 … `most`.

    estimate ∓ pull √(R²_y R²_d / (1 - R²_d)), towards zero and past it (Cinelli, Hazlett 2020).
    """

    estimate: float
    pull: float
    most: float
    peers: tuple[Peer, ...] = ()

    def at(self, of_treatment: float, of_outcome: float) -> float:
        """The estimate at worst, in the outcome's unit."""
        odds = of_treatment / (1 - of_treatment)
        return self.estimate - math.copysign(self.pull, self.estimate) * math.sqrt(
            of_outcome * odds
        )

    def line(self, level: float) -> tuple[Values, Values]:
        """Where the estimate is at `level`: shares of the treatment and of the outcome.

        Empty where that is nowhere on this ground.
        """
        moved = (self.estimate - level) * math.copysign(1.0, self.estimate) / self.pull
        odds = moved**2 / self.most
        first = odds / (1 + odds)
        if moved <= 0 or first >= self.most:
            return np.empty(0), np.empty(0)
        of_treatment = np.geomspace(first, self.most, LINE)
        return of_treatment, moved**2 * (1 - of_treatment) / of_treatment


@dataclass(frozen=True, slots=True)
class Hidden:
    """How strong a hidden cause would have to be: shares of variance 0 … 1, E-values of risks.

    `robustness` takes the adjusted estimate to zero, `of_interval` its 90 % interval.
    """

    robustness: float
    of_interval: float
    words: tuple[str, ...]
    e_value: float | None = None
    e_value_of_interval: float | None = None
    strengths: Strengths | None = None
    contours: Contours | None = None


@dataclass(frozen=True, slots=True)
class Refuted:
    """What one refuter found, in a sentence; `surprising` where something is wrong."""

    refuter: str
    words: str
    surprising: bool
    p: float


@dataclass(frozen=True, slots=True)
class Share:
    """A part of an effect, in the outcome's unit, with its 90 % interval once there is one."""

    value: float
    interval: tuple[float, float] | None = None
