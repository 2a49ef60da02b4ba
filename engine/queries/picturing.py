"""Pictures under a question: those of rows at once, others drawn by the picture's mechanism."""

from collections.abc import Iterator, Mapping

import numpy as np
import torch
from torch import Tensor

from engine.data.pictures import Pictures, Pixels
from engine.errors import QueryError
from engine.graph.vectors import check_whole
from engine.interventions import Action, variables_of
from engine.mechanisms.base import stack
from engine.mechanisms.picture import WHITE, Picture
from engine.queries.answers import Unanswerable
from engine.queries.doing import Step, unfitted
from engine.queries.draws import Draws
from engine.queries.imagining import chained, held_in, imagined_values
from engine.queries.leaves import picture_law
from engine.queries.model import Model
from engine.queries.pictured import MOST_SHOWN, PictureAnswer
from engine.queries.questions import PictureAsked, Question, Rung
from engine.queries.reach import beyond
from engine.queries.routes import imagining
from engine.queries.seeing import matching_rows
from engine.queries.worlds import ancestral
from engine.scm.conditional import Conditional
from engine.seeds import generator


def needed_for_picture(model: Model, asked: PictureAsked) -> tuple[Conditional, ...]:
    """The picture's mechanism and those that give its causes; () where rows alone answer."""
    own, question = picture_law(model.project, asked.picture), asked.question
    if isinstance(own, str) or question.rung is Rung.SEE:
        return ()
    if question.rung is Rung.DO:
        return (*ancestral(model.law, own.given), own)
    action = (*question.action, *_held(model, question))
    ways = (imagining(model.nodes, action, cause, model.vectors) for cause in own.given)
    return (*dict.fromkeys(c for way in ways for c in way.law), own)


def answer_picture(model: Model, asked: PictureAsked) -> Iterator[Step]:
    """Pictures of rows that fit what is seen, drawn under an action, or of a row as it would be."""
    model.rows_needed("its pictures are not in it")
    pictures, question = model.table.pictures.get(asked.picture), asked.question
    if pictures is None:
        raise QueryError(f"{asked.picture} has no pictures", remedy="choose another outcome")
    if question.rung is Rung.SEE:
        yield _seen(model, asked, pictures), True
        return
    own = picture_law(model.project, asked.picture)
    if isinstance(own, str):
        yield Unanswerable(own), True
        return
    if not question.action:
        yield Unanswerable("Choose a variable to set."), True
        return
    for item in (*question.action, *(question.contrast or ())):
        model.variable(item.variable)
    check_whole(model.vectors, question.action)
    if model.missing(needed_for_picture(model, asked)):
        yield unfitted(), True
    elif question.rung is Rung.DO:
        yield _done(model, asked, own), True
    else:
        yield _imagined(model, asked, own, pictures), True


def _seen(model: Model, asked: PictureAsked, pictures: Pictures) -> PictureAnswer:
    keep = matching_rows(model, asked.question.evidence)
    rows = np.flatnonzero(keep)[:MOST_SHOWN]
    causes = [v for v in model.project.graph.parents(asked.picture) if v in model.table]
    return PictureAnswer(
        asked,
        pictures.pixels[rows],
        rows=tuple(rows.tolist()),
        causes={name: model.table[name][rows] for name in causes},
        matching=int(keep.sum()),
        total=len(keep),
        approximate=False,
    )


def _done(model: Model, asked: PictureAsked, own: Conditional) -> PictureAnswer:
    """Draws under the action, and the same units under the contrast, or as they come about.

    Drawn without the pixels' own noise r: it is neither seen in one picture nor moved by anything.
    """
    question, seed, mechanism = asked.question, model.project.seed, _mechanism(model, own)
    sides = (question.contrast or (), question.action)
    for action in sides:
        _alone(model, action)
    scm = model.scm(ancestral(model.law, own.given))
    before, after = (scm.sample(MOST_SHOWN, seed, action) for action in sides)
    z = mechanism.noise(MOST_SHOWN, generator(seed, "noise", asked.picture))[:, : mechanism.latent]
    originals, shown = (
        levels(mechanism.mean(stack(world, own.given), z)) for world in (before, after)
    )
    return PictureAnswer(
        asked,
        shown,
        originals,
        causes={name: after[name].double().numpy() for name in own.given},
        stage=model.stage(needed_for_picture(model, asked)),
        total=model.table.rows,
        extrapolated=_extrapolated(model, own, {name: after[name] for name in own.given}),
    )


