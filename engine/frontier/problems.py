"""Balancing problems over the same rows, side by side, for what only multiplies by the kernel.

Each problem weighs rows by base · r. *Alike*: the rows of a group get w = base r / Σ base, r ≥ 0,
Σ w = 1, to minimise ½ (w - τ)ᵀ K (w - τ) + ½ λ Σ w² / base for the shares τ of the group aimed at.
*Overlap*: a = base r, 0 ≤ r ≤ 1, equal sums on both sides, minimises aᵀ W K W a - 2 λ Σ a. Both
are those of `engine.frontier.balancing`. K ≥ 0 entry by entry, so that its row sums bound it:
K ≼ diag(K 1), which gives steps without any eigenvalue.
"""

from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import softplus

from engine.errors import QueryError
from engine.frontier.slices import done
from engine.queries.balanced import Estimand

SEARCH = 40  # steps of the search for the multiplier of an equation
_THIN = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """What weights do to rows: K (weights - aim) over λ, the slope per row, and the objective.

    Shapes (P, n), (P, n) and (P,).
    """

    field: Tensor
    slope: Tensor
    value: Tensor


class Problems:
    """P problems over n rows with one kernel (n, n) ≥ 0; all tensors of its dtype.

    `base` (n,) ≥ 0: a row of 0 is not there, so tables are padded by such rows. `sides` (P, n) is
    1 and -1 where a row is weighed and counts for or against, else 0; `aims` (P, n) are shares.
    """

    def __init__(
        self, kernel: Tensor, base: Tensor, treated: Tensor, estimand: Estimand, penalty: float
    ) -> None:
        """QueryError where one of the two groups has no rows."""
        self.kernel, self.base, self.penalty = kernel, base, penalty
        self.estimand = estimand
        self.treated = t = treated.to(kernel.dtype)
        if not bool((base * t).any()) or not bool((base * (1 - t)).any()):
            raise QueryError("One of the two groups has no rows")
        self.overlap = estimand is Estimand.OVERLAP
        everybody, arm = base / base.sum(), base * t / (base * t).sum()
        sides, aims = {
            Estimand.ATE: ([t, 1 - t], [everybody, everybody]),
            Estimand.ATT: ([1 - t], [arm]),
            Estimand.OVERLAP: ([2 * t - 1], [torch.zeros_like(base)]),
        }[estimand]
        self.sides, self.aims = torch.stack(sides), torch.stack(aims)
        self.among = self.sides.abs() * base
        self.rows = self.among.sum(1, keepdim=True)
        self.shares = self.among / self.rows
        self.bound = self.among @ kernel / penalty + 1.0
        self.upper = 1.0 if self.overlap else float("inf")

    def single(self) -> "Problems":
        """The same in single precision."""
        kernel, base = self.kernel.float(), self.base.float()
        return Problems(kernel, base, self.treated > 0, self.estimand, self.penalty)

    def at(self, r: Tensor) -> Field:
        """Field, slope and objective of the multipliers r (P, n)."""
        return self.told(r, self.measure(r) @ self.kernel)

    def measure(self, r: Tensor) -> Tensor:
        """Signed weights of rows less what is aimed at, (P, n): its kernel norm is made small."""
        return self.sides * self.base * r if self.overlap else self.shares * r - self.aims

    def told(self, r: Tensor, pulled: Tensor) -> Field:
        """`at` where K · `measure` is known, (P, n)."""
        quadratic = (self.measure(r) * pulled).sum(1)
        if self.overlap:
            field = pulled / self.penalty
            value = quadratic - 2 * self.penalty * (self.among * r).sum(1)
            return Field(field, self.sides * field - self.sides.abs(), value)
        field = pulled * self.rows / self.penalty
        spread = self.penalty * (self.shares * r.square() / self.rows).sum(1)
        slope = self.sides * field + r * self.sides
        return Field(field, slope, 0.5 * (quadratic + spread))

    def equal(self) -> Tensor:
        """All rows of a group alike; of overlap at the height that is best for such weights."""
        if not self.overlap:
            return self.sides.clone()
        counts = (self.among * (self.sides > 0)).sum(), (self.among * (self.sides < 0)).sum()
        alike = torch.where(self.sides > 0, 1 / counts[0], 1 / counts[1]) * self.sides.abs()
        apart = self.measure(alike)
        pull = float((apart @ self.kernel * apart).sum())
        height = min(float(counts[0]), float(counts[1]), 2 * self.penalty / max(pull, _THIN))
        return height * alike

    def project(self, y: Tensor, sharpness: float = 0.0, bound: Tensor | None = None) -> Tensor:
        """The nearest multipliers that are allowed, by the metric of `bound` (else the problems').

        r = clamp(y - ν side / bound), ν such that the equation holds: found by Newton's method
        within a shrinking bracket. `sharpness` > 0 bends the corners of the clamp, so that slopes
        of a loss reach rows of no weight; through ν they pass as the implicit function says.
        """
        count = self.sides * self.base if self.overlap else self.shares
        bound = self.bound if bound is None else bound
        goal, scale = (0.0 if self.overlap else 1.0), self.sides / bound
        nothing = 8 * torch.finfo(y.dtype).eps * float(count.abs().sum(1).max())

        def clamped(nu: Tensor) -> Tensor:
            return self._clamp(y - nu * scale, sharpness)

        with torch.no_grad():
            high = (y.abs().amax(1, keepdim=True) + 2.0) * bound.amax(1, keepdim=True)
            low, nu = -high, torch.zeros_like(high)
            for turn in range(SEARCH):
                over = (count * clamped(nu)).sum(1, keepdim=True) - goal
                if float(over.abs().max()) <= nothing:
                    break
                low, high = torch.where(over > 0, nu, low), torch.where(over > 0, high, nu)
                steep = self._steepness(y - nu * scale, sharpness) * count * scale
                nu = nu + over / steep.sum(1, keepdim=True).clamp(min=_THIN)
                lost = (nu <= low) | (nu >= high) | torch.tensor(turn > SEARCH // 2)
                nu = torch.where(lost & (over.abs() > nothing), 0.5 * (low + high), nu)
            steep = self._steepness(y - nu * scale, sharpness) * count * scale
            steepness = steep.sum(1, keepdim=True).clamp(min=_THIN)
        over = (count * clamped(nu)).sum(1, keepdim=True) - goal
        return clamped(nu + over / steepness) * self.sides.abs()

    def _clamp(self, z: Tensor, sharpness: float) -> Tensor:
        if not sharpness:
            return z.clamp(0.0, self.upper)
        low = softplus(z * sharpness)
        return (low - softplus((z - 1) * sharpness) if self.overlap else low) / sharpness

    def _steepness(self, z: Tensor, sharpness: float) -> Tensor:
        if not sharpness:
            return ((z > 0) & (z < self.upper)).to(z.dtype)
        low = torch.sigmoid(z * sharpness)
        return low - torch.sigmoid((z - 1) * sharpness) if self.overlap else low

    def between(self, first: Tensor, last: Tensor) -> Tensor:
        """The best on the way from `first` to `last`: the objective is a parabola there."""
        start, middle, end = (
            self.at(first + share * (last - first)).value for share in (0.0, 0.5, 1.0)
        )
        bend, slope = 2 * (start + end - 2 * middle), 4 * middle - 3 * start - end
        share = torch.where(bend > 0, -slope / (2 * bend).clamp(min=1e-300), (end < start).double())
        share = share.clamp(0.0, 1.0).to(first.dtype)[:, None]
        return first + share * (last - first)

    def stepped(self, r: Tensor, steps: int) -> Tensor:
        """r after accelerated projected steps (Beck, Teboulle 2009; restarts: O'Donoghue, Candès).

        Momentum starts anew for a problem whose step goes uphill.
        """
        return done(self.steps(r, steps))

    def steps(self, r: Tensor, steps: int) -> Generator[None, None, Tensor]:
        """`stepped` in slices."""
        at, age = r, torch.ones_like(self.rows)
        for _ in range(steps):
            slope = self.at(at).slope
            new = self.project(at - slope / self.bound)
            older = age
            age = 0.5 * (1 + (1 + 4 * older.square()).sqrt())
            uphill = (slope * (new - r) * self.among).sum(1, keepdim=True) > 0
            age = torch.where(uphill, torch.ones_like(age), age)
            at = torch.where(uphill, new, new + (older - 1) / age * (new - r))
            r = new
            yield None
        return r

    def gap(self, r: Tensor) -> Tensor:
        """(P,): how far at most each objective is above its least value, by weak duality.

        With the field f of these weights held, the inner minimum over weights is a projection
        (alike) or a sum of the cheapest rows (overlap, bounded by its own multiplier).
        """
        found = self.at(r)
        if not self.overlap:
            least = self.project(-found.field, bound=torch.ones_like(self.bound))
            linear = found.field * self.shares * (r - least)
            spread = 0.5 * self.shares * (r.square() - least.square())
            return (linear + spread).sum(1) * self.penalty / self.rows.squeeze(1)
        cost = 2 * self.penalty * self.among * found.slope
        order = (self.sides * found.slope).masked_fill(self.among == 0, float("inf"))
        height = torch.sort(order, 1).values[:, int((self.among > 0).sum()) // 2][:, None]
        best = cost.new_full((len(cost),), float("-inf"))
        for nu in (height, self._multiplier(r, found.slope), torch.zeros_like(height)):
            bound = (cost - 2 * self.penalty * nu * self.sides * self.base).clamp(max=0.0).sum(1)
            best = torch.maximum(best, bound)
        return (cost * r).sum(1) - best

    def _multiplier(self, r: Tensor, slope: Tensor) -> Tensor:
        """ν at the rows that are neither at 0 nor at 1: there slope = ν side."""
        inside = self.among * ((r > 1e-6) & (r < 1 - 1e-6))
        total = inside.sum(1, keepdim=True).clamp(min=_THIN)
        return (inside * self.sides * slope).sum(1, keepdim=True) / total

    def weights(self, r: Tensor) -> Tensor:
        """(n,): what each row counts, Σ = 1 among the treated and among the others; float64."""
        rows = (self.among * r).double()
        weights = rows.sum(0)
        if self.estimand is Estimand.ATT:
            weights = weights + (self.base * self.treated).double()
        weights = weights.clamp(min=0.0)
        for group in (self.treated > 0, self.treated == 0):
            weights[group] = weights[group] / weights[group].sum().clamp(min=1e-300)
        return weights
