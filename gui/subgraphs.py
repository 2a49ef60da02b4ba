"""Copying and pasting parts of a graph, within a project and as DAGitty text. No Qt."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from engine.graph.formats.drawing import Drawing, drawn_towards, tiers_of
from engine.graph.graph import CausalGraph, pair
from engine.graph.tiers import backward, check_tiers
from engine.graph.vectors import Vectors
from engine.project import Position, Project, Role
from engine.sketch import Drawn, Sketch
from gui import edits

STEP = (40.0, 40.0)  # from what was copied to what is pasted
NEAR = 20.0  # two cards closer than this would look like one


@dataclass(frozen=True, slots=True)
class Part:
    """Some nodes with the edges between them, and all that is said of these. No columns."""

    graph: CausalGraph = field(default_factory=CausalGraph)
    positions: Mapping[str, Position] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    families: Mapping[str, str] = field(default_factory=dict)
    randomised: frozenset[str] = frozenset()
    bends: Mapping[Drawn, Position] = field(default_factory=dict)
    vectors: Vectors = Vectors()
    cut: frozenset[Drawn] = frozenset()

    def drawing(self) -> Drawing:
        """What other programs can read of it."""
        towards = drawn_towards(self.bends, self.positions)
        return Drawing(self.graph, self.positions, self.roles, bends=towards)


def part_of(project: Project, names: Collection[str], shown: Mapping[str, Position]) -> Part:
    """These nodes; `shown`: where they stand on the canvas."""
    graph, kept = project.graph, set(names)

    def inside(edge: tuple[str, ...]) -> bool:
        return edge[0] in kept and edge[1] in kept

    return Part(
        CausalGraph(
            tuple(v for v in graph.variables if v in kept),
            frozenset(filter(inside, graph.edges)),
            frozenset(filter(inside, graph.bidirected)),
            graph.latent & kept,
        ),
        {v: shown[v] for v in graph.variables if v in kept and v in shown},
        {v: role for v, role in project.roles.items() if v in kept},
        {v: family for v, family in project.families.items() if v in kept},
        project.randomised & kept,
        {edge: off for edge, off in project.sketch.bends.items() if inside(edge[:2])},
        project.vectors.among(kept),
        frozenset(edge for edge in project.cut if inside(edge[:2])),
    )


def part_from(drawing: Drawing, places: Mapping[str, Position]) -> Part:
    """What a text of another program describes; `places` for all its nodes."""
    return Part(drawing.graph, places, drawing.roles, bends=bends_of(drawing, places))


def use_drawing(project: Project, drawing: Drawing, places: Mapping[str, Position]) -> Project:
    """The graph of a file takes the place of the drawn one, bends and all.

    Its time tiers come before those of the project; what its arrows contradict is left out.
    """
    own = tiers_of(drawing)
    known = replace(project, tiers={**project.tiers, **own})
    if backward(drawing.graph, known.tiers):
        known = replace(project, tiers=own)
    used = edits.use_graph(known, drawing.graph, places, drawing.roles)
    bends = {**used.sketch.bends, **bends_of(drawing, places)}
    return replace(used, sketch=Sketch(bends, used.sketch.regions))


def bends_of(drawing: Drawing, places: Mapping[str, Position]) -> dict[Drawn, Position]:
    """Bends of a graph file; those of nodes that it does not place are left out."""
    placed = drawing.positions
    return {
        (a, b, kind == "<->"): (
            round((x - (placed[a][0] + placed[b][0]) / 2) / 2, 1),
            round((y - (placed[a][1] + placed[b][1]) / 2) / 2, 1),
        )
        for (a, kind, b), (x, y) in drawing.bends.items()
        if a in placed and b in placed and a in places and b in places
    }


def pasted(project: Project, part: Part, names: Mapping[str, str], off: Position) -> Project:
    """`part` added under other `names` (all of them new), moved by `off`."""
    graph, more = project.graph, part.graph
    both = CausalGraph(
        (*graph.variables, *(names[v] for v in more.variables)),
        graph.edges | {(names[a], names[b]) for a, b in more.edges},
        graph.bidirected | {pair(names[a], names[b]) for a, b in more.bidirected},
        graph.latent | {names[v] for v in more.latent},
    )
    placed = {names[v]: (x + off[0], y + off[1]) for v, (x, y) in part.positions.items()}
    bends = {_renamed(edge, names): by for edge, by in part.bends.items()}
    check_tiers(both, project.tiers)
    return replace(
        project,
        graph=both,
        positions={**project.positions, **placed},
        roles={**project.roles, **{names[v]: role for v, role in part.roles.items()}},
        families={**project.families, **_families(project, part, names)},
        vectors=_vectors(project, part, names),
        cut=project.cut | {_renamed(edge, names) for edge in part.cut},
        randomised=project.randomised | {names[v] for v in part.randomised},
        sketch=Sketch({**project.sketch.bends, **bends}, project.sketch.regions),
    )


def free_names(project: Project, wanted: Collection[str]) -> dict[str, str]:
    """A name for each pasted node that no node has: its own, or with the next number.

    A column that is not drawn keeps its name, so that the node finds its data again; a copy gets a
    name that no column has.
    """
    columns = () if project.table is None else project.table.names
    taken, names = {*project.graph.variables, *project.columns}, {}
    for name in wanted:
        new, number = name, 1
        while new in taken or (new != name and (new in columns or new in wanted)):
            number += 1
            new = f"{name} {number}"
        names[name] = new
        taken.add(new)
    return names


def free_offset(places: Collection[Position], taken: Collection[Position]) -> Position:
    """The least whole number of steps that lays no pasted card upon another."""
    count = 0
    while any(
        abs(x + count * STEP[0] - a) < NEAR and abs(y + count * STEP[1] - b) < NEAR
        for x, y in places
        for a, b in taken
    ):
        count += 1
    return (count * STEP[0], count * STEP[1])


def centred(places: Collection[Position], at: Position) -> Position:
    """The offset that brings the middle of what is pasted to `at`."""
    xs, ys = [x for x, _ in places], [y for _, y in places]
    middle = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    return (round(at[0] - middle[0]), round(at[1] - middle[1]))


def _renamed(edge: Drawn, names: Mapping[str, str]) -> Drawn:
    a, b, hidden = names[edge[0]], names[edge[1]], edge[2]
    return (*pair(a, b), True) if hidden else (a, b, False)


def _vectors(project: Project, part: Part, names: Mapping[str, str]) -> Vectors:
    """Those whose columns are free again; a copy of one that is still drawn has no columns."""
    drawn = {*project.graph.variables, *project.columns, *names.values()}
    free = tuple(
        (name, columns)
        for name, columns in part.vectors.parts
        if names[name] == name and not drawn & set(columns)
    )
    return Vectors((*project.vectors.parts, *free))


def _families(project: Project, part: Part, names: Mapping[str, str]) -> dict[str, str]:
    """Families of those that have a column here."""
    return {
        names[v]: family
        for v, family in part.families.items()
        if project.table is not None and names[v] in project.table
    }
