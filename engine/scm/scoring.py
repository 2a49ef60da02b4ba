"""Means of scores over held-out rows that may differ in weight and belong together."""

import math
from dataclasses import dataclass

import numpy as np
from torch import Tensor

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

    def error(self, score: Tensor) -> float:
        """Standard error of that mean; rows of one cluster may be alike."""
        if self.weights is None and self.clusters is None:
            return float(score.std()) / math.sqrt(len(score))
        weights = np.ones(len(score)) if self.weights is None else self.weights.numpy()
        return standard_error(score.double().numpy(), weights, self.clusters)
