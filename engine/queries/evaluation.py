"""A written query's number, with everything that belongs beside it: the command line's answer."""

import math
from dataclasses import dataclass, field
from functools import partial

import torch
from torch import Tensor

from engine.data.variable import Variable
from engine.errors import QueryError
from engine.interventions import Action, Convention, Evidence, OneOf, Set, variables_of
from engine.queries.answers import CONFIDENCE, Array, Footing, Imagined, Interval, Stage
from engine.queries.binding import (
    BoundQuery,
    Combination,
    Counterfactual,
    Distribution,
    Expectation,
    Given,
    Probability,
    scores,
)
from engine.queries.bounding import Part, bounded
from engine.queries.doing import (
    FULL,
    MEMBER,
    Arm,
    arm_draws,
    interval_of,
    support,
)
from engine.queries.draws import Draws
from engine.queries.imagining import chained, held_in, named_convention, unit_values
from engine.queries.mediating import natural_route
from engine.queries.model import Model
from engine.queries.questions import Question, Rung
from engine.queries.routes import G_FORMULA, NO_PATH, Route, grounded, imagining, route
from engine.queries.seeing import LEAST_ESS, seen_law
from engine.queries.selecting import selection_words
from engine.queries.trust import beside
from engine.queries.worlds import NoDrawError, draw
from engine.scm.conditional import Conditional

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
CONVENTIONS = {
    Convention.REVERSAL: "ranks turn round where causes change",
    Convention.REDRAW: "luck is drawn again where causes change",
}
ACROSS = "What a mediator would have been in another world, no experiment tests: it is as drawn."
NO_RECORD = "Conditioning after an intervention is answered only without hidden causes on the way."

Number = float | None
Json = dict[str, object]
Term = Expectation | Probability | Distribution


@dataclass(frozen=True)
class _Plan:
    """One term: how it is answered. `law` only where evidence is combined along one chain."""

    term: Term
    way: Route
    law: tuple[Conditional, ...] = ()

    @property
    def needed(self) -> tuple[Conditional, ...]:
        return (*self.law, *self.way.needed)


@dataclass
class _Evaluated:
    """What the answer is made of."""

    value: Number = None
    interval: tuple[float, float] | None = None
    bounds: list[float] | None = None
    samples: int = 0
    ess: Number = None
    details: Json = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def needed_of(model: Model, query: BoundQuery) -> tuple[Conditional, ...]:
    """The conditionals that a bound query is answered from, each once."""
    if isinstance(query, Counterfactual):
        return imagining(model.nodes, query.action, query.outcome, model.vectors).law
    plans = [_plan(model, term) for term in _terms(query)]
    return tuple(dict.fromkeys(c for plan in plans for c in plan.needed))


def evaluate(model: Model, query: BoundQuery, text: str) -> Json:
    """The answer to a bound query, as the keys of the command line's contract.

    Not identified is an answer: `identified` false, `value` None, the reason in `warnings`.
    """
    if isinstance(query, Counterfactual):
        return _imagined(model, query, text)
    plans = [_plan(model, term) for term in _terms(query)]
    footings = [plan.way.footing for plan in plans]
    found = _Evaluated()
    if any(footing.refused for footing in footings):
        reasons = (f.why_not for f in footings if f.refused)
        found.warnings = list(dict.fromkeys(reasons))
        _bound(model, query, found)
    else:
        _compute(model, query, plans, found)
    found.warnings += _words_on_evidence(model, plans)
    if found.value is not None and any(plan.term.given.mediators for plan in plans):
        found.warnings.append(ACROSS)
    for plan in plans:
        words = selection_words(model, plan.term.given.action, _outcome(plan.term))
        found.warnings += [text for text in words if text not in found.warnings]
    return _json(model, query, text, plans, found)


def _bound(model: Model, query: BoundQuery, found: _Evaluated) -> None:
    """Bounds of what has no number, and what they say, as warnings."""
    whole = query if isinstance(query, Combination) else None
    pairs = [(1.0, query)] if whole is None else list(whole.terms)
    parts = []
    for coefficient, term in pairs:
        if not isinstance(term, Expectation | Probability) or term.given.evidence:
            return
        if term.given.mediators:
            return
        condition = term.condition if isinstance(term, Probability) else None
        parts.append(Part(coefficient, _outcome(term), condition, term.given.action))
    told = next((one for one in bounded(model, parts) if one is not None), None)
    if told is None:
        return
    found.warnings += told.words
    if told.low is not None and told.high is not None:
        constant = 0.0 if whole is None else whole.constant
        found.bounds = [told.low + constant, told.high + constant]
        if told.interval is not None:
            low, high = (f"{end + constant:.4g}" for end in told.interval)
            found.warnings.append(f"With sampling, the bounds are {low} to {high} (90 %).")


