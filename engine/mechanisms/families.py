"""The classes of the families that `engine/families.py` offers: one dict, simplest first."""

from dataclasses import dataclass

from engine.families import OFFERS
from engine.mechanisms.additive import Additive
from engine.mechanisms.atoms import Atoms
from engine.mechanisms.categorical import Categorical
from engine.mechanisms.count import Count
from engine.mechanisms.flow import Flow
from engine.mechanisms.linear import Linear
from engine.mechanisms.locationscale import LocationScale
from engine.mechanisms.logistic import Logistic
from engine.mechanisms.ordinal import Ordinal
from engine.mechanisms.splinelinear import SplineLinear
from engine.mechanisms.table import ConditionalTable

KnownMechanism = (
    Linear
    | Count
    | SplineLinear
    | Additive
    | LocationScale
    | Flow
    | Atoms
    | ConditionalTable
    | Ordinal
    | Logistic
    | Categorical
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
    "count": Count,
    "spline-linear": SplineLinear,
    "additive": Additive,
    "location-scale": LocationScale,
    "flow": Flow,
    "table": ConditionalTable,
    "ordinal": Ordinal,
    "logistic": Logistic,
    "categorical": Categorical,
}
_CLOSED = {"linear", "count", "table", "ordinal", "logistic"}

FAMILIES: dict[str, Family] = {
    name: Family(offer.discrete, _CLASSES[name], name in _CLOSED, offer.words)
    for name, offer in OFFERS.items()
}
