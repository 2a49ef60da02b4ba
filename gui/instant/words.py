"""What a balanced comparison says, in words."""

from engine.data.table import Table
from engine.interventions import Set
from engine.queries.answers import DoAnswer
from engine.queries.balanced import (
    LARGE_DIFFERENCE,
    PENALTY,
    Basis,
    Estimand,
    Instant,
    InstantAnswer,
)
from gui.marks import Line, Mark
from gui.numerals import count, gap, percent, rounded, short, value_text, written
from gui.phrases import joined, tr
from gui.sentences import quantity

CLIPPED = 0.05  # share of rows above which weighting is unsure
ALL_TOLD = 0.995  # share of what makes rows alike that is as good as all of it


def whom(estimand: Estimand) -> str:
    """Whose effect, in a picker."""
    return {
        Estimand.ATE: tr("everybody (ATE)"),
        Estimand.ATT: tr("the treated (ATT)"),
        Estimand.OVERLAP: tr("where groups overlap (overlap)"),
    }[estimand]


def way(one: float | bool) -> str:
    """A choice of λ, or of the interval, in a picker."""
    if isinstance(one, bool):
        return tr("interval by resampling") if one else tr("interval by formula")
    return tr("λ = {0}").format(short(one))


def why(one: float | bool) -> str:
    """What it means."""
    if isinstance(one, bool):
        return tr("rows drawn again, weights anew") if one else tr("from what each row adds")
    if one == PENALTY:
        return tr("by rule: noise as large as signal")
    return tr("groups more alike, fewer rows") if one < PENALTY else tr("more rows, less alike")


def how(asked: Instant) -> str:
    """What is chosen of both."""
    told = way(asked.penalty)
    return tr("{0}, resampled").format(told) if asked.bootstrap else told


def figures(value: float, ends: tuple[float, float], asked: Instant, table: Table) -> str:
    """A difference with its interval: −2.0 days (−2.5 to −1.6)."""
    outcome = table.variable(str(asked.outcome))
    scale, unit = (100.0, tr("points")) if outcome.discrete else (1.0, outcome.unit)
    told = gap(0.0, scale * value, (scale * ends[0], scale * ends[1]))
    assert told.low is not None
    assert told.high is not None
    number = f"{written(told.difference, signed=True)} {unit}".rstrip()
    return tr("{0} ({1} to {2})").format(number, written(told.low), written(told.high))


def sides(asked: Instant, table: Table) -> tuple[str, str]:
    """Both groups in a few words: treatment = A."""
    first, second = ends(asked, table)
    return f"{asked.treatment} = {first}", f"{asked.treatment} = {second}"


def ends(asked: Instant, table: Table) -> tuple[str, str]:
    """The treatment's two values."""
    variable = table.variable(str(asked.treatment))
    values = (asked.value, asked.other)
    first, second = (value_text(variable, v if v is not None else float("nan")) for v in values)
    return first, second


def sentence(found: InstantAnswer, table: Table) -> str:
    """The number in words; called an effect only where something says so."""
    (first, _), (_, second) = sides(found.asked, table), ends(found.asked, table)
    told = figures(found.value, found.interval, found.asked, table)
    outcome = table.variable(str(found.asked.outcome))
    what = quantity(outcome, found.asked.level)
    what = tr("the probability of {0}").format(what) if outcome.discrete else what
    if not found.basis.causal:
        return tr(
            "Balanced difference, not an effect: with {0} instead of {1}, {2} differs by {3}."
        ).format(first, second, what, told)
    about = {
        Estimand.ATE: tr("For everybody, {0} instead of {1} moves {2} by {3} on average."),
        Estimand.ATT: tr("For the treated, {0} instead of {1} moves {2} by {3} on average."),
        Estimand.OVERLAP: tr(
            "Where the groups overlap, {0} instead of {1} moves {2} by {3} on average."
        ),
    }
    return about[found.asked.estimand].format(first, second, what, told)


def lines(found: InstantAnswer, table: Table) -> tuple[Line, ...]:
    """The sentence, a warning where there is one, and what the number rests on."""
    doubtful = found.thin or found.unlike is not None
    thin = Mark.WARNED if doubtful else Mark.NONE
    said = [Line(thin, sentence(found, table))]
    if found.first and found.pass_gap is not None:
        words = tr("First look, by a network trained to balance; the best weights follow.")
        said.append(Line(Mark.OPEN, words))
    elif found.first:
        words = tr("First guess: averages are made alike; their curves and products follow.")
        said.append(Line(Mark.OPEN, words))
    if found.thin:
        least = written(rounded(min(found.effective), 0))
        said.append(
            Line(
                Mark.WARNED,
                tr(
                    "Only {0} rows' worth of one group can be compared: do not rely on this number."
                ).format(least),
            )
        )
    if found.unlike is not None:
        words = tr("The groups stay unlike: {0} differs by {1} sd, so this number is extrapolated.")
        apart = written(rounded(abs(found.unlike.after), 2))
        said.append(Line(Mark.WARNED, words.format(found.unlike.name, apart)))
    if doubtful and found.asked.estimand is Estimand.ATE:
        way = tr("Ask for the treated, or for where the groups overlap.")
        said.append(Line(Mark.WAY_OUT, way))
    said.append(basis_line(found.basis, found.held))
    said.append(_of_interval(found, table))
    said += _of_rows(found, table)
    said += _of_models(found, table)
    said += _of_balance(found)
    first, rest = said[:1], said[1:]
    warned = [line for line in rest if line.mark in (Mark.WARNED, Mark.WAY_OUT)]
    return (*first, *warned, *(line for line in rest if line not in warned))


