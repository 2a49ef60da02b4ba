"""Other people's methods on the same work; each is left out, with a sentence, if not installed."""

from collections.abc import Iterator
from importlib.util import find_spec

from tests.bench._methods import FIRST, LINEAR, Method

NAMES = ("linear", "first", "dowhy", "better", "zuko", "zuko-spline")
NEEDS = {"dowhy": "dowhy", "better": "dowhy", "zuko": "zuko", "zuko-spline": "zuko"}


def peers(names: str, epochs: int, better_seconds: float) -> Iterator[Method | str]:
    """The methods named, or a sentence that says why one is left out."""
    for name in filter(None, (part.strip() for part in names.split(","))):
        package = NEEDS.get(name)
        if name == "none":
            continue
        if name not in NAMES:
            yield f"there is no peer called {name}; known: {', '.join(NAMES)}"
        elif package and find_spec(package) is None:
            yield f"{name} is left out: {package} is not installed (pip install -e .[peers])"
        else:
            yield _peer(name, epochs, better_seconds)


def _peer(name: str, epochs: int, better_seconds: float) -> Method:
    if name in ("linear", "first"):
        return LINEAR if name == "linear" else FIRST
    if name in ("dowhy", "better"):
        from tests.bench._peer_dowhy import DoWhy

        return DoWhy() if name == "dowhy" else DoWhy("dowhy-better", "BETTER", better_seconds)
    from tests.bench._peer_zuko import Zuko

    return Zuko(name, epochs, spline=name == "zuko-spline")
