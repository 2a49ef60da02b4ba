"""Categories by Gumbel-max: x = argmax_k log p_k(parents) + g_k, with g_k standard Gumbel.

Abduction draws the Gumbels given the observed class, exactly (Oberst and Sontag, ICML 2019,
arXiv 1905.05824): the winner's sum is Gumbel(0), the others are Gumbel(log p_k) cut off below it.
"""

import torch
from torch import Generator, Tensor

_GAP = 1e-9  # a loser stays at least so far below the winner: no ties by rounding


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
