"""A picture's mechanism as bytes: exact both ways; sizes that are none are refused."""

import json
from collections.abc import Mapping

import pytest
import torch
from safetensors.torch import load, save

from engine.errors import ProjectFileError
from engine.mechanisms.encoding import Encoder
from engine.mechanisms.picture import FAMILY, Picture, Sizes
from engine.queries.answers import Stage
from engine.runtime.messages import FitReport
from engine.scm.conditional import Conditional
from engine.scm.fitted import Fitted
from engine.scm.weights import fitted_from_bytes, fitted_to_bytes


def fitted(latent: int = 2) -> Fitted:
    rng = torch.Generator().manual_seed(0)
    encoder = Encoder((1.0, 0.0), (2.0, 1.0), (0, 3))
    total = Sizes(encoder.width, latent, 6, 12).total
    mechanism = Picture(
        encoder,
        (4, 3),
        latent,
        6,
        30.0,
        3.0,
        torch.rand(12, generator=rng),
        torch.randn(total, generator=rng),
    )
    report = FitReport("p", FAMILY, -1.0, -2.0, "drawn", 3, 50, 0)
    conditional = Conditional("p", ("a", "c"))
    return Fitted(conditional, "key", FAMILY, mechanism, (), report, Stage.FITTED, 3)


GOOD = fitted_to_bytes(fitted())


def opened() -> tuple[dict[str, torch.Tensor], str]:
    size = int.from_bytes(GOOD[:8], "little")
    return load(GOOD), json.loads(GOOD[8 : 8 + size])["__metadata__"]["doscope"]


@pytest.mark.parametrize("latent", [0, 2])
def test_a_picture_s_mechanism_comes_back_to_the_bit(latent: int) -> None:
    made = fitted(latent)
    data = fitted_to_bytes(made)
    again = fitted_from_bytes(data)
    assert fitted_to_bytes(again) == data
    assert (again.report, again.members, again.stage) == (made.report, (), Stage.FITTED)
    parents = torch.tensor([[0.5, 2.0], [7.0, 0.0]], dtype=torch.float64)
    x = torch.arange(24.0).view(2, 4, 3)
    mine, back = made.mechanism, again.mechanism
    noise = mine.abduct(x, parents, torch.Generator())
    assert torch.equal(back.abduct(x, parents, torch.Generator()), noise)
    assert torch.equal(back.push(noise, parents), mine.push(noise, parents))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"shape": [4, 3]', '"shape": [3, 5]'),
        ('"shape": [4, 3]', '"shape": [12]'),
        ('"shape": [4, 3]', '"shape": []'),
        ('"shape": [4, 3]', '"shape": [-4, -3]'),
        ('"shape": [4, 3]', '"shape": [4.0, 3]'),
        ('"shape": [4, 3]', '"shape": "43"'),
        ('"latent": 2', '"latent": 3'),
        ('"latent": 2', '"latent": -1'),
        ('"latent": 2', '"latent": true'),
        ('"width": 6', '"width": 8'),
        ('"width": 6', '"width": 4611686018427387904'),
        ('"levels": [0, 3]', '"levels": [0, 2]'),
        ('"levels": [0, 3]', '"levels": [0, 4611686018427387905]'),
        ('"scale": 30.0', '"scale": 0.0'),
        ('"scale": 30.0', '"scale": Infinity'),
        ('"spread": 3.0', '"spread": -3.0'),
        ('"class": "Picture"', '"class": "Linear"'),
        ('"tensor": "point.centre"', '"tensor": "point.weights"'),
        ('"tensor": "point.centre"', '"tensor": "gone"'),
        (f'"family": "{FAMILY}"', '"family": "linear"'),
    ],
)
def test_a_changed_description_is_refused(old: str, new: str) -> None:
    tensors, text = opened()
    assert old in text
    with pytest.raises(ProjectFileError, match="damaged"):
        fitted_from_bytes(save(tensors, {"doscope": text.replace(old, new)}))


@pytest.mark.parametrize(
    "changed",
    [
        {"point.weights": torch.zeros(3)},
        {"point.centre": torch.full((12,), float("nan"))},
        {"point.centre": torch.zeros(12, dtype=torch.float64)},
        {"point.centre": torch.zeros(12, dtype=torch.float16)},
        {"point.centre": torch.zeros(4, 3)},
    ],
    ids=["few weights", "no number", "double", "half", "shape"],
)
def test_changed_tensors_are_refused(changed: Mapping[str, torch.Tensor]) -> None:
    tensors, text = opened()
    with pytest.raises(ProjectFileError, match="damaged"):
        fitted_from_bytes(save(tensors | dict(changed), {"doscope": text}))


@pytest.mark.parametrize("shape", [[2**32, 2**32], [2**62, 4], [2**21, 2**21, 3]])
def test_sizes_whose_product_would_wrap_round_are_refused(shape: list[int]) -> None:
    """2³² · 2³² is 0 in 64 bits, which an empty tensor would fit."""
    tensors, text = opened()
    tensors["point.centre"] = torch.zeros(0)
    tensors["point.weights"] = torch.zeros(Sizes(3, 2, 6, 0).total)
    changed = text.replace('"shape": [4, 3]', f'"shape": {json.dumps(shape)}')
    with pytest.raises(ProjectFileError, match="damaged"):
        fitted_from_bytes(save(tensors, {"doscope": changed}))
