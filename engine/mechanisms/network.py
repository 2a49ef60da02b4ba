"""One small network as a frozen value: W₃ σ(W₂ σ(W₁ z + b₁) + b₂) + b₃ of softened z.

Half of the units σ are tanh, half SiLU: one kind follows steps and levels off, the other bends.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, addmm
from torch.autograd.function import FunctionCtx
from torch.nn.functional import silu

from engine.mechanisms.encoding import softened


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Weights (out, in) and biases (out,) of three layers, float32.

    tanh(a) = 2 σ(2a) - 1, σ the sigmoid: `folded` has the layers, bias last, with these numbers in
    their weights, so that half of the units need a sigmoid only.
    """

    first: Tensor
    first_bias: Tensor
    second: Tensor
    second_bias: Tensor
    last: Tensor
    last_bias: Tensor
    folded: tuple[Tensor, ...] = field(init=False, repr=False, default=())

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
        object.__setattr__(self, "folded", _folded(layers, biases))

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
        return self.outcome(z).double().T

    def outcome(self, z: Tensor) -> Tensor:
        """Outputs (outputs, rows) float32 of encoded inputs (rows, width)."""
        hidden = softened(z.T.float())
        *inner, last = self.folded
        for layer in inner:
            hidden = addmm(layer[:, -1:], layer[:, :-1], hidden)
            first, second = hidden.chunk(2, 0)
            first.sigmoid_()
            silu(second, inplace=True)
        return addmm(last[:, -1:], last[:, :-1], hidden)


def _folded(layers: tuple[Tensor, ...], biases: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    found = [torch.cat((w, b[:, None]), 1) for w, b in zip(layers, biases, strict=True)]
    for earlier, later in zip(found[:-1], found[1:], strict=True):
        half = len(earlier) // 2
        earlier[:half] *= 2
        later[:, -1] -= later[:, :half].sum(1)
        later[:, :half] *= 2
    return tuple(found)


class _Context(FunctionCtx):
    saved_tensors: tuple[Tensor, ...]


class _Activated(torch.autograd.Function):
    """σ of hidden (slots, units, rows): tanh of the first half of the units, SiLU of the second."""

    @staticmethod
    def forward(ctx: _Context, hidden: Tensor) -> Tensor:
        """Both halves written into one tensor."""
        out, half = torch.empty_like(hidden), hidden.shape[1] // 2
        first = torch.mul(hidden[:, :half], 2, out=out[:, :half])
        first.sigmoid_().mul_(2).sub_(1)  # tanh, in less than half its time
        gate = torch.sigmoid(hidden[:, half:])
        torch.mul(hidden[:, half:], gate, out=out[:, half:])
        ctx.save_for_backward(out, gate)
        return out

    @staticmethod
    def backward(ctx: _Context, *above: Tensor) -> Tensor:
        """1 - tanh², and g + σ(1 - g) with g the sigmoid."""
        (grad,), (out, gate) = above, ctx.saved_tensors
        found, half = torch.empty_like(out), out.shape[1] // 2
        first, second = found[:, :half], found[:, half:]
        torch.mul(out[:, :half], out[:, :half], out=first).neg_().add_(1)
        torch.mul(out[:, half:], 1 - gate, out=second).add_(gate)
        return found.mul_(grad)


activated: Callable[[Tensor], Tensor] = _Activated.apply
