"""Cumulative link, P(x ≤ j | z) = σ(θ_j - b·z), with proportional odds (McCullagh, JRSS B 1980).

x = #{j : logit(u) > θ_j - b·z} rises in u = Φ(ε): one noise ε ~ N(0, 1) is a unit's rank.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor
from torch.nn.functional import logsigmoid, pad

from engine.mechanisms.discrete import abduct_rank, push_rank, spaced
from engine.mechanisms.encoding import Encoder
from engine.mechanisms.law import normal_noise
from engine.mechanisms.network import Network
from engine.mechanisms.normal import quantile

_RIDGE = 0.1  # pseudo-rows per slope: keeps separated data finite
_PRIOR_ROWS = 0.5  # at z = 0, spread evenly: keeps thresholds apart where a category is not seen
_STEPS = 40
_DEEP = 650.0  # log odds beyond which a probability underflows


@dataclass(frozen=True, slots=True, eq=False)
class Ordinal:
    """P(x ≤ j) = σ(θ_j - b·z - n(z)), n = network(z)[:, 0] or 0; θ (k - 1,) rising, b (width,)."""

    family: ClassVar[str] = "ordinal"
    approximate: ClassVar[bool] = False
    ordered: ClassVar[bool] = True

    encoder: Encoder
    thresholds: Tensor
    slopes: Tensor
    network: Network | None = None

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together."""
        if self.slopes.shape != (self.encoder.width,) or self.thresholds.ndim != 1:
            raise ValueError("an ordinal mechanism's parts do not fit together")
        if not len(self.thresholds) or (self.thresholds.diff() <= 0).any():
            raise ValueError("thresholds must rise")
        net = self.network
        if net is not None and (net.width != self.encoder.width or net.outputs < 1):
            raise ValueError("the network does not fit the line")

    def location(self, parents: Tensor) -> Tensor:
        """b·z + n(z), shape (rows,)."""
        z = self.encoder(parents)
        line = z @ self.slopes
        return line if self.network is None else line + self.network(z)[:, 0]

    def probabilities(self, parents: Tensor) -> Tensor:
        """P(x = code | parents), shape (rows, k)."""
        return self._logs(parents).exp()

    def log_prob(self, x: Tensor, parents: Tensor) -> Tensor:
        """Log P(x | parents), shape (rows,)."""
        return self._logs(parents).gather(1, x.long()[:, None]).squeeze(1)

    def push(self, noise: Tensor, parents: Tensor) -> Tensor:
        """Codes (rows,) from noise (rows,)."""
        return push_rank(noise, self._edges(parents))

    def abduct(self, x: Tensor, parents: Tensor, rng: Generator) -> Tensor:
        """Noise (rows,) from its law given that code x came out."""
        return abduct_rank(x, self._edges(parents), rng)

    def noise(self, count: int, rng: Generator) -> Tensor:
        """`count` draws of ε."""
        return normal_noise(count, rng)

    def _ahead(self, parents: Tensor) -> Tensor:
        return self.thresholds - self.location(parents)[:, None]

    def _edges(self, parents: Tensor) -> Tensor:
        """The ε at which x steps up, (rows, k - 1)."""
        ahead = self._ahead(parents)
        far = ahead.abs()
        if bool((far > _DEEP).any()):
            return spaced(quantile(logsigmoid(ahead), logsigmoid(-ahead)))
        tail = torch.special.ndtri(torch.sigmoid(-far))
        return spaced(torch.where(ahead < 0, tail, -tail))

    def _logs(self, parents: Tensor) -> Tensor:
        ahead = self._ahead(parents)
        high, low = pad(ahead, (0, 1), value=torch.inf), pad(ahead, (1, 0), value=-torch.inf)
        gaps = pad(self.thresholds.diff(), (1, 1), value=torch.inf)
        return logsigmoid(high) + logsigmoid(-low) + torch.log(-torch.expm1(-gaps))


