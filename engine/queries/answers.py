"""What comes back: frozen values and read-only numpy arrays, everything in user units."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.graph.graph import Edge
from engine.interventions import Action, Convention, Evidence, Set
from engine.queries.balanced import InstantAnswer
from engine.queries.beside import Beside, Hidden, Refuted, Share
from engine.queries.concepts import ConceptsAnswer
from engine.queries.lights import EnvironmentsAnswer, MechanismsAnswer, ReachAnswer, Support
from engine.queries.lots import BalanceAnswer
from engine.queries.pictured import PictureAnswer
from engine.queries.stage import Stage as Stage

Array = NDArray[np.float64]
FEWEST_HELD_OUT = 20  # rows below which nothing is said of calibration
DOUBT = 0.01  # chance below which a mechanism is doubted: of many good ones, few are
CONFIDENCE = 0.9  # of every interval
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """One marginal distribution, small enough to draw at once.

    Numbers: `x` grid points (≤ 256) and `y` density there. Categories: `x` codes 0 … k-1 and `y`
    probabilities. `mean` is the expectation of a number, NaN for categories; `below` the share of
    rows below the grid.
    """

    bars: bool
    x: Array
    y: Array
    mean: float
    sd: float = float("nan")
    below: float = 0.0


@dataclass(frozen=True, slots=True)
class Footing:
    """What a causal answer rests on.

    `identified` None: not a causal quantity. `method`: as in `Identification`, or "".
    `rests_on_arrows`/`rests_on_hidden`: exactly those absent a → b and absent a ↔ b that no data
    can test and whose addition alone breaks the estimand; `listed` False: too many variables to
    list them. `why_not`: a sentence where there is no number, because it is not identified, or
    because `computable` is False: it follows from the data in a way not computed yet. `latex`,
    `words` and `rules`: the estimand and the steps to it. Not identified: `hedge`, the larger and
    the smaller group that hidden causes hold together, and `instruments`, each with what must be
    held fixed ("z", "z given w").
    """

    identified: bool | None = None
    method: str = ""
    estimand: str = ""
    adjusting: tuple[str, ...] = ()
    rests_on_arrows: tuple[tuple[str, str], ...] = ()
    rests_on_hidden: tuple[tuple[str, str], ...] = ()
    listed: bool = True
    why_not: str = ""
    computable: bool = True
    latex: str = ""
    words: str = ""
    rules: tuple[str, ...] = ()
    hedge: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    instruments: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """True where a causal answer has no number, whatever is learnt."""
        return self.identified is False or not self.computable


@dataclass(frozen=True, slots=True, eq=False)
class SeeAnswer:
    """P(outcome | evidence): `data` from the matching rows, `model` by likelihood weighting.

    `rows` are those that count and came about by themselves. `error`: standard error of
    `data_value`, None where the rows are equal and independent.
    """

    outcome: str
    level: int | None
    evidence: Evidence
    matching: int
    rows: int
    before: Shape
    data: Shape | None
    model: Shape | None
    before_value: float
    data_value: float | None
    model_value: float | None
    ess: float | None
    stage: Stage | None
    warnings: tuple[str, ...] = ()
    error: float | None = None


@dataclass(frozen=True, slots=True)
class TableBounds:
    """`low` … `high` from the rows; None where they contradict the graph.

    `interval` adds the error of sampling at both ends (90 %). `violation`: distance of the rows'
    shares from all that the graph allows, `p` that chance makes it so large; both 0 and 1 where
    something fits.
    """

    low: float | None
    high: float | None
    interval: Interval | None
    sharp: bool
    violation: float
    p: float
    rows: int
    words: tuple[str, ...]

    @property
    def contradicts(self) -> bool:
        """True where no hidden causes can make such rows, so that the graph is wrong."""
        return self.low is None


@dataclass(frozen=True, slots=True, eq=False)
class DoAnswer:
    """P(outcome | do(action)) beside its contrast.

    `before_value`/`after_value` are means, or P(outcome = level); `difference` = after - before,
    exactly. All None where not identified, where `bounds` of the difference may take their place;
    `interval` (90 %, of the difference) also None before convergence. `contrast` None: compared
    with what was seen.
    """

    outcome: str
    level: int | None
    action: Action
    contrast: Action | None
    footing: Footing
    before: Shape | None = None
    after: Shape | None = None
    before_value: float | None = None
    after_value: float | None = None
    difference: float | None = None
    interval: Interval | None = None
    confidence: float = CONFIDENCE
    support: Support | None = None
    stage: Stage | None = None
    first_guess: float | None = None  # difference by the closed-form mechanisms
    samples: int = 0
    warnings: tuple[str, ...] = ()
    bounds: TableBounds | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Alternative:
    """A value under one convention; of a redraw the middle; of a category its probabilities."""

    value: float
    probabilities: Array | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Imagined:
    """One variable of the imagined unit.

    `actual` value; `imagined` value by the named convention (None if refused, or if only a
    distribution can be given); `low`/`high`: 5–95 % when luck is redrawn; `probabilities` of the
    categories by the convention. `status`: "set", "unchanged", "changed", "refused". `under`: the
    value by each convention, where it could differ. `hull`, of the outcome alone: from the lowest
    to the highest of kept ranks, ranks turned round in any pattern, and the 5–95 % redraw.
    """

    actual: float
    imagined: float | None
    low: float | None = None
    high: float | None = None
    probabilities: Array | None = None
    status: str = "unchanged"
    under: Mapping[Convention, Alternative] = field(default_factory=dict)
    hull: Interval | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ImagineAnswer:
    """Row `row` of the table, had `action` been done.

    `convention`: "rank", "gumbel" (rank, of a category), "reversal" or "redraw", for the outcome.
    """

    outcome: str
    level: int | None
    row: int
    action: Action
    units: Mapping[str, Imagined]
    convention: str
    footing: Footing
    stage: Stage | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class CardsAnswer:
    """Every variable's marginal: `seen` in the data, `after` under the question where it differs.

    `status` per variable: "" (nothing asked), "set", "shifted", "unchanged", "changed", "filtered",
    "not identified", "not computed", "not fitted". `matching` of `rows` are the rows that fit the
    evidence, if any.
    """

    seen: Mapping[str, Shape]
    after: Mapping[str, Shape] = field(default_factory=dict)
    status: Mapping[str, str] = field(default_factory=dict)
    set_values: Mapping[str, float] = field(default_factory=dict)
    stage: Stage | None = None
    matching: int | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class DoseAnswer:
    """Dose–response: `y` at `x`, its 90 % band where it stands.

    `extrapolated`: the share of the answer at each dose that does not stand on rows, 0 … 1.
    """

    outcome: str
    treatment: str
    level: int | None
    footing: Footing
    x: Array
    y: Array | None = None
    low: Array | None = None
    high: Array | None = None
    extrapolated: Array | None = None
    stage: Stage | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """Rows of one stratum under one treatment: `hits` of `rows` have the outcome's category.

    `rate` is the same share in the answer: by the mechanisms, given the stratum; None where the
    answer was not computed by strata.
    """

    hits: int
    rows: int
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Stratum:
    """One combination of the adjusted categories: its codes, its rows, a cell per arm.

    `weight` is its share in the answer; None as in `Cell`.
    """

    codes: tuple[int, ...]
    rows: int
    cells: tuple[Cell, ...]
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class HandArm:
    """One side of the contrast: `action` (None: what was seen, () nothing done).

    `counted` is Σ share of stratum · share of hits, None where a cell has no rows; `answered` the
    same side of the answer; `moved` what was added to it so that it starts from the rows' share.
    """

    action: Action | None
    counted: float | None
    answered: float
    moved: float = 0.0


@dataclass(frozen=True, slots=True)
class HandAnswer:
    """A discrete answer as people compute it: tables per stratum, and the weighted sum.

    `arms`: the side compared with, then the action. `seen`: rows with the category, and rows, for a
    side that is what was seen. `left_out`: rows that lack a value. `smoothed`: every rate of the
    answer is its count with half a row of the overall shares.
    """

    outcome: str
    level: int
    adjusting: tuple[str, ...]
    arms: tuple[HandArm, HandArm]
    strata: tuple[Stratum, ...]
    rows: int
    left_out: int
    seen: tuple[int, int]
    smoothed: bool
    stage: Stage | None = None


@dataclass(frozen=True, slots=True)
class IndependenceTest:
    """x ⫫ y | given, tested: `effect` (partial correlation or Cramér-like) with its 90 % interval.

    `detectable`: the effect this test could have seen with power .8 at its level. `rejected` after
    the multiplicity correction.
    """

    x: str
    y: str
    given: tuple[str, ...]
    method: str
    statistic: float
    p: float
    effect: float
    interval: Interval | None
    detectable: float | None
    rejected: bool
    rows: int


@dataclass(frozen=True, slots=True)
class ChecksAnswer:
    """The tested independences, and what cannot be tested, in words.

    `repair`: where one is contradicted, the smallest changes after which none is, in words, and
    `changes`, each as arrows and ↔ to add. `random`: how the graph stands to random ones, in words.
    """

    tests: tuple[IndependenceTest, ...]
    untestable: tuple[str, ...] = ()
    repair: str = ""
    changes: tuple[tuple[tuple[Edge, ...], tuple[Edge, ...]], ...] = ()
    random: str = ""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a mechanism's predictions met rows that it had not seen; few numbers, kept in files.

    `observed` and `expected` rows per equal bin of the predicted share u = F(x | parents), or,
    where `chances`, of the predicted probability of a category. `misplaced`: largest share of rows
    by which predictions are off, `at_most` its 95 % bound; `p` that this is chance. `parent`: the
    one that the noise still goes with most, by `drift` (rank correlation; share of rows if
    `chances`); `spread`: with its size, not its level; `p_parent` that this is chance.
    """

    rows: int
    observed: tuple[int, ...]
    expected: tuple[float, ...]
    misplaced: float
    at_most: float
    p: float
    parent: str = ""
    drift: float = 0.0
    p_parent: float = 1.0
    spread: bool = False
    chances: bool = False

    @property
    def enough(self) -> bool:
        """True where there are rows enough for a verdict."""
        return self.rows >= FEWEST_HELD_OUT

    @property
    def off(self) -> bool:
        """True where the predictions themselves are wrong, beyond chance."""
        return self.enough and 2 * self.p < DOUBT

    @property
    def drifts(self) -> bool:
        """True where what is left over still goes with a parent, beyond chance."""
        return self.enough and 2 * self.p_parent < DOUBT


