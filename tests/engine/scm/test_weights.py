"""Fitted mechanisms as bytes: exact both ways, and nothing odd is taken in."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load, save

from engine.errors import ProjectFileError
from engine.mechanisms.atoms import Atoms
from engine.mechanisms.splinelinear import SplineLinear
from engine.mechanisms.table import ConditionalTable
from engine.scm.conditional import Conditional
from engine.scm.fitting import FitTask, Fitted, fit_all, fitted_from_bytes, fitted_to_bytes
from tests.oracles import QUICK, category, count, ordinal, table, tensor


def fits() -> dict[str, Fitted]:
    rng = np.random.default_rng(0)
    x, b = rng.normal(size=150), rng.integers(0, 2, 150)
    data = table(
        {
            "x": x,
            "y": x**3 + rng.normal(size=150),
            "n": rng.poisson(2.0, 150),
            "b": b,
            "c": rng.integers(0, 3, 150),
            "o": rng.integers(0, 3, 150),
        },
        count("n"),
        category("b", 2),
        ordinal("o", 3),
        category("c", 3),
    )
    tasks = {
        "linear": FitTask(Conditional("y", ("x", "b")), "linear"),
        "additive": FitTask(Conditional("y", ("x",)), "additive"),
        "root": FitTask(Conditional("n"), "spline-linear"),
        "flow": FitTask(Conditional("y", ("b",)), "flow"),
        "location-scale": FitTask(Conditional("n", ("x",)), "location-scale"),
        "count": FitTask(Conditional("n", ("x", "b")), "count"),
        "table": FitTask(Conditional("c", ("b",)), "table"),
        "ordinal": FitTask(Conditional("o", ("x",)), "ordinal"),
        "logistic": FitTask(Conditional("c", ("x",)), "logistic"),
        "categorical": FitTask(Conditional("c", ("x", "b")), "categorical"),
    }
    done = list(fit_all(tasks.values(), data, 0, QUICK).values())
    by_task = {(f.conditional, f.family): f for f in done}
    return {name: by_task[task.conditional, task.family] for name, task in tasks.items()}


FITS = fits()
ADDITIVE = fitted_to_bytes(FITS["additive"])


@pytest.mark.parametrize("name", FITS)
def test_every_family_comes_back_to_the_bit(name: str) -> None:
    fitted = FITS[name]
    data = fitted_to_bytes(fitted)
    again = fitted_from_bytes(data)
    assert fitted_to_bytes(again) == data
    assert (again.report, again.key, again.family) == (fitted.report, fitted.key, fitted.family)
    assert len(again.members) == len(fitted.members) > 0
    parents = tensor(np.random.default_rng(1).integers(0, 2, (20, len(fitted.conditional.given))))
    x = tensor(np.arange(20) % 3)
    for ours, theirs in zip(
        (fitted.mechanism, *fitted.members), (again.mechanism, *again.members), strict=True
    ):
        assert torch.equal(ours.log_prob(x, parents), theirs.log_prob(x, parents))


def changed(old: str, new: str) -> bytes:
    """The additive fit with one piece of its description replaced."""
    size = int.from_bytes(ADDITIVE[:8], "little")
    text = json.loads(ADDITIVE[8 : 8 + size])["__metadata__"]["doscope"]
    assert old in text
    return save(load(ADDITIVE), {"doscope": text.replace(old, new, 1)})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"class": "Additive"', '"class": "Linear"'),
        ('"class": "Additive"', '"class": "object"'),
        ('"family": "additive"', '"family": "os.system"'),
        ('"family": "additive"', '"family": ["additive"]'),
        ('"format": 6', '"format": 2'),
        ('"format": 6', '"format": [[[[2]]]]'),
        ('"unit": ', '"unit": -'),
        ('"unit": ', '"unit": NaN, "was": '),
        ('"scale": ', '"scale": "1", "was": '),
        ('"members": [', '"members": 3, "was": ['),
        ('"tensor": "point.law.spline.values"', '"tensor": "point.line.slopes"'),
        ('"tensor": "point.network.last"', '"tensor": "gone"'),
        ('"levels": [0]', '"levels": [0, 0]'),
        ('"stage": "fitted"', '"stage": "finished"'),
    ],
)
def test_a_changed_description_is_refused(old: str, new: str) -> None:
    with pytest.raises(ProjectFileError, match="damaged"):
        fitted_from_bytes(changed(old, new))


@pytest.mark.parametrize("name", ["point.network.first", "member0.law.spline.values"])
@pytest.mark.parametrize("spoil", ["nan", "half", "shape", "gone"])
def test_a_changed_tensor_is_refused(name: str, spoil: str) -> None:
    size = int.from_bytes(ADDITIVE[:8], "little")
    metadata = json.loads(ADDITIVE[8 : 8 + size])["__metadata__"]
    tensors = load(ADDITIVE)
    tensor_ = tensors.pop(name)
    if spoil == "nan":
        tensors[name] = tensor_ * float("nan")
    elif spoil == "half":
        tensors[name] = tensor_.half()
    elif spoil == "shape":
        tensors[name] = tensor_[..., :-1].contiguous()
    with pytest.raises(ProjectFileError, match="damaged"):
        fitted_from_bytes(save(tensors, metadata))


def test_mechanisms_made_of_mechanisms_come_back() -> None:
    """Atoms hold a gate and a rest; a gate that is none is refused."""
    gate, rest = FITS["table"], FITS["root"]
    assert isinstance(gate.mechanism, ConditionalTable)
    assert isinstance(rest.mechanism, SplineLinear)
    root = ConditionalTable((), gate.mechanism.shares[:1].clone())
    both = Atoms(root, rest.mechanism, tensor([0.0, 3.0]))
    data = fitted_to_bytes(replace(rest, mechanism=both, members=(both,)))
    again = fitted_from_bytes(data).mechanism
    x, parents = tensor(np.arange(20) % 5), torch.empty(20, 0).double()
    assert torch.equal(again.log_prob(x, parents), both.log_prob(x, parents))
    strange = fitted_to_bytes(replace(rest, mechanism=Atoms(both, both, tensor([1.0]))))  # type: ignore[arg-type]
    with pytest.raises(ProjectFileError, match="damaged"):
        fitted_from_bytes(strange)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_words(data: bytes) -> None:
    with pytest.raises(ProjectFileError):
        fitted_from_bytes(data)


@given(st.integers(0, len(ADDITIVE) - 1), st.integers(1, 255))
def test_a_flipped_byte_is_refused_or_harmless(at: int, flip: int) -> None:
    data = bytearray(ADDITIVE)
    data[at] ^= flip
    try:
        fitted_from_bytes(bytes(data))
    except ProjectFileError:
        return


def test_a_header_that_is_too_long_is_not_read() -> None:
    with pytest.raises(ProjectFileError, match="damaged"):
        fitted_from_bytes((1 << 40).to_bytes(8, "little") + ADDITIVE[8:])


def test_a_cut_file_is_refused() -> None:
    with pytest.raises(ProjectFileError, match="damaged"):
        fitted_from_bytes(ADDITIVE[:-10])
