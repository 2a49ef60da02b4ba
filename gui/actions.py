"""Every command of the window in one table: text, tip, shortcut, icon, and when it can be used.

Texts and tips are translated in the context "Actions".
"""

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from gui.canvas_rows import CANVAS_ROWS
from gui.held_rows import HELD_ROWS
from gui.icons import icon
from gui.specs import Situation, Spec
from gui.steps import Steps
from gui.theme import Theme, blend

ACTIONS: tuple[Spec, ...] = (
    Spec("new", "&New", "Start an empty project", ("Ctrl+N",), "new"),
    Spec("open", "&Open…", "Open a project, a table or a graph", ("Ctrl+O",), "open"),
    Spec("save", "&Save", "Save the project", ("Ctrl+S",), "save"),
    Spec("save-as", "Save &as…", "Save under another name", ("Ctrl+Shift+S",)),
    Spec(
        "save-without-rows",
        "Save a copy &without rows…",
        "Graph, layout and question without the table",
    ),
    Spec("open-table", "Open &table…", "Read a CSV or TSV file", ("Ctrl+T",), "table"),
    Spec(
        "read-pictures",
        "Read pi&ctures",
        "The image files that a column of the table names, as pictures",
        when=lambda s: s.picture_files,
    ),
    Spec("import-graph", "&Import graph…", "Read a graph that another program wrote", ("Ctrl+I",)),
    Spec(
        "export-graph",
        "&Export graph…",
        "Write the graph for another program",
        ("Ctrl+E",),
        when=lambda s: s.nodes > 0,
    ),
    Spec(
        "export-picture",
        "Export &picture…",
        "The canvas as SVG, PDF or PNG",
        ("Ctrl+Shift+E",),
        when=lambda s: s.nodes > 0,
    ),
    Spec("quit", "&Quit", "Leave Doscope", ("Ctrl+Q",)),
    Spec("undo", "&Undo", "Undo the last step", ("Ctrl+Z",), "undo", lambda s: s.can_undo),
    Spec(
        "redo",
        "&Redo",
        "Do the undone step again",
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        "redo",
        lambda s: s.can_redo,
    ),
    *CANVAS_ROWS,
    *HELD_ROWS,
    Spec(
        "fit",
        "&Fit",
        "Learn one mechanism per variable",
        ("F5", "Ctrl+Return"),
        "fit",
        lambda s: s.fittable and (s.paused or not s.running),
    ),
    Spec(
        "pause",
        "&Pause",
        "Hold the training; answers go on",
        ("F6",),
        "pause",
        lambda s: s.running and not s.paused,
    ),
    Spec(
        "stop",
        "&Stop",
        "End the training; what is learnt stays",
        ("F7",),
        "stop",
        lambda s: s.running,
    ),
    Spec(
        "see",
        "&See",
        "Look only at rows where something holds",
        ("Ctrl+1",),
        "see",
        lambda s: s.nodes > 0,
        checkable=True,
    ),
    Spec(
        "do",
        "&Do",
        "Set a variable and see what follows",
        ("Ctrl+2",),
        "do",
        lambda s: s.nodes > 0,
        checkable=True,
    ),
    Spec(
        "imagine",
        "&Imagine",
        "One row, had something been otherwise",
        ("Ctrl+3",),
        "imagine",
        lambda s: s.nodes > 0,
        checkable=True,
    ),
    Spec(
        "release",
        "&Release all",
        "No intervention and no condition",
        ("Ctrl+Backspace",),
        when=lambda s: s.asked,
    ),
    Spec(
        "pin",
        "&Pin this answer",
        "Keep the answer beside others",
        ("F8",),
        when=lambda s: s.answered and not s.pictured,
    ),
    Spec(
        "copy-sentence",
        "&Copy sentence",
        "The answer in words, to the clipboard",
        ("Ctrl+Shift+C",),
        when=lambda s: s.answered,
    ),
    Spec(
        "copy-plot",
        "Copy p&lot as picture",
        "The plot of the answer, to the clipboard",
        when=lambda s: s.answered,
    ),
    Spec(
        "copy-svg",
        "Copy plot as S&VG",
        "The plot as a drawing without pixels, to the clipboard",
        when=lambda s: s.answered,
    ),
    Spec(
        "copy-table",
        "Copy plot as &table",
        "The numbers behind the plot, to the clipboard",
        when=lambda s: s.answered,
    ),
    Spec(
        "show-table",
        "Sho&w plot as table",
        "The plot in words and numbers",
        ("F9",),
        when=lambda s: s.answered,
    ),
    Spec(
        "save-plot",
        "Save pl&ot…",
        "The plot as SVG, PNG or CSV",
        when=lambda s: s.answered,
    ),
    Spec(
        "picture-difference",
        "Difference of pict&ures",
        "What changed in the picture, lighter and darker than grey",
        ("Shift+F8",),
        when=lambda s: s.pictured,
        checkable=True,
    ),
    Spec("zoom-in", "Zoom &in", "Larger", ("Ctrl++", "Ctrl+=")),
    Spec("zoom-out", "Zoom &out", "Smaller", ("Ctrl+-",)),
    Spec("zoom-reset", "&100 %", "Natural size", ("Ctrl+0",)),
    Spec("zoom-fit", "&Whole graph", "Show everything that is drawn", ("Ctrl+9",)),
    Spec("ui-larger", "&Larger", "Texts and buttons larger", ("Ctrl+Alt++", "Ctrl+Alt+=")),
    Spec("ui-smaller", "&Smaller", "Texts and buttons smaller", ("Ctrl+Alt+-",)),
    Spec("ui-normal", "&As designed", "Texts and buttons of the usual size", ("Ctrl+Alt+0",)),
    Spec(
        "present",
        "P&resentation",
        "For a beamer: large texts, strong arrows, panels folded away",
        ("F11",),
        checkable=True,
    ),
    Spec("theme-system", "As the s&ystem", "Light or dark as the system says", checkable=True),
    Spec("theme-light", "&Light", "Dark text on white", checkable=True),
    Spec("theme-dark", "&Dark", "Light text on black", checkable=True),
    Spec("panel-data", "&Data", "The variables of the table", ("Alt+1",), checkable=True),
    Spec("panel-question", "&Question", "See, do, imagine", ("Alt+2",), checkable=True),
    Spec(
        "panel-bottom",
        "&Lower panels",
        "Assumptions, table, outline, pinned answers",
        ("Alt+0",),
        checkable=True,
    ),
    Spec(
        "panel-training",
        "&Training",
        "How well each mechanism is learnt",
        ("Alt+4",),
        checkable=True,
    ),
    Spec("move-data", "Mo&ve Data across", "The data panel on the other side"),
    Spec("move-question", "Mov&e Question across", "The question panel on the other side"),
    Spec("move-lower", "Move lo&wer panels across", "The lower panels above or below the canvas"),
    Spec("reset-layout", "&Reset layout", "Every panel back in its place, as large as at first"),
    Spec("tab-assumptions", "&Assumptions", "What the graph implies, tested", ("Alt+3",)),
    Spec("tab-instant", "Instant &effect", "Two groups made alike, at once", ("Alt+I",)),
    Spec("tab-trust", "&Trust", "Other estimators, hidden causes and refuters", ("Alt+8",)),
    Spec("tab-concepts", "Co&ncepts", "What many columns say together", ("Alt+K",)),
    Spec(
        "mechanisms",
        "&Mechanisms",
        "How far from the rows, what changed where, which look doubtful",
        ("Alt+M",),
    ),
    Spec("tab-table", "Ta&ble", "The rows", ("Alt+5",)),
    Spec(
        "tab-outline", "O&utline", "The graph as a list, for keyboard and screen reader", ("Alt+6",)
    ),
    Spec("tab-pins", "Pinne&d answers", "Answers kept beside each other", ("Alt+7",)),
    Spec("focus-canvas", "&Canvas", "Go to the canvas", ("Alt+C",)),
    Spec("palette", "&Find a command", "Any command or variable by name", ("Ctrl+K",), "search"),
    Spec("welcome", "&Welcome", "Ways to begin, examples, files opened lately"),
    Spec("tour", "Two-minute &tour", "See, do and imagine with 700 real patients"),
    Spec("keyboard", "&Keyboard", "All keys in one sheet, to read, print or save", ("F1",)),
    Spec("log", "Show &log file", "What went wrong, for a bug report"),
    Spec("about", "&About Doscope", "Version and licences"),
)

