"""Effects before any mechanism is trained: balancing weights beside the usual estimators.

    python -m tests.bench zero_shot [SUITE …] [--most N] [--coverage N] [-o F]

Suites: simulated, unseen, shifted-columns, shifted-overlap, ihdp, acic2016, twins, lalonde,
lalonde-placebo. Mean absolute errors with their standard errors, of everybody's effect and of the
treated's, ranked within each against its own truth; how many rows the smaller group is worth at
least; how often 90 % intervals held the truth; and CPU seconds, one thread, of all that a method
needs. The overlap has a truth of its own that no table gives: its distances to both are told apart.
`--coverage N`: how often 90 % intervals of N simulated sets held the truth of their rows, pooled.
"""

import argparse
import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeVar, cast

import numpy as np
import torch

from engine.checks.estimators import CLIP, LIGHT, chances, fitted_mean
from engine.checks.study import Study
from engine.errors import QueryError, UserError
from engine.frontier.amortised import STEPS
from engine.frontier.beside import doubly_robust, weighting
from engine.frontier.effects import Groups, Weighed, compared, effect, modelled, weigh
from engine.frontier.kernels import Kernel
from engine.frontier.outcomes import Means
from engine.frontier.resampling import resampled
from engine.frontier.slices import done
from engine.frontier.zero_shot import beyond, passed
from engine.queries.balanced import Estimand, is_thin
from engine.simulate.studies import TRAINED
from tests.bench._effect_sets import KNOWN, Sample, drawn, samples

ATE, ATT, OVERLAP = Estimand.ATE, Estimand.ATT, Estimand.OVERLAP
MOST_SETS = 10  # of a suite other than IHDP and the simulated ones; of any with overlap
SETS = 30  # simulated ones of a suite
T = TypeVar("T")


class Way(StrEnum):
    """Of weights."""

    LINEAR = "balancing, linear"
    RBF = "balancing, rbf"
    LEARNT = "balancing, learnt"
    PASS = "attention, one pass"
    STEPPED = f"attention, {STEPS} steps"


@dataclass(frozen=True, slots=True)
class Found:
    """A value, its 90 % interval; rows' worth of the thinner group, and whether it is thin."""

    value: float
    interval: tuple[float, float] | None = None
    effective: float | None = None
    thin: bool = False


class Case:
    """One study; what several methods need is computed once, its seconds counted for each."""

    def __init__(self, study: Study, seed: int = 0) -> None:
        self.study, self.seed, self.groups = study, seed, compared(study)
        self.seconds = 0.0  # of cached parts that the present method used
        self._kept: dict[Hashable, tuple[object, float]] = {}

    def part(self, key: Hashable, make: Callable[[], T]) -> T:
        """A part under its key, made at first use."""
        if key not in self._kept:
            started = time.process_time()
            made = make()
            self._kept[key] = (made, time.process_time() - started)
            self.seconds -= self._kept[key][1]  # the method's own clock counts it already
        value, seconds = self._kept[key]
        self.seconds += seconds
        return cast(T, value)

    def weighed(self, estimand: Estimand, way: Way) -> Weighed:
        """Balancing weights; QueryError where the network is not for so many rows or columns."""

        def make() -> Weighed:
            if way not in (Way.PASS, Way.STEPPED):
                return done(weigh(self.groups, estimand, Kernel(way.split()[-1]), self.seed))
            if (why := beyond(self.groups, 1.0)) is not None:
                raise QueryError(why)
            return done(passed(self.groups, estimand, 1.0, 0 if way is Way.PASS else STEPS))

        return self.part((estimand, way), make)

    def means(self, *, trees: bool) -> tuple[Means, Means]:
        """What the outcome is in each group: by the better of ridge and trees, or by ridge."""
        make = lambda: done(modelled(self.groups, self.seed, trees=trees))  # noqa: E731
        return self.part(("means", trees), make)


Method = Callable[[Case], Found]


@dataclass(slots=True)
class Tally:
    """What one method did on one suite."""

    errors: list[float] = field(default_factory=list)
    to_ate: list[float] = field(default_factory=list)
    held: list[bool] = field(default_factory=list)
    effective: list[float] = field(default_factory=list)
    thin: list[bool] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    failed: int = 0


def main(args: list[str]) -> None:
    """Print a table per suite and write JSON."""
    torch.set_num_threads(1)
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        print("OPENBLAS_NUM_THREADS is not 1: seconds are those of several threads")
    parser = argparse.ArgumentParser("python -m tests.bench zero_shot")
    parser.add_argument("suites", nargs="*", choices=[*KNOWN, []], default=[])
    parser.add_argument("--most", type=int, default=100)
    parser.add_argument("--coverage", type=int, default=0)
    parser.add_argument("--rows", type=int, default=200, help="of a set of --coverage")
    parser.add_argument("--draws", type=int, default=0, help="resamples of a set of --coverage")
    parser.add_argument("--columns", type=int, default=0, help="of a set of --coverage; 0: 5 to 50")
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args(args)
    if options.coverage:
        told = _coverage(options.coverage, options.rows, options.draws, options.columns)
    else:
        told = []
        for suite in options.suites or KNOWN:
            told += _suite(suite, min(options.most, _sets(suite)))
    if options.output:
        options.output.write_text(json.dumps(told, indent=1))


