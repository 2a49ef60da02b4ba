"""What lights of mechanisms, environments and reach say, in plain words; a sentence for each."""

import math

from engine.data.table import Table
from engine.project import Project
from engine.queries.lights import (
    LIGHT_LEVEL,
    EnvironmentsAnswer,
    LeftoverLight,
    MechanismLights,
    MechanismsAnswer,
    Nearby,
    ReachAnswer,
    SlopeLight,
    TraceLight,
    Verdict,
)
from gui.marks import Line, Mark
from gui.numerals import count, intervention_text, percent, rounded, written
from gui.phrases import joined, tr

FAR, NEAR = 0.5, 0.05  # share of an answer that is extrapolated: a warning above, a pass below
APART = 2.0  # times the usual disagreement of the members
LARGE = 0.3  # sds of the outcome: members that disagree more are told of, wherever it is


def chance(p: float) -> str:
    """A p-value: p = .03, p < .001."""
    if p < 0.001:
        return tr("p < {0}").format(written(rounded(0.001, 3)))
    return tr("p = {0}").format(written(rounded(p, 3 if p < 0.1 else 2)))


def caution() -> Line:
    """What no light can do."""
    words = tr("Each light can make an arrow doubtful, none can prove one.")
    return Line(Mark.NONE, words, tr("Hidden causes and chosen rows turn them on and off."))


def mechanism_lines(found: MechanismsAnswer) -> tuple[Line, ...]:
    """For each mechanism its causes, then a line per light."""
    if found.whole and not found.lights:
        return (Line(Mark.NONE, tr("No variable has causes here: there is nothing to look at.")),)
    lines = [caution()]
    for lights in found.lights:
        lines += light_lines(lights)
    return tuple(lines)


def light_lines(lights: MechanismLights) -> list[Line]:
    """The lights of one mechanism."""
    said = tr("{0}, given {1}").format(lights.node, joined(lights.causes))
    about = ""
    if lights.noise_share is not None:
        about = tr("noise makes {0} of its spread").format(percent(lights.noise_share))
    lines = [Line(Mark.NONE, said, about, lights.why)]
    if lights.slope is not None:
        lines.append(_slope(lights.slope, lights.causes[0]))
    if lights.leftover is not None:
        lines.append(_leftover(lights.leftover))
    if lights.trace is not None:
        lines.append(_trace(lights.trace))
    if lights.slope is None and lights.leftover is None and lights.trace is None:
        lines.append(Line(Mark.OPEN, tr("no light:"), f"{lights.why}."))
    return lines


def _slope(light: SlopeLight, cause: str) -> Line:
    """Never a warning and without its p: on learnt curves its level is not kept, as trials say."""
    tip = tr(
        "In 30 trials with noise of 5 % this curve looked so for 7 right arrows and 10 wrong ones: "
        "hardly more often for wrong ones."
    )
    if light.p <= LIGHT_LEVEL:
        words = tr("The curve is steep where {0} is frequent")
        weak = tr("which is a weak sign of an arrow the wrong way round.")
        return Line(Mark.OPEN, words.format(cause), weak, tip)
    words = tr("The curve is not steeper where {0} is frequent").format(cause)
    return Line(Mark.OPEN, words, tr("which says little of the arrow."), tip)


def _leftover(light: LeftoverLight) -> Line:
    if not light.additive:
        if light.p <= LIGHT_LEVEL:
            words = tr(
                "Calibration: its noise still goes with the causes, so it is not learnt well"
            )
            return Line(Mark.WARNED, words, f"({chance(light.p)}).")
        words = tr("Calibration: its noise does not go with the causes")
        rest = tr("({0}); this checks what was learnt and says nothing of the arrows.")
        return Line(Mark.PASSED, words, rest.format(chance(light.p)))
    if light.p <= LIGHT_LEVEL:
        words = tr(
            "What is left over still goes with the causes: its size or shape depends on them, or an"
            " arrow is wrong, or a hidden cause is missing"
        )
        return Line(Mark.WARNED, words, f"({chance(light.p)}).")
    words = tr("What is left over does not visibly go with the causes")
    rest = tr("({0}, {1} rows); straight lines with normal noise would pass either way round.")
    tip = tr("In trials with curves nine of ten wrong arrows were seen, if noise is only added.")
    return Line(Mark.PASSED, words, rest.format(chance(light.p), count(light.rows)), tip)


def _trace(light: TraceLight) -> Line:
    tip = tr("The columns of the causes must have one unit: random turns mix them.")
    figures = tr("(Δ = {0}; by chance {1} to {2}; {3}).").format(
        *(written(rounded(v, 2)) for v in (light.delta, light.low, light.high)), chance(light.p)
    )
    if light.p <= LIGHT_LEVEL:
        words = tr(
            "The map and the spread of its causes are tuned to each other, which is rare by chance"
            " and usual for an arrow the wrong way round"
        )
        return Line(Mark.WARNED, words, figures, tip)
    words = tr("The map and the spread of its causes look chosen apart")
    return Line(Mark.PASSED, words, figures, tip)


