"""The families a mechanism can come from: one dict, simplest first."""

from dataclasses import dataclass

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


FAMILIES: dict[str, Family] = {
    "linear": Family(False, Linear, True, "straight line"),
    "additive": Family(False, Additive, False, "curve with added noise"),
    "location-scale": Family(False, LocationScale, False, "curve with noise of changing size"),
    "table": Family(True, ConditionalTable, True, "table of shares"),
    "logistic": Family(True, Logistic, True, "straight-line odds"),
    "categorical": Family(True, Categorical, False, "curved odds"),
}
