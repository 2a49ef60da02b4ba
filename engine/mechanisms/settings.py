"""How mechanisms are fitted: numbers that are part of every fit key. Budgets count steps."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class FitSettings:
    """Sizes, steps and thresholds of fitting; the defaults serve 100 to a million rows.

    Steps are those of 10 000 rows; more rows are worth more (`paced`).
    """

    hidden: int = 24  # units per hidden layer
    bins: int = 8  # of the noise spline
    steps: int = 300  # at most, of one family that goes on from a simpler one
    refit: int = 100  # of the chosen family on all rows
    batch: int = 512  # rows per step
    rate: float = 0.02  # Adam's peak step size; half of it where weights are taken over
    average: float = 0.99  # of the weights, from step to step
    check: int = 25  # steps between looks at the held-out rows
    patience: int = 4  # looks without improvement before a slot stops
    scored: int = 4096  # held-out rows looked at while training
    members: int = 8  # bootstrap members of a network
    member_steps: int = 150  # of one bootstrap member, from the point fit's weights
    member_rate: float = 0.04  # Adam's peak step size: members have to leave the point fit
    closed_members: int = 64  # bootstrap members of a closed form
    fewest: int = 50  # complete rows below which no network is tried
    fewest_for_shape: int = 300  # rows below which the noise's shape does not follow the parents


_FEW_ROWS, _ROWS = 5_000, 10_000
_FEWEST_TIMES, _MOST_TIMES, _MOST_BATCH = 0.5, 5.0, 2.0


def paced(settings: FitSettings, rows: int) -> FitSettings:
    """`settings` with as many times the steps as the table has 10 000 rows, at most 5 times.

    Fewer rows have as many, but for less than 5 000: in proportion, at least half. Of many rows
    batches are up to twice as large too, so that the last digits settle.
    """
    few = min(1.0, max(_FEWEST_TIMES, rows / _FEW_ROWS))
    times = min(max(few, rows / _ROWS), _MOST_TIMES)
    return replace(
        settings,
        batch=round(settings.batch * min(max(1.0, times), _MOST_BATCH)),
        steps=round(settings.steps * times),
        refit=round(settings.refit * times),
        member_steps=round(settings.member_steps * times),
    )


@dataclass(frozen=True, slots=True)
class PictureSettings:
    """How a picture is learnt; sizes are those of 64 × 64 grey pixels."""

    width: int = 256  # units per hidden layer
    latent: int = 6  # numbers z, where what the causes leave over has a shape of its own
    own_shape: float = 0.05  # of the pictures' variance, in so many directions: then z is learnt
    steps: int = 3000
    batch: int = 64  # rows per step; fewer of larger pictures
    rate: float = 0.002  # Adam's peak step size
    check: int = 50  # steps between looks at the held-out rows
    shown: int = 200  # steps between pictures that are shown
