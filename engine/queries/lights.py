"""Independent mechanisms and reach: what can be asked, and what comes back; torch-free values.

Lights stand beside each other and are never added up: each asks something else, and none of them
certifies an arrow or an answer.
"""

from dataclasses import dataclass

from engine.interventions import Action

LIGHT_LEVEL = 0.05  # chance below which a light warns


@dataclass(frozen=True, slots=True)
class Mechanisms:
    """Do the mechanisms look independent of what goes into them? A few lights for each."""


@dataclass(frozen=True, slots=True)
class Environments:
    """Which mechanisms changed between the categories of `column`, and which stayed."""

    column: str


@dataclass(frozen=True, slots=True)
class SlopeLight:
    """Is the curve steep where its cause is frequent? `statistic` in nats; chance `p`."""

    statistic: float
    p: float
    rows: int


@dataclass(frozen=True, slots=True)
class LeftoverLight:
    """Does what is left over go with the causes? `alignment` 0 … 1, chance `p`.

    `additive`: the noise is added, so that the wrong way round would, as a rule, be seen; else the
    mechanism lets the noise depend on the causes, and this only checks its calibration.
    """

    alignment: float
    p: float
    rows: int
    additive: bool


@dataclass(frozen=True, slots=True)
class TraceLight:
    """Δ of the trace condition, nats; chance `p`; where 95 % of random rotations lie."""

    delta: float
    p: float
    low: float
    high: float
    inputs: int
    outputs: int
    rows: int


@dataclass(frozen=True, slots=True)
class MechanismLights:
    """The lights of one mechanism, `node` given `causes`; None where a light does not apply.

    `noise_share`: sd of what is left over in sds of the variable, None unless it is a number. `why`
    says in a sentence why there is no slope test, "" where there is one.
    """

    node: str
    causes: tuple[str, ...]
    family: str
    noise_share: float | None = None
    slope: SlopeLight | None = None
    leftover: LeftoverLight | None = None
    trace: TraceLight | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class MechanismsAnswer:
    """Every mechanism with causes, in causal order; `whole` once all have been looked at."""

    lights: tuple[MechanismLights, ...]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the mechanism of `node` changed between environments.

    `p` before correction for all of them, None where `why` says what hindered the test; `changed`
    after it. `way`: "level", "reaction" (to `cause`) or "spread"; `where` the environment that
    differs most and `shift` by how much, in sds of the noise. `detectable`: a shift of the level
    seen with power .8 by a single test. `rooted`: nothing drawn causes it.
    """

    node: str
    p: float | None
    changed: bool = False
    way: str = ""
    where: str = ""
    shift: float = 0.0
    cause: str = ""
    detectable: float | None = None
    rows: int = 0
    hidden: bool = False
    rooted: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class EnvironmentsAnswer:
    """A verdict for each mechanism; `environments` with their rows; `whole` once all are tested."""

    column: str
    environments: tuple[tuple[str, int], ...]
    verdicts: tuple[Verdict, ...]
    whole: bool = False

    @property
    def changed(self) -> frozenset[str]:
        """The nodes whose mechanism changed."""
        return frozenset(one.node for one in self.verdicts if one.changed)

    @property
    def stayed(self) -> frozenset[str]:
        """The nodes that were tested without a change found."""
        return frozenset(one.node for one in self.verdicts if one.p is not None and not one.changed)


@dataclass(frozen=True, slots=True)
class Support:
    """How much of an intervention's answer stands on data.

    `share` 0 … 1 of the rows for which it was plausible; `ess` in rows; `beyond`: share of draws in
    which a mechanism's causes are farther from the rows than these are from each other.
    """

    share: float
    ess: float | None = None
    beyond: float = 0.0

    @property
    def extrapolated(self) -> float:
        """The share that does not stand on rows: the greater of the two reasons."""
        return max(1 - self.share, self.beyond)


@dataclass(frozen=True, slots=True)
class Nearby:
    """How far a mechanism's causes, as the action makes them, are from the rows.

    `quantile`: of the median draw's distance to its k-th nearest row, among the same distances of
    the rows themselves; `times`: that distance in medians of theirs; `beyond`: share of draws
    farther than 99 % of the rows.
    """

    node: str
    causes: tuple[str, ...]
    quantile: float
    times: float
    beyond: float


@dataclass(frozen=True, slots=True)
class ReachAnswer:
    """Three lights beside an answer: distance from the rows, spread of the members, independence.

    `nearby`: one per mechanism that the action reaches. `spread`: sd of E[outcome | do] over the
    bootstrap members, `usual` the same at values that rows have, both in sds of the outcome.
    `lights`: of the mechanisms that the action reaches; None until they are known.
    """

    outcome: str
    level: int | None
    action: Action
    nearby: tuple[Nearby, ...]
    beyond: float
    rows: int
    spread: float | None = None
    usual: float | None = None
    lights: tuple[MechanismLights, ...] | None = None
