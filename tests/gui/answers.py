"""Hand-made answers about a trial: dose, age, severity, smoking and days of recovery."""

import math
from collections.abc import Callable

import numpy as np

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import graph_of
from engine.interventions import Convention, OneOf, Range, Set, Shift
from engine.project import Project
from engine.queries.answers import (
    Alternative,
    DoAnswer,
    DoseAnswer,
    Footing,
    ImagineAnswer,
    Imagined,
    Result,
    SeeAnswer,
    Shape,
    Stage,
    Support,
)
from engine.queries.questions import Ask, DoseResponse, Question, Rung
from engine.runtime import messages as m
from gui.bridge import Bridge

ROWS = 4812
FOOTING = Footing(
    True,
    "back-door adjustment",
    "",
    ("age", "severity"),
    (("age", "adherence"),),
    (("age", "recovery"), ("dose", "recovery"), ("severity", "recovery")),
)


def trial() -> Project:
    """A graph with a table: continuous, binary and categorical variables."""
    rng = np.random.default_rng(1)
    age = rng.normal(48, 11, ROWS)
    severity = rng.choice(3, ROWS, p=[0.35, 0.45, 0.2]).astype(float)
    dose = np.clip(1.7 + 0.4 * severity + rng.normal(0, 0.6, ROWS), 0, None)
    smoker = (rng.random(ROWS) < 0.3).astype(float)
    adherence = 1 / (1 + np.exp(-(1.0 + 0.4 * dose + rng.normal(0, 0.8, ROWS))))
    recovery = 9.5 + 1.2 * severity - 1.1 * dose + 0.03 * age + rng.normal(0, 1.4, ROWS)
    cured = (rng.random(ROWS) < 0.8).astype(float)
    table = Table(
        (
            Variable("age", Kind.CONTINUOUS, "years"),
            Variable("severity", Kind.ORDINAL, "", ("low", "mid", "high")),
            Variable("dose", Kind.CONTINUOUS, "mg"),
            Variable("smoker", Kind.BINARY, "", ("no", "yes")),
            Variable("adherence", Kind.CONTINUOUS),
            Variable("recovery", Kind.CONTINUOUS, "days"),
            Variable("recovered", Kind.BINARY, "", ("no", "yes")),
        ),
        {
            "age": age,
            "severity": severity,
            "dose": dose,
            "smoker": smoker,
            "adherence": adherence,
            "recovery": recovery,
            "recovered": cured,
        },
    )
    edges = [
        ("age", "severity"),
        ("age", "dose"),
        ("severity", "dose"),
        ("dose", "adherence"),
        ("dose", "recovery"),
        ("severity", "recovery"),
        ("adherence", "recovery"),
        ("recovery", "recovered"),
        ("smoker", "recovery"),
    ]
    question = Question(Rung.DO, "recovery", action=(Set("dose", 2.0),))
    return Project(graph_of(table.names, edges), table=table, question=question)


class AnsweringEngine:
    """Notes what is asked; answers at once by `answer`, or when a test replies."""

    def __init__(self, deliver: Callable[[m.Event], None]) -> None:
        self.deliver = deliver
        self.requests: list[m.Request] = []
        self.answer: Callable[[Ask], Result | None] = answer_to

    def send(self, request: m.Request) -> None:
        self.requests.append(request)
        if isinstance(request, m.Ask):
            result = self.answer(request.question)
            if result is not None:
                self.deliver(m.Answer(request.view, request.ticket, result, True))

    def close(self, timeout: float = 2.0) -> bool:
        return True

    def asked(self, view: str) -> list[Ask]:
        return [r.question for r in self.requests if isinstance(r, m.Ask) and r.view == view]

    def reply(self, view: str, result: Result) -> None:
        newest = [r for r in self.requests if isinstance(r, m.Ask) and r.view == view][-1]
        self.deliver(m.Answer(view, newest.ticket, result, True))


def answering_bridge() -> tuple[Bridge, AnsweringEngine]:
    """A started bridge and the engine behind it."""
    engines: list[AnsweringEngine] = []

    def start(deliver: Callable[[m.Event], None]) -> AnsweringEngine:
        engines.append(AnsweringEngine(deliver))
        return engines[0]

    bridge = Bridge(start)
    bridge.start()
    return bridge, engines[0]


def normal(mean: float, sd: float) -> Shape:
    """A normal density on a grid."""
    x = np.linspace(mean - 4 * sd, mean + 4 * sd, 161)
    y = np.exp(-0.5 * ((x - mean) / sd) ** 2) / (sd * math.sqrt(2 * math.pi))
    return Shape(False, x, y, mean, sd)


def bars(*probabilities: float) -> Shape:
    """Probabilities of categories."""
    return Shape(
        True, np.arange(len(probabilities), dtype=float), np.array(probabilities), math.nan
    )


def answer_to(question: Ask) -> Result | None:
    """A plausible answer to anything the question panel asks."""
    if isinstance(question, DoseResponse):
        return _dose(question)
    if not isinstance(question, Question):
        return None
    if question.rung is Rung.SEE:
        return _see(question)
    if question.rung is Rung.DO:
        return _do(question)
    return _imagine(question)


def _effect(item: object) -> float:
    if isinstance(item, Set):
        return -1.07 * (item.value - 0.79) if item.variable == "dose" else 0.4 * item.value
    return -1.07 * item.amount if isinstance(item, Shift) else 0.0


