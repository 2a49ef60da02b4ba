"""A project as JSON and back. Columns and fitted mechanisms are stored apart, as bytes."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from engine.data.design import Design, SetWhere
from engine.data.variable import Kind, Variable
from engine.errors import GraphError
from engine.graph.graph import CausalGraph, Edge, pair
from engine.graph.tiers import LAST, backward
from engine.graph.vectors import Vectors, check_vectors, vectors_of
from engine.interventions import (
    Action,
    Condition,
    Convention,
    Evidence,
    Intervention,
    OneOf,
    Range,
    Set,
    Shift,
)
from engine.project import Project, Role
from engine.queries.balanced import Instant
from engine.queries.concepts import Concepts
from engine.queries.pins import Pin
from engine.queries.questions import Question, Rung
from engine.store.balanced import instant_from, instant_json
from engine.store.concepts import concepts_from, concepts_json
from engine.store.fields import (
    bound,
    bound_json,
    by_name,
    damaged,
    distinct,
    get,
    integer,
    many,
    mapping,
    natural,
    number,
    optional,
    spelled,
    string,
    truth,
    two,
)
from engine.store.sketches import edge_from, edge_json, sketch_from, sketch_json

Json = dict[str, object]
E = TypeVar("E", bound=StrEnum)


def project_json(project: Project) -> Json:
    """Everything but the table."""
    fields: Json = {
        "graph": {
            "variables": list(project.graph.variables),
            "edges": sorted(map(list, project.graph.edges)),
            "bidirected": sorted(map(list, project.graph.bidirected)),
            "latent": sorted(project.graph.latent),
        },
        "positions": {name: list(place) for name, place in project.positions.items()},
        "roles": {name: role.value for name, role in project.roles.items()},
        "families": dict(project.families),
        "question": _question_json(project.question),
        "seed": project.seed,
        "title": project.title,
        "notes": project.notes,
    }
    if project.assumed:
        fields["assumed"] = sorted(map(list, project.assumed))
    if project.vectors:
        fields["vectors"] = {name: list(columns) for name, columns in project.vectors.parts}
    if project.pins:
        fields["pins"] = [_pin_json(pin) for pin in project.pins]
    if project.randomised:
        fields["randomised"] = sorted(project.randomised)
    if project.cut:
        fields["cut"] = [edge_json(edge) for edge in sorted(project.cut)]
    if project.tiers:
        fields["tiers"] = dict(project.tiers)
    if project.sketch:
        fields["sketch"] = sketch_json(project.sketch)
    if project.how:
        fields["how"] = dict(project.how)
    if project.instant != Instant():
        fields["instant"] = instant_json(project.instant)
    if project.environment:
        fields["environment"] = project.environment
    if project.concepts != Concepts():
        fields["concepts"] = concepts_json(project.concepts)
    return fields


def project_from(fields: Json) -> Project:
    """The project without its table, every field checked."""
    graph = get(fields, "graph", _graph)
    assumed = frozenset(get({"assumed": []} | fields, "assumed", many(two(string))))
    randomised = frozenset(get({"randomised": []} | fields, "randomised", many(string)))
    cut = frozenset(get({"cut": []} | fields, "cut", many(edge_from)))
    project = Project(
        graph=graph,
        assumed=assumed,
        vectors=_vectors(fields.get("vectors", {}), graph),  # earlier files have none
        randomised=randomised,
        cut=cut,
        tiers=get({"tiers": {}} | fields, "tiers", by_name(natural)),
        sketch=get({"sketch": None} | fields, "sketch", sketch_from),
        how=get({"how": {}} | fields, "how", by_name(string)),
        instant=get({"instant": None} | fields, "instant", instant_from),
        environment=get({"environment": ""} | fields, "environment", string),
        concepts=get({"concepts": None} | fields, "concepts", concepts_from),
        positions=get(fields, "positions", by_name(two(number))),
        roles=get(fields, "roles", by_name(_one_of(Role))),
        families=get(fields, "families", by_name(string)),
        question=get(fields, "question", _question),
        seed=get(fields, "seed", integer),
        title=get(fields, "title", string),
        notes=get(fields, "notes", string),
        pins=get({"pins": []} | fields, "pins", many(_pin)),
    )
    if project.assumed != assumed:
        raise damaged("an assumed arrow is not in the graph")
    if project.randomised != randomised:
        raise damaged("something drawn causes what was set by lot")
    if project.cut != cut:
        raise damaged("an edge is cut though no lot cut it")
    if max(project.tiers.values(), default=0) > LAST or backward(graph, project.tiers):
        raise damaged("its time tiers cannot be")
    return project


def variable_json(variable: Variable) -> Json:
    """One variable of the table."""
    return {
        "name": variable.name,
        "kind": variable.kind.value,
        "unit": variable.unit,
        "categories": list(variable.categories),
        "step": variable.step,
        "lower": variable.lower,
        "upper": variable.upper,
    }


def variable_from(value: object, what: str) -> Variable:
    """What `variable_json` wrote."""
    fields = mapping(value, what)
    bounded = {key: fields.get(key) for key in ("lower", "upper")}  # earlier files have none
    lower, upper = (get(bounded, key, optional(spelled)) for key in bounded)
    if lower is not None and upper is not None and not lower < upper:
        raise damaged("bounds leave nothing between them")
    return Variable(
        get(fields, "name", string),
        get(fields, "kind", _one_of(Kind)),
        get(fields, "unit", string),
        get(fields, "categories", many(string)),
        get(fields, "step", optional(spelled)),
        lower,
        upper,
    )


def design_json(design: Design) -> Json:
    """How the rows of the table came about."""
    return {
        "weights": design.weights,
        "cluster": design.cluster,
        "experiments": [
            {"variable": item.variable, "column": item.column, "values": list(item.values)}
            for item in design.experiments
        ],
        "impute": design.impute,
    }


def design_from(value: object, what: str) -> Design:
    """What `design_json` wrote."""
    fields = mapping(value, what)
    return Design(
        get(fields, "weights", string),
        get(fields, "cluster", string),
        get(fields, "experiments", many(_set_where)),
        get(fields, "impute", truth),
    )


def _vectors(value: object, graph: CausalGraph) -> Vectors:
    parts = by_name(many(string))(value, "vectors")
    try:
        vectors = vectors_of(parts)
        check_vectors(vectors, graph, vectors.spread(vectors.names))
    except GraphError as error:
        raise damaged(f"its vectors cannot be: {error.message}") from error
    return vectors


def _set_where(value: object, what: str) -> SetWhere:
    fields = mapping(value, what)
    return SetWhere(
        get(fields, "variable", string),
        get(fields, "column", string),
        get(fields, "values", many(number)),
    )


def _graph(value: object, what: str) -> CausalGraph:
    fields = mapping(value, what)
    variables = distinct(get(fields, "variables", many(string)), "the graph")
    known = set(variables)
    edges = get(fields, "edges", many(two(string)))
    bidirected = get(fields, "bidirected", many(two(string)))
    latent = get(fields, "latent", many(string))
    strange = [v for edge in (*edges, *bidirected, latent) for v in edge if v not in known]
    if strange:
        raise damaged(f"an edge names {strange[0]}, which is not in the graph")
    if any(a == b or pair(a, b) != (a, b) for a, b in bidirected):
        raise damaged("a ↔ is out of order")
    _check_acyclic(variables, edges)
    return CausalGraph(variables, frozenset(edges), frozenset(bidirected), frozenset(latent))


def _check_acyclic(variables: tuple[str, ...], edges: tuple[Edge, ...]) -> None:
    """Take away variables without remaining causes until none is left (Kahn 1962)."""
    causes = dict.fromkeys(variables, 0)
    effects: dict[str, list[str]] = {v: [] for v in variables}
    for cause, effect in set(edges):
        causes[effect] += 1
        effects[cause].append(effect)
    ready = [v for v in variables if not causes[v]]
    left = len(variables)
    while ready:
        left -= 1
        for effect in effects[ready.pop()]:
            causes[effect] -= 1
            if not causes[effect]:
                ready.append(effect)
    if left:
        cycle = next(v for v in variables if causes[v])
        raise damaged(f"its arrows form a cycle through or above {cycle}")


def _question_json(question: Question) -> Json:
    return {
        "rung": question.rung.value,
        "outcome": question.outcome,
        "level": question.level,
        "evidence": [_condition_json(item) for item in question.evidence],
        "action": _action_json(question.action),
        "contrast": None if question.contrast is None else _action_json(question.contrast),
        "row": question.row,
        "convention": question.convention.value,
    }


def _question(value: object, what: str) -> Question:
    fields = {"convention": Convention.RANK.value} | mapping(value, what)  # before it was asked
    return Question(
        get(fields, "rung", _one_of(Rung)),
        get(fields, "outcome", optional(string)),
        get(fields, "level", optional(natural)),
        get(fields, "evidence", _evidence),
        get(fields, "action", _action),
        get(fields, "contrast", optional(_action)),
        get(fields, "row", optional(natural)),
        get(fields, "convention", _one_of(Convention)),
    )


def _pin_json(pin: Pin) -> Json:
    return {
        "name": pin.name,
        "question": _question_json(pin.question),
        "said": pin.said,
        "number": pin.number,
        "stage": pin.stage,
        "basis": pin.basis,
        "value": pin.value,
        "low": pin.low,
        "high": pin.high,
    }


def _pin(value: object, what: str) -> Pin:
    fields = mapping(value, what)
    return Pin(
        get(fields, "name", string),
        get(fields, "question", _question),
        get(fields, "said", string),
        get(fields, "number", string),
        get(fields, "stage", string),
        get(fields, "basis", string),
        get(fields, "value", optional(number)),
        get(fields, "low", optional(number)),
        get(fields, "high", optional(number)),
    )


def _action_json(action: Action) -> list[Json]:
    return [
        {"do": "set", "variable": item.variable, "value": item.value}
        if isinstance(item, Set)
        else {"do": "shift", "variable": item.variable, "value": item.amount}
        for item in action
    ]


def _action(value: object, what: str) -> Action:
    return many(_intervention)(value, what)


def _intervention(value: object, what: str) -> Intervention:
    fields = mapping(value, what)
    name, amount = get(fields, "variable", string), get(fields, "value", number)
    match get(fields, "do", string):
        case "set":
            return Set(name, amount)
        case "shift":
            return Shift(name, amount)
    raise damaged(f"{what} holds an unknown intervention")


def _condition_json(condition: Condition) -> Json:
    if isinstance(condition, OneOf):
        return {"variable": condition.variable, "codes": list(condition.codes)}
    low, high = bound_json(condition.low), bound_json(condition.high)
    return {"variable": condition.variable, "low": low, "high": high}


def _evidence(value: object, what: str) -> Evidence:
    return many(_condition)(value, what)


def _condition(value: object, what: str) -> Condition:
    fields = mapping(value, what)
    name = get(fields, "variable", string)
    if "codes" in fields:
        return OneOf(name, get(fields, "codes", many(natural)))
    return Range(name, get(fields, "low", bound), get(fields, "high", bound))


def _one_of(words: type[E]) -> Callable[[object, str], E]:
    """One word of an enumeration."""

    def read(value: object, what: str) -> E:
        try:
            return words(string(value, what))
        except ValueError as error:
            raise damaged(f"{what} holds an unknown word") from error

    return read
