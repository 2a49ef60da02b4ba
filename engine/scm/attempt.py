"""One conditional's fit under way: its cases, the families compared so far, and its reports."""

import math
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from engine.data.rows import cluster_codes, weights_of_rows
from engine.data.table import Table
from engine.mechanisms.base import Mechanism
from engine.mechanisms.families import FAMILIES
from engine.mechanisms.logistic import Logistic, newton
from engine.mechanisms.settings import FitSettings
from engine.mechanisms.table import ConditionalTable, cell_rows, spread
from engine.queries.answers import Calibration, Stage
from engine.runtime.messages import FitReport
from engine.scm.aiming import aimed, called_for
from engine.scm.cases import Cases, cases_of, held_out, resample
from engine.scm.checking import calibration_of, independent
from engine.scm.closed import fit_closed, scores
from engine.scm.composite import atoms_of, gate_of, rest_of, with_warp
from engine.scm.determined import determined, noiseless
from engine.scm.fitted import FitTask, Fitted
from engine.scm.joining import Joint
from engine.scm.scoring import Rows
from engine.scm.selection import (
    AUTO,
    Choice,
    alone,
    candidates,
    check_family,
    choose,
    gate_family,
    lots,
)
from engine.scm.slots import Trained
from engine.seeds import generator

_MOST_SCORED = 20_000  # held-out rows that decide


@dataclass(slots=True, eq=False)
class Attempt:
    """A task under way, or one part of it; by family where several are compared.

    `learnt` and `held` are positions among the cases' complete rows. `marks` are held-out nats
    per row in user units of mechanisms that did not see those rows (`blind`); `steps` where each
    stopped, and `trained` what it came to then; `final` is where the refit came to. `lots` are the
    families of the bootstrap members, once the choice is made; `aims` those whose mean
    is aimed, and `told` what they score then: families are compared as they were trained.
    """

    task: FitTask
    key: str
    cases: Cases
    families: tuple[str, ...]
    learnt: Tensor
    held: Tensor
    table: Table
    seed: int
    requested: str
    closed: dict[str, Mechanism] = field(default_factory=dict)
    marks: dict[str, Tensor] = field(default_factory=dict)
    blind: dict[str, Mechanism] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)
    trained: dict[str, Trained] = field(default_factory=dict)
    newest: dict[str, float] = field(default_factory=dict)
    members: dict[int, Mechanism] = field(default_factory=dict)
    lots: tuple[str, ...] = ()
    choice: Choice | None = None
    fitted: Fitted | None = None
    final: Trained | None = None
    aims: set[str] = field(default_factory=set)
    told: dict[str, float] = field(default_factory=dict)

    @property
    def baseline(self) -> str:
        """The straight line of this kind of target."""
        return "logistic" if self.cases.k else "linear"

    @property
    def waiting(self) -> tuple[str, ...]:
        """Families that have no mark yet."""
        return tuple(family for family in self.families if family not in self.marks)

    def simpler(self, family: str) -> Trained | None:
        """What the last simpler family came to, to go on from."""
        before = self.families[: self.families.index(family)]
        return next((self.trained[f] for f in reversed(before) if f in self.trained), None)

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

    def compare(self, family: str, mechanism: Mechanism) -> None:
        """Mark what learnt from some rows, and see whether its mean may be aimed."""
        self.mark(family, mechanism)
        better = aimed(mechanism, self.cases, self.learning())
        if called_for(mechanism, better, self.cases, self.held, self.scored):
            self.aims.add(family)
            self.blind[family] = better
            self.told[family] = self.scored.mean(scores(better, self.cases, self.held))

    def aimed(self, family: str, mechanism: Mechanism, member: int | None = None) -> Mechanism:
        """What was trained on all rows, or a member's: its mean aimed if that was called for."""
        if family not in self.aims:
            return mechanism
        return aimed(mechanism, self.cases, self.counts(member))

    def mean(self, family: str) -> float:
        """Mean held-out nats per row of a family that has been scored, as it is after aiming."""
        if family in self.told:
            return self.told[family]
        return self.scored.mean(self.marks[family])

    def decide(self) -> Choice:
        """Choose the family from the marks, once all are there."""
        ordered = {family: self.marks[family] for family in self.families}
        self.choice = choose(ordered, self.requested, alone(self.cases), self.scored)
        line = self.closed.get("linear")
        if self.requested == AUTO and line is not None and noiseless(line, self.cases):
            self.choice = Choice("linear", "straight line: it already leaves no noise")
            self.families = ("linear",)
        return self.choice

    def draw_lots(self, settings: FitSettings) -> None:
        """Give each bootstrap member a family: by the same rule, on resampled held-out rows.

        So that intervals also hold what the held-out rows leave open about the family. A table
        leaves nothing out.
        """
        if self.choice is None:
            raise ValueError("lots are drawn after the choice")
        own = self.choice.family
        self.lots = (own,) * settings.members
        if self.requested == AUTO and len(self.families) > 1 and own != "table":
            rng = generator(self.seed, "lots", str(self.task.conditional))
            ordered = {family: self.marks[family] for family in self.families}
            self.lots = lots(ordered, self.scored, settings.members, rng)
        if own in self.closed and set(self.lots) <= {own}:
            mechanism = self.closed[own]
            slow = isinstance(mechanism, Logistic) and not newton(mechanism.weights[1:].numel())
            most = min(settings.members if slow else 10**9, settings.closed_members)
            self.lots = (own,) * most

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
        gaps = self.marks[family] - self.marks[self.baseline]
        if len(gaps) < 2 or not bool(gaps.isfinite().all()):
            return None
        error = self.scored.error(gaps)
        return error if math.isfinite(error) else None

    def calibration(self, family: str) -> Calibration | None:
        """How the mechanism that had not seen the held-out rows met them; None without any noise.

        They also chose the family and ended its training, so that this is a little too kind. Where
        no step was better than the straight line, that is what is checked.
        """
        mechanism = self.blind.get(family) or self.blind.get(self.baseline)
        seen = len(self.learnt) + len(self.held) > self.cases.n
        if mechanism is None or seen:
            return None
        rng = generator(self.seed, "calibration", str(self.task.conditional))
        held, codes = self.held[self.cases.once[self.held]], cluster_codes(self.table)
        rows = self.cases.rows[held].numpy()
        weights = torch.from_numpy(weights_of_rows(self.table)[rows])
        alone = independent(weights, None if codes is None else codes[rows], rng)
        learnt = round(int(self.cases.once[self.learnt].sum()) * len(alone) / len(held))
        return calibration_of(mechanism, self.cases, held[alone], max(1, learnt), rng)

    def as_fitted(
        self, family: str, mechanism: Mechanism, why: str, stage: Stage, step: int, heldout: float
    ) -> Fitted:
        """The mechanism with its report."""
        cases, conditional, final = self.cases, self.task.conditional, stage is Stage.FITTED
        fixed = determined(mechanism, cases) if final else noiseless(mechanism, cases)
        report = FitReport(
            variable=conditional.target,
            family=family,
            heldout_loglik=heldout,
            linear_loglik=self.mean(self.baseline) if self.baseline in self.marks else heldout,
            why=why,
            steps=step,
            rows=cases.n,
            dropped=cases.table_rows - cases.n,
            deterministic=fixed,
            gain_error=self.gain_error(family),
            calibration=self.calibration(family) if final and not fixed else None,
        )
        return Fitted(conditional, self.key, family, mechanism, (), report, stage, step)

    def with_members(self) -> Fitted:
        """The point fit with all its bootstrap members."""
        if self.fitted is None:
            raise ValueError("members come after the point fit")
        members = tuple(self.members[m] for m in sorted(self.members))
        report = replace(self.fitted.report, intervals=True)
        return replace(self.fitted, members=members, report=report)


