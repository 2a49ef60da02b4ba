"""Families of mechanisms as people choose them: names, words, kinds. Torch-free; simplest first.

`engine/mechanisms/families.py` holds the classes under the same names.
"""

from dataclasses import dataclass

from engine.data.variable import DISCRETE, Kind

AUTO = "auto"
NUMBERS = frozenset(Kind) - DISCRETE


@dataclass(frozen=True, slots=True)
class Offer:
    """One family: the kinds of variables it fits and its words; `straight`: the baseline of these.

    `formula` says in a line what is assumed.
    """

    kinds: frozenset[Kind]
    words: str
    formula: str
    straight: bool = False

    @property
    def discrete(self) -> bool:
        """True where it is for categories."""
        return self.kinds <= DISCRETE


OFFERS: dict[str, Offer] = {
    "linear": Offer(NUMBERS, "straight line", "x = a + b · causes + normal noise", straight=True),
    "additive": Offer(NUMBERS, "curve with added noise", "x = curve(causes) + noise of any shape"),
    "location-scale": Offer(
        NUMBERS,
        "curve with noise of changing size",
        "x = curve(causes) + size(causes) · noise of any shape",
    ),
    "table": Offer(DISCRETE, "table of shares", "the share of each category for each combination"),
    "logistic": Offer(DISCRETE, "straight-line odds", "log odds = a + b · causes", straight=True),
    "categorical": Offer(DISCRETE, "curved odds", "log odds = curve(causes)"),
}


def fitting(kind: Kind) -> tuple[str, ...]:
    """Names of the families that fit variables of this kind, simplest first."""
    return tuple(name for name, offer in OFFERS.items() if kind in offer.kinds)
