"""F1: every key in one sheet, from the table of actions; read, printed, or saved as PDF or HTML."""

import html
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMarginsF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QGuiApplication,
    QKeySequence,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPdfWriter,
    QTextDocument,
)
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.about import CANVAS_KEYS
from gui.actions import ACTIONS, plain, tr
from gui.dialogs import Dialogs
from gui.menus import INNER, MENUS, SUBMENUS, menu_title
from gui.notices import plain_label
from gui.specs import Spec

COLUMNS = 3
WIDE_COLUMN = 48  # letters: fewer columns where there is no room for all of them
TITLE = 2.0  # lines that a title takes
SIZES = (9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0)  # points of the printed sheet: the first that fits
MARGIN = 12.0  # millimetres


@dataclass(frozen=True, slots=True)
class Group:
    """Keys that belong together: each with what it does."""

    title: str
    lines: tuple[tuple[str, str], ...]


def groups() -> list[Group]:
    """The canvas first, then each menu in its order; actions without keys are left out."""
    specs = {spec.id: spec for spec in ACTIONS}
    canvas = tuple((_tr(keys), _tr(words)) for keys, words in CANVAS_KEYS)
    found = [Group(_tr("On the canvas"), canvas)]
    for title, ids in _menus():
        lines = tuple((keys_of(specs[id]), words_of(specs[id])) for id in ids if specs[id].keys)
        if lines:
            found.append(Group(title, lines))
    return found


def keys_of(spec: Spec) -> str:
    """Ctrl+Shift+Z, Ctrl+Y as the system writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(QKeySequence(keys).toString(native) for keys in spec.keys)


def words_of(spec: Spec) -> str:
    """Pause: hold the training. A name that the tip begins with is not said twice."""
    name, tip = plain(tr(spec.text)), tr(spec.tip)
    if tip.casefold().startswith(name.casefold()):
        return tip
    return f"{name}: {tip[:1].lower()}{tip[1:]}"


def page_html() -> str:
    """The sheet as one HTML page of its own, in columns on screen and paper."""
    title = html.escape(_tr("Doscope: all keys"))
    style = (
        "body{font:13px/1.45 sans-serif;margin:24px;color:#1c2330;background:#fff}"
        "main{columns:3 260px;column-gap:28px}section{break-inside:avoid;margin:0 0 14px}"
        "h1{font-size:20px;margin:0 0 14px}h3{font-size:13px;margin:0 0 4px;color:#0072b2}"
        "table{border-collapse:collapse;width:100%}td{vertical-align:top;padding:1px 0}"
        "td:first-child{font-weight:600;padding-right:10px;width:38%}"
        "@media print{body{margin:0;font-size:9pt}}"
    )
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{style}</style></head><body><h1>{title}</h1><main>"
        + "".join(f"<section>{_group_html(group)}</section>" for group in groups())
        + "</main></body></html>"
    )


def document(points: float = SIZES[0]) -> QTextDocument:
    """The sheet for paper: the groups dealt to columns of about equal length."""
    cells = "".join(
        f'<td width="{100 // COLUMNS}%" style="padding-right:12px">'
        + "".join(_group_html(group) for group in column)
        + "</td>"
        for column in dealt(groups(), COLUMNS)
    )
    made = QTextDocument()
    font = made.defaultFont()
    font.setPointSizeF(points)
    made.setDefaultFont(font)
    made.setHtml(
        f"<h2>{html.escape(_tr('Doscope: all keys'))}</h2>"
        f'<table width="100%" cellspacing="0"><tr>{cells}</tr></table>'
    )
    return made


def write_pdf(path: Path) -> None:
    """The sheet as a PDF on A4, lying."""
    writer = QPdfWriter(str(path))
    writer.setTitle(_tr("Doscope: all keys"))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageOrientation(QPageLayout.Orientation.Landscape)
    writer.setPageMargins(QMarginsF(MARGIN, MARGIN, MARGIN, MARGIN), QPageLayout.Unit.Millimeter)
    _fitted(writer).print_(writer)


def write_html(path: Path) -> None:
    """The sheet as a page for a browser."""
    path.write_text(page_html(), encoding="utf-8")


def dealt(all_groups: list[Group], columns: int) -> list[list[Group]]:
    """Lines in order, each column about as long as the others; a group may go on in the next."""
    room = sum(map(_length, all_groups)) / columns
    made: list[list[Group]] = [[] for _ in range(columns)]
    passed = 0.0
    for group in all_groups:
        passed += TITLE
        for line in group.lines:
            passed += _line_length(line)
            column = made[min(columns - 1, int((passed - _line_length(line) / 2) / room))]
            if not column or column[-1].title != group.title:
                column.append(Group(group.title, ()))
            column[-1] = Group(group.title, (*column[-1].lines, line))
    return made


class CheatSheet(QDialog):
    """The sheet on screen, with ways to keep it."""

    def __init__(self, parent: QWidget, dialogs: Dialogs, say: Callable[[str], object]) -> None:
        super().__init__(parent)
        self._dialogs, self._say = dialogs, say
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_tr("Keyboard"))
        room = parent.size() - QSize(60, 60)
        column_width = WIDE_COLUMN * self.fontMetrics().averageCharWidth()
        page = _page(max(1, min(COLUMNS, room.width() // column_width)))
        self.area = QScrollArea()
        self.area.setAccessibleName(_tr("Shortcuts"))
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.area.setWidget(page)
        self.save = QPushButton(_tr("Save as PDF or HTML…"))
        self.print = QPushButton(_tr("Print…"))
        self.close_it = QPushButton(_tr("Close"))
        self.save.clicked.connect(self.keep)
        self.print.clicked.connect(self.print_out)
        self.close_it.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addWidget(self.save)
        buttons.addWidget(self.print)
        buttons.addStretch(1)
        buttons.addWidget(self.close_it)
        column = QVBoxLayout(self)
        column.addWidget(self.area, 1)
        column.addLayout(buttons)
        wanted = QSize(page.sizeHint().width() + 60, page.sizeHint().height() + 90)
        self.resize(wanted.expandedTo(QSize(980, 300)).boundedTo(room))
        self.area.setFocus()

    def keep(self) -> None:
        """Ask for a file; its ending says which of the two."""
        path = self._dialogs.save_file(
            _tr("Save the sheet of keys"),
            ";;".join((_tr("PDF (*.pdf)"), _tr("Page for a browser (*.html)"))),
            Path.home() / "doscope-keys.pdf",
        )
        if path is None:
            return
        (write_html if path.suffix.lower() in (".html", ".htm") else write_pdf)(path)
        self._say(_tr("Wrote {0}").format(path.name))

    def print_out(self) -> None:
        """To a printer of the user's choice."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter()
        printer.setPageOrientation(QPageLayout.Orientation.Landscape)
        dialog = QPrintDialog(printer, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: _fitted(printer).print_(printer))
        QDialog.open(dialog)


