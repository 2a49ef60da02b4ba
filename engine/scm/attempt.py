"""One conditional's fit under way: its cases, the families compared so far, and its reports."""

import math
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from engine.data.rows import cluster_codes
from engine.data.table import Table
from engine.mechanisms.additive import Additive
from engine.mechanisms.base import Mechanism
from engine.mechanisms.families import FAMILIES
from engine.mechanisms.linear import FLOOR, Linear
from engine.mechanisms.locationscale import LocationScale
from engine.mechanisms.logistic import Logistic, newton
from engine.mechanisms.settings import FitSettings
from engine.mechanisms.table import ConditionalTable, cell_rows, spread
from engine.queries.answers import Calibration, Stage
from engine.runtime.messages import FitReport
from engine.scm.cases import Cases, cases_of, held_out, resample
from engine.scm.checking import calibration_of
from engine.scm.closed import fit_closed, scores
from engine.scm.fitted import FitTask, Fitted
from engine.scm.scoring import Rows
from engine.scm.selection import AUTO, Choice, alone, candidates, choose
from engine.seeds import generator

_MOST_SCORED = 20_000  # held-out rows that decide


@dataclass(slots=True, eq=False)
class Attempt:
    """A task under way; by family where several are compared.

    `learnt` and `held` are positions among the cases' complete rows. `marks` are held-out nats
    per row in user units of mechanisms that did not see those rows (`blind`); `steps` where each
    stopped.
    """

    task: FitTask
    key: str
    cases: Cases
    families: tuple[str, ...]
    learnt: Tensor
    held: Tensor
    table: Table
    seed: int
    closed: dict[str, Mechanism] = field(default_factory=dict)
    marks: dict[str, Tensor] = field(default_factory=dict)
    blind: dict[str, Mechanism] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)
    newest: dict[str, float] = field(default_factory=dict)
    members: dict[int, Mechanism] = field(default_factory=dict)
    choice: Choice | None = None
    fitted: Fitted | None = None

    @property
    def baseline(self) -> str:
        """The straight line of this kind of target."""
        return "logistic" if self.cases.k else "linear"

    @property
    def waiting(self) -> tuple[str, ...]:
        """Families that have no mark yet."""
        return tuple(family for family in self.families if family not in self.marks)

    def counts(self, member: int | None) -> Tensor:
        """What each complete row counts, (n,) float64: its weight, as often as it was drawn."""
        if member is None:
            return self.cases.weights
        drawn = resample(self.table, self.seed, member)[self.cases.rows]
        return drawn * self.cases.weights if float(drawn.sum()) >= 2 else self.counts(None)

    def learning(self) -> Tensor:
        """The weights of the rows learnt from while families are compared, 0 for those held out."""
        kept = torch.zeros(self.cases.n, dtype=torch.float64)
        return kept.index_copy_(0, self.learnt, self.cases.weights[self.learnt])

    @property
    def scored(self) -> Rows:
        """What the held-out rows count when their scores are averaged."""
        design, codes = self.table.design, cluster_codes(self.table)
        weights = self.cases.weights[self.held] if design.weights else None
        rows = self.cases.rows[self.held].numpy()
        return Rows(weights, None if codes is None else codes[rows])

    def mark(self, family: str, mechanism: Mechanism) -> None:
        """Score a mechanism of `family` on the held-out rows."""
        self.marks[family] = scores(mechanism, self.cases, self.held)
        self.blind[family] = mechanism

    def mean(self, family: str) -> float:
        """Mean held-out nats per row of a family that has been scored."""
        return self.scored.mean(self.marks[family])

    def decide(self) -> Choice:
        """Choose the family from the marks, once all are there."""
        ordered = {family: self.marks[family] for family in self.families}
        self.choice = choose(ordered, self.task.family, alone(self.cases), self.scored)
        line = self.closed.get("linear")
        if self.task.family == AUTO and line is not None and noiseless(line, self.cases):
            self.choice = Choice("linear", "straight line: it already leaves no noise")
        return self.choice

    def closed_members(self, settings: FitSettings) -> int:
        """How many bootstrap members the closed form gets; few where each one takes long."""
        mechanism = self.fitted.mechanism if self.fitted else None
        slow = isinstance(mechanism, Logistic) and not newton(mechanism.weights[1:].numel())
        return min(settings.members if slow else 10**9, settings.closed_members)

    def analytic_members(self, settings: FitSettings) -> dict[int, Mechanism]:
        """A table's members by the posterior of its cells; {} for what is resampled.

        Rows of a cluster are not independent draws: there is no such posterior of clusters.
        """
        mechanism = self.fitted.mechanism if self.fitted else None
        if not isinstance(mechanism, ConditionalTable) or self.table.design.cluster:
            return {}
        rng = generator(self.seed, "table members", str(self.task.conditional))
        counts = cell_rows(self.cases.parents, mechanism.levels, self.cases.weights)
        return dict(enumerate(spread(mechanism, counts, settings.closed_members, rng)))

    def leading(self, family: str) -> bool:
        """True where `family` has the best newest score, and beats the straight line's."""
        ahead = self.newest[family] >= max(self.newest.values())
        return ahead and self.newest[family] > self.mean(self.baseline)

    def gain_error(self, family: str) -> float | None:
        """Standard error of the held-out gain over the straight line, nats per row."""
        if family not in self.marks or self.baseline not in self.marks:
            return None
        return self.scored.error(self.marks[family] - self.marks[self.baseline])

    def calibration(self, family: str) -> Calibration | None:
        """How the mechanism that had not seen the held-out rows met them; None without any noise.

        They also chose the family and ended its training, so that this is a little too kind. Where
        no step was better than the straight line, that is what is checked.
        """
        mechanism = self.blind.get(family) or self.blind.get(self.baseline)
        seen = len(self.learnt) + len(self.held) > self.cases.n
        if mechanism is None or seen or noiseless(mechanism, self.cases):
            return None
        rng = generator(self.seed, "calibration", str(self.task.conditional))
        held, learnt = (part[self.cases.once[part]] for part in (self.held, self.learnt))
        return calibration_of(mechanism, self.cases, held, len(learnt), rng)

    def as_fitted(
        self, family: str, mechanism: Mechanism, why: str, stage: Stage, step: int, heldout: float
    ) -> Fitted:
        """The mechanism with its report."""
        cases, conditional = self.cases, self.task.conditional
        report = FitReport(
            variable=conditional.target,
            family=family,
            heldout_loglik=heldout,
            linear_loglik=self.mean(self.baseline) if self.baseline in self.marks else heldout,
            why=why,
            steps=step,
            rows=cases.n,
            dropped=cases.table_rows - cases.n,
            deterministic=noiseless(mechanism, cases),
            gain_error=self.gain_error(family),
            calibration=self.calibration(family) if stage is Stage.FITTED else None,
        )
        return Fitted(conditional, self.key, family, mechanism, (), report, stage, step)

    def with_members(self) -> Fitted:
        """The point fit with all its bootstrap members."""
        if self.fitted is None:
            raise ValueError("members come after the point fit")
        members = tuple(self.members[m] for m in sorted(self.members))
        report = replace(self.fitted.report, intervals=True)
        return replace(self.fitted, members=members, report=report)


