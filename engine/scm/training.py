"""Training one bank to the end, a little at a time: each `next` is one step or one look."""

import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.mechanisms.bank import BLOCK, Bank
from engine.mechanisms.settings import FitSettings
from engine.scm.slots import Columns, Problem
from engine.seeds import generator

_LOOK_ROWS = 1024
_WARM_UP = 20


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """One network to train: at most `steps`, fewer if it is `watched` on held-out rows."""

    key: str
    problem: Problem
    steps: int
    watched: bool


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast all courses of a bank go: rows per step, and Adam's step size over `steps`."""

    steps: int
    batch: int
    rate: float

    def at(self, step: int) -> float:
        """Adam's step size: a short warm-up, then half a cosine down to zero."""
        share = min(1.0, step / self.steps)
        return self.rate * min(1.0, (step + 1) / _WARM_UP) * 0.5 * (1 + math.cos(math.pi * share))


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """Where a course is. `weights` (size,) averaged: the best so far if watched, else the newest.

    `train` and `valid` are nats per row in the bank's units; `finished` ends the course, its
    weights then those of step `best_step`.
    """

    course: Course
    step: int
    best_step: int
    train: float
    valid: float
    weights: Tensor
    finished: bool


@dataclass(slots=True)
class _Best:
    score: float
    step: int
    weights: Tensor
    waited: int = 0


def train(
    courses: Sequence[Course],
    columns: Columns,
    learnt: Tensor,
    watched: Tensor,
    pace: Pace,
    settings: FitSettings,
    seed: int,
    device: str,
    cancelled: set[str],
) -> Iterator[list[Look]]:
    """Train `courses` (all of one shape) together; yields what there is to tell after each bit.

    `learnt` and `watched` are table row numbers; every course sees the same rows in the same
    order, whoever trains beside it. Courses whose key is `cancelled` are dropped at the next look.
    """
    shape = courses[0].problem.shape
    bank = Bank(shape, columns.values, [c.problem.slot for c in courses], settings.average, device)
    best = [_Best(-math.inf, 0, bank.averaged[i].clone()) for i in range(len(courses))]
    active, batches = list(courses), _batches(learnt, pace.batch, seed)
    losses = torch.zeros(len(bank.averaged))
    step = 0
    while True:
        valid = yield from _valid(bank, active, watched)
        looks = _look(bank, active, best, step, losses, valid, settings)
        left = [i for i, look in enumerate(looks) if not look.finished]
        left = [i for i in left if active[i].key not in cancelled]
        if len(left) < len(active):
            active, best = [active[i] for i in left], [best[i] for i in left]
            if left:
                bank.keep(left)
        yield looks
        if not active:
            return
        losses = torch.zeros(len(bank.averaged))
        goal = min(step - step % settings.check + settings.check, min(c.steps for c in active))
        span = max(1, goal - step)
        for _ in range(span):
            rows, counted = next(batches)
            losses += bank.step(rows, counted, pace.at(step)).cpu() / span
            step += 1
            yield []


def _look(
    bank: Bank,
    active: list[Course],
    best: list[_Best],
    step: int,
    losses: Tensor,
    valid: list[float],
    settings: FitSettings,
) -> list[Look]:
    looks = []
    for i, course in enumerate(active):
        at = best[i]
        if not course.watched or valid[i] > at.score:
            at.score, at.step, at.waited = valid[i], step, 0
            at.weights = bank.averaged[i].clone()
        elif step:
            at.waited += 1
        ends = step >= course.steps or (course.watched and at.waited >= settings.patience)
        train_score = -float(losses[i]) if step else math.nan
        looks.append(Look(course, step, at.step, train_score, valid[i], at.weights, ends))
    return looks


def _valid(
    bank: Bank, active: list[Course], rows: Tensor
) -> Generator[list[Look], None, list[float]]:
    """Mean held-out nats per course, a block of rows at a time; NaN where nobody watches."""
    if not any(course.watched for course in active) or not len(rows):
        return [math.nan] * len(active)
    total = torch.zeros(len(bank.averaged), dtype=torch.float64)
    weight = torch.zeros(len(bank.averaged), dtype=torch.float64)
    for block in torch.split(rows, _LOOK_ROWS):
        padded, counted = _padded(block)
        nats, weights = bank.scores(padded)
        total += (nats * weights * counted).double().sum(1)
        weight += (weights * counted).double().sum(1)
        yield []
    return (total / weight.clamp(min=1e-9)).tolist()[: len(active)]


def _batches(pool: Tensor, size: int, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Rows of `pool` in a seeded order, `size` at a time, for ever; padding is not counted."""
    epoch = 0
    if len(pool) <= size:
        while True:
            yield _padded(pool)
    while True:
        rng = generator(seed, "order", str(len(pool)), str(epoch))
        order = pool[torch.randperm(len(pool), generator=rng)]
        for start in range(0, len(pool) - size + 1, size):
            yield order[start : start + size], torch.ones(size)
        epoch += 1


def _padded(rows: Tensor) -> tuple[Tensor, Tensor]:
    """Row numbers filled up to a whole block with copies of the first, and 1 where they count."""
    missing = -len(rows) % BLOCK
    counted = torch.cat((torch.ones(len(rows)), torch.zeros(missing)))
    return torch.cat((rows, rows[:1].expand(missing))), counted
