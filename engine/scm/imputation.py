"""Filling gaps from the model itself: Monte-Carlo EM over the mechanisms of the observational law.

Wei, Tanner, J. Amer. Statist. Assoc. 1990. Every row with gaps is held several times over. In turn
the gaps of every copy are drawn given what was seen in that row (`engine.scm.gibbs`), and the
mechanisms are fitted again to complete rows and copies together: first closed forms, from those of
the complete rows on, then the families that the held-out rows choose. For the last draw each copy
has mechanisms of its own, fitted to a resample of the rows in which it took part alone, so that
copies differ as much as what is known of the mechanisms allows (Honaker, King, Amer. J. Polit. Sci.
2010). Rounds are counted, so that the same seed gives the same numbers.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import torch

from engine.data.table import Table
from engine.errors import FitError
from engine.mechanisms.settings import FitSettings
from engine.scm.cases import cases_of
from engine.scm.closed import fit_closed, fit_line
from engine.scm.conditional import Conditional
from engine.scm.fitted import Done, Failed, Filling, FitTask, Fitted, Intervals
from engine.scm.fitting import DEFAULT, FitRun
from engine.scm.gaps import Gaps, gaps_of, stacked
from engine.scm.gibbs import Chains, Factor
from engine.scm.selection import AUTO, candidates
from engine.seeds import generator

FEWEST_COPIES = 4
ROUNDS = 10  # of closed forms
CURVED = 2  # rounds of the families that fit best
_SETTLED = 2  # sweeps of the last draw
_WEIGHT = 5  # a round of families takes as long as so many others, for the bar of progress
_DRAWN = 20_000  # rows of copies that are enough to fit a closed form in between
_MOST_NEAR = 30  # variables that a line for candidates is given
_STEPS, _PATIENCE = 400, 6  # of networks on the way


@dataclass(frozen=True, slots=True, eq=False)
class Completed:
    """A table of complete rows and of copies of the others, and what was filled in."""

    table: Table
    gaps: Gaps
    copies: int


Law = dict[str, Factor]


def copies_for(settings: FitSettings) -> int:
    """How often a row with gaps is held: once for each bootstrap member of a network."""
    return max(FEWEST_COPIES, settings.members)


def completed(
    table: Table,
    law: Sequence[FitTask],
    seed: int,
    settings: FitSettings = DEFAULT,
    *,
    whole: bool = False,
) -> Generator[Filling, None, Completed]:
    """`table` with its gaps in the variables of `law` (causes first) filled in.

    Yields after every slice of work. `whole`: fill in also what says nothing about the mechanisms
    of the law (see `gaps_of`), for a conditional of another kind. A variable without any value, or
    one that no mechanism can be found for, is a FitError.
    """
    gaps, copies = gaps_of(table, law, whole=whole), copies_for(settings)
    if not len(gaps.rows):
        return Completed(table, gaps, 0)
    return (yield from _Em(table, gaps, copies, seed, settings).run())


class _Em:
    """The chains, and the mechanisms in between."""

    def __init__(
        self, table: Table, gaps: Gaps, copies: int, seed: int, settings: FitSettings
    ) -> None:
        self.table, self.gaps, self.copies, self.seed = table, gaps, copies, seed
        self.settings = settings
        names = [task.conditional.target for task in gaps.law]
        columns = {name: torch.from_numpy(table[name][gaps.rows.numpy()]) for name in names}
        values = {name: column.repeat(copies) for name, column in columns.items()}
        self.chains = Chains(gaps, copies, values)
        self.few = min(copies, max(1, -(-_DRAWN // len(gaps.rows))))
        self.done = 0

    def run(self) -> Generator[Filling, None, Completed]:
        """All rounds; mechanisms of the families that fit best last."""
        first: Law = {}
        for task in self.gaps.law:
            if task in self.gaps.touched:
                first[task.conditional.target] = self._from_complete(task)
                yield self._at()
        yield from self._drawn(self.chains.begin(first, self._rng("begin")))
        law, near = first, (yield from self._near(self.table))
        for number in range(ROUNDS):
            for again in range(_SETTLED):
                rng = self._rng("sweep", str(number), str(again))
                yield from self._drawn(self.chains.sweep(law, near, rng))
            table = self._stacked(self.few)
            law = yield from self._closed(table)
            near = yield from self._near(table)
            self.done += 1
        families = {task.conditional: AUTO for task in self.gaps.touched}
        for number in range(CURVED):
            last = number == CURVED - 1
            fits = yield from self._fitted(families, members=last)
            families = {fit.conditional: fit.family for fit in fits}
            near = yield from self._near(self._stacked(self.few))
            yield from self._settled(fits, near, number, last=last)
            self.done += _WEIGHT
        return Completed(self._stacked(self.copies), self.gaps, self.copies)

    def _settled(
        self, fits: Sequence[Fitted], near: Law, number: int, *, last: bool
    ) -> Iterator[Filling]:
        """Every copy drawn anew: at last by mechanisms of its own."""
        law = {fit.conditional.target: _factor(fit) for fit in fits}
        for again in range(_SETTLED):
            if not last:
                rng = self._rng("settle", str(number), str(again))
                yield from self._drawn(self.chains.sweep(law, near, rng))
                continue
            for copy in range(self.copies):
                own = {fit.conditional.target: _factor(fit, copy) for fit in fits}
                rng = self._rng("copy", str(copy), str(again))
                yield from self._drawn(self.chains.sweep(own, near, rng, copy))

    def _from_complete(self, task: FitTask) -> Factor:
        """The closed form of the complete rows; of the variable alone where they are too few."""
        for given in (task.conditional.given, ()):
            conditional = Conditional(task.conditional.target, given)
            try:
                return self._closed_form(replace(task, conditional=conditional), self.table)
            except FitError as error:
                refused = error
        raise refused

    def _closed(self, table: Table) -> Generator[Filling, None, Law]:
        law: Law = {}
        for task in self.gaps.touched:
            law[task.conditional.target] = self._closed_form(task, table)
            yield self._at()
        return law

    def _closed_form(self, task: FitTask, table: Table) -> Factor:
        cases = cases_of(task.conditional, table, task.unset)
        family = candidates(AUTO, cases, self.settings)[0]
        return Factor(task.conditional.given, fit_closed(family, cases, cases.weights))

    def _near(self, table: Table) -> Generator[Filling, None, Law]:
        """For every number with gaps, a line given its causes, effects and their other causes."""
        lines: Law = {}
        for task in self.gaps.law:
            name = task.conditional.target
            if self.gaps.levels[name] or not bool(self.gaps.filled[name].any()):
                continue
            given = self._blanket(task.conditional)
            try:
                cases = cases_of(Conditional(name, given), table)
            except FitError:  # they are never seen together: the mechanism alone has to do
                continue
            lines[name] = Factor(given, fit_line(cases, cases.weights))
            yield self._at()
        return lines

    def _blanket(self, own: Conditional) -> tuple[str, ...]:
        effects = [t.conditional for t in self.gaps.law if own.target in t.conditional.given]
        around = [*own.given, *(e.target for e in effects)]
        around += [cause for e in effects for cause in e.given if cause != own.target]
        return tuple(dict.fromkeys(around))[:_MOST_NEAR]

    def _fitted(
        self, families: Mapping[Conditional, str], *, members: bool
    ) -> Generator[Filling, None, list[Fitted]]:
        """The touched mechanisms, each by its family, with one member per copy if wanted."""
        settings = replace(
            self.settings,
            steps=min(_STEPS, self.settings.steps),
            patience=min(_PATIENCE, self.settings.patience),
            members=self.copies if members else 0,
            closed_members=self.copies if members else 0,
        )
        tasks = [replace(t, family=families[t.conditional]) for t in self.gaps.touched]
        found: dict[Conditional, Fitted] = {}
        for event in FitRun(
            tasks, self._stacked(self.copies), self.seed, settings=settings
        ).slices():
            match event:
                case Done(fitted) | Intervals(fitted):
                    found[fitted.conditional] = fitted
                case Failed(_, _, error):
                    raise error
            yield self._at()
        return [found[task.conditional] for task in tasks]

    def _stacked(self, copies: int) -> Table:
        drawn = {name: value[:copies] for name, value in self.chains.tables.items()}
        return stacked(self.table, self.gaps, drawn)

    def _drawn(self, steps: Iterable[None]) -> Iterator[Filling]:
        for _ in steps:
            yield self._at()

    def _at(self) -> Filling:
        return Filling(self.done, ROUNDS + CURVED * _WEIGHT)

    def _rng(self, *purpose: str) -> torch.Generator:
        return generator(self.seed, "imputation", *purpose)


def _factor(fit: Fitted, copy: int | None = None) -> Factor:
    """The mechanism of a fit, or that of one copy."""
    mechanism = fit.mechanism if copy is None or not fit.members else fit.members[copy]
    return Factor(fit.conditional.given, mechanism)
