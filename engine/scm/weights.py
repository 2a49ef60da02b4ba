"""Fitted mechanisms as bytes: safetensors with a JSON description; safe to read from a stranger.

A mechanism is a tree of frozen values of known classes; tensors go to safetensors under the path of
their field, everything else to JSON, where floats keep every bit. Reading builds only the classes
named here and checks every field's type, every tensor's dtype, and that numbers are finite. A field
that came later has a default, which earlier bytes get.
"""

import json
import math
import types
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import TypeVar, Union, get_args, get_origin, get_type_hints

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from engine.errors import ProjectFileError
from engine.mechanisms.base import Mechanism
from engine.mechanisms.bounds import Warp
from engine.mechanisms.encoding import Encoder
from engine.mechanisms.families import KnownMechanism
from engine.mechanisms.law import Grid, Law
from engine.mechanisms.network import Network
from engine.mechanisms.picture import Picture
from engine.mechanisms.spline import Spline
from engine.queries.answers import Calibration, Stage
from engine.runtime.messages import FitReport
from engine.scm.conditional import Conditional
from engine.scm.fitted import Fitted
from engine.scm.keys import FORMAT

_T = TypeVar("_T")
_LARGEST_HEADER = 1_000_000
_MOST_MEMBERS = 256
_PARTS: dict[str, type] = {
    part.__name__: part
    for part in (Conditional, Encoder, Grid, Law, Network, Spline, Warp, FitReport, Calibration)
}
_ANY = KnownMechanism | Picture
_MECHANISMS: dict[str, type] = {kind.__name__: kind for kind in get_args(_ANY)}
_CLASSES = _PARTS | _MECHANISMS


def fitted_to_bytes(fitted: Fitted) -> bytes:
    """The whole of `fitted`; the same value gives the same bytes."""
    tensors: dict[str, Tensor] = {}
    described = {
        "format": FORMAT,
        "key": fitted.key,
        "family": fitted.family,
        "stage": fitted.stage.value,
        "step": fitted.step,
        "conditional": _described(fitted.conditional, "", tensors),
        "report": _described(fitted.report, "", tensors),
        "mechanism": _described(fitted.mechanism, "point", tensors),
        "members": [
            _described(member, f"member{m}", tensors) for m, member in enumerate(fitted.members)
        ],
    }
    text = json.dumps(described, ensure_ascii=False, sort_keys=True, allow_nan=True)
    return save(tensors, {"doscope": text})


