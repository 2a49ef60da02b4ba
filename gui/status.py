"""The status bar: engine state and progress · device · rows · selection · zoom."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import (
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStatusBar,
    QWidget,
)

from engine.data.table import Table
from engine.runtime.messages import Filling, FitProgress, FitState, FitStates, Working
from gui.notices import ElidedLabel, plain_label
from gui.numerals import count, percent


class Going(ElidedLabel):
    """What goes on: as wide as the widest of its words so far, so that nothing beside it jumps."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._widest = 0

    def say(self, words: str, *, going: bool) -> None:
        """These words; once it no longer goes on, they take the room that they need."""
        self.setText(words)
        self._widest = max(self._widest, super().sizeHint().width()) if going else 0
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """The widest so far."""
        return super().sizeHint().expandedTo(QSize(self._widest, 0))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Gives way in a narrow window."""
        return QSize(self.fontMetrics().averageCharWidth() * 12, super().sizeHint().height())


class Status(QStatusBar):
    """Words, not lamps; a long job shows its progress and can be cancelled."""

    cancel_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.engine = Going()
        self.engine.setAccessibleName(self.tr("Engine"))
        self.engine.say(self.tr("starting the engine …"), going=False)
        self.progress = QProgressBar(textVisible=False, maximum=1000)
        self.progress.setFixedSize(120, 6)
        self.progress.setAccessibleName(self.tr("Progress"))
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setFlat(True)
        self.device = self._label(self.tr("Device"))
        self.rows = self._label(self.tr("Rows"))
        self.selection = self._label(self.tr("Selection"))
        self.zoom = self._label(self.tr("Zoom"), percent(1))
        for widget in (self.engine, self.progress, self.cancel, self.device, self.rows):
            self.addWidget(widget)
        self.addWidget(self.selection)
        self.addPermanentWidget(self.zoom)
        self.progress.hide()
        self.cancel.hide()
        self.cancel.clicked.connect(self._cancel)
        self._ticket = -1
        self._states: FitStates | None = None

    def show_device(self, device: str) -> None:
        """The engine runs."""
        self.device.setText(device)
        self._say(self.tr("ready"))

    def show_states(self, states: FitStates) -> None:
        """What is learnt, held or done."""
        self._states = states
        self.progress.setVisible(states.running)
        if states.total:
            done = states.done if states.done < states.total else _with_intervals(states)
            self.progress.setValue(round(1000 * done / states.total))
        self._say(self._words(states))

    def show_progress(self, progress: Mapping[str, FitProgress]) -> None:
        """The newest steps: name the variable that is furthest behind."""
        states = self._states
        if states is None or not states.running:
            return
        parts = {name: p.step / p.total for name, p in progress.items() if p.total}
        if not parts:
            return
        name = min(parts, key=lambda key: parts[key])
        self._say(f"{self._words(states)} · {name} {percent(min(1.0, parts[name]))}")
        if states.total:
            going = sum(min(1.0, part) for part in parts.values())
            done = min(states.total, states.done + going)
            self.progress.setValue(round(1000 * done / states.total))

    def show_filling(self, filling: Filling) -> None:
        """Gaps are filled in before what rests on them is learnt."""
        if self._states is not None and self._states.running and filling.total:
            done = percent(filling.done / filling.total)
            self._say(self.tr("{0} · filling in gaps {1}").format(self._words(self._states), done))

    def show_working(self, working: Working) -> None:
        """A long job: words and progress; done when `done` reaches `total`."""
        going = not working.total or working.done < working.total
        self._ticket = working.ticket
        self._say(working.words if going else self.tr("ready"))
        self.progress.setVisible(going)
        self.cancel.setVisible(going)
        self.progress.setMaximum(1000 if working.total else 0)
        if working.total:
            self.progress.setValue(round(1000 * working.done / working.total))

    def end_working(self, event: object = None) -> None:
        """The long job ended, well or not."""
        if self.cancel.isVisible():
            self.cancel.hide()
            self.progress.hide()
            self.progress.setMaximum(1000)
            self._say(self.tr("ready") if self._states is None else self._words(self._states))

    def show_table(self, table: Table | None) -> None:
        """How many rows."""
        self.rows.setText("" if table is None else self.tr("{0} rows").format(count(table.rows)))

    def show_selection(self, nodes: int, edges: int) -> None:
        """What is selected on the canvas."""
        words = []
        if nodes:
            words.append(self.tr("1 node") if nodes == 1 else self.tr("{0} nodes").format(nodes))
        if edges:
            words.append(self.tr("1 edge") if edges == 1 else self.tr("{0} edges").format(edges))
        self.selection.setText(self.tr("{0} selected").format(", ".join(words)) if words else "")

    def show_zoom(self, factor: float) -> None:
        """Of the canvas."""
        self.zoom.setText(percent(factor))

    def _words(self, states: FitStates) -> str:
        if states.paused and states.running:
            return self.tr("paused at {0} of {1} variables").format(states.done, states.total)
        if states.running:
            going = sum(state is FitState.TRAINING for state in states.states.values())
            if not going and states.done == states.total:
                return self.tr("all {0} variables learnt · intervals for {1}").format(
                    states.total, _with_intervals(states)
                )
            return self.tr("learning {0} of {1} variables").format(going, states.total)
        if not states.total:
            return self.tr("ready")
        if not states.done:
            return self.tr("not learnt yet: press Fit")
        if states.done == states.total:
            return self.tr("all {0} variables learnt").format(states.total)
        return self.tr("{0} of {1} variables learnt").format(states.done, states.total)

    def _say(self, words: str) -> None:
        """At once with the room they need: a layout that came later would cut them for a moment."""
        self.engine.say(words, going=self._states is not None and self._states.running)
        if (layout := self.layout()) is not None:
            layout.activate()

    def _cancel(self) -> None:
        self.cancel_wanted.emit(self._ticket)

    def _label(self, name: str, text: str = "") -> QLabel:
        label = plain_label(text)
        label.setAccessibleName(name)
        return label


def _with_intervals(states: FitStates) -> int:
    return sum(report.intervals for report in states.reports.values())
