"""Optimal balancing: weights that make a group of rows like another one, without any outcome.

*ATT*: treated rows count equally, and untreated ones so that the mean of every function of a
kernel's space is alike; *ATE*: each group is made like all rows. Weights w ≥ 0, Σ w = 1 minimise

    ‖ Σ wⱼ φ(xⱼ) - mean φ(x) over the group aimed at ‖² + λ Σ wⱼ²,

the largest squared bias over outcomes of norm 1 plus a variance (Kallus, J. Mach. Learn. Res. 2020;
Hirshberg, Maleki, Zubizarreta 2019). λ = 1 by rule: outcomes as noisy as they are systematic.
*Overlap*: the dual of a support vector machine that tells the groups apart, min aᵀKa - 2λ Σ a with
0 ≤ a ≤ 1 and equal sums in both groups (Tarr, Imai 2021), which is what an attention layer trained
by the hinge loss finds (Zhang et al., arXiv 2310.00809); it keeps the rows that have a counterpart.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.errors import QueryError
from engine.frontier.kernels import Features
from engine.frontier.parts import AT_ONCE, by_parts
from engine.frontier.quadratic import Dense, Factored, Optimum, approach
from engine.queries.balanced import PENALTY as PENALTY
from engine.queries.balanced import Estimand as Estimand

ROUGHLY = 1e-7  # the gap of a start


@dataclass(frozen=True, slots=True, eq=False)
class Balance:
    """Weights (n,) ≥ 0, summing to 1 among the treated and among the others.

    `gap`: how far at most the objective is above the least one, relative to its size.
    """

    estimand: Estimand
    weights: Tensor
    treated: Tensor
    gap: float

    def effective(self, *, treated: bool) -> float:
        """Kish's effective number of rows of one group."""
        mine = self.weights[self.treated == treated]
        return float(mine.sum().square() / mine.square().sum())

    def difference(self, column: Tensor) -> float:
        """Weighted mean of a column (n,) among the treated minus that among the others."""
        signs = torch.where(self.treated, 1.0, -1.0)
        return float((signs * self.weights * column).sum())


def balance(
    estimand: Estimand, kernel: Features, treated: Tensor, base: Tensor, penalty: float = PENALTY
) -> Balance:
    """Weights of the rows; `treated` (n,) bool, `base` (n,) what each row counts, positive."""
    *_, found = balancing(estimand, kernel, treated, base, penalty)
    assert found is not None
    return found


def balancing(
    estimand: Estimand, kernel: Features, treated: Tensor, base: Tensor, penalty: float = PENALTY
) -> Iterator[Balance | None]:
    """`balance` in slices: None after each step, then the weights."""
    if not bool(treated.any()) or bool(treated.all()):
        raise QueryError("One of the two groups has no rows")
    if estimand is Estimand.OVERLAP:
        yield (yield from _overlap(kernel, treated, base, penalty))
        return
    everybody = torch.ones_like(treated)
    aim = treated if estimand is Estimand.ATT else everybody
    weights, gap = torch.zeros(len(treated), dtype=torch.float64), 0.0
    for group in (treated, ~treated):
        if estimand is Estimand.ATT and group is treated:
            weights[group] = base[group] / base[group].sum()
            continue
        weights[group], slack = yield from _alike(kernel, group, aim, base, penalty)
        gap = max(gap, slack)
    yield Balance(estimand, weights, treated, gap)


def _alike(
    kernel: Features, group: Tensor, aim: Tensor, base: Tensor, penalty: float
) -> Generator[None, None, tuple[Tensor, float]]:
    """The weights of `group` that make it like `aim`, and the relative gap."""
    if kernel.factor is not None and not kernel.factor.shape[1]:
        return base[group] / base[group].sum(), 0.0  # nothing is held: all count as they are
    target = torch.where(aim, base, torch.zeros_like(base))
    wanted = kernel.times(target / target.sum())[group]
    rows = group.nonzero().squeeze(1)
    root = base[rows].sqrt()  # of v = w / root the variance is λ Σ v²
    one = root[:, None]
    form = kernel.among(rows).form(root, penalty)
    most = 1.0 / float(root.min())
    side = torch.ones(1, dtype=torch.float64)
    found = yield from _found(approach(form, wanted * root, one, side, most))
    weights = (found.x * root).clamp(min=0.0)
    return weights / weights.sum(), found.gap / (abs(found.value) + 1e-300)


def dual(
    kernel: Features, treated: Tensor, base: Tensor, penalty: float
) -> Generator[None, None, Optimum]:
    """The overlap's program in slices: a (n,) and its objective aᵀKa - 2λ Σ a.

    A row that counts b times is b rows: each has its own a, and they are alike.
    """
    signs = torch.where(treated, 1.0, -1.0).double()
    scale, across = 2**0.5 * signs * base, signs * base
    form, linear = kernel.form(scale), 2 * penalty * base
    sides = torch.zeros(1, dtype=torch.float64)
    if not isinstance(form, Dense) or form.size <= AT_ONCE:
        return (yield from _found(approach(form, linear, across[:, None], sides, 1.0)))
    start = torch.zeros_like(base)
    if kernel.sketch is not None:
        rough = Factored(kernel.sketch * scale[:, None])
        steps = approach(rough, linear, across[:, None], sides, 1.0, ROUGHLY)
        start = (yield from _found(steps)).x
    return (yield from _found(by_parts(form, linear, across, 0.0, 1.0, start)))


def _overlap(
    kernel: Features, treated: Tensor, base: Tensor, penalty: float
) -> Generator[None, None, Balance]:
    found = yield from dual(kernel, treated, base, penalty)
    weights = (found.x * base).clamp(min=0.0)
    for group in (treated, ~treated):
        weights[group] = weights[group] / weights[group].sum().clamp(min=1e-300)
    gap = found.gap / (abs(found.value) + 1e-300)
    return Balance(Estimand.OVERLAP, weights, treated, gap)


def _found(steps: Iterator[Optimum | None]) -> Generator[None, None, Optimum]:
    """The last of `steps`; the others are passed on."""
    for step in steps:
        if step is not None:
            return step
        yield None
    raise ValueError("steps without an end")
