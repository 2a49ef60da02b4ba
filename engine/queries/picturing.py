"""Pictures under a question: those of rows at once, others drawn by the picture's mechanism."""

from collections.abc import Iterator

import numpy as np

from engine.errors import QueryError
from engine.queries.answers import NOT_LEARNT, Unanswerable
from engine.queries.doing import Step
from engine.queries.model import Model
from engine.queries.pictured import MOST_SHOWN, PictureAnswer
from engine.queries.questions import PictureAsked, Rung
from engine.queries.seeing import matching_rows


def answer_picture(model: Model, asked: PictureAsked) -> Iterator[Step]:
    """The pictures of rows that fit what is seen; nothing is drawn without a mechanism."""
    model.rows_needed("its pictures are not in it")
    pictures = model.table.pictures.get(asked.picture)
    if pictures is None:
        raise QueryError(f"{asked.picture} has no pictures", remedy="choose another outcome")
    if asked.question.rung is not Rung.SEE:
        yield Unanswerable(NOT_LEARNT), True
        return
    keep = matching_rows(model, asked.question.evidence)
    rows = np.flatnonzero(keep)[:MOST_SHOWN]
    causes = [v for v in model.project.graph.parents(asked.picture) if v in model.table]
    yield (
        PictureAnswer(
            asked,
            pictures.pixels[rows],
            rows=tuple(rows.tolist()),
            causes={name: model.table[name][rows] for name in causes},
            matching=int(keep.sum()),
            total=len(keep),
            approximate=False,
        ),
        True,
    )
