"""Draws of what is missing follow its law given what was seen."""

import numpy as np
import pytest
import torch

from engine.mechanisms.table import ConditionalTable
from engine.scm.conditional import Conditional
from engine.scm.fitted import FitTask
from engine.scm.gaps import gaps_of
from engine.scm.gibbs import Chains, Factor
from engine.seeds import generator
from tests.oracles import Slopes, category, gaussian_law, linear_scm, table

ROWS, SWEEPS = 2_000, 8


def drawn(slopes: Slopes, seen: dict[str, float], near: dict[str, Factor]) -> dict[str, np.ndarray]:
    """Many rows alike: `seen` in each, all else missing (but in two rows, so that no column is)."""
    scm = linear_scm(slopes)
    columns = {name: np.full(ROWS + 2, seen.get(name, np.nan)) for name in slopes}
    for column in columns.values():
        column[-2:] = 0.0
    rows = table(columns)
    gaps = gaps_of(rows, tuple(FitTask(c) for c in scm.conditionals))
    values = {name: torch.from_numpy(rows[name][gaps.rows.numpy()]) for name in slopes}
    chains = Chains(gaps, 1, values)
    law = {c.target: Factor(c.given, scm.mechanisms[c.target]) for c in scm.conditionals}
    for _ in chains.begin(law, generator(0, "begin")):
        pass
    for number in range(SWEEPS):
        for _ in chains.sweep(law, near, generator(0, str(number))):
            pass
    return {name: value.numpy() for name, value in chains.values.items()}


def given(slopes: Slopes, seen: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of what is not seen: the conditional of a normal law."""
    mean, cov = gaussian_law(slopes)
    names = list(slopes)
    a = [i for i, name in enumerate(names) if name not in seen]
    b = [i for i, name in enumerate(names) if name in seen]
    gain = cov[np.ix_(a, b)] @ np.linalg.inv(cov[np.ix_(b, b)])
    away = np.array([seen[names[i]] for i in b]) - mean[b]
    return mean[a] + gain @ away, cov[np.ix_(a, a)] - gain @ cov[np.ix_(b, a)]


@pytest.mark.parametrize("near", [True, False])
@pytest.mark.parametrize(
    ("slopes", "seen"),
    [
        ({"x": {}, "y": {"x": 2.0}}, {"y": 3.0}),
        ({"x": {}, "m": {"x": 1.0}, "y": {"m": -1.5}, "u": {"x": 0.5}}, {"y": 2.0, "u": 1.0}),
    ],
)
def test_numbers_follow_the_normal_law_given_the_rest(
    slopes: Slopes, seen: dict[str, float], near: bool
) -> None:
    """With candidates from the mechanism alone, and with a line (here a wrong one) beside it."""
    wrong = linear_scm({"y": {}, "x": {"y": 0.1}}).mechanisms["x"]
    found = drawn(slopes, seen, {"x": Factor(("y",), wrong)} if near else {})
    mean, cov = given(slopes, seen)
    missing = np.stack([found[name] for name in slopes if name not in seen])
    error = np.sqrt(np.diag(cov) / ROWS)
    np.testing.assert_allclose(missing.mean(1), mean, atol=4 * error.max())
    np.testing.assert_allclose(np.cov(missing), np.squeeze(cov), atol=0.08 * cov.max())


def test_categories_follow_bayes_rule() -> None:
    """a → b: P(a | b = 1) ∝ P(a) P(b = 1 | a)."""
    prior, chance = np.array([0.5, 0.3, 0.2]), np.array([0.1, 0.6, 0.9])
    law = {
        "a": Factor((), ConditionalTable((), torch.from_numpy(prior[None]))),
        "b": Factor(
            ("a",), ConditionalTable((3,), torch.from_numpy(np.stack([1 - chance, chance], 1)))
        ),
    }
    a = np.full(ROWS + 1, np.nan)
    a[-1] = 0
    rows = table({"a": a, "b": np.ones(ROWS + 1)}, category("a", 3), category("b", 2))
    tasks = (FitTask(Conditional("a")), FitTask(Conditional("b", ("a",))))
    gaps = gaps_of(rows, tasks)
    values = {name: torch.from_numpy(rows[name][gaps.rows.numpy()]) for name in ("a", "b")}
    chains = Chains(gaps, 1, values)
    for _ in chains.begin(law, generator(0, "begin")):
        pass
    for _ in chains.sweep(law, {}, generator(0, "sweep")):
        pass
    shares = np.bincount(chains.values["a"].long().numpy(), minlength=3) / ROWS
    truth = prior * chance / (prior @ chance)
    np.testing.assert_allclose(shares, truth, atol=4 * np.sqrt(0.25 / ROWS))
