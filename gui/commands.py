"""What the actions do: each id of the table meets one verb of a part."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from engine.data.variable import Kind
from engine.errors import UserError
from engine.project import Project, Role
from engine.queries.questions import Rung
from engine.runtime.messages import FitStates
from gui import edits
from gui.about import open_about
from gui.actions import ACTIONS, Actions
from gui.appearance import Appearance
from gui.beginning import Beginning
from gui.bridge import Bridge
from gui.canvas.confirming import confirm_all, confirm_selected
from gui.canvas.tools import Tool
from gui.canvas.view import CanvasView
from gui.cheatsheet import open_cheat_sheet
from gui.dialogs import Dialogs
from gui.docks import DATA, LOWER, QUESTION
from gui.document import Document
from gui.files import Files
from gui.graph_copies import copy_graph, show_graph
from gui.joined import JoinedVerbs
from gui.menus import whole_name
from gui.palette import Entry, Palette
from gui.panels.question import QuestionPanel
from gui.picture_export import PictureExport
from gui.picture_offer import PictureOffer
from gui.plots.drawing import Drawing
from gui.plots.files import filters, write_plot
from gui.question import tools
from gui.restyling import Restyling
from gui.sizing import Sizing
from gui.specs import Situation
from gui.sticky import TOOLS, StickyTools
from gui.vector_commands import VectorCommands
from gui.vectors import joinable
from gui.window import Window

THEME_KEY, STILL_KEY = "appearance/theme", "appearance/less-motion"
ZOOM_STEP = 1.25
ANSWERS = {
    "copy-sentence": tools.SENTENCE,
    "copy-plot": tools.PICTURE,
    "copy-svg": tools.SVG,
    "copy-table": tools.TABLE,
    "show-table": tools.SHOW,
    "save-plot": tools.SAVE,
}
RUNGS = {"see": Rung.SEE, "do": Rung.DO, "imagine": Rung.IMAGINE}
TABS = ("assumptions", "instant", "trust", "concepts", "table", "outline", "pins")
MOVES = {"move-data": DATA, "move-question": QUESTION, "move-lower": LOWER}


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything the commands act on."""

    actions: Actions
    appearance: Appearance
    document: Document
    bridge: Bridge
    canvas: CanvasView
    files: Files
    beginning: Beginning
    dialogs: Dialogs
    window: Window
    restyling: Restyling
    settings: QSettings
    log: Path
    say: Callable[[str], object]  # a notice in passing
    question: QuestionPanel
    photos: PictureOffer


