"""Two parts learnt apart and told as one: which atom a row is, and the law of the others."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import torch

from engine.mechanisms.atoms import Atoms, Gate, Rest
from engine.mechanisms.base import Mechanism
from engine.queries.answers import Stage
from engine.scm.fitted import (
    Done,
    Failed,
    FirstGuess,
    FitEvent,
    Fitted,
    Interim,
    Intervals,
    Progress,
    Tick,
)

_ORDER = (Stage.FIRST_GUESS, Stage.TRAINING, Stage.FITTED)


@dataclass(slots=True, eq=False)
class Joint:
    """A fit in two parts; the newest of each, under the keys `gate` and `rest`."""

    key: str
    atoms: tuple[float, ...]
    newest: dict[str, Fitted] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    rest_told: bool = False  # whether the rest has had steps to tell of

    @property
    def gate(self) -> str:
        """Key of the part that says which atom a row is."""
        return f"{self.key}/gate"

    @property
    def rest(self) -> str:
        """Key of the part of all rows that are no atom."""
        return f"{self.key}/rest"

    def speaks(self, key: str) -> bool:
        """True for the part whose steps are told as those of the whole: the rest, if it has any."""
        self.rest_told |= key == self.rest
        return key == self.rest or not self.rest_told

    def heard(self, event: FirstGuess | Interim | Done | Intervals) -> Iterator[FitEvent]:
        """The event of the whole that a part's event makes, once the other part is as far."""
        self.newest[event.fitted.key] = event.fitted
        if len(self.newest) < 2:
            return
        kind = type(event).__name__
        gate, rest = self.newest[self.gate], self.newest[self.rest]
        whole = self._whole(gate, rest)
        if isinstance(event, Interim):
            yield Interim(whole)
        elif isinstance(event, FirstGuess):
            yield FirstGuess(whole)
        elif kind not in self.told and self._both(event, gate, rest):
            self.told.add(kind)
            yield Intervals(whole) if isinstance(event, Intervals) else Done(whole)

    def _both(self, event: FitEvent, gate: Fitted, rest: Fitted) -> bool:
        if isinstance(event, Intervals):
            return bool(gate.members and rest.members)
        return gate.stage is Stage.FITTED and rest.stage is Stage.FITTED

    def _whole(self, gate: Fitted, rest: Fitted) -> Fitted:
        """Both parts as one mechanism of the rest's family; members by number."""
        pairs = zip(gate.members, rest.members, strict=False)
        members = tuple(self._joined(*pair) for pair in pairs)
        shared = rest.report.rows / max(1, gate.report.rows)
        report = replace(
            rest.report,
            heldout_loglik=gate.report.heldout_loglik + shared * rest.report.heldout_loglik,
            linear_loglik=gate.report.linear_loglik + shared * rest.report.linear_loglik,
            why=f"{self._words(rest)}; for the rest {rest.report.why}",
            rows=gate.report.rows,
            dropped=gate.report.dropped,
            deterministic=gate.report.deterministic and rest.report.deterministic,
            intervals=bool(members),
            atoms=self.atoms,
        )
        return replace(
            rest,
            key=self.key,
            mechanism=self._joined(gate.mechanism, rest.mechanism),
            members=members,
            report=report,
            stage=min(gate.stage, rest.stage, key=_ORDER.index),
        )

    def _joined(self, gate: Mechanism, rest: Mechanism) -> Atoms:
        if not isinstance(gate, Gate) or not isinstance(rest, Rest):
            raise TypeError("atoms need a gate and a law of numbers")
        return Atoms(gate, rest, torch.tensor(self.atoms, dtype=torch.float64))

    def _words(self, rest: Fitted) -> str:
        values = ", ".join(f"{value:g}" for value in self.atoms)
        return f"exactly {values} by chance of its own"


def joined(events: Iterable[FitEvent], joints: Mapping[str, Joint]) -> Iterator[FitEvent]:
    """The events with those of parts made into events of the whole; `joints` by the parts' keys."""
    for event in events:
        match event:
            case FirstGuess(fitted) | Interim(fitted) | Done(fitted) | Intervals(fitted):
                joint = joints.get(fitted.key)
                if joint is None:
                    yield event
                else:
                    yield from joint.heard(event)
            case Progress(key=key) if key in joints and not joints[key].speaks(key):
                continue
            case Progress() | Failed() | Tick():
                yield event
