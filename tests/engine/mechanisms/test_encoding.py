"""Parents as lines and networks see them: scale of the bulk, far values softened."""

import numpy as np
import pytest
import torch

from engine.mechanisms.encoding import Encoder, encoder_of, softened, spread
from engine.mechanisms.law import Grid, Law
from engine.mechanisms.linear import Linear
from engine.mechanisms.locationscale import LocationScale
from engine.mechanisms.network import Network
from tests.oracles import category, table, tensor

RNG = np.random.default_rng(0)


def test_normal_columns_are_standardised() -> None:
    column = 30 + 4 * RNG.normal(size=20_000)
    encoder = encoder_of(table({"x": column}), ("x",))
    z = encoder(tensor(column)[:, None])
    assert float(z.mean()) == pytest.approx(0, abs=0.01)
    assert float(z.std()) == pytest.approx(1, abs=0.03)


def test_a_few_wild_values_do_not_squeeze_the_rest() -> None:
    column = np.append(RNG.normal(size=1000), [1e4])
    encoder = encoder_of(table({"x": column}), ("x",))
    assert encoder.scales[0] == pytest.approx(1, abs=0.1)


def test_mostly_one_value_still_has_a_scale() -> None:
    column = np.append(np.zeros(990), np.arange(10.0))
    assert encoder_of(table({"x": column}), ("x",)).scales[0] == pytest.approx(column.std())


def test_missing_values_and_categories_do_not_count() -> None:
    data = table(
        {"x": np.array([1.0, np.nan, 3.0]), "c": np.array([0.0, 2.0, np.nan])}, category("c", 3)
    )
    encoder = encoder_of(data, ("x", "c"))
    assert encoder.means == (2.0, 0.0)
    assert encoder.levels == (0, 3)
    assert encoder.width == 3


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([np.nan, np.nan], (0.0, 0.0)),
        ([7.0, 7.0], (7.0, 0.0)),
        ([0.0, 1.6e308], (0.8e308, 0.8e308)),
        ([-1e-300, 1e-300], (0.0, 1e-300)),
    ],
)
def test_spread_of_odd_columns(values: list[float], expected: tuple[float, float]) -> None:
    assert spread(np.array(values)) == pytest.approx(expected)


def test_softening_leaves_the_bulk_and_rises_for_ever() -> None:
    z = tensor([-3.0, -1.0, 0.0, 2.0, 3.0, 13.0, 1e9])
    soft = softened(z)
    assert torch.equal(soft[:5], z[:5])
    assert float(soft[5]) == pytest.approx(3 + np.log(11))
    assert float(soft[6]) < 25
    assert bool((soft.diff() > 0).all())


def test_noise_does_not_outgrow_what_was_seen() -> None:
    """A log-scale that rises with the parent stays at the highest one of the rows learnt from."""
    one, none = torch.ones(2, 1), torch.zeros(2)
    last = torch.tensor([[0.0, 0.0], [2.0, 2.0]])
    network = Network(one, none, torch.ones(2, 2), none, last, torch.zeros(2))
    line = Linear(Encoder((0.0,), (1.0,), (0,)), Law(Grid()), 0.0, tensor([0.0]), 1.0)
    mechanism = LocationScale(line, Law(Grid()), network, 1.0, 1e-3, 0.0, -1.0, 0.5)
    _, scale = mechanism.location_scale(tensor([[0.1], [1e6]]))
    assert float(scale[0]) < float(scale[1]) == pytest.approx(np.exp(0.5) + 1e-3)
