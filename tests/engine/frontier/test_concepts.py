"""Concepts against closed forms of Gaussians: filtering, lemma 3, the start, what is learnt."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from scipy.stats import multivariate_normal

from engine.errors import DataError
from engine.frontier.concepts.agreement import explained, matched
from engine.frontier.concepts.filtering import accepted, chances, filtered
from engine.frontier.concepts.learning import Learning, Problem, Settings
from engine.frontier.concepts.network import Shape, logits
from engine.frontier.concepts.representation import whitening
from engine.frontier.concepts.starting import convex_start
from engine.frontier.slices import done
from engine.simulate.concepts import WIDTH, synthetic
from tests.oracles import tensor

LAW = np.array([[1.0, 0.5], [0.5, 2.0]])
ATOMS, AT, SD = np.array([[1.0, 1.0], [0.0, -1.0]]), np.array([1.2, 0.4]), 0.5
MASK = np.array([[True, False], [False, True], [True, True]])
VALUES = np.array([[1.0, np.nan], [np.nan, -0.8], [-0.6, 0.7]])


def product(mask: np.ndarray, at: np.ndarray, law: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of N(0, law) Π N(⟨a, z⟩; b, SD²): a product of Gaussians."""
    a = ATOMS[mask]
    spread = np.linalg.inv(np.linalg.inv(law) + a.T @ a / SD**2)
    return spread @ a.T @ at[mask] / SD**2, spread


def gaussian_sets(rows: int, seed: int) -> list[np.ndarray]:
    """Base rows, then those of the three sets, exactly drawn."""
    rng = np.random.default_rng(seed)
    found = [rng.multivariate_normal([0, 0], LAW, rows)]
    for on, at in zip(MASK, VALUES, strict=True):
        found.append(rng.multivariate_normal(*product(on, at, LAW), rows))
    return found


def problem(sets: list[np.ndarray], *, known: bool = True) -> Problem:
    label = np.repeat(np.arange(len(sets)), [len(one) for one in sets])
    inside = np.stack([(label == e).astype(float) for e in range(1, len(sets))])
    x, base = np.vstack(sets), (label == 0).astype(float)
    turned = done(whitening(x, base, np.random.default_rng(0)))
    return Problem(turned(x), inside, base, MASK if known else None, 2)


def test_accepted_rows_follow_the_product_of_gaussians() -> None:
    """Mean, covariance and the share accepted (lemma 4) in closed form."""
    rng = np.random.default_rng(1)
    z = rng.multivariate_normal([0, 0], LAW, 200_000)
    kept = z[accepted(z @ ATOMS.T, AT, SD, rng)]
    mean, spread = product(np.array([True, True]), AT, LAW)
    assert kept.mean(0) == pytest.approx(mean, abs=0.02)
    assert np.cov(kept.T) == pytest.approx(spread, abs=0.02)
    readings = ATOMS @ LAW @ ATOMS.T + SD**2 * np.eye(2)
    share = multivariate_normal([0, 0], readings).pdf(AT) * 2 * np.pi * SD**2
    assert len(kept) / len(z) == pytest.approx(share, rel=0.03)
    assert chances(np.array([[1.2, 0.4], [1.7, 0.4]]), AT, SD) == pytest.approx([1, np.exp(-0.5)])


