"""The bench of instant effects: parts computed once, truths of their rows, own names."""

import numpy as np
import pytest

from engine.frontier.effects import weigh
from engine.frontier.kernels import Kernel
from engine.queries.balanced import Estimand
from engine.simulate.studies import Family
from tests.bench import zero_shot
from tests.bench._effect_sets import SIMULATED, drawn, samples


def test_weights_are_computed_once_and_their_seconds_counted_for_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[tuple[object, ...]] = []

    def counted(*args: object) -> object:
        calls.append(args[1:3])
        return weigh(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(zero_shot, "weigh", counted)
    case = zero_shot.Case(drawn(Family.LINEAR, 1, 80).study)
    ways = [
        method
        for name, estimand, method in zero_shot.methods()
        if name in ("balancing, linear", "balancing, linear, by ridge") and estimand is Estimand.ATE
    ]
    assert len(ways) == 2
    plain, by_ridge = (way(case) for way in ways)
    assert calls == [(Estimand.ATE, Kernel.LINEAR)]
    assert plain.value != by_ridge.value
    assert plain.effective == by_ridge.effective
    case.seconds = 0.0
    ways[0](case)
    assert case.seconds > 0  # those of the weights, though nothing was computed


def test_a_simulated_sample_has_the_truth_of_its_rows() -> None:
    """Many rows, no noise to speak of: outcomes differ by the effects, on average."""
    sample = drawn(Family.TREES, 3, 20_000, 5)
    study, t = sample.study, sample.study.treatment == 1
    assert sample.ate is not None
    assert sample.att is not None
    assert (t.sum(), (~t).sum()) > (100, 100)
    wide = np.column_stack([np.ones(20_000), study.covariates])
    gap = [wide @ np.linalg.lstsq(wide[s], study.outcome[s], rcond=None)[0] for s in (t, ~t)]
    assert (gap[0] - gap[1])[t].mean() == pytest.approx(sample.att, abs=0.25)
    assert drawn(Family.TREES, 3, 100).study.outcome == pytest.approx(
        drawn(Family.TREES, 3, 100).study.outcome
    )


@pytest.mark.parametrize("suite", SIMULATED)
def test_suites_are_what_their_names_say(suite: str) -> None:
    (first,) = samples(suite, 1)
    wide = first.study.covariates.shape[1]
    assert (wide > 50) == (suite == "shifted-columns")
    assert first.name.startswith("waves" if suite == "unseen" else "linear")


def test_every_method_has_its_own_name() -> None:
    names = [(name, estimand) for name, estimand, _ in zero_shot.methods()]
    assert len(set(names)) == len(names)
    assert {estimand for _, estimand in names} == set(Estimand)
