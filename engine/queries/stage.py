"""How far the mechanisms behind an answer are."""

from enum import StrEnum


class Stage(StrEnum):
    """How far the mechanisms behind an answer are."""

    FIRST_GUESS = "first guess"  # closed-form, straight lines
    TRAINING = "training"  # deep mechanisms, still changing: provisional
    FITTED = "fitted"  # every mechanism is current