@dataclass(frozen=True, slots=True)
class Nearness:
    """How far generated rows are from real ones, and how far halves of the real rows are apart."""

    distance: float
    halves: float

    @property
    def ratio(self) -> float:
        """1: as near as two halves of the same rows."""
        return self.distance / self.halves if self.halves > 0 else float(self.distance > 0)


@dataclass(frozen=True, slots=True)
class LikenessAnswer:
    """Rows drawn from the model against the table's own; `rows` complete ones, as many of each.

    `whole`: energy distance over all variables; `p` that it is chance. `variables`: Wasserstein-1
    in sd, or total variation of categories. `pair`: the two whose correlation differs most,
    `correlation` by how much.
    """

    rows: int
    whole: Nearness
    p: float
    variables: Mapping[str, Nearness]
    pair: tuple[str, str] | None = None
    correlation: Nearness | None = None
    stage: Stage | None = None

    @property
    def differs(self) -> bool:
        """True where the tables differ beyond chance."""
        return self.p < DOUBT


NOT_LEARNT = "Press Fit: the mechanisms behind this question are not learnt yet."


@dataclass(frozen=True, slots=True)
class TrustAnswer:
    """An effect by the model (`difference`, `interval`) and by others, over the same `rows`.

    Of setting to `action` instead of `contrast`; of P(outcome = level) where that is a category.
    """

    outcome: str
    level: int | None
    action: Set
    contrast: Set
    adjusting: tuple[str, ...]
    rows: int
    difference: float | None
    interval: Interval | None
    beside: tuple[Beside, ...]
    agreement: str
    hidden: Hidden | None = None
    refuted: tuple[Refuted, ...] = ()
    stage: Stage | None = None