class Commands(QObject):
    """Connects the table of actions, and keeps it enabled as the situation says."""

    def __init__(self, parts: Parts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parts = parts
        self._sizing = Sizing(
            parts.appearance, parts.restyling, parts.window, parts.actions, parts.settings, self
        )
        self.vectors = VectorCommands(parts.document, parts.canvas, parts.dialogs, self)
        self.joined = JoinedVerbs(parts.canvas, parts.actions, parts.settings, parts.say, self)
        self._sticky = StickyTools(parts.canvas, parts.window.toolbar.buttons)
        self._selected = (0, 0)  # nodes, edges
        self._states: FitStates | None = None
        self._palette: Palette | None = None
        self.picture_export = PictureExport(
            parts.canvas.stage, parts.dialogs, parts.files, parts.window.status, self
        )
        for id, verb in self._verbs().items():
            parts.actions[id].triggered.connect(_without_arguments(verb))
        for id in TOOLS | RUNGS:
            parts.actions[id].triggered.connect(self._follow)
        for spec in ACTIONS:
            if spec.on_canvas:
                parts.canvas.addAction(parts.actions[spec.id])
        parts.canvas.selection_changed.connect(self._select)
        parts.canvas.tool_changed.connect(self._show_tool)
        parts.canvas.stage.regions.held_changed.connect(self.refresh)
        parts.canvas.stage.broken.changed.connect(self.refresh)
        self._show_motion(bool(parts.settings.value(STILL_KEY, False, bool)))
        parts.bridge.states_changed.connect(self._note_states)
        parts.document.changed.connect(self._follow)
        for turned in (parts.question.answer_turned, parts.photos.turned):
            turned.connect(self._follow)
        parts.question.apart_turned.connect(self._show_apart)
        parts.question.save_wanted.connect(self.save_plot)
        parts.document.undo_stack.canUndoChanged.connect(self._follow)
        parts.document.undo_stack.canRedoChanged.connect(self._follow)
        parts.actions.check("theme", f"theme-{parts.appearance.choice}")
        self._show_tool(Tool.SELECT)
        self.refresh()

    def refresh(self) -> None:
        """Enable what can be done now, name what would be undone."""
        parts, project = self._parts, self._parts.document.project
        stack, states = parts.document.undo_stack, self._states
        selected = parts.canvas.selected_variables()
        parts.actions.refresh(
            Situation(
                nodes=len(project.graph.variables),
                selected_nodes=self._selected[0],
                selected_edges=self._selected[1],
                has_table=project.table is not None,
                can_undo=stack.canUndo(),
                can_redo=stack.canRedo(),
                running=states is not None and states.running,
                paused=states is not None and states.paused,
                asked=_asked(project),
                assumed=len(project.assumed),
                selected_assumed=sum(
                    (key.a, key.b) in project.assumed for key in parts.canvas.stage.selected_edges
                ),
                region_held=parts.canvas.stage.regions.held is not None,
                bent=len(project.sketch.bends),
                selected_columns=len(joinable(project, selected)),
                selected_vectors=len(project.vectors.among(selected).parts),
                answered=parts.question.answered,
                repair=parts.canvas.stage.broken.change is not None,
                pictured=parts.question.shows_pictures,
                picture_files=bool(parts.photos.column),
            )
        )
        parts.actions.check("rung", project.question.rung.value)
        self._name_step("undo", self.tr("Undo"), stack.undoText())
        self._name_step("redo", self.tr("Redo"), stack.redoText())

    def fit(self) -> None:
        """Learn what is not learnt, or go on where training was held."""
        if self._states is not None and self._states.paused and self._states.running:
            self._parts.bridge.resume()
        else:
            self._parts.bridge.fit()

    def choose_theme(self, choice: str) -> None:
        """Light, dark or the system's; remembered."""
        self._parts.appearance.choose(choice)
        self._parts.settings.setValue(THEME_KEY, choice)
        self._parts.actions.check("theme", f"theme-{choice}")

    def draw_all(self) -> None:
        """Every column of the table becomes a node, all in sight."""
        table = self._parts.document.project.table
        if table is not None:
            self._parts.canvas.commands.add_all((*table.names, *table.pictures))
            self._parts.canvas.fit()

    @Slot(object)
    def draw(self, names: tuple[str, ...]) -> None:
        """These columns become nodes, near the middle of what is seen."""
        self._parts.canvas.add_columns_at(names)

    @Slot(object)
    def reveal(self, names: tuple[str, ...]) -> None:
        """Select these nodes on the canvas and bring the first into view."""
        canvas = self._parts.canvas
        canvas.stage.select(names)
        if names:
            canvas.stage.focus(names[0], shown=False)
            canvas.ensureVisible(canvas.stage.nodes[names[0]], 24, 24)

    def open_keys(self) -> None:
        """All keys in one sheet."""
        open_cheat_sheet(self._parts.window, self._parts.dialogs, self._parts.say)

    def toggle_motion(self) -> None:
        """Whether cards glide; remembered."""
        still = not self._parts.canvas.verbs.glide.still
        self._parts.settings.setValue(STILL_KEY, still)
        self._show_motion(still)

    def toggle_apart(self) -> None:
        """Whether what changed in pictures is shown beside them."""
        self._show_apart(self._parts.actions["picture-difference"].isChecked())

    @Slot(bool)
    def _show_apart(self, apart: bool) -> None:  # noqa: FBT001 - a signal's value
        self._parts.actions["picture-difference"].setChecked(apart)
        self._parts.question.show_apart(apart=apart)

    def ask_unit(self) -> None:
        """What the selected variable is measured in."""
        project, canvas = self._parts.document.project, self._parts.canvas
        (name,) = canvas.selected_variables()
        if project.table is None:
            return
        before = project.table.variable(name).unit
        label = self.tr("{0} is measured in").format(name)
        unit = self._parts.dialogs.text(self.tr("Unit"), label, before)
        if unit is not None:
            canvas.commands.set_unit(name, unit)

    @Slot(object)
    def save_plot(self, plot: Drawing) -> None:
        """A plot as a picture or a table, as the file's name says."""
        parts, name = self._parts, Path(self._parts.files.name).stem
        proposed = Path(f"{name} {plot.accessibleName()}.svg".replace("/", "-"))
        path = parts.dialogs.save_file(self.tr("Save plot"), filters(), proposed)
        if path is None:
            return
        try:
            write_plot(plot, path)
        except UserError as error:
            parts.files.refused.emit(error)
        else:
            parts.files.noticed.emit(self.tr("Wrote {0}").format(path.name))

    def show_log(self) -> None:
        """Open the log file with whatever reads text here."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._parts.log)))

    def open_palette(self) -> None:
        """Find a command or a variable."""
        if self._palette is None:
            self._palette = Palette(self._parts.window, self._parts.appearance, self._entries)
        self._palette.open()

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _verbs(self) -> dict[str, Callable[[], object]]:
        parts, files, canvas = self._parts, self._parts.files, self._parts.canvas
        verbs: dict[str, Callable[[], object]] = {
            "new": files.new,
            "open": files.open,
            "save": files.save,
            "save-as": files.save_as,
            "save-without-rows": files.save_without_rows,
            "open-table": files.open_table,
            "read-pictures": parts.photos.read,
            "import-graph": files.import_graph,
            "export-graph": files.export_graph,
            "export-picture": self.picture_export.begin,
            "quit": parts.window.close,
            "undo": parts.document.undo_stack.undo,
            "redo": parts.document.undo_stack.redo,
            "select-all": canvas.select_all,
            "fit": self.fit,
            "pause": parts.bridge.pause,
            "stop": parts.bridge.stop,
            "release": lambda: parts.document.apply(self.tr("Release all"), edits.release_all),
            "zoom-in": lambda: canvas.zoom_by(ZOOM_STEP),
            "zoom-out": lambda: canvas.zoom_by(1 / ZOOM_STEP),
            "zoom-reset": canvas.reset_zoom,
            "zoom-fit": canvas.fit,
            "focus-canvas": parts.beginning.open_canvas,
            "welcome": parts.beginning.open_welcome,
            "starter": parts.beginning.open_starter,
            "tour": parts.beginning.guide.begin,
            "reset-layout": parts.window.docks.reset,
            "palette": self.open_palette,
            "pin": parts.question.pin,
            "picture-difference": self.toggle_apart,
            "keyboard": self.open_keys,
            "log": self.show_log,
            "about": lambda: open_about(parts.window),
        }
        verbs |= self._graph_verbs()
        verbs |= {id: _call(parts.question.use_answer, way) for id, way in ANSWERS.items()}
        verbs |= {id: _call(self._sticky.take, tool) for id, tool in TOOLS.items()}
        verbs |= {id: _call(self._set_rung, rung) for id, rung in RUNGS.items()}
        verbs |= {f"tab-{tab}": _call(parts.window.show_lower, tab) for tab in TABS}
        verbs |= {id: _call(parts.window.docks.move_across, dock) for id, dock in MOVES.items()}
        sizing = self._sizing
        verbs |= {
            "ui-larger": lambda: sizing.step(1),
            "ui-smaller": lambda: sizing.step(-1),
            "ui-normal": sizing.reset,
            "present": sizing.present,
        }
        verbs |= {
            f"theme-{choice}": _call(self.choose_theme, choice)
            for choice in ("system", "light", "dark")
        }
        return verbs

    def _graph_verbs(self) -> dict[str, Callable[[], object]]:
        on_canvas, scene = self._parts.canvas.commands, self._parts.canvas.stage
        verbs: dict[str, Callable[[], object]] = {
            "less-motion": self.toggle_motion,
            "copy-graph": lambda: copy_graph(scene),
            "graph-table": lambda: show_graph(self._parts.document.project, self._parts.window),
            "reverse": on_canvas.reverse_selected,
            "confirm": lambda: confirm_selected(on_canvas, scene),
            "confirm-all": lambda: confirm_all(on_canvas),
            "role-none": on_canvas.clear_roles,
            "not-measured": on_canvas.toggle_latent,
            "unit": self.ask_unit,
            "make-vector": self.vectors.make_of_selection,
            "take-apart": self.vectors.take_apart_selection,
            "add-all": self.draw_all,
        }
        verbs |= self._parts.canvas.verbs.by_id() | self.joined.by_id()
        verbs |= {f"role-{role}": _call(on_canvas.toggle_role, role) for role in Role}
        verbs |= {f"kind-{kind}": _call(on_canvas.set_kind, kind) for kind in Kind}
        return verbs

    def _show_motion(self, still: bool) -> None:  # noqa: FBT001 - a state
        self._parts.canvas.verbs.glide.still = still
        self._parts.canvas.stage.trace.still = still
        self._parts.actions["less-motion"].setChecked(still)

    def _set_rung(self, rung: Rung) -> None:
        self._parts.document.apply(
            self.tr("Ask on another rung"), lambda project: edits.set_rung(project, rung)
        )

    def _name_step(self, id: str, verb: str, step: str) -> None:
        action = self._parts.actions[id]
        words = f"{verb} {step}".rstrip()
        keys = action.shortcut().toString(action.shortcut().SequenceFormat.NativeText)
        action.setToolTip(f"{words}  {keys}")
        action.setText(words.replace("&", "&&"))

    def _entries(self) -> Iterator[Entry]:
        parts = self._parts
        for action in parts.actions:
            keys = action.shortcut().toString(action.shortcut().SequenceFormat.NativeText)
            usable = action.isEnabled()
            hint = keys if usable else self.tr("not now")
            yield Entry(whole_name(action), hint, action.trigger, usable)
        for name in parts.document.project.graph.variables:
            yield Entry(name, self.tr("variable"), _call(self.reveal, (name,)))
        for id, tile in parts.beginning.welcome.examples.items():
            yield Entry(tile.text(), self.tr("example"), _call(parts.files.open_example, id))
        for path in parts.files.recent.paths():
            yield Entry(path.name, self.tr("recent file"), _call(parts.files.open_path, path))

    @Slot(int, int)
    def _select(self, nodes: int, edges: int) -> None:
        self._selected = (nodes, edges)
        self._parts.window.status.show_selection(nodes, edges)
        self.refresh()

    @Slot(object)
    def _show_tool(self, tool: Tool) -> None:
        self._parts.actions.check("tool", next(id for id, t in TOOLS.items() if t == tool))

    @Slot(object)
    def _note_states(self, states: FitStates) -> None:
        old, self._states = self._states, states
        if old is None or (old.running, old.paused) != (states.running, states.paused):
            self.refresh()

    def _follow(self, *_: object) -> None:
        self.refresh()


def _asked(project: Project) -> bool:
    return bool(project.question.action or project.question.evidence)


def _without_arguments(verb: Callable[[], object]) -> Callable[[], None]:
    """Qt passes `checked` to whoever takes it; a verb takes nothing."""

    def run() -> None:
        verb()

    return run


def _call(verb: Callable[..., object], argument: object) -> Callable[[], None]:
    def run() -> None:
        verb(argument)

    return run
