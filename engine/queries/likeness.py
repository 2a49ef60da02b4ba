"""Do rows drawn from the model look like the table's own? The answer to `Likeness`."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from engine.checks.distance import Distances, Pair, compare
from engine.queries.answers import LikenessAnswer, Stage, Unanswerable
from engine.queries.doing import Step
from engine.queries.model import Model
from engine.seeds import numpy_generator

MOST_ROWS = 1000  # of each table: 2 000 rows whose distances are taken
FEWEST_ROWS = 20
DRAWN = 250  # rows per slice


def answer_likeness(model: Model) -> Iterator[Step | None]:
    """One answer, after slices in which nothing is told (None)."""
    model.rows_needed("there is nothing to compare drawn rows with")
    scm = model.scm(model.law)
    complete = np.flatnonzero(model.table.complete(scm.names))
    if len(complete) < FEWEST_ROWS:
        reason = f"{len(complete)} complete rows are too few to compare the model's rows with."
        yield Unanswerable(reason), True
        return
    seed = model.project.seed
    chosen = numpy_generator(seed, "likeness", "rows").permutation(complete)[:MOST_ROWS]
    drawn: list[Mapping[str, NDArray[np.float64]]] = []
    for start in range(0, len(chosen), DRAWN):
        noise = scm.noise(min(DRAWN, len(chosen) - start), seed, "likeness", str(start))
        drawn.append({name: values.numpy() for name, values in scm.push(noise).items()})
        yield None
    pairs = [
        Pair(
            name,
            model.table[name][chosen],
            np.concatenate([part[name] for part in drawn]),
            len(model.variable(name).categories) if model.variable(name).discrete else 0,
        )
        for name in scm.names
    ]
    rng = numpy_generator(seed, "likeness", "halves")
    for found in compare(pairs, rng):
        if found is None:
            yield None
        else:
            yield _told(found, len(chosen), model.stage(model.law)), True


def _told(found: Distances, rows: int, stage: Stage) -> LikenessAnswer:
    return LikenessAnswer(
        rows, found.whole, found.p, found.variables, found.pair, found.correlation, stage
    )
