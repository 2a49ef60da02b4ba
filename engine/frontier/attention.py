"""Balancing by self-attention on one table: keys and values trained by the hinge loss.

After Zhang et al. (arXiv 2310.00809, algorithm 1). With keys k = A x, scores E = exp(k kᵀ) and
normaliser h = E 1, an attention layer with values v puts Σⱼ Eᵢⱼ vⱼ / hⱼ on row i, and

    L = ½ λ (v/h)ᵀ E (v/h) + Σ base [1 - Wᵢ (Σⱼ Eᵢⱼ vⱼ / hⱼ + b)]₊,  W = 1 treated, -1 else,

is a support vector machine's loss: at its least, λ W v / h are the balancing weights of the overlap
for the kernel E. No outcome is read. Values step along the natural gradient of this kernel with
steps 1 / (λ t), averaged (Shalev-Shwartz et al., Math. Program. 2011; Lacoste-Julien et al. 2012),
so that the weights are averages of 0 and 1 and stay between them; b is the best one at every step.
"""

from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.errors import QueryError
from engine.frontier.balancing import Balance
from engine.frontier.kernels import rbf_of, width_of
from engine.frontier.problems import Problems
from engine.frontier.slices import done
from engine.mechanisms.adam import Adam
from engine.queries.balanced import Estimand
from engine.seeds import generator

STEPS, MOST_STEPS = 200, 2000  # of the values: for a penalty of 1, and for small ones
ROUNDS = 40  # of the keys
TURNS = 40  # steps of the values in each
RATE = 0.05  # of the logarithms of the keys' stretches
HELD_OUT = 5  # one row in so many judges the keys
MOST = 1000  # rows that keys are learnt from


@dataclass(frozen=True, slots=True, eq=False)
class Attention:
    """A trained layer: scores E (n, n), values v and normaliser h (n,), offset b, the loss.

    E is divided by its mean diagonal, as all kernels are; `penalty` is λ.
    """

    scores: Tensor
    values: Tensor
    normaliser: Tensor
    offset: float
    loss: float
    penalty: float

    def weights(self, treated: Tensor, base: Tensor) -> Tensor:
        """λ W v / h (n,), between 0 and `base`: read off values and normaliser."""
        signs = torch.where(treated, 1.0, -1.0).to(self.values.dtype)
        raw = self.penalty * signs * self.values / self.normaliser
        return torch.minimum(raw.clamp(min=0.0), base)


def scores(keys: Tensor) -> Tensor:
    """exp(k kᵀ) of keys (n, D), divided by its mean diagonal."""
    inner = keys @ keys.T
    return (inner - torch.logsumexp(inner.diagonal(), 0)).exp() * len(keys)


def plain_keys(covariates: Tensor) -> Tensor:
    """Covariates (n, d) scaled so that exp(k kᵀ) is the RBF of median width but for its norms."""
    scaled: Tensor = covariates * float(2.0 / width_of(covariates)) ** 0.5
    return scaled


def attend(keys: Tensor, treated: Tensor, base: Tensor, penalty: float) -> Attention:
    """Train the values for these keys (n, D), all float64; QueryError where a group is empty.

    Steps shrink as 1 / (λ t), so a small penalty gets more of them.
    """
    if not bool(treated.any()) or bool(treated.all()):
        raise QueryError("One of the two groups has no rows")
    kernel = scores(keys)
    signs = torch.where(treated, 1.0, -1.0).to(keys.dtype)
    steps = min(MOST_STEPS, round(STEPS / min(penalty, 1.0)))
    over = _trained(kernel, signs, base, penalty, steps)
    seen = kernel @ over
    offset = _offset(seen, signs, base)
    loss = float(_loss(over, seen, offset, signs, base, penalty))
    normaliser = kernel.sum(1)
    return Attention(kernel, over * normaliser, normaliser, float(offset), loss, penalty)


def _trained(kernel: Tensor, signs: Tensor, base: Tensor, penalty: float, steps: int) -> Tensor:
    """v / h (n,)."""
    along = mean = torch.zeros_like(base)
    for step in range(1, steps + 1):
        pull = base * signs * _short(kernel @ along, signs, base)
        along = (1 - 1 / step) * along + pull / (penalty * step)
        mean = mean + (along - mean) * (2 / (step + 1))
    return mean


