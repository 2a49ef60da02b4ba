"""Long work as a generator, so that others get their turn between two steps. No Qt."""

from collections.abc import Generator
from typing import TypeVar

Steps = Generator[float | None, None, None]  # yields the share done, None while it waits
T = TypeVar("T")


def through(work: Generator[object, None, T]) -> T:
    """What the work comes to, at once."""
    while True:
        try:
            next(work)
        except StopIteration as stop:
            value: T = stop.value
            return value


def unmeasured(work: Generator[object, None, T]) -> Generator[float, None, T]:
    """The steps of work that cannot say how far it is."""
    while True:
        try:
            next(work)
        except StopIteration as stop:
            value: T = stop.value
            return value
        yield 0.0
