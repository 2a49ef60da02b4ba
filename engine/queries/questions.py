"""What the window (or a script) can ask: frozen, torch-free values; `answering` does the work."""

from dataclasses import dataclass, replace
from enum import StrEnum

from engine.interventions import Action, Convention, Evidence
from engine.queries.balanced import Instant
from engine.queries.concepts import LearnConcepts
from engine.queries.lights import Environments, Mechanisms


class Rung(StrEnum):
    """The three rungs: what was seen, what happens if we do, what we can imagine."""

    SEE = "see"
    DO = "do"
    IMAGINE = "imagine"


@dataclass(frozen=True, slots=True)
class Question:
    """The question of the question panel; part of the project, so that it is saved and undone.

    `outcome` is read on every rung; `level` is the category code whose probability is reported when
    the outcome is discrete (None: the last category). SEE uses `evidence`, DO uses `action` and
    `contrast` (None: compared with what was seen), IMAGINE uses `row` (0-based), `action` and
    `convention`.
    """

    rung: Rung = Rung.DO
    outcome: str | None = None
    level: int | None = None
    evidence: Evidence = ()
    action: Action = ()
    contrast: Action | None = None
    row: int | None = None
    convention: Convention = Convention.RANK

    @property
    def active(self) -> "Question":
        """The question without what its rung does not use, so that equal questions are equal."""
        rank = Convention.RANK
        if self.rung is Rung.SEE:
            return replace(self, action=(), contrast=None, row=None, convention=rank)
        if self.rung is Rung.DO:
            return replace(self, evidence=(), row=None, convention=rank)
        return replace(self, evidence=(), contrast=None)


@dataclass(frozen=True, slots=True)
class Cards:
    """All marginals at once, for the node cards, under the question's rung."""

    question: Question


@dataclass(frozen=True, slots=True)
class DoseResponse:
    """E[outcome | do(treatment = v), others] along the treatment's range or categories."""

    outcome: str
    treatment: str
    level: int | None = None
    others: Action = ()


@dataclass(frozen=True, slots=True)
class GraphChecks:
    """Implied independences of the graph, tested on the table."""


@dataclass(frozen=True, slots=True)
class Balance:
    """Whether lots were fair: columns of what each set, and columns that were fixed before it."""

    lots: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How far rows drawn from the model are from the table's own."""


@dataclass(frozen=True, slots=True)
class ByHand:
    """The counts and the weighted sum behind the answer to a discrete DO question."""

    question: Question


@dataclass(frozen=True, slots=True)
class Trust:
    """Other estimators of a DO question's effect, hidden causes and refuters."""

    question: Question


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a DO question is from the rows: three lights beside its answer."""

    question: Question


@dataclass(frozen=True, slots=True)
class Mediation:
    """How much of a DO question's effect goes past `mediators` and how much through them."""

    question: Question
    mediators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PictureAsked:
    """What the variable `picture` looks like under a question."""

    picture: str
    question: Question


Ask = (
    Question
    | PictureAsked
    | ByHand
    | Cards
    | DoseResponse
    | GraphChecks
    | Balance
    | Likeness
    | Trust
    | Mediation
    | Instant
    | Mechanisms
    | Environments
    | Reach
    | LearnConcepts
)