def fit_ordinal(
    design: Tensor,
    codes: Tensor,
    k: int,
    weights: Tensor,
    start: tuple[Tensor, Tensor] | None = None,
) -> tuple[Tensor, Tensor]:
    """Thresholds (k - 1,) and slopes (width,) of the penalised maximum likelihood.

    Minimises Σ w_r · -log P(x_r) + ½ ridge |b|², convex in both (Burridge, JRSS B 1981), by Newton
    steps that are halved until they descend with rising thresholds. Half a pseudo-row at z = 0
    keeps every category possible. `start` is an earlier solution to begin from.
    """
    width = design.shape[1]
    z = torch.cat((design, torch.zeros(k, width, dtype=torch.float64)))
    x = torch.cat((codes.long(), torch.arange(k)))
    w = torch.cat((weights, torch.full((k,), _PRIOR_ROWS / k, dtype=torch.float64)))
    if start is None:
        shares = torch.bincount(x, w, minlength=k)
        start = (shares.cumsum(0)[:-1] / shares.sum()).logit(), torch.zeros(width).double()
    at = torch.cat(start)
    value = _loss(z, x, w, at, k)
    for _ in range(_STEPS):
        gradient, hessian = _derivatives(z, x, w, at, k)
        step = torch.linalg.solve(hessian, gradient)
        share = 1.0
        while share > 1e-6 and not (tried := _loss(z, x, w, at - share * step, k)) <= value:
            share /= 2
        if share <= 1e-6:
            break
        at, gained, value = at - share * step, float(value - tried), tried
        if gained <= 1e-10 * (1 + abs(float(value))):
            break
    return at[: k - 1].clone(), at[k - 1 :].clone()


def _ends(z: Tensor, x: Tensor, at: Tensor, k: int) -> tuple[Tensor, Tensor, Tensor]:
    """θ_x - b·z, θ_{x-1} - b·z and θ_x - θ_{x-1}, each (rows,); infinite at the outer ends."""
    thresholds = pad(at[: k - 1], (1, 1), value=torch.inf)
    thresholds = torch.cat((-thresholds[:1], thresholds[1:]))
    line = z @ at[k - 1 :]
    return thresholds[x + 1] - line, thresholds[x] - line, thresholds.diff()[x]


def _loss(z: Tensor, x: Tensor, w: Tensor, at: Tensor, k: int) -> Tensor:
    if not at.isfinite().all() or (at[: k - 1].diff() <= 0).any():
        return torch.tensor(torch.inf, dtype=torch.float64)
    high, low, gap = _ends(z, x, at, k)
    logs = logsigmoid(high) + logsigmoid(-low) + torch.log(-torch.expm1(-gap))
    return -(w * logs).sum() + 0.5 * _RIDGE * at[k - 1 :].square().sum()


def _derivatives(z: Tensor, x: Tensor, w: Tensor, at: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """Gradient and Hessian of the loss in (θ, b).

    With a = θ_x - b·z, c = θ_{x-1} - b·z and g = 1 / (e^{a-c} - 1): ∂/∂a = σ(-a) + g,
    ∂/∂c = -σ(c) - g of log P; second derivatives -σ(a)σ(-a) - g(1+g), -σ(c)σ(-c) - g(1+g), and
    across g(1+g).
    """
    high, low, gap = _ends(z, x, at, k)
    g = 1 / torch.expm1(gap)
    across = -w * g * (1 + g)
    up, down = -w * (torch.sigmoid(-high) + g), w * (torch.sigmoid(low) + g)
    bent_up = w * torch.sigmoid(high) * torch.sigmoid(-high) - across
    bent_down = w * torch.sigmoid(low) * torch.sigmoid(-low) - across
    line = (up + down)[:, None]
    gradient = torch.cat((_by_threshold(x, up, down, k), -(z * line).sum(0)))
    gradient[k - 1 :] += _RIDGE * at[k - 1 :]
    hessian = torch.zeros(len(at), len(at), dtype=torch.float64)
    hessian[: k - 1, : k - 1] = _by_threshold(x, bent_up, bent_down, k).diag()
    beside = torch.bincount(x, across, minlength=k)[1:-1].diag(1)
    hessian[: k - 1, : k - 1] += beside + beside.T
    mixed = -_by_threshold(x, z * (bent_up + across)[:, None], z * (bent_down + across)[:, None], k)
    hessian[: k - 1, k - 1 :], hessian[k - 1 :, : k - 1] = mixed, mixed.T
    bent = (bent_up + bent_down + 2 * across)[:, None]
    hessian[k - 1 :, k - 1 :] = z.T @ (z * bent)
    hessian.diagonal()[k - 1 :] += _RIDGE
    return gradient, hessian


def _by_threshold(x: Tensor, upper: Tensor, lower: Tensor, k: int) -> Tensor:
    """Sums (k - 1, …) over the rows whose upper end is θ_j, and over those whose lower end is."""
    empty = torch.zeros(k, *upper.shape[1:], dtype=torch.float64)
    return empty.index_add(0, x, upper)[:-1] + empty.index_add(0, x, lower)[1:]
