"""A hidden cause of growing strength: a slider, what is left of the estimate, and where it ends."""

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.data.table import Table
from engine.queries.answers import TrustAnswer
from engine.queries.beside import Strengths
from gui.appearance import Appearance
from gui.notices import plain_label
from gui.numerals import gap, percent, written
from gui.plots.contours import ContourPlot, Ground
from gui.plots.curves import Axes, Curve, CurvePlot
from gui.sentences import quantity
from gui.spans import Span
from gui.widgets.slider import DoseSlider

STEP, SHARE_STEP = 0.05, 0.01  # of the slider: times a covariate, share of variance
FIRST, FIRST_SHARE = 1.0, 0.1  # where the slider begins
FAR = 5.0  # times the estimate, or its interval


class HiddenCause(QWidget):
    """Shown where a straight line can tell; the slider moves both plots and the sentence."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strengths: Strengths | None = None
        self._unit, self._scale = "", 1.0
        self.heading = plain_label(self.tr("If there were a hidden cause"))
        self.heading.setProperty("heading", True)
        self.slider = DoseSlider(appearance, Span(0.0, STEP, 60, 0.0), "do")
        self.slider.setAccessibleName(self.tr("Strength of a hidden cause"))
        self.slider.moved.connect(self._look)
        self.words = plain_label("")
        self.words.setWordWrap(True)
        self.curve = CurvePlot(appearance, self.tr("Estimate beside a hidden cause"))
        self.contours = ContourPlot(appearance)
        self.scale_words = plain_label("")
        self.scale_words.setProperty("quiet", True)
        self.scale_words.setWordWrap(True)
        self._lay_out()
        self.hide()

    def draw(self, found: TrustAnswer | None, table: Table | None) -> None:
        """What an answer says of hidden causes; hidden where it says nothing."""
        hidden = None if found is None else found.hidden
        strengths = None if hidden is None else hidden.strengths
        if found is None or table is None or hidden is None or strengths is None:
            self._strengths = None
            self.hide()
            return
        same = strengths is self._strengths
        self._strengths = strengths
        outcome = table.variable(found.outcome)
        self._scale = 100.0 if outcome.discrete else 1.0
        self._unit = self.tr("points") if outcome.discrete else outcome.unit or ""
        named = quantity(outcome, found.level)
        if hidden.contours is not None:
            self.contours.draw(
                Ground(hidden.contours, found.action.variable, named, self._unit, self._scale)
            )
        if not same:
            self._measure(strengths)
            self._draw_curve(strengths)
        self._look(self.slider.span.value(self.slider.value()))
        self.show()

    def _lay_out(self) -> None:
        """Slider and words beside the plots, so that all is seen while it is moved."""
        side = QVBoxLayout()
        side.setSpacing(5)
        for part in (self.heading, self.scale_words, self.slider, self.words):
            side.addWidget(part)
        side.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 10, 0, 6)
        row.setSpacing(18)
        row.addLayout(side, 4)
        row.addWidget(self.curve, 5)
        row.addWidget(self.contours, 5)
        self.curve.setFixedHeight(self.contours.sizeHint().height())

    def _measure(self, strengths: Strengths) -> None:
        """The slider goes as far as a cause can be strong."""
        step, first = (STEP, FIRST) if strengths.than else (SHARE_STEP, FIRST_SHARE)
        steps = max(1, int(strengths.strength[-1] / step + 1e-9))
        self.slider.span = Span(0.0, step, steps, 0.0)
        self.slider.blockSignals(True)
        self.slider.setRange(0, steps)
        self.slider.blockSignals(False)
        self.slider.show_value(first)
        self.scale_words.setText(self._scale_words(strengths))

    def _scale_words(self, strengths: Strengths) -> str:
        if not strengths.than:
            return self.tr("Share that it explains of treatment and outcome:")
        return self.tr("Its strength, {0} being 1:").format(strengths.than)

    def _draw_curve(self, strengths: Strengths) -> None:
        x, scale = strengths.strength, self._scale
        across = self.tr("strength of a hidden cause")
        unit = self.tr("× {0}").format(strengths.than) if strengths.than else ""
        worst = Curve(
            x, scale * strengths.worst, "do", self.tr("at worst"),
            low=scale * strengths.low, high=scale * strengths.high,
        )  # fmt: skip
        other = Curve(x, scale * strengths.other, "seen", self.tr("the other way"), "dashed")
        zero = Curve(x[[0, -1]], np.zeros(2), "text", self.tr("no effect"), "dotted", width=1.2)
        ends = (scale * strengths.low, scale * strengths.high)
        axes = Axes(
            y=_in_sight(*ends, scale * float(strengths.worst[0])),
            x_label=across,
            x_unit=unit,
            y_label=self.tr("effect"),
            y_unit=self._unit,
        )
        self.curve.set_curves((worst, other, zero), axes)

    @Slot(float)
    def _look(self, strength: float) -> None:
        """Say and mark what a hidden cause of this strength would leave."""
        strengths = self._strengths
        if strengths is None:
            return
        words = self._sentence(strengths, strength)
        self.words.setText(words)
        self.slider.show_value(strength)
        self.slider.setAccessibleDescription(words)
        self.curve.set_marks([(strength, "do")])
        self.curve.describe(words)
        self.contours.look_at(
            (_at(strengths, strengths.of_treatment, strength),
             _at(strengths, strengths.of_outcome, strength))
        )  # fmt: skip
        self.contours.describe(words)

    def _sentence(self, strengths: Strengths, strength: float) -> str:
        ends = [_at(strengths, part, strength) for part in (strengths.low, strengths.high)]
        left = self._scale * _at(strengths, strengths.worst, strength)
        none = self._scale * float(strengths.worst[0])
        told = gap(0.0, left, (self._scale * ends[0], self._scale * ends[1]))
        whole = gap(0.0, none, (self._scale * ends[0], self._scale * ends[1]))
        assert told.low is not None
        assert told.high is not None
        cause = (
            self.tr("A hidden cause {0} times as strong as {1}").format(
                written(gap(0.0, strength).difference) if strength else "0", strengths.than
            )
            if strengths.than
            else self.tr("A hidden cause that explains {0} of both").format(percent(strength))
        )
        words = self.tr(
            "{0} would at worst leave {1} of {2}; whichever way it works, the effect lies from {3}"
            " to {4} (90 %, sampling included)."
        )
        if left * none <= 0:
            words = self.tr(
                "{0} could turn {2} into {1}: no sign is sure any more; whichever way it works, the"
                " effect lies from {3} to {4} (90 %, sampling included)."
            )
        left_words = written(told.difference, signed=True)
        whole_words = f"{written(whole.difference, signed=True)} {self._unit}".rstrip()
        ends_words = (written(told.low), written(told.high))
        return words.format(cause, left_words, whole_words, *ends_words)


def _in_sight(low: np.ndarray, high: np.ndarray, estimate: float) -> tuple[float, float]:
    """The values to draw: what lies farther off than some times the estimate goes out of sight."""
    reach = FAR * max(abs(estimate), high[0] - low[0])
    ends = max(float(low.min()), estimate - reach), min(float(high.max()), estimate + reach)
    room = 0.06 * (ends[1] - ends[0])
    return min(ends[0], 0.0) - room, max(ends[1], 0.0) + room


def _at(strengths: Strengths, part: np.ndarray, strength: float) -> float:
    return float(np.interp(strength, strengths.strength, part))
