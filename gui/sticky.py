"""Tools that stay in hand: a double click on a tool's button; the same tool again puts it down."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QToolButton

from gui.canvas.tools import Tool
from gui.canvas.view import CanvasView

TOOLS = {
    "tool-select": Tool.SELECT,
    "tool-node": Tool.NODE,
    "tool-edge": Tool.EDGE,
    "tool-hidden": Tool.HIDDEN,
}


class StickyTools(QObject):
    """Watches the buttons of the tools."""

    def __init__(self, canvas: CanvasView, buttons: Mapping[str, QToolButton]) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._tools = {buttons[id]: tool for id, tool in TOOLS.items() if id in buttons}
        for button in self._tools:
            button.installEventFilter(self)

    def take(self, tool: Tool) -> None:
        """Choose a tool for one use; the one in hand is put down."""
        in_hand = self._canvas.pointer.tool is tool
        self._canvas.set_tool(Tool.SELECT if in_hand else tool)

    def lock(self, tool: Tool) -> None:
        """Choose a tool until Esc."""
        self._canvas.set_tool(tool, locked=True)
        if tool is not Tool.SELECT:
            self._canvas.commands.noticed.emit(self._canvas.pointer.locked_words())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """The second click of a double click locks, instead of choosing once more."""
        if event.type() == QEvent.Type.MouseButtonDblClick and isinstance(watched, QToolButton):
            self.lock(self._tools[watched])
            return True
        return super().eventFilter(watched, event)
