"""Project files and fitting for the headless verbs: open, fit what is missing, save."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.cli_output import note, warn
from engine.data.reading import read_table
from engine.data.table import Table
from engine.errors import DataError, FitError, GraphError
from engine.graph.formats.drawing import Drawing
from engine.graph.formats.registry import read_graph_file
from engine.project import Project, Role
from engine.queries.answers import Stage
from engine.queries.model import Model
from engine.queries.questions import Question
from engine.runtime import headless
from engine.runtime.shelf import Shelf, law_of
from engine.scm.conditional import Conditional
from engine.scm.fitted import Done, FitEvent


@dataclass
class Bench:
    """A project and its fitted mechanisms, on one device."""

    project: Project
    shelf: Shelf
    device: str = "cpu"

    def model(self, conditionals: Iterable[Conditional] = ()) -> Model:
        """The project with these conditionals; those that are missing are fitted now."""
        wanted = tuple(conditionals)
        missing = self.shelf.model(self.project, wanted).missing(wanted)
        if missing:
            note(f"fitting what this needs: {', '.join(map(str, missing))}")
            self.fit(missing)
        return self.shelf.model(self.project, wanted)

    def fit(self, conditionals: Iterable[Conditional] = (), seconds: float | None = None) -> None:
        """Fit the law and `conditionals`; after `seconds`, the unfinished keep first guesses."""
        _check_device(self.device)
        end = None if seconds is None else time.monotonic() + seconds
        headless.fit(
            self.project,
            self.shelf,
            conditionals,
            listen=_tell,
            proceed=None if end is None else lambda: time.monotonic() < end,
            device=self.device,
        )
        for key in [k for k, f in self.shelf.best.items() if f.stage is Stage.TRAINING]:
            self.shelf.forget(key)

    def save(self, path: Path) -> None:
        """Project and mechanisms into one file, whole or not at all."""
        headless.saved(self.project, self.shelf, path, self.law)

    @property
    def law(self) -> tuple[Conditional, ...]:
        """The conditionals of the observational law."""
        return law_of(self.project)


def opened(path: Path, device: str = "cpu") -> Bench:
    """The bench of a project file."""
    project, shelf = headless.opened(path)
    if not law_of(project):
        raise GraphError(
            "The project has no variable with data",
            where=str(path),
            remedy="open it, import a table and draw its variables",
        )
    return Bench(project, shelf, device)


def begun(graph: Path, data: Path, *, seed: int, family: str, device: str) -> Bench:
    """The bench of a graph and a table, nothing fitted yet."""
    if family == "flow":
        raise FitError(
            "The family flow is not available yet", remedy="choose auto or location-scale"
        )
    drawing, table = drawn_on_data(graph, data)
    outcome = next((v for v, role in drawing.roles.items() if role is Role.OUTCOME), None)
    families = {} if family == "auto" else dict.fromkeys(drawing.graph.observed, family)
    project = Project(
        graph=drawing.graph,
        positions=drawing.positions,
        roles=drawing.roles,
        table=table,
        families=families,
        question=Question(outcome=outcome),
        seed=seed,
        title=drawing.name or graph.stem,
    )
    return Bench(project, Shelf(), device)


def drawn_on_data(graph: Path, data: Path) -> tuple[Drawing, Table]:
    """A graph file and a table that has a column for every variable that is not latent."""
    drawing, table = read_drawing(graph), read_table(data)
    for text in table.notes:
        warn(text)
    observed = drawing.graph.observed
    if not observed:
        raise GraphError("The graph has no measured variable", where=str(graph))
    absent = [name for name in observed if name not in table]
    if absent:
        raise DataError(
            f"The table has no column {', '.join(absent)}",
            where=str(data),
            remedy="add the column, or mark the variable as latent in the graph; "
            f"the columns are {_listed(table.names)}",
        )
    return drawing, table


def read_drawing(path: Path) -> Drawing:
    """A graph file; what was ignored in it is said on stderr."""
    drawing = read_graph_file(path)
    for text in drawing.warnings:
        warn(text)
    return drawing


def _check_device(device: str) -> None:
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        raise FitError(
            "This machine has no CUDA device that torch can use",
            where="--device cuda",
            remedy="leave --device out",
        )


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:12]) + (" …" if len(names) > 12 else "")


def _tell(event: FitEvent) -> None:
    if isinstance(event, Done):
        note(f"{event.fitted.conditional}: {event.fitted.family}")