def begin(
    task: FitTask, key: str, table: Table, seed: int, settings: FitSettings
) -> tuple[list[Attempt], Joint | None]:
    """The attempts of a task: one, or two to be joined if the target has atoms."""
    cases = cases_of(task.conditional, table, task.unset)
    atoms = atoms_of(cases)
    if not atoms:
        return [_attempt(task, key, with_warp(cases), task.family, table, seed, settings)], None
    check_family(task.family, cases)
    joint = Joint(key, atoms)
    gate, rest = gate_of(cases, atoms), rest_of(cases, atoms)
    return [
        _attempt(task, joint.gate, gate, gate_family(task.family), table, seed, settings),
        _attempt(task, joint.rest, rest, task.family, table, seed, settings),
    ], joint


def _attempt(
    task: FitTask,
    key: str,
    cases: Cases,
    family: str,
    table: Table,
    seed: int,
    settings: FitSettings,
) -> Attempt:
    """Closed forms on all rows, and their scores on held-out rows when fitted without them."""
    out = held_out(table, seed)[cases.rows]
    learnt, held = (~out).nonzero().squeeze(1), out.nonzero().squeeze(1)
    if len(learnt) < 2 or not len(held):
        learnt = held = torch.arange(cases.n)
    held = thinned(held, _MOST_SCORED)
    families = candidates(family, cases, settings)
    attempt = Attempt(task, key, cases, families, learnt, held, table, seed, family)
    for name in attempt.families:
        if FAMILIES[name].closed:
            whole = fit_closed(name, cases, attempt.counts(None))
            attempt.closed[name] = whole
            attempt.mark(name, fit_closed(name, cases, attempt.learning(), whole))
    line = attempt.closed.get("linear")
    if family == AUTO and line is not None and noiseless(line, cases):
        attempt.families = ("linear",)
    return attempt


def thinned(rows: Tensor, most: int) -> Tensor:
    """At most `most` of `rows`, evenly spread."""
    return rows[:: max(1, math.ceil(len(rows) / most))]
