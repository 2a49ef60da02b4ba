"""The pictures of a table as JSON and one run of bytes each, and back; every size is checked."""

from collections.abc import Callable, Mapping

import numpy as np

from engine.data.pictures import MOST_SIDE, Pictures
from engine.store.fields import anything, damaged, distinct, get, many, mapping, natural, string

Json = dict[str, object]


def pictures_json(
    pictures: Mapping[str, Pictures], add: Callable[[bytes], list[Json]]
) -> list[Json]:
    """Name, shape and manifest of each variable's pictures; `add` stores bytes."""
    return [
        {"name": name, "shape": list(one.pixels.shape), "pixels": add(one.pixels.tobytes())}
        for name, one in pictures.items()
    ]


def pictures_from(
    value: object, rows: int, taken: tuple[str, ...], content: Callable[[object, str], bytes]
) -> dict[str, Pictures]:
    """What `pictures_json` wrote, of a table of `rows` rows with columns `taken`."""
    entries = [mapping(entry, "pictures") for entry in many(anything)(value, "pictures")]
    names = [get(entry, "name", string) for entry in entries]
    distinct((*taken, *names), "the table")
    return {name: _pictures(entry, name, rows, content) for name, entry in zip(names, entries,
            strict=True)}  # fmt: skip


def _pictures(
    entry: Json, name: str, rows: int, content: Callable[[object, str], bytes]
) -> Pictures:
    shape = get(entry, "shape", many(natural))
    sized = len(shape) in (3, 4) and shape[0] == rows and shape[3:] in ((), (3,))
    if not sized or not all(0 < side <= MOST_SIDE for side in shape[1:3]):
        raise damaged(f"the pictures {name} have another shape than the table")
    pixels = content(get(entry, "pixels", anything), f"the pictures {name}")
    if len(pixels) != int(np.prod(shape)):
        raise damaged(f"the pictures {name} have not as many pixels as they should")
    return Pictures(np.frombuffer(pixels, np.uint8).reshape(shape))
