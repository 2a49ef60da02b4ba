"""A causal normalising flow by the published recipe, written with zuko.

Javaloy, Sanchez-Martin, Valera, NeurIPS 2023: one abductive layer whose conditioner is masked by
the graph, ELU, standard normal base, z-scored variables, Adam 1e-3, batches of 4 000, the rate
times .95 after 60 epochs without progress, best epoch by validation. do() overwrites the variable.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engine.data.table import Table
from engine.seeds import generator
from tests.bench._catalogue import Columns
from tests.bench._methods import Done_, Fit, Parents, Unable

BATCH, RATE, SHRINK, WAIT = 4_000, 1e-3, 0.95, 60
VALID = 0.1
GIVE_UP = 200  # epochs without a better validation score after which training ends
PER_VARIABLE = 8  # units per layer and variable, at least 32: the mask divides them among variables


@dataclass(frozen=True, slots=True)
class Zuko:
    """The affine flow of the paper, or with `spline` a rational-quadratic one in its place."""

    name: str = "zuko"
    epochs: int = 1_000
    spline: bool = False

    def fit(self, table: Table, parents: Parents, seed: int) -> Fit:
        """Train until validation stops improving, or for `epochs`."""
        import zuko

        if any(table.variable(name).discrete for name in parents):
            raise Unable("the flow is for continuous variables only")
        names = tuple(parents)
        rows = torch.from_numpy(np.column_stack([table[name] for name in names])).float()
        mean, sd = rows.mean(0), rows.std(0).clamp(min=1e-12)
        links = [[a == b or a in parents[b] for a in names] for b in names]
        width = max(32, PER_VARIABLE * len(names))
        torch.manual_seed(seed)
        head = {}
        if self.spline:
            univariate = zuko.transforms.MonotonicRQSTransform
            head = {"univariate": univariate, "shapes": ((8,), (8,), (7,))}
        flow = zuko.flows.MaskedAutoregressiveTransform(
            len(names),
            adjacency=torch.tensor(links),
            hidden_features=(width, width),
            activation=torch.nn.ELU,
            **head,
        )
        words = _train(flow, (rows - mean) / sd, self.epochs, seed)
        return ZukoFit(flow, names, mean, sd, f"2 × {width} ELU, {words}")


def _log_prob(flow: torch.nn.Module, z: Tensor) -> Tensor:
    """Nats per row and variable of z-scores, shape as `z`."""
    inner = flow.meta(None, z).base
    noise, stretch = inner.call_and_ladj(z)
    return -0.5 * noise**2 - 0.5 * math.log(2 * math.pi) + stretch


def _train(flow: torch.nn.Module, rows: Tensor, epochs: int, seed: int) -> str:
    rng = generator(seed, "peer", "zuko")
    order = torch.randperm(len(rows), generator=rng)
    cut = max(1, int(VALID * len(rows)))
    valid, learnt = rows[order[:cut]], rows[order[cut:]]
    adam = torch.optim.Adam(flow.parameters(), lr=RATE)
    slower = torch.optim.lr_scheduler.ReduceLROnPlateau(adam, factor=SHRINK, patience=WAIT)
    best, best_epoch, weights = math.inf, 0, flow.state_dict()
    epoch = 0
    for epoch in range(1, epochs + 1):
        for batch in learnt[torch.randperm(len(learnt), generator=rng)].split(BATCH):
            loss = -_log_prob(flow, batch).sum(1).mean()
            adam.zero_grad()
            loss.backward()
            adam.step()
        with torch.no_grad():
            score = -float(_log_prob(flow, valid).sum(1).mean())
        slower.step(score)
        if score < best:
            best, best_epoch = score, epoch
            weights = {name: value.clone() for name, value in flow.state_dict().items()}
        if epoch - best_epoch >= GIVE_UP:
            break
    flow.load_state_dict(weights)
    ended = "stopped" if epoch - best_epoch >= GIVE_UP else "at its limit, maybe not converged"
    return f"best of {epoch} epochs {best_epoch}, {ended}"


@dataclass(frozen=True, slots=True)
class ZukoFit:
    """A trained flow: noise = T(x), x = T⁻¹(noise) variable by variable."""

    flow: torch.nn.Module
    names: tuple[str, ...]
    mean: Tensor
    sd: Tensor
    words: str

    def sample(self, count: int, seed: int, done: Done_) -> Columns:
        rng = generator(seed, "peer", "zuko")
        return self._push(torch.randn(count, len(self.names), generator=rng), done)

    def counterfactual(self, unit: Columns, done: Done_) -> Columns:
        z = self._scores(unit)
        with torch.no_grad():
            noise = self.flow.meta(None, z).base(z)
        return self._push(noise, done)

    def log_prob(self, rows: Columns) -> Columns:
        with torch.no_grad():
            nats = _log_prob(self.flow, self._scores(rows)).double() - self.sd.double().log()
        return {name: nats[:, i].numpy() for i, name in enumerate(self.names)}

    def _scores(self, rows: Columns) -> Tensor:
        matrix = np.column_stack([rows[name] for name in self.names])
        return ((torch.from_numpy(matrix) - self.mean) / self.sd).float()

    def _push(self, noise: Tensor, done: Done_) -> Columns:
        """As many passes as the longest path has variables; set values overwritten in each."""
        places = [(self.names.index(name), value) for name, value in done.items()]
        z = torch.zeros_like(noise)
        with torch.no_grad():
            for _ in range(self.flow.passes):
                z = self.flow.meta(None, z).base.inv(noise)
                for i, value in places:
                    z[:, i] = (value - self.mean[i]) / self.sd[i]
        x = z.double() * self.sd + self.mean
        found = {name: x[:, i].numpy() for i, name in enumerate(self.names)}
        return found | {name: np.full(len(noise), float(value)) for name, value in done.items()}
