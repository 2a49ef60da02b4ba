"""Several tests at once: which of them stand once chance has had as many tries."""

from collections.abc import Sequence


def holm(chances: Sequence[float], level: float) -> list[bool]:
    """Which of these p stay below `level` (Holm, Scand. J. Statist. 1979).

    The k-th smallest of m against level / (m - k + 1), until one fails: one false alarm in all of
    them has chance `level` at most.
    """
    found = [False] * len(chances)
    for rank, i in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        if chances[i] > level / (len(chances) - rank):
            break
        found[i] = True
    return found
