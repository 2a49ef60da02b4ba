"""The lines of the page of trust, in plain words."""

from engine.data.table import Table
from engine.data.variable import Variable
from engine.interventions import variables_of
from engine.project import Project
from engine.queries.answers import Interval, TrustAnswer
from gui.marks import Line, Mark
from gui.numerals import count, gap, percent, shown, value_text, written
from gui.phrases import tr


def summary(found: TrustAnswer, table: Table) -> str:
    """What is compared, adjusting for what, and how the estimators agree."""
    treatment = table.variable(found.action.variable)
    ends = (
        value_text(treatment, _few_digits(item.value)) for item in (found.action, found.contrast)
    )
    what = tr("{0} = {1} against {2}, {3} rows").format(
        found.action.variable, *ends, count(found.rows)
    )
    adjusted = (
        tr("adjusting for {0}").format(", ".join(found.adjusting))
        if found.adjusting
        else tr("adjusting for nothing")
    )
    said = found.agreement[:1].upper() + found.agreement[1:]
    return tr("{0}, {1}. {2}.").format(what, adjusted, said)


def _few_digits(value: float) -> float:
    """A mean of the rows has more digits than anyone reads."""
    return float(f"{value:.4g}")


def beside_lines(found: TrustAnswer, table: Table) -> tuple[Line, ...]:
    """The model and the others, each with its interval."""
    lines = []
    outcome = table.variable(found.outcome)
    if found.difference is not None and found.interval is not None:
        told = figures(found.difference, found.interval, outcome)
        lines.append(Line(Mark.NONE, tr("the model:"), told))
    for other in found.beside:
        told = figures(other.value, other.interval, outcome)
        tip = ""
        if other.clipped:
            tip = tr("In {0} of the rows one treatment was next to impossible.").format(
                percent(other.clipped)
            )
        mark = Mark.WARNED if other.clipped > 0.05 else Mark.NONE
        lines.append(Line(mark, f"{other.method}:", told, tip))
    return tuple(lines)


def figures(value: float, ends: Interval | None, outcome: Variable) -> str:
    """A difference with its interval, in the outcome's unit or in points."""
    scale, unit = (100.0, tr("points")) if outcome.discrete else (1.0, outcome.unit or "")
    scaled = None if ends is None else (scale * ends[0], scale * ends[1])
    told = gap(0.0, scale * value, scaled)
    number = f"{written(told.difference, signed=True)} {unit}".rstrip()
    if told.low is None or told.high is None:
        return number
    return tr("{0} ({1} to {2})").format(number, written(told.low), written(told.high))


def hidden_lines(found: TrustAnswer) -> tuple[Line, ...]:
    """What a hidden cause would take, a sentence a line."""
    """What a hidden cause would take, a sentence a line."""
    """A difference with its interval, in the outcome's unit or in points."""
    """The model and the others, each with its interval."""
    """What is compared, adjusting for what, and how the estimators agree."""
    hidden = found.hidden
    if hidden is None:
        return ()
    lines = [Line(Mark.OPEN, f"{shown(words)}.") for words in hidden.words]
    if hidden.e_value is not None:
        words = tr(
            "Or it would have to make treatment and outcome each at least {0} times as likely"
            " (E-value)."
        ).format(written(gap(0.0, hidden.e_value).difference))
        lines.append(Line(Mark.OPEN, words))
    return tuple(lines)


def refuted_lines(found: TrustAnswer) -> tuple[Line, ...]:
    """What each refuter found."""
    return tuple(
        Line(Mark.WARNED if one.surprising else Mark.OPEN, f"{one.refuter}:", shown(one.words))
        for one in found.refuted
    )


def how_words(project: Project) -> str:
    """How what the question sets would be set, a sentence for each that is told; else ''."""
    told = [(v, project.how[v]) for v in variables_of(project.question.action) if v in project.how]
    return " ".join(tr("{0} would be set so: {1}.").format(v, w.rstrip(".")) for v, w in told)
