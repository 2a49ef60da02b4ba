"""The first use of a tensor kernel is slow: use them all once, before anybody waits."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.mechanisms.settings import FitSettings
from engine.scm.conditional import Conditional
from engine.scm.fitting import FitRun, FitTask

_ROWS = 64


def warm_up() -> Iterator[None]:
    """Fit a toy table of every kind for two steps, a slice at a time."""
    rng = np.random.default_rng(0)
    table = Table(
        (
            Variable("x", Kind.CONTINUOUS),
            Variable("y", Kind.CONTINUOUS),
            Variable("n", Kind.COUNT, step=1.0),
            Variable("c", Kind.BINARY, categories=("no", "yes")),
        ),
        {
            "x": rng.normal(size=_ROWS),
            "y": rng.normal(size=_ROWS),
            "n": rng.poisson(2.0, _ROWS).astype(np.float64),
            "c": (np.arange(_ROWS) % 2).astype(np.float64),
        },
    )
    settings = replace(FitSettings(), steps=2, check=1, members=1, closed_members=1)
    tasks = [FitTask(Conditional(target, ("x",))) for target in ("y", "n", "c")]
    for _ in FitRun(tasks, table, 0, settings=settings).slices():
        yield
