"""Files: new, open, save, recent, examples, tables and graphs; unsaved work is never lost.

Reading and writing of tables and projects happens in the engine's thread; here is only who asked.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QStandardPaths, Signal

from engine.data.matrix import ENDINGS
from engine.data.variable import Kind
from engine.errors import GraphError, MixedColumnError, UserError
from engine.project import Project
from engine.runtime.messages import (
    Open,
    Opened,
    ReadTable,
    Refused,
    Save,
    Saved,
    TableRead,
)
from gui import edits
from gui.bridge import Bridge
from gui.dialogs import Choice, Dialogs
from gui.document import Document
from gui.examples import Examples
from gui.formats import all_endings, endings_of, filter_of, filter_of_all
from gui.graph_reading import GraphReader
from gui.noted import left_out_words
from gui.notices import WayOut
from gui.numerals import count
from gui.recent import Recent

PROJECT = ".doscope"
TABLES = (".csv", ".tsv", ".txt", ".dat", *ENDINGS)
PATTERNS = "*.csv *.tsv *.txt *.dat " + " ".join(f"*{ending}" for ending in ENDINGS)
BEGINNING = 4_000  # bytes of a .txt file that tell a graph from a table
Continuation = Callable[[], None]


class Files(QObject):
    """Verbs of the File menu. `name`, `state` and `recent` are what the window shows."""

    noticed = Signal(str)
    refused = Signal(object)  # UserError
    graph_placed = Signal()  # a graph was imported: it may need a layout

    def __init__(
        self,
        document: Document,
        bridge: Bridge,
        dialogs: Dialogs,
        settings: QSettings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._bridge = document, bridge
        self._dialogs, self.recent = dialogs, Recent(settings, self)
        self.graphs = GraphReader(document, self)
        self.graphs.noticed.connect(self.noticed)
        self.graphs.refused.connect(self.refused)
        self.graphs.placed.connect(self.graph_placed)
        self._copies: set[int] = set()  # tickets of copies without rows
        self._format = "dagitty"  # of the last export
        self._newest_open = -1
        self._newest_table = -1
        self._after_save: dict[int, Continuation] = {}
        self._fits: dict[int, int] = {}  # how many mechanisms a save holds, by ticket
        bridge.opened.connect(self._opened)
        self._examples = Examples(document, bridge, self)
        bridge.saved.connect(self._saved)
        bridge.table_read.connect(self._table_read)
        bridge.refused.connect(self._refused)

    # ── the project ────────────────────────────────────────────────────────────────────────────

    def new(self) -> None:
        """An empty project, once the present one is safe."""
        self.when_safe(lambda: self._document.replace(Project()))

    def open(self) -> None:
        """Ask for a file: a project, a table or a graph."""
        chosen = self._dialogs.open_file(
            self.tr("Open"),
            ";;".join(
                (
                    self.tr("Everything (*.doscope {0} {1})").format(PATTERNS, all_endings()),
                    self.tr("Doscope projects (*.doscope)"),
                    self.tr("Tables ({0})").format(PATTERNS),
                    self.tr("All files (*)"),
                )
            ),
        )
        if chosen is not None:
            self.open_path(chosen)

    def open_path(self, path: Path) -> None:
        """Open whatever the file is, by its extension; a plain text that is a graph, as a graph."""
        suffix = path.suffix.lower()
        if not path.exists():
            self.recent.forget(path)
            self.refused.emit(
                GraphError(self.tr("{0} is not there").format(path.name), where=str(path.parent),
                           remedy=self.tr("was it moved or renamed?"))
            )  # fmt: skip
        elif suffix == PROJECT:
            self.when_safe(lambda: self._ask_open(path))
        elif suffix in TABLES and not _looks_like_graph(path):
            self.read_table(path)
        else:
            self.read_graph(path)

    def open_example(self, id: str) -> None:
        """One of the bundled examples."""
        self.when_safe(lambda: self._examples.open(id))

    def save(self, then: Continuation | None = None) -> None:
        """Save where the project lives; ask for a place if it has none."""
        path = self._document.path
        if path is None:
            self.save_as(then)
        else:
            self._ask_save(path, then)

    def save_as(self, then: Continuation | None = None) -> None:
        """Save under another name."""
        path = self._dialogs.save_file(
            self.tr("Save as"), self.tr("Doscope projects (*.doscope)"), self._proposed(PROJECT)
        )
        if path is not None:
            self._ask_save(path, then)

    def save_without_rows(self) -> None:
        """A copy for others: graph, layout, question and mechanisms, no row of the table."""
        path = self._dialogs.save_file(
            self.tr("Save a copy without rows"),
            self.tr("Doscope projects (*.doscope)"),
            self._proposed(f" without rows{PROJECT}"),
        )
        if path is not None:
            self._copies.add(self._bridge.save(path, self._document.project, rows=False))

    def when_safe(self, then: Continuation) -> None:
        """Do `then` at once, or after the user saved or gave up unsaved work; or never."""
        if self._document.clean:
            then()
            return
        match self._dialogs.unsaved(self.name):
            case Choice.SAVE:
                self.save(then)
            case Choice.DISCARD:
                then()

    @property
    def name(self) -> str:
        """What the project is called in the window."""
        path, title = self._document.path, self._document.project.title
        return path.name if path is not None else title or self.tr("Untitled")

    @property
    def state(self) -> str:
        """Saved or edited; "" for a project that nobody has touched."""
        if not self._document.clean:
            return self.tr("edited")
        return "" if self._document.path is None else self.tr("saved")

    # ── tables and graphs ──────────────────────────────────────────────────────────────────────

    def open_table(self) -> None:
        """Ask for a table."""
        path = self._dialogs.open_file(
            self.tr("Open table"),
            self.tr("Tables ({0})").format(PATTERNS) + ";;" + self.tr("All files (*)"),
        )
        if path is not None:
            self.read_table(path)

    def read_table(self, path: Path, kinds: Mapping[str, Kind] | None = None) -> None:
        """Read a table, some columns by the kinds given; it joins the present graph."""
        self._newest_table = self._bridge.read_table(path, kinds)

    def import_graph(self) -> None:
        """Ask for a graph file."""
        path = self._dialogs.open_file(
            self.tr("Import graph"),
            filter_of_all() + ";;" + self.tr("All files (*)"),
        )
        if path is not None:
            self.read_graph(path)

    def read_graph(self, path: Path) -> None:
        """The graph of a file takes the place of the drawn one; table and undo stay."""
        self.graphs.read(path)

    def export_graph(self) -> None:
        """Ask for a format, saying what each leaves out, and for a file."""
        from engine.graph.formats.exporting import exported

        project = self._document.project
        format = self._dialogs.graph_format(self._format, lambda one: exported(project, one)[1])
        if format is None:
            return
        self._format = format
        path = self._dialogs.save_file(
            self.tr("Export graph"), filter_of(format), self._proposed(endings_of(format)[0])
        )
        if path is not None:
            self.write_graph(path, format)

    def write_graph(self, path: Path, format: str | None = None) -> None:
        """Write the graph with its layout and roles; without a format, the ending tells it."""
        from engine.graph.formats.exporting import exported
        from engine.graph.formats.registry import known_format, write_text

        try:
            text, dropped = exported(self._document.project, format or known_format(path))
            write_text(text, path)
        except UserError as error:
            self.refused.emit(error)
        else:
            self.noticed.emit("; ".join((self.tr("Wrote {0}").format(path.name), *dropped)))

    def way_out(self, event: Refused) -> WayOut | None:
        """What a refused reading could do instead."""
        match event:
            case Refused(ReadTable(path=path, kinds=kinds), MixedColumnError(column=column)):
                chosen = {**kinds, column: Kind.CATEGORICAL}
                words = self.tr("Read {0} as categories").format(column)
                return WayOut(words, lambda: self.read_table(path, chosen))
        return None

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _ask_open(self, path: Path) -> None:
        self._newest_open = self._bridge.open(path)

    def _ask_save(self, path: Path, then: Continuation | None) -> None:
        ticket = self._bridge.save(path, self._document.project)
        self._fits[ticket] = self._document.fits
        if then is not None:
            self._after_save[ticket] = then

    def _opened(self, event: Opened) -> None:
        if event.ticket != self._newest_open:
            return
        self._document.replace(event.project, event.path)
        self.recent.remember(event.path)

    def _saved(self, event: Saved) -> None:
        if event.ticket in self._copies:
            self._copies.discard(event.ticket)
            self.noticed.emit(
                self.tr(
                    "Wrote {0} without rows. Its mechanisms may still reveal something of them."
                ).format(event.path.name)
            )
            return
        self._document.saved(event.path, event.project, self._fits.pop(event.ticket, 0))
        self.recent.remember(event.path)
        then = self._after_save.pop(event.ticket, None)
        if then is not None and event.project == self._document.project:
            then()

    def _table_read(self, event: TableRead) -> None:
        if event.ticket != self._newest_table:
            return
        table = event.table
        self._document.apply(
            self.tr("Read {0}").format(Path(table.source).name or self.tr("a table")),
            lambda project: edits.use_table(project, table),
        )
        words = self.tr("Read {0} rows, {1} variables").format(count(table.rows), len(table.names))
        self.noticed.emit(", ".join(filter(None, (words, left_out_words(table)))))

    def _refused(self, event: Refused) -> None:
        match event.request:
            case Save(ticket=ticket):
                self._after_save.pop(ticket, None)
                self._fits.pop(ticket, None)
                self._copies.discard(ticket)
            case Open(path=path):
                self.recent.forget(path)

    def _proposed(self, ending: str) -> Path:
        path = self._document.path
        if path is not None:
            return path.with_name(path.stem + ending)
        home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        title = self._document.project.title or self.tr("Untitled")
        return Path(home) / (title.replace("/", "-") + ending)


def _looks_like_graph(path: Path) -> bool:
    """A .txt file may hold a table or a graph; its beginning tells."""
    from engine.graph.formats.registry import looks_like_graph

    if path.suffix.lower() != ".txt":
        return False
    with path.open("rb") as file:
        return looks_like_graph(file.read(BEGINNING).decode("utf-8-sig", "replace"))
