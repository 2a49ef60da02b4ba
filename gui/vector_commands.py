"""Making one variable of several columns, and taking it apart: what the user is asked and told."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QObject, Slot

from gui.canvas.layout import free_spot
from gui.canvas.view import CanvasView
from gui.dialogs import Dialogs
from gui.document import Document
from gui.vectors import joinable, make_vector, proposed_name, take_apart


class VectorCommands(QObject):
    """Each verb is one undo step; a refusal changes nothing and is said."""

    def __init__(
        self, document: Document, canvas: CanvasView, dialogs: Dialogs, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._document, self._canvas, self._dialogs = document, canvas, dialogs
        canvas.menus.vector_wanted.connect(self.make_of_selection)
        canvas.menus.apart_wanted.connect(self.take_apart_selection)

    @Slot()
    def make_of_selection(self) -> None:
        """One variable of the selected nodes."""
        self.make(self._canvas.selected_variables())

    @Slot(object)
    def make(self, names: Iterable[str]) -> None:
        """One variable of these columns, drawn or not, in the table's order; asks for its name."""
        project = self._document.project
        columns = joinable(project, names)
        if len(columns) < 2:
            self._canvas.noticed.emit(self.tr("Select two columns or more to make one variable"))
            return
        label = self.tr("{0}, in this order, become one variable called").format(", ".join(columns))
        proposed = proposed_name(project, columns)
        name = self._dialogs.text(self.tr("Make one variable"), label, proposed)
        if name is None:
            return
        places = self._canvas.stage.places()
        middle = self._canvas.mapToScene(self._canvas.viewport().rect().center()).toTuple()
        at = free_spot(list(places.values()), middle)
        verb = partial(make_vector, name=name, columns=columns, at=at, shown=places)
        commands = self._canvas.commands
        if commands.attempt(self.tr("Make one variable {0}").format(name.strip()), verb):
            self._canvas.stage.select({name.strip()})
            self._canvas.stage.focus(name.strip(), shown=False)

    @Slot()
    def take_apart_selection(self) -> None:
        """A node for each column of the selected vector."""
        vectors = self._document.project.vectors
        names = [name for name in self._canvas.selected_variables() if name in vectors]
        if len(names) != 1:
            self._canvas.noticed.emit(self.tr("Select one variable of several columns"))
            return
        name, columns = names[0], vectors.columns(names[0])
        verb = partial(take_apart, name=name, shown=self._canvas.stage.places())
        if self._canvas.commands.attempt(self.tr("Take {0} apart").format(name), verb):
            self._canvas.stage.select(columns)
            words = self.tr("The arrows between the columns of {0} are only assumed")
            self._canvas.noticed.emit(words.format(name))