def _short(seen: Tensor, signs: Tensor, base: Tensor) -> Tensor:
    """1 for rows within their margin, 0 beyond; the row at the bend of b as b's own slope asks."""
    offset, bend = _bend(seen, signs, base)
    short = (signs * (seen + offset) < 1).to(seen.dtype)
    short[bend] = 0.0
    share = -(base * signs) @ short / (base[bend] * signs[bend])
    short[bend] = share.clamp(0.0, 1.0)
    return short


def _offset(seen: Tensor, signs: Tensor, base: Tensor) -> Tensor:
    """The b of the least hinge loss."""
    return _bend(seen, signs, base)[0]


def _bend(seen: Tensor, signs: Tensor, base: Tensor) -> tuple[Tensor, int]:
    """Where the slope of a sum of bent lines changes its sign, and whose bend it is."""
    bends, order = torch.sort(signs - seen)
    slopes = base[order].cumsum(0) - base[signs > 0].sum()
    place = int((slopes < 0).sum().clamp(max=len(bends) - 1))
    return bends[place], int(order[place])


def _loss(
    over: Tensor, seen: Tensor, offset: Tensor, signs: Tensor, base: Tensor, penalty: float
) -> Tensor:
    short = (1 - signs * (seen + offset)).clamp(min=0)
    return 0.5 * penalty * over @ seen + base @ short


def balanced(attention: Attention, treated: Tensor, base: Tensor) -> Balance:
    """Its weights as those of the overlap, with the certified gap to the best ones of its kernel.

    The side that has more is lowered, as both must weigh the same.
    """
    weights = attention.weights(treated, base)
    first, second = weights[treated].sum(), weights[~treated].sum()
    lower = torch.minimum(first, second)
    r = torch.where(treated, lower / first, lower / second) * weights / base
    problems = Problems(attention.scores, base, treated, Estimand.OVERLAP, attention.penalty)
    value, gap = float(problems.at(r[None]).value), float(problems.gap(r[None]))
    return Balance(Estimand.OVERLAP, problems.weights(r[None]), treated, gap / abs(value))


def learnt_stretch(
    covariates: Tensor, treated: Tensor, base: Tensor, penalty: float, seed: int
) -> Tensor:
    """`stretch_steps` at once."""
    return done(stretch_steps(covariates, treated, base, penalty, seed))


def stretch_steps(
    covariates: Tensor, treated: Tensor, base: Tensor, penalty: float, seed: int
) -> Generator[None, None, Tensor]:
    """(d,) positive: keys x · stretch tell the groups apart on held-out rows; in slices.

    Keys and values learn by turns from at most `MOST` rows; the keys of the least loss on the fifth
    that is held out are kept, the covariates as they are among them.
    """
    rng = generator(seed, "keys")
    rows = torch.randperm(len(covariates), generator=rng)[:MOST]
    x, t, b = covariates[rows], treated[rows], base[rows]
    judges = torch.arange(len(rows)) % HELD_OUT == 0
    learns = ~judges
    adam = Adam(torch.zeros(1, x.shape[1], dtype=x.dtype))
    found, least = torch.ones(x.shape[1], dtype=x.dtype), float("inf")
    if min(int(t[learns].sum()), int((~t)[learns].sum())) < 2:
        return found
    signs, scale = torch.where(t, 1.0, -1.0).to(x.dtype), width_of(x)
    for _ in range(ROUNDS):
        logs = adam.weights[0].clone().requires_grad_(True)
        stretch = _of_size(logs.exp())
        kernel = rbf_of(x * stretch, scale)
        inner = kernel[learns][:, learns]
        with torch.no_grad():
            over = _trained(inner, signs[learns], b[learns], penalty, TURNS)
            offset = _offset(inner @ over, signs[learns], b[learns])
            told = kernel[judges][:, learns] @ over + offset
            lost = float(b[judges] @ (1 - signs[judges] * told).clamp(min=0))
        if lost < least:
            found, least = stretch.detach(), lost
        loss = _loss(over, inner @ over, offset, signs[learns], b[learns], penalty)
        (gradient,) = torch.autograd.grad(loss / len(x), logs)
        adam.step(gradient[None], RATE)
        yield None
    return found


def _of_size(stretch: Tensor) -> Tensor:
    """Scaled to a mean square of 1: standardised rows stay as far apart on average."""
    return stretch / stretch.square().mean().sqrt()
