"""Examples that each teach one thing about graphs, with a truth that is known and stated."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import Edge, graph_of
from engine.project import Position, Project, Role
from engine.seeds import numpy_generator
from engine.simulate.counts import Counts, Example, table_from_counts, versus

Columns = dict[str, NDArray[np.float64]]
NO_YES = ("no", "yes")

# Pearl, Causality (2009), table 3.1, invented: (smoking, tar) → per cent of people, with cancer.
TAR_COUNTS: Mapping[tuple[str, str], tuple[int, int]] = {
    ("no", "no"): (3_800, 380),
    ("yes", "no"): (200, 180),
    ("no", "yes"): (200, 10),
    ("yes", "yes"): (3_800, 3_230),
}
TAR_EFFECT = 0.4525 - 0.4975  # P(cancer | do(smoking)), yes - no, by the front door

# Efron, Feldman 1991 as in Chickering, Pearl 1996: (offered, took, lowered) → men.
CHOLESTYRAMINE_COUNTS: Counts = {
    ("no", "no", "no"): 158,
    ("no", "no", "yes"): 14,
    ("yes", "no", "no"): 52,
    ("yes", "no", "yes"): 12,
    ("yes", "yes", "no"): 23,
    ("yes", "yes", "yes"): 78,
}
CHOLESTYRAMINE_BOUNDS = (0.391, 0.779)  # of P(lowered | do(took)), yes - no; see test_lessons

# Sackett, J. Chronic Dis. 32 (1979) 51-63: (bones, lungs, hospital) → people.
HOSPITAL_COUNTS: Counts = {
    ("yes", "yes", "yes"): 5,
    ("yes", "yes", "no"): 17 - 5,
    ("no", "yes", "yes"): 15,
    ("no", "yes", "no"): 207 - 15,
    ("yes", "no", "yes"): 18,
    ("yes", "no", "no"): 184 - 18,
    ("no", "no", "yes"): 219,
    ("no", "no", "no"): 2_376 - 219,
}

SCHOOL_EFFECT = -0.05  # mmol/l of sugar per year at school
NAPKIN_EFFECT = 0.3  # P(bought | do(visited)), yes - no
PILL_EFFECT = 0.0
MANY = 4_000


@dataclass(frozen=True, slots=True)
class Lesson:
    """An example with what it teaches, and how its project is made."""

    example: Example
    project: Callable[[], Project]


def napkin_columns(rows: int, seed: int, do: Mapping[str, float] | None = None) -> Columns:
    """0 and 1, from independent fair coins u (taste) and v (money), and chance.

    shopped ~ .2 + .3 u + .3 v      mailed ~ .1 + .7 shopped
    visited ~ .1 + .5 mailed + .3 u      bought ~ .1 + .3 visited + .4 v
    """
    rng = numpy_generator(seed, "napkin")
    do = do or {}
    taste, money = (rng.random((2, rows)) < 0.5).astype(np.float64)
    shopped = _coin(rng, 0.2 + 0.3 * taste + 0.3 * money)
    mailed = _coin(rng, 0.1 + 0.7 * shopped)
    visited = _coin(rng, 0.1 + 0.5 * mailed + 0.3 * taste)
    visited = np.full(rows, do["visited"]) if "visited" in do else visited
    bought = _coin(rng, 0.1 + 0.3 * visited + 0.4 * money)
    return {"shopped": shopped, "mailed": mailed, "visited": visited, "bought": bought}


def pill_columns(rows: int, seed: int) -> Columns:
    """pill ~ .2 + .6 u, healthy ~ .2 + .6 u with a fair coin u (care for oneself): no effect."""
    rng = numpy_generator(seed, "bow")
    care = (rng.random(rows) < 0.5).astype(np.float64)
    return {"pill": _coin(rng, 0.2 + 0.6 * care), "healthy": _coin(rng, 0.2 + 0.6 * care)}


def school_columns(rows: int, seed: int) -> Columns:
    """From independent standard normal u (family's money), v (inherited risk) and noise n.

    school = 12 + 2 u + 1.5 n (years)      mother = 5.5 - .6 u + .6 v + .4 n (mmol/l)
    sugar = 5.5 - .05 (school - 12) + .7 v + .3 n (mmol/l)
    """
    money, risk, *noise = numpy_generator(seed, "m-bias").standard_normal((5, rows))
    school = 12 + 2 * money + 1.5 * noise[0]
    mother = 5.5 - 0.6 * money + 0.6 * risk + 0.4 * noise[1]
    sugar = 5.5 + SCHOOL_EFFECT * (school - 12) + 0.7 * risk + 0.3 * noise[2]
    return {"school": school, "mother": mother, "sugar": sugar}


def _coin(rng: np.random.Generator, chance: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(rng.random(len(chance)) < chance, dtype=np.float64)


def _front_door() -> Project:
    counts: Counts = {
        (*group, cancer): count
        for group, (people, ill) in TAR_COUNTS.items()
        for cancer, count in (("yes", ill), ("no", people - ill))
    }
    return _project(
        "Smoking and tar",
        _counted(("smoking", "tar", "cancer"), counts, 1995, "Smoking and tar"),
        [("smoking", "tar"), ("tar", "cancer")],
        [("cancer", "smoking")],
        {"smoking": (0.0, 0.0), "tar": (240.0, 0.0), "cancer": (480.0, 0.0)},
        "8,000 invented people (Pearl, Causality, 2009, table 3.1). Smokers have cancer far more "
        "often (85 % against 10 %), but a hidden cause may drive both. Tar is on the only way "
        "from smoking to cancer and shares no hidden cause with either, so the effect can be put "
        "together of two that can be measured: smoking on tar, tar on cancer. In these invented "
        "rows it is -4.5 points: smoking would protect, and that is the point of the example.",
    )


def _m_bias() -> Project:
    units = {"school": "years", "mother": "mmol/l", "sugar": "mmol/l"}
    table = Table(
        tuple(Variable(name, Kind.CONTINUOUS, unit) for name, unit in units.items()),
        school_columns(2_000, 3),
        "M-bias",
    )
    return _project(
        "M-bias",
        table,
        [("school", "sugar")],
        [("mother", "school"), ("mother", "sugar")],
        {"school": (0.0, 0.0), "mother": (240.0, -210.0), "sugar": (480.0, 0.0)},
        "2,000 simulated people. A mother's blood sugar goes with her child's years at school (the "
        "family's money) and with the child's blood sugar (what is inherited), but causes neither. "
        "One more year at school changes blood sugar by -0.05 mmol/l; comparing as it stands finds "
        "that, and adjusting for the mother's blood sugar, though it was fixed before, does not.",
        (13.0, 12.0),
    )


def _instrument() -> Project:
    return _project(
        "Cholestyramine",
        _counted(("offered", "took", "lowered"), CHOLESTYRAMINE_COUNTS, 1984, "Cholestyramine"),
        [("offered", "took"), ("took", "lowered")],
        [("lowered", "took")],
        {"offered": (0.0, 0.0), "took": (240.0, 0.0), "lowered": (480.0, 0.0)},
        "337 men of the Lipid Research Clinics trial. A lot decided who was offered the drug, each "
        "man whether he took it. What taking it does is not identified, because who takes a drug "
        "differs from who does not; but the lot bounds it: 39 to 78 points more men with lowered "
        "cholesterol. Counts: Efron and Feldman 1991, cut in two by Chickering and Pearl 1996.",
        randomised=("offered",),
        treatment="took",
    )


def _napkin() -> Project:
    names = ("shopped", "mailed", "visited", "bought")
    return _project(
        "Napkin",
        _drawn(names, napkin_columns(MANY, 5), "Napkin"),
        [("shopped", "mailed"), ("mailed", "visited"), ("visited", "bought")],
        [("shopped", "visited"), ("bought", "shopped")],
        {
            "shopped": (0.0, -210.0),
            "mailed": (0.0, 0.0),
            "visited": (240.0, 0.0),
            "bought": (480.0, 0.0),
        },
        "4,000 simulated customers. No set of variables can be adjusted for, and none lies on the "
        "way; still the effect of a visit is identified, as a ratio: the share that visited and "
        "bought over the share that visited, each among those mailed (or not) and averaged over "
        "who had shopped before. The true effect is 30 points.",
        treatment="visited",
    )


def _bow() -> Project:
    return _project(
        "Bow",
        _drawn(("pill", "healthy"), pill_columns(MANY, 6), "Bow"),
        [("pill", "healthy")],
        [("healthy", "pill")],
        {"pill": (0.0, 0.0), "healthy": (300.0, 0.0)},
        "4,000 simulated people. Those who take a vitamin pill are healthier by 36 points, all of "
        "it because people who look after themselves do both; the true effect is 0. With a hidden "
        "cause beside the arrow no formula gives the effect: it may lie anywhere in a range of "
        "one whole point of probability, until the pill is decided by lot or the care is measured.",
    )


def _selection() -> Project:
    return _project(
        "Hospital patients",
        _counted(("lungs", "bones", "hospital"), _by_lungs(), 1979, "Hospital patients"),
        [("lungs", "hospital"), ("bones", "hospital")],
        [],
        {"lungs": (0.0, 0.0), "bones": (480.0, 0.0), "hospital": (240.0, 210.0)},
        "2,784 real people. Diseases of the lungs and of the bones have nothing to do with one "
        "another (odds ratio 1.06), but among the 257 who were in hospital they go together (odds "
        "ratio 4.06), because both lead there: Berkson's bias. Looking at patients alone is "
        "conditioning on what both cause. Counts: D. L. Sackett, J. Chronic Dis. 32 (1979) 51-63.",
        treatment="lungs",
        outcome="bones",
    )


def _by_lungs() -> Counts:
    return {(lungs, bones, bed): n for (bones, lungs, bed), n in HOSPITAL_COUNTS.items()}


def _mediator(stones: Counts) -> Project:
    return _project(
        "Kidney stones, drawn wrongly",
        _counted(
            ("size", "treatment", "recovered"),
            stones,
            1986,
            "Kidney stones, drawn wrongly",
            {"size": ("small", "large"), "treatment": ("A", "B")},
        ),
        [("treatment", "size"), ("treatment", "recovered"), ("size", "recovered")],
        [],
        {"treatment": (0.0, 0.0), "size": (190.0, -210.0), "recovered": (380.0, 0.0)},
        "The 700 patients of the kidney stones example with one arrow turned round: here the "
        "treatment makes the stones large or small. Then there is nothing to adjust for, doing is "
        "seeing, and B looks 4.6 points better, where the right graph has A 5.4 points better. "
        "The rows fit both graphs equally well: which arrow is right must be known from elsewhere.",
        (0.0, 1.0),
        treatment="treatment",
    )


def _project(
    title: str,
    table: Table,
    edges: Sequence[Edge],
    hidden: Sequence[Edge],
    positions: Mapping[str, Position],
    notes: str,
    values: tuple[float, float] = (1.0, 0.0),
    randomised: Sequence[str] = (),
    treatment: str = "",
    outcome: str = "",
) -> Project:
    treatment, outcome = treatment or table.names[0], outcome or table.names[-1]
    level = 1 if table.variable(outcome).discrete else None
    return Project(
        graph=graph_of(table.names, edges, hidden),
        positions=positions,
        roles={treatment: Role.EXPOSURE, outcome: Role.OUTCOME},
        table=table,
        question=versus(treatment, *values, outcome, level),
        randomised=frozenset(randomised),
        title=title,
        notes=notes,
    )


def _counted(
    names: Sequence[str],
    counts: Counts,
    seed: int,
    source: str,
    labels: Mapping[str, tuple[str, str]] | None = None,
) -> Table:
    categories = {name: (labels or {}).get(name, NO_YES) for name in names}
    variables = tuple(Variable(name, Kind.BINARY, categories=categories[name]) for name in names)
    return table_from_counts(variables, counts, seed, source)


def _drawn(names: Sequence[str], columns: Columns, source: str) -> Table:
    variables = tuple(Variable(name, Kind.BINARY, categories=NO_YES) for name in names)
    return Table(variables, columns, source)


def lessons(stones: Counts) -> tuple[Lesson, ...]:
    """All of them; `stones` are the counts of the kidney stones."""
    return (
        Lesson(
            Example(
                "front-door",
                "Smoking and tar",
                "Front door: an effect beside a hidden cause, found through what lies between",
            ),
            _front_door,
        ),
        Lesson(
            Example(
                "m-bias",
                "M-bias (simulated)",
                "Adjusting for something fixed before can make a bias that was not there",
            ),
            _m_bias,
        ),
        Lesson(
            Example(
                "cholestyramine",
                "Cholestyramine",
                "337 real men; an instrument bounds an effect and does not identify it",
            ),
            _instrument,
        ),
        Lesson(
            Example(
                "napkin",
                "Napkin (simulated)",
                "Identified though nothing can be adjusted for and nothing lies between",
            ),
            _napkin,
        ),
        Lesson(
            Example("bow", "Bow (simulated)", "Not identified: what no amount of data can tell"),
            _bow,
        ),
        Lesson(
            Example(
                "selection",
                "Hospital patients",
                "2,784 real people; Berkson's bias: looking at patients alone relates what is not",
            ),
            _selection,
        ),
        Lesson(
            Example(
                "kidney-stones-mediator",
                "Kidney stones, drawn wrongly",
                "The same 700 patients with one arrow turned round: doing is then seeing",
            ),
            lambda: _mediator(stones),
        ),
    )
