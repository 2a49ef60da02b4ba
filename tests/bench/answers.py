"""Answers with known truth: kidney stones over 20 seeds, and an effect beside a hidden cause."""

import json
import time
from dataclasses import replace
from statistics import fmean, stdev

from engine.interventions import Set
from engine.queries.answering import answer, needed
from engine.queries.answers import DoAnswer
from engine.queries.model import Model
from engine.queries.questions import Question, Rung
from engine.runtime.headless import fit
from engine.runtime.shelf import Shelf
from engine.simulate.examples import example
from tests.engine.queries.test_answers import SLOPES, TRIAL, linear_project

STONES = Question(
    Rung.DO, "recovered", 1, action=(Set("treatment", 0.0),), contrast=(Set("treatment", 1.0),)
)
DOSE = Question(Rung.DO, "recovery", action=(Set("dose", 1.0),), contrast=(Set("dose", 0.0),))
TRUE_SLOPE = -0.3  # -.15 directly, .5 · -.3 through adherence


def main(args: list[str]) -> None:
    """Print what the issue of each answer asks for, and JSON."""
    result = {"kidney stones": stones(20), "hidden cause": hidden_cause(5, 20_000)}
    for name, values in result.items():
        print(name)
        for key, value in values.items():
            print(f"  {key:28}{value:10.4f}")
    print(json.dumps(result))


def stones(seeds: int) -> dict[str, float]:
    """Difference and half-width of its 90 % interval over seeds of fitting."""
    answers = [
        _asked(replace(example("kidney-stones"), seed=seed), STONES) for seed in range(seeds)
    ]
    halves = [(a.interval[1] - a.interval[0]) / 2 for a in answers if a.interval]
    return {
        "seen A": 273 / 350,
        "seen B": 289 / 350,
        "effect, mean": fmean(a.difference or 0.0 for a in answers),
        "half-width, mean": fmean(halves),
        "half-width, sd": stdev(halves),
        "covers 0, share": fmean(a.interval[0] < 0 < a.interval[1] for a in answers if a.interval),
    }


def hidden_cause(seeds: int, rows: int) -> dict[str, float]:
    """do(dose) beside severity ↔ recovery, against the true slope; families chosen by score."""
    errors, seconds = [], []
    for seed in range(seeds):
        project = linear_project(TRIAL, SLOPES, 0.8, rows, seed)
        start = time.perf_counter()
        answered = _asked(project, DOSE)
        seconds.append(time.perf_counter() - start)
        errors.append(abs((answered.difference or 0.0) - TRUE_SLOPE))
    return {"worst error": max(errors), "mean error": fmean(errors), "seconds": fmean(seconds)}


def _asked(project: object, question: Question) -> DoAnswer:
    model = fit(project, Shelf(), needed(Model(project), question))
    *_, (result, _) = answer(model, question)
    assert isinstance(result, DoAnswer)
    return result
