"""The bundled examples: most are made at once, pictures are drawn in the engine's thread."""

from PySide6.QtCore import QObject, Slot

from engine.project import Project
from engine.runtime.messages import ExampleMade, MakeExample
from gui.bridge import Bridge
from gui.document import Document


class Examples(QObject):
    """Opens one; of several asked for, the last one asked for is shown."""

    def __init__(self, document: Document, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._bridge = document, bridge
        self._newest = -1
        bridge.example_made.connect(self._made)
        document.replaced.connect(self._forget)

    def open(self, id: str) -> None:
        """Show an example, at once or when it is drawn."""
        from engine.simulate.examples import PICTURES, example

        if any(entry.id == id for entry in PICTURES):
            self._newest = self._bridge.begin(lambda ticket: MakeExample(ticket, id))
        else:
            self._document.replace(example(id))

    @Slot(object)
    def _made(self, event: ExampleMade) -> None:
        project: Project = event.project
        if event.ticket == self._newest:
            self._document.replace(project)

    @Slot()
    def _forget(self) -> None:
        """Another document came: the example is no longer waited for."""
        self._newest = -1
