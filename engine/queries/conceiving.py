"""The concepts of a table's representation, learnt in slices; the answer to `LearnConcepts`.

Learning goes on where it was left: an arrow drawn meanwhile changes nothing of it.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.checks.concepts import check_columns, conditions
from engine.data.table import Table
from engine.errors import QueryError
from engine.frontier.concepts.learning import Learning, Settings
from engine.frontier.concepts.telling import Prepared, prepared, told
from engine.queries.concepts import Concepts, ConceptsAnswer, Encoder
from engine.queries.model import Model

STEPS = {Encoder.LINEAR: 800, Encoder.MLP: 1_200}
RATES = {Encoder.LINEAR: 0.1, Encoder.MLP: 0.02}
ROOM = 3  # runs that are kept

Step = tuple[ConceptsAnswer, bool] | None


@dataclass(eq=False)
class _Run:
    """Learning under way: `steps` is what is left of it, `newest` the last answer."""

    table: Table
    concepts: Concepts
    seed: int
    steps: Iterator[Step] = field(init=False)
    newest: ConceptsAnswer | None = None

    def __post_init__(self) -> None:
        """Nothing is done yet."""
        self.steps = _learnt(self.table, self.concepts, self.seed)


_RUNS: OrderedDict[tuple[str, Concepts, int], _Run] = OrderedDict()


def answer_concepts(model: Model, concepts: Concepts) -> Iterator[Step]:
    """What is learnt so far, ever better; None after a slice of work."""
    model.rows_needed("concepts are learnt from them")
    key = (model.table.digest, concepts, model.project.seed)
    run = _RUNS.get(key)
    if run is None:
        check_columns(concepts, model.table)
        if not concepts.columns or not concepts.sets or not concepts.names:
            raise QueryError(conditions(concepts, model.table).missing)
        run = _RUNS[key] = _Run(model.table, concepts, model.project.seed)
        while len(_RUNS) > ROOM:
            _RUNS.popitem(last=False)
    _RUNS.move_to_end(key)
    seen = run.newest
    if seen is not None:
        yield seen, seen.whole
    try:
        for step in run.steps:
            if step is not None:
                run.newest = seen = step[0]
            yield step
        if run.newest is not None and run.newest is not seen:
            yield run.newest, run.newest.whole  # another view took the last steps
    except GeneratorExit:
        raise
    except BaseException:
        _RUNS.pop(key, None)
        raise


def _learnt(table: Table, concepts: Concepts, seed: int) -> Iterator[Step]:
    missing = conditions(concepts, table).missing
    ready: Prepared | None = None
    preparing = prepared(table, concepts, seed)
    while ready is None:
        try:
            next(preparing)
        except StopIteration as ended:
            ready = ended.value
        yield None
    learning = Learning(ready.problem, _settings(concepts), seed)
    for news in learning.steps():
        if not news:
            yield None
            continue
        telling = told(table, concepts, ready, learning, missing)
        while True:
            try:
                next(telling)
            except StopIteration as ended:
                yield ended.value, learning.done
                break
            yield None


def _settings(concepts: Concepts) -> Settings:
    encoder = concepts.encoder
    return Settings(encoder is Encoder.MLP, concepts.restarts, STEPS[encoder], RATES[encoder])
