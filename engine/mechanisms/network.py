"""One small network as a frozen value: W₃ σ(W₂ σ(W₁ z + b₁) + b₂) + b₃ of softened z.

Half of the units σ are tanh, half SiLU: one kind follows steps and levels off, the other bends.
"""

from dataclasses import dataclass

from torch import Tensor, addmm, cat
from torch.nn.functional import silu

from engine.mechanisms.encoding import softened


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Weights (out, in) and biases (out,) of three layers, float32."""

    first: Tensor
    first_bias: Tensor
    second: Tensor
    second_bias: Tensor
    last: Tensor
    last_bias: Tensor

    def __post_init__(self) -> None:
        """Refuse layers that do not fit together."""
        layers = (self.first, self.second, self.last)
        biases = (self.first_bias, self.second_bias, self.last_bias)
        shapes = all(
            w.ndim == 2 and b.shape == (len(w),) for w, b in zip(layers, biases, strict=True)
        )
        odd = len(self.first) % 2 or len(self.second) % 2  # half of the units are of each kind
        if not shapes or odd or len(self.first) != self.second.shape[1]:
            raise ValueError("a network's layers do not fit together")
        if len(self.second) != self.last.shape[1]:
            raise ValueError("a network's layers do not fit together")

    @property
    def width(self) -> int:
        """Number of inputs."""
        return self.first.shape[1]

    @property
    def outputs(self) -> int:
        """Number of outputs."""
        return len(self.last)

    def __call__(self, z: Tensor) -> Tensor:
        """Outputs (rows, outputs) float64 of encoded inputs (rows, width)."""
        hidden = _in_place(addmm(self.first_bias[:, None], self.first, softened(z.T.float())))
        hidden = _in_place(addmm(self.second_bias[:, None], self.second, hidden))
        return addmm(self.last_bias[:, None], self.last, hidden).double().T


def _in_place(hidden: Tensor) -> Tensor:
    """`activated` of (units, rows), without a copy."""
    first, second = hidden.chunk(2, 0)
    first.mul_(2).sigmoid_().mul_(2).sub_(1)  # tanh, in less than half its time
    silu(second, inplace=True)
    return hidden


def activated(hidden: Tensor, units: int) -> Tensor:
    """σ of the first half of the units, which lie along dimension `units`: tanh; then SiLU."""
    first, second = hidden.chunk(2, units)
    return cat((first.tanh(), silu(second)), units)
