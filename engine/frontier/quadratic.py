"""Convex quadratic programs over a box with a few equations, to a certified duality gap.

min ½ xᵀQx - cᵀx  subject to  Aᵀx = b, 0 ≤ x ≤ u, by a primal-dual interior-point method with
predictor and corrector (Mehrotra, SIAM J. Optim. 1992). Steps do not depend on the order of the
unknowns, and where the optimum is a face, its analytic centre is found: so permuted problems have
permuted answers.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from engine.errors import QueryError
from engine.frontier.cholesky import BLOCK, NOT_FOUND, REMEDY, root_steps

STEPS = 200
CLOSE = 1e-9  # of the objective's size: the largest gap at the end
_SLICE = 200_000_000  # multiplications
_NEARLY = 0.995  # share of the way to the boundary

Apply = Callable[[Tensor], Tensor]


class Quadratic(Protocol):
    """A positive semidefinite Q, and how to solve with Q + diag(d)."""

    @property
    def size(self) -> int:
        """Number of unknowns."""
        ...

    def times(self, x: Tensor) -> Tensor:
        """Q x of x (n,)."""
        ...

    def inverse(self, diagonal: Tensor) -> Generator[None, None, Apply]:
        """In slices v (n, k) → (Q + diag(diagonal))⁻¹ v, for positive `diagonal` (n,)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """Q = diag(signs) M diag(signs) + ridge · I of a matrix M (n, n), float64; signs None: ones."""

    matrix: Tensor
    signs: Tensor | None = None
    ridge: float = 0.0

    @property
    def size(self) -> int:
        """Number of unknowns."""
        return len(self.matrix)

    def times(self, x: Tensor) -> Tensor:
        """Q x."""
        if self.signs is None:
            return self.matrix @ x + self.ridge * x
        return self.signs * (self.matrix @ (self.signs * x)) + self.ridge * x

    def part(self, rows: Tensor) -> Tensor:
        """Q among some of the unknowns, (k, k)."""
        inner = self.matrix[rows][:, rows]
        if self.signs is not None:
            mine = self.signs[rows]
            inner *= mine[:, None]
            inner *= mine
        inner.diagonal().add_(self.ridge)
        return inner

    def inverse(self, diagonal: Tensor) -> Generator[None, None, Apply]:
        """By Cholesky's factor, n³/3 multiplications."""
        whole = self.matrix.clone()
        if self.signs is not None:
            whole *= self.signs[:, None]
            whole *= self.signs
        whole.diagonal().add_(diagonal + self.ridge)
        if self.size > BLOCK:
            yield None
        factor = yield from root_steps(whole)
        return lambda v: torch.cholesky_solve(v, factor)


