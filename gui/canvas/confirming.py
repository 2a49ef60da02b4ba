"""An arrow that a draft assumed is confirmed: one undo step for one, several or all."""

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from gui import drafting
from gui.canvas.commands import CanvasCommands
from gui.canvas.edge_item import EdgeKey
from gui.canvas.scene import CanvasScene


def confirm(commands: CanvasCommands, scene: CanvasScene, keys: Iterable[EdgeKey]) -> None:
    """These arrows are meant, no longer assumed."""
    assumed = scene.document.project.assumed
    arrows = [(k.a, k.b) for k in keys if not k.hidden and (k.a, k.b) in assumed]
    if not arrows:
        commands.noticed.emit(_tr("Select an arrow with a question mark to confirm it"))
        return
    one = len(arrows) == 1
    words = str(EdgeKey(*arrows[0])) if one else _tr("{0} arrows").format(len(arrows))
    label = _tr("Confirm {0}").format(words)
    commands.attempt(label, lambda project: drafting.confirm(project, arrows))


def confirm_selected(commands: CanvasCommands, scene: CanvasScene) -> None:
    """The selected arrows are meant."""
    confirm(commands, scene, scene.selected_edges)


def confirm_all(commands: CanvasCommands) -> None:
    """Every arrow of the draft is meant."""
    commands.attempt(_tr("Confirm every arrow"), drafting.confirm_all)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Confirming", text)
