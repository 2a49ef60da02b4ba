"""Means of scores over held-out rows that may differ in weight and belong together."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Generator, Tensor

from engine.data.rows import Codes, standard_error


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows that are scored: `weights` (rows,) or None (equal), `clusters` (rows,) or None."""

    weights: Tensor | None = None
    clusters: Codes | None = None

    def mean(self, score: Tensor) -> float:
        """Mean nats per row."""
        if self.weights is None:
            return float(score.mean())
        return float((self.weights * score).sum() / self.weights.sum())

    def redrawn(self, count: int, rng: Generator) -> "Rows":
        """`count` rows weighted anew by standard exponentials, the same within a cluster."""
        codes = None if self.clusters is None else torch.from_numpy(self.clusters.astype(np.int64))
        many = count if codes is None else int(codes.max()) + 1
        drawn = -torch.rand(many, dtype=torch.float64, generator=rng).clamp(min=1e-300).log()
        each = drawn if codes is None else drawn[codes]
        return Rows(each if self.weights is None else each * self.weights, self.clusters)

    def error(self, score: Tensor) -> float:
        """Standard error of that mean; rows of one cluster may be alike."""
        if self.weights is None and self.clusters is None:
            return float(score.std()) / math.sqrt(len(score))
        weights = np.ones(len(score)) if self.weights is None else self.weights.numpy()
        return standard_error(score.double().numpy(), weights, self.clusters)
