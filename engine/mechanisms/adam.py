"""Adam (Kingma and Ba, ICLR 2015) on one stacked tensor of weights, one row per slot."""

import torch
from torch import Tensor

_FIRST, _SECOND, _TINY = 0.9, 0.999, 1e-8


class Adam:
    """Moments of the gradient of `weights` (slots, size); steps change `weights` in place."""

    def __init__(self, weights: Tensor) -> None:
        self.weights = weights
        self.mean = torch.zeros_like(weights)
        self.square = torch.zeros_like(weights)
        self.steps = 0

    def step(self, gradient: Tensor, rate: float) -> None:
        """Weights -= rate · m̂ / (√v̂ + ε)."""
        self.steps += 1
        self.mean.lerp_(gradient, 1 - _FIRST)
        self.square.mul_(_SECOND).addcmul_(gradient, gradient, value=1 - _SECOND)
        below = self.square.sqrt().div_((1 - _SECOND**self.steps) ** 0.5).add_(_TINY)
        self.weights.addcdiv_(self.mean, below, value=-rate / (1 - _FIRST**self.steps))

    def keep(self, slots: Tensor) -> None:
        """Go on with these slots only."""
        self.weights, self.mean = self.weights[slots], self.mean[slots]
        self.square = self.square[slots]
