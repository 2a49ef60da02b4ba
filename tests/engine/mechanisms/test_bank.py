"""The bank: Adam's steps, company that changes nothing, densities that the mechanism repeats."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.mechanisms.adam import Adam
from engine.mechanisms.additive import Additive
from engine.mechanisms.bank import Bank
from engine.scm.cases import cases_of
from engine.scm.conditional import Conditional
from engine.scm.slots import Columns, Problem, columns_of, mechanism_of, problem_of
from tests.oracles import QUICK, category, count, table

ROWS = 256


@pytest.fixture(scope="module")
def problems() -> tuple[Columns, dict[str, Problem]]:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=ROWS), rng.normal(size=ROWS)
    data = table(
        {
            "a": a,
            "b": b,
            "x": a * b + rng.normal(size=ROWS),
            "y": np.exp(a) + 0.1 * rng.normal(size=ROWS),
            "n": rng.poisson(np.exp(0.5 * a)).astype(float),
            "c": (rng.gumbel(size=(ROWS, 3)) + np.outer(a**2, [0, 1, 2])).argmax(1).astype(float),
        },
        count("n"),
        category("c", 3),
    )
    columns = columns_of(data, ("a", "b"))
    ones = torch.ones(ROWS, dtype=torch.float64)

    def problem(target: str, family: str, *given: str) -> Problem:
        cases = cases_of(Conditional(target, given), data)
        return problem_of(family, cases, ones, columns, QUICK, 0)

    return columns, {
        "x": problem("x", "location-scale", "a", "b"),
        "y": problem("y", "location-scale", "a"),
        "flow": problem("x", "flow", "a", "b"),
        "bent": problem("y", "flow", "a"),
        "curve": problem("y", "additive", "a"),
        "line": problem("y", "spline-linear", "a"),
        "n": problem("n", "location-scale", "a", "b"),
        "c": problem("c", "categorical", "a", "b"),
        "root": problem("x", "spline-linear"),
    }


def bank_of(columns: Columns, *some: Problem) -> Bank:
    """A bank of these slots, each starting from the same first weights every time."""
    for problem in some:
        problem.slot.rng.manual_seed(5)
    return Bank(some[0].shape, columns.values, [p.slot for p in some], 0.9, "cpu")


def train(bank: Bank, first: int, last: int) -> None:
    for i in range(first, last):
        rows = torch.arange(i * 16, i * 16 + 64) % ROWS
        bank.step(rows, torch.ones(64), 0.02)


def test_adam_takes_the_steps_of_torch() -> None:
    rng = torch.Generator().manual_seed(0)
    start = torch.randn(3, 5, generator=rng)
    ours, theirs = Adam(start.clone()), start.clone().requires_grad_()
    oracle = torch.optim.Adam([theirs], lr=0.05)
    for _ in range(20):
        gradient = torch.randn(3, 5, generator=rng)
        ours.step(gradient, 0.05)
        theirs.grad = gradient
        oracle.step()
    assert torch.allclose(ours.weights, theirs.detach(), atol=1e-6)


@pytest.mark.parametrize("others", [1, 2, 6, 15])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("pair", [("x", "y"), ("flow", "bent"), ("root", "line")])
def test_company_changes_no_bit(
    problems: tuple[Columns, dict[str, Problem]], others: int, first: bool, pair: tuple[str, str]
) -> None:
    columns, by_name = problems
    own, other = (by_name[name] for name in pair)
    alone = bank_of(columns, own)
    train(alone, 0, 12)
    crowd = [other] * others
    crowd.insert(0 if first else others, own)
    bank = bank_of(columns, *crowd)
    train(bank, 0, 7)
    bank.keep([crowd.index(own)])  # the others stop early
    train(bank, 7, 12)
    assert torch.equal(bank.averaged[0], alone.averaged[0])
    rows = torch.arange(ROWS)
    assert torch.equal(bank.scores(rows)[0][0], alone.scores(rows)[0][0])


@pytest.mark.parametrize("name", ["x", "y", "n", "c", "root", "flow", "curve", "line"])
def test_the_mechanism_scores_like_its_slot(
    problems: tuple[Columns, dict[str, Problem]], name: str
) -> None:
    columns, by_name = problems
    problem = by_name[name]
    bank = bank_of(columns, problem)
    train(bank, 0, 30)
    cases = problem.cases
    mechanism = mechanism_of(problem, bank.averaged[0])
    ours = bank.scores(torch.arange(ROWS))[0][0].double().numpy()
    nats = np.array([problem.in_user_units(float(score)) for score in ours])
    theirs = mechanism.log_prob(cases.x, cases.parents).numpy()
    assert theirs == pytest.approx(nats, abs=1e-3)


@pytest.mark.parametrize("name", ["x", "y", "n", "c", "root", "flow", "curve", "line"])
def test_a_step_moves_towards_more_likely_data(
    problems: tuple[Columns, dict[str, Problem]], name: str
) -> None:
    columns, by_name = problems
    bank = bank_of(columns, by_name[name])
    before = bank.scores(torch.arange(ROWS))[0][0].mean()
    train(bank, 0, 60)
    assert float(bank.scores(torch.arange(ROWS))[0][0].mean() - before) > 1e-3


def test_rows_of_no_weight_teach_nothing(
    problems: tuple[Columns, dict[str, Problem]],
) -> None:
    columns, by_name = problems
    slot = by_name["x"].slot
    spoilt = slot.target.clone()
    weights = slot.weights.clone()
    weights[:100] = 0.0
    spoilt[:100] = 1e3
    banks = []
    for target in (slot.target, spoilt):
        slot.rng.manual_seed(5)
        changed = replace(slot, target=target, weights=weights)
        banks.append(Bank(by_name["x"].shape, columns.values, [changed], 0.9, "cpu"))
        train(banks[-1], 0, 20)
    assert torch.equal(banks[0].averaged, banks[1].averaged)


def test_one_wild_row_does_not_throw_a_slot_off(
    problems: tuple[Columns, dict[str, Problem]],
) -> None:
    columns, by_name = problems
    slot = by_name["x"].slot
    target = slot.target.clone()
    target[3] = 1e6
    bank = Bank(by_name["x"].shape, columns.values, [replace(slot, target=target)], 0.9, "cpu")
    train(bank, 0, 100)
    assert bool(bank.averaged.isfinite().all())


def test_a_prior_keeps_what_few_rows_bend_near_the_line(
    problems: tuple[Columns, dict[str, Problem]],
) -> None:
    """Weighed against one row, not 256: the correction hardly moves."""
    columns, by_name = problems
    problem, rows = by_name["curve"], torch.arange(ROWS)
    bends = []
    for prior in (0.0, 1.0):
        bank = bank_of(columns, replace(problem, slot=replace(problem.slot, prior=prior)))
        for _ in range(150):
            bank.step(rows, torch.ones(ROWS), 0.02)
        mechanism = mechanism_of(problem, bank.averaged[0])
        assert isinstance(mechanism, Additive)
        bends.append(float(mechanism.network(problem.cases.encoder(problem.cases.parents)).std()))
    assert bends[0] > 0.3
    assert bends[1] < 0.1 * bends[0]
