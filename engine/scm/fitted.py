"""What fitting takes and gives: tasks, fitted mechanisms, and the events on the way."""

from dataclasses import dataclass

from engine.errors import FitError
from engine.mechanisms.base import Mechanism
from engine.queries.answers import Stage
from engine.runtime.messages import FitReport
from engine.scm.conditional import Conditional


@dataclass(frozen=True, slots=True)
class FitTask:
    """One conditional to fit, by a named family or the best one ("auto").

    `unset`: variables that nobody must have set in its rows, beside the target.
    """

    conditional: Conditional
    family: str = "auto"
    unset: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A mechanism as it stands under its key; `members` are its bootstrap refits, empty until done.

    `step` is the training step it was taken at.
    """

    conditional: Conditional
    key: str
    family: str
    mechanism: Mechanism
    members: tuple[Mechanism, ...]
    report: FitReport
    stage: Stage
    step: int


@dataclass(frozen=True, slots=True)
class FirstGuess:
    """The closed-form mechanism, before any training."""

    fitted: Fitted


@dataclass(frozen=True, slots=True)
class Progress:
    """Newest training state; scores in nats per row, NaN before the first look.

    `key` is that of the fit, or of the part of it that is told of.
    """

    conditional: Conditional
    step: int
    total: int
    train: float
    valid: float
    key: str = ""


@dataclass(frozen=True, slots=True)
class Interim:
    """A snapshot of a mechanism that is still training."""

    fitted: Fitted


@dataclass(frozen=True, slots=True)
class Done:
    """The point fit is final."""

    fitted: Fitted


@dataclass(frozen=True, slots=True)
class Intervals:
    """The same fit with its bootstrap members."""

    fitted: Fitted


@dataclass(frozen=True, slots=True)
class Failed:
    """One conditional cannot be fitted; the others go on."""

    conditional: Conditional
    key: str
    error: FitError


@dataclass(frozen=True, slots=True)
class Tick:
    """A slice of work with nothing to tell."""


@dataclass(frozen=True, slots=True)
class Filling:
    """Gaps are being filled in, before what rests on them is fitted: `done` of `total` rounds."""

    done: int
    total: int


FitEvent = FirstGuess | Progress | Interim | Done | Intervals | Failed | Tick | Filling
