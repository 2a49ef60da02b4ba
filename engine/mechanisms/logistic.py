"""Softmax of a line, P(x = j | z) ∝ exp(a_j + b_j·z), by penalised Newton steps (IRLS)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor
from torch.nn.functional import log_softmax, pad

from engine.mechanisms.discrete import abduct_code, code_noise, picked, push_code
from engine.mechanisms.encoding import Encoder

_RIDGE = 0.1  # pseudo-rows per coefficient: keeps separated classes finite
_LARGEST_HESSIAN = 200  # unknowns; beyond it Böhning's bound stands in for the Hessian
_MOST_WORK = 500_000_000  # rows · columns · categories · steps of the bound


@dataclass(frozen=True, slots=True, eq=False)
class Logistic:
    """P(x = j | parents) = softmax(a + B z)_j; `weights` (k, 1 + width) holds a and B, float64.

    Categories that are `ordered` rise in one rank, others come from Gumbels.
    """

    family: ClassVar[str] = "logistic"
    approximate: ClassVar[bool] = False

    encoder: Encoder
    weights: Tensor
    ordered: bool = False

    def __post_init__(self) -> None:
        """Refuse weights of the wrong shape."""
        if self.weights.ndim != 2 or self.weights.shape[1] != self.encoder.width + 1:
            raise ValueError("logistic weights do not fit their parents")

    def logits(self, parents: Tensor) -> Tensor:
        """Log P up to a constant per row, shape (rows, k)."""
        return self.weights[:, 0] + self.encoder(parents) @ self.weights[:, 1:].T

    def probabilities(self, parents: Tensor) -> Tensor:
        """P(x = code | parents), shape (rows, k)."""
        return self._logs(parents).exp()

    def log_prob(self, x: Tensor, parents: Tensor) -> Tensor:
        """Log P(x | parents), shape (rows,)."""
        return picked(self._logs(parents), x)

    def push(self, noise: Tensor, parents: Tensor) -> Tensor:
        """Codes (rows,) from noise: a rank (rows,) if ordered, else Gumbels (rows, k)."""
        return push_code(noise, self._logs(parents))

    def abduct(self, x: Tensor, parents: Tensor, rng: Generator) -> Tensor:
        """Noise from its law given that x came out."""
        return abduct_code(x, self._logs(parents), rng, ordered=self.ordered)

    def noise(self, count: int, rng: Generator) -> Tensor:
        """Ranks (count,) if ordered, else Gumbels (count, k)."""
        return code_noise(count, len(self.weights), rng, ordered=self.ordered)

    def _logs(self, parents: Tensor) -> Tensor:
        return log_softmax(self.logits(parents), -1)


def fit_softmax(
    design: Tensor, x: Tensor, k: int, weights: Tensor, start: Tensor | None = None
) -> Tensor:
    """Weights (k, 1 + width), category 0 at zero, of the penalised maximum likelihood.

    Minimises Σ w_r · -log p(x_r) + ½ ridge · |B|² by Newton steps, halved until they descend.
    `start` is an earlier solution to begin from.
    """
    columns = torch.cat((torch.ones(len(design), 1, dtype=torch.float64), design), 1)
    width, free = columns.shape[1], k - 1
    hit = (x[:, None] == torch.arange(1, k)).double()
    ridge = torch.full((width,), _RIDGE, dtype=torch.float64)
    ridge[0] = 1e-3
    beta = torch.zeros(free, width, dtype=torch.float64) if start is None else start[1:].clone()
    exact = newton(free * width)
    bound = None if exact else torch.linalg.cholesky(_bound(columns, weights, k, ridge))

    def loss(at: Tensor) -> Tensor:
        logits = pad(columns @ at.T, (1, 0))
        nll = -picked(log_softmax(logits, 1), x)
        return (weights * nll).sum() + 0.5 * (ridge * at.square()).sum()

    value = loss(beta)
    for _ in range(30 if exact else max(10, min(200, _MOST_WORK // columns.numel() // k))):
        p = torch.softmax(pad(columns @ beta.T, (1, 0)), 1)[:, 1:]
        gradient = ((p - hit) * weights[:, None]).T @ columns + ridge * beta
        if bound is None:
            step = torch.linalg.solve(_hessian(columns, p, weights, ridge), gradient.reshape(-1))
        else:
            across = 2 * (gradient + gradient.sum(0))  # the inverse of ½ (I - 11ᵀ/k)
            step = torch.cholesky_solve(across.T, bound).T
        beta, improved = _descend(loss, beta, step.view(free, width), value)
        done = float(value - improved) <= 1e-10 * (1 + abs(float(value)))
        value = improved
        if done:
            break
    return pad(beta, (0, 0, 1, 0))


def newton(unknowns: int) -> bool:
    """True where the exact Hessian is small enough to be used."""
    return unknowns <= _LARGEST_HESSIAN


def _descend(
    loss: Callable[[Tensor], Tensor], at: Tensor, step: Tensor, value: Tensor
) -> tuple[Tensor, Tensor]:
    """The first of at - step, at - step/2, … that is no worse than `value`; else `at` itself."""
    share = 1.0
    while share > 1e-4:
        tried = at - share * step
        reached = loss(tried)
        if reached <= value:
            return tried, reached
        share /= 2
    return at, value


def _hessian(columns: Tensor, p: Tensor, weights: Tensor, ridge: Tensor) -> Tensor:
    """Σ_r w_r (diag p_r - p_r p_rᵀ) ⊗ z_r z_rᵀ + ridge, shape (free·width, free·width)."""
    free, width = p.shape[1], columns.shape[1]
    blocks = torch.empty(free, width, free, width, dtype=torch.float64)
    for i in range(free):
        for j in range(i, free):
            curve = weights * (p[:, i] * (float(i == j) - p[:, j]))
            blocks[i, :, j, :] = columns.T @ (columns * curve[:, None])
            blocks[j, :, i, :] = blocks[i, :, j, :]
    return blocks.reshape(free * width, free * width) + ridge.repeat(free).diag()


def _bound(columns: Tensor, weights: Tensor, k: int, ridge: Tensor) -> Tensor:
    """G of ½ (I - 11ᵀ/k) ⊗ G, at least the Hessian everywhere (Böhning 1992), shape (width, width).

    G = Σ w z zᵀ + 2k · ridge, since I ≤ 2k · ½ (I - 11ᵀ/k).
    """
    return columns.T @ (columns * weights[:, None]) + (2 * k * ridge).diag()