def test_where_hardly_any_row_is_filtering_says_so() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(DataError, match="Hardly any row"):
        filtered(lambda n: rng.random((n // 1_000, 2)), ATOMS, np.array([99.0, 99.0]), SD, 5, rng)


def test_the_logit_is_the_log_density_ratio_of_gaussians() -> None:
    """Lemma 3: with h = ⟨a, z⟩, p = 1 / sd² and c = b the logit is ln p^e - ln p for every z."""
    z = np.random.default_rng(2).standard_normal((50, 2)) * 2
    shape = Shape(2, 2, 3, 0, known=True)
    parts = {
        "precision": tensor(np.full((1, 3, 2), -2 * np.log(SD))),
        "centre": tensor(np.nan_to_num(VALUES)[None]),
        "offset": tensor(np.zeros((1, 3))),
    }
    told = logits(shape, parts, tensor(MASK.astype(float)), tensor((z @ ATOMS.T)[None, None]))[0]
    for e, (on, at) in enumerate(zip(MASK, VALUES, strict=True)):
        ratio = multivariate_normal(*product(on, at, LAW)).logpdf(z)
        ratio = ratio - multivariate_normal([0, 0], LAW).logpdf(z)
        apart = told[e].numpy() - ratio
        assert apart == pytest.approx(np.full(50, apart[0]), abs=1e-9)


def test_the_convex_start_is_the_contrastive_optimum_of_gaussians() -> None:
    """Directions a_k / sd and centres b / sd, up to sign, from rows alone."""
    base, *sets = gaussian_sets(20_000, 3)
    directions, centres, _ = done(convex_start(base, sets, MASK))
    for k in range(2):
        sign = np.sign(directions[:, k] @ ATOMS[k])
        assert sign * directions[:, k] == pytest.approx(ATOMS[k] / SD, abs=0.15)
        held = MASK[:, k]
        assert sign * centres[held, k] == pytest.approx(VALUES[held, k] / SD, abs=0.25)


def test_learning_finds_the_readings_and_agrees_with_itself() -> None:
    sets = gaussian_sets(1_500, 4)
    learning = Learning(problem(sets), Settings(steps=200, restarts=3, rate=0.05), 0)
    assert any(learning.steps())
    h = learning.valuations(learning.chosen()[0], learning.problem.x)
    truth = np.vstack(sets) @ ATOMS.T
    assert matched(truth, h)[1].min() > 0.99
    assert explained(h, truth).min() > 0.99
    assert learning.chosen()[1].min() > 0.98


def test_the_lowest_loss_is_that_of_the_true_densities() -> None:
    """Held-out loss against the exact log density ratio of the Gaussians."""
    sets = gaussian_sets(4_000, 5)
    learning = Learning(problem(sets), Settings(steps=200, restarts=2, rate=0.05), 0)
    assert any(learning.steps())
    losses = []
    base = multivariate_normal([0, 0], LAW)
    for rows, on, at in zip(sets[1:], MASK, VALUES, strict=True):
        one = multivariate_normal(*product(on, at, LAW))
        out, inside = (one.logpdf(x) - base.logpdf(x) for x in (sets[0], rows))
        losses.append((np.logaddexp(0, out).mean() + np.logaddexp(0, -inside).mean()) / 2)
    assert learning.losses.min() == pytest.approx(np.mean(losses), abs=0.02)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("bent", [True, False])
def test_same_seed_same_numbers_and_never_nan(known: bool, bent: bool) -> None:
    """Columns twice, all but twice, constant, and far from 0 as well."""
    rng = np.random.default_rng(6)
    wide = [
        np.column_stack([x, x[:, :1], x[:, :1] + 1e-9 * rng.standard_normal((len(x), 1)),
                         np.full((len(x), 1), 7.0), 1e6 + x[:, 1:]])
        for x in gaussian_sets(200, 6)
    ]  # fmt: skip
    runs = []
    for _ in range(2):
        settings = Settings(bent=bent, steps=20, restarts=2, rate=0.1)
        learning = Learning(problem(wide, known=known), settings, 3)
        assert any(learning.steps())
        runs.append(learning.valuations(learning.chosen()[0], learning.problem.x))
        assert np.isfinite(learning.losses).all()
    assert np.isfinite(runs[0]).all()
    assert np.array_equal(*runs)


def test_whitened_directions_are_uncorrelated_and_few() -> None:
    x = np.random.default_rng(7).standard_normal((500, 3)) @ np.ones((3, 400)) + 5
    x = x + np.random.default_rng(8).standard_normal((500, 400)) * 1e-7
    turned = done(whitening(x, np.ones(500), np.random.default_rng(0)))
    assert turned.turn.shape[1] == 1
    assert np.cov(turned(x).T, ddof=0) == pytest.approx(1.0)
    assert turned.told > 0.999


def test_matching_is_the_best_assignment() -> None:
    """Permuted, scaled, shifted and turned round; scipy's assignment on noise."""
    rng = np.random.default_rng(9)
    truth = rng.standard_normal((300, 4))
    order = np.array([2, 0, 3, 1])
    partners, size = matched(truth, (truth * [3, -1, 0.1, 5] + 7)[:, order])
    assert np.array_equal(order[partners], np.arange(4))
    assert size == pytest.approx(np.ones(4))
    other = truth + 2 * rng.standard_normal((300, 4))
    table = np.abs(np.corrcoef(truth.T, other.T)[:4, 4:])
    rows, columns = linear_sum_assignment(-table)
    assert matched(truth, other)[1].sum() == pytest.approx(table[rows, columns].sum())


def test_explained_is_the_share_of_variance() -> None:
    """truth = h + noise of the same variance, so that R² is a half."""
    rng = np.random.default_rng(10)
    h = rng.standard_normal((20_000, 2))
    truth = np.column_stack([h[:, 0] + h[:, 1], h[:, 0] + rng.standard_normal(20_000)])
    assert explained(h, truth) == pytest.approx([1.0, 0.5], abs=0.02)


@pytest.mark.parametrize("bent", [False, True])
def test_the_protocol_is_what_it_says(bent: bool) -> None:
    found = synthetic(2, 3, 4, bent=bent, seed=0, rows=2_000, tests=2_000)
    assert found.mask.tolist() == [[True, False], [False, True], [True, True]]
    assert [rows.shape for rows in found.sets] == [(2_000, 4)] * 3
    everyday = found.readings[0]
    for e, on in enumerate(found.mask):
        kept = np.exp(-0.5 * (((everyday - found.values[e]) / WIDTH)[:, on] ** 2).sum(1))
        mean = (kept[:, None] * everyday).sum(0) / kept.sum()  # by weights instead of drawing
        error = everyday.std(0) / kept.sum() ** 0.5
        assert np.all(np.abs(found.readings[e + 1].mean(0) - mean) < 5 * error)
    inputs = np.column_stack([found.base, np.ones(2_000)])
    left = everyday - inputs @ np.linalg.lstsq(inputs, everyday, rcond=None)[0]
    assert (np.abs(left).max() < 1e-9) == (not bent)