@dataclass(frozen=True, slots=True, eq=False)
class Factored:
    """Q = F Fᵀ + ridge · I of F (n, r), r small: never formed, n r² multiplications."""

    factor: Tensor
    ridge: float = 0.0

    @property
    def size(self) -> int:
        """Number of unknowns."""
        return len(self.factor)

    def times(self, x: Tensor) -> Tensor:
        """Q x."""
        return self.factor @ (self.factor.T @ x) + self.ridge * x

    def inverse(self, diagonal: Tensor) -> Generator[None, None, Apply]:
        """By the Woodbury identity."""
        share = 1 / (diagonal + self.ridge)
        width = self.factor.shape[1]
        scaled = self.factor * share[:, None]
        inner = torch.eye(width, dtype=torch.float64)
        at_once = max(64, _SLICE // max(1, width**2))
        for start in range(0, self.size, at_once):
            if start:
                yield None
            end = start + at_once
            inner += self.factor[start:end].T @ scaled[start:end]
        kernel = yield from root_steps(inner)

        def apply(v: Tensor) -> Tensor:
            first = v * share[:, None]
            return first - scaled @ torch.cholesky_solve(self.factor.T @ first, kernel)

        return apply


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """x (n,), its objective, and how far at most the objective is above the least one."""

    x: Tensor
    value: float
    gap: float
    steps: int


def least(
    quadratic: Quadratic, linear: Tensor, equations: Tensor, sides: Tensor, upper: float
) -> Optimum:
    """The minimum; `linear` c (n,), `equations` A (n, m), `sides` b (m,), 0 ≤ x ≤ `upper`.

    QueryError where no x fulfils the equations within the box, or steps run out.
    """
    *_, found = approach(quadratic, linear, equations, sides, upper)
    assert found is not None
    return found


def approach(
    quadratic: Quadratic,
    linear: Tensor,
    equations: Tensor,
    sides: Tensor,
    upper: float,
    close: float = CLOSE,
) -> Iterator[Optimum | None]:
    """`least` in slices: None after each, then the minimum; `close`: the gap that will do."""
    ends = equations.clamp(max=0.0).sum(0) * upper, equations.clamp(min=0.0).sum(0) * upper
    if bool((sides < ends[0]).any()) or bool((sides > ends[1]).any()):
        raise QueryError("No weights fulfil what is asked of them")
    state = _Iterate(quadratic, linear, equations, sides, upper)
    for step in range(STEPS):
        if state.settled(close):
            yield Optimum(state.x, state.value(), state.gap(), step)
            return
        yield from state.step()
        yield None
    raise QueryError(NOT_FOUND, remedy=REMEDY)


class _Iterate:
    """The iterate: x and s = u - x inside the box, y of the equations, z and w of the bounds."""

    def __init__(
        self, quadratic: Quadratic, linear: Tensor, equations: Tensor, sides: Tensor, upper: float
    ) -> None:
        self._q, self._c, self._a, self._b, self._u = quadratic, linear, equations, sides, upper
        n = quadratic.size
        middle = 0.5 * upper if upper < 1 else min(0.5 * upper, 1.0 / n)
        self.x = torch.full((n,), middle, dtype=torch.float64)
        self._s = upper - self.x
        self._y = torch.zeros(len(sides), dtype=torch.float64)
        size = float((quadratic.times(self.x) - linear).abs().max()) + 1e-12
        self._z = torch.full((n,), size, dtype=torch.float64)
        self._w = torch.full((n,), size * middle / float(self._s[0]), dtype=torch.float64)

    def value(self) -> float:
        """½ xᵀQx - cᵀx."""
        return float(0.5 * self.x @ self._q.times(self.x) - self._c @ self.x)

    def gap(self) -> float:
        """Between the objective and its dual, once both are feasible."""
        return float(self.x @ self._z + self._s @ self._w)

    def settled(self, close: float) -> bool:
        """True where the gap and all that is not yet feasible are negligible."""
        size = abs(self.value()) + float(self._c.abs() @ self.x) + 1e-300
        slope, side = self._residuals()
        away = float(slope.abs().max()) * float(self.x.sum()) + float(side.abs().max()) * size
        return self.gap() <= close * size and away <= 10 * close * size

    def _residuals(self) -> tuple[Tensor, Tensor]:
        slope = self._q.times(self.x) - self._c - self._a @ self._y - self._z + self._w
        return slope, self._b - self._a.T @ self.x

    def step(self) -> Generator[None, None, None]:
        """One predictor, one corrector, one factorisation, which is done in slices."""
        x, s, z, w = self.x, self._s, self._z, self._w
        solve = yield from self._q.inverse(z / x + w / s)
        if len(x) > BLOCK:
            yield None
        across = solve(self._a)
        schur = self._a.T @ across
        slope, side = self._residuals()
        pairs = 2 * len(x)
        mean = self.gap() / pairs

        def towards(
            goal: float, low: Tensor, high: Tensor
        ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
            """dx, dy, dz, dw at which x z → goal - low and s w → goal - high."""
            right = -slope + (goal - low) / x - z - (goal - high) / s + w
            alone = solve(right[:, None])[:, 0]
            dy, singular = torch.linalg.solve_ex(schur, side - self._a.T @ alone)
            if bool(singular):  # rounded to equations that say the same
                raise QueryError(NOT_FOUND, remedy=REMEDY)
            dx = alone + across @ dy
            return dx, dy, (goal - low - z * dx) / x - z, (goal - high + w * dx) / s - w

        none = torch.zeros_like(x)
        dx, _, dz, dw = towards(0.0, none, none)
        p, d = _most((x, dx), (s, -dx)), _most((z, dz), (w, dw))
        reached = (x + p * dx) @ (z + d * dz) + (s - p * dx) @ (w + d * dw)
        centre = (float(reached) / pairs / mean) ** 3
        dx, dy, dz, dw = towards(centre * mean, dx * dz, -dx * dw)
        p = min(1.0, _NEARLY * _most((x, dx), (s, -dx), limit=2.0))
        d = min(1.0, _NEARLY * _most((z, dz), (w, dw), limit=2.0))
        self.x, self._z, self._w = x + p * dx, z + d * dz, w + d * dw
        self._s, self._y = s - p * dx, self._y + d * dy


def _most(*ways: tuple[Tensor, Tensor], limit: float = 1.0) -> float:
    """How far, at most `limit`, one can go along each way before a part is 0."""
    share = limit
    for at, way in ways:
        falling = way < 0
        if bool(falling.any()):
            share = min(share, float((-at[falling] / way[falling]).min()))
    return share