def _imagined(
    model: Model, asked: PictureAsked, own: Conditional, pictures: Pictures
) -> PictureAnswer | Unanswerable:
    """Abduction of z and r from the row's own picture, action on its causes, prediction."""
    question, mechanism, row = asked.question, _mechanism(model, own), asked.question.row
    if row is None:
        return Unanswerable("Pick a row of the table.")
    if not 0 <= row < model.table.rows:
        return Unanswerable(f"The table has rows 0 to {model.table.rows - 1}.")
    gaps = [name for name in own.given if np.isnan(model.table[name][row])]
    if gaps:
        return Unanswerable(f"Row {row} has no value of {gaps[0]}, a cause of {asked.picture}.")
    values = imagined_values(model, row, question.action, question.convention, own.given)
    would: dict[str, Tensor] = {}
    for name in own.given:
        value = values[name]
        if value is None:
            return Unanswerable(f"What {name} would have been in row {row} does not follow.")
        would[name] = torch.tensor([value], dtype=torch.float64)
    was = torch.tensor([[float(model.table[name][row]) for name in own.given]], dtype=torch.float64)
    original = pictures.pixels[row : row + 1]
    noise = mechanism.abduct(
        torch.from_numpy(original.copy()), was, generator(model.project.seed, "abduct", own.target)
    )
    held = _held(model, question)
    return PictureAnswer(
        asked,
        levels(mechanism.push(noise, stack(would, own.given))),
        original,
        rows=(row,),
        causes={name: value.numpy() for name, value in would.items()},
        stage=model.stage(needed_for_picture(model, asked)),
        total=model.table.rows,
        extrapolated=_extrapolated(model, own, would),
        notes=(
            *(f"In this row an experimenter set {i.variable}: it stays as it was" for i in held),
            *chained(model, needed_for_picture(model, asked)),
        ),
    )


def levels(drawn: Tensor) -> Pixels:
    """Whole levels 0 … 255 of what a mechanism drew."""
    whole: Pixels = drawn.clamp(0, WHITE).round().to(torch.uint8).numpy()
    return whole


def _mechanism(model: Model, own: Conditional) -> Picture:
    """The picture's mechanism; one from a file that is not of these pictures is refused."""
    mechanism, pictures = model.fits[own].mechanism, model.table.pictures[own.target]
    fits = isinstance(mechanism, Picture) and len(mechanism.parents.levels) == len(own.given)
    if (
        not isinstance(mechanism, Picture)
        or not fits
        or mechanism.shape != pictures.pixels.shape[1:]
    ):
        raise QueryError(
            f"What was learnt of {own.target} does not fit its pictures", remedy="fit it again"
        )
    return mechanism


def _held(model: Model, question: Question) -> Action:
    row = question.row
    if row is None or not 0 <= row < model.table.rows:
        return ()
    return held_in(model, row, question.action)


def _alone(model: Model, action: Action) -> None:
    """Refuse an action on what shares a hidden cause: draws along the chain rule would be wrong."""
    for name in model.vectors.nodes(variables_of(action)):
        others = sorted(model.nodes.district(name) - {name})
        if others:
            raise QueryError(
                f"Pictures under do({name}) cannot be drawn: it shares a hidden cause with "
                f"{', '.join(others)}",
                remedy="ask for one outcome that is a number instead",
            )


def _extrapolated(model: Model, own: Conditional, causes: Mapping[str, Tensor]) -> float:
    """Share of the pictures whose causes, together, are farther from the rows than rows are."""
    return min(1.0, beyond(model, (own,), Draws(dict(causes))))
