"""Categories with curved odds: P(x = j | parents) = softmax(line + network)_j."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Generator, Tensor
from torch.nn.functional import log_softmax

from engine.mechanisms.discrete import abduct_code, code_noise, picked, push_code
from engine.mechanisms.logistic import Logistic
from engine.mechanisms.network import Network


@dataclass(frozen=True, slots=True, eq=False)
class Categorical:
    """Log P up to a constant = line's logits + network(z), each (rows, k)."""

    family: ClassVar[str] = "categorical"
    approximate: ClassVar[bool] = False

    line: Logistic
    network: Network

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together."""
        if self.network.width != self.line.encoder.width:
            raise ValueError("the network does not fit the line")
        if self.network.outputs != len(self.line.weights):
            raise ValueError("the network does not fit the categories")

    @property
    def ordered(self) -> bool:
        """True where categories rise in one rank."""
        return self.line.ordered

    def probabilities(self, parents: Tensor) -> Tensor:
        """P(x = code | parents), shape (rows, k)."""
        return self._logs(parents).exp()

    def log_prob(self, x: Tensor, parents: Tensor) -> Tensor:
        """Log P(x | parents), shape (rows,)."""
        return picked(self._logs(parents), x)

    def push(self, noise: Tensor, parents: Tensor) -> Tensor:
        """Codes (rows,) from noise: a rank (rows,) if ordered, else Gumbels (rows, k)."""
        return push_code(noise, self._logs(parents))

    def abduct(self, x: Tensor, parents: Tensor, rng: Generator) -> Tensor:
        """Noise from its law given that x came out."""
        return abduct_code(x, self._logs(parents), rng, ordered=self.ordered)

    def noise(self, count: int, rng: Generator) -> Tensor:
        """Ranks (count,) if ordered, else Gumbels (count, k)."""
        return code_noise(count, len(self.line.weights), rng, ordered=self.ordered)

    def _logs(self, parents: Tensor) -> Tensor:
        network = self.network(self.line.encoder(parents))
        return log_softmax(self.line.logits(parents) + network, -1)
