"""The menus under the right button: everything that the keys do, with their names."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from engine.project import Project, Role
from engine.queries.questions import Rung
from gui import edit_held
from gui.actions import tr as of_table
from gui.canvas.card import role_words
from gui.canvas.confirming import confirm_all, confirm_selected
from gui.canvas.edge_item import EdgeKey
from gui.canvas.edge_verbs import straighten, swap_kind
from gui.canvas.naming import Naming
from gui.canvas.panning import PanningView
from gui.canvas.pointer import Pointer
from gui.canvas.verbs import Verbs
from gui.canvas_rows import ALIGN_TEXTS, SPREAD_TEXTS
from gui.held_rows import TIERS
from gui.vectors import joinable
from gui.widgets.menu import KeyMenu

ROLE_KEYS = {Role.EXPOSURE: "E", Role.OUTCOME: "O", Role.ADJUSTED: "A", Role.SELECTED: "S"}


class Menu(KeyMenu):
    """A menu whose entries carry what they do; gone once closed."""

    def __init__(self, parent: QWidget, title: str = "") -> None:
        super().__init__(title, parent)
        self._verbs: dict[QAction, Callable[[], object]] = {}
        self.triggered.connect(self._run)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, not title)

    def add(
        self, text: str, verb: Callable[[], object], key: str = "", *, enabled: bool = True
    ) -> QAction:
        """An entry; `key` is shown beside it."""
        action = self.addAction(f"{text}\t{key}" if key else text)
        action.setEnabled(enabled)
        self._verbs[action] = verb
        return action

    def replace(self, action: QAction, verb: Callable[[], object]) -> None:
        """An entry does something else."""
        self._verbs[action] = verb

    def add_menu(self, title: str) -> "Menu":
        """A menu inside this one."""
        inner = Menu(self, title)
        self.addMenu(inner)
        return inner

    @Slot(QAction)
    def _run(self, action: QAction) -> None:
        verb = self._verbs.get(action)
        if verb is not None:
            verb()


class Menus(QObject):
    """Builds the menu for what was clicked."""

    vector_wanted = Signal()  # one variable of the selection
    apart_wanted = Signal()  # the selected vector's columns as nodes
    why_wanted = Signal()  # the paths through the selected edge

    def __init__(self, view: PanningView, pointer: Pointer, naming: Naming, verbs: Verbs) -> None:
        super().__init__(view)
        self._view, self._verbs = view, verbs
        self._commands, self._pointer, self._naming = verbs.commands, pointer, naming

    def for_node(self, project: Project, name: str) -> Menu:
        """What can be done to a node (roles and deletion: to the whole selection)."""
        menu, commands = Menu(self._view), self._commands
        menu.add(_say("Rename"), partial(self._naming.rename, name), "F2")
        menu.add(_say("Delete"), commands.delete_selection, _say("Del"))
        self._add_clipboard(menu)
        menu.add(_say("Draw an arrow from here"), partial(self._pointer.connect_from, name), "L")
        hidden = partial(self._pointer.connect_from, name, hidden=True)
        menu.add(_say("Draw a hidden cause ↔ from here"), hidden)
        menu.addSeparator()
        roles = menu.add_menu(_say("Role"))
        for role, key in ROLE_KEYS.items():
            given = roles.add(role_words(role), partial(commands.toggle_role, role), key)
            given.setCheckable(True)
            given.setChecked(project.roles.get(name) is role)
        menu.add(
            _say("Set as outcome"),
            partial(commands.set_outcome, name),
            enabled=project.question.outcome not in project.vectors.columns(name),
        )
        self._add_held(menu, project, name)
        self._add_tiers(menu, project, name)
        menu.addSeparator()
        if name in project.vectors:
            menu.add(_say("Take apart"), self.apart_wanted.emit, _say("Shift+J"))
        elif len(joinable(project, self._view.stage.selected)) > 1:
            menu.add(_say("Make one variable of these…"), self.vector_wanted.emit, "J")
        latent = menu.add(_say("Not measured"), commands.toggle_latent, "U")
        latent.setCheckable(True)
        latent.setChecked(name in project.graph.latent)
        lot = menu.add(_say("Randomised"), self._verbs.toggle_randomised, "D")
        lot.setCheckable(True)
        lot.setChecked(name in project.randomised)
        if len(self._view.stage.selected) > 1:
            menu.addSeparator()
            self._add_arranging(menu)
        menu.add(_say("Region around the selection"), self._verbs.draw_region, "G")
        return menu

    def for_edge(self, key: EdgeKey, *, assumed: bool = False) -> Menu:
        """What can be done to an edge; `assumed`: nobody has confirmed it yet."""
        menu = Menu(self._view)
        if assumed:
            one = partial(confirm_selected, self._commands, self._view.stage)
            menu.add(_say("Confirm"), one, "K")
            every = partial(confirm_all, self._commands)
            menu.add(_say("Confirm every arrow"), every, _say("Ctrl+Shift+K"))
            menu.addSeparator()
        if self._view.stage.joining.way(key).biasing:
            menu.add(_say("Why is this a bias?"), self.why_wanted.emit, _say("Alt+9"))
            menu.addSeparator()
        if not key.hidden:
            menu.add(_say("Reverse"), self._commands.reverse_selected, "R")
            menu.add(_say("New node between"), partial(self._verbs.new_between, key), "M")
        menu.add(_say("Hidden cause ↔ beside it, or no longer"), self._verbs.toggle_hidden, "B")
        swap = partial(swap_kind, self._commands, self._view.stage, key)
        words = _say("Arrow → instead of ↔") if key.hidden else _say("Hidden cause ↔ instead of →")
        menu.add(words, swap)
        bent = (key.a, key.b, key.hidden) in self._view.stage.document.project.sketch.bends
        straight = partial(straighten, self._commands, self._view.stage)
        menu.add(_say("Straighten"), straight, enabled=bent)
        menu.addSeparator()
        menu.add(_say("Delete"), self._commands.delete_selection, _say("Del"))
        return menu

    def for_ground(self, at: tuple[float, float], select_all: Callable[[], None]) -> Menu:
        """What can be done to the empty canvas."""
        menu = Menu(self._view)
        menu.add(_say("New node"), partial(self._naming.create, at), "N")
        menu.add(_say("New latent node"), partial(self._naming.create, at, latent=True))
        note = partial(self._verbs.draw_region, QPointF(*at))
        menu.add(_say("New note"), note, "G")
        menu.add(_say("Paste here"), partial(self._verbs.clipboard.paste, at), _say("Ctrl+V"))
        menu.addSeparator()
        layouts, arranger = menu.add_menu(_say("Lay out")), self._verbs.arranger
        layouts.add(_say("Left to right"), arranger.left_to_right)
        layouts.add(_say("Top to bottom"), arranger.downward)
        layouts.add(_say("By role"), arranger.by_role)
        layouts.add(_say("By forces"), arranger.by_force)
        menu.add(_say("Find a node"), self._verbs.finder.open_line, _say("Ctrl+F"))
        menu.add(_say("Select all"), select_all, _say("Ctrl+A"))
        menu.add(_say("Whole graph"), self._view.fit, "F")
        menu.add("100 %", self._view.reset_zoom, _say("Ctrl+0"))
        return menu

    def for_region(self, index: int) -> Menu:
        """What can be done to a region or a note."""
        menu, regions = Menu(self._view), self._verbs.regions
        menu.add(_say("Write on it"), partial(regions.write, index), "F2")
        menu.add(_say("Delete"), partial(regions.remove, index), _say("Del"))
        return menu

    def _add_held(self, menu: Menu, project: Project, name: str) -> None:
        """Do and see, for one node: set, shift, filter, reset, release."""
        holding, measured = self._verbs.holding, project.measured(name)
        held = edit_held.is_held(project, name)
        set_now = held and project.question.rung is not Rung.SEE
        if not set_now:
            menu.add(_say("do(…)"), partial(self._commands.intervene, name), enabled=measured)
        seeing = held and not set_now
        if not seeing:
            menu.add(_say("See only such rows"), partial(holding.look, name), "W", enabled=measured)
        words = _say("Type the rows…") if seeing else _say("Type a value…")
        menu.add(words, partial(holding.type_value, name), "F4", enabled=measured)
        if held:
            if set_now:
                back = partial(holding.reset, name)
                menu.add(_say("Back to the mean"), back, _say("Shift+F4"))
            words = _say("Look at all rows again") if seeing else _say("Release do(…)")
            menu.add(words, partial(holding.release, name), "X")

    def _add_tiers(self, menu: Menu, project: Project, name: str) -> None:
        """When the selected nodes come about."""
        tiers = menu.add_menu(_say("Time tier"))
        for tier in TIERS:
            entry = tiers.add(str(tier), partial(self._verbs.set_tier, tier), str(tier))
            entry.setCheckable(True)
            entry.setChecked(project.tiers.get(name) == tier)
        tiers.addSeparator()
        tiers.add(_say("One earlier"), partial(self._verbs.shift_tier, -1), _say("PgUp"))
        tiers.add(_say("One later"), partial(self._verbs.shift_tier, 1), _say("PgDown"))
        given = name in project.tiers
        tiers.add(_say("None"), partial(self._verbs.set_tier, None), enabled=given)

    def _add_clipboard(self, menu: Menu) -> None:
        clipboard = self._verbs.clipboard
        menu.add(_say("Cut"), clipboard.cut, _say("Ctrl+X"))
        menu.add(_say("Copy"), clipboard.copy, _say("Ctrl+C"))
        menu.add(_say("Duplicate"), clipboard.duplicate, _say("Ctrl+D"))

    def _add_arranging(self, menu: Menu) -> None:
        arranger = self._verbs.arranger
        inner = menu.add_menu(_say("Align and spread"))
        for how, (words, _) in ALIGN_TEXTS.items():
            inner.add(of_table(words), partial(arranger.align, how))
        enough = len(self._view.stage.selected) > 2
        inner.addSeparator()
        for axis, (words, _) in enumerate(SPREAD_TEXTS):
            inner.add(of_table(words), partial(arranger.spread, axis), enabled=enough)

    def for_dropped(self, cause: str, at: tuple[float, float]) -> Menu:
        """An arrow ended on empty canvas."""
        menu = Menu(self._view)
        text = _say("New node here, caused by {0}").format(cause.replace("&", "&&"))
        menu.add(text, partial(self._naming.create, at, cause=cause))
        return menu


def _say(text: str) -> str:
    return QCoreApplication.translate("Menus", text)
