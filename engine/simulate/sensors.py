"""An example of concepts: twelve sensors that mix three hidden factors, with known truth."""

import numpy as np
from numpy.typing import NDArray

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import graph_of
from engine.project import Project, Role
from engine.queries.concepts import Concepts, ConceptSet, Encoder
from engine.seeds import numpy_generator
from engine.simulate.counts import Example, versus
from engine.simulate.lessons import Lesson

Columns = dict[str, NDArray[np.float64]]
SENSORS = tuple(f"sensor {i + 1}" for i in range(12))
FACTORS = ("heat", "damp", "draught")
MIDDLES, SPREADS = (200.0, 40.0, 6.0), (12.0, 8.0, 1.5)
EVERYDAY = "everyday"
SETS = (
    ConceptSet("heat held", (("heat", 212.0),)),
    ConceptSet("damp held", (("damp", 48.0),)),
    ConceptSet("draught held", (("draught", 4.5),)),
    ConceptSet("all held", (("heat", 192.0), ("damp", 34.0), ("draught", 7.0))),
)
WIDTH = 0.4  # of holding, in sds
PER_SET, HIDDEN = 900, 14


def oven_columns(per_set: int, seed: int) -> tuple[Columns, NDArray[np.float64]]:
    """Batches of an oven and the factors (rows, 3) that nobody wrote down, in °C, % and m/s.

    heat, damp, draught: normal, means 200, 40, 6, sds 12, 8, 1.5; heat and damp go together (.4),
    damp and draught against each other (-.3). In held batches only those count whose noisy reading
    of a factor (noise of .4 sd) was at the value: conditioning. Sensors mix the factors through 14
    bent units, with 1 % noise. minutes = 52 - .2 (heat - 200) + .3 (damp - 40) + 4 rye + 1.5 n.
    """
    rng = numpy_generator(seed, "oven")
    law = np.array([[1.0, 0.4, 0.0], [0.4, 1.0, -0.3], [0.0, -0.3, 1.0]])
    first, second = rng.standard_normal((3, HIDDEN)), rng.standard_normal((HIDDEN, 12))
    bias, gain = rng.standard_normal(HIDDEN), rng.uniform(5, 20, 12)
    standard, labels = [], []
    for code, one in enumerate((ConceptSet(EVERYDAY), *SETS)):
        mean, spread = _held(law, dict(one.filters))
        standard.append(rng.multivariate_normal(mean, spread, per_set))
        labels.append(np.full(per_set, float(code)))
    order = rng.permutation(per_set * (1 + len(SETS)))
    z = np.concatenate(standard)[order]
    bent = z @ first + bias
    mixed = np.where(bent > 0, bent, 0.3 * bent) @ second
    mixed = (mixed - mixed.mean(0)) / mixed.std(0)
    mixed = 50 + gain * (mixed + 0.01 * rng.standard_normal(mixed.shape))
    factors = np.array(MIDDLES) + z * np.array(SPREADS)
    rye = rng.integers(0, 2, len(z)).astype(float)
    minutes = 52 - 0.2 * (factors[:, 0] - 200) + 0.3 * (factors[:, 1] - 40)
    minutes += 4 * rye + 1.5 * rng.standard_normal(len(z))
    columns = {name: mixed[:, i].copy() for i, name in enumerate(SENSORS)}
    columns |= {"batch": np.concatenate(labels)[order], "flour": rye, "minutes": minutes}
    return columns, factors


def _held(
    law: NDArray[np.float64], held: dict[str, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and covariance of N(0, law) given noisy readings of what is held: a Gaussian product."""
    precision, tilt = np.linalg.inv(law), np.zeros(3)
    for name, value in held.items():
        k = FACTORS.index(name)
        precision[k, k] += 1 / WIDTH**2
        tilt[k] = (value - MIDDLES[k]) / SPREADS[k] / WIDTH**2
    spread = np.linalg.inv(precision)
    return spread @ tilt, spread


def twelve_sensors() -> Project:
    """The project, with representation and sets chosen."""
    columns, _ = oven_columns(PER_SET, 5)
    variables = (
        *(Variable(name, Kind.CONTINUOUS, "mV") for name in SENSORS),
        Variable("batch", Kind.CATEGORICAL, categories=(EVERYDAY, *(s.name for s in SETS))),
        Variable("flour", Kind.BINARY, categories=("wheat", "rye")),
        Variable("minutes", Kind.CONTINUOUS, "min"),
    )
    return Project(
        graph=graph_of(("flour", "minutes"), [("flour", "minutes")]),
        positions={"flour": (0.0, 0.0), "minutes": (380.0, 0.0)},
        roles={"flour": Role.EXPOSURE, "minutes": Role.OUTCOME},
        table=Table(variables, columns, "Twelve sensors"),
        question=versus("flour", 1.0, 0.0, "minutes"),
        title="Twelve sensors",
        notes=(
            "4,500 simulated oven batches. Twelve sensors mix heat (°C), damp (%) and draught "
            "(m/s), which nobody wrote down. Of some batches it is known that one of them, or all, "
            "was near a value. That is enough to find all three up to sign and scale, and two "
            "values each tell the unit. Every degree takes .2 minutes off the time, every per cent "
            "of damp adds .3, rye adds 4."
        ),
        concepts=Concepts(SENSORS, SETS, "batch", EVERYDAY, encoder=Encoder.MLP),
    )


SENSED = Lesson(
    Example(
        "twelve-sensors",
        "Twelve sensors (simulated)",
        "Three things nobody measured, found in twelve columns that mix them",
    ),
    twelve_sensors,
)
