"""Pictures of a variable, one per row of a table: grey levels or colours, 64 × 64 at most."""

import hashlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
MOST_SIDE = 64  # pixels; larger ones are made smaller when they are read


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Read-only uint8 levels, shape (rows, height, width), or (rows, height, width, 3) in colour.

    Equal when content is equal; `digest` names it.
    """

    pixels: Pixels
    digest: str = field(init=False, default="")

    def __post_init__(self) -> None:
        """Freeze the pixels and name them."""
        self.pixels.setflags(write=False)
        content = hashlib.sha256(repr(self.pixels.shape).encode())
        content.update(np.ascontiguousarray(self.pixels).tobytes())
        object.__setattr__(self, "digest", content.hexdigest())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pictures) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def rows(self) -> int:
        """Number of pictures."""
        return len(self.pixels)

    @property
    def colour(self) -> bool:
        """True where each pixel is red, green and blue."""
        return self.pixels.ndim == 4

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, pixels."""
        return self.pixels.shape[2], self.pixels.shape[1]
