"""Bounds against published trials, closed forms, all corners of the polytope, and known truths."""

from itertools import combinations

import numpy as np
import pytest

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.errors import QueryError
from engine.graph.graph import CausalGraph, graph_of
from engine.identify.bounded import bounds_of_table
from engine.identify.bounds import Bounds, Polytope, Program, bounds, chance, contrast
from engine.identify.response import JointLaw, districts
from engine.queries.answers import TableBounds
from tests.engine.identify.laws import BinaryLaw

INSTRUMENT = graph_of(["z", "x", "y"], [("z", "x"), ("x", "y")], [("x", "y")])
BOW = graph_of(["x", "y"], [("x", "y")], [("x", "y")])
FRONT = graph_of(["x", "m", "y"], [("x", "m"), ("m", "y")], [("x", "y")])
ATE = contrast(chance("y", 1, {"x": 1}, 2), chance("y", 1, {"x": 0}, 2))


def assigned(given_z: np.ndarray) -> JointLaw:
    """P(x, y | z) as [z, x, y], with either z as often."""
    return JointLaw(("z", "x", "y"), given_z / 2)


def random_law(seed: int, width: int = 2) -> tuple[JointLaw, float]:
    """An instrument with `width` categories of z and x, its types drawn; and P(y=1 | do(x=1))."""
    rng = np.random.default_rng(seed)
    x_types = np.stack(np.meshgrid(*[range(width)] * width, indexing="ij"), -1).reshape(-1, width)
    y_types = np.stack(np.meshgrid(*[range(2)] * width, indexing="ij"), -1).reshape(-1, width)
    chances = rng.dirichlet(np.full(len(x_types) * len(y_types), 0.3))
    joint = np.zeros((width, width, 2))
    for p, (r, s) in zip(chances, [(r, s) for r in x_types for s in y_types], strict=True):
        for z in range(width):
            joint[z, r[z], s[r[z]]] += p / width
    done = chances.reshape(len(x_types), -1).sum(0) @ y_types[:, 1]
    return JointLaw(("z", "x", "y"), joint), float(done)


def by_formula(p: np.ndarray) -> tuple[float, float]:
    """The eight terms of each end (Balke, Pearl, JASA 1997, eq. 6 and 7); p[z, x, y]."""
    p00_0, p10_0, p01_0, p11_0 = p[0, 0, 0], p[0, 0, 1], p[0, 1, 0], p[0, 1, 1]  # p{y}{x}_{z}
    p00_1, p10_1, p01_1, p11_1 = p[1, 0, 0], p[1, 0, 1], p[1, 1, 0], p[1, 1, 1]
    low = (
        p11_1 + p00_0 - 1,
        p11_0 + p00_1 - 1,
        p11_0 - p11_1 - p10_1 - p01_0 - p10_0,
        p11_1 - p11_0 - p10_0 - p01_1 - p10_1,
        -p01_1 - p10_1,
        -p01_0 - p10_0,
        p00_1 - p01_1 - p10_1 - p01_0 - p00_0,
        p00_0 - p01_0 - p10_0 - p01_1 - p00_1,
    )
    high = (
        1 - p01_1 - p10_0,
        1 - p01_0 - p10_1,
        -p01_0 + p01_1 + p00_1 + p11_0 + p00_0,
        -p01_1 + p11_1 + p00_1 + p01_0 + p00_0,
        p11_1 + p00_1,
        p11_0 + p00_0,
        -p10_1 + p11_1 + p00_1 + p11_0 + p10_0,
        -p10_0 + p11_0 + p00_0 + p11_1 + p10_1,
    )
    return max(low), min(high)


def test_vitamin_a_as_published() -> None:
    """-0.1946 … 0.0054; counts of Sommer and Zeger (1991) as in Balke and Pearl (1997)."""
    counts = np.array([[[74, 11514], [0, 0]], [[34, 2385], [12, 9663]]], dtype=float)
    found = bounds(INSTRUMENT, assigned(counts / counts.sum((1, 2), keepdims=True)), ATE)
    assert (found.low, found.high) == pytest.approx((-0.1946, 0.0054), abs=5e-5)
    assert found.sharp
    assert found.violation == 0


def test_cholestyramine_as_published() -> None:
    """.392 … .780, from the shares as printed (Balke and Pearl 1997; Pearl, Causality, 8.2.5)."""
    shares = np.array([[[0.919, 0.081], [0, 0]], [[0.315, 0.073], [0.139, 0.473]]])
    found = bounds(INSTRUMENT, assigned(shares), ATE)
    assert (found.low, found.high) == pytest.approx((0.392, 0.780), abs=1e-6)


