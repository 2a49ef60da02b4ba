"""The first page: how to begin, examples to look at, and what was open lately."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.simulate.examples import STUDIES
from gui.appearance import Appearance
from gui.notices import plain_label
from gui.widgets.tile import Tile

MOST_RECENT = 4


class Welcome(QScrollArea):
    """Shown while the project is empty and nobody has said how to begin."""

    empty_wanted = Signal()
    table_wanted = Signal()
    project_wanted = Signal()
    tour_wanted = Signal()
    example_wanted = Signal(str)
    recent_wanted = Signal(object)  # Path

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self.setAccessibleName(self.tr("Welcome"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.begin = self._begin_tiles()
        self.examples = {e.id: Tile(appearance, e.title, e.summary) for e in STUDIES}
        self.recent: list[Tile] = []
        self._recent_heading = _heading(self.tr("Opened lately"))
        self._recent_tiles = QVBoxLayout()
        self._recent_tiles.setSpacing(8)
        self.setWidget(self._page())
        for id, tile in self.examples.items():
            tile.clicked.connect(lambda _=False, id=id: self.example_wanted.emit(id))
        self.show_recent(())

    def show_recent(self, paths: Iterable[Path]) -> None:
        """The newest few files."""
        for tile in self.recent:
            self._recent_tiles.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
        self.recent = []
        for path in list(paths)[:MOST_RECENT]:
            tile = Tile(self._appearance, path.name, str(path.parent))
            tile.clicked.connect(lambda _=False, path=path: self.recent_wanted.emit(path))
            self._recent_tiles.addWidget(tile)
            self.recent.append(tile)
        self._recent_heading.setVisible(bool(self.recent))

    def take_keyboard(self) -> None:
        """The keyboard is on the first way to begin."""
        self.begin["table"].setFocus(Qt.FocusReason.OtherFocusReason)

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _begin_tiles(self) -> dict[str, Tile]:
        tiles = {
            "table": Tile(
                self._appearance,
                self.tr("Open data…"),
                self.tr("A CSV or TSV table. Three questions make a first graph."),
                icon="table",
                keys="Ctrl+T",
            ),
            "empty": Tile(
                self._appearance,
                self.tr("Start empty"),
                self.tr("Draw variables and arrows yourself; data can come later."),
                icon="node",
            ),
            "project": Tile(
                self._appearance,
                self.tr("Open a project or a graph…"),
                self.tr("A Doscope project, or a graph from DAGitty, DOT or Tetrad."),
                icon="open",
                keys="Ctrl+O",
            ),
            "tour": Tile(
                self._appearance,
                self.tr("Take the two-minute tour"),
                self.tr("See, do and imagine with 700 real patients, step by step."),
                icon="fit",
            ),
        }
        wanted = {
            "table": self.table_wanted,
            "empty": self.empty_wanted,
            "project": self.project_wanted,
            "tour": self.tour_wanted,
        }
        for name, tile in tiles.items():
            tile.clicked.connect(lambda _=False, name=name: wanted[name].emit())
        return tiles

    def _page(self) -> QWidget:
        page = QWidget()
        page.setObjectName("sheet")
        title = plain_label(self.tr("What would happen if …?"))
        title.setObjectName("title")
        words = plain_label(
            self.tr(
                "Draw what causes what, add data, and ask: see what was, do something, imagine"
                " one case otherwise."
            )
        )
        words.setWordWrap(True)
        words.setProperty("quiet", True)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column, heading, tiles in (
            (left, self.tr("Begin"), self.begin),
            (right, self.tr("Look at an example"), self.examples),
        ):
            column.setSpacing(8)
            column.addWidget(_heading(heading))
            for tile in tiles.values():
                column.addWidget(tile)
        left.addStretch(1)
        right.addSpacing(10)
        right.addWidget(self._recent_heading)
        right.addLayout(self._recent_tiles)
        right.addStretch(1)
        grid = QGridLayout(page)
        grid.setContentsMargins(40, 36, 40, 28)
        grid.setHorizontalSpacing(32)
        grid.setVerticalSpacing(6)
        grid.addWidget(title, 1, 1, 1, 2)
        grid.addWidget(words, 2, 1, 1, 2)
        grid.setRowMinimumHeight(3, 14)
        grid.addLayout(left, 4, 1)
        grid.addLayout(right, 4, 2)
        for number, stretch in enumerate((3, 10, 10, 3)):
            grid.setColumnStretch(number, stretch)
        grid.setRowStretch(0, 1)
        grid.setRowStretch(5, 3)
        return page


def _heading(text: str) -> QLabel:
    label = plain_label(text)
    label.setProperty("heading", True)
    return label
