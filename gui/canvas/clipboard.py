"""Cut, copy, paste, duplicate: parts of the graph, on the clipboard as DAGitty text."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication

from engine.errors import UserError
from engine.project import Position, Project
from gui import edits, subgraphs
from gui.canvas.commands import CanvasCommands
from gui.canvas.layout import place
from gui.canvas.panning import PanningView
from gui.subgraphs import Part

MARGIN = 24  # pixels around what was pasted


class Clipboard:
    """What was copied here is pasted whole; text from elsewhere as far as it says something."""

    def __init__(self, view: PanningView, commands: CanvasCommands) -> None:
        self._view, self._scene, self._commands = view, view.stage, commands
        self._text, self._part = "", Part()

    def copy(self) -> bool:
        """The selected nodes and the edges between them, for here and for other programs."""
        from engine.graph.formats.registry import graph_text

        if not self._scene.selected:
            self._commands.noticed.emit(_tr("Select the nodes to copy"))
            return False
        self._part = self._selected()
        self._text = graph_text(self._part.drawing())
        QGuiApplication.clipboard().setText(self._text)
        return True

    def cut(self) -> None:
        """Copy, then delete: one undo step."""
        names = self._scene.selected
        if self.copy():
            label = _tr("Cut {0}").format(self._count(self._part))
            if self._commands.attempt(label, lambda project: edits.remove(project, names)):
                self._commands.noticed.emit(label)

    def paste(self, at: Position | None = None) -> None:
        """What is on the clipboard: where it was, a little aside, or with its middle at a point."""
        text = QGuiApplication.clipboard().text()
        try:
            part, warnings = self._part_of(text)
        except UserError as refusal:
            words = _tr("The clipboard holds no graph: {0}")
            self._commands.noticed.emit(words.format(refusal.message))
            return
        self._add(part, _tr("Paste {0}"), at, warnings)

    def duplicate(self) -> None:
        """A copy beside; the clipboard keeps what it has."""
        if self._scene.selected:
            self._add(self._selected(), _tr("Duplicate {0}"))
        else:
            self._commands.noticed.emit(_tr("Select the nodes to duplicate"))

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _selected(self) -> Part:
        project = self._scene.document.project
        return subgraphs.part_of(project, self._scene.selected, self._scene.places())

    def _part_of(self, text: str) -> tuple[Part, tuple[str, ...]]:
        from engine.graph.formats.registry import parse_graph

        if text == self._text and text:
            return self._part, ()
        drawing = parse_graph(text)
        return subgraphs.part_from(drawing, place(drawing.graph, drawing.positions)), (
            drawing.warnings
        )

    def _add(
        self, part: Part, words: str, at: Position | None = None, warnings: tuple[str, ...] = ()
    ) -> None:
        variables = part.graph.variables
        if not variables:
            self._commands.noticed.emit(_tr("The clipboard holds no graph"))
            return
        names = subgraphs.free_names(self._scene.document.project, variables)
        places, taken = part.positions.values(), self._scene.places()
        if at is None:
            off = subgraphs.free_offset(places, taken.values())
        else:
            off = subgraphs.centred(places, at)
        if self._commands.attempt(
            words.format(self._count(part)), _pasting(part, names, off, taken)
        ):
            self._scene.select(names.values())
            self._show()
            for warning in warnings:
                self._commands.noticed.emit(warning)

    def _show(self) -> None:
        """Bring what was pasted into sight."""
        rect = self._scene.nodes[next(iter(self._scene.selected))].sceneBoundingRect()
        for name in self._scene.selected:
            rect = rect.united(self._scene.nodes[name].sceneBoundingRect())
        self._view.ensureVisible(rect, MARGIN, MARGIN)

    def _count(self, part: Part) -> str:
        names = part.graph.variables
        if len(names) == 1:
            return names[0]
        return _tr("{0} nodes").format(len(names))


def _pasting(
    part: Part, names: dict[str, str], off: Position, shown: dict[str, Position]
) -> Callable[[Project], Project]:
    """Cards that nobody had placed stay where they are shown."""
    return lambda p: subgraphs.pasted(
        edits.move(p, {v: at for v, at in shown.items() if v not in p.positions}), part, names, off
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("Clipboard", text)
