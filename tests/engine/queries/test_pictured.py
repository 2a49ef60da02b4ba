"""Pictures drawn under do and imagined: closed forms of a line, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.data.pictures import Pictures
from engine.graph.graph import CausalGraph, graph_of, set_latent
from engine.interventions import Action, Convention, Set, Shift
from engine.mechanisms.base import Mechanism
from engine.mechanisms.encoding import Encoder
from engine.mechanisms.law import Grid, Law
from engine.mechanisms.linear import Linear
from engine.mechanisms.picture import Picture, Sizes
from engine.project import Project
from engine.queries.answering import answer, needed
from engine.queries.answers import Stage, Unanswerable
from engine.queries.imagining import imagined_values, unit_values
from engine.queries.leaves import picture_law, picture_laws
from engine.queries.model import Model
from engine.queries.pictured import MOST_SHOWN, PictureAnswer
from engine.queries.questions import PictureAsked, Question, Rung
from engine.runtime.messages import FitReport
from engine.runtime.shelf import law_of
from engine.scm.conditional import Conditional
from engine.scm.fitted import Fitted
from tests.oracles import table

ROWS, SIDE = 200, 3
SLOPE = np.linspace(-9, 9, SIDE * SIDE).reshape(SIDE, SIDE)
PAPER = 120.0


def made(graph: CausalGraph | None = None) -> Project:
    """x → y = 2 x + noise; picture = 120 + slope · y + speckle."""
    rng = np.random.default_rng(0)
    x, speckle = rng.normal(size=ROWS), rng.normal(0, 4, (ROWS, SIDE, SIDE))
    y = 2 * x + rng.normal(size=ROWS)
    pixels = np.rint(np.clip(PAPER + SLOPE * y[:, None, None] + speckle, 0, 255))
    data = replace(table({"x": x, "y": y}), pictures={"p": Pictures(pixels.astype(np.uint8))})
    graph = graph or graph_of(("x", "y", "p"), [("x", "y"), ("y", "p")])
    return Project(graph=graph, table=data)


def fitted(own: Conditional, mechanism: Mechanism, stage: Stage = Stage.FITTED) -> Fitted:
    report = FitReport(own.target, mechanism.family, 0.0, 0.0, "", 0, ROWS, 0)
    return Fitted(own, own.target, mechanism.family, mechanism, (), report, stage, 0)


def line(weights: list[float], sd: float) -> Linear:
    given = len(weights)
    encoder = Encoder((0.0,) * given, (1.0,) * given, (0,) * given)
    return Linear(encoder, Law(Grid()), 0.0, torch.tensor(weights, dtype=torch.float64), sd)


def drawing(stage: Stage = Stage.FITTED, given: int = 1) -> Fitted:
    """The true line of the picture, and a network that says nothing; y beyond ± 30 is softened."""
    sizes = Sizes(given, 0, 2, SIDE * SIDE)
    weights = torch.zeros(sizes.total)
    sizes.parts(weights)[0].copy_(10 * torch.from_numpy(SLOPE.reshape(1, -1)) / 5)
    encoder = Encoder((0.0,) * given, (10.0,) * given, (0,) * given)
    centre = torch.full((SIDE * SIDE,), PAPER)
    own = Conditional("p", ("y",))
    return fitted(own, Picture(encoder, (SIDE, SIDE), 0, 2, 5.0, 4.0, centre, weights), stage)


def model(project: Project, picture: Fitted | None = None) -> Model:
    laws = {
        Conditional("x"): fitted(Conditional("x"), line([], 1.0)),
        Conditional("y", ("x",)): fitted(Conditional("y", ("x",)), line([2.0], 1.0)),
        Conditional("p", ("y",)): picture or drawing(),
    }
    return Model(project, fits=laws)


def asked(found: Model, rung: Rung, action: Action, row: int | None = 4) -> object:
    question = Question(rung, "p", action=action, row=row)
    *_, step = answer(found, PictureAsked("p", question))
    assert step is not None
    assert step[1]
    return step[0]


def test_a_row_as_it_would_be_moves_by_the_slope_and_keeps_its_speckle() -> None:
    """do(x): y' = y + 2 (x' - x); picture' = picture + slope · (y' - y), by hand."""
    project = made()
    data = project.table
    assert data is not None
    result = asked(model(project), Rung.IMAGINE, (Set("x", 1.25),))
    assert isinstance(result, PictureAnswer)
    change = 2 * (1.25 - data["x"][4])
    original = data.pictures["p"].pixels[4]
    wanted = np.rint(np.clip(original + SLOPE * change, 0, 255))
    assert np.abs(result.shown[0].astype(float) - wanted).max() <= 1
    assert result.originals is not None
    np.testing.assert_array_equal(result.originals[0], original)
    assert result.causes["y"][0] == pytest.approx(data["y"][4] + change, abs=1e-6)
    assert (result.stage, result.rows) == (Stage.FITTED, (4,))
    assert result.extrapolated == 0.0


@pytest.mark.parametrize("convention", list(Convention))
@pytest.mark.parametrize("action", [(Set("x", 1.0),), (Shift("x", 1.0), Shift("y", 2.0)), ()])
def test_causes_are_what_the_imagined_row_says(convention: Convention, action: Action) -> None:
    """The quick way to a picture's causes is the one that the panel of numbers goes."""
    found = model(made())
    quick = imagined_values(found, 3, action, convention, ("y", "x"))
    whole = unit_values(found, 3, action, convention)
    assert quick == {name: whole[name].imagined for name in ("y", "x")}


