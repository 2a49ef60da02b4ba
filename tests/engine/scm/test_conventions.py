"""Rank, reversal and redraw against linear algebra, normal quantiles and equations by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from torch import Generator, Tensor

from engine.interventions import Convention, Set, Shift
from engine.mechanisms.encoding import Encoder
from engine.mechanisms.law import Grid, Law
from engine.mechanisms.linear import Linear
from engine.mechanisms.spline import spline_of
from engine.mechanisms.table import ConditionalTable
from engine.scm.conditional import Conditional
from engine.scm.conventions import MOST_TURNED, patterns, turned_worlds
from engine.scm.scm import Scm, counterfactual, turned
from tests.oracles import category, linear_scm, number

SLOPES = {"z": {}, "x": {"z": 1.0}, "w": {"x": -0.5}, "y": {"z": 3.0, "x": 2.0, "w": 1.0}}
SCM = linear_scm(SLOPES)
UNIT = SCM.sample(40, 7)
ALL = tuple(Convention)


def noise_of(name: str) -> Tensor:
    """ε = x - Σ slope · parent, of the unit-noise linear SCM."""
    return UNIT[name] - sum(slope * UNIT[cause] for cause, slope in SLOPES[name].items())


@dataclass(frozen=True)
class ByHand:
    """x = f(parents, ε), monotone in ε by its inverse."""

    f: Callable[[Tensor, Tensor], Tensor]
    inverse: Callable[[Tensor, Tensor], Tensor]
    family: ClassVar[str] = "by hand"
    approximate: ClassVar[bool] = False

    def log_prob(self, x: Tensor, parents: Tensor) -> Tensor:
        raise NotImplementedError

    def push(self, noise: Tensor, parents: Tensor) -> Tensor:
        return self.f(parents, noise)

    def abduct(self, x: Tensor, parents: Tensor, rng: Generator) -> Tensor:
        return self.inverse(parents, x)

    def noise(self, count: int, rng: Generator) -> Tensor:
        return torch.randn(count, generator=rng, dtype=torch.float64)


ALONE = ByHand(lambda _, e: e, lambda _, x: x)  # the law of both: given any cause, N(0, 1)
SUM = ByHand(lambda p, e: p[:, 0] + e, lambda p, x: x - p[:, 0])


def flips(last: ByHand) -> Scm:
    """What can be learnt of x2 = ± u2 by the sign of x1, and of x3 by `last` given x2."""
    chain = (Conditional("x1"), Conditional("x2", ("x1",)), Conditional("x3", ("x2",)))
    return Scm(
        {f"x{i}": number(f"x{i}") for i in (1, 2, 3)},
        chain,
        {"x1": ALONE, "x2": ALONE, "x3": last},
    )


@given(st.floats(-5, 5))
def test_reversal_turns_the_noise_below_the_action(value: float) -> None:
    """w' = -x'/2 - ε_w and y' = 3 z + 2 x' + w' - ε_y, where ε are the residuals of the rows."""
    imagined = counterfactual(SCM, UNIT, (Set("x", value),), 0, Convention.REVERSAL)
    w = -0.5 * value - noise_of("w")
    y = 3 * UNIT["z"] + 2 * value + w - noise_of("y")
    assert imagined["z"] is UNIT["z"]
    assert imagined["w"].numpy() == pytest.approx(w.numpy(), abs=1e-9)
    assert imagined["y"].numpy() == pytest.approx(y.numpy(), abs=1e-9)


def test_rank_keeps_the_noise_below_the_action() -> None:
    imagined = counterfactual(SCM, UNIT, (Shift("x", 0.75),), 0, Convention.RANK)
    moved = UNIT["y"] + 0.75 * (2.0 - 0.5)
    assert imagined["y"].numpy() == pytest.approx(moved.numpy(), abs=1e-9)


def test_a_shift_below_a_set_moves_the_turned_value() -> None:
    action = (Set("x", 1.0), Shift("w", 0.25))
    imagined = counterfactual(SCM, UNIT, action, 0, Convention.REVERSAL)
    w = -0.5 - noise_of("w") + 0.25
    assert imagined["w"].numpy() == pytest.approx(w.numpy(), abs=1e-12)
    alone = counterfactual(SCM, UNIT, (Shift("w", 0.25),), 0, Convention.REVERSAL)
    assert torch.equal(alone["w"], UNIT["w"] + 0.25)  # its causes are as they were


@pytest.mark.parametrize("convention", ALL)
def test_what_keeps_its_causes_keeps_its_value_bit_for_bit(convention: Convention) -> None:
    """Consistency, row by row: half of the rows have x set to what they had."""
    own = {name: column[:1].expand(2).clone() for name, column in UNIT.items()}
    own["x"][1] += 1.0
    value = float(own["x"][0])
    for action in ((Set("x", value),), (Set("x", value), Shift("w", 0.0))):
        imagined = counterfactual(SCM, own, action, 0, convention)
        for name in SLOPES:
            assert imagined[name][0] == own[name][0]
        assert imagined["y"][1] != own["y"][1]
    nothing = counterfactual(SCM, UNIT, (), 0, convention)
    assert all(torch.equal(nothing[name], UNIT[name]) for name in SLOPES)


