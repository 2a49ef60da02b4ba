"""Calibration of a mechanism on held-out cases: from tensors to a few plain numbers."""

import numpy as np
import torch
from torch import Generator, Tensor

from engine.checks.calibration import Parent, of_chances, of_shares, randomised
from engine.data.variable import Kind
from engine.mechanisms.base import Mechanism, is_discrete
from engine.queries.answers import Calibration
from engine.scm.cases import Cases

MOST_CHECKED = 5000  # held-out rows


def calibration_of(
    mechanism: Mechanism, cases: Cases, held: Tensor, learnt: int, rng: Generator
) -> Calibration | None:
    """How `mechanism`, made of `learnt` other rows, met the cases at positions `held`.

    For a number u = Φ(abducted noise), so that a rounded value is drawn within its cell; None where
    the noise is not one standard normal number, or comes out as none.
    """
    held = held[:: max(1, -(-len(held) // MOST_CHECKED))]
    x, given = cases.x[held], cases.parents[held]
    names = cases.conditional.given
    parents = [Parent(name, given[:, i].numpy(), cases.levels[i]) for i, name in enumerate(names)]
    with torch.inference_mode():
        if is_discrete(mechanism):
            chances, codes = mechanism.probabilities(given).numpy(), x.long().numpy()
            if cases.variable.kind is not Kind.ORDINAL:
                return of_chances(chances, codes, parents, learnt)
            draws = torch.rand(len(x), generator=rng, dtype=torch.float64).numpy()
            return of_shares(randomised(chances, codes, draws), parents, learnt)
        noise = mechanism.abduct(x, given, rng)
        if noise.ndim != 1:
            return None
        u = torch.special.ndtr(noise).numpy()
    return of_shares(u, parents, learnt) if np.isfinite(u).all() else None
