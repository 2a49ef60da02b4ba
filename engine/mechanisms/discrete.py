"""Categories from noise: Gumbels where they have no order, one rank where they have.

Gumbel-max: x = argmax_k log p_k(parents) + g_k, with g_k standard Gumbel.

Abduction draws the Gumbels given the observed class, exactly (Oberst and Sontag, ICML 2019,
arXiv 1905.05824): the winner's sum is Gumbel(0), the others are Gumbel(log p_k) cut off below it.

Rank: x = #{j : ε > Φ⁻¹(p_0 + … + p_j)} with ε standard normal, so that x rises in ε. Abduction
draws ε within the cell of the observed category.
"""

import torch
from torch import Generator, Tensor
from torch.nn.functional import pad

from engine.mechanisms.law import normal_noise
from engine.mechanisms.normal import draw_between

_GAP = 1e-9  # a loser stays at least so far below the winner: no ties by rounding
_LEAST = 1e-300


def push_code(noise: Tensor, log_probabilities: Tensor) -> Tensor:
    """Codes (rows,) from a rank (rows,) or from Gumbels (rows, k)."""
    if noise.ndim == 1:
        return push_rank(noise, edges_of(log_probabilities))
    return push_gumbel(noise, log_probabilities)


def abduct_code(x: Tensor, log_probabilities: Tensor, rng: Generator, *, ordered: bool) -> Tensor:
    """Noise given that code x (rows,) came out: a rank (rows,) if ordered, else Gumbels."""
    if ordered:
        return abduct_rank(x, edges_of(log_probabilities), rng)
    return abduct_gumbel(x, log_probabilities, rng)


def code_noise(count: int, k: int, rng: Generator, *, ordered: bool) -> Tensor:
    """Ranks ε (count,) if ordered, else Gumbels (count, k)."""
    return normal_noise(count, rng) if ordered else gumbel(count, k, rng)


def push_rank(noise: Tensor, edges: Tensor) -> Tensor:
    """Codes (rows,) float64: how many of the edges (rows, k - 1) each ε (rows,) is beyond."""
    return (noise[:, None] > edges).sum(1).double()


def abduct_rank(x: Tensor, edges: Tensor, rng: Generator) -> Tensor:
    """ε (rows,) from its law between the edges (rows, k - 1) of code x (rows,)."""
    code = x.long()[:, None]
    low = pad(edges, (1, 0), value=-torch.inf).gather(1, code).squeeze(1)
    high = pad(edges, (0, 1), value=torch.inf).gather(1, code).squeeze(1)
    return draw_between(low, high, rng)


def edges_of(log_probabilities: Tensor) -> Tensor:
    """The ε at which an ordered x steps up, (rows, k - 1), from log p (rows, k)."""
    p = log_probabilities.double().exp()
    below, above = p.cumsum(1)[:, :-1], p.flip(1).cumsum(1).flip(1)[:, 1:]
    z = torch.special.ndtri(torch.minimum(below, above).clamp(_LEAST, 0.5))
    return spaced(torch.where(below <= above, z, -z))


def spaced(edges: Tensor) -> Tensor:
    """Edges (rows, k - 1) at least a gap apart: every category has some noise that gives it."""
    gaps = _GAP * torch.arange(edges.shape[1])
    return (edges - gaps).cummax(1).values + gaps if edges.shape[1] else edges


def push_gumbel(noise: Tensor, log_probabilities: Tensor) -> Tensor:
    """Codes (rows,) float64 from Gumbels (rows, k)."""
    return (noise + log_probabilities).argmax(-1).double()


def abduct_gumbel(x: Tensor, log_probabilities: Tensor, rng: Generator) -> Tensor:
    """Gumbels (rows, k) from their law given that code x (rows,) won."""
    rows, k = log_probabilities.shape
    winner = gumbel(rows, 1, rng)
    free = gumbel(rows, k, rng) + log_probabilities
    losers = torch.minimum(-torch.logaddexp(-winner, -free), winner - _GAP)
    won = torch.arange(k) == x.long()[:, None]
    return torch.where(won, winner, losers) - log_probabilities


def gumbel(rows: int, k: int, rng: Generator) -> Tensor:
    """Standard Gumbel draws (rows, k), float64."""
    uniform = torch.rand(rows, k, generator=rng, dtype=torch.float64).clamp_(1e-300, 1 - 1e-16)
    return -torch.log(-torch.log(uniform))


def log_of(probabilities: Tensor) -> Tensor:
    """Log p, with a floor that keeps it finite."""
    return probabilities.clamp(min=1e-30).log()


def picked(log_probabilities: Tensor, x: Tensor) -> Tensor:
    """Log p of the codes x (rows,)."""
    return log_probabilities.gather(1, x.long()[:, None]).squeeze(1)
