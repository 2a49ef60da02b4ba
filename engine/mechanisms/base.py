"""What a mechanism is: x = f(parents, noise), noise of a fixed law; user units at the surface."""

from collections.abc import Mapping
from typing import Protocol, TypeGuard

import torch
from torch import Generator, Tensor

Samples = Mapping[str, Tensor]


class Mechanism(Protocol):
    """x = f(parents, noise); f is invertible in the noise unless `abduct` says otherwise.

    `x` is (rows,) float64: numbers in user units or category codes. `parents` is (rows, given),
    raw columns in the order of the conditional's `given`. Noise is (rows,) or (rows, k). A number
    rises with its noise, whose law is symmetric around 0: -noise turns its rank round.
    """

    @property
    def family(self) -> str:
        """Name of the family, as the user chooses it."""

    @property
    def approximate(self) -> bool:
        """True where `abduct` is not exact."""

    def log_prob(self, x: Tensor, parents: Tensor) -> Tensor:
        """Nats per row (rows,): density in user units, or probability of the category or cell."""

    def push(self, noise: Tensor, parents: Tensor) -> Tensor:
        """The value f(parents, noise), shape (rows,), user units or codes."""

    def abduct(self, x: Tensor, parents: Tensor, rng: Generator) -> Tensor:
        """A draw of the noise given what was seen: `push(abduct(x)) = x`."""

    def noise(self, count: int, rng: Generator) -> Tensor:
        """`count` fresh draws of the noise."""


class DiscreteMechanism(Mechanism, Protocol):
    """A mechanism whose x is one of k categories."""

    @property
    def ordered(self) -> bool:
        """True where x rises in one rank, noise (rows,); else noise is Gumbels (rows, k)."""

    def probabilities(self, parents: Tensor) -> Tensor:
        """P(x = code | parents), shape (rows, k)."""


def is_discrete(mechanism: Mechanism) -> TypeGuard[DiscreteMechanism]:
    """True for a mechanism of categories."""
    return hasattr(mechanism, "probabilities")


def stack(samples: Samples, names: tuple[str, ...]) -> Tensor:
    """Columns `names` side by side, shape (rows, len(names)); no names give (rows, 0)."""
    if names:
        return torch.stack([samples[name] for name in names]).T  # each column in one piece
    rows = len(next(iter(samples.values()))) if samples else 0
    return torch.empty(rows, 0, dtype=torch.float64)
