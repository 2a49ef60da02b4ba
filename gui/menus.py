"""Menus and toolbar, laid out from the table of actions."""

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLabel, QMenu, QMenuBar, QSizePolicy, QToolBar, QToolButton, QWidget

from gui.actions import Actions, plain
from gui.notices import plain_label

SEPARATOR = "-"
RECENT, EXAMPLES, THEME = "recent", "examples", "theme"  # submenus, filled by the window

MENUS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "&File",
        ("new", "open", RECENT, EXAMPLES, "-", "save", "save-as", "save-without-rows", "-",
         "open-table", "import-graph", "export-graph", "export-picture", "-", "quit"),
    ),
    ("&Edit", ("undo", "redo", "-", "rename", "delete", "select-all", "-", "palette")),
    (
        "&Graph",
        ("tool-select", "tool-node", "tool-edge", "tool-hidden", "-", "add-all"),
    ),
    ("&Question", ("see", "do", "imagine", "-", "release")),
    ("Fi&t", ("fit", "pause", "stop")),
    (
        "&View",
        ("zoom-in", "zoom-out", "zoom-reset", "zoom-fit", "-", "focus-canvas", "panel-data",
         "panel-question", "panel-bottom", "-", "tab-assumptions", "tab-training", "tab-table",
         "tab-outline", "-", THEME),
    ),
    ("&Help", ("keyboard", "log", "-", "about")),
)  # fmt: skip
SUBMENUS = {RECENT: "Open &recent", EXAMPLES: "E&xamples", THEME: "T&heme"}
TOOLBAR = (
    "new", "open", "save", "-", "undo", "redo", "-",
    "tool-select", "tool-node", "tool-edge", "tool-hidden", "-", "fit", "pause", "stop",
)  # fmt: skip
ICON_ONLY = {"undo", "redo", "pause", "stop"}
ICON_AND_TEXT = {"fit", "tool-select", "tool-node", "tool-edge", "tool-hidden"}


def build_menus(bar: QMenuBar, actions: Actions) -> dict[str, QMenu]:
    """Fill the menu bar; returns the submenus that someone else fills."""
    open_ended: dict[str, QMenu] = {}
    for title, entries in MENUS:
        menu = bar.addMenu(_tr(title))
        menu.setToolTipsVisible(True)
        for entry in entries:
            if entry == SEPARATOR:
                menu.addSeparator()
            elif entry in SUBMENUS:
                open_ended[entry] = menu.addMenu(_tr(SUBMENUS[entry]))
                open_ended[entry].setToolTipsVisible(True)
            else:
                menu.addAction(actions[entry])
    for id in ("theme-system", "theme-light", "theme-dark"):
        open_ended[THEME].addAction(actions[id])
    return open_ended


def build_toolbar(actions: Actions) -> tuple[QToolBar, QLabel]:
    """The toolbar, and the label at its right end that names the file."""
    bar = QToolBar(_tr("Tools"))
    bar.setObjectName("toolbar")
    bar.setMovable(False)
    bar.setIconSize(QSize(16, 16))
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    brand = QLabel("Doscope")
    brand.setObjectName("brand")
    bar.addWidget(brand)
    for id in TOOLBAR:
        if id == SEPARATOR:
            bar.addSeparator()
        else:
            bar.addWidget(_button(actions, id))
    space = QWidget()
    space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(space)
    filename = plain_label("")
    filename.setObjectName("filename")
    bar.addWidget(filename)
    bar.addWidget(_find_button(actions["palette"]))
    return bar, filename


def _find_button(action: QAction) -> QToolButton:
    """Shows the keys, so that they are learnt."""
    button = QToolButton()
    button.setObjectName("palette")
    button.setText(action.shortcut().toString(QKeySequence.SequenceFormat.NativeText))
    button.setToolTip(action.toolTip())
    button.setAccessibleName(plain(action.text()))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(action.trigger)
    return button


def _button(actions: Actions, id: str) -> QToolButton:
    button = QToolButton()
    action = actions[id]
    button.setDefaultAction(action)
    button.setAccessibleName(plain(action.text()))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    style = Qt.ToolButtonStyle
    if id in ICON_ONLY:
        button.setToolButtonStyle(style.ToolButtonIconOnly)
    elif id in ICON_AND_TEXT:
        button.setToolButtonStyle(style.ToolButtonTextBesideIcon)
    else:
        button.setToolButtonStyle(style.ToolButtonTextOnly)
    return button


def _tr(text: str) -> str:
    return QCoreApplication.translate("Menus", text)