def begin(task: FitTask, key: str, table: Table, seed: int, settings: FitSettings) -> Attempt:
    """Closed forms on all rows, and their scores on held-out rows when fitted without them."""
    cases = cases_of(task.conditional, table, task.unset)
    out = held_out(table, seed)[cases.rows]
    learnt, held = (~out).nonzero().squeeze(1), out.nonzero().squeeze(1)
    if len(learnt) < 2 or not len(held):
        learnt = held = torch.arange(cases.n)
    held = thinned(held, _MOST_SCORED)
    attempt = Attempt(
        task, key, cases, candidates(task.family, cases, settings), learnt, held, table, seed
    )
    for family in attempt.families:
        if FAMILIES[family].closed:
            whole = fit_closed(family, cases, attempt.counts(None))
            attempt.closed[family] = whole
            attempt.mark(family, fit_closed(family, cases, attempt.learning(), whole))
    line = attempt.closed.get("linear")
    if task.family == AUTO and line is not None and noiseless(line, cases):
        attempt.families = ("linear",)
    return attempt


def thinned(rows: Tensor, most: int) -> Tensor:
    """At most `most` of `rows`, evenly spread."""
    return rows[:: max(1, math.ceil(len(rows) / most))]


def noiseless(mechanism: Mechanism, cases: Cases) -> bool:
    """True where the noise sits at its floor: the variable is shown as deterministic."""
    if isinstance(mechanism, Linear | Additive):
        scale = mechanism.scale
    elif isinstance(mechanism, LocationScale):
        with torch.inference_mode():
            scale = float(mechanism.location_scale(cases.parents[:1000])[1].mean())
    else:
        return False
    return scale <= 1.5 * FLOOR * cases.sd
