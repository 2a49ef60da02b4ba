"""Lists of variables as people say them."""

from collections.abc import Iterable, Sequence


def listed(names: Sequence[str]) -> str:
    """A, b and c."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def grouped(groups: Iterable[Sequence[str]]) -> str:
    """{a, b}, {c}."""
    return ", ".join(f"{{{', '.join(group)}}}" for group in groups)