def _terms(query: BoundQuery) -> tuple[Term, ...]:
    if isinstance(query, Combination):
        return tuple(term for _, term in query.terms)
    if isinstance(query, Counterfactual):
        return ()
    return (query,)


def _outcome(term: Term) -> str:
    return term.condition.variable if isinstance(term, Probability) else term.outcome


def _plan(model: Model, term: Term) -> _Plan:
    given = term.given
    outcome = _outcome(term)
    if outcome in variables_of(given.action):
        raise QueryError(f"{outcome} is set itself", remedy="ask for another outcome")
    if given.mediators:
        names = variables_of(given.action)
        return _Plan(term, natural_route(model, names, given.mediators, outcome))
    if not given.evidence:
        return _Plan(term, route(model.nodes, given.action, outcome, model.vectors))
    if not given.action:
        return _Plan(term, Route(Footing(), law=seen_law(model, outcome, given.evidence)))
    return _evident(model, term, given, outcome)


def _evident(model: Model, term: Term, given: Given, outcome: str) -> _Plan:
    """Do and evidence together: the truncated chain over everything that both need."""
    names = (outcome, *variables_of(given.evidence))
    ways = [route(model.nodes, given.action, name, model.vectors) for name in names]
    refused = next((way for way in ways if way.footing.refused), None)
    if refused is not None:
        return _Plan(term, refused)
    if model.graph.bidirected or any(w.footing.method not in (G_FORMULA, NO_PATH) for w in ways):
        return _Plan(term, Route(Footing(False, why_not=NO_RECORD)))
    needed = {c for way in ways for c in way.law}
    law = tuple(c for c in model.law if c in needed)
    return _Plan(term, Route(ways[0].footing), law)


def _compute(model: Model, query: BoundQuery, plans: list[_Plan], found: _Evaluated) -> None:
    try:
        worlds = [_world(model, plan, FULL) for plan in plans]
    except NoDrawError as error:
        found.warnings.append(str(error))
        return
    found.samples = min((w.rows for w in worlds if not w.exact), default=0)
    conditioned = [w for w, p in zip(worlds, plans, strict=True) if p.term.given.evidence]
    found.ess = min((w.ess for w in conditioned if not w.exact), default=None)
    if found.ess is not None and found.ess < LEAST_ESS:
        found.warnings.append(
            f"Only {found.ess:.0f} effective draws meet the condition: too few for a number."
        )
        return
    if isinstance(query, Distribution):
        found.details = _described(model, query, worlds[0])
        mean = found.details.get("mean")
        found.value = mean if isinstance(mean, float) else None
        return
    found.value, noise = _combined(model, query, worlds)
    if not math.isfinite(found.value):
        raise QueryError("The result is too large for a number", remedy="use smaller factors")
    needed = [c for plan in plans for c in plan.needed]
    members = model.members(needed)
    if members >= 2 and model.stage(needed) is Stage.FITTED:
        value = partial(_member_value, model, query, plans)
        degrees = model.degrees(members)
        ends = next(filter(None, interval_of(found.value, value, members, noise, degrees)))
        found.interval = _within(ends) if isinstance(query, Probability) else ends


def _member_value(model: Model, query: BoundQuery, plans: list[_Plan], member: int | None) -> float:
    return _combined(model, query, [_world(model, plan, MEMBER, member) for plan in plans])[0]


def _within(ends: Interval) -> Interval:
    """An interval of a probability."""
    return max(0.0, ends[0]), min(1.0, ends[1])


def _world(model: Model, plan: _Plan, count: int, member: int | None = None) -> Draws:
    given, law = plan.term.given, plan.law or plan.way.law
    if not given.evidence:
        arm = Arm(given.action, plan.way, given.natural)
        return arm_draws(model, arm, _outcome(plan.term), count, member)
    scm = model.scm(law, member)
    noise = scm.noise(count, model.project.seed, "answers")
    return draw(scm, noise, given.action, given.evidence)


def _combined(model: Model, query: BoundQuery, worlds: list[Draws]) -> tuple[float, float]:
    """Σ factor · term + constant, and its Monte-Carlo standard error."""
    terms = query.terms if isinstance(query, Combination) else ((1.0, query),)
    constant = query.constant if isinstance(query, Combination) else 0.0
    parts = [
        (factor, world, _each(model, term, world))
        for (factor, term), world in zip(terms, worlds, strict=True)
    ]
    value = constant + sum(factor * world.average(each) for factor, world, each in parts)
    plain = all(world.weights is None for world in worlds)
    if plain and len({world.rows for world in worlds}) == 1:  # one noise behind all terms
        together = sum((factor * each for factor, _, each in parts), torch.zeros(worlds[0].rows))
        return value, worlds[0].error(together)
    return value, math.hypot(*(factor * world.error(each) for factor, world, each in parts))


