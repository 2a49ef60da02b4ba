"""Why is this a bias? The paths between exposure and outcome in words, and each step by step."""

from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.errors import UserError
from engine.identify.influence import in_words, joints
from engine.identify.paths import Closing, JoinedPath, closings, joined_paths
from engine.project import Project, Role
from gui import edits
from gui.appearance import Appearance
from gui.asked_about import Asked, asked_about, set_by_question
from gui.canvas.edge_item import EdgeKey
from gui.canvas.trace import Traced, Word
from gui.document import Document
from gui.marks import Line, Lines, Mark
from gui.notices import plain_label
from gui.path_words import closing_words, nothing_closes, short_words, stop_words, verdict
from gui.phrases import joined as listed
from gui.widgets.scrolled import scrolled

MOST_BUTTONS = 3


class PathsPanel(QWidget):
    """Left all paths, open ones that bias first; right what happens along the chosen one.

    Nothing is looked for while it is not seen.
    """

    chosen = Signal(object)  # Traced or None: what the canvas shows
    walk_wanted = Signal()  # step by step, by itself
    step_wanted = Signal(int)  # up to one variable of the path
    refused = Signal(object)  # UserError

    def __init__(
        self, document: Document, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self._document = document
        self._asked = Asked()
        self._through: EdgeKey | None = None
        self._following = False  # it is not the user who chooses
        self.found: tuple[JoinedPath, ...] = ()
        self.summary = _quiet_label()
        self.paths = Lines(self.tr("Paths between exposure and outcome"), appearance, wrapped=True)
        self.stops = Lines(self.tr("Step by step"), appearance, wrapped=True)
        self.closing = _quiet_label()
        self.walk = QPushButton(self.tr("Show step by step"))
        self.walk.setToolTip(self.tr("From the exposure on, a variable at a time (Enter)"))
        self.walk.clicked.connect(self.walk_wanted)
        self.ways_out = [QPushButton() for _ in range(MOST_BUTTONS)]
        self._closings: tuple[Closing, ...] = ()
        for number, button in enumerate(self.ways_out):
            button.clicked.connect(partial(self._close_by, number))
        self._lay_out()
        self.paths.selectionModel().currentChanged.connect(self._choose)
        self.stops.selectionModel().currentChanged.connect(self._step)
        for lines in (self.paths, self.stops):
            lines.installEventFilter(self)
            lines.clicked.connect(self._clicked)
        document.changed.connect(self.sync)

    @property
    def joined(self) -> JoinedPath | None:
        """The chosen path."""
        row = self.paths.currentIndex().row()
        return self.found[row] if 0 <= row < len(self.found) else None

    @Slot(object, object)
    def sync(self, old: Project | None, new: Project) -> None:
        """Other arrows or roles, other paths."""
        if self.isVisible() and (
            old is None or old.graph is not new.graph or self._asked != asked_about(new)
        ):
            self._look()

    def ask_through(self, edge: EdgeKey | None) -> None:
        """Why an edge biases: the shortest open path that runs through it is chosen."""
        self._through = edge
        if self.isVisible():
            self._look()
            self.paths.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_step(self, place: int) -> None:
        """The canvas has come to a variable of the path."""
        self._following = True
        self.stops.setCurrentIndex(self.stops.model().index(place, 0))
        self._following = False

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Seen: what is drawn now."""
        super().showEvent(event)
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Not seen: the canvas is free of it."""
        super().hideEvent(event)
        self.chosen.emit(None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Enter shows the path step by step; Escape takes it from the canvas."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.walk_wanted.emit()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.paths.setCurrentIndex(QModelIndex())
                return True
        return super().eventFilter(watched, event)

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 4, 12, 4)
        row.setSpacing(16)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.setSpacing(2)
        left.addWidget(self.summary)
        left.addWidget(self.paths, 1)
        right.setSpacing(4)
        right.addWidget(self.walk)
        right.addWidget(self.closing)
        for button in self.ways_out:
            right.addWidget(button)
        right.addStretch(1)
        row.addLayout(left, 5)
        row.addWidget(self.stops, 4)
        right.setContentsMargins(0, 2, 4, 2)
        row.addWidget(scrolled(right), 3)

    def _look(self) -> None:
        """All paths anew; the chosen one stays chosen where it is still there."""
        project, before = self._document.project, self.joined
        self._asked = asked_about(project)
        self.found, whole = joined_paths(
            project.graph, self._asked.exposures, self._asked.outcomes, self._asked.adjusted
        )
        self._following = True
        self.paths.show_lines(tuple(map(_path_line, self.found)))
        self.paths.setCurrentIndex(self.paths.model().index(self._wanted(before), 0))
        self._following = False
        self.summary.setText(self._summary(whole=whole))
        self._choose()

    def _wanted(self, before: JoinedPath | None) -> int:
        """The row to choose: through the edge asked about, else as before, else the first."""
        through, self._through = self._through, None
        if through is not None:
            edge = (through.a, through.b, through.hidden)
            for row, one in enumerate(self.found):
                if edge in joints(one.path):
                    return row
        paths = [one.path for one in self.found]
        return paths.index(before.path) if before is not None and before.path in paths else 0

    def _summary(self, *, whole: bool) -> str:
        asked = self._asked
        if not asked:
            return self.tr("Name an exposure (E) and an outcome (O) on the canvas.")
        biasing = sum(one.biasing for one in self.found)
        ends = listed(asked.exposures), listed(asked.outcomes)
        if not self.found:
            return self.tr("No path joins {0} and {1}.").format(*ends)
        if not biasing:
            words = self.tr("No open path biases what {0} does to {1}.").format(*ends)
        else:
            words = (
                self.tr("1 open path biases what {0} does to {1}.").format(*ends)
                if biasing == 1
                else self.tr("{2} open paths bias what {0} does to {1}.").format(*ends, biasing)
            )
        if asked.adjusted:
            words += self.tr(" Held fixed: {0}.").format(listed(asked.adjusted))
        if biasing and set(asked.exposures) <= set_by_question(self._document.project):
            words += self.tr(" So it is in the rows; do(…) cuts what leads to {0}.").format(ends[0])
        return words if whole else words + self.tr(" There are more paths than are listed.")

    @Slot()
    def _choose(self, *_: object) -> None:
        """Tell of the chosen path, here and on the canvas."""
        if self._following:
            return
        one = self.joined
        self._following = True
        self.stops.show_lines(() if one is None else _stop_lines(one))
        self.stops.setCurrentIndex(QModelIndex())
        self._following = False
        self._closings = self._found_closings(one)
        self.closing.setText(self._closing_words(one))
        self.closing.setVisible(bool(self.closing.text()))
        self.walk.setEnabled(one is not None)
        self._show_ways_out()
        self.chosen.emit(None if one is None else traced(one))

    @Slot()
    def _step(self, *_: object) -> None:
        row = self.stops.currentIndex().row()
        if row >= 0 and not self._following:
            self.step_wanted.emit(row)

    @Slot()
    def _clicked(self) -> None:
        if self.sender() is self.paths:
            self.walk_wanted.emit()
        else:
            self._step()

    def _found_closings(self, one: JoinedPath | None) -> tuple[Closing, ...]:
        if one is None or not one.biasing:
            return ()
        asked, graph = self._asked, self._document.project.graph
        return closings(graph, one, asked.exposures, asked.outcomes, asked.adjusted)

    def _closing_words(self, one: JoinedPath | None) -> str:
        if one is None or not one.biasing:
            return ""
        if not self._closings:
            return nothing_closes(self._asked.exposures)
        doubtful = [one for one in self._closings[:MOST_BUTTONS] if not one.clean]
        return " ".join(map(closing_words, doubtful)) or self.tr("What closes it:")

    def _show_ways_out(self) -> None:
        for number, button in enumerate(self.ways_out):
            button.setVisible(number < len(self._closings))
            if number < len(self._closings):
                button.setText(self._label(self._closings[number]).replace("&", "&&"))
                button.setToolTip(closing_words(self._closings[number]))
                button.setAccessibleDescription(button.toolTip())

    def _label(self, one: Closing) -> str:
        words = self.tr("Let {0} go") if one.let_go else self.tr("Hold {0} fixed")
        return words.format(one.name)

    def _close_by(self, number: int, _: object = None) -> None:
        """One undo step: a role given or taken."""
        one = self._closings[number]
        role = None if one.let_go else Role.ADJUSTED
        label = self._label(one)
        try:
            self._document.apply(label, lambda project: edits.set_role(project, one.name, role))
        except UserError as error:
            self.refused.emit(error)


def traced(one: JoinedPath) -> Traced:
    """A path as the canvas shows it."""
    words = (Word(short_words(stop), stop.passes) for stop in one.stops)
    return Traced(
        tuple(step.to for step in one.path),
        tuple(EdgeKey(*edge) for edge in joints(one.path)),
        (None, *words, None),
        "warn" if one.biasing else "do" if one.causal else "quiet",
    )


def _path_line(one: JoinedPath) -> Line:
    mark = Mark.WARNED if one.biasing else Mark.NONE
    return Line(mark, in_words(one.path), verdict(one))


def _stop_lines(one: JoinedPath) -> tuple[Line, ...]:
    first, last = one.path[0].to, one.path[-1].to
    inner = (Line(Mark.NONE, stop_words(stop)) for stop in one.stops)
    return (Line(Mark.NONE, first), *inner, Line(Mark.NONE, last))


def _quiet_label() -> QLabel:
    label = plain_label("")
    label.setWordWrap(True)
    label.setProperty("quiet", True)
    label.setContentsMargins(6, 2, 0, 2)
    return label
