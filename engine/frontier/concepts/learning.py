"""Learn concepts contrastively, several restarts at once; arXiv 2402.09236, section 4.

Every set is told from the base set by a logit that is quadratic in valuations h(x); encoder and
heads are shared by the sets. Restarts see rows of their own (four fifths of those not held out), so
that their agreement speaks of rows and of starting points.
"""

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import softplus

from engine.frontier.concepts.agreement import explained, matched
from engine.frontier.concepts.network import HIDDEN, Shape, encoded, logits, penalty
from engine.frontier.concepts.starting import convex_start
from engine.mechanisms.adam import Adam
from engine.queries.concepts import effective
from engine.seeds import derived, generator, numpy_generator

Floats = NDArray[np.float64]
HELD_OUT, SEEN = 0.2, 0.8
POOL, BATCH = 6_000, 2_048  # rows of a set that a restart sees; rows of a step, over all sets
STARTING = 3_000  # of them, for the convex problem
CHECK = 100  # steps
ALIKE = 2.0  # standard errors of the paired difference within which two losses are alike
COMPARED = 5_000  # rows by which agreement is told


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Rows `x` (rows, d), whitened, what each counts in each set (sets, rows) and in the base set.

    `mask` (sets, n) says which set filters which concept, or None with only their number `n`.
    """

    x: Floats
    sets: Floats
    base: Floats
    mask: NDArray[np.bool_] | None
    n: int


@dataclass(frozen=True, slots=True)
class Settings:
    """How long and how often; `rate` of Adam at the start, falling along half a cosine.

    `convex`: the share of the restarts that begin at the convex problem's answer, where sets say
    what they filter; the others begin at random directions.
    """

    bent: bool = False
    restarts: int = 5
    steps: int = 800
    rate: float = 0.01
    hidden: int = HIDDEN
    convex: float = 0.6


class Learning:
    """All restarts of one problem; `losses` (restarts,) in nats per row held out, lowest so far."""

    def __init__(self, problem: Problem, settings: Settings, seed: int) -> None:
        """Nothing is done yet."""
        self.problem, self.settings, self.seed = problem, settings, seed
        mask = problem.mask
        known = mask is not None
        on = np.ones((len(problem.sets), problem.n), dtype=bool) if mask is None else mask
        width = problem.x.shape[1]
        hidden = settings.hidden if settings.bent else 0
        self.shape = Shape(width, problem.n, len(problem.sets), hidden, known)
        self.mask = torch.from_numpy(on).float()
        self.x = torch.from_numpy(problem.x).float()
        self.held = self._split()
        worth = [effective(weight[~self.held]) for weight in (problem.base, *problem.sets)]
        self.rows = max(1.0, SEEN * sum(worth))
        self.taken = 0
        self.losses = np.full(settings.restarts, math.inf)
        self.by_set = np.full((settings.restarts, len(problem.sets)), math.nan)
        self.by_row = np.zeros((settings.restarts, int(self.held.sum())))
        self.weights = torch.zeros(settings.restarts, sum(self.shape.sizes))

    @property
    def done(self) -> bool:
        """True once every step is taken."""
        return self.taken >= self.settings.steps

    def steps(self) -> Iterator[bool]:
        """All work in slices; True where `losses` are new."""
        pools = yield from self._pools()
        flat = yield from self._start(pools)
        places = torch.from_numpy(pools)
        rng = generator(self.seed, "concepts", "batches")
        sets = self.shape.sets + 1
        batch = max(64, BATCH // sets)
        adam = Adam(flat)
        while not self.done:
            picked = torch.randint(0, places.shape[2], (len(flat), sets, batch), generator=rng)
            rows = torch.gather(places, 2, picked)
            along = math.cos(math.pi * self.taken / self.settings.steps)
            adam.step(self._gradient(adam.weights, rows), self.settings.rate * 0.5 * (1 + along))
            self.taken += 1
            yield False
            if self.taken % CHECK == 0 or self.done:
                yield from self._check(adam.weights)
                yield True

    def valuations(self, restart: int, x: Floats) -> Floats:
        """h (rows, n) of whitened rows, by the best weights of one restart."""
        parts = self.shape.unstacked(self.weights[restart : restart + 1])
        with torch.inference_mode():
            h = encoded(parts, torch.from_numpy(x).float()[None])[0]
        return h.double().numpy()

    def centres(self, restart: int) -> tuple[Floats, Floats]:
        """Where each set holds each valuation, and 1 / width² of the filter; (sets, n) each.

        NaN where a set does not filter a concept, or nobody says which it filters.
        """
        parts = self.shape.unstacked(self.weights[restart : restart + 1])
        if not self.shape.known:
            nothing = np.full(self.mask.shape, math.nan)
            return nothing, nothing
        on = self.mask.numpy() > 0
        centre = parts["centre"][0].double().numpy()
        precision = parts["precision"][0].exp().double().numpy()
        return np.where(on, centre, math.nan), np.where(on, precision, math.nan)

    def alike(self) -> list[int]:
        """The restarts whose loss is within chance of the lowest one (paired, two SE)."""
        best = int(np.argmin(self.losses))
        apart = self.by_row - self.by_row[best]
        errors = np.sqrt(((apart - apart.mean(1, keepdims=True)) ** 2).sum(1))
        excess = self.losses - self.losses[best]
        return [r for r in range(len(excess)) if r == best or excess[r] <= ALIKE * errors[r]]

    def chosen(self) -> tuple[int, Floats]:
        """The restart to show, and |correlation| (others, n) of its axes with the others' alike.

        Of those that score alike the one whose encoder bends least: a folded axis fits the sets as
        well, and needs more bending.
        """
        alike = self.alike()
        stride = 1 + len(self.problem.x) // COMPARED
        rows = self.problem.x[::stride][self.problem.base[::stride] > 0]
        h = {r: self.valuations(r, rows) for r in alike}
        bend = {r: round(float(1 - explained(rows, h[r]).mean()), 3) for r in alike}
        best = min(alike, key=lambda r: (bend[r], self.losses[r]))
        found = [matched(h[best], h[s])[1] for s in alike if s != best]
        return best, np.array(found).reshape(len(found), self.problem.n)

    def _split(self) -> NDArray[np.bool_]:
        """Rows held out by every restart, a fifth of each set's."""
        rng = numpy_generator(self.seed, "concepts", "held out")
        return rng.permutation(len(self.problem.x)) < HELD_OUT * len(self.problem.x)

    def _pools(self) -> Generator[bool, None, NDArray[np.int64]]:
        """Row numbers (restarts, sets + 1, POOL), base set first, as often as each row counts."""
        rng = numpy_generator(self.seed, "concepts", "rows")
        weights = np.vstack([self.problem.base, self.problem.sets])
        pools = np.empty((self.settings.restarts, len(weights), POOL), dtype=np.int64)
        for restart in range(self.settings.restarts):
            seen = ~self.held & (rng.random(len(self.held)) < SEEN)
            for place, weight in enumerate(weights):
                pools[restart, place] = _systematic(weight * seen, POOL, rng)
            yield False
        return pools

    def _start(self, pools: NDArray[np.int64]) -> Generator[bool, None, Tensor]:
        """First weights (restarts, size): at the convex answer, or random."""
        settings, x = self.settings, self.problem.x
        flat = torch.zeros(settings.restarts, sum(self.shape.sizes))
        parts = self.shape.unstacked(flat)
        for restart in range(settings.restarts):
            rng = generator(derived(self.seed, "concepts", str(restart)), "weights")
            mine = {name: part[restart] for name, part in parts.items()}
            width = self.shape.inputs
            for name in mine:
                if name.startswith("first"):
                    mine[name].copy_(torch.randn(mine[name].shape, generator=rng))
            if "first" in mine:
                mine["first"].mul_(1.5 / width**0.5)
            mine["plane"].copy_(torch.randn(mine["plane"].shape, generator=rng) / width**0.5)
            if not self.shape.known:
                mine["centre"].copy_(torch.randn(mine["centre"].shape, generator=rng))
            elif restart < settings.convex * settings.restarts and self.problem.mask is not None:
                rows = [x[pool[:STARTING]] for pool in pools[restart]]
                steps = convex_start(rows[0], rows[1:], self.problem.mask)
                found = yield from _relayed(steps)
                for name, value in zip(("plane", "centre", "offset"), found, strict=True):
                    mine[name].copy_(torch.from_numpy(value))
        return flat

    def _gradient(self, flat: Tensor, rows: Tensor) -> Tensor:
        """Of the loss of `rows` (restarts, sets + 1, batch) and the penalty."""
        flat = flat.detach().requires_grad_()
        parts = self.shape.unstacked(flat)
        restarts, sets, batch = rows.shape
        x = self.x[rows.reshape(-1)].view(restarts, sets * batch, -1)
        h = encoded(parts, x).view(restarts, sets, batch, -1)
        outside = softplus(logits(self.shape, parts, self.mask, h[:, :1])).mean(2)
        inside = softplus(-logits(self.shape, parts, self.mask, h[:, 1:])).mean(2)
        loss = 0.5 * (outside + inside).mean(1) + penalty(self.shape, parts, self.mask, self.rows)
        return torch.autograd.grad(loss.sum(), flat)[0]

    def _check(self, flat: Tensor) -> Iterator[bool]:
        """Losses of the rows held out, one restart at a time; the lowest one's weights are kept."""
        x = self.x[torch.from_numpy(self.held)]
        sets = _shares(self.problem.sets[:, self.held])
        base = _shares(self.problem.base[None, self.held])[0]
        for restart in range(len(flat)):
            parts = self.shape.unstacked(flat[restart : restart + 1])
            with torch.inference_mode():
                h = encoded(parts, x[None])
                odds = logits(self.shape, parts, self.mask, h[:, None])[0]
                inside, outside = softplus(-odds).double().numpy(), softplus(odds).double().numpy()
            by_row = 0.5 * (sets * inside + base * outside)
            loss = float(by_row.sum(1).mean())
            if loss < self.losses[restart]:
                self.losses[restart] = loss
                self.by_set[restart], self.by_row[restart] = by_row.sum(1), by_row.mean(0)
                self.weights[restart] = flat[restart]
            yield False


def _relayed(
    steps: Generator[None, None, tuple[Floats, Floats, Floats]],
) -> Generator[bool, None, tuple[Floats, Floats, Floats]]:
    """The same work, with nothing new to tell."""
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            found: tuple[Floats, Floats, Floats] = ended.value
            return found
        yield False


def _systematic(weights: Floats, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """`count` row numbers, each row about as often as its share says (Kitagawa 1996), shuffled."""
    total = weights.cumsum()
    spots = (np.arange(count) + rng.random()) / count * total[-1]
    found = np.searchsorted(total, spots, side="right").clip(0, len(weights) - 1)
    return rng.permutation(found.astype(np.int64))


def _shares(weights: Floats) -> Floats:
    """Each row of weights, adding up to 1."""
    return np.asarray(weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-300))
