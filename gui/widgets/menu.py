"""Menus that keep the keys: while one is open, letters choose its entries and nothing else."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QMenu, QMenuBar


class KeyMenu(QMenu):
    """No shortcut of the window answers while this is open."""

    def event(self, event: QEvent) -> bool:
        """Claim the key before the shortcuts do."""
        return _claimed(event) or super().event(event)


class KeyMenuBar(QMenuBar):
    """No shortcut of a single letter answers while this has the keyboard."""

    def event(self, event: QEvent) -> bool:
        """Claim the key before the shortcuts do."""
        return _claimed(event) or super().event(event)


def _claimed(event: QEvent) -> bool:
    if event.type() != QEvent.Type.ShortcutOverride:
        return False
    event.accept()
    return True
