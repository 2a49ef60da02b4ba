"""The table of the training panel: one row per variable, its family the user's to choose."""

from collections.abc import Mapping

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.families import AUTO, OFFERS, fitting
from engine.project import Project
from engine.runtime.messages import FitProgress, FitReport, FitState, FitStates
from gui import edits
from gui.document import Document
from gui.numerals import percent, shown
from gui.training.words import (
    apart_sentence,
    calibration_chance,
    calibration_sentence,
    calibration_verdict,
    family_words,
    fixed_sentence,
    gain_sentence,
    gain_verdict,
    rows_sentence,
    score,
)

Index = QModelIndex | QPersistentModelIndex
VARIABLE, STATE, FAMILY, GAIN, HELD_OUT, WHY = range(6)


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
        names = tuple(dict.fromkeys((*project.columns, *project.pictures)))
        if names != self.names:
            self.beginResetModel()
            self.names = names
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

    def report(self, name: str) -> FitReport | None:
        """How the mechanism of `name` came out; None while it has none."""
        return self._reports.get(name)

    def why(self, name: str) -> str:
        """Why `name` has the mechanism it has, and what it gains; "" while it has none."""
        report = self._reports.get(name)
        if report is None:
            return ""
        gain = gain_sentence(report, causes=self._caused(name))
        rows = rows_sentence(report) if report.imputed or report.filled else ""
        return "; ".join(filter(None, (shown(report.why), gain, rows)))

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
            return (AUTO,)
        return (AUTO, *fitting(project.table.variable(name).kind))

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """One row per variable of the graph."""
        return 0 if parent is not None and parent.isValid() else len(self.names)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802
        """Variable, state, family, gain, held-out rows, why."""
        return 0 if parent is not None and parent.isValid() else WHY + 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Only the family can be edited."""
        flags = super().flags(index)
        if self.names[index.row()] in self._document.project.pictures:
            return flags
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
                return self._document.project.families.get(name, AUTO)
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
        match role, section:
            case Qt.ItemDataRole.DisplayRole, _:
                return (
                    self.tr("Variable"),
                    self.tr("State"),
                    self.tr("Family"),
                    self.tr("Beside a line"),
                    self.tr("Held-out rows"),
                    self.tr("Why"),
                )[section]
            case Qt.ItemDataRole.ToolTipRole, _ if section == FAMILY:
                return self.tr("Chosen by the score on held-out rows, unless you choose")
            case Qt.ItemDataRole.ToolTipRole, _ if section == GAIN:
                return self.tr(
                    "Whether rows not learnt from are better predicted than by straight lines; "
                    "clearly: by more than two standard errors"
                )
            case Qt.ItemDataRole.ToolTipRole, _ if section == HELD_OUT:
                return self.tr(
                    "Whether rows not learnt from fall where they were predicted, as often as "
                    "predicted, whatever their causes"
                )
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
                learnt = self.state(name) is FitState.FITTED
                return gain_verdict(report) if learnt and report is not None else ""
            case 4:
                return self._held_out_text(report)
        return self.why(name)

    def _family_text(self, name: str, report: FitReport | None) -> str:
        chosen = self._document.project.families.get(name)
        if name in self._document.project.pictures:
            return self.tr("picture, approximate")
        if chosen is not None:
            return self.tr("{0} (yours)").format(family_words(chosen))
        return self.tr("auto") if report is None else family_words(report.family)

    def _held_out_text(self, report: FitReport | None) -> str:
        if report is None:
            return ""
        if report.deterministic:
            return self.tr("no noise")
        return calibration_verdict(report.calibration)

    def _tip(self, name: str, column: int) -> str:
        node = self._document.project.vectors.node(name)
        if column == VARIABLE and node != name:
            return self.tr("{0} of {1}").format(name, node)
        report = self._reports.get(name)
        if report is None:
            return ""
        match column:
            case 2 if report.family in OFFERS:
                return f"{OFFERS[report.family].formula}\n{shown(report.why)}"
            case 3:
                scores = self.tr("log-likelihood of held-out rows, nats per row: {0}, lines {1}")
                return scores.format(score(report.heldout_loglik), score(report.linear_loglik))
            case 4 if report.deterministic:
                return fixed_sentence(report)
            case 4 if report.calibration is not None:
                found = report.calibration
                words = calibration_sentence(found), apart_sentence(report)
                return "\n".join(filter(None, (*words, calibration_chance(found))))
            case 5:
                return self.why(name)
        return rows_sentence(report)

    def _caused(self, name: str) -> bool:
        project = self._document.project
        node, graph = project.vectors.node(name), project.graph
        hidden = any(node in pair for pair in graph.bidirected)
        return hidden or bool(graph.parents(node)) or bool(project.vectors.before(name))

    def _repaint(self) -> None:
        if self.names:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.names) - 1, WHY))
