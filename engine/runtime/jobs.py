"""Long work of the engine as generators: reading, saving, opening. Each step is one slice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from importlib.resources import files
from pathlib import Path

from engine.data.picture_files import ReadPictures, picture_columns, reading_pictures
from engine.data.reading import POLL, ReadProgress, reading
from engine.project import Project
from engine.queries.answers import Stage
from engine.runtime import messages as m
from engine.runtime.shelf import Shelf
from engine.scm.conditional import Conditional
from engine.scm.fitted import Fitted
from engine.scm.fitting import fitted_from_bytes, fitted_to_bytes
from engine.simulate.examples import example
from engine.store.journal import recover as recovered_project
from engine.store.projectfile import read_project, write_project

Job = Iterator[m.Event]


def read_table(request: m.ReadTable) -> Job:
    """Read a table, telling how far it is."""
    for step in reading(request.path, request.kinds):
        if isinstance(step, ReadProgress):
            yield m.Working(request.ticket, step.done, step.total, step.words)
        else:
            yield m.TableRead(request.ticket, step, picture_columns(request.path))


def read_pictures(request: m.ReadPictures) -> Job:
    """Read the pictures of a column, telling how far it is."""
    for step in reading_pictures(request.path, request.column, request.rows):
        if isinstance(step, ReadPictures):
            yield m.PicturesRead(request.ticket, request.column, step.pictures, step.notes)
        else:
            yield m.Working(request.ticket, step.done, step.total, step.words)


def save(request: m.Save, shelf: Shelf, wanted: tuple[Conditional, ...]) -> Job:
    """Write the project and the finished mechanisms of `wanted`."""
    yield m.Working(request.ticket, 0, 0, "Saving")
    fits = {fitted.key: fitted_to_bytes(fitted) for fitted in kept(request.project, shelf, wanted)}
    write_project(request.path, request.project, fits, rows=request.rows)
    yield m.Saved(request.ticket, request.path, request.project)


def open_project(request: m.Open, shelf: Shelf) -> Job:
    """Read a project file; its mechanisms go to the shelf."""
    yield m.Working(request.ticket, 0, 0, "Opening")
    project, fits = read_project(request.path)
    for number, (_, content) in enumerate(sorted(fits.items())):
        shelf.put(fitted_from_bytes(content))
        yield m.Working(request.ticket, number + 1, len(fits), "Opening")
    yield m.Opened(request.ticket, request.path, project)


def make_example(request: m.MakeExample, shelf: Shelf) -> Job:
    """Open an example that is shipped as a file, or make it in a thread of its own."""
    yield m.Working(request.ticket, 0, 0, "Opening the example")
    shipped = files("resources") / "examples" / f"{request.id}.doscope"
    if isinstance(shipped, Path) and shipped.is_file():
        project, fits = read_project(shipped)
        for content in fits.values():
            shelf.put(fitted_from_bytes(content))
        yield m.ExampleMade(request.ticket, project)
        return
    with ThreadPoolExecutor(1, "make example") as pool:
        made = pool.submit(example, request.id)
        while not made.done():
            yield m.Working(request.ticket, 0, 0, "Drawing the example")
            wait((made,), POLL)
    yield m.ExampleMade(request.ticket, made.result())


def recover(request: m.Recover) -> Job:
    """The project of a session that ended without leaving."""
    yield m.Working(request.ticket, 0, 0, "Recovering")
    yield m.Recovered(request.ticket, recovered_project(request.path))


def kept(project: Project, shelf: Shelf, wanted: tuple[Conditional, ...]) -> Iterator[Fitted]:
    """The mechanisms worth saving: finished ones, and closed forms where none is better."""
    if project.table is None:
        return
    for conditional in wanted:
        key = shelf.key(project, conditional)
        fitted = shelf.best.get(key)
        if fitted is not None and fitted.stage is Stage.TRAINING:
            fitted = shelf.firsts.get(key)
        if fitted is not None:
            yield fitted