GROUPS = {
    "tool": ("tool-select", "tool-node", "tool-edge", "tool-hidden"),
    "rung": ("see", "do", "imagine"),
    "theme": ("theme-system", "theme-light", "theme-dark"),
}


class Actions(QObject):
    """The table as QActions: `actions["undo"]`; refreshed with the situation, restyled by theme."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._made = {spec.id: self._make(spec) for spec in ACTIONS}

    def __getitem__(self, id: str) -> QAction:
        return self._made[id]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._made.values())

    def refresh(self, situation: Situation) -> None:
        """Enable what can be used now."""
        for spec in ACTIONS:
            self._made[spec.id].setEnabled(spec.when(situation))

    def restyling(self, theme: Theme) -> Steps:
        """Icons in the theme's colours, one at each step: the first time they are painted."""
        faint = blend(theme.quiet, theme.surface, 0.5)
        for spec in ACTIONS:
            if spec.icon:
                self._made[spec.id].setIcon(icon(spec.icon, theme.text, faint, theme.selected))
                yield 0.0

    def check(self, group: str, id: str) -> None:
        """Check one of a group, without triggering it."""
        for other in GROUPS[group]:
            self._made[other].setChecked(other == id)

    def _make(self, spec: Spec) -> QAction:
        action = QAction(tr(spec.text), self)
        action.setObjectName(spec.id)
        action.setCheckable(spec.checkable)
        sequences = [QKeySequence(keys) for keys in spec.keys]
        action.setShortcuts(sequences)
        if spec.on_canvas:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shown = sequences[0].toString(QKeySequence.SequenceFormat.NativeText) if sequences else ""
        action.setToolTip(f"{tr(spec.tip)}  {shown}".rstrip())
        action.setStatusTip("")
        action.setMenuRole(QAction.MenuRole.NoRole)
        return action


def tr(text: str) -> str:
    """`text` of the table in the user's language."""
    return QCoreApplication.translate("Actions", text)


def plain(text: str) -> str:
    """`text` without its mnemonic and dots, as a button shows it."""
    return text.replace("&", "").removesuffix("…")
