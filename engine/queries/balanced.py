"""Effects by balance alone: what is asked, and what is answered; frozen and torch-free."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from engine.queries.beside import Beside

FEWEST_EFFECTIVE = 30.0  # rows' worth below which a number needs a warning
MANY_EFFECTIVE = 100.0  # enough, however few of the rows they are
UNLIKE = 0.25  # the same after weighting, from which a number is mostly extrapolated (Rubin 2001)
PENALTY = 1.0  # λ: outcomes as noisy as they are systematic
LARGE_DIFFERENCE = 0.1  # standardised mean difference that is worth a look (Austin 2009)


class Estimand(StrEnum):
    """Whose effect: everybody's, the treated rows', or that of rows with a counterpart."""

    ATE = "ate"
    ATT = "att"
    OVERLAP = "overlap"


class Kernel(StrEnum):
    """Linear: means are made alike. RBF: smooth functions are; its width is the median distance.

    Learnt: smooth functions, steeper along what tells the groups apart.
    """

    LINEAR = "linear"
    RBF = "rbf"
    LEARNT = "learnt"


class Basis(StrEnum):
    """Why these columns are held: the graph adjusts by them, or the user ticked them, or neither.

    `OPEN`: the graph leads from treatment to outcome, but no set of columns adjusts for it, or it
    leads the other way. Without `GRAPH` or `TICKED` it is a balanced difference, not an effect.
    """

    GRAPH = "graph"
    TICKED = "ticked"
    NOTHING = "nothing"
    OPEN = "open"

    @property
    def causal(self) -> bool:
        """True where the number is that of an effect, if what is taken as given holds."""
        return self in (Basis.GRAPH, Basis.TICKED)


@dataclass(frozen=True, slots=True)
class Instant:
    """E[outcome] among rows at `value` minus that at `other`, groups made alike by weights.

    None is not chosen. `fixed`: the columns that the user ticked as fixed before the treatment.
    `level`: the outcome's category (None: the last one). `penalty`: how much balance is traded for
    rows. `bootstrap`: the interval is from resampled rows, or clusters. `one_pass`: weights are
    those of the trained network alone.
    """

    treatment: str | None = None
    outcome: str | None = None
    value: float | None = None
    other: float | None = None
    level: int | None = None
    estimand: Estimand = Estimand.ATE
    fixed: tuple[str, ...] = ()
    penalty: float = PENALTY
    bootstrap: bool = False
    kernel: Kernel = Kernel.RBF
    one_pass: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """One covariate column's standardised mean difference, before and after weighting."""

    name: str
    before: float
    after: float


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Shares (bins,) of the treated rows and of the others between `edges` (bins + 1,).

    `weighted`: the same after weighting; empty where weights are what is counted.
    """

    edges: NDArray[np.float64]
    treated: NDArray[np.float64]
    others: NDArray[np.float64]
    weighted: tuple[NDArray[np.float64], ...] = ()


@dataclass(frozen=True, slots=True)
class OutcomeModel:
    """Which model told a group's outcome, and both their squared errors on rows held out.

    Errors are shares of the outcome's variance in the group; None: trees were not tried.
    """

    boosted: bool
    ridge: float
    trees: float | None = None

    @property
    def error(self) -> float:
        """That of the model that was used."""
        return self.ridge if not self.boosted or self.trees is None else self.trees


def is_thin(effective: tuple[float, float], counts: tuple[int, int]) -> bool:
    """True where a group is worth so few rows that its number needs a warning.

    Fewer than 30; or fewer than 100 and a quarter of the smaller group, whose rows they stand for.
    """
    standing = min(MANY_EFFECTIVE, min(counts) / 4)
    return min(effective) < max(FEWEST_EFFECTIVE, standing)


@dataclass(frozen=True, slots=True, eq=False)
class InstantAnswer:
    """A balanced difference in the outcome's unit (a probability's: 0 … 1), and how it came about.

    `effective` rows of the treated and of the others; `rows` compared of the `offered` ones with
    either value. `landmarks`: rows that stood for all in telling what is alike, 0 where all did,
    and the share of it that they tell. `models`: what told the outcome of the treated and of the
    others, none where nothing is held. `drawn`: how many resamples the interval is from, 0: none,
    and by which kernel their weights were solved.
    `weights`: rows by what each counts, 1 on average in its group; `chances`: rows by their chance
    of the treatment, before and after. `first`: better weights follow. `pass_gap`: weights are of
    one pass of the trained network, whose objective is at most this share above the least one;
    None: they are the best ones. `unasked`: why the network was not asked.
    """

    asked: Instant
    basis: Basis
    held: tuple[str, ...]
    rows: int
    offered: int
    value: float
    interval: tuple[float, float]
    effective: tuple[float, float]
    counts: tuple[int, int]
    moved: tuple[Moved, ...]
    weights: Histogram
    chances: Histogram
    beside: tuple[Beside, ...] = ()
    landmarks: int = 0
    told: float = 1.0
    models: tuple[OutcomeModel, ...] = ()
    drawn: int = 0
    kernel_of_draws: str = ""
    first: bool = False
    pass_gap: float | None = None
    unasked: str | None = None

    @property
    def thin(self) -> bool:
        """True where too few rows' worth can be compared for a number without a warning."""
        return is_thin(self.effective, self.counts)

    @property
    def unlike(self) -> Moved | None:
        """The column in which the groups stay furthest apart, where that is too far."""
        worst = max(self.moved, key=lambda one: abs(one.after), default=None)
        return worst if worst is not None and abs(worst.after) > UNLIKE else None
