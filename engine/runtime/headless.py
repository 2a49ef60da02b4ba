"""The engine without a window: a model fitted, saved or opened in one call, for scripts."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from engine.project import Project
from engine.queries.model import Model
from engine.runtime import messages as m
from engine.runtime.jobs import open_project, save
from engine.runtime.shelf import Shelf, law_of
from engine.scm.conditional import Conditional
from engine.scm.fitted import Done, Failed, FirstGuess, FitEvent, Interim, Intervals
from engine.scm.imputed import ImputedRun
from engine.scm.picturing import PictureRun

Listener = Callable[[FitEvent], None]


def fit(
    project: Project,
    shelf: Shelf,
    conditionals: Iterable[Conditional] = (),
    listen: Listener | None = None,
    proceed: Callable[[], bool] | None = None,
    device: str = "cpu",
) -> Model:
    """The model with its observational law and `conditionals` fitted, bootstrap members included.

    Ends early once `proceed` says no, but never before every closed form stands. Raises the
    FitError of a conditional that cannot be fitted.
    """
    wanted = tuple(dict.fromkeys((*law_of(project), *conditionals)))
    tasks = shelf.tasks(project, wanted)
    if tasks and project.table is not None:
        for event in _events(shelf.runs(project, tasks, device)):
            match event:
                case FirstGuess(fitted) | Interim(fitted) | Done(fitted) | Intervals(fitted):
                    shelf.put(fitted)
                case Failed(_, _, error):
                    raise error
            if listen is not None:
                listen(event)
            stands = not shelf.model(project, wanted).missing(wanted)
            if proceed is not None and stands and not proceed():
                break
    return shelf.model(project, wanted)


def _events(runs: Iterable[ImputedRun | PictureRun]) -> Iterator[FitEvent]:
    """All that the runs tell, one after the other; first guesses of pictures first."""
    runs = tuple(runs)
    for run in runs:
        if isinstance(run, PictureRun):
            yield from run.begun()
    for run in runs:
        yield from run.slices()


def opened(path: Path) -> tuple[Project, Shelf]:
    """A project file and the mechanisms in it."""
    shelf, project = Shelf(), Project()
    for event in open_project(m.Open(0, path), shelf):
        if isinstance(event, m.Opened):
            project = event.project
    return project, shelf


def saved(project: Project, shelf: Shelf, path: Path, conditionals: Iterable[Conditional]) -> None:
    """Write a project file with these mechanisms."""
    for _ in save(m.Save(0, path, project), shelf, tuple(conditionals)):
        pass
