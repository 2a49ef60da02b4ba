"""Training of the balancing network: simulated tables, no outcomes, the weights' own objective.

Each step draws one table of a family of `engine.simulate.studies` and lowers the objective of its
three balancing problems (the dual of the paper's hinge loss, which orders weights as that loss
does), as a share of what some projected steps from equal weights gain. Each step's randomness comes
from the seed and its number alone, so that a training that goes on equals one never interrupted.
"""

import math
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from engine.frontier.amortised import SHARPNESS, STEPS, Balancer, Shape, one_pass
from engine.frontier.kernels import rbf
from engine.frontier.problems import Problems
from engine.mechanisms.adam import Adam
from engine.queries.balanced import Estimand
from engine.seeds import derived, numpy_generator
from engine.simulate.studies import TRAINED, Family, simulated

SCALED_BY = 30  # projected steps from equal weights whose gain is the loss's unit
WORST = 5.0  # of such units: more pulls no harder
CLIPPED = 1.0  # norm of a gradient
WARMING = 50  # steps of a growing rate
NARROW = 0.02  # of the rate at the end
EXACT = 400  # projected steps that stand for the optimum, whose certified gap is taken off
SETS, SIZES = 12, (300, 1000)  # tables of each family and their rows in an evaluation


@dataclass(frozen=True, slots=True)
class Config:
    """What a training depends on; `rows` and `penalty` are ranges, drawn evenly by logarithm."""

    seed: int = 0
    steps: int = 3000
    rate: float = 2e-3
    rows: tuple[int, int] = (100, 1000)
    penalty: tuple[float, float] = (0.1, 10.0)
    layers: int = 8
    width: int = 24
    values: int = 4
    hidden: int = 64

    @property
    def shape(self) -> Shape:
        """Of the network."""
        return Shape(self.layers, self.width, self.values, self.hidden)

    def told(self) -> dict[str, object]:
        """As plain values, for a file."""
        return asdict(self)


class Training:
    """A network on its way: one step at a time."""

    def __init__(self, config: Config, device: str = "cpu") -> None:
        torch.manual_seed(derived(config.seed, "balancer") % 2**63)
        self.config, self.device = config, device
        self.network = Balancer(config.shape).to(device)
        flat = parameters_to_vector(self.network.parameters()).detach().clone()
        self.adam = Adam(flat[None])
        self._share()

    def _share(self) -> None:
        """The network's parameters are views of Adam's weights."""
        vector_to_parameters(self.adam.weights[0], self.network.parameters())

    @property
    def taken(self) -> int:
        """Steps so far."""
        return self.adam.steps

    def step(self) -> float:
        """One table; the loss before the step."""
        rng = numpy_generator(self.config.seed, "training", str(self.taken))
        problems = self._drawn(rng)
        loss = torch.stack([_loss(self.network, one) for one in problems]).mean()
        self.network.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        parts = [parameter.grad for parameter in self.network.parameters()]
        gradient = torch.cat([part.reshape(-1) for part in parts if part is not None])
        norm = float(gradient.norm())
        if math.isfinite(norm):
            gradient = gradient * min(1.0, CLIPPED / max(norm, 1e-12))
        else:
            gradient = torch.zeros_like(gradient)
        self.adam.step(gradient[None], self._rate())
        return float(loss.detach())

    def _rate(self) -> float:
        share = self.taken / self.config.steps
        cosine = NARROW + (1 - NARROW) * 0.5 * (1 + math.cos(math.pi * min(1.0, share)))
        return self.config.rate * cosine * min(1.0, (self.taken + 1) / WARMING)

    def _drawn(self, rng: np.random.Generator) -> list[Problems]:
        config = self.config
        family = TRAINED[self.taken % len(TRAINED)]
        rows = round(_between(*config.rows, rng))
        penalty = 1.0 if rng.random() < 0.5 else _between(*config.penalty, rng)
        base = np.ones(rows) if rng.random() < 0.7 else rng.gamma(2.0, 0.5, rows)
        return problems_of(family, rows, penalty, base, rng, self.device)

    def state(self) -> dict[str, Tensor]:
        """All that a later `restore` needs."""
        steps = torch.tensor([self.taken], dtype=torch.int64)
        return {
            "weights": self.adam.weights.cpu().clone(),
            "mean": self.adam.mean.cpu().clone(),
            "square": self.adam.square.cpu().clone(),
            "steps": steps,
        }

    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on from `state`; ValueError where it is of another network."""
        for name in ("weights", "mean", "square"):
            own = getattr(self.adam, name)
            if state[name].shape != own.shape:
                raise ValueError("the checkpoint is of another network")
            own.copy_(state[name])
        self.adam.steps = int(state["steps"])
        self._share()


def problems_of(
    family: Family,
    rows: int,
    penalty: float,
    base: np.ndarray,
    rng: np.random.Generator,
    device: str = "cpu",
    dtype: torch.dtype = torch.float32,
) -> list[Problems]:
    """The three estimands' problems of one simulated table."""
    study = simulated(family, rows, rng)
    kernel = rbf(torch.from_numpy(study.covariates)).to(device, dtype)
    counts = torch.from_numpy(base / base.mean()).to(device, dtype)
    treated = torch.from_numpy(study.treated).to(device)
    return [Problems(kernel, counts, treated, estimand, penalty) for estimand in Estimand]


