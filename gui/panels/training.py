"""How each mechanism is learnt: state, family, held-out score beside straight lines, and why."""

import math
from collections.abc import Mapping

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    Qt,
)
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from engine.project import Project
from engine.runtime.messages import FitProgress, FitReport, FitState, FitStates
from gui import edits
from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.document import Document
from gui.notices import plain_label
from gui.numerals import MINUS, percent
from gui.plots.learning import LearningCurve

NUMBER_FAMILIES = ("auto", "linear", "additive", "location-scale")
LABEL_FAMILIES = ("auto", "table", "logistic", "categorical")
Index = QModelIndex | QPersistentModelIndex
VARIABLE, STATE, FAMILY, SCORE, LINEAR, WHY = range(6)
CELL_PADDING, MOST_WIDE, LEAST_TABLE, LEAST_WHY = 24, 160, 524, 160  # pixels
CURVE_POINTS = 2000  # per variable; older halves are thinned


class TrainingPanel(QWidget):
    """One row per variable, and the learning curve of the chosen one."""

    def __init__(
        self,
        document: Document,
        bridge: Bridge,
        appearance: Appearance,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self._document = document
        self._curves: dict[str, list[tuple[int, float, float]]] = {}
        self.model = TrainingModel(document, self)
        self.view = QTableView()
        self.view.setModel(self.model)
        self._style_view(appearance)
        self.curve = LearningCurve(appearance)
        self.reason = plain_label("")
        self.reason.setWordWrap(True)
        self.reason.setProperty("quiet", True)
        self.reason.hide()
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.view, 1)
        row.addWidget(self.curve)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 12, 8)
        column.setSpacing(4)
        column.addLayout(row, 1)
        column.addWidget(self.reason)
        document.changed.connect(self.sync)
        bridge.states_changed.connect(self.show_states)
        bridge.progressed.connect(self.show_progress)
        self.view.selectionModel().currentRowChanged.connect(self._show_curve)
        self.sync(None, document.project)

    def sync(self, old: Project | None, new: Project) -> None:
        """Rows follow the graph and the table."""
        if old is None or (old.graph, old.table, old.families) != (
            new.graph,
            new.table,
            new.families,
        ):
            self.model.show_project(new)
            self._make_room()

    def show_states(self, states: FitStates) -> None:
        """Where every mechanism is."""
        self.model.show_states(states)
        self._make_room()
        self._show_curve()

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
        self._show_curve()

    def _show_curve(self, current: Index | None = None, previous: Index | None = None) -> None:
        chosen = self.view.currentIndex()
        names = self.model.names
        if chosen.isValid():
            name = names[chosen.row()]
        else:
            name = next((name for name in names if name in self._curves), next(iter(names), ""))
        why = self.model.why(name)
        self.reason.setText(f"{name}: {why}")
        self.reason.setVisible(bool(why))
        self.curve.show_curve(name, tuple(self._curves.get(name, ())))

    def _style_view(self, appearance: Appearance) -> None:
        view, header = self.view, self.view.horizontalHeader()
        view.setItemDelegate(_Plain(view))
        view.setItemDelegateForColumn(STATE, _StateDelegate(appearance, view))
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

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The reasons give way first: that of the chosen row is told in full below."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Every column as wide as its words, and what is left for the reason."""
        metrics, header = self.view.fontMetrics(), self.view.horizontalHeader()
        for column in range(WHY):
            words = self.model.widest(column)
            width = max((metrics.horizontalAdvance(text) for text in words), default=0)
            header.resizeSection(column, min(width, MOST_WIDE) + CELL_PADDING)
        needed = sum(map(header.sectionSize, range(WHY)))
        self.view.setMinimumWidth(min(needed, LEAST_TABLE))
        self.view.setColumnHidden(WHY, self.width() - self.curve.width() - needed < LEAST_WHY)


