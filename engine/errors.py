"""Errors for people: what is wrong, where, and what to do. Anything else raised is a bug."""

from typing import ClassVar


class UserError(Exception):
    """Something the user can mend; nothing was changed or lost.

    `message` says what is wrong, `where` names the place (file, line, variable), `remedy` helps.
    """

    kind: ClassVar[str] = "input"

    def __init__(self, message: str, *, where: str = "", remedy: str = "") -> None:
        self.message, self.where, self.remedy = message, where, remedy
        super().__init__(message)

    def __str__(self) -> str:
        """One line: what is wrong, where, what to do."""
        place = f" ({self.where})" if self.where else ""
        remedy = f": {self.remedy}" if self.remedy else ""
        return f"{self.message.rstrip('.')}{place}{remedy.rstrip('.')}."

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by fields, so that errors can travel in messages."""
        return (_rebuild, (type(self), self.message, self.where, self.remedy))


class CycleError(UserError):
    """An edge would make a variable its own cause."""

    kind = "cycle"


class GraphError(UserError):
    """A graph text or a graph edit that cannot be read or done."""

    kind = "graph"


class DataError(UserError):
    """A table that cannot be read or used as it stands."""

    kind = "data"


class MixedColumnError(DataError):
    """A column of numbers with a cell that is none; `column` can be read as categories instead."""

    def __init__(self, column: str, message: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(message, where=where, remedy=remedy)
        self.column = column

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with the column's name."""
        return (_rebuild_mixed, (self.column, self.message, self.where, self.remedy))


class QueryError(UserError):
    """A question that cannot be read, or names what is not there."""

    kind = "query"


class FitError(UserError):
    """A mechanism that cannot be fitted to these data."""

    kind = "fit"


class ProjectFileError(UserError):
    """A project file that is damaged, newer than this program, or not one at all."""

    kind = "project-file"


def _rebuild(cls: type[UserError], message: str, where: str, remedy: str) -> UserError:
    error = cls.__new__(cls)
    UserError.__init__(error, message, where=where, remedy=remedy)
    return error


def _rebuild_mixed(column: str, message: str, where: str, remedy: str) -> UserError:
    return MixedColumnError(column, message, where=where, remedy=remedy)
