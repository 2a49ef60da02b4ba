"""The look of native widgets: one Qt style sheet per theme, on a grid of 4 and 8 pixels."""

import re
from functools import cache
from importlib.resources import files
from string import Template

from gui.theme import Theme, blend

LENGTH = re.compile(r"\b(\d+(?:\.\d+)?)(px|pt)\b")
_SHEET = Template("""
* { outline: none; }
QDialog { background: $surface; }
QWidget#sheet, QFrame#sheet { background: $surface; }
QLabel { background: transparent; color: $text; }
QLabel[quiet="true"] { color: $quiet; }
QLabel[heading="true"] { color: $quiet; font-weight: 600; }
QLabel#brand { font-weight: 700; font-size: 10.5pt; padding: 0 8px 0 8px; }
QLabel#title { font-size: 19pt; font-weight: 600; }
QLabel#question { font-weight: 600; }
QLabel#filename { color: $quiet; padding: 0 8px; }

QMenuBar { background: $surface; color: $text; padding: 2px 6px; }
QMenuBar::item { padding: 4px 8px; border-radius: 6px; background: transparent; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $sunken; }
QMenu { background: $surface; color: $text; border: 1px solid $border; border-radius: 8px;
  padding: 6px; }
QMenu::item { padding: 5px 24px 5px 10px; border-radius: 5px; }
QMenu::item:selected { background: $selected_fill; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $border; margin: 5px 8px; }
QMenu::icon { padding-left: 8px; }
QMenu::indicator { width: 14px; height: 14px; padding-left: 8px; }

QToolBar { background: $surface; border: 0; border-bottom: 1px solid $border; padding: 5px 8px;
  spacing: 2px; }
QToolBar::separator { background: $border; width: 1px; margin: 5px 8px; }
QToolButton { background: transparent; color: $text; border: 1px solid transparent;
  border-radius: 6px;
  padding: 5px 9px; }
QToolButton:hover { background: $sunken; }
QToolButton:pressed { background: $border; }
QToolButton:checked { background: $selected_fill; color: $selected; font-weight: 600; }
QToolButton:disabled { color: $faint; }
QToolButton:focus { border-color: $selected; }
QFileDialog QToolButton { padding: 1px; }
QToolButton#foldout { color: $quiet; font-weight: 600; padding: 3px 6px 3px 0; margin-left: -5px; }
QToolButton#foldout:checked { background: transparent; }
QToolButton#foldout:hover { color: $text; }
QPlainTextEdit#paragraph { background: transparent; color: $quiet; border: 0;
  selection-background-color: $selected; selection-color: $surface; }
QToolButton#palette { color: $quiet; border-color: $border; padding: 3px 8px; }

QPushButton { background: $surface; color: $text; border: 1px solid $border; border-radius: 7px;
  padding: 5px 12px; }
QPushButton:hover { background: $sunken; }
QPushButton:pressed { background: $border; }
QPushButton:focus { border-color: $selected; }
QPushButton:default { border-color: $selected; }
QPushButton:disabled { color: $faint; }
QPushButton[flat="true"] { border: 1px solid transparent; background: transparent; color: $do;
  padding: 3px 6px; font-weight: 600; }
QPushButton[flat="true"]:hover { background: $sunken; }
QPushButton[flat="true"]:focus { border-color: $selected; }

QLineEdit { background: $surface; color: $text; border: 1px solid $border; border-radius: 7px;
  padding: 4px 8px; selection-background-color: $selected; selection-color: $surface; }
QLineEdit:focus { border-color: $selected; }
QAbstractSpinBox { background: $surface; color: $text; border: 1px solid $border;
  border-radius: 7px;
  padding: 3px 6px; selection-background-color: $selected; selection-color: $surface; }
QAbstractSpinBox:focus { border-color: $selected; }
QAbstractSpinBox QLineEdit { border: 0; padding: 0; background: transparent; }
QComboBox { background: $surface; color: $text; border: 1px solid $border; border-radius: 7px;
  padding: 3px 8px; }
QComboBox:hover { background: $sunken; }
QComboBox:focus { border-color: $selected; }
QComboBox:disabled, QLineEdit:disabled { color: $faint; }
QComboBox::drop-down { border: 0; width: 20px; }
QComboBox::down-arrow { image: url("$icons/down-$name.svg"); width: 14px; height: 14px; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $border; padding: 4px;
  selection-background-color: $selected_fill; selection-color: $text; }

QAbstractItemView { background: $surface; alternate-background-color: $sunken; color: $text;
  border: 0;
  selection-background-color: $selected_fill; selection-color: $text; }
QListView::item, QTreeView::item { border-radius: 6px; padding: 2px 4px; }
QListView::item:hover, QTreeView::item:hover { background: $sunken; }
QListView::item:selected, QTreeView::item:selected { background: $selected_fill; color: $text; }
QListView::indicator, QCheckBox::indicator { width: 13px; height: 13px;
  border: 1px solid $line; border-radius: 3px; background: $surface; }
QListView::indicator:checked, QCheckBox::indicator:checked { background: $selected;
  border-color: $selected; image: url("$icons/check-$name.svg"); }
QCheckBox { color: $text; spacing: 6px; }
QCheckBox:focus { color: $selected; }
QListView#values { border: 1px solid $border; border-radius: 7px; padding: 3px; }
QListView#values:focus { border-color: $selected; }
QTableView { gridline-color: $hair; }
QTableView::item { padding: 2px 8px; }
QTableView::item:selected { background: $selected_fill; color: $text; }
QHeaderView { background: $surface; }
QHeaderView::section { background: $surface; color: $quiet; border: 0;
  border-bottom: 1px solid $border;
  padding: 4px 11px; }
QTableCornerButton::section { background: $surface; border: 0; border-bottom: 1px solid $border; }

QTabBar#tabs { background: transparent; qproperty-drawBase: 0; }
QTabBar#tabs::tab { background: transparent; color: $quiet; border: 0;
  border-bottom: 2px solid transparent;
  padding: 8px 2px 5px 2px; margin-right: 18px; }
QTabBar#tabs::tab:hover { color: $text; }
QTabBar#tabs::tab:selected { color: $text; font-weight: 600; border-bottom-color: $selected; }
QTabBar#tabs::tab:focus { color: $selected; }
QTabBar#tabs::tear { width: 0; border: 0; }
QTabBar#tabs QToolButton { padding: 0; border: 0; background: $surface; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $border; border-radius: 3px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:vertical { margin: 2px 2px 2px 2px; }
QScrollBar::handle:horizontal { margin: 2px 2px 2px 2px; }
QScrollBar::handle:hover { background: $quiet; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; }

QStatusBar { background: $surface; color: $quiet; border-top: 1px solid $border; }
QStatusBar::item { border: 0; }
QStatusBar QLabel { color: $quiet; padding: 2px 8px; }
QProgressBar { background: $sunken; border: 0; border-radius: 3px; height: 6px;
  text-align: center; }
QProgressBar::chunk { background: $do; border-radius: 3px; }
QToolTip { background: $surface; color: $text; border: 1px solid $border; padding: 4px 6px; }

QFrame#toast { background: $text; border-radius: 8px; }
QFrame#toast QLabel { color: $surface; padding: 2px 4px; }
QFrame#toast QPushButton { background: transparent; border: 1px solid transparent;
  color: $toast_link;
  font-weight: 600; padding: 3px 8px; }
QFrame#toast QPushButton:hover, QFrame#toast QPushButton:focus { border-color: $toast_link; }
QFrame#refusal { background: $warn_fill; border: 0; border-bottom: 1px solid $warn; }
QFrame#refusal[bug="true"] { background: $error_fill; border-bottom-color: $error; }
QFrame#offer { background: $selected_fill; border: 0; border-bottom: 1px solid $selected; }
QFrame#palette { background: $surface; border: 1px solid $border; border-radius: 10px; }
""")


@cache
def stylesheet(theme: Theme, size: float = 1.0) -> str:
    """The style sheet in the colours of `theme`, its lengths and letters `size` times as large."""
    roles = {role: getattr(theme, role) for role in theme.__dataclass_fields__}
    sheet = _SHEET.substitute(
        roles,
        icons=str(files("resources").joinpath("icons")).replace("\\", "/"),
        faint=blend(theme.quiet, theme.surface, 0.5),
        hair=blend(theme.border, theme.surface, 0.5),
        warn_fill=blend(theme.warn, theme.surface, 0.1),
        error_fill=blend(theme.error, theme.surface, 0.1),
        toast_link="#8ecbf0" if theme.name == "light" else "#00598c",
    )
    return sheet if size == 1.0 else LENGTH.sub(lambda found: _scaled(found, size), sheet)


def _scaled(found: re.Match[str], size: float) -> str:
    """A length, larger; a hair line stays a hair line."""
    value, unit = float(found[1]), found[2]
    if unit == "pt":
        return f"{value * size:.2f}pt"
    return f"{round(value * size) if value > 1 else round(value)}px"