def methods() -> list[tuple[str, Estimand, Method]]:
    """Every method by name and estimand; another one is one more line here."""
    found: list[tuple[str, Estimand, Method]] = []
    for estimand in (ATE, ATT):
        found += [
            ("difference of means", estimand, _naive),
            ("inverse weighting (Horvitz, Thompson)", estimand, _horvitz(estimand)),
            ("inverse weighting, self-normalised", estimand, _beside(weighting, estimand)),
            ("doubly robust (AIPW)", estimand, _aipw(estimand)),
            ("ridge in each group (T-ridge)", estimand, _ridge(estimand)),
            ("ridge or boosted trees in each group", estimand, _outcomes(estimand)),
        ]
    for estimand in Estimand:
        for way in Way:
            found += [
                (way.value, estimand, _plain(estimand, way)),
                (f"{way}, by ridge", estimand, _augmented(estimand, way, trees=False)),
                (f"{way}, by ridge or trees", estimand, _augmented(estimand, way, trees=True)),
            ]
    return found


def _sets(suite: str) -> int:
    return 100 if suite == "ihdp" else SETS if suite in KNOWN[:4] else MOST_SETS


def _suite(suite: str, most: int) -> list[dict[str, object]]:
    tallies: dict[tuple[str, Estimand], Tally] = defaultdict(Tally)
    for count, sample in enumerate(samples(suite, most)):
        case = Case(sample.study)
        for name, estimand, method in methods():
            if estimand is OVERLAP and count >= MOST_SETS:
                continue
            truth = sample.att if estimand is ATT else sample.ate
            if truth is not None or (estimand is OVERLAP and sample.att is not None):
                _tally(tallies[name, estimand], sample, case, estimand, method)
    rows = [
        {"suite": suite, "method": name, "estimand": str(estimand), **_row(tally)}
        for (name, estimand), tally in tallies.items()
    ]
    rows.sort(key=lambda row: (list(Estimand).index(Estimand(str(row["estimand"]))), row["error"]))
    print(f"\n{suite}")
    ranks: dict[object, int] = defaultdict(int)
    for row in rows:
        ranks[row["estimand"]] += 1
        row["rank"] = ranks[row["estimand"]]
        cells = " ".join(f"{k} {v:.4g}" for k, v in row.items() if isinstance(v, float))
        failed = f" failed {row['failed']}" if row["failed"] else ""
        print(f"  {row['estimand']:8}{row['rank']:3} {row['method']:42}{cells}{failed}", flush=True)
        if "values" in row:
            print(f"{'':14}{row['values']}")
    return rows


def _tally(tally: Tally, sample: Sample, case: Case, estimand: Estimand, method: Method) -> None:
    started, case.seconds = time.process_time(), 0.0
    try:
        found = method(case)
    except UserError:
        tally.failed += 1
        return
    tally.seconds.append(time.process_time() - started + case.seconds)
    truth = sample.ate if estimand is ATE else sample.att
    if estimand is OVERLAP and sample.ate is not None:
        tally.to_ate.append(abs(found.value - sample.ate))
    if found.effective is not None:
        tally.effective.append(found.effective)
        tally.thin.append(found.thin)
    if truth is None:
        return
    tally.errors.append(abs(found.value - truth))
    tally.values.append(found.value)
    if found.interval is not None and estimand is not OVERLAP:
        tally.held.append(found.interval[0] <= truth <= found.interval[1])


def _row(tally: Tally) -> dict[str, object]:
    errors = np.array(tally.errors)
    many = len(errors)
    row: dict[str, object] = {
        "sets": many,
        "error": float(errors.mean()) if many else float("nan"),
        "se": float(errors.std(ddof=1) / np.sqrt(many)) if many > 1 else float("nan"),
        "seconds": float(np.median(tally.seconds)) if tally.seconds else float("nan"),
        "failed": tally.failed,
    }
    for name, values in (("held", tally.held), ("to_ate", tally.to_ate)):
        if values:
            row[name] = float(np.mean(values))
    if tally.effective:
        row["ess"] = float(np.min(tally.effective))
        row["warned"] = float(np.mean(tally.thin))
    if 0 < many <= 2:
        row["values"] = ", ".join(f"{value:.4g}" for value in tally.values)
    return row


def _plain(estimand: Estimand, way: Way) -> Method:
    def method(case: Case) -> Found:
        by = case.weighed(estimand, way)
        value = float((case.groups.signs * by.weights) @ case.groups.study.outcome)
        return Found(value, None, *_worth(case, by))

    return method


