"""Examples in which a variable is a picture, drawn with known truth; drawing takes a second."""

from collections.abc import Mapping

import numpy as np

from engine.data.pictures import Pictures
from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import Edge, graph_of
from engine.interventions import Range, Set
from engine.project import Position, Project, Role
from engine.queries.questions import Question, Rung
from engine.simulate import flow, pendulum, shapes
from engine.simulate.counts import Example
from engine.simulate.lessons import Lesson
from engine.simulate.painting import Simulated

ROWS = 2_000


def pendulum_pictures(count: int = ROWS, seed: int = 4) -> Project:
    """A pendulum and its shadow: one of them, had the light stood lower."""
    return _project(
        pendulum.rows(count, seed),
        pendulum.UNITS,
        pendulum.EDGES,
        {
            "pendulum": (0.0, -130.0),
            "light": (0.0, 130.0),
            "shadow length": (260.0, -210.0),
            "shadow middle": (260.0, 210.0),
            "picture": (520.0, 0.0),
        },
        Question(Rung.IMAGINE, "picture", action=(Set("light", 62.0),), row=min(24, count - 1)),
        "Pendulum",
        f"{count:,} simulated pictures of a pendulum, a light and the pendulum's shadow. The "
        "angles of pendulum and light decide where the shadow falls; its length and middle are "
        "measured with noise, and drawn with it. Had the light stood lower, the same pendulum "
        "would have another shadow and nothing else would move. Scene and equations are those of "
        "M. Yang et al., CausalVAE, CVPR 2021.",
    )


def flow_pictures(count: int = ROWS) -> Project:
    """Water from a hole in a tank: one of them, had the ball been larger."""
    return _project(
        flow.rows(count, 4),
        flow.UNITS,
        flow.EDGES,
        {
            "ball": (0.0, -130.0),
            "hole": (0.0, 130.0),
            "water height": (250.0, -210.0),
            "flow": (250.0, 210.0),
            "picture": (520.0, 0.0),
        },
        Question(Rung.IMAGINE, "picture", action=(Set("ball", 1.1),), row=min(7, count - 1)),
        "Flow",
        f"{count:,} simulated pictures of a tank. A ball lifts the water, and the higher the water "
        "stands above the hole the farther the jet reaches. Had the ball been larger, the water "
        "would stand higher and the jet would reach farther; to set the water's height would leave "
        "the ball as it is. Equations as in M. Yang et al., CausalVAE, CVPR 2021.",
    )


def shape_pictures(count: int = ROWS) -> Project:
    """Coloured shapes: what blue ones look like, and what making them blue would do."""
    return _project(
        shapes.rows(count, 4),
        shapes.UNITS,
        shapes.EDGES,
        {
            "form": (0.0, 0.0),
            "hue": (250.0, -170.0),
            "size": (250.0, 60.0),
            "place": (400.0, 240.0),
            "picture": (560.0, -20.0),
        },
        Question(
            Rung.SEE,
            "picture",
            evidence=(Range("hue", 220.0, 260.0),),
            action=(Set("hue", 240.0),),
            row=0,
        ),
        "Coloured shapes",
        f"{count:,} simulated pictures of circles, squares and triangles. Triangles are mostly "
        "blue and circles mostly yellow, so nearly all blue rows are triangles; but to paint a "
        "shape blue leaves its form as it was. See and Do show different pictures.",
    )


def _project(
    drawn: Simulated,
    units: Mapping[str, str],
    edges: tuple[Edge, ...],
    positions: Mapping[str, Position],
    question: Question,
    title: str,
    notes: str,
) -> Project:
    categories = {"form": shapes.FORMS}
    variables = tuple(
        Variable(name, Kind.CATEGORICAL, categories=categories[name])
        if name in categories
        else Variable(name, Kind.CONTINUOUS, unit)
        for name, unit in units.items()
    )
    columns = {name: np.array(drawn.columns[name]) for name in units}
    pictures = {"picture": Pictures(drawn.pictures)}
    return Project(
        graph=graph_of((*units, "picture"), edges),
        positions=positions,
        roles={"picture": Role.OUTCOME},
        table=Table(variables, columns, title, pictures=pictures),
        question=question,
        title=title,
        notes=notes,
    )


PICTURED = (
    Lesson(
        Example(
            "pendulum",
            "Pendulum (pictures, simulated)",
            "A picture as an effect: this pendulum, had the light stood lower",
        ),
        pendulum_pictures,
    ),
    Lesson(
        Example(
            "flow",
            "Flow (pictures, simulated)",
            "Water from a tank, had the ball in it been larger",
        ),
        flow_pictures,
    ),
    Lesson(
        Example(
            "coloured-shapes",
            "Coloured shapes (pictures, simulated)",
            "Blue goes with triangles, but painting blue makes none",
        ),
        shape_pictures,
    ),
)