def _each(model: Model, term: object, world: Draws) -> Tensor:
    """Per draw, shape (rows,), what the term averages."""
    if isinstance(term, Probability):
        return world.meets(term.condition, model.variable(term.condition.variable))
    assert isinstance(term, Expectation)
    variable = model.variable(term.outcome)
    counted = scores(variable) if variable.discrete else None
    if counted is None:
        return world.samples[term.outcome].double()
    law = world.probabilities.get(term.outcome)
    if law is not None:
        return law @ torch.tensor(counted).double()
    return torch.tensor(counted).double()[world.samples[term.outcome].long()]


def _described(model: Model, query: Distribution, world: Draws) -> Json:
    variable = model.variable(query.outcome)
    if variable.discrete:
        masses = world.masses(query.outcome, len(variable.categories)).tolist()
        return {"probabilities": dict(zip(variable.categories, masses, strict=True))}
    values = world.samples[query.outcome].double()
    weights = world.weights
    if weights is None:
        weights = torch.full_like(values, 1 / len(values))
    mean = float(weights @ values)
    order = values.argsort()
    below = weights[order].cumsum(0)
    places = torch.searchsorted(below, torch.tensor(QUANTILES).double()).clamp(max=len(values) - 1)
    quantiles = values[order][places].tolist()
    return {
        "mean": mean,
        "sd": float((weights @ (values - mean) ** 2).sqrt()),
        "quantiles": dict(zip(map(str, QUANTILES), quantiles, strict=True)),
    }


def _imagined(model: Model, query: Counterfactual, text: str) -> Json:
    model.rows_needed(f"row {query.row} is not in it")
    if not 0 <= query.row < model.table.rows:
        raise QueryError(
            f"There is no row {query.row}", remedy=f"rows count from 0 to {model.table.rows - 1}"
        )
    held = held_in(model, query.row, query.action)
    way = imagining(model.nodes, (*query.action, *held), query.outcome, model.vectors)
    found, variable = _Evaluated(), model.variable(query.outcome)
    found.warnings += [f"An experimenter had set {item.variable} in this row." for item in held]
    found.warnings += chained(model, way.law)
    units = unit_values(model, query.row, query.action, outcome=query.outcome)
    unit = units[query.outcome]
    if way.footing.refused:
        found.warnings.append(way.footing.why_not)
    elif unit.imagined is None:
        found.warnings.append(f"Row {query.row} lacks a value that this answer needs.")
    elif variable.discrete:
        found.value, found.details = _category(variable, unit.imagined, unit.probabilities)
    else:
        found.value = unit.imagined
        if unit.hull is not None:
            found.details = {"redrawn": [unit.low, unit.high], "hull": list(unit.hull)}
    population = f"row {query.row}"
    alternatives = _alternatives(variable, unit, population)
    if alternatives:
        found.warnings.append("A convention about luck picks this number; no data can test it.")
    plan = _Plan(Expectation(query.outcome, Given(query.action, ())), way)
    answer = _json(model, query, text, [plan], found)
    return answer | {
        "convention": named_convention(Convention.RANK, model, query.outcome, way.law),
        "population": population,
        "support": None,
        "alternatives": alternatives,
    }


def _alternatives(variable: Variable, unit: Imagined, population: str) -> list[Json]:
    """The same number by the other conventions, as the keys of the command line's contract."""
    told: list[Json] = []
    for convention, words in CONVENTIONS.items():
        other = unit.under.get(convention)
        if other is None:
            continue
        value, details = _category(variable, other.value, other.probabilities)
        drawn = convention is Convention.REDRAW and not variable.discrete
        told.append(
            {
                "method": convention.value,
                "population": population,
                "assumptions": [words],
                "value": value,
                "interval": [unit.low, unit.high] if drawn else None,
                **details,
            }
        )
    return told


def _category(variable: Variable, value: float, law: Array | None) -> tuple[Number, Json]:
    """A number as it is; of categories P(second of two) or nothing, and the probability of each."""
    if not variable.discrete:
        return value, {}
    masses = [float(i == value) for i in range(len(variable.categories))]
    masses = masses if law is None else law.tolist()
    details: Json = {"probabilities": dict(zip(variable.categories, masses, strict=True))}
    return (masses[1] if len(masses) == 2 else None), details


