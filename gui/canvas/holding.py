"""What the question holds of a card, done on the card: typed, slid, stepped, reset, freed."""

from collections.abc import Callable, Hashable, Iterable
from functools import partial

from PySide6.QtCore import QObject

from engine.interventions import Range, Set, Shift
from engine.project import Position, Project
from engine.queries.questions import Rung
from gui import edit_held
from gui.canvas.card_painter import FOOT_ROW, NAME_POINTS, RELEASE
from gui.canvas.commands import CanvasCommands
from gui.canvas.field import CardField, LineEditor
from gui.canvas.panning import PanningView
from gui.numerals import value_text
from gui.reach import reach_of

LEAST_WIDTH = 170


class Holding(QObject):
    """Values and rows of the nodes meant, each verb one undo step; one field at most to type in."""

    def __init__(self, view: PanningView, commands: CanvasCommands) -> None:
        super().__init__(view)
        self._scene, self._commands = view.stage, commands
        self._field = CardField(view, FOOT_ROW, NAME_POINTS - 1, self._keep, LEAST_WIDTH)
        self._names: tuple[str, ...] = ()

    @property
    def editor(self) -> LineEditor | None:
        """The open field."""
        return self._field.editor

    # ── verbs ──────────────────────────────────────────────────────────────────────────────────

    def type_value(self, name: str | None = None) -> None:
        """Ask for a value (or, on the rung of seeing, for rows) where it is shown."""
        names = self._meant(name)
        if not names:
            return
        self.finish()
        project = self._project
        self._names = names
        seeing = project.question.rung is Rung.SEE
        words = self.tr("Rows to look at of {0}") if seeing else self.tr("Value of {0}")
        text = edit_held.field_text(project, names[0])
        editor = self._field.open(text, words.format(", ".join(names)), self._place)
        editor.setPlaceholderText("1.9–2.1, ≥ 3" if seeing else self.tr("2, +0.5, = −2"))
        editor.setToolTip(
            self.tr("A value, a range 1.9–2.1, ≥ 3, or categories")
            if seeing
            else self.tr("2 sets, +0.5 or −0.5 shifts, = −2 sets a negative value")
        )

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
        self._field.finish()

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

    def _keep(self, text: str) -> bool | None:
        project, names = self._project, self._names
        before = edit_held.field_text(project, names[0]) if names else ""
        gone = not set(names) <= set(project.graph.variables)
        if gone or (text == before and len(names) == 1) or not (text or before):
            return None
        label = self.tr("Set {0} by hand").format(", ".join(names))
        verb = partial(edit_held.typed, text=text) if text else edit_held.let_go
        return self._apply(label, names, verb)

    def _place(self) -> Position | None:
        """Of the card over which a value is typed."""
        node = self._scene.nodes.get(self._names[0]) if self._names else None
        return None if node is None else (node.x(), node.y())