def environment_lines(found: EnvironmentsAnswer) -> tuple[Line, ...]:
    """What is compared, how false alarms are kept down, then a line per mechanism."""
    names = joined(
        tuple(tr("{0} ({1} rows)").format(n, count(rows)) for n, rows in found.environments)
    )
    if not found.whole:
        lines = [Line(Mark.NONE, tr("Comparing {0}.").format(names))]
    else:
        tested = len(found.changed | found.stayed)
        said = tr("{0} of {1} tested mechanisms changed between {2}.")
        head = said.format(count(len(found.changed)), count(tested), names)
        rule = tr("The chance of any false alarm among them is 5 % at most (Holm).")
        lines = [Line(Mark.NONE, head, rule)]
    changed = [verdict_line(one) for one in found.verdicts if one.changed]
    others = [verdict_line(one) for one in found.verdicts if not one.changed]
    return (*lines, *changed, *others)


def verdict_line(one: Verdict) -> Line:
    """Changed and how, or no change found and what would have been seen."""
    tip = tr("It shares a hidden cause: that may be what changed.") if one.hidden else ""
    if one.p is None:
        return Line(Mark.OPEN, tr("{0}: not tested,").format(one.node), f"{one.why}.", tip)
    if one.changed:
        words = tr("{0} changed: {1}").format(one.node, _way(one))
        return Line(Mark.WARNED, words, f"({chance(one.p)}).", tip)
    words = tr("{0}: no change found").format(one.node)
    if one.detectable is None or not math.isfinite(one.detectable):
        rest = tr("({0}); the environments hardly overlap, so little could be seen.")
        return Line(Mark.OPEN, words, rest.format(chance(one.p)), tip)
    rest = tr("({0}); a shift by {1} sd of its noise would have been seen.")
    size = written(rounded(one.detectable, 2))
    return Line(Mark.PASSED, words, rest.format(chance(one.p), size), tip)


def _way(one: Verdict) -> str:
    if one.way == "reaction":
        return tr("it reacts to {0} in another way").format(one.cause)
    size = written(rounded(abs(one.shift), 2))
    if one.way == "spread":
        more = tr("its noise is larger in {0} than elsewhere")
        less = tr("its noise is smaller in {0} than elsewhere")
        return (more if one.shift > 0 else less).format(one.where)
    higher = tr("with the same causes it is {1} sd of its noise higher in {0} than elsewhere")
    lower = tr("with the same causes it is {1} sd of its noise lower in {0} than elsewhere")
    if one.rooted:
        higher = tr("it is {1} sd higher in {0} than elsewhere")
        lower = tr("it is {1} sd lower in {0} than elsewhere")
    return (higher if one.shift > 0 else lower).format(one.where, size)


def reach_lines(found: ReachAnswer, table: Table) -> tuple[Line, ...]:
    """Distance, disagreement and the mechanisms' lights: one beside the other."""
    named = [item.variable in table for item in found.action]
    if not all(named):
        return ()
    done = joined(tuple(intervention_text(table.variable(i.variable), i) for i in found.action))
    share = percent(found.beyond)
    mark = Mark.WARNED if found.beyond > FAR else Mark.PASSED if found.beyond <= NEAR else Mark.OPEN
    head = tr("Distance: with {0}, {1} of the cases lie beyond the rows.").format(done, share)
    lines = [Line(mark, head, "")]
    lines += [_nearby(one) for one in found.nearby]
    lines.append(_spread(found))
    if found.lights is not None:
        words = tr("Independence: looked at where rows are, the lights of what reacts to it")
        lines.append(Line(Mark.NONE, words, tr("say nothing of places beyond them.")))
        for lights in found.lights:
            lines += light_lines(lights)
    return tuple(lines)


def _nearby(one: Nearby) -> Line:
    words = tr("{0}: its causes are {1} times as far from the rows as these are from each other.")
    times = written(rounded(one.times, 1 if one.times < 10 else 0)) if one.times < 1e4 else "∞"
    return Line(Mark.NONE, words.format(one.node, times))


def _spread(found: ReachAnswer) -> Line:
    if found.spread is None or found.usual is None:
        words = tr("Disagreement: known once the refits behind the interval stand.")
        return Line(Mark.OPEN, words)
    far = found.spread > APART * found.usual and found.spread > 0.01
    wide = found.spread > LARGE
    words = tr(
        "Disagreement: refits to resampled rows differ by {0} sd of {1}, {2} where rows are."
    )
    here, there = (written(rounded(v, 2)) for v in (found.spread, found.usual))
    line = words.format(here, found.outcome, there)
    rest = tr("They share graph and family: agreement beyond the rows proves nothing.")
    return Line(Mark.WARNED if far or wide else Mark.OPEN, line, rest)


def waiting(project: Project) -> str:
    """What to do before anything can be shown."""
    if project.table is None:
        return tr("Open a table and draw a graph: here its mechanisms are looked at one by one.")
    return tr("Press Fit: mechanisms are looked at once they are learnt.")
