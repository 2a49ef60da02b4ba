"""Fitting as a generator: first guesses of all, then selection, refits, and bootstrap members.

Each `next` is a slice of at most about 20 ms. What comes out under a key depends on the key alone:
not on the company, not on the speed of the machine, not on where slices are cut.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import torch

from engine.data.table import Table
from engine.errors import FitError
from engine.mechanisms.families import FAMILIES
from engine.mechanisms.settings import FitSettings, paced
from engine.queries.answers import Stage
from engine.scm.attempt import Attempt, begin, thinned
from engine.scm.cases import held_out
from engine.scm.closed import refit
from engine.scm.fitted import Done as Done
from engine.scm.fitted import Failed as Failed
from engine.scm.fitted import FirstGuess as FirstGuess
from engine.scm.fitted import FitEvent as FitEvent
from engine.scm.fitted import FitTask as FitTask
from engine.scm.fitted import Fitted as Fitted
from engine.scm.fitted import Interim as Interim
from engine.scm.fitted import Intervals as Intervals
from engine.scm.fitted import Progress as Progress
from engine.scm.fitted import Tick as Tick
from engine.scm.joining import Joint, joined
from engine.scm.keys import fit_key as fit_key
from engine.scm.slots import Trained, columns_of, mechanism_of, problem_of, shape_of
from engine.scm.training import Course, Look, Pace, train
from engine.scm.weights import fitted_from_bytes as fitted_from_bytes
from engine.scm.weights import fitted_to_bytes as fitted_to_bytes

SLICE = 0.012  # seconds of work after which a slice ends at the next step
COMPANY = 12  # slots per bank: one step of that many stays well below a slice
_INTERIM = 10  # snapshots per fit

_TIMES = {"spline-linear": 0.5, "categorical": 2.0}  # more or fewer steps than others

DEFAULT = FitSettings()


@dataclass(frozen=True, slots=True)
class _Order:
    """One network to train for an attempt: while families are compared, the refit, or a member."""

    attempt: Attempt
    family: str
    steps: int
    comparing: bool = False
    member: int | None = None
    start: Trained | None = None


_Tell = Callable[[_Order, Look], Iterator[FitEvent]]


class FitRun:
    """The fits of `tasks` on `table`, one slice at a time."""

    def __init__(
        self,
        tasks: Iterable[FitTask],
        table: Table,
        seed: int,
        device: str = "cpu",
        settings: FitSettings = DEFAULT,
    ) -> None:
        torch.set_num_threads(1)  # the same sums on every machine, and a core for the window
        self.tasks, self.table, self.seed = tuple(tasks), table, seed
        self.device, self.settings, self.asked = device, paced(settings, table.rows), settings
        self.attempts: list[Attempt] = []
        self.joints: dict[str, Joint] = {}
        self.cancelled: set[str] = set()
        given = [name for task in self.tasks for name in task.conditional.given]
        self._given = tuple(dict.fromkeys(name for name in given if name in table))

    def cancel(self, keys: Iterable[str]) -> None:
        """Drop these fits; nothing more is told of them."""
        for key in keys:
            self.cancelled.update((key, *(p for p, j in self.joints.items() if j.key == key)))

    def slices(self) -> Iterator[FitEvent]:
        """Work and tell, until everything is fitted with its members."""
        yield from joined(self._parts(), self.joints)

    def _parts(self) -> Iterator[FitEvent]:
        yield from self._first_guesses()
        for attempt in self._open():
            if not attempt.waiting:
                yield from self._decided(attempt)
        yield from self._closed_members()
        self.columns = columns_of(self.table, self._given)
        for family in FAMILIES:  # simplest first: each goes on from what came before
            orders = [
                _Order(a, family, self._steps(family), comparing=True, start=a.simpler(family))
                for a in self._open()
                if family in a.waiting
            ]
            yield from self._trained(orders, self._compared, together=True)
        refits = [self._refit(a) for a in self._open() if a.choice and a.fitted is None]
        yield from self._trained(refits, self._refitted, together=True)
        yield from self._closed_members()
        members = [
            self._member(attempt, family, m)
            for attempt in self._open()
            for m, family in enumerate(attempt.lots)
            if family not in attempt.closed
        ]
        yield from self._trained(members, self._resampled, together=False)

    def _refit(self, attempt: Attempt) -> _Order:
        """The chosen family on all rows, from where comparing ended, and for no more steps."""
        if attempt.choice is None:
            raise ValueError("a family is chosen before it is refitted")
        family = attempt.choice.family
        steps = max(1, min(self.settings.refit, attempt.steps[family]))
        return _Order(attempt, family, steps, start=attempt.trained.get(family))

    def _member(self, attempt: Attempt, family: str, member: int) -> _Order:
        """A bootstrap member, from the point fit's weights where it is of the same family."""
        own = attempt.choice is not None and attempt.choice.family == family
        start = attempt.final if own else attempt.trained.get(family)
        return _Order(attempt, family, self.settings.member_steps, member=member, start=start)

    # ── closed forms ───────────────────────────────────────────────────────────────────────────

    def _first_guesses(self) -> Iterator[FitEvent]:
        seen: set[str] = set()
        for task in self.tasks:
            try:
                key = fit_key(
                    task.conditional,
                    self.table,
                    task.family,
                    self.seed,
                    self.asked,
                    task.unset,
                )
                if key in seen:
                    continue
                seen.add(key)
                attempts, joint = begin(task, key, self.table, self.seed, self.settings)
            except FitError as error:
                yield Failed(task.conditional, key, error)
                continue
            self.attempts += attempts
            if joint is not None:
                self.joints |= {joint.gate: joint, joint.rest: joint}
            for attempt in attempts:
                yield self._first_guess(attempt)

    def _first_guess(self, attempt: Attempt) -> FirstGuess:
        family = "table" if "table" in attempt.closed else attempt.baseline
        why = f"{FAMILIES[family].words}: a first guess"
        guess, score = attempt.closed[family], attempt.mean(family)
        return FirstGuess(attempt.as_fitted(family, guess, why, Stage.FIRST_GUESS, 0, score))

    def _decided(self, attempt: Attempt) -> Iterator[FitEvent]:
        """Choose the family; a closed form is then already fitted on all rows."""
        choice = attempt.decide()
        attempt.draw_lots(self.settings)
        if choice.family in attempt.closed:
            mechanism = attempt.closed[choice.family]
            score = attempt.mean(choice.family)
            attempt.fitted = attempt.as_fitted(
                choice.family, mechanism, choice.why, Stage.FITTED, 0, score
            )
            yield Done(attempt.fitted)

    def _closed_members(self) -> Iterator[FitEvent]:
        """Bootstrap members of closed forms, of every attempt that is fitted and has none yet."""
        for attempt in self._open():
            lots = [(m, family) for m, family in enumerate(attempt.lots)]
            if attempt.fitted is None or attempt.members:
                continue
            started = time.perf_counter()
            attempt.members.update(attempt.analytic_members(self.settings))
            for m, family in lots:
                if family not in attempt.closed or m in attempt.members:
                    continue
                counts, whole = attempt.counts(m), attempt.closed[family]
                attempt.members[m] = refit(whole, attempt.cases, counts)
                if time.perf_counter() - started > SLICE:
                    yield Tick()
                    started = time.perf_counter()
            yield from self._complete(attempt)

    def _complete(self, attempt: Attempt) -> Iterator[FitEvent]:
        """Intervals, once every member is there."""
        complete = attempt.fitted is not None and len(attempt.members) >= len(attempt.lots)
        if complete and attempt.key not in self.cancelled:
            yield Intervals(attempt.with_members())

    # ── networks ───────────────────────────────────────────────────────────────────────────────

    def _trained(
        self,
        orders: Sequence[_Order],
        tell: _Tell,
        *,
        together: bool,
    ) -> Iterator[FitEvent]:
        """Train all orders, banks taking turns (`together`) or one after the other."""
        groups = _grouped(orders, self.settings)
        waiting = deque(self._bank(group, tell) for group in groups)
        running: deque[Iterator[Iterator[FitEvent]]] = deque()
        started = time.perf_counter()
        while waiting or running:
            while waiting and (together or not running):
                running.append(waiting.popleft())
            events = next(running[0], None)
            if events is None:
                running.popleft()
                continue
            running.rotate(-1)
            yield from events
            if time.perf_counter() - started > SLICE:
                yield Tick()
                started = time.perf_counter()

    def _bank(self, group: Sequence[_Order], tell: _Tell) -> Iterator[Iterator[FitEvent]]:
        """One bank from its orders to its end."""
        courses = []
        for order in group:
            if order.attempt.key not in self.cancelled:
                courses.append(self._course(order))
                yield iter(())
        if not courses:
            return
        out = held_out(self.table, self.seed)
        order = group[0]
        learnt = (~out if order.comparing else torch.ones_like(out)).nonzero().squeeze(1)
        watched = thinned(out.nonzero().squeeze(1), self.settings.scored)
        told = {id(course): order for course, order in courses}
        bits = train(
            [course for course, _ in courses],
            self.columns,
            learnt,
            watched,
            self._pace(order),
            self.settings,
            self.seed,
            self.device,
            self.cancelled,
        )
        for looks in bits:
            yield self._told(looks, told, tell)

    def _pace(self, order: _Order) -> Pace:
        """The pace of a bank; it depends on what is trained, never on the company."""
        settings, half = self.settings, 0.5 * self.settings.rate
        if order.member is not None:
            return Pace(settings.member_steps, settings.batch, settings.member_rate)
        if not order.comparing:
            return Pace(settings.refit, settings.batch, half)
        rate = half if order.family == "flow" else settings.rate
        return Pace(self._steps(order.family), settings.batch, rate)

    def _steps(self, family: str) -> int:
        """At most so many steps while families are compared."""
        return max(1, round(self.settings.steps * _TIMES.get(family, 1.0)))

    def _told(
        self, looks: Sequence[Look], orders: Mapping[int, _Order], tell: _Tell
    ) -> Iterator[FitEvent]:
        for look in looks:
            if look.course.key not in self.cancelled:
                yield from tell(orders[id(look.course)], look)

    def _course(self, order: _Order) -> tuple[Course, _Order]:
        attempt = order.attempt
        fit_on = attempt.learning() if order.comparing else attempt.counts(order.member)
        counted = attempt.counts(None) if order.comparing else fit_on
        problem = problem_of(
            order.family,
            attempt.cases,
            fit_on,
            self.columns,
            self.settings,
            self.seed,
            counted,
            order.start,
        )
        return Course(attempt.key, problem, order.steps, order.comparing), order

    def _compared(self, order: _Order, look: Look) -> Iterator[FitEvent]:
        """While families are compared: progress, snapshots of the leading one, then the choice."""
        attempt, problem = order.attempt, look.course.problem
        valid, train_score = problem.in_user_units(look.valid), problem.in_user_units(look.train)
        attempt.newest[order.family] = valid
        leading = attempt.leading(order.family)
        step, total = self._so_far(order, look.step)
        if leading or len(attempt.waiting) == 1:
            yield Progress(attempt.task.conditional, step, total, train_score, valid, attempt.key)
        if leading and look.best_step == look.step and self._shown(look.step):
            yield Interim(self._snapshot(order, look, step, valid))
        if look.finished:
            attempt.steps[order.family] = look.best_step
            attempt.trained[order.family] = Trained(problem.line, problem.shape, look.weights)
            attempt.compare(order.family, mechanism_of(problem, look.weights))
            if not attempt.waiting:
                yield from self._decided(attempt)

    def _refitted(self, order: _Order, look: Look) -> Iterator[FitEvent]:
        """The chosen family on all rows, for as many steps as held-out rows allowed."""
        attempt, problem = order.attempt, look.course.problem
        step, total = self._so_far(order, look.step)
        heldout = attempt.mean(order.family)
        train_score = problem.in_user_units(look.train)
        yield Progress(attempt.task.conditional, step, total, train_score, heldout, attempt.key)
        if look.finished:
            mechanism = attempt.aimed(order.family, mechanism_of(problem, look.weights))
            attempt.final = Trained(problem.line, problem.shape, look.weights)
            why = attempt.choice.why if attempt.choice else ""
            attempt.fitted = attempt.as_fitted(
                order.family, mechanism, why, Stage.FITTED, step, heldout
            )
            yield Done(attempt.fitted)
        elif self._shown(look.step):
            yield Interim(self._snapshot(order, look, step, heldout))

    def _resampled(self, order: _Order, look: Look) -> Iterator[FitEvent]:
        attempt = order.attempt
        if look.finished and order.member is not None:
            member = mechanism_of(look.course.problem, look.weights)
            attempt.members[order.member] = attempt.aimed(order.family, member, order.member)
            yield from self._complete(attempt)

    def _so_far(self, order: _Order, step: int) -> tuple[int, int]:
        """Steps done and at most to do, over all families of the attempt and the refit."""
        learnt = [f for f in order.attempt.families if not FAMILIES[f].closed]
        before = learnt[: learnt.index(order.family)] if order.comparing else learnt
        total = sum(map(self._steps, learnt)) + self.settings.refit
        return sum(map(self._steps, before)) + step, total

    def _snapshot(self, order: _Order, look: Look, step: int, score: float) -> Fitted:
        mechanism = mechanism_of(look.course.problem, look.weights)
        why = f"{FAMILIES[order.family].words}: still training"
        return order.attempt.as_fitted(order.family, mechanism, why, Stage.TRAINING, step, score)

    def _shown(self, step: int) -> bool:
        every = max(self.settings.check, 4 * self.settings.steps // _INTERIM)
        return step > 0 and step % every < self.settings.check

    def _open(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts if attempt.key not in self.cancelled]


def fit_all(
    tasks: Iterable[FitTask], table: Table, seed: int, settings: FitSettings = DEFAULT
) -> dict[str, Fitted]:
    """Everything fitted, with members, by key; the first conditional that cannot be is raised."""
    found: dict[str, Fitted] = {}
    for event in FitRun(tasks, table, seed, settings=settings).slices():
        match event:
            case Done(fitted) | Intervals(fitted):
                found[fitted.key] = fitted
            case Failed(_, _, error):
                raise error
    return found


def _grouped(orders: Sequence[_Order], settings: FitSettings) -> Iterator[list[_Order]]:
    """Orders of one shape and one purpose, at most COMPANY at a time, in a fixed order."""

    def shape(order: _Order) -> str:
        return repr(shape_of(order.family, order.attempt.cases, settings))

    for _, same in groupby(sorted(orders, key=shape), key=shape):
        group = list(same)
        for start in range(0, len(group), COMPANY):
            yield group[start : start + COMPANY]