def test_setting_what_is_there_anyway_gives_the_picture_back() -> None:
    project = made()
    data = project.table
    assert data is not None
    for name in ("x", "y"):
        action = (Set(name, float(data[name][7])),)
        result = asked(model(project), Rung.IMAGINE, action, 7)
        assert isinstance(result, PictureAnswer)
        np.testing.assert_array_equal(result.shown[0], data.pictures["p"].pixels[7])


def test_pictures_under_do_are_the_line_at_the_causes_drawn() -> None:
    result = asked(model(made()), Rung.DO, (Set("y", 3.0),))
    assert isinstance(result, PictureAnswer)
    assert result.shown.shape == (MOST_SHOWN, SIDE, SIDE)
    for picture in result.shown:
        np.testing.assert_array_equal(picture, np.rint(PAPER + 3 * SLOPE))
    assert (result.causes["y"] == 3.0).all()
    further = asked(model(made()), Rung.DO, (Shift("x", 1.0),))
    assert isinstance(further, PictureAnswer)
    assert further.originals is not None
    moved = further.shown.astype(float) - further.originals
    assert np.abs(moved - 2 * SLOPE).max() <= 1


def test_far_causes_are_said_to_be_extrapolated() -> None:
    result = asked(model(made()), Rung.DO, (Set("y", 25.0),))
    assert isinstance(result, PictureAnswer)
    assert result.extrapolated == 1.0


def test_a_picture_that_is_still_learnt_is_provisional() -> None:
    found = model(made(), drawing(Stage.TRAINING))
    result = asked(found, Rung.IMAGINE, (Set("x", 0.0),))
    assert isinstance(result, PictureAnswer)
    assert result.stage is Stage.TRAINING


def test_what_is_needed_is_the_way_to_the_causes_and_the_picture() -> None:
    own, y, x = Conditional("p", ("y",)), Conditional("y", ("x",)), Conditional("x")
    bare = Model(made())

    def rests_on(rung: Rung, *action: Set) -> set[Conditional]:
        return set(needed(bare, PictureAsked("p", Question(rung, "p", action=action, row=0))))

    assert rests_on(Rung.SEE) == set()
    assert rests_on(Rung.DO, Set("x", 0.0)) == {own, y, x}
    assert rests_on(Rung.IMAGINE, Set("x", 0.0)) == {own, y}
    assert rests_on(Rung.IMAGINE, Set("y", 0.0)) == {own}


def test_without_a_mechanism_nothing_is_drawn() -> None:
    found = model(made())
    bare = replace(found, fits={c: f for c, f in found.fits.items() if c.target != "p"})
    assert isinstance(asked(bare, Rung.DO, (Set("x", 0.0),)), Unanswerable)


def test_a_gap_among_the_causes_and_a_missing_row_are_told() -> None:
    project = made()
    data = project.table
    assert data is not None
    y = data["y"].copy()
    y[4] = np.nan
    gapped = model(replace(project, table=replace(data, columns={"x": data["x"], "y": y})))
    told = asked(gapped, Rung.IMAGINE, (Set("x", 0.0),))
    assert isinstance(told, Unanswerable)
    assert "Row 4 has no value of y" in told.reason
    for row in (None, -1, ROWS):
        assert isinstance(asked(model(project), Rung.IMAGINE, (Set("x", 0.0),), row), Unanswerable)


def test_a_mechanism_of_other_pictures_is_refused() -> None:
    told = asked(model(made(), drawing(given=2)), Rung.DO, (Set("y", 0.0),))
    assert isinstance(told, Unanswerable)
    assert "does not fit" in told.reason


def test_a_picture_is_learnt_from_its_measured_causes() -> None:
    """A hidden cause between x and it is passed through; one of the picture alone is noise.

    One that it shares with another variable is refused in a sentence.
    """
    between = graph_of(("x", "u", "v", "p"), [("x", "u"), ("u", "p"), ("v", "p")])
    for name in ("u", "v"):
        between = set_latent(between, name, latent=True)
    assert picture_law(made(between), "p") == Conditional("p", ("x",))
    shared = graph_of(("x", "y", "u", "p"), [("x", "p"), ("u", "p"), ("u", "y")])
    why = picture_law(made(set_latent(shared, "u", latent=True)), "p")
    assert isinstance(why, str)
    assert "hidden cause with y" in why
    alone = picture_law(made(graph_of(("x", "y", "p"), [("x", "y")])), "p")
    assert isinstance(alone, str)
    assert "no measured cause" in alone


def test_a_picture_changes_nothing_among_the_others() -> None:
    """Their chain rule is that of the graph without it: a leaf is summed out."""
    project = made()
    bare = replace(project, graph=graph_of(("x", "y"), [("x", "y")]))
    assert law_of(project) == law_of(bare)
    assert picture_laws(project) == (Conditional("p", ("y",)),)
    assert picture_laws(bare) == ()
