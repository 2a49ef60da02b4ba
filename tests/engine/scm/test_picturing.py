"""Pictures are learnt given their causes: a line, then a network, and z only where it is needed."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load, save

from engine.data.pictures import Pictures
from engine.data.table import Table
from engine.errors import FitError, ProjectFileError
from engine.mechanisms.picture import Picture
from engine.mechanisms.settings import PictureSettings
from engine.scm.conditional import Conditional
from engine.scm.fitted import Done, Failed, FirstGuess, FitEvent, FitTask, Fitted, Interim
from engine.scm.keys import picture_key
from engine.scm.picturing import PictureRun
from engine.scm.weights import fitted_from_bytes, fitted_to_bytes
from engine.seeds import generator
from tests.oracles import table

SMALL = PictureSettings(width=32, latent=2, steps=200, batch=32, check=25, shown=50, rate=0.01)
SIDE, ROWS, SD = 8, 400, 2.0
TASK = FitTask(Conditional("p", ("x",)))


def bars(x: np.ndarray, light: np.ndarray) -> np.ndarray:
    """A bright soft bar at column 3.5 + x, `light` levels over 60; (rows, 8, 8)."""
    across = np.arange(SIDE)[None] - 3.5 - x[:, None]
    bar = light[:, None] * np.exp(-(across**2) / 4)
    return np.repeat(60 + bar[:, None, :], SIDE, 1)


def noisy(levels: np.ndarray) -> Pictures:
    speckle = SD * np.random.default_rng(9).standard_normal(levels.shape)
    return Pictures(np.rint(np.clip(levels + speckle, 0, 255)).astype(np.uint8))


def drawn(*, own: bool) -> tuple[Table, np.ndarray]:
    """x even on [-3, 3]; `own`: how bright the bar is comes by itself, and is not measured."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-3, 3, ROWS)
    light = rng.uniform(60, 140, ROWS) if own else np.full(ROWS, 100.0)
    return replace(table({"x": x}), pictures={"p": noisy(bars(x, light))}), light


def events(data: Table, *tasks: FitTask, settings: PictureSettings = SMALL) -> list[FitEvent]:
    return list(PictureRun(tasks or (TASK,), data, 0, settings).slices())


def fitted(data: Table, settings: PictureSettings = SMALL) -> Fitted:
    (done,) = (e.fitted for e in events(data, settings=settings) if isinstance(e, Done))
    return done


def mechanism(found: Fitted) -> Picture:
    assert isinstance(found.mechanism, Picture)
    return found.mechanism


def test_the_first_guess_is_the_least_squares_line() -> None:
    """By numpy, over the rows that are learnt: those of the pictures that are not held out."""
    rng = np.random.default_rng(1)
    x = rng.normal(0, 0.5, 60)
    pixels = np.rint(100 + 20 * rng.normal(size=(60, 3, 4)) + 30 * x[:, None, None])
    pictures = Pictures(np.clip(pixels, 0, 255).astype(np.uint8))
    data = replace(table({"x": x}), pictures={"p": pictures})
    first = next(e for e in events(data, settings=replace(SMALL, steps=1)) if type(e) is FirstGuess)
    learnt = learnt_rows(data)
    design = np.stack([np.ones(len(learnt)), x[learnt]], 1)
    flat = pictures.pixels[learnt].reshape(len(learnt), -1).astype(float)
    line = np.linalg.lstsq(design, flat, rcond=None)[0]
    told = mechanism(first.fitted).mean(torch.tensor([[0.0], [0.7]]).double()).reshape(2, -1)
    np.testing.assert_allclose(told, np.array([[1, 0.0], [1, 0.7]]) @ line, atol=0.02)


