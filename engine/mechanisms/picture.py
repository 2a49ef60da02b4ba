"""Pictures given their causes: x = clip(m(parents, z) + r), z a few normal numbers, r per pixel.

A conditional variational autoencoder (Kingma, Welling 2014; Sohn, Lee, Yan 2015) whose pixel
residual is part of the noise: to abduct is to encode, z, and to keep what the decoder leaves over,
r = x - m(parents, z), so that a picture that nothing is done to comes back exactly.
"""

from dataclasses import dataclass
from math import log, pi, prod

import torch
from torch import Generator, Tensor, addmm
from torch.nn.functional import silu

from engine.mechanisms.encoding import Encoder, softened

FAMILY = "picture"
CODE = 64  # units between the pixels and z
WHITE = 255.0
_MOST_PIXELS, _MOST_LATENT, _MOST_WIDTH = 64 * 64 * 3, 64, 1024


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes of the networks: encoded `parents`, `latent` numbers z, hidden `width`, `pixels`."""

    parents: int
    latent: int
    width: int
    pixels: int

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """The line, the decoder's layers and biases; z's way in, the encoder's layers, biases."""
        wide, told = self.width, 2 * self.latent
        decoder = (
            (self.parents, self.pixels),
            (self.parents, wide),
            (wide,),
            (wide, wide),
            (wide,),
            (wide, self.pixels),
        )
        if not self.latent:
            return decoder
        return (*decoder, (self.latent, wide), (self.pixels, CODE), (CODE,), (CODE, told), (told,))

    @property
    def total(self) -> int:
        """How many weights there are."""
        return sum(prod(shape) for shape in self.shapes)  # exact: torch's own count wraps round

    def parts(self, weights: Tensor) -> tuple[Tensor, ...]:
        """Views of flat `weights` (total,) by `shapes`."""
        split = torch.split(weights, [prod(shape) for shape in self.shapes])
        return tuple(part.view(shape) for part, shape in zip(split, self.shapes, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """The mechanism; levels run from 0 to 255, `shape` is (height, width), in colour (…, 3).

    `x` is (rows, *shape), parents are (rows, given), raw; noise is (rows, latent + pixels): z, then
    r in levels. `centre` (pixels,) is the mean picture in levels, `scale` the levels that one unit
    of the networks' output is, `spread` the sd of r. `weights` are flat, float32 (`Sizes`).
    """

    parents: Encoder
    shape: tuple[int, ...]
    latent: int
    width: int
    scale: float
    spread: float
    centre: Tensor
    weights: Tensor

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together, or are larger than a picture's can be."""
        if len(self.shape) not in (2, 3) or self.shape[2:] not in ((), (3,)):
            raise ValueError("a picture is (height, width), or (height, width, 3)")
        small = min(self.shape) > 0 and prod(self.shape) <= _MOST_PIXELS
        if not small or not (0 <= self.latent <= _MOST_LATENT and 0 < self.width <= _MOST_WIDTH):
            raise ValueError("a picture's sizes are out of bounds")
        if not (self.scale > 0 and self.spread > 0):
            raise ValueError("a picture needs positive scales")
        if self.width % 2:
            raise ValueError("half of a picture's units are of each kind")
        if self.centre.shape != (self.pixels,) or self.weights.shape != (self.sizes.total,):
            raise ValueError("a picture's weights do not fit its sizes")
        if not self.centre.dtype == self.weights.dtype == torch.float32:
            raise ValueError("a picture's weights are float32")

    @property
    def family(self) -> str:
        """Name of the family."""
        return FAMILY

    @property
    def approximate(self) -> bool:
        """True: z is the encoder's guess."""
        return True

    @property
    def pixels(self) -> int:
        """Numbers of one picture."""
        return prod(self.shape)

    @property
    def sizes(self) -> Sizes:
        """Sizes of the networks."""
        return Sizes(self.parents.width, self.latent, self.width, self.pixels)

    def mean(self, parents: Tensor, z: Tensor | None = None) -> Tensor:
        """m(parents, z) in levels, not clipped, float32 (rows, *shape); z = 0 where none is given.

        Far causes are softened, as all networks see them.
        """
        with torch.inference_mode():
            return self._flat(seen(self.parents, parents), z).view(-1, *self.shape)

    def log_prob(self, x: Tensor, parents: Tensor) -> Tensor:
        """Nats per row: log density of r at the encoder's mean z, less its divergence from N(0, 1).

        A score to compare with, near the evidence's lower bound but none: z is not averaged over.
        Per pixel r is taken for normal with sd `spread`.
        """
        with torch.inference_mode():
            encoded = seen(self.parents, parents)
            z, cost = self._encoded(x.reshape(-1, self.pixels).float(), encoded)
            rest = x.reshape(-1, self.pixels) - self._flat(encoded, z)
            square = (rest.double() / self.spread).square().sum(-1)
            return -square / 2 - self.pixels * log(self.spread * (2 * pi) ** 0.5) - cost.double()

    def push(self, noise: Tensor, parents: Tensor) -> Tensor:
        """Levels clip(m(parents, z) + r), float32 (rows, *shape)."""
        z, rest = noise[:, : self.latent], noise[:, self.latent :]
        with torch.inference_mode():
            drawn = self._flat(seen(self.parents, parents), z) + rest
            return drawn.clamp_(0, WHITE).view(-1, *self.shape)

    def abduct(self, x: Tensor, parents: Tensor, rng: Generator) -> Tensor:
        """The encoder's mean z and what is left over; no draw is made."""
        del rng
        flat = x.reshape(-1, self.pixels).float()
        return torch.cat(self.split(flat, seen(self.parents, parents)), 1)

    def split(self, flat: Tensor, encoded: Tensor) -> tuple[Tensor, Tensor]:
        """z (rows, latent) and r in levels of flat pictures (rows, pixels), causes as seen."""
        with torch.inference_mode():
            z, _ = self._encoded(flat, encoded)
            return z, flat - self._flat(encoded, z)

    def noise(self, count: int, rng: Generator) -> Tensor:
        """Normal z, and r as normal speckle."""
        fresh = torch.randn(count, self.latent + self.pixels, generator=rng)
        fresh[:, self.latent :] *= self.spread
        return fresh

    def _flat(self, encoded: Tensor, z: Tensor | None) -> Tensor:
        parts = self.sizes.parts(self.weights)
        return self.centre + self.scale * decoded(parts, encoded, self.latent, z)

    def _encoded(self, flat: Tensor, encoded: Tensor) -> tuple[Tensor, Tensor]:
        """Mean z (rows, latent), and KL(q(z | x) ‖ N(0, 1)) in nats (rows,)."""
        if not self.latent:
            return flat.new_zeros(len(flat), 0), flat.new_zeros(len(flat))
        rest = (flat - self._flat(encoded, None)) / self.scale
        middle, log_sd = code(self.sizes.parts(self.weights), rest)
        return middle, divergence(middle, log_sd)


def seen(encoder: Encoder, parents: Tensor) -> Tensor:
    """Parents as the networks see them, float32 (rows, width)."""
    return softened(encoder(parents.double())).float()


def decoded(
    parts: tuple[Tensor, ...], encoded: Tensor, latent: int, z: Tensor | None = None
) -> Tensor:
    """The decoder's output (rows, pixels) of order one: a line in the parents, and a network.

    z comes in after the first layer, so that it adds to what the causes say and bends nothing.
    Half of the first layer's units are sines: edges that move across pixels come and go quickly.
    """
    line, first, first_bias, second, second_bias, last = parts[:6]
    bent, waves = addmm(first_bias, encoded, first).chunk(2, 1)
    hidden = torch.cat((silu(bent), waves.sin()), 1)
    mixed = addmm(second_bias, hidden, second)
    hidden = silu(mixed if z is None or not latent else mixed + z @ parts[6])
    return addmm(encoded @ line, hidden, last)


def code(parts: tuple[Tensor, ...], rest: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and log sd (rows, latent) of z, from what the parents leave over (rows, pixels)."""
    first, first_bias, last, last_bias = parts[7:]
    told = addmm(last_bias, silu(addmm(first_bias, rest, first)), last)
    middle, log_sd = told.chunk(2, 1)
    return middle, log_sd.clamp(-6, 2)


def divergence(middle: Tensor, log_sd: Tensor) -> Tensor:
    """KL(N(middle, sd²) ‖ N(0, 1)) in nats, (rows,)."""
    return ((2 * log_sd).exp() + middle.square() - 1 - 2 * log_sd).sum(-1) / 2