@dataclass(frozen=True, slots=True)
class MediationAnswer:
    """An effect (`action` instead of `contrast`) past the mediators and through them.

    None where the footing is refused; `instead`: values to set the mediators to, for the controlled
    direct effect.
    """

    outcome: str
    level: int | None
    action: Set
    contrast: Set
    mediators: tuple[str, ...]
    footing: Footing
    total: Share | None = None
    direct: Share | None = None
    through: Share | None = None
    stage: Stage | None = None
    instead: tuple[Set, ...] = ()

    @property
    def shares(self) -> tuple[Share, ...]:
        """Total, direct, through; none where the footing is refused."""
        return tuple(s for s in (self.total, self.direct, self.through) if s is not None)


@dataclass(frozen=True, slots=True)
class Unanswerable:
    """No answer can be given yet: one sentence that says what to do next."""

    reason: str


Result = (
    SeeAnswer
    | DoAnswer
    | ImagineAnswer
    | CardsAnswer
    | DoseAnswer
    | ChecksAnswer
    | BalanceAnswer
    | HandAnswer
    | LikenessAnswer
    | TrustAnswer
    | MediationAnswer
    | InstantAnswer
    | MechanismsAnswer
    | EnvironmentsAnswer
    | ReachAnswer
    | PictureAnswer
    | ConceptsAnswer
    | Unanswerable
)
