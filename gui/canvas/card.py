"""What a node card says: one frozen value, made from the project and the engine's newest words."""

from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication

from engine.data.pictures import Pixels
from engine.data.variable import Variable
from engine.interventions import OneOf, Range, Set, Shift
from engine.project import Project, Role
from engine.queries.answers import CardsAnswer, Shape
from engine.queries.lots import Lot
from engine.queries.pictured import PictureAnswer
from engine.queries.questions import Question, Rung
from engine.runtime.messages import FitProgress, FitReport, FitState, FitStates
from gui.lots import lot_sentence
from gui.numerals import condition_text, count, value_text
from gui.reach import Reach, reach_of, unseen
from gui.typed import condition_typed


@dataclass(frozen=True, slots=True)
class Thumb:
    """A small picture on a card: the role of its frame, what it is, and what tells it apart."""

    pixels: Pixels = field(compare=False, repr=False)
    role: str
    words: str
    key: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """Words and shapes of one card. `kind_words` is "unit · kind"; `stamp` a word over the plot.

    `rung` says in which colour and dash `after` is drawn. `set_value` is do(variable = value), in
    user units or as a category code, and `set_words` the same as people write it.
    """

    name: str
    kind_words: str = ""
    latent: bool = False
    no_data: bool = False
    categories: tuple[str, ...] = ()
    rung: Rung = Rung.DO
    seen: Shape | None = None
    after: Shape | None = None
    stamp: str = ""
    doubtful: bool = False  # the stamp is a warning
    set_value: float | None = None
    set_words: str = ""
    shift: float | None = None  # do(variable += shift)
    within: tuple[float, float] | None = None  # the range that is seen, ±inf where open
    codes: tuple[int, ...] = ()  # the categories that are seen
    slid: str = ""  # what stands beside the slider; `bare`: the same without its unit
    bare: str = ""
    reach: Reach | None = None  # how far a number can be slid
    note: str = ""  # what else the question says of it: shifted by, or seen within
    chip: str = ""
    missing: str = ""
    role: Role | None = None
    role_words: str = ""
    outcome: bool = False
    why: str = ""  # which family of mechanism, and why
    lot: str = ""  # whether the lot that set it was even
    parts: tuple["Card", ...] = ()  # of a vector: its components
    thumbs: tuple[Thumb, ...] = ()  # of a picture

    @property
    def usual(self) -> tuple[float, float] | None:
        """The central 95 % of the data, user units."""
        return None if self.reach is None else self.reach.usual

    @property
    def held(self) -> bool:
        """Whether the question says something of it, which can be released."""
        return bool(self.set_words or self.note)


@dataclass(slots=True)
class Heard:
    """The newest the engine has said; replaced whole, never edited."""

    cards: CardsAnswer | None = None
    states: FitStates | None = None
    progress: dict[str, FitProgress] = field(default_factory=dict)
    lots: tuple[Lot, ...] = ()
    pictures: dict[str, PictureAnswer] = field(default_factory=dict)


def card_of(project: Project, name: str, heard: Heard, missing: float = 0.0) -> Card:
    """The card of variable `name`; `missing` is the share 0 … 1 of rows without it."""
    question = project.question.active
    role = project.roles.get(name)
    latent = name in project.graph.latent
    known = project.table is not None and name in project.table
    if not project.measured(name) or project.table is None or not known:
        return Card(
            name,
            latent=latent,
            no_data=not latent,
            chip=_say("not measured") if latent else _say("no data"),
            role=role,
            role_words=role_words(role),
            outcome=question.outcome == name,
        )
    variable = project.table.variable(name)
    value = next(
        (i.value for i in question.action if isinstance(i, Set) and i.variable == name), None
    )
    asked = bool(question.action or question.evidence)
    stamp, doubtful = _stamp(heard.cards, name) if asked else ("", False)
    if value is not None:
        doubtful = unseen(project.table, name, value)
        stamp = _say("extrapolated") if doubtful else ""
    seen = next((c for c in question.evidence if c.variable == name), None)
    return Card(
        name,
        kind_words=kind_words(variable),
        categories=variable.categories,
        rung=question.rung,
        seen=None if heard.cards is None else _fitting(heard.cards.seen.get(name), variable),
        after=_after(heard.cards, name, variable) if asked and value is None else None,
        stamp=stamp,
        doubtful=doubtful,
        set_value=value,
        set_words="" if value is None else value_text(variable, value),
        shift=next(
            (i.amount for i in question.action if isinstance(i, Shift) and i.variable == name), None
        ),
        within=(seen.low, seen.high) if isinstance(seen, Range) else None,
        codes=seen.codes if isinstance(seen, OneOf) else (),
        slid=_slid(question, variable),
        bare=_slid(question, variable, unit=False),
        reach=reach_of(project.table, name),
        note=_note(question, variable),
        chip=chip_words(heard, name),
        missing=_say("{0} missing").format(_percent(missing)) if missing > 0 else "",
        role=role,
        role_words=role_words(role),
        outcome=question.outcome == name,
        why=why_words(heard.states, name),
        lot=lot_words(project, name, heard),
    )


def kind_words(variable: Variable) -> str:
    """Unit and kind: "mg · continuous"."""
    kind = QCoreApplication.translate("Kind", str(variable.kind))
    return f"{variable.unit} · {kind}" if variable.unit else kind


def role_words(role: Role | None) -> str:
    """The role in a word; the outcome of the question has a sign of its own."""
    return "" if role is None else QCoreApplication.translate("Role", str(role))