def basis_line(basis: Basis, held: tuple[str, ...]) -> Line:
    """By whose word these columns are held."""
    names = joined(held) if held else tr("nothing")
    if basis is Basis.GRAPH:
        return Line(
            Mark.OPEN, tr("If your arrows are right: computable, holding {0}.").format(names)
        )
    if basis is Basis.TICKED:
        words = tr(
            "That {0} came before the treatment, and no hidden cause is left, no data can test."
        )
        return Line(Mark.OPEN, words.format(names))
    if basis is Basis.NOTHING:
        return Line(Mark.WAY_OUT, tr("Tick the columns that were fixed before the treatment."))
    return Line(Mark.WARNED, tr("In your graph no set of columns adjusts for this."))


def _of_interval(found: InstantAnswer, table: Table) -> Line:
    if found.drawn:
        words = tr(
            "90 % interval from {0} resamples of the {1}, weights solved anew by {2}; what is held "
            "is taken as given."
        )
        units = tr("clusters") if table.design.cluster else tr("rows")
        linear = tr("means") if found.kernel_of_draws == "linear" else tr("smooth functions")
        return Line(Mark.NONE, words.format(count(found.drawn), units, linear))
    if found.asked.bootstrap:
        return Line(Mark.OPEN, tr("The interval is by formula until the rows are resampled."))
    return Line(
        Mark.NONE, tr("90 % interval, from sampling alone; what is held is taken as given.")
    )


def _of_models(found: InstantAnswer, table: Table) -> list[Line]:
    """What told the outcome, and the rule of λ."""
    said = []
    if len(found.models) == 2:
        first, second = sides(found.asked, table)
        names = [
            tr("boosted trees") if one.boosted else tr("ridge regression") for one in found.models
        ]
        words = tr("What weights leave is mended by {0} for {1} and {2} for {3}, as held-out rows "
                   "decided.")  # fmt: skip
        said.append(Line(Mark.NONE, words.format(names[0], first, names[1], second)))
    if found.asked.penalty == PENALTY:
        words = tr("Balance is traded for rows by rule, as if noise were as large as signal.")
    elif found.asked.penalty < PENALTY:
        words = tr("Groups are made more alike than by rule, at the cost of rows.")
    else:
        words = tr("More rows are kept than by rule, at the cost of balance.")
    if found.held:
        said.append(Line(Mark.NONE, words))
    return said


def _of_rows(found: InstantAnswer, table: Table) -> list[Line]:
    first, second = sides(found.asked, table)
    one, other = (written(rounded(n, 0)) for n in found.effective)
    told = tr("Effective sample size: {0} of {1} rows with {2}, {3} of {4} with {5}.").format(
        one, count(found.counts[0]), first, other, count(found.counts[1]), second
    )
    said = [Line(Mark.NONE, told)]
    if found.rows < found.offered:
        words = tr("{0} of {1} rows are complete in these columns; the others are left out.")
        said.append(Line(Mark.OPEN, words.format(count(found.rows), count(found.offered))))
    if found.landmarks:
        words = tr("{0} rows: what makes rows alike is told by {1} of them, which tell {2} of it.")
        rows, marks = count(found.rows), count(found.landmarks)
        lost = Mark.OPEN if found.told < ALL_TOLD else Mark.NONE
        said.append(Line(lost, words.format(rows, marks, percent(found.told))))
    return said


def _of_balance(found: InstantAnswer) -> list[Line]:
    said = []
    if found.moved:
        worst = max(found.moved, key=lambda one: abs(one.after))
        before = max(found.moved, key=lambda one: abs(one.before))
        large = abs(worst.after) > LARGE_DIFFERENCE
        words = tr(
            "Largest difference between the groups: {0} sd before ({1}), {2} sd after ({3})."
        )
        told = words.format(
            written(rounded(abs(before.before), 2)),
            before.name,
            written(rounded(abs(worst.after), 2)),
            worst.name,
        )
        said.append(Line(Mark.WARNED if large else Mark.PASSED, told))
    clipped = max((one.clipped for one in found.beside), default=0.0)
    if clipped > CLIPPED:
        words = tr("In {0} of the rows one treatment was next to impossible: weighting is unsure.")
        said.append(Line(Mark.WARNED, words.format(percent(clipped))))
    return said


def same_question(model: DoAnswer, asked: Instant, table: Table) -> bool:
    """True where the model's answer is to the same comparison, which is everybody's."""
    if asked.treatment is None or asked.value is None or asked.other is None:
        return False
    last = len(table.variable(str(asked.outcome)).categories) - 1
    levels = [last if level is None else level for level in (model.level, asked.level)]
    first, second = Set(asked.treatment, asked.value), Set(asked.treatment, asked.other)
    return (
        asked.estimand is Estimand.ATE
        and (model.action, model.contrast) == ((first,), (second,))
        and model.outcome == asked.outcome
        and levels[0] == levels[1]
    )
