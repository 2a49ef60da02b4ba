"""The only words between window and engine: frozen, picklable, matched by type; no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from engine.data.pictures import Pictures
from engine.data.table import Table
from engine.data.variable import Kind
from engine.errors import UserError
from engine.project import Project
from engine.queries.answers import Calibration, Result
from engine.queries.questions import Ask as Asked

# ── to the engine ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class SetProject:
    """The newest project; fits whose key vanished are cancelled; a journal row is written."""

    revision: int
    project: Project
    label: str = ""


@dataclass(frozen=True, slots=True)
class Fit:
    """Train the mechanisms of these variables; none named: all that are not current."""

    variables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pause:
    """Hold training; answers go on."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on training."""


@dataclass(frozen=True, slots=True)
class Stop:
    """End training; what is fitted stays."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A standing question: answered again whenever its mechanisms improve, until replaced."""

    view: str
    ticket: int
    question: Asked


@dataclass(frozen=True, slots=True)
class Forget:
    """`view` asks nothing any more."""

    view: str


@dataclass(frozen=True, slots=True)
class ReadTable:
    """Read a CSV/TSV file; `kinds` override the guesses."""

    ticket: int
    path: Path
    kinds: Mapping[str, Kind] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadPictures:
    """Read the pictures that `column` of a table of `rows` rows names, from the file's folder."""

    ticket: int
    path: Path
    column: str
    rows: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """End the long job with this ticket; nothing of it is applied."""

    ticket: int


@dataclass(frozen=True, slots=True)
class Save:
    """Write project and fitted mechanisms to `path`, whole or not at all; without `rows` a copy."""

    ticket: int
    path: Path
    project: Project
    rows: bool = True


@dataclass(frozen=True, slots=True)
class Open:
    """Read a project file; its mechanisms go to the engine's store, the project to the window."""

    ticket: int
    path: Path


@dataclass(frozen=True, slots=True)
class MakeExample:
    """Make or open the example called `id`; `ExampleMade` follows."""

    ticket: int
    id: str


@dataclass(frozen=True, slots=True)
class Recover:
    """The newest step of a session that ended without leaving; `Recovered` follows."""

    ticket: int
    path: Path


@dataclass(frozen=True, slots=True)
class Discard:
    """That session is not wanted: remove its journal."""

    path: Path


@dataclass(frozen=True, slots=True)
class Close:
    """Finish the slice and end."""


Request = (
    SetProject
    | Fit
    | Pause
    | Resume
    | Stop
    | Ask
    | Forget
    | ReadTable
    | ReadPictures
    | Cancel
    | Save
    | Open
    | MakeExample
    | Recover
    | Discard
    | Close
)

# ── from the engine ────────────────────────────────────────────────────────────────────────────


class FitState(StrEnum):
    """Where one variable's mechanism is; shown as a chip on its card."""

    UNFITTED = "unfitted"
    FIRST_GUESS = "first guess"
    TRAINING = "training"
    FITTED = "fitted"
    NO_DATA = "no data"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class FitReport:
    """How one mechanism came out. Scores in nats per row in user units, on held-out rows.

    `why` is one line for people: why this family. `rows` used, `dropped` left out for their gaps.
    `gain_error`: standard error of the paired gain over straight lines (None: nothing to compare).
    `calibration` is of the mechanism that had not seen the held-out rows, before the refit on all.
    `imputed`: share of the variable's values, 0 … 1, that were filled in; `filled`: share of the
    rows used in which its value or a cause's was. `atoms`: values with a chance of their own,
    learnt apart; `calibration` is then of the other rows alone. `deterministic`: what its causes
    leave open is negligible.
    """

    variable: str
    family: str
    heldout_loglik: float
    linear_loglik: float
    why: str
    steps: int
    rows: int
    dropped: int
    deterministic: bool = False
    intervals: bool = False  # True once the bootstrap members stand
    gain_error: float | None = None
    calibration: Calibration | None = None
    imputed: float = 0.0
    filled: float = 0.0
    atoms: tuple[float, ...] = ()

    @property
    def gain(self) -> float:
        """Nats per held-out row over straight lines."""
        return self.heldout_loglik - self.linear_loglik


@dataclass(frozen=True, slots=True)
class Started:
    """The engine thread runs and its libraries are loaded."""

    device: str


@dataclass(frozen=True, slots=True)
class Session:
    """A session that ended without leaving: its newest step, when (s since 1970), how many."""

    path: Path
    title: str
    label: str
    written: float
    steps: int


@dataclass(frozen=True, slots=True)
class Recoverable:
    """Sessions that can be recovered, newest first; told once, after the start."""

    sessions: tuple[Session, ...]


@dataclass(frozen=True, slots=True)
class Recovered:
    """The project of a session; it is not saved in any file."""

    ticket: int
    project: Project


@dataclass(frozen=True, slots=True)
class FitProgress:
    """Newest training state of one variable; scores in nats per row, NaN before the first check."""

    variable: str
    step: int
    total: int
    train: float
    valid: float


@dataclass(frozen=True, slots=True)
class Filling:
    """Gaps of the table are being filled in: `done` of `total` rounds."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Fitted:
    """A mechanism is ready under `key`."""

    variable: str
    key: str
    report: FitReport


@dataclass(frozen=True, slots=True)
class FitStates:
    """All variables' states for one revision, whenever one changed; `running` as a whole."""

    revision: int
    states: Mapping[str, FitState]
    reports: Mapping[str, FitReport]
    running: bool
    paused: bool
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The newest answer to `view`'s ticket; `final` when nothing behind it will improve."""

    view: str
    ticket: int
    result: Result
    final: bool


@dataclass(frozen=True, slots=True)
class TableRead:
    """The table that was asked for, and its columns that name pictures which are there."""

    ticket: int
    table: Table
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PicturesRead:
    """The pictures of `column` that were asked for, and what reading them changed."""

    ticket: int
    column: str
    pictures: Pictures
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Working:
    """A long job: `done` of `total` (0: unknown), and what it does, in words."""

    ticket: int
    done: int
    total: int
    words: str


@dataclass(frozen=True, slots=True)
class Saved:
    """The file is safe on disk."""

    ticket: int
    path: Path
    project: Project


@dataclass(frozen=True, slots=True)
class Opened:
    """The project in the file; its fitted mechanisms are already in the engine."""

    ticket: int
    path: Path
    project: Project


@dataclass(frozen=True, slots=True)
class ExampleMade:
    """The example that was asked for; what is shipped as learnt is in the engine."""

    ticket: int
    project: Project


@dataclass(frozen=True, slots=True)
class Refused:
    """The user can mend it; nothing was changed."""

    request: Request
    error: UserError


@dataclass(frozen=True, slots=True)
class Crashed:
    """A bug, with its traceback; the engine goes on."""

    request: Request | None
    text: str


Event = (
    Started
    | Recoverable
    | Recovered
    | FitProgress
    | Filling
    | Fitted
    | FitStates
    | Answer
    | TableRead
    | PicturesRead
    | Working
    | Saved
    | Opened
    | ExampleMade
    | Refused
    | Crashed
)
