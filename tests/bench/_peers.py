"""Other people's methods on the same work; each is left out, with a sentence, if not installed."""

from collections.abc import Iterator

from tests.bench._methods import LINEAR, Method


def peers(names: str, epochs: int, better_seconds: float) -> Iterator[Method | str]:
    """The methods named, or a sentence that says why one is left out."""
    for name in filter(None, (part.strip() for part in names.split(","))):
        if name == "linear":
            yield LINEAR
        elif name != "none":
            yield f"there is no peer called {name}"