def _loss(network: Balancer, problems: Problems) -> Tensor:
    with torch.no_grad():
        equal = problems.equal()
        first = problems.at(equal).value
        last = problems.at(problems.stepped(equal, SCALED_BY)).value
        gain = (first - last).clamp(min=1e-3 * first.abs())
    value = problems.at(network(problems, SHARPNESS)).value
    return ((value - last) / gain).clamp(max=WORST).mean()


@dataclass(frozen=True, slots=True)
class Closed:
    """Shares of the gap between equal weights and the optimum that are closed, mean ± error.

    By the pass, by it and `STEPS` projected steps, by these steps alone, and by as many steps alone
    as the pass looks at all rows (twice a layer).
    """

    family: str
    estimand: str
    rows: int
    raw: tuple[float, float]
    stepped: tuple[float, float]
    steps_alone: tuple[float, float]
    same_work: tuple[float, float]


def evaluated(
    network: Balancer, rows: tuple[int, ...] = SIZES, sets: int = SETS, seed: int = 0
) -> list[Closed]:
    """On tables that no training draws; the unseen family, too. Penalty 1, double precision."""
    found = []
    for family in Family:
        for size in rows:
            shares: dict[Estimand, list[list[float]]] = {estimand: [] for estimand in Estimand}
            for k in range(sets):
                rng = numpy_generator(seed, "evaluation", family.value, str(size), str(k))
                double = torch.float64
                for one in problems_of(family, size, 1.0, np.ones(size), rng, dtype=double):
                    shares[one.estimand].append(closed(network, one))
            for estimand, each in shares.items():
                table = np.array(each)
                error = table.std(0, ddof=1) / math.sqrt(sets)
                told = [(float(m), float(e)) for m, e in zip(table.mean(0), error, strict=True)]
                found.append(Closed(family.value, estimand.value, size, *told))
    return found


def closed(network: Balancer, problems: Problems, steps: int = STEPS) -> list[float]:
    """The shares of `Closed`; of ATE the worse arm.

    The optimum is a value less its certified gap, so shares are told a little too low.
    """
    with torch.no_grad():
        equal = problems.equal()
        best = problems.stepped(equal, EXACT)
        least = problems.at(best).value - problems.gap(best)
        first = problems.at(equal).value
        raw = one_pass(network, problems)
        ways = [raw, problems.stepped(raw, steps)]
        ways += [problems.stepped(equal, many) for many in (steps, 2 * network.shape.layers)]
        gain = first - least
        return [float(((first - problems.at(way).value) / gain).min()) for way in ways]


def _between(low: float, high: float, rng: np.random.Generator) -> float:
    return float(low * (high / low) ** rng.random())
