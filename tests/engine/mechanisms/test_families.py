"""Every family with parents: densities by zuko and by integration, noise → value → noise."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import expit, log_softmax, softmax
from torch import Generator, Tensor

from engine.mechanisms.atoms import Atoms
from engine.mechanisms.base import Mechanism, is_discrete
from engine.mechanisms.bounds import Warp
from engine.mechanisms.law import Grid
from engine.mechanisms.linear import Linear
from engine.mechanisms.network import Network
from engine.mechanisms.spline import knots
from tests.engine.mechanisms.made import BINS, CATEGORIES, NUMBERS, Maker
from tests.oracles import tensor

LAWS = ("continuum", "above 0", "between 0 and 3", "grid", "grid with ends")


def law_of(name: str, unit: float = 1.0) -> tuple[Grid | None, Warp | None]:
    """A grid and a warp by name; all lengths in `unit`."""
    return {
        "continuum": (None, None),
        "above 0": (None, Warp(0.0, None, 0.5 * unit)),
        "between 0 and 3": (None, Warp(0.0, 3 * unit, 0.2 * unit)),
        "grid": (Grid(0.5 * unit), None),
        "grid with ends": (Grid(0.5 * unit, -2 * unit, 4 * unit), None),
    }[name]


# ── numbers, by their formulas ─────────────────────────────────────────────────────────────────


def by_hand(network: Network, z: np.ndarray) -> np.ndarray:
    """W₃ σ(W₂ σ(W₁ z + b₁) + b₂) + b₃, z cut softly beyond 3, σ half tanh and half SiLU."""

    def units(hidden: np.ndarray) -> np.ndarray:
        first, second = np.split(hidden, 2)
        return np.concatenate((np.tanh(first), second * expit(second)))

    weights = [w.double().numpy() for w in (network.first, network.second, network.last)]
    biases = [b.double().numpy() for b in (network.first_bias, network.second_bias)]
    beyond = np.maximum(np.abs(z) - 3, 0)
    hidden = (np.clip(z, -3, 3) + np.sign(z) * np.log1p(beyond)).T
    for weight, bias in zip(weights, biases, strict=False):
        hidden = units(weight @ hidden + bias[:, None])
    return (weights[2] @ hidden + network.last_bias.double().numpy()[:, None]).T


def encoded(parents: Tensor, unit: float = 1.0) -> np.ndarray:
    """The number less 3, in 2 units; whether the category is the second, and the third."""
    number, category = parents.numpy().T
    return np.stack(((number / unit - 3) / 2, category == 1, category == 2), 1).astype(float)


def curves(log_slopes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values and slopes at the knots, (rows, bins + 1), of log mean slopes (rows, bins)."""
    width, mean = np.diff(knots(BINS).numpy()), np.exp(5 * np.tanh(log_slopes / 5))
    values = np.concatenate((np.zeros((len(mean), 1)), np.cumsum(mean * width, 1)), 1)
    share = width[1:] / (width[:-1] + width[1:])
    inner = mean[:, :-1] * share + mean[:, 1:] * (1 - share)
    slopes = np.concatenate((mean[:, :1], inner, mean[:, -1:]), 1)
    return values - values[:, BINS // 2, None], slopes


def parts_by_hand(family: str, maker_seed: int, parents: Tensor) -> tuple[np.ndarray, ...]:
    """m, s (rows,) and values, slopes of Q (rows, bins + 1), by the formulas of the docstrings."""
    maker = Maker(maker_seed)
    raw, slopes = maker.drawn(BINS).numpy(), maker.drawn(3).numpy()
    z, unit, rows = encoded(parents), 1.3, len(parents)
    location, scale, log_slopes = 0.5 + z @ slopes, np.full(rows, 0.7), np.tile(raw, (rows, 1))
    if family == "spline-linear":
        return location + 0.1, scale, *curves(log_slopes)
    out = by_hand(maker.network({"additive": 1, "location-scale": 2}.get(family, 5)), z)
    location = location + unit * out[:, 0]
    if family != "additive":
        exponent = np.clip(6 * np.tanh(out[:, 1] / 6) - 0.2, -2.0, 1.0)
        scale = unit * (1e-3 + np.exp(exponent))
    if family == "flow":
        at = (np.arange(BINS) + 0.5) * 2 / BINS - 1
        shapes = np.stack((at, (3 * at**2 - 1) / 2, (5 * at**3 - 3 * at) / 2))  # Legendre
        log_slopes = log_slopes + 2 * np.tanh(out[:, 2:] / 2) @ shapes
    return location, scale, *curves(log_slopes)


@pytest.mark.parametrize("family", NUMBERS[1:])
@pytest.mark.parametrize("seed", [0, 1])
def test_values_and_densities_are_those_of_zuko(family: str, seed: int) -> None:
    transforms = pytest.importorskip("zuko.transforms", reason="zuko is a development oracle")
    parents = Maker(99).parents(60)
    noise = tensor(np.random.default_rng(seed).uniform(-2.79, 2.79, 60))
    location, scale, values, slopes = map(tensor, parts_by_hand(family, seed, parents))
    spline = transforms.MonotonicRQSTransform(torch.zeros(8), torch.zeros(8), torch.zeros(7))
    spline.horizontal, spline.vertical, spline.derivatives = (
        knots(BINS).expand(60, -1), values, slopes,
    )  # fmt: skip
    y, log_rise = spline.call_and_ladj(noise)
    density = tensor(stats.norm.logpdf(noise.numpy())) - log_rise - scale.log()
    mechanism = Maker(seed).number(family)
    x = mechanism.push(noise, parents)
    assert x.numpy() == pytest.approx((location + scale * y).numpy(), abs=1e-4)
    assert mechanism.log_prob(x, parents).numpy() == pytest.approx(density.numpy(), abs=1e-4)


def test_a_line_is_a_normal_law() -> None:
    parents, line = Maker(99).parents(60), Maker(3).number("linear")
    assert isinstance(line, Linear)
    oracle = stats.norm(0.5 + encoded(parents) @ line.slopes.numpy(), 1.3)
    noise = np.random.default_rng(0).normal(size=60) * 2
    x = line.push(tensor(noise), parents)
    assert x.numpy() == pytest.approx(oracle.ppf(stats.norm.cdf(noise)), abs=1e-6)
    assert line.log_prob(x, parents).numpy() == pytest.approx(oracle.logpdf(x.numpy()), abs=1e-9)


@pytest.mark.parametrize("family", NUMBERS)
@pytest.mark.parametrize("law", LAWS[:3])
def test_the_density_between_two_values_is_the_share_of_the_noise(family: str, law: str) -> None:
    """∫ p(x) dx from f(a) to f(b) = Φ(b) - Φ(a), by the trapezoid rule in steps of noise."""
    maker = Maker(5, 0.4)
    mechanism = maker.number(family, *law_of(law))
    for row in maker.parents(3):
        for a, b in ((-5.0, -1.0), (-1.0, 0.3), (0.3, 5.0)):
            noise = torch.linspace(a, b, 4001, dtype=torch.float64)
            parents = row.expand(len(noise), 2)
            x = mechanism.push(noise, parents)
            found = torch.trapezoid(mechanism.log_prob(x, parents).exp(), x)
            assert float(found) == pytest.approx(stats.norm.cdf(b) - stats.norm.cdf(a), abs=2e-4)


@pytest.mark.parametrize("family", NUMBERS)
def test_cells_hold_the_noise_that_is_rounded_to_them(family: str) -> None:
    maker, ranks = Maker(6, 0.4), 8000
    mechanism = maker.number(family, *law_of("grid with ends"))
    noise = tensor(stats.norm.ppf((np.arange(ranks) + 0.5) / ranks))
    cells = torch.arange(-2.0, 4.5, 0.5, dtype=torch.float64)
    for row in maker.parents(3):
        masses = mechanism.log_prob(cells, row.expand(len(cells), 2)).exp().numpy()
        x = mechanism.push(noise, row.expand(ranks, 2))
        counted = (x[:, None] == cells).double().mean(0).numpy()
        assert masses.sum() == pytest.approx(1.0, abs=1e-9)
        assert counted == pytest.approx(masses, abs=2 / ranks)


# ── noise → value → noise, and no number that is none ──────────────────────────────────────────

SEEDS, SIZES = st.integers(0, 10_000), st.floats(0.01, 8.0)
UNITS = st.sampled_from([1.0, 1e12, 1e-12, 1e120, 1e-120])
FAR = st.sampled_from([0.0, 1.0, 30.0, 1e6, 1e12])


def there_and_back(mechanism: Mechanism, parents: Tensor, least: float, *, exactly: bool) -> None:
    """x rises in the noise, comes back from what is abducted, and has a finite score.

    To seven digits of itself, its median or its spread, or within `least`.
    """
    rows = len(parents)
    noise = torch.linspace(-6, 6, rows, dtype=torch.float64)
    x = mechanism.push(noise, parents)
    assert bool(x.isfinite().all())
    middle, spread = (mechanism.push(torch.full_like(noise, at), parents) for at in (0.0, 1.0))
    more = mechanism.push(noise + 0.5, parents)
    assert bool((more >= x).all())
    found = mechanism.abduct(x, parents, Generator().manual_seed(0))
    assert bool(found.isfinite().all())
    back = mechanism.push(found, parents)
    if exactly:
        assert torch.equal(back, x)
    within = 1e-7 * (x.abs() + middle.abs() + (spread - middle).abs()) + least
    assert bool(((back - x).abs() <= within).all())
    assert bool(mechanism.log_prob(x, parents).isfinite().all())


@pytest.mark.parametrize("family", NUMBERS)
@given(SEEDS, SIZES, UNITS, FAR, st.sampled_from(LAWS))
@settings(max_examples=30, deadline=None)
def test_numbers_come_back(
    family: str, seed: int, size: float, unit: float, far: float, law: str
) -> None:
    maker = Maker(seed, size, unit)
    mechanism = maker.number(family, *law_of(law, unit))
    least = 0.0 if law == "continuum" else 1e-12 * unit  # at a bound values are as near as floats
    there_and_back(mechanism, maker.parents(40, far), least, exactly=law.startswith("grid"))


@pytest.mark.parametrize("family", NUMBERS)
@given(SEEDS, st.floats(0.01, 2.0), UNITS)
@settings(max_examples=20, deadline=None)
def test_the_noise_itself_comes_back_on_a_continuum(
    family: str, seed: int, size: float, unit: float
) -> None:
    maker = Maker(seed, size, unit)
    mechanism, parents = maker.number(family), maker.parents(40)
    noise = torch.linspace(-5, 5, 40, dtype=torch.float64)
    found = mechanism.abduct(mechanism.push(noise, parents), parents, Generator())
    assert found.numpy() == pytest.approx(noise.numpy(), abs=1e-5)


@given(SEEDS, st.floats(0.01, 3.0), FAR, st.sampled_from([0.0, 1e-9, 0.3, 20.0]))
@settings(max_examples=25, deadline=None)
def test_counts_come_back(seed: int, size: float, far: float, dispersion: float) -> None:
    maker = Maker(seed, size)
    there_and_back(maker.count(dispersion), maker.parents(40, far), 0.0, exactly=True)


@pytest.mark.parametrize("dispersion", [0.0, 0.4])
def test_counts_with_causes_have_the_masses_of_scipy(dispersion: float) -> None:
    maker = Maker(2, 0.7)
    law, parents = maker.count(dispersion), maker.parents(80)
    mean = np.exp(1 + encoded(parents) @ law.slopes.numpy())
    shape = 1 / dispersion if dispersion else 0.0
    oracle = stats.nbinom(shape, shape / (shape + mean)) if dispersion else stats.poisson(mean)
    x = law.push(law.noise(80, Generator().manual_seed(0)), parents)
    assert law.log_prob(x, parents).numpy() == pytest.approx(oracle.logpmf(x.numpy()), abs=1e-7)


# ── categories ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("ordered", [False, True])
def test_chances_are_those_of_the_formulas(ordered: bool) -> None:
    """softmax(a + B z + n(z)); σ(θ_j - b z - n(z)) up to j; the shares of a table's cell."""
    parents = Maker(99).parents(50)
    z = encoded(parents)
    columns = np.concatenate((np.ones((50, 1)), z), 1)
    made = {name: Maker(4).category(name, 4, ordered=ordered) for name in CATEGORIES}
    again = Maker(4)
    logits = columns @ again.drawn(4, 4).numpy().T
    curved = logits + by_hand(again.network(4), z)
    table, steps = made["table"], made["ordinal"]
    upto = expit(
        steps.thresholds.numpy()
        - (z @ steps.slopes.numpy() + by_hand(steps.network, z)[:, 0])[:, None]
    )
    expected = {
        "table": table.shares.numpy()[parents[:, 1].long().numpy()],
        "logistic": softmax(logits, 1),
        "categorical": softmax(curved, 1),
        "ordinal": np.diff(upto, axis=1, prepend=0.0, append=1.0),
    }
    for name, mechanism in made.items():
        assert is_discrete(mechanism)
        assert mechanism.ordered is (ordered or name == "ordinal")
        assert mechanism.probabilities(parents).numpy() == pytest.approx(expected[name], abs=1e-5)
        for code in range(4):
            found = mechanism.log_prob(torch.full((50,), float(code)).double(), parents)
            assert found.exp().numpy() == pytest.approx(expected[name][:, code], abs=1e-5)
    assert made["categorical"].log_prob(torch.zeros(50).double(), parents).numpy() == pytest.approx(
        log_softmax(curved, 1)[:, 0], abs=1e-4
    )


@pytest.mark.parametrize("family", CATEGORIES)
@given(SEEDS, st.sampled_from([0.1, 1.0, 30.0, 1e4]), FAR, st.integers(2, 7), st.booleans())
@settings(max_examples=25, deadline=None)
def test_labels_come_back(
    family: str, seed: int, size: float, far: float, k: int, ordered: bool
) -> None:
    """Also those of no chance; chances add up to one."""
    maker, rng = Maker(seed, size), Generator().manual_seed(seed)
    mechanism, parents = maker.category(family, k, ordered=ordered), maker.parents(6 * k, far)
    assert is_discrete(mechanism)
    x = torch.arange(k).repeat(6).double()
    noise = mechanism.abduct(x, parents, rng)
    assert bool(noise.isfinite().all())
    assert torch.equal(mechanism.push(noise, parents), x)
    assert mechanism.probabilities(parents).sum(1).numpy() == pytest.approx(1.0, abs=1e-6)
    assert not bool(mechanism.log_prob(x, parents).isnan().any())
    drawn = mechanism.push(mechanism.noise(6 * k, rng), parents)
    assert set(drawn.tolist()) <= set(range(k))


@pytest.mark.parametrize("family", CATEGORIES)
@pytest.mark.parametrize("ordered", [False, True])
def test_drawn_labels_have_their_chances(family: str, ordered: bool) -> None:
    maker, rng = Maker(8), Generator().manual_seed(1)
    mechanism, row = maker.category(family, 4, ordered=ordered), maker.parents(1)
    assert is_discrete(mechanism)
    x = mechanism.push(mechanism.noise(20_000, rng), row.expand(20_000, 2))
    expected = 20_000 * mechanism.probabilities(row)[0].numpy()
    assert stats.chisquare(np.bincount(x.long().numpy(), minlength=4), expected).pvalue > 0.01


# ── numbers with atoms ─────────────────────────────────────────────────────────────────────────

GATES = ("table", "logistic", "categorical")


def with_atoms(maker: Maker, family: str, gate: str, law: str) -> Atoms:
    """0 and 1.5 units by chance of their own."""
    rest = maker.count(0.4) if family == "count" else maker.number(family, *law_of(law, maker.unit))
    values = tensor([0.0, 2.0 if family == "count" else 1.5 * maker.unit])
    return Atoms(maker.category(gate, 3), rest, values)


@pytest.mark.parametrize("family", NUMBERS)
@pytest.mark.parametrize(("gate", "law"), list(zip(GATES, LAWS[:3], strict=True)))
def test_atoms_have_the_chance_of_the_gate_and_the_rest_what_is_left(
    family: str, gate: str, law: str
) -> None:
    maker, ranks = Maker(7, 0.4), 8000
    both = with_atoms(maker, family, gate, law)
    share = (np.arange(ranks) + 0.5) / ranks
    for row in maker.parents(2):
        parents = row.expand(ranks, 2)
        x = both.push(tensor(stats.norm.ppf(share)), parents)
        chances = both.gate.probabilities(row[None])[0].numpy()
        for value, chance in zip(both.values.tolist(), chances, strict=False):
            assert float((x == value).double().mean()) == pytest.approx(chance, abs=2 / ranks)
        density = both.log_prob(x, parents).exp()
        total = 0.0
        for low, high in (
            (-torch.inf, 0.0),
            (0.0, float(both.values[1])),
            (both.values[1], torch.inf),
        ):
            inside = (x > low) & (x < high)
            found = float(torch.trapezoid(density[inside], x[inside]))
            assert found == pytest.approx(float(inside.double().mean()), abs=6e-3)
            total += found
        assert total == pytest.approx(chances[2], abs=8e-3)


@pytest.mark.parametrize("family", [*NUMBERS, "count"])
@given(
    SEEDS,
    st.floats(0.01, 3.0),
    st.sampled_from([1.0, 1e9, 1e-9]),
    st.sampled_from(GATES),
    st.sampled_from(LAWS),
)
@settings(max_examples=20, deadline=None)
def test_numbers_with_atoms_come_back(
    family: str, seed: int, size: float, unit: float, gate: str, law: str
) -> None:
    """But for values that floats cannot tell from their upper bound."""
    maker = Maker(seed, size, 1.0 if family == "count" else unit)
    both, parents = with_atoms(maker, family, gate, law), maker.parents(60)
    noise = torch.linspace(-5, 5, 60, dtype=torch.float64)
    x = both.push(noise, parents)
    found = both.abduct(x, parents, Generator().manual_seed(0))
    back = both.push(found, parents)
    assert bool(found.isfinite().all())
    assert bool(both.log_prob(x, parents).isfinite().all())
    atom = (x[:, None] == both.values).any(1)
    assert torch.equal(back[atom], x[atom])
    known = (x < 3 * (1 - 1e-14) * unit) if law == "between 0 and 3" else x.isfinite()
    assert bool(((back - x).abs() <= 1e-6 * (x.abs() + maker.unit))[known].all())
    assert bool((both.push(noise + 0.5, parents) >= x).all())
