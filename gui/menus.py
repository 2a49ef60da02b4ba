"""Menus and toolbar, laid out from the table of actions."""

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QLabel, QMenu, QMenuBar, QSizePolicy, QToolBar, QToolButton, QWidget

from gui.actions import Actions, plain
from gui.held_rows import TIERS
from gui.widgets.elided import ElidedLabel
from gui.widgets.menu import KeyMenu

SEPARATOR = "-"
RECENT, EXAMPLES = "recent", "examples"  # submenus, filled by the window
ROLE, KIND, PANELS = "role", "kind", "panels"  # submenus of actions
TIER, HELD = "tier", "held"
ARRANGE, LAYOUT, SIZE, THEME = "arrange", "layout", "size", "theme"

MENUS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "&File",
        ("new", "open", RECENT, EXAMPLES, "-", "save", "save-as", "save-without-rows", "-",
         "open-table", "read-pictures", "import-graph", "export-graph", "export-picture", "-",
         "quit"),
    ),
    ("&Edit", ("undo", "redo", "-", "cut", "copy", "paste", "duplicate", "-", "rename", "delete",
                "select-all", "-", "copy-graph", "graph-table", "-", "find-node",
                "palette")),
    (
        "&Graph",
        ("tool-select", "tool-node", "tool-edge", "tool-hidden", "-", "hidden-cause", "reverse",
         "mediator", "straighten", "next-edge", "previous-edge", "confirm", "confirm-all",
         "try-repair", "-",
         ROLE, TIER, "not-measured", "randomised", "-", KIND, "unit", "-",
         "make-vector", "take-apart", "-", "starter", "add-all", "region", ARRANGE, LAYOUT),
    ),
    (
        "&Question",
        ("see", "do", "imagine", "-", HELD, "release", "-", "pin", "copy-sentence", "copy-plot",
         "copy-svg", "copy-table", "show-table", "picture-difference", "save-plot"),
    ),
    ("Fi&t", ("fit", "pause", "stop")),
    (
        "&View",
        ("zoom-in", "zoom-out", "zoom-reset", "zoom-fit", "-", "focus-canvas", "tab-assumptions",
         "tab-instant", "tab-trust", "mechanisms", "tab-concepts", "tab-table", "tab-outline",
         "tab-pins", "-",
         PANELS, SIZE, THEME, "-", "show-ways", "why-bias", "present"),
    ),
    ("&Help", ("welcome", "tour", "-", "keyboard", "log", "-", "about")),
)  # fmt: skip
SUBMENUS = {
    RECENT: "Open &recent",
    EXAMPLES: "E&xamples",
    ROLE: "R&ole",
    TIER: "Time tier (w&hen)",
    HELD: "Of the selected v&ariables",
    KIND: "&Treat as",
    ARRANGE: "Align and sprea&d",
    LAYOUT: "La&y out",
    PANELS: "&Panels",
    SIZE: "&Size of the interface",
    THEME: "T&heme",
}
INNER = {
    ARRANGE: (
        "align-left",
        "align-centre",
        "align-right",
        "-",
        "align-top",
        "align-middle",
        "align-bottom",
        "-",
        "spread-across",
        "spread-down",
    ),
    LAYOUT: ("lay-out", "lay-out-down", "lay-out-by-role", "lay-out-by-force", "-", "less-motion"),
    ROLE: ("role-exposure", "role-outcome", "role-adjusted", "role-selected", "role-none"),
    TIER: (*(f"tier-{tier}" for tier in TIERS), "-", "tier-earlier", "tier-later", "tier-none"),
    HELD: ("value", "value-up", "value-down", "value-reset", "see-only", "value-release"),
    KIND: ("kind-continuous", "kind-count", "kind-binary", "kind-categorical", "kind-ordinal"),
    PANELS: (
        "panel-data",
        "panel-question",
        "panel-bottom",
        "panel-training",
        "-",
        "move-data",
        "move-question",
        "move-lower",
        "-",
        "reset-layout",
    ),
    SIZE: ("ui-larger", "ui-smaller", "ui-normal"),
    THEME: ("theme-system", "theme-light", "theme-dark"),
}
TOOLBAR = (
    "new", "open", "save", "-", "undo", "redo", "-",
    "tool-select", "tool-node", "tool-edge", "tool-hidden", "-", "fit", "pause", "stop",
)  # fmt: skip
ICON_ONLY = {"undo", "redo", "pause", "stop"}
ICON_AND_TEXT = {"fit", "tool-select", "tool-node", "tool-edge", "tool-hidden", "palette"}
SHORTEN = (  # what loses its words first where the toolbar is narrow
    ("palette",),
    ("new", "open", "save"),
    ("tool-select", "tool-node", "tool-edge", "tool-hidden"),
    ("brand", "fit"),
)
NAME_WIDTH = 150  # of the file's name and state; what does not fit is shortened