class TrainingModel(QAbstractTableModel):
    """States, progress and reports by variable; the family can be chosen."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.names: tuple[str, ...] = ()
        self._states: Mapping[str, FitState] = {}
        self._reports: Mapping[str, FitReport] = {}
        self._progress: dict[str, FitProgress] = {}

    def show_project(self, project: Project) -> None:
        """Rows of another graph."""
        if project.graph.variables != self.names:
            self.beginResetModel()
            self.names = project.graph.variables
            self.endResetModel()
        else:
            self._repaint()

    def show_states(self, states: FitStates) -> None:
        """All states at once."""
        self._states, self._reports = states.states, states.reports
        going = {name for name, state in self._states.items() if state is FitState.TRAINING}
        self._progress = {name: step for name, step in self._progress.items() if name in going}
        self._repaint()

    def show_progress(self, progress: Mapping[str, FitProgress]) -> None:
        """Newest steps."""
        self._progress.update(progress)
        self._repaint()

    def why(self, name: str) -> str:
        """Why `name` has the mechanism it has; "" while it has none."""
        report = self._reports.get(name)
        return "" if report is None else report.why

    def widest(self, column: int) -> list[str]:
        """All that a column says, and what it may come to say while training."""
        texts = [self._text(name, column) for name in self.names]
        texts.append(str(self.headerData(column, Qt.Orientation.Horizontal)))
        if column == STATE:
            texts.append(f"{self.tr('learning')} {percent(1.0)}")
        return [f"{text} ▾" for text in texts] if column == FAMILY else texts

    def state(self, name: str) -> FitState:
        """Where the mechanism of `name` is."""
        return self._states.get(name, FitState.UNFITTED)

    def fraction(self, name: str) -> float | None:
        """How far training is, 0 … 1; None if it is not going on."""
        step = self._progress.get(name)
        if step is None or not step.total or self.state(name) is not FitState.TRAINING:
            return None
        return min(1.0, step.step / step.total)

    def families(self, name: str) -> tuple[str, ...]:
        """Families that can be asked for, by the variable's kind."""
        project = self._document.project
        if project.table is None or name not in project.table:
            return ("auto",)
        return LABEL_FAMILIES if project.table.variable(name).discrete else NUMBER_FAMILIES

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """One row per variable of the graph."""
        return 0 if parent is not None and parent.isValid() else len(self.names)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802
        """Variable, state, family, score, straight lines, why."""
        return 0 if parent is not None and parent.isValid() else WHY + 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Only the family can be edited."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == FAMILY else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts; the state column is painted by its delegate."""
        name, column = self.names[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._text(name, column)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(name, column) or None
            case Qt.ItemDataRole.EditRole if column == FAMILY:
                return self._document.project.families.get(name, "auto")
            case Qt.ItemDataRole.TextAlignmentRole if column in (SCORE, LINEAR):
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def setData(self, index: Index, value: object, role: int = 2) -> bool:  # noqa: N802
        """Another family was chosen."""
        name, family = self.names[index.row()], str(value)
        self._document.apply(
            self.tr("Family of {0}").format(name),
            lambda project: edits.set_family(project, name, family),
        )
        return True

    def headerData(  # noqa: N802
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Column titles."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return (
                    self.tr("Variable"),
                    self.tr("State"),
                    self.tr("Family"),
                    self.tr("Held out"),
                    self.tr("Straight lines"),
                    self.tr("Why"),
                )[section]
            case Qt.ItemDataRole.ToolTipRole if section in (SCORE, LINEAR):
                return self.tr(
                    "Log-likelihood of rows not learnt from, nats per row; higher is better"
                )
            case Qt.ItemDataRole.TextAlignmentRole if section in (SCORE, LINEAR):
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, name: str, column: int) -> str:
        report = self._reports.get(name)
        match column:
            case 0:
                return name
            case 1:
                fraction = self.fraction(name)
                state = self.state(name)
                words = self.tr("learning") if state is FitState.TRAINING else state.value
                return words if fraction is None else f"{words} {percent(fraction)}"
            case 2:
                return self._family_text(name, report)
            case 3:
                return "" if report is None else score(report.heldout_loglik)
            case 4:
                return "" if report is None else score(report.linear_loglik)
        return self.why(name)

    def _family_text(self, name: str, report: FitReport | None) -> str:
        chosen = self._document.project.families.get(name)
        if chosen is not None:
            return chosen
        return self.tr("auto") if report is None else self.tr("auto: {0}").format(report.family)

    def _tip(self, name: str, column: int) -> str:
        report = self._reports.get(name)
        if report is None:
            return ""
        if column == WHY:
            return report.why
        rows = self.tr("learnt from {0} complete rows, {1} left out")
        return rows.format(report.rows, report.dropped)

    def _repaint(self) -> None:
        if self.names:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.names) - 1, WHY))


class FamilyDelegate(QStyledItemDelegate):
    """A combo box where the family is chosen."""

    def createEditor(  # noqa: N802 - Qt's name
        self, parent: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> QWidget:
        """The families of this variable's kind."""
        combo = QComboBox(parent)
        model = index.model()
        if isinstance(model, TrainingModel):
            combo.addItems(model.families(model.names[index.row()]))
        combo.setAccessibleName(self.tr("Family"))
        combo.activated.connect(self._choose)
        return combo

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802
        """Show the family asked for."""
        if isinstance(editor, QComboBox):
            editor.setCurrentText(str(index.data(Qt.ItemDataRole.EditRole)))

    def setModelData(  # noqa: N802
        self, editor: QWidget, model: QAbstractItemModel, index: Index
    ) -> None:
        """Ask for the chosen family."""
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentText())

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        """A small sign that there is a choice."""
        super().initStyleOption(option, index)
        option.text = f"{option.text} ▾"

    def _choose(self) -> None:
        editor = self.sender()
        if isinstance(editor, QComboBox):
            self.commitData.emit(editor)
            self.closeEditor.emit(editor)


class _Plain(QStyledItemDelegate):
    """No editor and no focus frame."""


class _StateDelegate(QStyledItemDelegate):
    """The state as words; while training, a bar."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        model, theme = index.model(), self._appearance.theme
        if not isinstance(model, TrainingModel):
            return
        fraction = model.fraction(model.names[index.row()])
        if fraction is None:
            return
        rect = QRectF(option.rect).adjusted(8, 0, -16, 0)
        track = QRectF(rect.left(), rect.bottom() - 5, rect.width(), 3)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("border"))
        painter.drawRoundedRect(track, 1.5, 1.5)
        track.setWidth(track.width() * fraction)
        painter.setBrush(theme.color("do"))
        painter.drawRoundedRect(track, 1.5, 1.5)
        painter.restore()


def score(value: float) -> str:
    """Nats per row, three digits after the point; "–" where there is none."""
    if not math.isfinite(value):
        return "–"
    return f"{value:.3f}".replace("-", MINUS)
