"""The classes of the families that `engine/families.py` offers: one dict, simplest first."""

from dataclasses import dataclass

from engine.families import OFFERS
from engine.mechanisms.additive import Additive
from engine.mechanisms.atoms import Atoms
from engine.mechanisms.categorical import Categorical
from engine.mechanisms.linear import Linear
from engine.mechanisms.locationscale import LocationScale
from engine.mechanisms.logistic import Logistic
from engine.mechanisms.table import ConditionalTable

KnownMechanism = (
    Linear | Additive | LocationScale | ConditionalTable | Logistic | Categorical | Atoms
)


@dataclass(frozen=True, slots=True)
class Family:
    """One family: kind of its target, class, whether it has a closed form, and its words."""

    discrete: bool
    mechanism: type[KnownMechanism]
    closed: bool
    words: str


_CLASSES: dict[str, type[KnownMechanism]] = {
    "linear": Linear,
    "additive": Additive,
    "location-scale": LocationScale,
    "table": ConditionalTable,
    "logistic": Logistic,
    "categorical": Categorical,
}
_CLOSED = {"linear", "table", "logistic"}

FAMILIES: dict[str, Family] = {
    name: Family(offer.discrete, _CLASSES[name], name in _CLOSED, offer.words)
    for name, offer in OFFERS.items()
}
