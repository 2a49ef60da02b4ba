"""`check --trace X1,X2:Y1,Y2`: the trace condition between two groups of columns."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.errors import DataError

if TYPE_CHECKING:
    from engine.data.table import Table

Groups = tuple[tuple[str, ...], tuple[str, ...]]
KEYS = ("delta", "p", "low", "high", "rows")
NOTE = (
    "the trace condition needs columns of one unit and a map that is straight; p small speaks "
    "against the left columns causing the right ones, p large proves nothing"
)


def groups_from(word: str) -> Groups:
    """The two groups that `X1,X2:Y1,Y2` names."""
    left, colon, right = word.partition(":")
    sides = tuple(tuple(filter(None, map(str.strip, side.split(",")))) for side in (left, right))
    names = [*sides[0], *sides[1]]
    if not colon or len(sides[0]) < 2 or not sides[1] or len(set(names)) < len(names):
        raise DataError(
            f"{word!r} names no two groups of columns",
            where="--trace",
            remedy="write two causes or more, a colon and the effects: x1,x2:y1,y2",
        )
    return sides[0], sides[1]


def traced(table: "Table", words: Sequence[str]) -> list[dict[str, object]]:
    """For each pair of groups Δ and its chance; a sentence under `why` where there is no test."""
    import numpy as np

    from engine.checks.trace import Trace, trace_test
    from engine.data.rows import counted_rows
    from engine.seeds import numpy_generator

    found: list[dict[str, object]] = []
    for word in words:
        causes, effects = groups_from(word)
        for name in (*causes, *effects):
            if table.variable(name).discrete:
                raise DataError(f"{name} has categories", where="--trace", remedy="name numbers")
        kept = table.complete((*causes, *effects)) & counted_rows(table)
        sides = [np.stack([table[n][kept] for n in group], 1) for group in (causes, effects)]
        told = trace_test(sides[0], sides[1], numpy_generator(0, "trace", word))
        row: dict[str, object] = {"causes": list(causes), "effects": list(effects)}
        if isinstance(told, Trace):
            row |= {key: getattr(told, key) for key in KEYS}
        else:
            row |= dict.fromkeys(KEYS) | {"why": told}
        found.append(row)
    return found


def lines(found: Sequence[dict[str, object]]) -> list[str]:
    """One line per pair of groups."""
    told = []
    for row in found:
        causes, effects = (" ".join(map(str, row[side])) for side in ("causes", "effects"))  # type: ignore[call-overload]
        what = f"trace {causes} -> {effects}"
        if row["p"] is None:
            told.append(f"{what}: {row['why']}")
            continue
        delta, p, low, high = (float(str(row[key])) for key in ("delta", "p", "low", "high"))
        told.append(f"{what}: {delta:.2f} (by chance {low:.2f} to {high:.2f}), p = {p:.3f}")
    return told
