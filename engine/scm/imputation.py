"""Filling gaps from the model itself: Monte-Carlo EM over the mechanisms of the observational law.

Wei, Tanner, J. Amer. Statist. Assoc. 1990. Every row with gaps is held several times over. In turn
the gaps of every copy are drawn given what was seen in that row (`engine.scm.gibbs`), and the
mechanisms are fitted again to complete rows and copies together. For the last draw each copy has
mechanisms of its own, fitted to a resample of the rows in which it took part alone, so that copies
differ as much as what is known of the mechanisms allows (Honaker, King, Amer. J. Polit. Sci. 2010).
Rounds are counted, so that the same seed gives the same numbers.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import torch

from engine.data.table import Table
from engine.errors import FitError
from engine.mechanisms.families import FAMILIES
from engine.mechanisms.settings import FitSettings
from engine.scm.cases import cases_of
from engine.scm.closed import fit_closed, fit_line
from engine.scm.conditional import Conditional
from engine.scm.fitted import Done, Failed, Filling, FitTask, Fitted, Intervals
from engine.scm.fitting import DEFAULT, FitRun
from engine.scm.gaps import Gaps, gaps_of, stacked
from engine.scm.gibbs import Chains, Factor
from engine.scm.selection import AUTO, candidates
from engine.scm.starting import starting
from engine.seeds import generator

FEWEST_COPIES = 4
ROUNDS = 12  # of closed forms; one with a network counts twice
_SWEEPS = 2  # of a round
_DRAWN = 20_000  # rows of copies that are enough in between
_MOST_NEAR = 30  # variables that a line for candidates is given
_STEPS, _PATIENCE = 400, 6  # of a network while families are chosen
_FEW_STEPS, _LITTLE = 150, 4  # and once its family is known


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
        self.families = dict.fromkeys((task.conditional for task in gaps.touched), AUTO)
        self.done = 0

    def run(self) -> Generator[Filling, None, Completed]:
        """The start, then draws of the gaps and fits of the mechanisms by turns.

        Families are chosen at the start and once more half way.
        """
        start = starting(self.table, self.gaps)
        fits = yield from self._fitted(start, choose=True)
        law, near = self._started(fits), (yield from self._near(start))
        yield from self._drawn(self.chains.begin(law, self._rng("begin")))
        chosen = False
        while self.done < ROUNDS:
            for again in range(_SWEEPS):
                rng = self._rng("sweep", str(self.done), str(again))
                yield from self._drawn(self.chains.sweep(law, near, rng))
            choose = not chosen and 2 * self.done >= ROUNDS
            chosen = chosen or choose
            last = self.done + self._cost() >= ROUNDS and not choose
            table = self._stacked(self.copies if last else self.few)
            self.done += self._cost()
            fits = yield from self._fitted(table, choose=choose, members=last)
            law, near = _law(fits), (yield from self._near(table))
        yield from self._own(fits, near)
        return Completed(self._stacked(self.copies), self.gaps, self.copies)

    def _own(self, fits: Sequence[Fitted], near: Law) -> Iterator[Filling]:
        """At last every copy drawn by mechanisms of its own."""
        for copy in range(self.copies):
            own = _law(fits, copy)
            for again in range(_SWEEPS):
                rng = self._rng("copy", str(copy), str(again))
                yield from self._drawn(self.chains.sweep(own, near, rng, copy))

    def _started(self, fits: Sequence[Fitted]) -> Law:
        """The first mechanisms; where too few rows are complete, a variable's own values alone."""
        law = _law(fits)
        for task in self.gaps.touched:
            name = task.conditional.target
            if name not in law:
                cases = cases_of(Conditional(name), self.table, task.unset)
                family = candidates(AUTO, cases, self.settings)[0]
                law[name] = Factor((), fit_closed(family, cases, cases.weights))
        return law

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
        self, table: Table, *, choose: bool, members: bool = False
    ) -> Generator[Filling, None, list[Fitted]]:
        """The touched mechanisms, with one member per copy if wanted; `choose` their families."""
        settings = replace(
            self.settings,
            steps=min(_STEPS if choose else _FEW_STEPS, self.settings.steps),
            patience=min(_PATIENCE if choose else _LITTLE, self.settings.patience),
            members=self.copies if members else 0,
            closed_members=self.copies if members else 0,
        )
        tasks = [
            replace(task, family=AUTO if choose else self.families[task.conditional])
            for task in self.gaps.touched
        ]
        found: dict[Conditional, Fitted] = {}
        for event in FitRun(tasks, table, self.seed, settings=settings).slices():
            match event:
                case Done(fitted) | Intervals(fitted):
                    found[fitted.conditional] = fitted
                case Failed(_, _, error) if self.done:
                    raise error
            yield self._at()
        self.families.update({fit.conditional: fit.family for fit in found.values()})
        return [found[task.conditional] for task in tasks if task.conditional in found]

    def _cost(self) -> int:
        closed = (family != AUTO and FAMILIES[family].closed for family in self.families.values())
        return 1 if all(closed) else 2

    def _stacked(self, copies: int) -> Table:
        drawn = {name: value[:copies] for name, value in self.chains.tables.items()}
        return stacked(self.table, self.gaps, drawn)

    def _drawn(self, steps: Iterable[None]) -> Iterator[Filling]:
        for _ in steps:
            yield self._at()

    def _at(self) -> Filling:
        return Filling(min(self.done, ROUNDS), ROUNDS + 1)

    def _rng(self, *purpose: str) -> torch.Generator:
        return generator(self.seed, "imputation", *purpose)


def _law(fits: Iterable[Fitted], copy: int | None = None) -> Law:
    """The mechanisms by variable: the point fits, or those of one copy."""
    law: Law = {}
    for fit in fits:
        mechanism = fit.mechanism if copy is None or not fit.members else fit.members[copy]
        law[fit.conditional.target] = Factor(fit.conditional.given, mechanism)
    return law
