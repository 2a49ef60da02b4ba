"""The document: one frozen Project and its undo stack; the only owner of what the user made."""

import weakref
from collections.abc import Callable, Hashable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack
from shiboken6 import isValid

from engine.project import Project

_merge_ids: dict[Hashable, int] = {}


class Edit(QUndoCommand):
    """Step from one project value to the next; equal merge keys fold into one step."""

    def __init__(
        self, document: "Document", label: str, old: Project, new: Project, merge: Hashable = None
    ) -> None:
        super().__init__(label)
        self.document = weakref.proxy(document)  # see `_empty`: the stack must not hold its owner
        self.old, self.new, self.merge = old, new, merge

    def redo(self) -> None:
        """Show the new value."""
        self.document.show(self.new)

    def undo(self) -> None:
        """Show the old value."""
        self.document.show(self.old)

    def id(self) -> int:
        """Equal for edits that may fold into one undo step; -1: never folds."""
        return -1 if self.merge is None else _merge_ids.setdefault(self.merge, len(_merge_ids) + 1)

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802 - Qt's name
        """Fold the newer edit into this one, keeping the oldest value."""
        if not isinstance(other, Edit) or other.merge != self.merge:
            return False
        self.new = other.new
        return True


class Document(QObject):
    """Holds the project; views listen to `changed(old, new)` and never change it themselves."""

    changed = Signal(object, object)  # old Project, new Project
    replaced = Signal()  # another file or example was opened: fit the view, forget selections
    file_changed = Signal()  # path or clean state

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project = Project()
        self.path: Path | None = None
        self.label = ""
        self.fits = self._safe_fits = 0  # mechanisms learnt so far; those that are in the file
        self._stretch = 0  # edits fold only within one stretch, from settle to settle
        self.undo_stack = QUndoStack(self)
        weakref.finalize(self, _empty, self.undo_stack).atexit = False
        self.undo_stack.cleanChanged.connect(self.file_changed)

    def edit(self, label: str, new: Project, merge: Hashable = None) -> None:
        """One undo step to `new`; the label is what the user did. Equal values make no step.

        Steps with equal merge keys fold into one until `settle()`.
        """
        if new != self.project:
            self.label = label
            key = None if merge is None else (self._stretch, merge)
            self.undo_stack.push(Edit(self, label, self.project, new, key))

    def apply(self, label: str, verb: Callable[[Project], Project], merge: Hashable = None) -> None:
        """`edit` with a verb applied to the present project."""
        self.edit(label, verb(self.project), merge)

    def settle(self) -> None:
        """End the folding of equal merge keys: the next edit is a step of its own."""
        self._stretch += 1
        _merge_ids.clear()

    def show(self, project: Project) -> None:
        """Make `project` the present value and tell everyone."""
        old, self.project = self.project, project
        self.changed.emit(old, project)

    def replace(self, project: Project, path: Path | None = None, *, saved: bool = True) -> None:
        """Another document: no undo across it. Not `saved`: it exists in no file yet."""
        self.undo_stack.clear()
        self.path = path
        self._safe_fits = self.fits
        self.show(project)
        if saved:
            self.undo_stack.setClean()
        else:
            self.undo_stack.resetClean()
        self.replaced.emit()
        self.file_changed.emit()

    def saved(self, path: Path, project: Project, fits: int | None = None) -> None:
        """`project` with its first `fits` mechanisms (None: all) is safe in `path`.

        Clean only if nothing was changed or learnt meanwhile.
        """
        self.path = path
        self._safe_fits = max(self._safe_fits, self.fits if fits is None else fits)
        if project == self.project:
            self.undo_stack.setClean()
        self.file_changed.emit()

    def learn(self) -> None:
        """One more mechanism was learnt: unsaved work, but no undo step."""
        self.fits += 1
        self.file_changed.emit()

    def accept(self) -> None:
        """What is here counts as saved: nobody made it by hand."""
        self._safe_fits = self.fits
        self.undo_stack.setClean()
        self.file_changed.emit()

    @property
    def clean(self) -> bool:
        """True when everything is saved, what was learnt as well."""
        return self.undo_stack.isClean() and self.fits == self._safe_fits


def _empty(stack: QUndoStack) -> None:
    """Delete the steps before garbage collection takes them apart in an order that crashes Qt."""
    if isValid(stack):
        stack.blockSignals(True)
        stack.clear()
