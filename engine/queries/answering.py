"""From a question to its answers: one generator per question, each step a better answer."""

from collections.abc import Iterator
from dataclasses import replace

from engine.checks.balance import answer_balance
from engine.checks.battery import Battery
from engine.checks.falsify import Falsification, falsify
from engine.checks.independence import run_checks
from engine.checks.repair import Repair, repairs
from engine.errors import UserError
from engine.queries.answers import ChecksAnswer, Unanswerable
from engine.queries.balanced import Instant
from engine.queries.cards import answer_cards, needed_for_cards
from engine.queries.conceiving import answer_concepts
from engine.queries.concepts import LearnConcepts
from engine.queries.doing import Step, answer_do, arms
from engine.queries.dose import answer_dose, doses
from engine.queries.environments import answer_environments
from engine.queries.hand import answer_by_hand
from engine.queries.imagining import answer_imagine
from engine.queries.instant import answer_instant
from engine.queries.lights import Environments, Mechanisms
from engine.queries.likeness import answer_likeness
from engine.queries.mechanisms import answer_mechanisms
from engine.queries.mediating import answer_mediation, needed_for_mediation
from engine.queries.model import Model
from engine.queries.picturing import answer_picture, needed_for_picture
from engine.queries.questions import (
    Ask,
    Balance,
    ByHand,
    Cards,
    DoseResponse,
    GraphChecks,
    Likeness,
    Mediation,
    PictureAsked,
    Question,
    Reach,
    Rung,
    Trust,
)
from engine.queries.reaching import answer_reach
from engine.queries.routes import imagining, route
from engine.queries.seeing import answer_see, seen_law
from engine.queries.trust import answer_trust, contrasted
from engine.scm.conditional import Conditional

MOST_SEARCHED = 15  # variables up to which repairs and random graphs are looked at unasked


def answer(model: Model, asked: Ask) -> Iterator[Step | None]:
    """Answers to `asked`, each better than the one before; the flag marks the last one.

    None after a slice of work that has nothing to tell yet.

    A question that cannot be answered as it stands gives one `Unanswerable` sentence.
    """
    if model.project.table is None:
        yield Unanswerable("Open a table first."), True
        return
    try:
        yield from _answers(model, asked)
    except UserError as error:
        yield Unanswerable(str(error)), True


def needed(model: Model, asked: Ask) -> tuple[Conditional, ...]:
    """The conditionals that `asked` is answered from, each once; () where it cannot be answered."""
    if model.project.table is None:
        return ()
    try:
        return tuple(dict.fromkeys(_needed(model, asked)))
    except UserError:
        return ()


def _answers(model: Model, asked: Ask) -> Iterator[Step | None]:
    match asked:
        case Cards():
            yield from answer_cards(model, asked)
        case DoseResponse():
            yield from answer_dose(model, asked)
        case GraphChecks():
            yield from _checks(model)
        case Balance(lots):
            model.rows_needed("nothing can be said of how even a lot was")
            for told in answer_balance(model.table, lots):
                yield None if told is None else (told, True)
        case Likeness():
            yield from answer_likeness(model)
        case Trust():
            yield from answer_trust(model, asked)
        case Mediation():
            yield from answer_mediation(model, asked)
        case Instant():
            yield from answer_instant(model, asked)
        case Mechanisms():
            yield from answer_mechanisms(model)
        case Environments(column):
            yield from answer_environments(model, column)
        case LearnConcepts(concepts):
            yield from answer_concepts(model, concepts)
        case Reach():
            yield from answer_reach(model, asked.question)
        case ByHand():
            yield from answer_by_hand(model, asked)
        case PictureAsked():
            yield from answer_picture(model, asked)
        case Question(rung=Rung.SEE):
            yield from answer_see(model, asked)
        case Question(rung=Rung.DO):
            yield from answer_do(model, asked)
        case Question():
            yield from answer_imagine(model, asked)


def _checks(model: Model) -> Iterator[Step | None]:
    """The tests one by one, then what would repair the graph, then how random ones fare."""
    result = ChecksAnswer(())
    for step in run_checks(model.nodes, model.table, model.vectors):
        result = step
        yield result, False
    asked = model.nodes, model.table, model.project.seed, model.vectors
    battery = Battery(model.table, model.vectors)
    small = len(model.nodes.variables) <= MOST_SEARCHED
    if small and any(test.rejected for test in result.tests):
        for found in repairs(*asked, model.project.randomised, battery):
            if isinstance(found, Repair):
                result = replace(result, repair=found.words, changes=found.changes)
                yield result, False
            else:
                yield None
    if small and result.tests:
        for shuffled in falsify(*asked, battery=battery):
            if isinstance(shuffled, Falsification):
                result = replace(result, random=shuffled.words)
            else:
                yield None
    yield result, True


def _needed(model: Model, asked: Ask) -> tuple[Conditional, ...]:
    match asked:
        case Cards(question):
            return needed_for_cards(model, question)
        case Likeness() | Mechanisms() | Environments():
            return model.law
        case ByHand(question) | Reach(question):
            return _needed(model, question)
        case Mediation():
            return needed_for_mediation(model, asked).needed
        case PictureAsked():
            return needed_for_picture(model, asked)
        case Trust(question):
            return _needed(model, contrasted(model, question))
        case DoseResponse(outcome, treatment):
            if outcome == treatment or outcome not in model.variables:
                return ()
            from engine.interventions import Set

            at = (*asked.others, Set(treatment, float(doses(model, treatment)[0])))
            return route(model.nodes, at, outcome, model.vectors).needed
        case Question(rung=rung, outcome=str(outcome)):
            if rung is Rung.SEE:
                return seen_law(model, outcome, asked.evidence)
            if rung is Rung.IMAGINE:
                return imagining(model.nodes, asked.action, outcome, model.vectors).law
            before, after = arms(model, asked)
            return (*before.route.needed, *after.route.needed)
        case _:
            return ()
