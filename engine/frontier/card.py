"""The model card of a trained balancing network: how it was made, what it reaches, its limits."""

import hashlib
import json
from collections.abc import Sequence

import torch

from engine.frontier.amortised import STEPS
from engine.frontier.shipped import NAME
from engine.frontier.training import Closed, Config

_TEXT = """\
# Model card: the balancing network

Weights that balance two groups of a table in one forward pass
(`engine/frontier/amortised.py`), after Zhang et al., *Towards Causal Foundation Model*
(arXiv 2310.00809). It reads covariates and treatment, never an outcome.

- File: `{name}`, {size:,} bytes, SHA-256 `{digest}`
- Config: `{config}`
- Training: {steps} simulated tables, {minutes:.1f} minutes of one processor, torch {torch};
  `python -m engine.frontier.train --config resources/models/balancer.toml --out DIR`
- Data: `engine/simulate/studies.py`, families linear, network and trees, 5 to 50 covariates; no
  real table. *Waves* is never trained on.
- Licence: that of Doscope.

## Share of the gap between equal weights and the optimum that is closed

{sets} fresh tables per row, penalty 1, mean ± standard error; of ATE the worse arm of each table.
*Stepped*: {after} projected steps after the pass. *Steps alone*: the same steps from equal weights.
*Same work*: as many steps from equal weights as the pass looks at all rows. The optimum is
certified by its dual gap.

| family | estimand | rows | pass | stepped | steps alone | same work |
|---|---|---|---|---|---|---|
{rows}

## Limits

- It learnt an optimisation, not causes: a cause of treatment and outcome that is not among the
  covariates biases these weights as it biases any others.
- RBF kernel with the median width, at most 2 048 rows; longer tables are balanced by landmarks.
  Penalties from .1 to 10.
- It is an unrolled optimisation whose steps are learnt, so most of what it does is steps:
  *same work* says how much.
- Its weights differ from the best ones; a certified bound on the difference is told with each
  answer.
"""


def card(config: Config, seconds: float, found: Sequence[Closed], sets: int, data: bytes) -> str:
    """Markdown; `data` are the bytes of the network, `seconds` of the processor."""
    return _TEXT.format(
        name=NAME,
        size=len(data),
        digest=hashlib.sha256(data).hexdigest(),
        config=json.dumps(config.told()),
        steps=config.steps,
        minutes=seconds / 60,
        torch=torch.__version__.split("+")[0],
        sets=sets,
        after=STEPS,
        rows="\n".join(_row(one) for one in found),
    )


def _row(one: Closed) -> str:
    shares = (one.raw, one.stepped, one.steps_alone, one.same_work)
    cells = " | ".join(f"{mean:.3f} ± {error:.3f}" for mean, error in shares)
    return f"| {one.family} | {one.estimand} | {one.rows} | {cells} |"