def build_menus(bar: QMenuBar, actions: Actions) -> dict[str, QMenu]:
    """Fill the menu bar; returns the submenus that someone else fills."""
    open_ended: dict[str, QMenu] = {}
    for title, entries in MENUS:
        menu = KeyMenu(_tr(title), bar.parentWidget() or bar)  # else it is dressed with the bar
        bar.addMenu(menu)
        menu.setToolTipsVisible(True)
        for entry in entries:
            if entry == SEPARATOR:
                menu.addSeparator()
            elif entry in SUBMENUS:
                open_ended[entry] = KeyMenu(_tr(SUBMENUS[entry]), menu)
                menu.addMenu(open_ended[entry])
                open_ended[entry].setToolTipsVisible(True)
            else:
                menu.addAction(actions[entry])
    for submenu, ids in INNER.items():
        for id in ids:
            if id == SEPARATOR:
                open_ended[submenu].addSeparator()
            else:
                open_ended[submenu].addAction(actions[id])
    return open_ended


class ToolBar(QToolBar):
    """Texts give way to icons, step by step, where they do not fit; nothing is cut off."""

    def __init__(self, actions: Actions) -> None:
        super().__init__(_tr("Tools"))
        self.setObjectName("toolbar")
        self.setMovable(False)
        self.setIconSize(QSize(16, 16))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.brand = QLabel("Doscope")
        self.brand.setObjectName("brand")
        self._brand = self.addWidget(self.brand)
        self.buttons: dict[str, QToolButton] = {}
        for id in TOOLBAR:
            if id == SEPARATOR:
                self.addSeparator()
            else:
                self.buttons[id] = _button(actions[id], _full_style(id))
                self.addWidget(self.buttons[id])
        space = QWidget()
        space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(space)
        self.filename = ElidedLabel()
        self.filename.setObjectName("filename")
        self.addWidget(self.filename)
        palette = actions["palette"]
        self.buttons["palette"] = _button(palette, Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.buttons["palette"].setObjectName("palette")
        self.addWidget(self.buttons["palette"])

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """As many texts as there is room for."""
        super().resizeEvent(event)
        self.make_room()

    def show_size(self, size: float) -> None:
        """Icons as large as the letters beside them."""
        side = round(16 * size)
        if self.iconSize().width() != side:
            self.setIconSize(QSize(side, side))
            self.make_room()

    def make_room(self) -> None:
        """The first of the ever shorter forms that fits."""
        short: set[str] = set()
        for ids in ((), *SHORTEN):
            short.update(ids)
            for id, button in self.buttons.items():
                full = _full_style(id)
                button.setToolButtonStyle(
                    Qt.ToolButtonStyle.ToolButtonIconOnly if id in short else full
                )
            self._brand.setVisible("brand" not in short)
            if self._needed() <= self.width():
                return

    def _needed(self) -> int:
        """Width of all that is shown, with room to read a short file name."""
        name = self.filename.sizeHint().width()
        return self.sizeHint().width() - name + min(name, NAME_WIDTH)


def _button(action: QAction, style: Qt.ToolButtonStyle) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setAccessibleName(plain(action.text()))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setToolButtonStyle(style)
    return button


def _full_style(id: str) -> Qt.ToolButtonStyle:
    style = Qt.ToolButtonStyle
    if id in ICON_ONLY:
        return style.ToolButtonIconOnly
    return style.ToolButtonTextBesideIcon if id in ICON_AND_TEXT else style.ToolButtonTextOnly


def menu_title(title: str) -> str:
    """A menu's name in the user's language, without its mnemonic."""
    return plain(_tr(title))


def whole_name(action: QAction) -> str:
    """What the action is called where its menu is not seen: Role: Outcome."""
    name = plain(action.text())
    for submenu, ids in INNER.items():
        if action.objectName() in ids:
            return f"{plain(_tr(SUBMENUS[submenu]))}: {name}"
    return name


def _tr(text: str) -> str:
    return QCoreApplication.translate("Menus", text)
