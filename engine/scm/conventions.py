"""How far one unit's counterfactual moves over what no data can tell: which ranks turn round."""

from collections.abc import Sequence
from itertools import combinations

import torch
from torch import Tensor

from engine.interventions import Action
from engine.mechanisms.base import Samples
from engine.scm.scm import Scm, turned

MOST_TURNED = 6  # variables of which every pattern is tried


def patterns(names: Sequence[str]) -> tuple[frozenset[str], ...]:
    """Which of `names` turn their rank round: every pattern of a few, none of them first.

    Beyond `MOST_TURNED` names: none, each alone, and all.
    """
    many = len(names)
    sizes = range(many + 1) if many <= MOST_TURNED else (0, 1, many)
    return tuple(frozenset(some) for size in sizes for some in combinations(names, size))


def turned_worlds(
    scm: Scm,
    unit: Samples,
    action: Action,
    seed: int,
    outcome: str,
    turns: Sequence[frozenset[str]],
) -> Tensor:
    """`outcome` of `unit` (rows,) under `action`, a line per pattern, shape (patterns, rows).

    Each variable of the way may turn its rank round or keep it, independently of the others: the
    law of each given its causes is the same either way, so every pattern fits all data equally
    (the sign flips of the ICML 2025 position paper, arXiv 2508.08883, are such patterns).
    """
    many, rows = len(turns), len(next(iter(unit.values())))
    noise: dict[str, Tensor] = {}
    for name, own in scm.abduct(unit, seed).items():
        flipped = turned(scm.mechanisms[name], own)
        noise[name] = torch.cat([flipped if name in turn else own for turn in turns])
    base = {name: value.repeat(many) for name, value in unit.items()}
    return scm.push(noise, action, base, only=(outcome,))[outcome].reshape(many, rows)
