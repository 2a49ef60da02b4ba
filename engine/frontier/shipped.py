"""The trained network as bytes: safetensors with its shape beside it, checked before it is read."""

import json
import math
from dataclasses import fields
from functools import lru_cache
from importlib.resources import files

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from engine.errors import ProjectFileError
from engine.frontier.amortised import Balancer, Shape

FORMAT = 1
NAME = "balancer.safetensors"
_LONGEST_HEADER, _MOST_NUMBERS = 100_000, 5_000_000
_WIDEST = {"layers": 64, "width": 512, "values": 64, "hidden": 2048}


def to_bytes(network: Balancer, told: dict[str, object] | None = None) -> bytes:
    """The network, and what is `told` of its training; the same network gives the same bytes."""
    about = {"format": FORMAT, "shape": network.shape.told(), "training": told or {}}
    tensors = {name: value.detach().cpu() for name, value in network.state_dict().items()}
    return save(tensors, {"doscope": json.dumps(about, sort_keys=True)})


def from_bytes(data: bytes) -> Balancer:
    """What `to_bytes` wrote; anything odd is a ProjectFileError."""
    try:
        network = _read(data)
    except (SafetensorError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise ProjectFileError(
            "The trained balancing network is damaged",
            where=str(error)[:120],
            remedy="install Doscope again, or balance exactly",
        ) from error
    return network.eval()


@lru_cache(maxsize=1)
def shipped() -> Balancer:
    """The network that comes with Doscope."""
    return from_bytes(files("resources").joinpath("models", NAME).read_bytes())


def _read(data: bytes) -> Balancer:
    size = int.from_bytes(data[:8], "little")
    if len(data) < 8 or size > min(_LONGEST_HEADER, len(data) - 8):
        raise ValueError("the header is too long")
    header = json.loads(data[8 : 8 + size])
    about = json.loads(header["__metadata__"]["doscope"])
    if about["format"] != FORMAT:
        raise ValueError("the format is not known")
    network, tensors = Balancer(_shape(about["shape"])), load(data)
    if sum(math.prod(tensor.shape) for tensor in tensors.values()) > _MOST_NUMBERS:
        raise ValueError("there are too many numbers")
    for name, tensor in tensors.items():
        if tensor.dtype != torch.float32 or not tensor.isfinite().all():
            raise ValueError(f"{name} holds what is no number")
    network.load_state_dict(tensors)
    return network


def _shape(told: dict[str, int]) -> Shape:
    sizes = {}
    for field in fields(Shape):
        size = told[field.name]
        if not isinstance(size, int) or not 1 <= size <= _WIDEST[field.name]:
            raise ValueError(f"{field.name} is out of range")
        sizes[field.name] = size
    return Shape(**sizes)
