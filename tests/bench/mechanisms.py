"""Tests of independent mechanisms: how often each rejects the right and the wrong direction.

`python -m tests.bench mechanisms [pairs] [slopes] [traces] [changes] [PAIRS [REPETITIONS]]` (all,
300, 300). Slope and what is left over: random pairs of `_pairs` with noise of 5 % of the signal,
1 000 rows, each direction fitted by the engine's own additive curves and looked at by the engine's
own lights. Trace: y = A x of n dimensions, A normal, a random spectrum (log-normal, sd 1) turned at
random, with exact matrices and from rows with noise. Changes between environments: two of 500 rows,
causes of other means, nothing changed and something changed.
"""

import json
import math

import numpy as np

from engine.checks.calibration import Parent
from engine.checks.environments import Change, change_test
from engine.checks.slope import slope_test
from engine.checks.trace import Trace, of_matrices, trace_test
from engine.queries.lights import MechanismLights
from engine.queries.mechanisms import lights_of
from tests.bench import _pairs

PAIRS, MANY, BATCH, ROWS, NOISE = 300, 300, 15, 1_000, 0.05
SLOPES = ((0.15, 0.0), (0.1, 0.05), (0.15, 0.05), (0.3, 0.05), (0.15, 0.1), (0.15, 0.2))


def main(args: list[str]) -> None:
    """Shares with their standard errors; lines for people, then JSON."""
    parts = {"pairs": of_pairs, "slopes": slopes, "traces": traces, "changes": changes}
    chosen = [name for name in parts if name in args] or list(parts)
    numbers = [int(word) for word in args if word.isdigit()]
    pairs, many = (numbers[i] if len(numbers) > i else n for i, n in enumerate((PAIRS, MANY)))
    found: dict[str, float] = {}
    for part in chosen:
        for name, hits in parts[part](pairs if part == "pairs" else many).items():
            found[name] = float(np.mean(hits)) if hits else math.nan
            error = math.sqrt(found[name] * (1 - found[name]) / max(1, len(hits)))
            print(f"{name:64}{found[name]:8.3f} ± {error:.3f}  of {len(hits)}", flush=True)
    print(json.dumps(found))


def of_pairs(pairs: int, seed: int = 0) -> dict[str, list[bool]]:
    """Slope and what is left over, by the engine's own mechanisms, forward and backward."""
    rng = np.random.default_rng(seed)
    hits: dict[str, list[bool]] = {}
    for start in range(0, pairs, BATCH):
        batch = [_pairs.pair(rng, ROWS, NOISE) for _ in range(min(BATCH, pairs - start))]
        for way, turned in (("forward", batch), ("backward", [(y, x) for x, y in batch])):
            model = _pairs.fitted(turned)
            for light in lights_of(model, model.law):
                if isinstance(light, MechanismLights):
                    _counted(hits, way, light)
        print({name: f"{sum(found)} of {len(found)}" for name, found in hits.items()}, flush=True)
    return hits


def slopes(many: int, seed: int = 1) -> dict[str, list[bool]]:
    """The slope test alone, shown or not: smoother and rougher curves, more and less noise."""
    rng = np.random.default_rng(seed)
    hits: dict[str, list[bool]] = {}
    for smooth, noise in SLOPES:
        for _ in range(many):
            x, y = _pairs.pair(rng, ROWS, noise, smooth)
            for way, cause, effect in (("forward", x, y), ("backward", y, x)):
                light = slope_test(cause, effect, rng, rising=True)
                name = f"slope alone, length {smooth}, noise {noise}, {way}"
                hits.setdefault(name, []).append(light.p <= 0.05)
                hits.setdefault(f"{name}, cyclic", []).append(light.cyclic <= 0.05)
    return hits


def traces(many: int, seed: int = 2) -> dict[str, list[bool]]:
    """The trace condition forward and backward."""
    rng = np.random.default_rng(seed)
    hits: dict[str, list[bool]] = {}
    for size in (5, 10, 30):
        for _ in range(many):
            a, cov = rng.standard_normal((size, size)), spectrum(rng, size)
            back = np.linalg.inv(a)
            for way, linear, law in (("forward", a, cov), ("backward", back, a @ cov @ a.T)):
                light = of_matrices(linear.T @ linear, law, rng, outputs=size)
                name = f"trace, n = {size}, exact, {way}"
                hits.setdefault(name, []).append(isinstance(light, Trace) and light.p <= 0.05)
    for size, rows, noise in ((10, 1_000, 0.0), (10, 1_000, 0.1), (10, 1_000, 0.3), (10, 200, 0.3)):
        for _ in range(many // 2):
            x = rng.multivariate_normal(np.zeros(size), spectrum(rng, size), rows)
            y = x @ rng.standard_normal((size, size))
            y = y + noise * y.std(0) * rng.standard_normal(y.shape)
            for way, cause, effect in (("forward", x, y), ("backward", y, x)):
                light = trace_test(cause, effect, rng)
                name = f"trace, n = {size}, {rows} rows, noise {noise}, {way}"
                hits.setdefault(name, []).append(isinstance(light, Trace) and light.p <= 0.05)
    return hits


def spectrum(rng: np.random.Generator, size: int) -> np.ndarray:
    """A covariance with log-normal eigenvalues, turned at random."""
    turn, upper = np.linalg.qr(rng.standard_normal((size, size)))
    turn = turn * np.sign(np.diag(upper))
    return (turn * np.exp(rng.standard_normal(size))) @ turn.T


def changes(many: int, seed: int = 3, rows: int = 1_000) -> dict[str, list[bool]]:
    """A mechanism's noise between two environments, two causes, one of them moved by half a sd."""
    rng = np.random.default_rng(seed)
    laws = {
        "nothing changed": lambda z, e, c: z,
        "nothing, curve learnt a little wrongly": lambda z, e, c: z + 0.1 * np.sin(2 * c[0]),
        "nothing, noise of heavy tails": lambda z, e, c: np.sign(z) * np.abs(z) ** 1.5 / 1.3,
        "level by .3 sd": lambda z, e, c: z + 0.3 * e,
        "slope by .3 sd per sd": lambda z, e, c: z + 0.3 * (e - 0.5) * c[1],
        "noise 1.3 times": lambda z, e, c: z * (1 + 0.3 * e),
    }
    hits: dict[str, list[bool]] = {}
    for name, law in laws.items():
        for _ in range(many):
            where = rng.integers(0, 2, rows)
            causes = rng.standard_normal((2, rows)) + np.stack([0.5 * where, 0 * where])
            part = law(rng.standard_normal(rows), where, causes)
            parents = [Parent(f"c{i}", values) for i, values in enumerate(causes)]
            told = list(change_test([part], parents, where, sized=True))[-1]
            hits.setdefault(f"environments, {name}", []).append(
                isinstance(told, Change) and told.p <= 0.05
            )
    return hits


def _counted(hits: dict[str, list[bool]], way: str, light: MechanismLights) -> None:
    if light.leftover is not None:
        name = f"left over (HSIC), noise {NOISE}, {way}"
        hits.setdefault(name, []).append(light.leftover.p <= 0.05)
    shown = light.slope is not None
    hits.setdefault(f"slope is shown, noise {NOISE}, {way}", []).append(shown)
    rejected = light.slope is not None and light.slope.p <= 0.05
    hits.setdefault(f"slope shown and rejects, noise {NOISE}, {way}", []).append(rejected)