def test_redrawn_luck_has_the_normal_quantiles() -> None:
    """y' = 3 z + 2 x' - x'/2 + ε_w + ε_y: 5 % and 95 % lie 1.645 √2 from its mean."""
    unit = {name: column[:1].expand(40_000) for name, column in UNIT.items()}
    y = counterfactual(SCM, unit, (Set("x", 1.5),), 3, Convention.REDRAW)["y"].numpy()
    ends = 3 * float(UNIT["z"][0]) + 1.5 * 1.5 + np.sqrt(2) * stats.norm.ppf([0.05, 0.95])
    assert np.quantile(y, [0.05, 0.95]) == pytest.approx(ends, abs=0.06)


def test_turned_noise_turns_the_rank_round_whatever_the_law() -> None:
    """F(x') = 1 - F(x), F counted in a large sample of a skewed law."""
    raw = torch.linspace(-2.0, 2.0, 8, dtype=torch.float64)
    skewed = Linear(Encoder(), Law(Grid(), spline_of(raw)), 1.0, torch.empty(0).double(), 2.0)
    nothing = torch.empty(20_001, 0, dtype=torch.float64)
    many = np.sort(skewed.push(skewed.noise(20_001, Generator().manual_seed(0)), nothing).numpy())
    noise = torch.tensor([-1.5, -0.3, 0.2, 1.0], dtype=torch.float64)
    rank, other = (
        np.searchsorted(many, skewed.push(e, nothing[:4]).numpy()) / len(many)
        for e in (noise, turned(skewed, noise))
    )
    assert rank + other == pytest.approx(np.ones(4), abs=0.02)
    assert abs(np.median(many) - many.mean()) > 0.05  # skewed: x does not lie as far as x'


def test_a_rounded_cause_that_stays_the_same_changes_nothing_below() -> None:
    """x → m → y, m to whole numbers: rows whose m is the same keep y under every convention."""
    plain = linear_scm({"x": {}, "m": {"x": 0.1}, "y": {"m": 1.0}})
    m = plain.mechanisms["m"]
    assert isinstance(m, Linear)
    whole = Linear(m.encoder, Law(Grid(1.0)), 0.0, m.slopes, 1.0)
    scm = Scm(
        {**plain.variables, "m": number("m", 1.0)},
        plain.conditionals,
        {**plain.mechanisms, "m": whole},
    )
    unit = scm.sample(300, 1)
    for convention in ALL:
        imagined = counterfactual(scm, unit, (Shift("x", 1.0),), 0, convention)
        same = imagined["m"] == unit["m"]
        assert 0 < int(same.sum()) < 300
        assert torch.equal(imagined["y"][same], unit["y"][same])
        assert not bool((imagined["y"] == unit["y"])[~same].any())


def test_a_category_keeps_its_noise_and_is_redrawn_by_its_shares() -> None:
    shares = torch.tensor([[0.9, 0.1], [0.3, 0.7]], dtype=torch.float64)
    scm = Scm(
        {"b": category("b", 2), "c": category("c", 2)},
        (Conditional("c", ("b",)),),
        {"c": ConditionalTable((2,), shares)},
    )
    rows = 20_000
    unit = {"b": torch.zeros(rows).double(), "c": torch.ones(rows).double()}
    by = {c: counterfactual(scm, unit, (Set("b", 1.0),), 0, c)["c"] for c in ALL}
    assert torch.equal(by[Convention.RANK], by[Convention.REVERSAL])
    assert bool((by[Convention.RANK] == 1).all())  # the odds rose: Gumbel-max never turns back
    assert float(by[Convention.REDRAW].mean()) == pytest.approx(0.7, abs=0.015)


@pytest.mark.parametrize("last", [SUM, ALONE], ids=["ctf2", "ctf4"])
def test_sign_flips_are_among_the_patterns(last: ByHand) -> None:
    """x2 = ± u2 by the sign of x1; x3 = x2 + u3 (ctf2) or ± u3 by the sign of x2 (ctf4).

    What can be learnt of both is monotone in the noise; the truth is one of its four patterns.
    """
    rng = np.random.default_rng(0)
    u1, u2, u3 = rng.normal(size=(3, 200))
    sign = np.where(u1 >= 0, 1.0, -1.0)

    def third(x2: np.ndarray) -> np.ndarray:
        return x2 + u3 if last is SUM else np.where(x2 >= 0, u3, -u3)

    x2 = sign * u2
    unit = {n: torch.from_numpy(c) for n, c in zip(SIGNS, (u1, x2, third(x2)), strict=True)}
    truth = third(u2)  # do(x1 = .5): the sign is +
    turns = patterns(("x2", "x3"))
    told = turned_worlds(flips(last), unit, (Set("x1", 0.5),), 0, "x3", turns).numpy()
    assert told.shape == (4, 200)
    assert np.abs(told - truth).min(0).max() < 1e-12
    rank = counterfactual(flips(last), unit, (Set("x1", 0.5),), 0)["x3"].numpy()
    assert np.array_equal(told[0], rank)
    wrong = np.abs(rank - truth) > 1e-9
    assert 0.3 < wrong.mean() < 0.7  # keeping the rank misses where a sign flipped


SIGNS = ("x1", "x2", "x3")


@pytest.mark.parametrize("many", [0, 1, 3, MOST_TURNED, MOST_TURNED + 1, 30])
def test_every_pattern_of_few_and_each_alone_of_many(many: int) -> None:
    names = [f"v{i}" for i in range(many)]
    found = patterns(names)
    assert found[0] == frozenset()
    assert found[-1] == frozenset(names)
    assert len(set(found)) == len(found)
    assert len(found) == (2**many if many <= MOST_TURNED else many + 2)