def open_cheat_sheet(parent: QWidget, dialogs: Dialogs, say: Callable[[str], object]) -> CheatSheet:
    """Show the sheet over the window."""
    sheet = CheatSheet(parent, dialogs, say)
    sheet.open()
    return sheet


# ── private ────────────────────────────────────────────────────────────────────────────────────


def _menus() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each menu's actions, those of its submenus after it."""
    for title, entries in MENUS:
        inner = [id for entry in entries if entry in SUBMENUS for id in INNER.get(entry, ())]
        ids = [*(entry for entry in entries if entry not in SUBMENUS), *inner]
        yield menu_title(title), tuple(id for id in ids if id != "-")


def _length(group: Group) -> float:
    return TITLE + sum(map(_line_length, group.lines))


def _line_length(line: tuple[str, str]) -> float:
    """How many lines of a column a key and its words take."""
    return 1.0 + max(len(line[0]) // 20, len(line[1]) // 30)


def _fitted(paper: QPagedPaintDevice) -> QTextDocument:
    """The sheet as large as one page of `paper` allows."""
    inner = paper.pageLayout().paintRectPoints().size()
    inches = QGuiApplication.primaryScreen().logicalDotsPerInch() / 72
    for points in SIZES:
        made = document(points)
        made.setDocumentMargin(0)
        made.setPageSize(QSizeF(inner) * inches)
        if made.pageCount() == 1:
            break
    return made


def _group_html(group: Group) -> str:
    rows = "".join(
        f"<tr><td><b>{html.escape(keys)}</b>&nbsp;&nbsp;</td><td>{html.escape(words)}</td></tr>"
        for keys, words in group.lines
    )
    return f"<h3>{html.escape(group.title)}</h3><table>{rows}</table>"


def _page(columns: int) -> QWidget:
    page = QWidget()
    page.setObjectName("sheet")
    row = QHBoxLayout(page)
    row.setContentsMargins(20, 12, 20, 12)
    row.setSpacing(32)
    for column in dealt(groups(), columns):
        row.addWidget(_key_column(column), 1, Qt.AlignmentFlag.AlignTop)
    return page


def _key_column(parts: list[Group]) -> QWidget:
    """Titles over keys and what they do, which is folded rather than cut."""
    widget = QWidget()
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setColumnStretch(0, 2)
    grid.setColumnStretch(1, 3)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(3)
    for part in parts:
        heading = plain_label(part.title)
        heading.setProperty("heading", True)
        grid.addWidget(heading, grid.rowCount(), 0, 1, 2)
        for keys, words in part.lines:
            line = grid.rowCount()
            for i, text in enumerate((keys, words)):
                cell = plain_label(text)
                cell.setWordWrap(True)
                cell.setProperty("quiet", bool(i))
                grid.addWidget(cell, line, i, Qt.AlignmentFlag.AlignTop)
        grid.setRowMinimumHeight(grid.rowCount(), 8)
    return widget


def _tr(text: str) -> str:
    return QCoreApplication.translate("About", text)
