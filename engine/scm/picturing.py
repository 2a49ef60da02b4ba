"""Pictures are learnt given their causes, after everything else: one generator of events.

A line first (least squares), then the network on top of it, with z = 0. Half-way it is looked at
what the causes leave over: only where that has a shape of its own is z learnt as well, so that z
never says what the causes say.
"""

import math
import time
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.data.pictures import Pictures, Pixels
from engine.data.rows import counted_rows
from engine.data.table import Table
from engine.errors import FitError
from engine.mechanisms.adam import Adam
from engine.mechanisms.encoding import Encoder, encoder_of
from engine.mechanisms.picture import FAMILY, Picture, Sizes, code, decoded, divergence, seen
from engine.mechanisms.settings import PictureSettings
from engine.queries.answers import Stage
from engine.runtime.messages import FitReport
from engine.scm.conditional import Conditional
from engine.scm.fitted import (
    Done,
    Failed,
    FirstGuess,
    FitEvent,
    FitTask,
    Fitted,
    Interim,
    Intervals,
    Progress,
    Tick,
)
from engine.scm.keys import picture_key
from engine.seeds import generator

DEFAULT = PictureSettings()
SLICE = 0.012  # seconds of work after which a slice ends at the next step
FEWEST = 30  # rows
AT_ONCE = 128  # pictures looked at in one slice
LEAST = 0.5  # levels: what rounding leaves over
MOST_HELD = 200  # pictures held out: they tell how good it is, and when it is best
_RIDGE = 1e-3  # rows' worth of the line's prior
_WAVES = 2.0  # sd of the sines' frequencies, radians per sd of a cause
_FIRST_LOOKS = (25, 50, 100, 200)  # steps after which a picture is shown, beside every `shown`


@dataclass(frozen=True, slots=True, eq=False)
class _Cases:
    """The pictures whose causes are known: where they are among `pixels`, which are learnt, held.

    `encoded` (cases, width) are the causes as networks see them; `learnt` and `held` are positions.
    """

    pixels: Pixels
    rows: NDArray[np.intp]
    encoded: Tensor
    learnt: Tensor
    held: Tensor

    def levels(self, picked: Tensor) -> Tensor:
        """Pictures at these positions, flat, levels as float32 (picked, pixels)."""
        chosen = self.pixels[self.rows[picked.numpy()]]
        return torch.from_numpy(chosen.reshape(len(chosen), -1)).float()


class PictureRun:
    """The fits of pictures, one after the other, a slice at a time; stands beside `FitRun`."""

    def __init__(
        self,
        tasks: Iterable[FitTask],
        table: Table,
        seed: int,
        settings: PictureSettings = DEFAULT,
    ) -> None:
        torch.set_num_threads(1)
        self.tasks, self.table, self.seed, self.settings = tuple(tasks), table, seed, settings
        self.cancelled: set[str] = set()
        self._courses: list[_Course] = []
        self._begun = False

    def cancel(self, keys: Iterable[str]) -> None:
        """Drop these fits; nothing more is told of them."""
        self.cancelled.update(keys)

    def begun(self) -> Iterator[FitEvent]:
        """First guesses, of every picture."""
        for task in self.tasks:
            key = picture_key(task.conditional, self.table, self.seed, self.settings)
            if key in self.cancelled:
                continue
            try:
                course = _Course(task.conditional, key, self.table, self.seed, self.settings)
            except FitError as error:
                yield Failed(task.conditional, key, error)
                continue
            self._courses.append(course)
            yield from course.straight()
        self._begun = True

    def slices(self) -> Iterator[FitEvent]:
        """Work and tell: first guesses, if nobody had them, then one after the other is learnt."""
        if not self._begun:
            yield from self.begun()
        for course in self._courses:
            for event in course.events():
                if course.key in self.cancelled:
                    break
                yield event


