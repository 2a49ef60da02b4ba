"""Ordered categories in questions: evidence on them, and what a unit keeps of its luck."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.special import expit

from engine.graph.graph import graph_of
from engine.interventions import OneOf, Range, Set
from engine.mechanisms.encoding import Encoder
from engine.mechanisms.law import Grid, Law
from engine.mechanisms.linear import Linear
from engine.mechanisms.ordinal import Ordinal
from engine.project import Project
from engine.queries.answering import answer
from engine.queries.answers import ImagineAnswer
from engine.queries.questions import Question, Rung
from engine.queries.worlds import draw
from engine.runtime.headless import fit
from engine.runtime.shelf import Shelf
from engine.scm.conditional import Conditional
from engine.scm.scm import Scm
from tests.oracles import number, ordinal, table, tensor

ONE = Encoder((0.0,), (1.0,), (0,))


def pain() -> Scm:
    """z ~ N(0, 1); o of four steps with odds 1.5 z; y = 1, 2 or 4 more at steps 1, 2, 3."""
    return Scm(
        {"z": number("z"), "o": ordinal("o", 4), "y": number("y")},
        (Conditional("z"), Conditional("o", ("z",)), Conditional("y", ("o",))),
        {
            "z": Linear(Encoder(), Law(Grid()), 0.0, torch.zeros(0).double(), 1.0),
            "o": Ordinal(ONE, tensor([-1.0, 0.0, 1.5]), tensor([1.5])),
            "y": Linear(
                Encoder((0.0,), (1.0,), (4,)), Law(Grid()), 0.0, tensor([1.0, 2.0, 4.0]), 0.1
            ),
        },
    )


@pytest.mark.parametrize("codes", [(1, 2), (0, 3), (2,)])
def test_evidence_on_ordered_categories_is_bayes(codes: tuple[int, ...]) -> None:
    """E[y | o ∈ codes] and E[z | o ∈ codes] by integrating over z."""
    scm = pain()
    z = np.linspace(-8, 8, 4001)
    upto = expit(np.array([-1.0, 0.0, 1.5]) - 1.5 * z[:, None])
    joint = np.diff(upto, axis=1, prepend=0.0, append=1.0) * stats.norm.pdf(z)[:, None]
    kept = joint[:, list(codes)]
    mean_y = (kept * np.array([0.0, 1.0, 2.0, 4.0])[list(codes)]).sum() / kept.sum()
    mean_z = (kept.sum(1) * z).sum() / kept.sum()
    world = draw(scm, scm.noise(20_000, 0), evidence=(OneOf("o", codes),))
    assert world.weights is not None
    assert set(world.samples["o"].unique().tolist()) == set(codes)
    assert float((world.weights * world.samples["y"]).sum()) == pytest.approx(mean_y, abs=0.05)
    assert float((world.weights * world.samples["z"]).sum()) == pytest.approx(mean_z, abs=0.05)


def test_drawn_worlds_are_what_the_mechanisms_push() -> None:
    scm = pain()
    noise = scm.noise(5000, 1)
    world = draw(scm, noise, evidence=(Range("z", -np.inf, np.inf),))
    assert torch.equal(world.samples["o"], scm.push(noise)["o"])


def test_an_imagined_unit_keeps_its_rank() -> None:
    """More of a cause that raises every step's odds never lowers a unit's own step."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=400)
    o = ((2 * x + rng.logistic(size=400))[:, None] > [-1.0, 1.0]).sum(1)
    project = Project(
        graph=graph_of(("x", "o"), [("x", "o")]), table=table({"x": x, "o": o}, ordinal("o", 3))
    )
    model = fit(replace(project, families={"x": "linear", "o": "ordinal"}), Shelf(), ())
    for row in range(6):
        asked = Question(Rung.IMAGINE, "o", 2, action=(Set("x", float(x[row]) + 1.0),), row=row)
        imagined = [result for result, _ in answer(model, asked)][-1]
        assert isinstance(imagined, ImagineAnswer)
        assert imagined.convention == "rank"
        law = imagined.units["o"].probabilities
        assert law is not None
        assert law[: int(o[row])].sum() == 0