def _augmented(estimand: Estimand, way: Way, *, trees: bool) -> Method:
    def method(case: Case) -> Found:
        by = case.weighed(estimand, way)
        found = effect(case.groups, estimand, by, case.means(trees=trees))
        return Found(found.value, found.interval, *_worth(case, by))

    return method


def _worth(case: Case, by: Weighed) -> tuple[float, bool]:
    effective = by.balance.effective(treated=True), by.balance.effective(treated=False)
    treated = int(case.groups.treated.sum())
    return min(effective), is_thin(effective, (treated, len(case.groups.treated) - treated))


def _outcomes(estimand: Estimand) -> Method:
    def method(case: Case) -> Found:
        first, second = case.means(trees=True)
        return Found(_aimed(case.groups, estimand, first.at - second.at))

    return method


def _aimed(groups: Groups, estimand: Estimand, gap: np.ndarray) -> float:
    return float(gap[groups.treated].mean() if estimand is ATT else gap.mean())


def _beside(way: Callable[[Study, Estimand], object], estimand: Estimand) -> Method:
    return lambda case: _told(way(case.study, estimand))


def _aipw(estimand: Estimand) -> Method:
    return lambda case: _told(doubly_robust(case.study, estimand, np.random.default_rng(0)))


def _told(one: object) -> Found:
    value, interval = getattr(one, "value"), getattr(one, "interval")  # noqa: B009
    return Found(float(value), interval)


def _naive(case: Case) -> Found:
    t, y = case.groups.treated, case.groups.study.outcome
    return Found(float(y[t].mean() - y[~t].mean()))


def _horvitz(estimand: Estimand) -> Method:
    """Σ w y over all rows, weights not scaled; chances by logistic regression, .01 to .99."""

    def method(case: Case) -> Found:
        study, t = case.groups.study, case.groups.treated.astype(float)
        wide = np.column_stack((np.ones(len(t)), study.covariates))
        e = np.clip(chances(wide, t, np.ones(len(t)), wide, LIGHT), CLIP, 1 - CLIP)
        if estimand is ATT:
            each, size = t - (1 - t) * e / (1 - e), t.sum()
        else:
            each, size = t / e - (1 - t) / (1 - e), len(t)
        return Found(float(each @ study.outcome / size))

    return method


def _ridge(estimand: Estimand) -> Method:
    def method(case: Case) -> Found:
        study, t = case.groups.study, case.groups.treated
        wide = np.column_stack((np.ones(len(t)), study.covariates))
        sides = (fitted_mean(wide, study.outcome, side * 1.0) for side in (t, ~t))
        return Found(_aimed(case.groups, estimand, next(sides) - next(sides)))

    return method


def _coverage(many: int, rows: int, draws: int, columns: int = 0) -> list[dict[str, object]]:
    """How often intervals held the truth; families take turns, sets go on until `many` are done."""
    held: dict[tuple[str, Estimand], list[bool]] = defaultdict(list)
    wide: dict[tuple[str, Estimand], list[float]] = defaultdict(list)
    for k in range(many):
        sample = drawn(TRAINED[k % len(TRAINED)], 10_000 + k, rows, columns)
        try:
            for name, estimand, (low, high) in _intervals(Case(sample.study), draws):
                truth = sample.att if estimand is ATT else sample.ate
                assert truth is not None
                held[name, estimand].append(low <= truth <= high)
                wide[name, estimand].append(high - low)
        except UserError:
            continue
    told = []
    for (name, estimand), values in held.items():
        share = float(np.mean(values))
        row = {
            "method": name, "estimand": str(estimand), "sets": len(values), "rows": rows,
            "held": share, "se": float(np.sqrt(share * (1 - share) / len(values))),
            "width": float(np.median(wide[name, estimand])),
        }  # fmt: skip
        print(f"{estimand:8}{name:44} {share:.3f} ± {row['se']:.3f} of {len(values)} sets, "
              f"median width {row['width']:.3f}")  # fmt: skip
        told.append(row)
    return told


def _intervals(case: Case, draws: int) -> Iterator[tuple[str, Estimand, tuple[float, float]]]:
    for estimand in (ATE, ATT):
        for way in (Way.LINEAR, Way.RBF, Way.PASS):
            by, means = case.weighed(estimand, way), case.means(trees=True)
            found = effect(case.groups, estimand, by, means)
            yield f"{way}, by ridge or trees", estimand, found.interval
            if way is Way.RBF and draws:
                again = done(resampled(case.groups, found, means, 0, draws=draws))
                yield f"the same, {draws} resamples", estimand, again.interval
        aipw = doubly_robust(case.study, estimand, np.random.default_rng(0))
        yield "doubly robust (AIPW)", estimand, aipw.interval
