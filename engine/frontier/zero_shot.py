"""Weights of a table in one pass of the shipped network, for what it was trained for."""

from collections.abc import Generator

import numpy as np
import torch

from engine.frontier.amortised import STEPS, weighing
from engine.frontier.effects import Groups, Weighed
from engine.frontier.kernels import MOST_EXACT, Kernel, rbf
from engine.frontier.problems import Problems
from engine.frontier.shipped import shipped
from engine.queries.balanced import Estimand

MOST_COLUMNS = 128  # encoded covariates
PENALTIES = (0.1, 10.0)


def beyond(groups: Groups, penalty: float) -> str | None:
    """Why the network is not asked, in words; None where it is."""
    rows, columns = groups.study.covariates.shape
    if not columns:
        return "nothing is held fixed"
    if rows > MOST_EXACT:
        return f"{rows:,} rows are more than the {MOST_EXACT:,} of the trained network"
    if columns > MOST_COLUMNS:
        return f"{columns} columns are more than the {MOST_COLUMNS} of the trained network"
    if not PENALTIES[0] <= penalty <= PENALTIES[1]:
        return f"the network was trained for penalties from {PENALTIES[0]} to {PENALTIES[1]:g}"
    return None


def passed(
    groups: Groups, estimand: Estimand, penalty: float, steps: int = STEPS
) -> Generator[None, None, Weighed]:
    """The pass and `steps` projected steps, in slices; nothing is `beyond`."""
    x = torch.from_numpy(np.ascontiguousarray(groups.study.covariates)).float()
    kernel = rbf(x).double()  # its entries in single precision: a third of the time, 1e-7 off
    yield None
    treated, base = torch.from_numpy(groups.treated), torch.from_numpy(groups.base)
    problems = Problems(kernel, base, treated, estimand, penalty)
    network = shipped()
    yield None
    found = yield from weighing(network, problems, steps)
    return Weighed(found.stepped if steps else found.raw, Kernel.RBF, one_pass=True)
