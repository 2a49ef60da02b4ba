"""Vectors in an SCM: a law that is no Gaussian is learnt, and a shift moves all components."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from scipy.stats import norm

from engine.graph.vectors import vectors_of
from engine.interventions import Action, Set, Shift
from engine.mechanisms.settings import FitSettings
from engine.queries.worlds import draw
from engine.scm.conditional import Conditional
from engine.scm.fitted import Done, FitTask
from engine.scm.fitting import FitRun
from engine.scm.scm import Scm, scm_of
from tests.oracles import linear_scm, table

LAW = (Conditional("x"), Conditional("u", ("x",)), Conditional("v", ("x", "u")))
ROWS = 1_000


def bent(rows: int, seed: int) -> dict[str, np.ndarray]:
    """u = x + e, v = u² / 2 + .4 e^{.3 x} e': a banana whose place and width follow x."""
    rng = np.random.default_rng(seed)
    x, u, v = rng.normal(size=(3, rows))
    u = x + u
    return {"x": x, "u": u, "v": u**2 / 2 + 0.4 * np.exp(0.3 * x) * v}


@pytest.fixture(scope="module")
def banana() -> Scm:
    data = table(bent(ROWS, 1))
    settings = FitSettings(hidden=12, steps=200, batch=256, members=1, closed_members=2)
    tasks = [FitTask(c, "location-scale" if c.target == "v" else "linear") for c in LAW]
    told = FitRun(tasks, data, 0, settings=settings).slices()
    done = {event.fitted.conditional: event.fitted for event in told if isinstance(event, Done)}
    return scm_of({v.name: v for v in data.variables}, [done[c] for c in LAW])


def tensors(columns: dict[str, np.ndarray]) -> dict[str, torch.Tensor]:
    return {name: torch.from_numpy(values) for name, values in columns.items()}


def energy(a: np.ndarray, b: np.ndarray) -> float:
    """Energy distance of two clouds (rows, d): 2 E|a - b| - E|a - a'| - E|b - b'|."""
    return float(2 * cdist(a, b).mean() - cdist(a, a).mean() - cdist(b, b).mean())


def test_a_bent_cloud_has_nearly_its_true_density(banana: Scm) -> None:
    """Within .1 nats per row; the Gaussian with the right covariance given x misses by 1.3."""
    fresh = bent(3_000, 2)
    x, u, v = fresh.values()
    told = banana.log_prob(tensors(fresh), ("u", "v")).numpy()
    truth = norm.logpdf(u, x) + norm.logpdf(v, u**2 / 2, 0.4 * np.exp(0.3 * x))
    assert float(np.mean(truth - told)) < 0.1


def test_draws_of_a_bent_cloud_lie_where_it_lies(banana: Scm) -> None:
    """A Gaussian with the same mean and covariance is four times as far, at least."""
    fresh = bent(1_000, 3)
    drawn = banana.sample(1_000, 0)
    world = np.stack([drawn["u"].numpy(), drawn["v"].numpy()], 1)
    rows = np.stack([fresh["u"], fresh["v"]], 1)
    gauss = np.random.default_rng(0).multivariate_normal(rows.mean(0), np.cov(rows.T), 1_000)
    assert energy(world, rows) < energy(gauss, rows) / 4


def test_a_row_of_a_bent_cloud_comes_back_from_its_noise(banana: Scm) -> None:
    unit = tensors(bent(300, 5))
    again = banana.push(banana.abduct(unit, 0))
    for name in ("x", "u", "v"):
        assert again[name].numpy() == pytest.approx(unit[name].numpy(), abs=1e-4)


WHOLE = replace(
    linear_scm({"z": {}, "a": {"z": 1.0}, "b": {"z": 2.0, "a": 3.0}, "y": {"a": 1.0, "b": 1.0}}),
    vectors=vectors_of({"V": ("a", "b")}),
)


@pytest.mark.parametrize(
    "action",
    [(Shift("a", 1.0), Shift("b", 0.0)), (Set("z", 1.0), Shift("a", 1.0), Shift("b", 0.5))],
)
def test_a_shift_is_of_the_vector_as_it_was(action: Action) -> None:
    """b does not follow the shift of a, whatever its slope on a is: the arrow is bookkeeping."""
    amount = {item.variable: item.amount for item in action if isinstance(item, Shift)}
    sets = tuple(item for item in action if isinstance(item, Set))
    noise = WHOLE.noise(50, 0)
    before, after = WHOLE.push(noise, sets), WHOLE.push(noise, action)
    drawn = draw(WHOLE, noise, action).samples
    for name, moved in (*amount.items(), ("y", sum(amount.values()))):
        assert (after[name] - before[name]).numpy() == pytest.approx(moved, abs=1e-9)
        assert drawn[name].numpy() == pytest.approx(after[name].numpy(), abs=1e-9)


def test_a_shifted_vector_that_is_also_reached_keeps_its_noise() -> None:
    """A unit's V under do(z = 2), V += (1, 0): its own residuals, then the shift."""
    unit = WHOLE.push(WHOLE.noise(20, 1))
    action = (Set("z", 2.0), Shift("a", 1.0), Shift("b", 0.0))
    world = WHOLE.push(WHOLE.abduct(unit, 0), action, base=unit)
    step = 2.0 - unit["z"]
    assert world["a"].numpy() == pytest.approx((unit["a"] + step + 1).numpy(), abs=1e-6)
    assert world["b"].numpy() == pytest.approx((unit["b"] + 5 * step).numpy(), abs=1e-6)