def fitted_from_bytes(data: bytes) -> Fitted:
    """What `fitted_to_bytes` wrote; anything odd is a ProjectFileError."""
    try:
        tensors, described = _opened(data)
        return _fitted(described, tensors)
    except (SafetensorError, ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise ProjectFileError(
            "A fitted mechanism in the file is damaged",
            where=str(error)[:120],
            remedy="fit the variables again",
        ) from error


def _opened(data: bytes) -> tuple[dict[str, Tensor], Mapping[str, object]]:
    size = int.from_bytes(data[:8], "little")
    if len(data) < 8 or size > min(_LARGEST_HEADER, len(data) - 8):
        raise ValueError("the header is too long")
    header = json.loads(data[8 : 8 + size])
    described = json.loads(header["__metadata__"]["doscope"])
    if not isinstance(described, dict) or described["format"] != FORMAT:
        raise ValueError("the format is not known")
    tensors = load(data)
    for name, tensor in tensors.items():
        if tensor.dtype not in (torch.float32, torch.float64) or not tensor.isfinite().all():
            raise ValueError(f"{name} holds what is no number")
    return tensors, described


def _fitted(described: Mapping[str, object], tensors: Mapping[str, Tensor]) -> Fitted:
    members = described["members"]
    if not isinstance(members, list) or len(members) > _MOST_MEMBERS:
        raise ValueError("the members are no list")
    family = _checked(described["family"], str)
    mechanism, *refits = (_mechanism(item, tensors) for item in (described["mechanism"], *members))
    if mechanism.family != family:
        raise TypeError("the mechanism is of another family")
    conditional = _restored(described["conditional"], Conditional, tensors)
    report = _restored(described["report"], FitReport, tensors)
    if not isinstance(conditional, Conditional) or not isinstance(report, FitReport):
        raise TypeError("the report is not one")
    return Fitted(
        conditional,
        _checked(described["key"], str),
        family,
        mechanism,
        tuple(refits),
        report,
        Stage(_checked(described["stage"], str)),
        _checked(described["step"], int),
    )


def _mechanism(item: object, tensors: Mapping[str, Tensor]) -> Mechanism:
    mechanism = _restored(item, _ANY, tensors)
    if not isinstance(mechanism, _ANY):
        raise TypeError("a mechanism is missing")
    return mechanism


def _checked(value: object, kind: type[_T]) -> _T:
    if not isinstance(value, kind) or isinstance(value, bool) != (kind is bool):
        raise TypeError(f"{value!r:.40} is not of type {kind.__name__}")
    return value


def _described(value: object, path: str, tensors: dict[str, Tensor]) -> object:
    """JSON of a value; its tensors are put aside under their paths."""
    if isinstance(value, Tensor):
        tensors[path] = value.contiguous().clone()
        return {"tensor": path}
    if is_dataclass(value):
        inner = {
            part.name: _described(getattr(value, part.name), f"{path}.{part.name}", tensors)
            for part in fields(value)
            if part.init
        }
        return {"class": type(value).__name__, "fields": inner}
    return (
        [_described(item, path, tensors) for item in value] if isinstance(value, tuple) else value
    )


def _restored(item: object, kind: object, tensors: Mapping[str, Tensor]) -> object:
    """The value of type `kind` that JSON `item` describes; it is a TypeError if there is none."""
    options = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)
    if item is None and type(None) in options:
        return None
    wanted = _option([option for option in options if option is not type(None)], item)
    if get_origin(wanted) is tuple:
        inner = get_args(wanted)[0]
        return tuple(_restored(part, inner, tensors) for part in _checked(item, list))
    if wanted is Tensor:
        return tensors[_checked(_checked(item, dict)["tensor"], str)]
    if isinstance(wanted, type) and wanted.__name__ in _CLASSES:
        return _built(_checked(item, dict), wanted, tensors)
    if wanted is float:
        return float(_checked(item, float))
    if wanted in (int, str, bool) and isinstance(wanted, type):
        return _checked(item, wanted)
    raise TypeError(f"{kind} is not stored")


def _option(options: Sequence[object], item: object) -> object:
    """Which of several classes `item` says it is."""
    if len(options) == 1:
        return options[0]
    named = _checked(_checked(item, dict)["class"], str)
    for kind in options:
        if isinstance(kind, type) and kind.__name__ == named:
            return kind
    raise TypeError(f"{named:.40} does not belong here")


def _built(item: Mapping[str, object], wanted: type, tensors: Mapping[str, Tensor]) -> object:
    inner = item["fields"]
    if item["class"] != wanted.__name__ or _CLASSES[wanted.__name__] is not wanted:
        raise TypeError(f"{item['class']!r:.40} where a {wanted.__name__} belongs")
    hints = {part.name: get_type_hints(wanted)[part.name] for part in fields(wanted) if part.init}
    if not isinstance(inner, dict) or not set(hints) - _later(wanted) <= set(inner) <= set(hints):
        raise ValueError(f"the fields of a {wanted.__name__} are not complete")
    values = {
        name: _restored(inner[name], hint, tensors) for name, hint in hints.items() if name in inner
    }
    numbers = [value for value in values.values() if isinstance(value, float)]
    if wanted is not FitReport and not all(math.isfinite(number) for number in numbers):
        raise ValueError(f"a {wanted.__name__} holds what is no number")
    return wanted(**values)


def _later(kind: type) -> set[str]:
    """Fields that older files do not hold yet."""
    if kind is FitReport:
        return {"gain_error", "calibration", "imputed", "filled", "atoms"}
    return {"pairs", "precisions"} if kind.__name__ == "Linear" else set()
