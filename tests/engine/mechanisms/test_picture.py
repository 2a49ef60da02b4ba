"""A picture's mechanism: what its networks draw, what abduction keeps, what nobody may hand in."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from engine.mechanisms.encoding import Encoder
from engine.mechanisms.picture import Picture, Sizes, divergence


def made(latent: int = 3, shape: tuple[int, ...] = (5, 4), width: int = 8) -> Picture:
    """Random weights, two causes: a number and one of three categories."""
    rng = torch.Generator().manual_seed(1)
    encoder = Encoder((2.0, 0.0), (1.5, 1.0), (0, 3))
    pixels = int(np.prod(shape))
    total = Sizes(encoder.width, latent, width, pixels).total
    return Picture(
        encoder,
        shape,
        latent,
        width,
        scale=20.0,
        spread=4.0,
        centre=100 + 50 * torch.rand(pixels, generator=rng),
        weights=0.5 * torch.randn(total, generator=rng),
    )


CAUSES = torch.tensor([[1.0, 0.0], [2.5, 2.0], [9.0, 1.0]], dtype=torch.float64)


@pytest.mark.parametrize("shape", [(5, 4), (3, 4, 3)])
@pytest.mark.parametrize("latent", [0, 3])
def test_without_an_action_a_picture_comes_back_exactly(
    shape: tuple[int, ...], latent: int
) -> None:
    mechanism = made(latent, shape)
    x = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (3, *shape), dtype=np.uint8))
    noise = mechanism.abduct(x, CAUSES, torch.Generator())
    back = mechanism.push(noise, CAUSES)
    assert torch.equal(back.round().to(torch.uint8), x)


def test_the_mean_is_a_line_and_two_hidden_layers() -> None:
    """By numpy in float64; the third row's number is beyond 3 sd and softened."""
    mechanism = made(2)
    numbers = np.array([(1 - 2) / 1.5, (2.5 - 2) / 1.5, 3 + np.log1p((9 - 2) / 1.5 - 3)])
    seen = np.stack([numbers, [0, 0, 1], [0, 1, 0]], 1)
    z = np.array([[0.3, -1.0], [0.0, 2.0], [1.0, 0.5]])
    parts = [part.double().numpy() for part in mechanism.sizes.parts(mechanism.weights)]
    line, first, first_bias, second, second_bias, last, own = parts[:7]
    a = seen @ first + first_bias
    half = a.shape[1] // 2
    hidden = np.hstack([a[:, :half] / (1 + np.exp(-a[:, :half])), np.sin(a[:, half:])])
    a = hidden @ second + second_bias + z @ own
    wanted = seen @ line + (a / (1 + np.exp(-a))) @ last
    found = mechanism.mean(CAUSES, torch.from_numpy(z).float())
    levels = mechanism.centre.numpy() + 20 * wanted
    np.testing.assert_allclose(found.reshape(3, -1).numpy(), levels, rtol=1e-4, atol=1e-2)


def test_levels_stay_between_black_and_white() -> None:
    mechanism = made()
    noise = mechanism.noise(3, torch.Generator().manual_seed(0))
    drawn = mechanism.push(50 * noise, CAUSES)
    assert float(drawn.min()) == 0.0
    assert float(drawn.max()) == 255.0


def test_without_z_the_score_is_the_normal_density_of_what_is_left_over() -> None:
    mechanism = made(0)
    x = 255 * torch.rand(3, 5, 4, generator=torch.Generator().manual_seed(3))
    rest = (x - mechanism.mean(CAUSES)).double().numpy()
    wanted = stats.norm.logpdf(rest, scale=4.0).sum((1, 2))
    np.testing.assert_allclose(mechanism.log_prob(x, CAUSES).numpy(), wanted, rtol=1e-6)


def test_the_divergence_is_that_of_two_normal_laws() -> None:
    """∫ q log(q / p), by quadrature, for two independent numbers."""
    middle, log_sd = np.array([0.7, -1.2]), np.array([-0.5, 0.3])
    found = 0.0
    for m, s in zip(middle, np.exp(log_sd), strict=True):
        q = stats.norm(m, s)
        found += integrate.quad(
            lambda t, q=q: q.pdf(t) * (q.logpdf(t) - stats.norm.logpdf(t)), -12, 12
        )[0]
    told = divergence(torch.tensor(middle)[None], torch.tensor(log_sd)[None])
    assert float(told) == pytest.approx(found, rel=1e-6)


@pytest.mark.parametrize(
    "changed",
    [
        {"shape": (5, 5)},
        {"shape": (20,)},
        {"shape": (5, 4, 2)},
        {"shape": (0, 4)},
        {"shape": (-5, -4)},
        {"latent": -1},
        {"latent": 4},
        {"width": 9},
        {"width": 100_000},
        {"scale": 0.0},
        {"spread": -1.0},
        {"centre": torch.zeros(19)},
        {"centre": torch.zeros(20, dtype=torch.float64)},
        {"weights": torch.zeros(7)},
        {"parents": Encoder((0.0,), (1.0,), (0,))},
    ],
)
def test_parts_that_do_not_fit_are_refused(changed: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="picture"):
        replace(made(), **changed)  # type: ignore[arg-type]
