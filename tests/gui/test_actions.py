"""The table of actions: complete, unambiguous, and reachable from the menus."""

from collections import Counter

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QToolButton

from gui.actions import ACTIONS, Actions, Situation, plain
from gui.icons import pixmap
from gui.menus import INNER, MENUS, SUBMENUS
from gui.theme import DARK, LIGHT
from tests.gui.conftest import Shell


def test_every_action_has_its_own_id_text_and_tip() -> None:
    assert all(spec.text and spec.tip for spec in ACTIONS)
    assert max(Counter(spec.id for spec in ACTIONS).values()) == 1
    assert max(Counter(plain(spec.text) for spec in ACTIONS).values()) == 1


def test_no_two_actions_share_a_shortcut() -> None:
    keys = Counter(QKeySequence(key).toString() for spec in ACTIONS for key in spec.keys)
    assert "" not in keys
    assert [key for key, uses in keys.items() if uses > 1] == []


def test_every_action_stands_in_a_menu() -> None:
    placed = [entry for _, entries in MENUS for entry in entries if entry not in ("-", *SUBMENUS)]
    inner = {id for ids in INNER.values() for id in ids if id != "-"}
    assert set(placed) | inner == {spec.id for spec in ACTIONS}
    assert max(Counter(placed).values()) == 1


def test_menus_of_one_bar_have_different_mnemonics(shell: Shell) -> None:
    for menu in [shell.window.menuBar(), *shell.window.findChildren(QMenu)]:
        letters = Counter(_mnemonic(action) for action in menu.actions() if _mnemonic(action))
        assert [letter for letter, uses in letters.items() if uses > 1] == [], menu.title()


def test_an_empty_project_can_only_be_filled(qapp: object) -> None:
    actions = Actions()
    actions.refresh(Situation())
    enabled = {spec.id for spec in ACTIONS if actions[spec.id].isEnabled()}
    assert {"new", "open", "open-table", "import-graph", "tool-node"} <= enabled
    assert not enabled & {"undo", "redo", "fit", "pause", "stop", "delete", "export-graph", "do"}


def test_fit_pause_and_stop_follow_the_training(qapp: object) -> None:
    actions = Actions()

    def usable(**facts: bool) -> list[str]:
        actions.refresh(Situation(nodes=2, has_table=True, **facts))
        return [id for id in ("fit", "pause", "stop") if actions[id].isEnabled()]

    assert usable() == ["fit"]
    assert usable(running=True) == ["pause", "stop"]
    assert usable(running=True, paused=True) == ["fit", "stop"]


def test_icons_are_painted_in_the_colour_of_the_theme(qapp: object) -> None:
    for spec in ACTIONS:
        if spec.icon:
            for theme in (LIGHT, DARK):
                image = pixmap(spec.icon, theme.text, 32).toImage()
                spots = [image.pixelColor(x, y) for x in range(32) for y in range(32)]
                solid = [spot.lightness() for spot in spots if spot.alpha() == 255]
                wanted = theme.color("text").lightness()
                assert solid
                assert all(abs(value - wanted) <= 2 for value in solid), spec.icon


def test_every_tool_button_can_be_named_by_a_screen_reader(shell: Shell) -> None:
    buttons = shell.window.toolbar.findChildren(QToolButton)
    named = [button for button in buttons if button.accessibleName()]
    assert len(named) >= 13
    assert all(b.toolTip() for b in named)


def _mnemonic(action: QAction) -> str:
    text = action.text().replace("&&", "")
    _, mark, rest = text.partition("&")
    return rest[:1].lower() if mark else ""
