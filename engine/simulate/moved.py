"""An example of mechanisms that change between places and of one that stays, with known truth."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import graph_of
from engine.project import Project, Role
from engine.seeds import numpy_generator
from engine.simulate.counts import Example, versus
from engine.simulate.lessons import Lesson

Columns = dict[str, NDArray[np.float64]]
PER_HOSPITAL = 700
HOSPITALS = ("north", "south")
CHANGED = frozenset({"age", "dose"})
STAYED = frozenset({"pressure", "recovery"})


def hospital_columns(
    per_hospital: int, seed: int, do: Mapping[str, float] | None = None
) -> Columns:
    """Two hospitals, from independent standard normal noise n; h = 0 in the north, 1 in the south.

    age      = 52 + 6 h + 9 n                                               (years)
    dose     = 1.6 + (.01 + .03 h) (age - 55) + .3 n                        (mg)
    pressure = 132 - 4 dose + 5 n                                           (mmHg)
    recovery = 16 + .12 (age - 55) - 7 (1 - e^-dose) + 1.2 n                (days)

    Age and what sets the dose differ between the hospitals; pressure and recovery come about alike.
    """
    rng = numpy_generator(seed, "hospitals")
    where = rng.permutation(np.repeat([0.0, 1.0], per_hospital))
    age, dose, pressure, recovery = rng.standard_normal((4, 2 * per_hospital))
    age = 52 + 6 * where + 9 * age
    dose = 1.6 + (0.01 + 0.03 * where) * (age - 55) + 0.3 * dose
    dose = np.full_like(dose, do["dose"]) if do and "dose" in do else dose
    pressure = 132 - 4 * dose + 5 * pressure
    recovery = 16 + 0.12 * (age - 55) - 7 * (1 - np.exp(-dose)) + 1.2 * recovery
    return {
        "hospital": where,
        "age": age,
        "dose": dose,
        "pressure": pressure,
        "recovery": recovery,
    }


def dose_effect(to: float, instead_of: float) -> float:
    """E[recovery | do(dose = to)] - E[recovery | do(dose = instead_of)], days."""
    return 7 * (math.exp(-to) - math.exp(-instead_of))


def two_hospitals() -> Project:
    """The project, with the hospital as environment and a dose that nobody was given."""
    units = {"age": "years", "dose": "mg", "pressure": "mmHg", "recovery": "days"}
    variables = (
        Variable("hospital", Kind.BINARY, categories=HOSPITALS),
        *(Variable(name, Kind.CONTINUOUS, unit) for name, unit in units.items()),
    )
    edges = [("age", "dose"), ("age", "recovery"), ("dose", "recovery"), ("dose", "pressure")]
    return Project(
        graph=graph_of(tuple(units), edges),
        positions={
            "age": (190.0, -210.0),
            "dose": (0.0, 0.0),
            "pressure": (190.0, 190.0),
            "recovery": (400.0, 0.0),
        },
        roles={"dose": Role.EXPOSURE, "recovery": Role.OUTCOME},
        table=Table(variables, hospital_columns(PER_HOSPITAL, 12), "Two hospitals"),
        question=versus("dose", 5.0, 2.0, "recovery"),
        title="Two hospitals",
        notes=(
            "1,400 simulated patients of two hospitals. In the south they are older, and the dose "
            "follows age more closely; how dose and age act on recovery, and dose on blood "
            "pressure, is the same in both. So two mechanisms changed and two stayed, though all "
            "four columns differ. Nobody was given 5 mg: its true effect against 2 mg is -0.9 "
            "days, and the rows cannot tell, because they do not show how the curve flattens."
        ),
        environment="hospital",
    )


MOVED = Lesson(
    Example(
        "two-hospitals",
        "Two hospitals (simulated)",
        "What stays and what changes from place to place; a dose that nobody was given",
    ),
    two_hospitals,
)
