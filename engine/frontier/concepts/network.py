"""Encoders and heads of all restarts as one stacked tensor of weights, one row per restart."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import silu, softplus

HIDDEN = 32
_LOOSE = 0.5  # penalty on the square of a log precision: widths of a concept's filters are alike
_BENT = 5.0  # precision of the normal prior on the layers' weights: what bends little costs little
_DENSE = 1e-4  # η of the paper, on what a set holds where nobody says which


@dataclass(frozen=True, slots=True)
class Shape:
    """d directions in, n concepts, E sets; `hidden` units beside the plane, 0: a plane alone.

    `known`: which set filters which concept is given, and each filter is of about one width.
    """

    inputs: int
    concepts: int
    sets: int
    hidden: int
    known: bool

    @property
    def parts(self) -> dict[str, tuple[int, ...]]:
        """The shapes of one restart's weights."""
        found: dict[str, tuple[int, ...]] = {"plane": (self.inputs, self.concepts)}
        if self.hidden:
            found["first"] = (self.inputs, self.hidden)
            found["first_bias"] = (1, self.hidden)
            found["second"] = (self.hidden, self.concepts)
        found["precision"] = (self.sets, self.concepts)
        found["centre"] = (self.sets, self.concepts)
        found["offset"] = (self.sets,)
        return found

    @property
    def sizes(self) -> list[int]:
        """How many numbers each part has."""
        return [math.prod(part) for part in self.parts.values()]

    def unstacked(self, flat: Tensor) -> dict[str, Tensor]:
        """The parts (restarts, …) of weights (restarts, size)."""
        pieces = torch.split(flat, self.sizes, 1)
        return {
            name: piece.view(len(flat), *part)
            for (name, part), piece in zip(self.parts.items(), pieces, strict=True)
        }


def encoded(parts: dict[str, Tensor], x: Tensor) -> Tensor:
    """Valuations h (restarts, rows, n) of x (restarts or 1, rows, d)."""
    x = x.expand(len(parts["plane"]), -1, -1)
    found = torch.bmm(x, parts["plane"])
    if "first" in parts:
        hidden = silu(torch.baddbmm(parts["first_bias"], x, parts["first"]))
        found = torch.baddbmm(found, hidden, parts["second"])
    return found


def logits(shape: Shape, parts: dict[str, Tensor], mask: Tensor, h: Tensor) -> Tensor:
    """The log odds of each set against the base set, (restarts, sets, rows).

    `h` (restarts, sets or 1, rows, n); `mask` (sets, n). Known: α_e - ½ Σ_k p_ek (h_k - c_ek)²;
    else the paper's α_e - Σ_k β_ek h_k² + Σ_k γ_ek h_k with β ≥ 0.
    """
    offset = parts["offset"][:, :, None]
    if shape.known:
        precision = parts["precision"].exp() * mask
        apart = (h - parts["centre"][:, :, None]) ** 2
        return offset - 0.5 * (apart @ precision[..., None]).squeeze(-1)
    bend, tilt = softplus(parts["precision"]), parts["centre"]
    return offset + (h @ tilt[..., None] - h**2 @ bend[..., None]).squeeze(-1)


def penalty(shape: Shape, parts: dict[str, Tensor], mask: Tensor, rows: float) -> Tensor:
    """What weights cost, (restarts,), in nats per row of `rows`."""
    if shape.known:
        cost = _LOOSE * (parts["precision"] ** 2 * mask).sum((1, 2))
    else:
        cost = _DENSE * softplus(parts["precision"]).sum((1, 2))
    if shape.hidden:
        size = (parts["first"] ** 2).sum((1, 2)) + (parts["second"] ** 2).sum((1, 2))
        cost = cost + 0.5 * _BENT / rows * size
    return cost
