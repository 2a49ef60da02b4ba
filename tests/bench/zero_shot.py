"""Effects before any mechanism is trained: balancing weights beside the usual estimators.

    python -m tests.bench zero_shot [ihdp acic2016 twins lalonde lalonde-placebo] [--most N] [-o F]

Mean absolute errors with their standard errors, of everybody's effect and of the treated's, each
against its own truth; how many rows the smaller group is worth at least; how often 90 % intervals
held the truth; and CPU seconds, one thread. The overlap has a truth of its own that no table gives:
its distance to both is told apart.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from engine.checks.estimators import doubly_robust, fitted_mean, weighting
from engine.checks.study import Study
from engine.errors import UserError
from engine.frontier.balancing import Estimand
from engine.frontier.effects import balanced_effect
from engine.frontier.kernels import Kernel
from tests.bench._effect_sets import KNOWN, Sample, samples


@dataclass(frozen=True, slots=True)
class Found:
    """A value, its 90 % interval where there is one, and the worth of the smaller group in rows."""

    value: float
    interval: tuple[float, float] | None = None
    effective: float | None = None


@dataclass(slots=True)
class Tally:
    """What one method did on one suite."""

    errors: list[float] = field(default_factory=list)
    other: list[float] = field(default_factory=list)
    held: list[bool] = field(default_factory=list)
    effective: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    failed: int = 0


def main(args: list[str]) -> None:
    """Print a table per suite and write JSON."""
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser("python -m tests.bench zero_shot")
    parser.add_argument("suites", nargs="*", choices=[*KNOWN, []], default=[])
    parser.add_argument("--most", type=int, default=100)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args(args)
    told: list[dict[str, object]] = []
    for suite in options.suites or KNOWN:
        most = options.most if suite == "ihdp" else min(options.most, 10)
        told += _suite(suite, most)
    if options.output:
        options.output.write_text(json.dumps(told, indent=1))


def _suite(suite: str, most: int) -> list[dict[str, object]]:
    tallies: dict[tuple[str, Estimand], Tally] = defaultdict(Tally)
    for sample in samples(suite, most):
        for name, estimand, method in _methods(len(sample.study.outcome)):
            truth = sample.att if estimand is Estimand.ATT else sample.ate
            if truth is None and (estimand is Estimand.ATE or sample.att is None):
                continue
            _tally(tallies[name, estimand], sample, estimand, method)
    rows = [
        {"suite": suite, "method": name, "estimand": str(estimand), **_row(tally)}
        for (name, estimand), tally in tallies.items()
    ]
    rows.sort(key=lambda row: (row["estimand"], row["error"]))
    print(f"\n{suite}")
    for row in rows:
        cells = " ".join(f"{k} {v:.4g}" for k, v in row.items() if isinstance(v, float))
        print(f"  {row['estimand']:8}{row['method']:44}{cells}", flush=True)
    return rows


def _tally(
    tally: Tally, sample: Sample, estimand: Estimand, method: Callable[[Study], Found]
) -> None:
    started = time.process_time()
    try:
        found = method(sample.study)
    except UserError:
        tally.failed += 1
        return
    tally.seconds.append(time.process_time() - started)
    truth = sample.ate if estimand is Estimand.ATE else sample.att
    if estimand is Estimand.OVERLAP and sample.ate is not None:
        tally.other.append(abs(found.value - sample.ate))
    if truth is None:
        return
    tally.errors.append(abs(found.value - truth))
    if found.interval is not None:
        tally.held.append(found.interval[0] <= truth <= found.interval[1])
    if found.effective is not None:
        tally.effective.append(found.effective)


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
    for name, values in (("held", tally.held), ("ess", tally.effective), ("to_ate", tally.other)):
        if values:
            row[name] = float(np.min(values) if name == "ess" else np.mean(values))
    return row


def _methods(rows: int) -> list[tuple[str, Estimand, Callable[[Study], Found]]]:
    ate, att = Estimand.ATE, Estimand.ATT
    found: list[tuple[str, Estimand, Callable[[Study], Found]]] = []
    for estimand in (ate, att):
        found += [
            ("difference of means", estimand, _naive),
            ("ridge in each group", estimand, lambda s, e=estimand: _ridge(s, e)),
        ]
    found += [
        ("self-normalised weighting", ate, lambda s: _told(weighting(s))),
        ("doubly robust", ate, lambda s: _told(doubly_robust(s, np.random.default_rng(0)))),
    ]
    for estimand in Estimand:
        for kernel in Kernel:
            for plain in (True, False):
                words = f"balancing, {kernel}{'' if plain else ', augmented'}"
                found.append((words, estimand, _balanced(estimand, kernel, plain=plain)))
    return found


def _balanced(estimand: Estimand, kernel: Kernel, *, plain: bool) -> Callable[[Study], Found]:
    def method(study: Study) -> Found:
        found = balanced_effect(study, estimand, kernel, 0)
        least = min(found.effective)
        return (
            Found(found.plain, None, least) if plain else Found(found.value, found.interval, least)
        )

    return method


def _told(one: object) -> Found:
    value, interval = getattr(one, "value"), getattr(one, "interval")  # noqa: B009
    return Found(float(value), interval)


def _naive(study: Study) -> Found:
    t = study.treatment == study.value
    return Found(float(study.outcome[t].mean() - study.outcome[~t].mean()))


def _ridge(study: Study, estimand: Estimand) -> Found:
    t = study.treatment == study.value
    wide = np.column_stack((np.ones(len(t)), study.covariates))
    gap = fitted_mean(wide, study.outcome, t * 1.0) - fitted_mean(wide, study.outcome, ~t * 1.0)
    return Found(float(gap[t].mean() if estimand is Estimand.ATT else gap.mean()))