@pytest.mark.parametrize("seed", range(8))
def test_an_instrument_by_the_closed_form(seed: int) -> None:
    law, _ = random_law(seed)
    found = bounds(INSTRUMENT, law, ATE)
    assert (found.low, found.high) == pytest.approx(by_formula(2 * law.chances), abs=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_the_ends_are_corners_of_the_polytope(seed: int) -> None:
    """All basic solutions of the 16 types under the 7 free sums: a corner each, or infeasible."""
    law, _ = random_law(100 + seed)
    district = next(d for d in districts(INSTRUMENT, law.levels) if len(d.members) == 2)
    polytope = Polytope(district, *district.matrix(law))
    matrix, sums = polytope.matrix.toarray(), np.append(polytope.seen.ravel(), 1.0)
    free = [0, 1, 2, 4, 5, 6, 8]  # three cells of either arm, and the whole
    bases = np.array(list(combinations(range(16), 7)))
    square = matrix[free][:, bases].transpose(1, 0, 2)
    bases = bases[np.abs(np.linalg.det(square)) > 0.5]
    square = matrix[free][:, bases].transpose(1, 0, 2)
    corners = np.linalg.solve(square, np.broadcast_to(sums[free][:, None], (len(bases), 7, 1)))
    feasible = (corners[..., 0] > -1e-12).all(1)
    answers = {v: district.answers({"z": 0}, {"x": 1})[v] for v in ("x", "y")}
    values = (answers["y"][bases] * corners[..., 0]).sum(1)[feasible]
    found = bounds(INSTRUMENT, law, chance("y", 1, {"x": 1}, 2))
    assert (found.low, found.high) == pytest.approx((values.min(), values.max()), abs=1e-6)


@pytest.mark.parametrize(("seed", "width"), [(1, 2), (2, 2), (3, 3), (4, 3)])
def test_the_truth_is_always_inside(seed: int, width: int) -> None:
    law, truth = random_law(seed, width)
    found = bounds(INSTRUMENT, law, chance("y", 1, {"x": 1}, 2))
    assert found.low - 1e-7 <= truth <= found.high + 1e-7
    assert found.high - found.low < 1
    assert found.violation == 0


def test_without_an_instrument_they_are_manskis() -> None:
    """P(y, x) ≤ P(y | do(x)) ≤ P(y, x) + 1 - P(x) (Manski 1990)."""
    law = JointLaw(("x", "y"), np.array([[0.1, 0.2], [0.3, 0.4]]))
    found = bounds(BOW, law, chance("y", 1, {"x": 1}, 2))
    assert (found.low, found.high) == pytest.approx((0.4, 0.4 + 0.3))


def test_what_is_identified_is_a_point() -> None:
    """The front door's own formula, Σ_m P(m | x) Σ_x' P(y | m, x') P(x')."""
    p = BinaryLaw(FRONT, 5).joint()
    m_given_x, x = p.sum(2) / p.sum((1, 2))[:, None], p.sum((1, 2))
    by_hand = sum(
        m_given_x[1, m] * sum(p[k, m, 1] / p[k, m].sum() * x[k] for k in range(2)) for m in range(2)
    )
    found = bounds(FRONT, JointLaw(("x", "m", "y"), p), chance("y", 1, {"x": 1}, 2))
    assert (found.low, found.high) == pytest.approx((by_hand, by_hand), abs=1e-6)


Z_X_Y = [("z", "x"), ("x", "y")]
WIDER = {
    "covariate": (["c", "z", "x", "y"], [*Z_X_Y, ("c", "x"), ("c", "y")], [("x", "y")]),
    "mediator": (["z", "x", "m", "y"], [*Z_X_Y, ("x", "m"), ("m", "y")], [("x", "y")]),
    "chain": (["x", "m", "y"], [("x", "m"), ("m", "y")], [("x", "m"), ("m", "y")]),
    "effect beyond": (["z", "x", "y", "w"], [*Z_X_Y, ("y", "w")], [("x", "y")]),
}


@pytest.mark.parametrize("name", WIDER)
@pytest.mark.parametrize("seed", [1, 2])
def test_other_small_graphs_hold_the_truth(name: str, seed: int) -> None:
    """Laws of random binary SCMs with hidden causes, whose do is known by enumeration."""
    graph = graph_of(*WIDER[name])
    outcome = graph.variables[-1]
    world = BinaryLaw(graph, seed)
    done = world.joint({"x": 1})
    truth = done.take(1, world.observed.index(outcome)).sum()
    law = JointLaw(world.observed, world.joint())
    found = bounds(graph, law, chance(outcome, 1, {"x": 1}, 2))
    assert found.low - 1e-6 <= truth <= found.high + 1e-6
    assert found.sharp == (name != "chain")
    assert found.violation == 0
    assert found.high - found.low < 0.999


def instrumental(p: np.ndarray) -> float:
    """max_x Σ_y max_z P(x, y | z): at most 1 for every instrument (Pearl, UAI 1995)."""
    return float(p.max(0).sum(1).max())


@pytest.mark.parametrize("seed", range(12))
def test_contradicted_exactly_where_the_instrumental_inequality_is(seed: int) -> None:
    """For two categories each the inequality is all there is (Bonet, UAI 2001)."""
    p = np.random.default_rng(seed).dirichlet([0.5] * 4, size=2).reshape(2, 2, 2)
    found = bounds(INSTRUMENT, assigned(p), ATE)
    assert (found.violation > 0) == (instrumental(p) > 1)


def test_two_groups_of_hidden_causes_are_refused() -> None:
    graph = graph_of(
        ["x", "m", "y"], [("x", "m"), ("m", "y")], [("x", "m")]
    )  # one group: m's hidden cause
    world = BinaryLaw(graph, 1)
    assert isinstance(bounds(graph, JointLaw(world.observed, world.joint()), ATE), Bounds)
    two = graph_of(
        ["x", "m", "w", "y"],
        [("x", "m"), ("w", "y"), ("m", "y")],
        [("x", "m"), ("w", "y")],
    )
    world = BinaryLaw(two, 1)
    law = JointLaw(world.observed, world.joint())
    terms = chance("y", 1, {"x": 1, "w": 0}, 2)
    with pytest.raises(QueryError, match="several matter"):
        bounds(two, law, terms)


def test_too_many_unknowns_are_refused_in_a_sentence() -> None:
    law = JointLaw(("x", "y"), np.full((6, 6), 1 / 36))
    with pytest.raises(QueryError, match="x, y can answer their causes in 279,936 ways"):
        bounds(BOW, law, chance("y", 1, {"x": 1}, 6))


def of_rows(graph: CausalGraph, z: np.ndarray, x: np.ndarray, y: np.ndarray) -> TableBounds:
    names = {"z": z, "x": x, "y": y}
    table = Table(
        tuple(Variable(v, Kind.BINARY, categories=("no", "yes")) for v in names),
        {v: np.asarray(c, dtype=float) for v, c in names.items()},
    )
    found = list(bounds_of_table(graph, table, "y", lambda values: ATE, 0, 20))[-1]
    assert found is not None
    return found


def test_rows_of_an_instrument_and_rows_of_none() -> None:
    rng = np.random.default_rng(1)
    z, u = (rng.random((2, 2_000)) < 0.5).astype(float)
    x = (rng.random(2_000) < 0.1 + 0.5 * z + 0.3 * u).astype(float)
    y = (rng.random(2_000) < 0.2 + 0.3 * x + 0.4 * u).astype(float)
    found = of_rows(INSTRUMENT, z, x, y)
    assert found.low is not None
    assert found.high is not None
    assert found.interval is not None
    assert found.interval[0] < found.low < 0.3 < found.high < found.interval[1]
    assert not found.contradicts
    takes, shown = (rng.random(2_000) < 0.9), (rng.random(2_000) < 0.05 + 0.9 * z)
    broken = of_rows(INSTRUMENT, z, takes, shown)
    assert broken.contradicts
    assert broken.p < 0.05
    assert broken.words[0].startswith("These rows contradict the graph")


def test_few_rows_at_the_edge_do_not_contradict() -> None:
    """Nobody takes the drug and it does nothing: the inequality is tight, and broken by chance."""
    rng = np.random.default_rng(4)
    z = np.repeat([0.0, 1.0], 50)
    y = (rng.random(100) < 0.5).astype(float)
    program = Program(INSTRUMENT, {"z": 2, "x": 2, "y": 2}, ATE)
    joint = np.zeros((2, 2, 2))
    np.add.at(joint, (z.astype(int), 0, y.astype(int)), 0.01)
    assert program.solve(JointLaw(("z", "x", "y"), joint)).violation > 0
    found = of_rows(INSTRUMENT, z, np.zeros(100), y)
    assert not found.contradicts
    assert 0.05 < found.p < 1
    assert "just outside" in found.words[1]