def lot_words(project: Project, name: str, heard: Heard) -> str:
    """Whether the lot that set a variable was even; "" where no lot did, or nothing is known."""
    if name not in project.randomised:
        return ""
    columns = project.vectors.columns(name)
    return next((lot_sentence(lot) for lot in heard.lots if lot.columns == columns), "")


def tooltip(card: Card) -> str:
    """All that the card says, none of it shortened; plain text."""
    inside = (*(part.name for part in card.parts), *(thumb.words for thumb in card.thumbs))
    kinds = ", ".join((card.kind_words, *inside))
    first = f"{card.name} ({kinds})" if card.kind_words else card.name
    stamp = _whole_stamp(card)
    status = " · ".join(filter(None, (card.chip, card.why, card.missing, stamp, card.note)))
    value = _say("set to {0}").format(card.set_words) if card.set_words else ""
    outcome = _say("outcome of the question") if card.outcome else ""
    return "\n".join(filter(None, (first, value, status, outcome or card.role_words, card.lot)))


def spoken(card: Card, project: Project, *, selected: bool) -> str:
    """The card and its arrows in one line, for screen readers."""
    graph, name = project.graph, card.name
    parts = [name, card.kind_words, *(part.name for part in card.parts)]
    parts += [thumb.words for thumb in card.thumbs]
    parts += [_say("set to {0}").format(card.set_words) if card.set_words else ""]
    parts += [_whole_stamp(card), card.note]
    parts += [_say("outcome of the question") if card.outcome else card.role_words]
    parts += [card.chip.lstrip("○◌◔✓ "), card.missing, card.lot]
    for words, names in (
        (_say("caused by {0}"), graph.parents(name)),
        (_say("causes {0}"), graph.children(name)),
        (_say("hidden cause shared with {0}"), graph.siblings(name)),
    ):
        parts += [words.format(", ".join(names))] if names else []
    parts += [_say("selected")] if selected else []
    return ", ".join(filter(None, parts))


def _say(text: str) -> str:
    return QCoreApplication.translate("Card", text)


def _whole_stamp(card: Card) -> str:
    """The stamp, where there is room for all of it."""
    outside = card.doubtful and card.set_value is not None
    return _say("extrapolated: no data here") if outside else card.stamp


def _percent(share: float) -> str:
    return "< 1 %" if share < 0.005 else f"{share:.0%}".replace("%", " %")


def _note(question: Question, variable: Variable) -> str:
    if any(isinstance(i, Set) and i.variable == variable.name for i in question.action):
        return ""
    seen = any(c.variable == variable.name for c in question.evidence)
    words = _slid(question, variable)
    return _say("seen {0}").format(words) if seen else words


def _slid(question: Question, variable: Variable, *, unit: bool = True) -> str:
    """What is set, shifted by or seen, without a word for which of these."""
    for item in question.action:
        if item.variable == variable.name and isinstance(item, Set):
            return value_text(variable, item.value, unit=unit)
        if item.variable == variable.name and isinstance(item, Shift):
            amount = value_text(variable, abs(item.amount), unit=unit)
            return f"{'+' if item.amount >= 0 else '−'} {amount}"
    for condition in question.evidence:
        if condition.variable == variable.name:
            bare = isinstance(condition, Range) and not unit
            return (
                condition_typed(variable, condition).replace(" … ", "–")
                if bare
                else condition_text(variable, condition, unit=unit)
            )
    return ""


def _fitting(shape: Shape | None, variable: Variable) -> Shape | None:
    """The shape, unless it was made for another kind of variable (an answer still on its way)."""
    if shape is None or shape.bars != variable.discrete:
        return None
    return None if shape.bars and len(shape.x) > len(variable.categories) else shape


def _after(cards: CardsAnswer | None, name: str, variable: Variable) -> Shape | None:
    return None if cards is None else _fitting(cards.after.get(name), variable)


def _stamp(cards: CardsAnswer | None, name: str) -> tuple[str, bool]:
    status = "" if cards is None else cards.status.get(name, "")
    words = {
        "unchanged": _say("unchanged"),
        "not identified": _say("not identified"),
        "not computed": _say("no number yet"),
        "not fitted": _say("not fitted"),
    }
    if status == "filtered" and cards is not None and cards.matching is not None:
        text = _say("{0} of {1} rows")
        return text.format(count(cards.matching), count(cards.rows or 0)), False
    return words.get(status, ""), status == "not identified"


def chip_words(heard: Heard, name: str) -> str:
    """Where the mechanism is, with a sign."""
    state = FitState.UNFITTED
    if heard.states is not None:
        state = heard.states.states.get(name, FitState.UNFITTED)
    if state is FitState.TRAINING:
        progress = heard.progress.get(name)
        done = "" if progress is None or not progress.total else _done(progress)
        return f"◔ {_say('learning')} {done}".rstrip()
    return {
        FitState.UNFITTED: f"○ {_say('unfitted')}",
        FitState.FIRST_GUESS: f"◌ {_say('first guess')}",
        FitState.FITTED: f"✓ {_say('fitted')}",
        FitState.NO_DATA: _say("no data"),
        FitState.HIDDEN: _say("not measured"),
    }.get(state, str(state))


def _done(progress: FitProgress) -> str:
    return _percent(min(1.0, progress.step / progress.total)) if progress.step else "0 %"


def why_words(states: FitStates | None, name: str) -> str:
    """Which family of mechanism, and why."""
    report: FitReport | None = None if states is None else states.reports.get(name)
    return "" if report is None else report.why
