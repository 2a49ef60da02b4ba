"""How each mechanism is learnt: state, family, gain over lines, held-out rows, and why."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from engine.project import Project
from engine.queries.answers import LikenessAnswer
from engine.queries.questions import Likeness
from engine.runtime.messages import Answer, FitProgress, FitStates
from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.document import Document
from gui.notices import plain_label
from gui.plots.calibration import CalibrationPlot
from gui.plots.learning import LearningCurve
from gui.training.delegates import FamilyDelegate, Plain, StateDelegate
from gui.training.model import FAMILY, STATE, WHY, Index, TrainingModel
from gui.training.words import (
    calibration_caption,
    calibration_sentence,
    likeness_details,
    likeness_sentence,
    told_name,
)
from gui.widgets.elided import ElidedLabel

LIKENESS = "likeness"  # the view under which the whole model is asked about
CELL_PADDING, MOST_WIDE, LEAST_TABLE, LEAST_WHY = 24, 230, 320, 160  # pixels
LEAST = 490  # pixels of the whole; what is shown beside the table follows from the width there is
FRAME = 20  # pixels around the table and each picture
BOTH = 1150  # pixels from which the learning curve stays beside the held-out rows
CURVE_POINTS = 2000  # per variable; older halves are thinned


class TrainingPanel(QWidget):
    """One row per variable; of the chosen one its learning curve, then its held-out rows.

    `corner` says of the whole model whether its rows look like the table's own.
    """

    def __init__(
        self,
        document: Document,
        bridge: Bridge,
        appearance: Appearance,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self._document, self._bridge = document, bridge
        self._curves: dict[str, list[tuple[int, float, float]]] = {}
        self._asked = False
        self.model = TrainingModel(document, self)
        self.view = QTableView()
        self.view.setModel(self.model)
        self._style_view(appearance)
        self.curve = LearningCurve(appearance)
        self.held_out = CalibrationPlot(appearance)
        self.held_out.hide()
        self.reason = plain_label("")
        self.reason.setWordWrap(True)
        self.reason.setProperty("quiet", True)
        self.reason.hide()
        self.corner = ElidedLabel("", self)
        self.corner.hide()
        self.corner.setProperty("quiet", True)
        self._lay_out()
        self.setMinimumWidth(LEAST)
        document.changed.connect(self.sync)
        bridge.states_changed.connect(self.show_states)
        bridge.progressed.connect(self.show_progress)
        bridge.answered.connect(self.receive)
        self.view.selectionModel().currentRowChanged.connect(self._show_chosen)
        self.sync(None, document.project)

    def sync(self, old: Project | None, new: Project) -> None:
        """Rows follow the graph and the table."""
        if old is None or (old.graph, old.table, old.families, old.vectors) != (
            new.graph,
            new.table,
            new.families,
            new.vectors,
        ):
            self.model.show_project(new)
            self._make_room()

    def show_states(self, states: FitStates) -> None:
        """Where every mechanism is; once all are learnt, the whole model is asked about."""
        self.model.show_states(states)
        self._show_chosen()
        self._make_room()
        ready = not states.running and 0 < states.total == states.done
        if ready and not self._asked:
            self._bridge.ask(LIKENESS, Likeness())
        elif self._asked and not ready:
            self._bridge.forget(LIKENESS)
            self._say("")
        self._asked = ready

    def show_progress(self, progress: Mapping[str, FitProgress]) -> None:
        """The newest step of each variable in training."""
        for name, step in progress.items():
            curve = self._curves.setdefault(name, [])
            if curve and step.step < curve[-1][0]:
                curve.clear()
            if step.step < step.total:  # the last message only says that it is done
                curve.append((step.step, step.train, step.valid))
            if len(curve) > CURVE_POINTS:
                del curve[: CURVE_POINTS // 2 : 2]
        self.model.show_progress(progress)
        self._show_chosen()

    def receive(self, answer: Answer) -> None:
        """Whether rows of the whole model look like the table's own."""
        if answer.view != LIKENESS:
            return
        found = answer.result
        if isinstance(found, LikenessAnswer):
            self._say(likeness_sentence(found), likeness_details(found))
        else:
            self._say("")

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The reasons give way first: that of the chosen row is told in full below."""
        super().resizeEvent(event)
        self._show_pictures()
        self._make_room()

    def _say(self, words: str, details: str = "") -> None:
        self.corner.setText(words)
        self.corner.setToolTip(f"{words}\n{details}" if details else words)
        self.corner.setAccessibleDescription(details)

    def _show_chosen(self, current: Index | None = None, previous: Index | None = None) -> None:
        chosen, names = self.view.currentIndex(), self.model.names
        if chosen.isValid():
            name = names[chosen.row()]
        else:
            name = next((name for name in names if name in self._curves), next(iter(names), ""))
        why, report = self.model.why(name), self.model.report(name)
        self.reason.setText(f"{name}: {why}")
        self.reason.setVisible(bool(why))
        part = told_name(report, name)
        self.curve.show_curve(part, tuple(self._curves.get(name, ())))
        found = None if report is None else report.calibration
        self.held_out.show_calibration(
            part, found, calibration_caption(found), calibration_sentence(found)
        )
        if self._show_pictures():
            self._make_room()

    def _show_pictures(self) -> bool:
        """The curve while learning, the held-out rows once they are known; both where wide.

        True where that changed.
        """
        known = self.held_out.known
        wanted = known, not known or self.width() >= BOTH
        pictures = self.held_out, self.curve
        changed = wanted != tuple(picture.isVisibleTo(self) for picture in pictures)
        for picture, shown in zip(pictures, wanted, strict=True):
            picture.setVisible(shown)
        return changed

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.view, 1)
        row.addWidget(self.curve)
        row.addWidget(self.held_out)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 12, 8)
        column.setSpacing(4)
        column.addLayout(row, 1)
        column.addWidget(self.reason)

    def _style_view(self, appearance: Appearance) -> None:
        view, header = self.view, self.view.horizontalHeader()
        view.setItemDelegate(Plain(view))
        view.setItemDelegateForColumn(STATE, StateDelegate(appearance, view))
        view.setItemDelegateForColumn(FAMILY, FamilyDelegate(view))
        view.setAccessibleName(self.tr("Training of each variable"))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(view.fontMetrics().height() + 10)
        header.setMinimumSectionSize(40)
        header.setSectionResizeMode(WHY, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        appearance.changed.connect(view.viewport().update)

    def _make_room(self) -> None:
        """Every column as wide as its words, and what is left for the reason."""
        metrics, header = self.view.fontMetrics(), self.view.horizontalHeader()
        for column in range(WHY):
            words = self.model.widest(column)
            width = max((metrics.horizontalAdvance(text) for text in words), default=0)
            header.resizeSection(column, min(width, MOST_WIDE) + CELL_PADDING)
        needed = sum(map(header.sectionSize, range(WHY)))
        self.view.setMinimumWidth(min(needed, LEAST_TABLE))
        shown = [w for w in (self.curve, self.held_out) if w.isVisibleTo(self)]
        bar = self.view.verticalScrollBar().sizeHint().width()
        room = self.width() - needed - bar - FRAME * (1 + len(shown))
        widest = sum(w.sizeHint().width() for w in shown)
        self.view.setColumnHidden(WHY, room - widest < LEAST_WHY)
        for picture in shown:
            least, most = picture.minimumWidth(), picture.sizeHint().width()
            picture.setMaximumWidth(max(least, min(most, room // len(shown))))
