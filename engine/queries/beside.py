"""What stands beside a model's effect: other estimates, hidden causes, refuters."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Beside:
    """Another estimate of the same effect, 90 % interval from sampling alone.

    `clipped`: share of rows whose chance of a treatment was raised to .01, 0 … 1.
    """

    method: str
    value: float
    interval: tuple[float, float]
    clipped: float = 0.0


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


@dataclass(frozen=True, slots=True)
class Refuted:
    """What one refuter found, in a sentence; `surprising` where something is wrong."""

    refuter: str
    words: str
    surprising: bool
    p: float
