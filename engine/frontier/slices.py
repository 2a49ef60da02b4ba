"""Work in slices: generators that yield between pieces of work and return what they come to."""

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")


def done(steps: Generator[object, None, T]) -> T:
    """What steps come to."""
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            found: T = ended.value
            return found
