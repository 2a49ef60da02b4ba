"""Where the headless verbs may write: never over an input, never over what is not theirs."""

from collections.abc import Iterable
from pathlib import Path

from engine.errors import UserError
from engine.store.projectfile import APPLICATION_ID, MAGIC, SUFFIX

Name = str | Path


def check_project_output(output: Name, inputs: Iterable[Name]) -> None:
    """Refuse before a long fit a project file that could not, or should not, be written."""
    path = Path(output)
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise UserError(
            "The project cannot be saved there",
            where=str(path),
            remedy="name a file in a folder that exists",
        )
    _refuse_inputs(path, inputs)
    _refuse_inputs(path.with_name(path.name + "~"), inputs)  # where the version before will lie
    if (
        path.exists()
        and (path.suffix.lower() != SUFFIX or not path.is_file())
        and not _replaceable(path)
    ):
        raise UserError(
            "The project would replace a file that is not a project",
            where=str(path),
            remedy=f"choose a name that ends in {SUFFIX}",
        )


def check_output(output: Name | None, inputs: Iterable[Name]) -> None:
    """Refuse rows or a graph that would replace an input or a project; None is stdout."""
    if output is None:
        return
    path = Path(output)
    _refuse_inputs(path, inputs)
    if path.is_file() and is_project(path):
        raise UserError(
            "The output would replace a project", where=str(path), remedy="choose another name"
        )


def is_project(path: Path) -> bool:
    """True for a file that begins as a Doscope project does."""
    with path.open("rb") as file:
        start = file.read(72)
    return start.startswith(MAGIC) and start[68:72] == APPLICATION_ID.to_bytes(4, "big")


def _replaceable(path: Path) -> bool:
    """True for a project, and for a file with nothing in it."""
    return path.is_file() and (path.stat().st_size == 0 or is_project(path))


def _refuse_inputs(output: Path, inputs: Iterable[Name]) -> None:
    for name in inputs:
        path = Path(name)
        if path.exists() and output.exists() and output.samefile(path):
            raise UserError(
                "The output would replace what is read",
                where=str(output),
                remedy="choose another name for the output",
            )
