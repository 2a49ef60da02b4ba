"""The bundled examples: two published count tables and two simulated trials with known truth.

The shorter ones that each teach one thing are in `engine/simulate/lessons.py`.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import graph_of
from engine.project import Position, Project, Role
from engine.seeds import numpy_generator
from engine.simulate.counts import Counts, Example, table_from_counts, versus
from engine.simulate.lessons import lessons
from engine.simulate.moved import MOVED
from engine.simulate.pictured import PICTURED
from engine.simulate.sensors import SENSED

STUDIES = (  # shown on the welcome, before the lessons in the menu
    Example("kidney-stones", "Kidney stones", "700 real patients; Simpson's paradox (Charig 1986)"),
    Example(
        "berkeley",
        "Berkeley admissions 1973",
        "4,526 real applicants; an effect through a mediator",
    ),
    Example(
        "dose-trial",
        "Dose trial (simulated)",
        "A confounded dose with units and a known true effect",
    ),
    Example(
        "dose-trial-hidden",
        "Dose trial with a hidden cause (simulated)",
        "The same trial, with severity ↔ recovery and the same true effect",
    ),
)

# Table 2 of Charig et al. 1986: (size, treatment, recovered) → patients.
KIDNEY_COUNTS: Counts = {
    ("small", "A", "yes"): 81,
    ("small", "A", "no"): 87 - 81,
    ("large", "A", "yes"): 192,
    ("large", "A", "no"): 263 - 192,
    ("small", "B", "yes"): 234,
    ("small", "B", "no"): 270 - 234,
    ("large", "B", "yes"): 55,
    ("large", "B", "no"): 80 - 55,
}

LESSONS = (*lessons(KIDNEY_COUNTS), MOVED, SENSED)
EXAMPLES = (*STUDIES, *(lesson.example for lesson in LESSONS))
PICTURES = tuple(lesson.example for lesson in PICTURED)  # drawn in the engine's thread

# Bickel, Hammel, O'Connell 1975: (gender, department) → (admitted, refused).
BERKELEY_DECISIONS: Mapping[tuple[str, str], tuple[int, int]] = {
    ("male", "A"): (512, 313),
    ("female", "A"): (89, 19),
    ("male", "B"): (353, 207),
    ("female", "B"): (17, 8),
    ("male", "C"): (120, 205),
    ("female", "C"): (202, 391),
    ("male", "D"): (138, 279),
    ("female", "D"): (131, 244),
    ("male", "E"): (53, 138),
    ("female", "E"): (94, 299),
    ("male", "F"): (22, 351),
    ("female", "F"): (24, 317),
}

DOSE_ROWS = 2_000
DOSE_EFFECT = (
    -3.4
)  # E[recovery | do(dose = 2)] - E[recovery | do(dose = 1)], days; see `dose_columns`


def example(id: str) -> Project:
    """The example called `id`, ready to open; the same value every time."""
    return _BUILDERS[id]()


def dose_columns(rows: int, seed: int, *, hidden: bool) -> dict[str, NDArray[np.float64]]:
    """The simulated trial, from independent standard normal noise n and, if `hidden`, frailty u.

    age        = 55 + 12 n                                                          (years)
    severity   = 30 + 0.6 (age - 55) + 9 n       | hidden: + 6 u + √45 n for 9 n    (points)
    dose       = 1.5 + 0.03 (severity - 30) + 0.01 (age - 55) + 0.25 n              (mg)
    adherence  = 85 - 6 (dose - 1.5) + 5 n                                          (%)
    recovery   = 16 + 0.25 (severity - 30) - 4 δ + 1.2 δ² - 0.1 (adherence - 85) + 2 n
                 where δ = dose - 1.5         | hidden: + 1.6 u + 1.2 n for 2 n     (days)

    E[recovery | do(dose = d)] = 16 - 3.4 δ + 1.2 δ² in both: 1 → 2 mg changes it by -3.4 days.
    """
    rng = numpy_generator(seed, "dose trial")
    age, severity, dose, adherence, recovery, frailty = rng.standard_normal((6, rows))
    age = 55 + 12 * age
    luck = 6 * frailty + np.sqrt(45) * severity if hidden else 9 * severity
    severity = 30 + 0.6 * (age - 55) + luck
    dose = 1.5 + 0.03 * (severity - 30) + 0.01 * (age - 55) + 0.25 * dose
    adherence = 85 - 6 * (dose - 1.5) + 5 * adherence
    luck = 1.6 * frailty + 1.2 * recovery if hidden else 2 * recovery
    above = dose - 1.5
    curve = -4 * above + 1.2 * above**2
    recovery = 16 + 0.25 * (severity - 30) + curve - 0.1 * (adherence - 85) + luck
    return {
        "age": age,
        "severity": severity,
        "dose": dose,
        "adherence": adherence,
        "recovery": recovery,
    }


def _kidney_stones() -> Project:
    variables = (
        Variable("size", Kind.BINARY, categories=("small", "large")),
        Variable("treatment", Kind.BINARY, categories=("A", "B")),
        Variable("recovered", Kind.BINARY, categories=("no", "yes")),
    )
    return Project(
        graph=graph_of(
            [v.name for v in variables],
            [("size", "treatment"), ("size", "recovered"), ("treatment", "recovered")],
        ),
        positions={"treatment": (0.0, 0.0), "size": (190.0, -210.0), "recovered": (380.0, 0.0)},
        roles={"treatment": Role.EXPOSURE, "recovered": Role.OUTCOME},
        table=table_from_counts(variables, KIDNEY_COUNTS, 1986, "Kidney stones"),
        question=versus("treatment", 0.0, 1.0, "recovered", level=1),
        title="Kidney stones",
        notes=(
            "350 patients had open surgery (treatment A) and 350 a puncture (treatment B). Over "
            "all of them B recovers more often, 82.6 % against 78.0 %; within small and within "
            "large stones A does. Large stones were sent to A more often and recover less often, "
            "so stone size must be adjusted for. Counts: C. R. Charig, D. R. Webb, S. R. Payne, "
            "J. E. Wickham, BMJ 292 (1986) 879-882."
        ),
    )


def _berkeley() -> Project:
    variables = (
        Variable("gender", Kind.BINARY, categories=("male", "female")),
        Variable("department", Kind.CATEGORICAL, categories=("A", "B", "C", "D", "E", "F")),
        Variable("admitted", Kind.BINARY, categories=("no", "yes")),
    )
    counts: Counts = {
        (*group, answer): count
        for group, (admitted, refused) in BERKELEY_DECISIONS.items()
        for answer, count in (("yes", admitted), ("no", refused))
    }
    return Project(
        graph=graph_of(
            [v.name for v in variables],
            [("gender", "department"), ("department", "admitted"), ("gender", "admitted")],
        ),
        positions={"gender": (0.0, 0.0), "department": (190.0, -210.0), "admitted": (380.0, 0.0)},
        roles={"gender": Role.EXPOSURE, "admitted": Role.OUTCOME},
        table=table_from_counts(variables, counts, 1973, "Berkeley admissions 1973"),
        question=versus("gender", 1.0, 0.0, "admitted", level=1),
        title="Berkeley admissions 1973",
        notes=(
            "4,526 applicants to the six largest graduate departments at Berkeley, autumn 1973. "
            "30.4 % of the women and 44.5 % of the men were admitted, yet within departments women "
            "did about as well or better: they applied to the departments that refuse most. "
            "Gender acts on admission through the choice of department and perhaps directly. "
            "Counts: P. J. Bickel, E. A. Hammel, J. W. O'Connell, Science 187 (1975) 398-404."
        ),
    )


def _dose_trial(*, hidden: bool = False) -> Project:
    units = {"age": "years", "severity": "points", "dose": "mg", "adherence": "%",
             "recovery": "days"}  # fmt: skip
    title = "Dose trial with a hidden cause" if hidden else "Dose trial"
    edges = [("age", "severity"), ("age", "dose"), ("severity", "dose"), ("dose", "adherence"),
             ("severity", "recovery"), ("dose", "recovery"), ("adherence", "recovery")]  # fmt: skip
    positions: dict[str, Position] = {
        "age": (0.0, -210.0),
        "severity": (380.0, -210.0),
        "dose": (130.0, 0.0),
        "adherence": (400.0, 190.0),
        "recovery": (640.0, 0.0),
    }
    return Project(
        graph=graph_of(units, edges, [("severity", "recovery")] if hidden else []),
        positions=positions,
        roles={"dose": Role.EXPOSURE, "recovery": Role.OUTCOME},
        table=Table(
            tuple(Variable(name, Kind.CONTINUOUS, unit) for name, unit in units.items()),
            dose_columns(DOSE_ROWS, 7, hidden=hidden),
            title,
        ),
        question=versus("dose", 2.0, 1.0, "recovery"),
        title=title,
        notes=_DOSE_NOTES + (_FRAILTY_NOTES if hidden else ""),
    )


_DOSE_NOTES = (
    "2,000 simulated patients. Sicker and older patients get higher doses and recover later, so in "
    "the rows higher doses go with longer recoveries; but giving 2 mg instead of 1 mg shortens "
    "recovery by 3.4 days (true effect: 4.0 days shorter directly, 0.6 days longer because side "
    "effects lower adherence). Adjusting for age and severity finds it."
)
_FRAILTY_NOTES = (
    " Here an unmeasured frailty also raises severity and prolongs recovery (severity ↔ recovery); "
    "the true effect is the same, and age and severity still suffice."
)
_BUILDERS: Mapping[str, Callable[[], Project]] = {
    "kidney-stones": _kidney_stones,
    "berkeley": _berkeley,
    "dose-trial": _dose_trial,
    "dose-trial-hidden": lambda: _dose_trial(hidden=True),
    **{lesson.example.id: lesson.project for lesson in (*LESSONS, *PICTURED)},
}