def learnt_rows(data: Table) -> np.ndarray:
    """All but the fifth that the seeded order puts first."""
    order = torch.randperm(data.rows, generator=generator(0, "pictures held out")).numpy()
    return order[data.rows // 5 :]


def test_where_causes_say_all_a_picture_needs_no_numbers_of_its_own() -> None:
    data, _ = drawn(own=False)
    found = fitted(data)
    assert mechanism(found).latent == 0
    fresh = np.linspace(-2.8, 2.8, 50)
    told = mechanism(found).mean(torch.from_numpy(fresh)[:, None]).numpy()
    off = np.abs(told - bars(fresh, np.full(50, 100.0))).mean()
    assert off < SD
    assert found.report.gain > 0


def test_what_causes_leave_open_is_kept_when_they_change() -> None:
    """The bar moves, and is as bright as it was, on rows that were not learnt from."""
    data, _ = drawn(own=True)
    found = mechanism(fitted(data, replace(SMALL, steps=600)))
    assert found.latent == SMALL.latent
    rng = np.random.default_rng(5)
    x, to = rng.uniform(-2.5, 2.5, (2, 200))
    light = rng.uniform(60, 140, 200)
    seen = torch.from_numpy(bars(x, light))
    noise = found.abduct(seen, torch.from_numpy(x)[:, None], torch.Generator())
    would = found.push(noise, torch.from_numpy(to)[:, None]).numpy()
    true = bars(to, light)
    assert np.abs(would - true).mean() < np.abs(bars(to, np.full(200, 100.0)) - true).mean() / 2
    z = noise[:, : found.latent].numpy()
    assert max(abs(np.corrcoef(z[:, k], x)[0, 1]) for k in range(found.latent)) < 0.35
    assert max(abs(np.corrcoef(z[:, k], light)[0, 1]) for k in range(found.latent)) > 0.8


def test_the_same_seed_learns_the_same_alone_and_in_company() -> None:
    data, _ = drawn(own=False)
    quick = replace(SMALL, steps=60)
    both = replace(data, pictures={**data.pictures, "q": data.pictures["p"]})
    alone = fitted_to_bytes(fitted(data, quick))
    other = FitTask(Conditional("q", ("x",)))
    told = [e.fitted for e in events(both, other, TASK, settings=quick) if isinstance(e, Done)]
    assert [found.conditional.target for found in told] == ["q", "p"]
    assert fitted_to_bytes(told[1]) == alone


def test_pictures_are_shown_while_they_are_learnt() -> None:
    data, _ = drawn(own=False)
    quick = replace(SMALL, steps=100, shown=25)
    told = [
        type(e) for e in events(data, settings=quick) if isinstance(e, FirstGuess | Interim | Done)
    ]
    assert told[0] is FirstGuess
    assert told[-1] is Done
    assert told.count(Interim) == 4


def test_a_cancelled_picture_is_dropped() -> None:
    data, _ = drawn(own=False)
    run = PictureRun((TASK,), data, 0, SMALL)
    found = []
    for event in run.slices():
        found.append(event)
        if isinstance(event, FirstGuess):
            run.cancel([event.fitted.key])
    assert isinstance(found[-1], FirstGuess)


def test_too_few_pictures_are_refused() -> None:
    data, _ = drawn(own=False)
    x = data["x"].copy()
    x[20:] = np.nan
    (event,) = events(replace(data, columns={"x": x}))
    assert isinstance(event, Failed)
    assert isinstance(event.error, FitError)
    assert "20 pictures" in str(event.error)


def test_the_key_names_pictures_causes_settings_and_seed() -> None:
    data, _ = drawn(own=False)
    own = Conditional("p", ("x",))
    key = picture_key(own, data, 0, SMALL)
    beside = table({"x": data["x"], "y": data["x"]})
    assert picture_key(own, replace(beside, pictures=data.pictures), 0, SMALL) == key
    changed = data.pictures["p"].pixels.copy()
    changed[3, 2, 1] += 1
    others = (
        picture_key(own, replace(data, pictures={"p": Pictures(changed)}), 0, SMALL),
        picture_key(own, replace(data, columns={"x": data["x"] + 1}), 0, SMALL),
        picture_key(own, data, 1, SMALL),
        picture_key(own, data, 0, replace(SMALL, width=34)),
    )
    assert len({key, *others}) == 5


def test_a_picture_s_mechanism_comes_back_from_bytes() -> None:
    data, _ = drawn(own=True)
    found = fitted(data, replace(SMALL, steps=60))
    back = fitted_from_bytes(fitted_to_bytes(found))
    causes = torch.tensor([[0.3], [-2.0]]).double()
    assert torch.equal(mechanism(back).mean(causes), mechanism(found).mean(causes))
    assert (back.report, back.key, back.members) == (found.report, found.key, ())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("shape", [8, 9]),
        ("shape", [1 << 40, 1]),
        ("width", 1 << 30),
        ("latent", -2),
        ("scale", 0.0),
    ],
)
def test_a_stranger_s_mechanism_is_checked(field: str, value: object) -> None:
    data, _ = drawn(own=False)
    content = fitted_to_bytes(fitted(data, replace(SMALL, steps=2)))
    size = int.from_bytes(content[:8], "little")
    described = json.loads(json.loads(content[8 : 8 + size])["__metadata__"]["doscope"])
    described["mechanism"]["fields"][field] = value
    forged = save(load(content), {"doscope": json.dumps(described)})
    with pytest.raises(ProjectFileError):
        fitted_from_bytes(forged)
