"""What the question holds of a card, done on the card: typed, slid, stepped, reset, freed."""

from collections.abc import Callable, Hashable, Iterable
from functools import partial

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Slot

from engine.interventions import Range, Set, Shift
from engine.project import Project
from engine.queries.questions import Rung
from gui import edit_held
from gui.canvas.card_painter import FOOT_ROW, NAME_POINTS, RELEASE, font
from gui.canvas.commands import CanvasCommands
from gui.canvas.naming import NameEditor
from gui.canvas.panning import PanningView
from gui.numerals import value_text
from gui.reach import reach_of

LEAST_WIDTH = 170


class Holding(QObject):
    """Values and rows of the nodes meant, each verb one undo step; one field at most to type in."""

    def __init__(self, view: PanningView, commands: CanvasCommands) -> None:
        super().__init__(view)
        self._view, self._scene, self._commands = view, view.stage, commands
        self.editor: NameEditor | None = None
        self._names: tuple[str, ...] = ()
        view.zoom_changed.connect(self._follow)
        view.horizontalScrollBar().valueChanged.connect(self._follow)
        view.verticalScrollBar().valueChanged.connect(self._follow)

    # ── verbs ──────────────────────────────────────────────────────────────────────────────────

    def type_value(self, name: str | None = None) -> None:
        """Ask for a value (or, on the rung of seeing, for rows) where it is shown."""
        names = self._meant(name)
        if not names:
            return
        self.finish()
        project = self._project
        self._names = names
        self.editor = editor = NameEditor(
            edit_held.field_text(project, names[0]), self._view.viewport()
        )
        seeing = project.question.rung is Rung.SEE
        words = self.tr("Rows to look at of {0}") if seeing else self.tr("Value of {0}")
        editor.setAccessibleName(words.format(", ".join(names)))
        editor.setPlaceholderText("1.9–2.1, ≥ 3" if seeing else self.tr("2, +0.5, = −2"))
        editor.setToolTip(
            self.tr("A value, a range 1.9–2.1, ≥ 3, or categories")
            if seeing
            else self.tr("2 sets, +0.5 or −0.5 shifts, = −2 sets a negative value")
        )
        editor.committed.connect(self._commit)
        editor.cancelled.connect(self._close)
        self._follow()
        editor.show()
        editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def step(self, by: int) -> None:
        """A step up or down; a held key is one undo step."""
        names = self._meant()
        label = self.tr("Step {0}").format(", ".join(names))
        self._apply(label, names, partial(edit_held.stepped, by=by), ("step", names))

    def reset(self, name: str | None = None) -> None:
        """Back to the mean, the commonest category, no shift."""
        names = self._meant(name)
        self._apply(self.tr("Reset {0}").format(", ".join(names)), names, edit_held.reset)

    def release(self, name: str | None = None) -> None:
        """The question says nothing of these any more."""
        project = self._project
        meant = self._meant(name)
        names = tuple(v for v in meant if edit_held.is_held(project, v))
        if names:
            words = self.tr("Release {0}").format(", ".join(names))
            self._apply(words, names, edit_held.let_go)
        elif meant:
            self._commands.noticed.emit(self.tr("Nothing is set or looked at here"))

    def look(self, name: str | None = None) -> None:
        """Look only at rows with usual values of these, or no longer."""
        names = self._meant(name)
        self._apply(self.tr("See {0}").format(", ".join(names)), names, edit_held.look)

    def press(self, name: str, sign: str) -> None:
        """One of the signs on a card was pressed."""
        (self.release if sign == RELEASE else self.reset)(name)

    def pick(self, name: str, code: int) -> None:
        """A bar was clicked while rows are looked at: its category joins in, or leaves."""
        label = self.tr("See {0}").format(name)
        self._commands.attempt(label, lambda p: edit_held.toggle_code(p, name, code))

    def slide(self, name: str, value: float) -> None:
        """The handle of a value or of a shift moves; the whole slide is one undo step."""
        shifted = self._scene.nodes[name].card.shift is not None
        item = Shift(name, value) if shifted else Set(name, value)
        label = (self.tr("Shift {0}") if shifted else self.tr("Set {0}")).format(name)
        self._commands.attempt(label, lambda p: edit_held.act(p, item), ("slide", name))

    def slide_range(self, name: str, low: float, high: float) -> None:
        """A handle of the range that is seen moves."""
        label = self.tr("See {0}").format(name)
        rows = Range(name, low, high)
        self._commands.attempt(label, lambda p: edit_held.see(p, rows), ("slide", name))

    def finish(self) -> None:
        """Keep what was typed, if it can be kept."""
        if self.editor is not None:
            self._commit(False)

    # ── private ────────────────────────────────────────────────────────────────────────────────

    @property
    def _project(self) -> Project:
        return self._commands.document.project

    def _meant(self, name: str | None = None) -> tuple[str, ...]:
        """The node named, or those selected, hovered or focused that have data; else why not."""
        focused = self._scene.focused
        names = (name,) if name else self._commands.meant() or ((focused,) if focused else ())
        if not names:
            self._commands.noticed.emit(self.tr("Select a variable first"))
            return ()
        found = edit_held.holdable(self._project, names)
        if not found:
            words = self.tr("{0} has no data, so nothing can be set or looked at")
            self._commands.noticed.emit(words.format(", ".join(names)))
        return found

    def _apply(
        self,
        label: str,
        names: tuple[str, ...],
        verb: Callable[[Project, Iterable[str]], Project],
        merge: Hashable = None,
    ) -> bool:
        if not names:
            return False
        done = self._commands.attempt(label, lambda p: verb(p, names), merge)
        if done:
            self._warn(names)
        return done

    def _warn(self, names: tuple[str, ...]) -> None:
        """Say where a value lies outside all that was seen."""
        table = self._project.table
        if table is None:
            return
        for item in edit_held.beyond(self._project, names):
            variable, reach = table.variable(item.variable), reach_of(table, item.variable)
            text = self.tr("{0} = {1} was never seen: what follows is extrapolated")
            words = text.format(item.variable, value_text(variable, item.value))
            if reach is not None:
                ends = (value_text(variable, v, unit=False) for v in (reach.least, reach.most))
                words += " " + self.tr("(the rows go from {0} to {1})").format(*ends)
            self._commands.noticed.emit(words)

    @Slot(bool)
    def _commit(self, entered: bool) -> None:
        """Refused on Enter: the field stays with what was typed, for another try."""
        editor = self.editor
        if editor is None:
            return
        text, names = editor.text().strip(), self._names
        before = edit_held.field_text(self._project, names[0]) if names else ""
        gone = not set(names) <= set(self._project.graph.variables)
        if gone or (text == before and len(names) == 1) or not (text or before):
            self._close()
            return
        if not entered:
            self.editor = None  # closing must not commit again
        label = self.tr("Set {0} by hand").format(", ".join(names))
        verb = partial(edit_held.typed, text=text) if text else edit_held.let_go
        done = self._apply(label, names, verb)
        self.editor = editor
        if done or not entered:
            self._close()
        else:
            editor.selectAll()

    @Slot()
    def _close(self) -> None:
        editor, self.editor = self.editor, None
        if editor is not None:
            if editor.hasFocus():  # before hiding, or Qt would tab on to another node
                self._view.setFocus(Qt.FocusReason.OtherFocusReason)
            editor.hide()
            editor.deleteLater()

    @Slot()
    def _follow(self) -> None:
        """Keep the field over the value while the canvas moves."""
        if self.editor is None or not self._names or self._names[0] not in self._scene.nodes:
            return
        row = QRectF(FOOT_ROW).adjusted(-5, -3, 5, 3)
        item = self._scene.nodes[self._names[0]]
        place = self._view.mapFromScene(row.translated(QPointF(item.x(), item.y()))).boundingRect()
        place.setWidth(max(place.width(), LEAST_WIDTH))
        points = max(8.0, (NAME_POINTS - 1) * min(self._view.zoom, 2.0))
        self.editor.setFont(font(points, bold=True))
        place.setHeight(max(place.height(), self.editor.sizeHint().height()))
        self.editor.setGeometry(place)