class _Course:
    """One picture's training: where it is, and what it tells."""

    def __init__(
        self, conditional: Conditional, key: str, table: Table, seed: int, settings: PictureSettings
    ) -> None:
        self.conditional, self.key, self.settings = conditional, key, settings
        pictures = table.pictures[conditional.target]
        self.encoder = encoder_of(table, conditional.given)
        self.cases = _cases(conditional, pictures, table, self.encoder, seed)
        self.rng = generator(seed, "picture", conditional.target)
        self.shape = tuple(pictures.pixels.shape[1:])
        self.dropped = table.rows - len(self.cases.rows)
        pixels = int(np.prod(self.shape))
        self.sizes = Sizes(self.cases.encoded.shape[1], 0, settings.width, pixels)
        self.weights = _begun(self.sizes, self.rng)
        self.centre, self.variance, self.scale = torch.zeros(pixels), 0.0, 1.0
        self.rest: float = 1.0  # mean square of what is left over, in units of scale², of late
        self.linear = -math.inf
        self.batch = max(16, min(settings.batch, settings.batch * 4096 // pixels))

    def straight(self) -> Iterator[FitEvent]:
        """The line: least squares of the pixels on the causes, with a trace of a prior."""
        learnt, pixels = self.cases.learnt, self.sizes.pixels
        encoded = self.cases.encoded.double()
        middle = encoded[learnt].mean(0)
        total, squares = torch.zeros(pixels).double(), torch.zeros(pixels).double()
        crossed = torch.zeros(self.sizes.parents, pixels).double()
        for some in torch.split(learnt, AT_ONCE):
            levels = self.cases.levels(some).double()
            total += levels.sum(0)
            squares += levels.square().sum(0)
            crossed += (encoded[some] - middle).T @ levels
            yield Tick()
        centre = total / len(learnt)
        self.variance = float((squares / len(learnt) - centre.square()).mean())
        self.scale = max(math.sqrt(self.variance), 1.0)
        gram = (encoded[learnt] - middle).T @ (encoded[learnt] - middle)
        gram.diagonal().add_(_RIDGE)
        line = torch.linalg.solve(gram, crossed)
        self.centre = (centre - middle @ line).float()
        self.sizes.parts(self.weights)[0].copy_((line / self.scale).float())
        off = yield from self._look()
        self.linear = self._score(off)
        yield FirstGuess(self._fitted(Stage.FIRST_GUESS, 0, off))

    def events(self) -> Iterator[FitEvent]:
        """Snapshots and scores, then the end."""
        settings, adam = self.settings, Adam(self.weights[None].clone())
        self.weights = adam.weights[0]
        started, best, kept = time.perf_counter(), -math.inf, self.weights.clone()
        for step in range(1, settings.steps + 1):
            if step == settings.steps // 2 and (yield from self._has_own_shape()):
                self._add_latent()
                adam = Adam(self.weights[None].clone())
                self.weights, best = adam.weights[0], -math.inf
            gradient, loss = self._gradient(step)
            adam.step(gradient[None], settings.rate * _pace(step / settings.steps))
            checks = step % settings.check == 0 or step == settings.steps
            shows = step % settings.shown == 0 or step in _FIRST_LOOKS
            off = (yield from self._look()) if checks or shows else 0.0
            if checks:
                valid = self._score(off)
                train = _nats(loss * self.scale**2, self._spread(), self.sizes.pixels)
                yield Progress(self.conditional, step, settings.steps, train, valid, self.key)
                if valid > best:
                    best, kept = valid, self.weights.clone()
            if shows:
                yield Interim(self._fitted(Stage.TRAINING, step, off))
            elif time.perf_counter() - started > SLICE:
                yield Tick()
                started = time.perf_counter()
        self.weights = kept.half().float()  # what is kept packs to half its size
        off = yield from self._look()
        fitted = self._fitted(Stage.FITTED, settings.steps, off)
        yield Done(fitted)
        yield Intervals(fitted)

    def _gradient(self, step: int) -> tuple[Tensor, float]:
        """Gradient of the loss in the weights for one batch, and its mean square per pixel."""
        picked = self.cases.learnt[
            torch.randint(len(self.cases.learnt), (self.batch,), generator=self.rng)
        ]
        target = (self.cases.levels(picked) - self.centre) / self.scale
        encoded = self.cases.encoded[picked]
        weights = self.weights.detach().requires_grad_()
        with torch.enable_grad():
            parts = self.sizes.parts(weights)
            if self.sizes.latent:
                with torch.no_grad():
                    rest = target - decoded(parts, encoded, self.sizes.latent)
                middle, log_sd = code(parts, rest)
                luck = torch.randn(middle.shape, generator=self.rng)
                z = middle + log_sd.exp() * luck
                cost = divergence(middle, log_sd).mean()
            else:
                z, cost = None, torch.zeros(())
            square = (decoded(parts, encoded, self.sizes.latent, z) - target).square().mean()
            half = self.settings.steps / 2
            warm = min(1.0, (step - half) / (half / 4)) if self.sizes.latent else 0.0
            total = square + 2 * warm * self.rest / self.sizes.pixels * cost
            (gradient,) = torch.autograd.grad(total, weights)
        loss = float(square.detach())
        self.rest += 0.02 * (loss - self.rest) if step > 1 else loss - self.rest
        return gradient, loss

    def _has_own_shape(self) -> Generator[Tick, None, bool]:
        """True where what the causes leave over has a shape: a few directions hold much of it.

        As much of the pictures' variance as the settings ask for, on learnt and on held-out rows:
        what is too bent for few rows is left over on the latter alone.
        """
        shares = []
        for rows in (self.cases.learnt[:MOST_HELD], self.cases.held):
            pieces, products = [], []
            for rest in self._left(rows):
                pieces.append(rest.double())
                yield Tick()
            whole = torch.cat(pieces)
            for piece in pieces:
                products.append(piece @ whole.T)
                yield Tick()
            values = torch.linalg.eigvalsh(torch.cat(products)).flip(0)
            shares.append(float(values[: self.settings.latent].sum()) / whole.numel())
        return min(shares) > self.settings.own_shape * self.variance

    def _add_latent(self) -> None:
        """The same networks with inputs for z and an encoder, which say nothing yet."""
        parts = self.sizes.parts(self.weights)
        self.sizes = replace(self.sizes, latent=self.settings.latent)
        fresh = _begun(self.sizes, self.rng)
        new = self.sizes.parts(fresh)
        for place, part in enumerate(parts):
            new[place].copy_(part)
        self.weights = fresh

    def _left(self, rows: Tensor) -> Iterator[Tensor]:
        """What is left over of these rows' levels (a few rows, pixels), after z if there is one."""
        mechanism = self._mechanism()
        for some in torch.split(rows, self.batch):
            yield mechanism.split(self.cases.levels(some), self.cases.encoded[some])[1]

    def _look(self) -> Generator[Tick, None, float]:
        """Root mean square of what is left over of the held-out rows, levels."""
        total = 0.0
        yield Tick()
        for rest in self._left(self.cases.held):
            total += float(rest.double().square().sum())
            yield Tick()
        return math.sqrt(total / (len(self.cases.held) * self.sizes.pixels))

    def _score(self, off: float) -> float:
        """Nats per held-out row, of what is left over (`_look`) as normal with its own spread."""
        return _nats(off * off, max(off, LEAST), self.sizes.pixels)

    def _spread(self) -> float:
        return max(self.scale * math.sqrt(self.rest), LEAST)

    def _mechanism(self) -> Picture:
        return Picture(
            self.encoder,
            self.shape,
            self.sizes.latent,
            self.sizes.width,
            self.scale,
            self._spread(),
            self.centre,
            self.weights.detach().clone(),
        )

    def _fitted(self, stage: Stage, step: int, off: float) -> Fitted:
        score = self._score(off)
        what = "a straight line, a first guess" if stage is Stage.FIRST_GUESS else "a network"
        own = f", with {self.sizes.latent} numbers of its own" if self.sizes.latent else ""
        why = f"drawn from its causes by {what}{own}: {off:.1f} of 255 levels off, noise included"
        report = FitReport(
            variable=self.conditional.target,
            family=FAMILY,
            heldout_loglik=score,
            linear_loglik=self.linear if stage is not Stage.FIRST_GUESS else score,
            why=why,
            steps=step,
            rows=len(self.cases.rows),
            dropped=self.dropped,
        )
        mechanism = replace(self._mechanism(), spread=max(off, LEAST))
        return Fitted(self.conditional, self.key, FAMILY, mechanism, (), report, stage, step)


def _cases(
    conditional: Conditional, pictures: Pictures, table: Table, encoder: Encoder, seed: int
) -> _Cases:
    given = conditional.given
    keep = counted_rows(table) & table.complete(given)
    rows = np.flatnonzero(keep)
    if len(rows) < FEWEST:
        raise FitError(
            f"{conditional.target} has only {len(rows)} pictures whose causes are all known",
            where=conditional.target,
            remedy=f"it takes {FEWEST}",
        )
    raw = torch.empty(len(rows), len(given), dtype=torch.float64)
    for place, name in enumerate(given):
        raw[:, place] = torch.from_numpy(table[name][rows])
    order = torch.randperm(len(rows), generator=generator(seed, "pictures held out"))
    held = min(MOST_HELD, len(rows) // 5)
    encoded = seen(encoder, raw)
    return _Cases(pictures.pixels, rows, encoded, order[held:], order[:held])


def _begun(sizes: Sizes, rng: torch.Generator) -> Tensor:
    """Weights before training: even draws by the number of inputs; the last layer and z say 0."""
    weights = torch.zeros(sizes.total)
    parts = sizes.parts(weights)
    for place in (1, 3, 6, 7, 9)[: 5 if sizes.latent else 2]:
        reach = (3 / max(1, len(parts[place]))) ** 0.5
        parts[place].uniform_(-reach, reach, generator=rng)
    parts[2].uniform_(-1, 1, generator=rng)
    waves = parts[1][:, sizes.width // 2 :]
    waves.normal_(0, _WAVES, generator=rng)
    parts[2][sizes.width // 2 :].uniform_(-math.pi, math.pi, generator=rng)
    return weights


def _pace(done: float) -> float:
    """Share of the peak step size after `done` of the steps: a short rise, then a cosine."""
    return min(1.0, done * 50) * (0.5 + 0.5 * math.cos(math.pi * done)) + 1e-3


def _nats(square: float, spread: float, pixels: int) -> float:
    """Log density per row of levels that are off by a mean square, normal with sd `spread`."""
    return -pixels * (square / (2 * spread**2) + math.log(spread * (2 * math.pi) ** 0.5))
