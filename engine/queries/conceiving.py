"""The concepts of a table's representation, learnt in slices; the answer to `LearnConcepts`."""

from collections.abc import Iterator

from engine.checks.concepts import check_columns, conditions
from engine.errors import QueryError
from engine.queries.concepts import Concepts, ConceptsAnswer
from engine.queries.model import Model


def answer_concepts(
    model: Model, concepts: Concepts
) -> Iterator[tuple[ConceptsAnswer, bool] | None]:
    """What is learnt so far, ever better; None after a slice of work."""
    model.rows_needed("concepts are learnt from them")
    check_columns(concepts, model.table)
    missing = conditions(concepts, model.table).missing
    if missing and not concepts.sets:
        raise QueryError(missing)
    yield ConceptsAnswer(concepts, 0, 1, whole=True), True
