"""Named random generators, all derived from the project seed: randomness is an argument."""

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Generator


def derived(seed: int, *purpose: str) -> int:
    """A 56-bit seed for one purpose: the same seed and words always give the same number."""
    digest = hashlib.sha256("/".join((str(seed), *purpose)).encode()).digest()
    return int.from_bytes(digest[:7], "big")


def generator(seed: int, *purpose: str) -> "Generator":
    """A torch generator (CPU) for one purpose; a new variable leaves others' draws unchanged."""
    from torch import Generator

    return Generator().manual_seed(derived(seed, *purpose))


def numpy_generator(seed: int, *purpose: str) -> np.random.Generator:
    """A numpy generator for one purpose."""
    return np.random.default_rng(derived(seed, *purpose))
