"""Whether what was fixed before a lot goes with it by chance only: the answer to `Balance`."""

from dataclasses import dataclass

LOT_LEVEL = 0.05  # chance below which a lot is doubted: of 20 fair ones, one is


@dataclass(frozen=True, slots=True)
class Unlike:
    """How far a column that was fixed before a lot goes with it.

    `difference`: largest gap between the means of two groups, in sd within groups (of categories:
    of the share of the one that differs most); `groups` False: a correlation, as the lot drew
    numbers. `p`: that this is chance, for this column alone; `stands_out`: p stays below .05 after
    Holm's correction over all columns.
    """

    name: str
    difference: float
    p: float
    rows: int
    groups: bool = True
    stands_out: bool = False


@dataclass(frozen=True, slots=True)
class Lot:
    """A variable that was set by lot (its columns), and what was fixed before it.

    `p`: that chance makes all of them together go with the lot so much (one test, whatever their
    number); None where that cannot be tested, for the reason `why_not`. `rows`: complete ones, or
    clusters where the lot set whole clusters.
    """

    columns: tuple[str, ...]
    unlike: tuple[Unlike, ...] = ()
    p: float | None = None
    rows: int = 0
    clusters: bool = False
    why_not: str = ""

    @property
    def uneven(self) -> bool:
        """True where what was fixed before differs more than chance allows."""
        return self.p is not None and self.p < LOT_LEVEL


@dataclass(frozen=True, slots=True)
class BalanceAnswer:
    """Every variable that was set by lot."""

    lots: tuple[Lot, ...] = ()
