"""What the instant panel draws: estimators, balance, weights, chances."""

from engine.data.table import Table
from engine.queries.answers import DoAnswer
from engine.queries.balanced import (
    LARGE_DIFFERENCE,
    Estimand,
    Histogram,
    InstantAnswer,
)
from gui.instant.words import ends, figures, sides
from gui.phrases import tr
from gui.plots.mirrored import Mirror
from gui.plots.rowwise import Point, Row, RowPicture, Shape
from gui.sentences import quantity

WORDS = {
    "difference as it is": "nothing held",
    "inverse weighting, self-normalised": "weighting",
    "doubly robust (AIPW, cross-fitted)": "doubly robust",
}


def forest(found: InstantAnswer, model: DoAnswer | None, table: Table) -> RowPicture:
    """The balanced number, the same by others, and by the model where its answer stands."""
    asked, outcome = found.asked, table.variable(str(found.asked.outcome))
    scale = 100.0 if outcome.discrete else 1.0
    parts = [(tr("balancing"), found.value, found.interval, Shape.DISC, "do")]
    if model is not None and model.difference is not None and model.interval is not None:
        ends = model.interval
        parts.append((tr("the model"), model.difference, ends, Shape.DIAMOND, "imagine"))
    parts += [
        (tr(WORDS.get(one.method, one.method)), one.value, one.interval, Shape.SQUARE, "seen")
        for one in reversed(found.beside)
    ]
    rows = [
        Row(
            label,
            (Point(scale * value, shape, role),),
            (scale * ends[0], scale * ends[1]),
            figures(value, ends, asked, table),
        )
        for label, value, ends, shape, role in parts
    ]
    unit = tr("points") if outcome.discrete else outcome.unit
    what = quantity(outcome, asked.level)
    axis = tr("difference in {0}").format(f"{what} ({unit})" if unit else what)
    lines = tuple(
        tuple(f"{scale * number:.6g}" for number in (value, *ends))
        for _, value, ends, _, _ in parts
    )
    head = (tr("estimator"), axis, tr("from"), tr("to"))
    return RowPicture(tuple(rows), axis, (0.0,), head, lines, more=tr("{0} more in the table"))


def love(found: InstantAnswer) -> RowPicture | None:
    """Standardised mean differences before and after, the largest first; None with none held."""
    if not found.moved:
        return None
    names = tr("before"), tr("after")
    moved = sorted(found.moved, key=lambda one: -max(abs(one.before), abs(one.after)))
    rows = tuple(
        Row(
            one.name,
            (
                Point(abs(one.before), Shape.RING, "seen", names[0]),
                Point(abs(one.after), Shape.DISC, "do", names[1]),
            ),
            text=f"{abs(one.after):.2f}",
        )
        for one in moved
    )
    return RowPicture(
        rows,
        tr("difference of the groups, sd"),
        (0.0, LARGE_DIFFERENCE),
        (tr("column"), *names),
        tuple((f"{one.before:.4g}", f"{one.after:.4g}") for one in moved),
        least=(0.0, 2 * LARGE_DIFFERENCE),
        more=tr("{0} more in the table"),
        legend=True,
    )


def weights(found: InstantAnswer, table: Table) -> Mirror:
    """Rows by what each counts."""
    return _mirror(found, found.weights, table, tr("weight (1: average)"))


def chances(found: InstantAnswer, table: Table) -> Mirror:
    """Rows by their chance of the treatment."""
    first, _ = ends(found.asked, table)
    return _mirror(found, found.chances, table, tr("chance of {0}").format(first))


def overlap_words(found: InstantAnswer) -> str:
    """What the forest plot's rows share, said to a screen reader."""
    if found.asked.estimand is Estimand.OVERLAP:
        return tr("Each way has its own overlap: these answer nearly the same question.")
    return tr("The same effect by other ways; they agree or not, and none sees a hidden cause.")


def _mirror(found: InstantAnswer, shares: Histogram, table: Table, axis: str) -> Mirror:
    return Mirror(
        shares.edges,
        shares.treated,
        shares.others,
        sides(found.asked, table),
        axis,
        shares.weighted,
    )
