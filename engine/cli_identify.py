"""What `doscope identify` answers: verdict, estimand, reasoning, sets, instruments or the hedge."""

from argparse import Namespace
from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli_output import note, show_json, warn
from engine.errors import QueryError
from engine.queries import language

if TYPE_CHECKING:
    from engine.identify.identification import Identification
    from engine.identify.report import Beside

CONTRACT = ("identified", "method", "estimand", "latex", "adjustment_sets", "hedge")
MOST_PRINTED = 20  # sets on one line
Names = tuple[str, ...]


def identify(options: Namespace) -> None:
    """Whether a causal query can be computed from what is measured."""
    from engine.graph.formats.registry import read_graph_file
    from engine.identify.report import Beside, answered, beside
    from engine.project import Role

    drawing = read_graph_file(Path(options.graph))
    treatments, outcome, shifted, given = asked_of(options.query)
    forced, forbidden = _names(options.adjust), _names(options.avoid)
    _known(
        (*treatments, outcome, *given, *forced, *forbidden), drawing.graph.variables, options.graph
    )
    marked = {role: [v for v, r in drawing.roles.items() if r is role] for role in Role}
    selected = tuple(marked[Role.SELECTED])
    found = answered(drawing.graph, treatments, outcome, shifted, given, selected=selected)
    forced = tuple(dict.fromkeys((*forced, *marked[Role.ADJUSTED])))
    more = (
        Beside()
        if selected
        else beside(drawing.graph, treatments, outcome, forced, forbidden, given)
    )
    for text in (*drawing.warnings, *more.warnings, *filter(None, [found.why_not])):
        warn(text)
    if options.json:
        show_json(_json(found, more, details=options.details))
    else:
        print("\n".join(_lines(found, more)))
        if found.identified:
            note("the graph is taken as given; no data prove it")


def asked_of(text: str) -> tuple[Names, str, Names, Names]:
    """Treatments, outcome, shifted treatments and what is seen beside, of P(Y | do(X), Z)."""
    query = language.parse(text, bare=True)
    match query:
        case language.Mean(outcome, clause) | language.Law(outcome, clause):
            pass
        case language.Chance(event, clause):
            outcome = event.variable
        case _:
            raise QueryError(
                "One P(…) or E[…] can be identified at a time", remedy="ask for P(Y | do(X))"
            )
    if not clause.doing:
        raise QueryError("The query does nothing to the system", remedy="ask for P(Y | do(X))")
    if clause.through:
        raise QueryError(
            "identify does not take through(…)", remedy="ask a fitted project by doscope query"
        )
    treatments = tuple(item.variable for item in clause.doing)
    shifted = tuple(item.variable for item in clause.doing if item.op == "+=")
    given = tuple(dict.fromkeys(event.variable for event in clause.evidence))
    return treatments, outcome, shifted, given


def _names(text: str | None) -> Names:
    return tuple(filter(None, (name.strip() for name in (text or "").split(","))))


def _known(names: Collection[str], variables: Collection[str], where: str) -> None:
    for name in names:
        if name not in variables:
            raise QueryError(
                f"The graph has no variable {name}",
                where=where,
                remedy=f"its variables are {', '.join(variables)}",
            )


def _json(found: "Identification", more: "Beside", *, details: bool) -> Mapping[str, object]:
    """The six keys of the contract; with `--details` what the lines for people say, too."""
    whole = asdict(found)
    result = {key: whole[key] for key in CONTRACT} | {"adjustment_sets": more.sets}
    if not details:
        return result
    return result | {
        "computable": found.computable,
        "words": found.words,
        "rules": [{"line": rule.line, "words": rule.words} for rule in found.rules],
        "optimal": None if more.optimal is None else asdict(more.optimal),
        "direct_sets": more.direct,
        "front_door_sets": more.front_doors,
        "open_paths": more.open_paths,
        "instruments": [asdict(each) | {"methods": more.methods} for each in more.instruments],
    }


def _lines(found: "Identification", more: "Beside") -> list[str]:
    """Verdict, estimand, what could be adjusted for, and the steps of the reasoning."""
    if found.identified:
        lines = [f"If your arrows are right: identified by {found.method}."]
        lines += [f"  {found.estimand}"]
        lines += [f"  In words: {found.words}"] if found.words else []
        if found.anywhere:
            lines.append(f"  The same at any value of {', '.join(found.anywhere)}.")
    else:
        lines = ["Not identified from this graph."]
    if found.hedge is not None:
        outer, inner = _set(found.hedge.outer), _set(found.hedge.inner)
        lines.append(f"  Hedge: {outer} around {inner}, each held together by hidden causes.")
    if more.open_paths:
        more_words = "" if more.all_open else ", the shortest of them"
        lines.append(f"  Open paths that are no effect (a bias until closed{more_words}):")
        lines += [f"    {path}" for path in more.open_paths]
    lines += _sets("Adjustment sets", more.sets)
    if more.optimal is not None:
        among = "of all" if more.optimal.among_all else "of the minimal ones"
        lines.append(f"  Best of these for few rows ({among}): {_set(more.optimal.names)}")
    lines += _sets("For the direct effect, straight lines", more.direct)
    lines += _sets("Front-door sets", more.front_doors)
    for each in more.instruments:
        given = f" given {_set(each.given)}" if each.given else ""
        lines.append(f"  Instrument: {each.name}{given} ({'; '.join(more.methods)})")
    if found.rules:
        lines.append("  Step by step:")
        lines += [f"    {rule.words} ({rule.line})." for rule in found.rules]
    return lines


def _sets(title: str, sets: tuple[Names, ...]) -> list[str]:
    """One line: the first sets, and how many more were listed."""
    if not sets:
        return []
    rest = len(sets) - MOST_PRINTED
    more = f"  and {rest} more (--json lists them)" if rest > 0 else ""
    return [f"  {title}: {'  '.join(map(_set, sets[:MOST_PRINTED]))}{more}"]


def _set(names: Names) -> str:
    return "{" + ", ".join(names) + "}"
