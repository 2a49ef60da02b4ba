"""How fast: drawing under do, counterfactuals, the first answer; and how a fit grows with size."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from engine.mechanisms.families import FAMILIES
from tests.bench._methods import FIRST, Doscope, Method, Unable, measured, milliseconds
from tests.bench._random import DRAWS, UNITS, Case, RandomWorld

Row = dict[str, object]
SIZES = (5, 20, 50, 200), (1_000, 10_000, 100_000)
SEED = 0
FITTED_ROWS = 2_000  # rows behind the mechanisms whose speed is measured: they do not change it


def rows() -> Iterator[Row]:
    """Median milliseconds at 20 variables, one thread, of each family of networks there is."""
    world = RandomWorld(Case(20, FITTED_ROWS), SEED)
    table, unit = world.table(), world.columns(world.unit)
    action = {world.treated: world.high}
    for family in ("linear", "additive", "location-scale", "flow"):
        row: Row = {"suite": "speed", "case": f"{family}, 20 variables", "method": "doscope"}
        if family not in FAMILIES:
            yield {**row, "words": f"there is no family {family} yet"}
            continue
        fit = measured(Doscope(family=family), table, world.parents, SEED).fit
        row["words"] = f"{DRAWS} rows under do, counterfactuals of {UNITS} rows"
        work = {
            "sample": lambda fit=fit: fit.sample(DRAWS, 1, action),
            "cf": lambda fit=fit: fit.counterfactual(unit, action),
        }
        yield row | _timed(work)
    yield _first_answer()


def _first_answer() -> Row:
    """From Fit until every variable has its closed form, 20 variables × 10 000 rows."""
    world = RandomWorld(Case(20, 10_000), SEED)
    table = world.table()
    row: Row = {"suite": "speed", "case": "first answer, 20 × 10000", "method": "doscope"}
    row["words"] = "until every variable has its closed form"
    return row | _timed({"first": lambda: FIRST.fit(table, world.parents, SEED)})


def _timed(works: Mapping[str, Callable[[], object]]) -> Row:
    """Median milliseconds of each: on the wall, which neighbours lengthen, and of the CPU."""
    found: Row = {}
    for name, work in works.items():
        found[f"{name}_ms"] = milliseconds(work)
        found[f"{name}_cpu"] = milliseconds(work, clock=time.process_time)
    return found


def scaling(
    method: Method, most_seconds: float, variables: tuple[int, ...], counts: tuple[int, ...]
) -> Iterator[Row]:
    """CPU seconds of the point fit by variables and rows, whole and per row and arrow."""
    for size in variables:
        for count in counts:
            world = RandomWorld(Case(size, count), SEED)
            row: Row = {"suite": "scaling", "case": f"{size} × {count}", "method": method.name}
            row["edges"] = world.edges
            limited: Method = method
            if hasattr(method, "most_seconds"):
                limited = replace(method, most_seconds=most_seconds)
            try:
                done = measured(limited, world.table(), world.parents, SEED)
            except Unable as why:
                yield {**row, "words": str(why)}
                continue
            per = done.cpu / (count * world.edges)
            yield row | done.row() | {"per_row_edge": 1e6 * per}
