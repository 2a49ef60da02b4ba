"""The other papers made real, on their own protocols: concepts, pictures, independent mechanisms.

`python -m tests.bench frontier [concepts] [pendulum] [trace] [pairs] [SEEDS]` (all, 5 seeds).
Concepts: appendix G of arXiv 2402.09236 with sets that identify them (n of one concept, one of all
at other values), n = 2, 3, 4, linear and bent mixing; R² of the linear regression of the true
readings on the valuations, and mean |correlation| after matching, over fresh rows of the base law.
Random atoms may be so short that their readings vary by a fraction of the filter's width, which
then tells nothing of them: means are given with and without such problems.
Trace and pairs are those of `mechanisms`.
"""

import json
import time

import numpy as np

from engine.frontier.concepts.agreement import explained, matched
from engine.frontier.concepts.learning import Learning, Problem, Settings
from engine.frontier.concepts.representation import Whitening, whitening
from engine.frontier.slices import done
from engine.queries.conceiving import RATES, STEPS
from engine.queries.concepts import Encoder
from engine.simulate.concepts import WIDTH, Synthetic, synthetic
from tests.bench import _pendulum, mechanisms

SIZES = ((2, 3, 4), (3, 4, 6), (4, 8, 10))
SEEDS, RESTARTS = 5, 5
WIDE = 0.5  # sds of q: readings that vary less are hardly touched by its filter
PAPER = "MCC measured without restarts: .82-.92 linear, .86-.89 bent"


def main(args: list[str]) -> None:
    """Each part; lines for people, then JSON."""
    seeds = next((int(word) for word in args if word.isdigit()), SEEDS)
    parts = [p for p in ("concepts", "pendulum", "trace", "pairs") if p in args]
    for part in parts or ("concepts", "pendulum", "trace", "pairs"):
        if part == "concepts":
            print(json.dumps(concepts(seeds)), flush=True)
        elif part == "pendulum":
            pendulum()
        else:
            mechanisms.main(["traces" if part == "trace" else "pairs"])


def concepts(seeds: int) -> dict[str, float]:
    """Means over seeds with standard errors."""
    found: dict[str, float] = {}
    for bent in (False, True):
        for n, dz, dx in SIZES:
            runs = [of_synthetic(n, dz, dx, bent=bent, seed=seed) for seed in range(seeds)]
            where = f"n {n}, dz {dz}, dx {dx}, {'bent' if bent else 'linear'}"
            found |= _told(where, runs)
            wide = [run for run in runs if run["least spread"] >= WIDE]
            if 0 < len(wide) < seeds:
                found |= _told(f"{where}, {len(wide)} with atoms not narrow", wide)
    print(PAPER, flush=True)
    return found


def _told(where: str, runs: list[dict[str, float]]) -> dict[str, float]:
    """Means with their standard errors."""
    found = {}
    for name in runs[0]:
        values = np.array([run[name] for run in runs])
        values = values[~np.isnan(values)]
        if not len(values):
            continue
        error = values.std(ddof=1) / len(values) ** 0.5 if len(values) > 1 else float("nan")
        found[f"{where}, {name}"] = float(values.mean())
        print(f"{where + ', ' + name:72}{values.mean():8.3f} ± {error:.3f}", flush=True)
    return found


def of_synthetic(n: int, dz: int, dx: int, *, bent: bool, seed: int) -> dict[str, float]:
    """One problem: of the restart shown, of the lowest loss, and of a single one on average."""
    problem = synthetic(n, dz, dx, bent=bent, seed=seed)
    turned, stacked = of_rows(problem)
    encoder = Encoder.MLP if bent else Encoder.LINEAR
    settings = Settings(bent, RESTARTS, STEPS[encoder], RATES[encoder])
    began = time.process_time()
    learning = Learning(stacked, settings, seed)
    for _ in learning.steps():
        pass
    took = time.process_time() - began
    shown, agreement = learning.chosen()
    tests = turned(problem.test)
    each = [learning.valuations(r, tests) for r in range(RESTARTS)]
    scores = [matched(problem.truth, h)[1] for h in each]
    lowest = int(np.argmin(learning.losses))
    found = {
        "R²": float(explained(each[shown], problem.truth).mean()),
        "MCC": float(scores[shown].mean()),
        "MCC least": float(scores[shown].min()),
        "MCC lowest loss": float(scores[lowest].mean()),
        "MCC single": float(np.mean([score.mean() for score in scores])),
        "MCC random start": float(np.mean([score.mean() for score in scores[3:]])),
        "agreement": float(agreement.mean()) if agreement.size else float("nan"),
        "excess loss": float(learning.losses[shown]) - possible(problem),
        "least spread": float((problem.readings[0].std(axis=0) / WIDTH).min()),
        "seconds": took,
    }
    told = ", ".join(f"{name} {value:.3f}" for name, value in found.items())
    print(f"  {n} {'bent' if bent else 'linear'} seed {seed}: {told}", flush=True)
    return found


def of_rows(problem: Synthetic) -> tuple[Whitening, Problem]:
    """The whitening of the base rows, and all rows with their labels."""
    x = np.vstack([problem.base, *problem.sets])
    counts = [len(problem.base), *(len(rows) for rows in problem.sets)]
    label = np.repeat(np.arange(len(counts)), counts)
    base = np.where(label == 0, 1.0, 0.0)
    sets = np.stack([np.where(label == e, 1.0, 0.0) for e in range(1, len(counts))])
    turned = done(whitening(x, base, np.random.default_rng(0)))
    return turned, Problem(turned(x), sets, base, problem.mask, problem.mask.shape[1])


def possible(problem: Synthetic) -> float:
    """The loss of the true log density ratio (lemma 3), nats per row: none can do better."""
    losses = []
    for e, on in enumerate(problem.mask):
        ratios = [
            -0.5 * ((u[:, on] - problem.values[e, on]) ** 2).sum(1) / 0.005
            for u in (problem.readings[0], problem.readings[e + 1])
        ]
        constant = -np.log(np.exp(ratios[0]).mean())
        outside, inside = (ratio + constant for ratio in ratios)
        losses.append(0.5 * (np.logaddexp(0, outside).mean() + np.logaddexp(0, -inside).mean()))
    return float(np.mean(losses))


def pendulum() -> None:
    """Pictures, by a module of their own."""
    _pendulum.main()
