"""What the engine learns is the user's unsaved work, as far as it is of the present document."""

from PySide6.QtCore import QObject, Slot

from gui.bridge import Bridge
from gui.document import Document


class Learnt(QObject):
    """Counts each mechanism that is ready into the document."""

    def __init__(self, document: Document, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._told = True  # False: what is learnt may still be of the document before this one
        document.replaced.connect(self._replaced)
        bridge.states_changed.connect(self._answered)
        bridge.fitted.connect(self._fitted)

    @Slot()
    def _replaced(self) -> None:
        self._told = False

    @Slot(object)
    def _answered(self, event: object) -> None:
        """The engine knows the present document."""
        self._told = True

    @Slot(object)
    def _fitted(self, event: object) -> None:
        if self._told:
            self._document.learn()
