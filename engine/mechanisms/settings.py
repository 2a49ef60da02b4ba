"""How mechanisms are fitted: numbers that are part of every fit key. Budgets count steps."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FitSettings:
    """Sizes, steps and thresholds of fitting; the defaults serve 100 to a million rows."""

    hidden: int = 32  # units per hidden layer
    bins: int = 8  # of the noise spline
    steps: int = 1500  # at most, of one network
    batch: int = 1024  # rows per step
    rate: float = 0.02  # Adam's peak step size
    average: float = 0.99  # of the weights, from step to step
    check: int = 25  # steps between looks at the held-out rows
    patience: int = 16  # looks without improvement before a slot stops
    scored: int = 4096  # held-out rows looked at while training
    members: int = 8  # bootstrap members of a network
    closed_members: int = 64  # bootstrap members of a closed form
    fewest: int = 50  # complete rows below which no network is tried
