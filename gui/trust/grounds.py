"""What an effect rests on, in lines: the drawing, the tests, the overlap, the predictions."""

from collections.abc import Mapping

from engine.project import Project
from engine.queries.answers import ChecksAnswer, DoAnswer
from engine.runtime.messages import FitReport
from gui.marks import Line, Mark
from gui.numerals import percent
from gui.phrases import joined, tr
from gui.sentences import rests_words, support_words
from gui.tested import tests_words
from gui.training.words import calibration_sentence

_LITTLE = 0.5  # share of the rows for which the action was plausible, below which it is marked


def ground_lines(
    answer: DoAnswer,
    project: Project,
    checks: ChecksAnswer | None,
    reports: Mapping[str, FitReport],
) -> tuple[Line, ...]:
    """A line for each; what is not known yet has none."""
    lines = []
    if words := rests_words(answer.footing):
        lines.append(Line(Mark.OPEN, tr("the drawing:"), words))
    if checks is not None:
        rejected = any(test.rejected for test in checks.tests)
        mark = Mark.WARNED if rejected else Mark.PASSED if checks.tests else Mark.OPEN
        lines.append(Line(mark, tr("tests:"), tests_words(checks.tests)))
    if project.table is not None and answer.support is not None:
        mark = Mark.WARNED if answer.support.share < _LITTLE else Mark.OPEN
        lines.append(Line(mark, tr("overlap:"), support_words(answer, project.table)))
    return (*lines, *_predictions(on_the_way(answer, project), reports))


def on_the_way(answer: DoAnswer, project: Project) -> tuple[str, ...]:
    """The variables on directed paths from what is done to the outcome, the outcome among them."""
    graph, vectors = project.graph, project.vectors
    done = vectors.nodes(item.variable for item in answer.action)
    outcome = vectors.node(answer.outcome)
    if outcome not in graph.variables:
        return ()
    after = set(graph.descendants(done)) - set(done)
    before = {outcome, *graph.ancestors((outcome,))}
    return tuple(name for name in graph.variables if name in after & before)


def _predictions(names: tuple[str, ...], reports: Mapping[str, FitReport]) -> list[Line]:
    """Calibration on the way: one line for the mechanisms that are right, one for each other."""
    lines, right, most = [], [], 0.0
    for name in names:
        found = reports[name].calibration if name in reports else None
        if found is None:
            continue
        if found.off or found.drifts or not found.enough:
            mark = Mark.WARNED if found.enough else Mark.OPEN
            words = calibration_sentence(found)
            lines.append(Line(mark, tr("predictions of {0}:").format(name), words))
        else:
            right.append(name)
            most = max(most, found.at_most)
    if right:
        words = tr("held-out rows fall as predicted; at most {0} are misplaced").format(
            percent(most)
        )
        named = tr("predictions of {0}:").format(joined(tuple(right)))
        lines.insert(0, Line(Mark.PASSED, named, words))
    return lines
