"""Pictures at the edges of what can be learnt: in colour, and all of one level."""

import numpy as np
import torch

from engine.data.pictures import Pictures
from engine.data.table import Table
from engine.mechanisms.picture import Picture
from engine.mechanisms.settings import PictureSettings
from engine.scm.conditional import Conditional
from engine.scm.fitted import Done, FirstGuess, FitEvent, FitTask
from engine.scm.picturing import PictureRun
from tests.oracles import number

SHORT = PictureSettings(width=8, steps=20, batch=32, check=10, shown=20)


def run(a: np.ndarray, pixels: np.ndarray) -> list[FitEvent]:
    data = Table((number("a"),), {"a": a}, pictures={"p": Pictures(pixels)})
    return list(PictureRun([FitTask(Conditional("p", ("a",)))], data, 0, SHORT).slices())


def told(events: list[FitEvent], kind: type, *a: float) -> np.ndarray:
    """The mean picture at these values of the cause, (values, pixels)."""
    (found,) = (e.fitted.mechanism for e in events if isinstance(e, kind))
    assert isinstance(found, Picture)
    return found.mean(torch.tensor(a, dtype=torch.float64)[:, None]).reshape(len(a), -1).numpy()


def test_the_first_guess_in_colour_is_the_line_of_least_squares() -> None:
    """Against numpy's, of all rows: some are held out, which moves a slope by its own error."""
    rng = np.random.default_rng(1)
    a, slopes = rng.normal(size=200), rng.uniform(-10, 10, (6, 5, 3))
    levels = 120 + a[:, None, None, None] * slopes + 2 * rng.normal(size=(200, 6, 5, 3))
    pixels = levels.clip(0, 255).round().astype(np.uint8)
    design = np.stack([np.ones(200), a], 1)
    line = np.linalg.lstsq(design, pixels.reshape(200, -1).astype(float), rcond=None)[0]
    found = told(run(a, pixels), FirstGuess, -1.5, 1.5)
    wanted = np.array([[1.0, -1.5], [1.0, 1.5]]) @ line
    assert np.abs(found - wanted).max() < 1.0
    assert np.abs(found - wanted).mean() < 0.2  # 2 / √200 · 1.8 · √(1 / 4) = .13 per sd


def test_pictures_of_one_level_are_no_trouble() -> None:
    """All white: there is no variance to scale by."""
    events = run(np.random.default_rng(0).normal(size=50), np.full((50, 6, 6), 255, np.uint8))
    for kind in (FirstGuess, Done):
        np.testing.assert_allclose(told(events, kind, -9.0, 0.0, 9.0), 255, atol=0.5)