def _json(
    model: Model, query: BoundQuery, text: str, plans: list[_Plan], found: _Evaluated
) -> Json:
    causal = [
        grounded(
            plan.way.footing,
            model.nodes,
            (*plan.term.given.action, *(Set(v, 0.0) for v in plan.term.given.mediators)),
            _outcome(plan.term),
            model.vectors,
        )
        for plan in plans
        if plan.way.footing.identified is not None
    ]
    needed = [c for plan in plans for c in plan.needed]
    stage = Stage.FITTED if model.missing(needed) else model.stage(needed)
    return {
        "query": text,
        "value": found.value,
        "interval": None if found.interval is None else list(found.interval),
        "level": CONFIDENCE,
        "bounds": found.bounds,
        "identified": all(f.identified for f in causal) if causal else None,
        "method": "; ".join(dict.fromkeys(f.method for f in causal if f.method)) or None,
        "estimand": "; ".join(dict.fromkeys(f.estimand for f in causal if f.estimand)) or None,
        "contrast": _contrast(model, query),
        "population": "all",
        "assumptions": _assumptions(causal),
        "convention": None,
        "support": _support(model, plans, found),
        "provisional": stage is not Stage.FITTED,
        "samples": found.samples,
        "alternatives": _beside(model, query, found),
        "warnings": found.warnings,
        **found.details,
    }


def _beside(model: Model, query: BoundQuery, found: _Evaluated) -> list[Json]:
    """Other estimators of a difference between two values of one treatment."""
    question = None if found.value is None else _difference(model, query)
    if question is None:
        return []
    return [
        {
            "method": other.method,
            "population": "all",
            "assumptions": ["same graph and adjustment"],
            "value": other.value,
            "interval": list(other.interval),
        }
        for other in beside(model, question)
    ]


def _difference(model: Model, query: BoundQuery) -> Question | None:
    """The query as the question of a DO effect; None for any other one."""
    if not isinstance(query, Combination) or query.constant or len(query.terms) != 2:
        return None
    terms = dict(query.terms)
    after, before = terms.get(1.0), terms.get(-1.0)
    if after is None or before is None or after.given.evidence or before.given.evidence:
        return None
    sides = after.given.action, before.given.action
    if after.given.mediators or before.given.mediators:
        return None
    if not all(sides) or _asked(model, after) != _asked(model, before):
        return None
    asked = _asked(model, after)
    return None if asked is None else Question(Rung.DO, *asked, action=sides[0], contrast=sides[1])


def _asked(model: Model, term: Term) -> tuple[str, int | None] | None:
    """Outcome and level of a mean of a number, or of the chance of one category."""
    if isinstance(term, Expectation):
        return None if model.variable(term.outcome).discrete else (term.outcome, None)
    if isinstance(term, Probability) and isinstance(term.condition, OneOf):
        codes = term.condition.codes
        return (term.condition.variable, int(codes[0])) if len(codes) == 1 else None
    return None


def _assumptions(footings: list[Footing]) -> list[str]:
    words: dict[str, None] = {}
    for footing in footings:
        words |= dict.fromkeys(f"no arrow {a} → {b}" for a, b in footing.rests_on_arrows)
        words |= dict.fromkeys(
            f"no hidden cause of {a} and {b}" for a, b in footing.rests_on_hidden
        )
    return list(words)


def _support(model: Model, plans: list[_Plan], found: _Evaluated) -> Json | None:
    shares = [
        s.share
        for plan in plans
        if plan.term.given.action and found.value is not None
        if (s := support(model, plan.term.given.action))
    ]
    if not shares and found.ess is None:
        return None
    return {"share": min(shares, default=None), "ess": found.ess}


def _contrast(model: Model, query: BoundQuery) -> str | None:
    if not isinstance(query, Combination) or len(query.terms) != 2:
        return None
    (plus, first), (minus, second) = query.terms
    if (plus, minus) != (1.0, -1.0) or query.constant:
        return None
    return f"{_done(model, first)} against {_done(model, second)}"


def _done(model: Model, term: Term) -> str:
    action: Action = term.given.action
    words = []
    for item in action:
        variable = model.variable(item.variable)
        words.append(
            f"{item.variable} = {variable.show(item.value)}"
            if isinstance(item, Set)
            else f"{item.variable} += {item.amount:g}"
        )
    done = f"do({', '.join(words)})" if words else "what was seen"
    if not term.given.mediators:
        return done
    natural = _done(model, Expectation(_outcome(term), Given(term.given.natural)))
    return f"{done} with {', '.join(term.given.mediators)} as under {natural}"


def _words_on_evidence(model: Model, plans: list[_Plan]) -> list[str]:
    words = []
    for plan in plans:
        treated = variables_of(plan.term.given.action)
        reached = model.graph.descendants(treated) if treated else frozenset()
        evidence: Evidence = plan.term.given.evidence
        words += [
            f"{name} reacts to {model.vectors.node(treated[0])}: this compares different people."
            for name in variables_of(evidence)
            if name in reached
        ]
    return list(dict.fromkeys(words))