def _do(question: Question) -> DoAnswer:
    before, after = 8.73, 8.73 + sum(_effect(item) for item in question.action)
    if question.contrast:
        before = 8.73 + sum(_effect(item) for item in question.contrast)
    common = {
        "action": question.action,
        "contrast": question.contrast,
        "footing": FOOTING,
        "support": Support(0.71),
        "stage": Stage.FITTED,
        "samples": 10_000,
    }
    if question.outcome == "recovered":
        p, q = 0.7791, 0.7791 - (after - before) / 24
        p, q = (p, q) if question.level in (None, 1) else (1 - p, 1 - q)
        level = 1 if question.level is None else question.level
        shapes = (bars(1 - p, p), bars(1 - q, q)) if level else (bars(p, 1 - p), bars(q, 1 - q))
        ends = (q - p - 0.0551, q - p + 0.0551)
        return DoAnswer(
            "recovered",
            question.level,
            before=shapes[0],
            after=shapes[1],
            before_value=p,
            after_value=q,
            difference=q - p,
            interval=ends,
            **common,
        )
    ends = (after - before - 0.4, after - before + 0.4)
    return DoAnswer(
        question.outcome or "",
        None,
        before=normal(before, 1.9),
        after=normal(after, 1.5),
        before_value=before,
        after_value=after,
        difference=after - before,
        interval=ends,
        **common,
    )


def _dose(question: DoseResponse) -> DoseAnswer:
    if question.treatment != "dose":
        x = np.arange(3.0 if question.treatment == "severity" else 2.0)
        y = 8.2 + 0.6 * x
        return DoseAnswer(
            question.outcome,
            question.treatment,
            None,
            FOOTING,
            x,
            y,
            y - 0.3,
            y + 0.3,
            np.ones(len(x), bool),
            Stage.FITTED,
        )
    x = np.linspace(0.4, 4.0, 61)
    y = 6.2 + 3.4 / (1 + np.exp(1.4 * (x - 1.6)))
    if question.outcome == "recovered":
        y = 0.95 - 0.03 * y
        width = 0.01 + 0.01 * (x - 2) ** 2
    else:
        width = 0.2 + 0.15 * (x - 2) ** 2
    return DoseAnswer(
        question.outcome,
        "dose",
        question.level,
        FOOTING,
        x,
        y,
        y - width,
        y + width,
        x < 3.3,
        Stage.FITTED,
    )


def _see(question: Question) -> SeeAnswer:
    rows = 312 if question.evidence else ROWS
    for item in question.evidence:
        rows = min(rows, int(4000 * (item.high - item.low))) if isinstance(item, Range) else rows
        rows = min(rows, 400 * len(item.codes)) if isinstance(item, OneOf) else rows
    some = bool(question.evidence)
    if question.outcome == "recovered":
        return SeeAnswer(
            "recovered",
            question.level,
            question.evidence,
            rows,
            ROWS,
            bars(0.2, 0.8),
            bars(0.22, 0.78),
            bars(0.21, 0.79) if some else None,
            0.8049,
            0.7801,
            0.7912 if some else None,
            214.2 if some else None,
            Stage.FITTED,
        )
    return SeeAnswer(
        question.outcome or "",
        None,
        question.evidence,
        rows,
        ROWS,
        normal(8.41, 1.9),
        normal(7.93, 1.6),
        normal(7.98, 1.55) if some else None,
        8.41,
        7.93,
        7.98 if some else None,
        214.2 if some else None,
        Stage.FITTED,
    )


def _told(
    question: Question,
    actual: float,
    values: tuple[float, ...],
    redraw: tuple[float, float],
    hull: tuple[float, float] | None = None,
) -> Imagined:
    under = {by: Alternative(value) for by, value in zip(Convention, values, strict=True)}
    value = under[question.convention].value
    return Imagined(actual, value, *redraw, status="changed", under=under, hull=hull)


def _chance(question: Question, actual: float, shares: tuple[float, ...]) -> Imagined:
    laws = [np.array([1 - share, share]) for share in shares]
    under = {by: Alternative(1.0, law) for by, law in zip(Convention, laws, strict=True)}
    law = under[question.convention].probabilities
    return Imagined(actual, 1.0, probabilities=law, status="changed", under=under)


def _imagine(question: Question) -> ImagineAnswer:
    units = {
        "age": Imagined(52.0, 52.0),
        "severity": Imagined(1.0, 1.0),
        "dose": Imagined(1.2, 3.0, status="set"),
        "smoker": Imagined(0.0, 0.0),
        "adherence": _told(question, 0.71, (0.93, 0.81, 0.85), (0.6, 0.99)),
        "recovery": _told(question, 6.13, (4.21, 2.04, 3.13), (0.42, 6.03), (0.42, 6.61)),
        "recovered": _chance(question, 0.0, (0.83, 0.83, 0.7)),
    }
    for item in question.action:
        value = item.value if isinstance(item, Set) else units[item.variable].actual + item.amount
        units[item.variable] = Imagined(units[item.variable].actual, value, status="set")
    kept = question.outcome == "recovered" and question.convention is Convention.RANK
    convention = "gumbel" if kept else question.convention.value
    return ImagineAnswer(
        question.outcome or "",
        question.level,
        question.row or 0,
        question.action,
        units,
        convention,
        FOOTING,
        Stage.FITTED,
    )
