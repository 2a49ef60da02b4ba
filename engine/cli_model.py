"""Project files and fitting for the headless verbs: open, fit what is missing, save."""

import re
import shlex
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.cli_design import DesignWords, with_design
from engine.cli_output import note, warn
from engine.cli_vectors import vectors_from
from engine.data.kinds import MOST_LABELS, with_bounds
from engine.data.picture_files import read_pictures, with_pictures
from engine.data.reading import read_table
from engine.data.table import Table
from engine.data.variable import Kind
from engine.errors import DataError, FitError, GraphError, MixedColumnError, ProjectFileError
from engine.graph.formats.drawing import Drawing
from engine.graph.formats.registry import read_graph_file
from engine.graph.graph import CausalGraph
from engine.graph.leaves import check_leaves
from engine.graph.vectors import Vectors
from engine.project import Project, Role
from engine.queries.answers import Stage
from engine.queries.model import Model
from engine.queries.questions import Question
from engine.runtime import headless
from engine.runtime.shelf import Shelf, law_of, learnt_of
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
        model = self.shelf.model(self.project, wanted)
        missing = model.missing(wanted)
        if missing:
            words = ", ".join(map(str, missing))
            model.rows_needed(f"{words} is not fitted in it")
            note(f"fitting what this needs: {words}")
            self.fit(missing)
        return self.shelf.model(self.project, wanted)

    def fit(self, conditionals: Iterable[Conditional] = (), seconds: float | None = None) -> None:
        """Fit the law and `conditionals`; after `seconds`, the unfinished keep first guesses."""
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
        headless.saved(self.project, self.shelf, path, learnt_of(self.project))

    @property
    def law(self) -> tuple[Conditional, ...]:
        """The conditionals of the observational law."""
        return law_of(self.project)


def opened(path: Path, device: str = "cpu") -> Bench:
    """The bench of a project file."""
    check_device(device)
    if path.is_dir():
        raise ProjectFileError(
            "This is a folder, not a project", where=str(path), remedy="name a project file"
        )
    project, shelf = headless.opened(path)
    if not law_of(project):
        raise GraphError(
            "The project has no variable with data",
            where=str(path),
            remedy="open it, import a table and draw its variables",
        )
    return Bench(project, shelf, device)


def begun(
    graph: Path,
    data: Path,
    *,
    seed: int,
    family: str,
    device: str,
    kinds: Mapping[str, Kind],
    bounds: Mapping[str, tuple[float | None, float | None]],
    words: DesignWords,
    vectors: Sequence[str] = (),
    pictures: Sequence[str] = (),
) -> Bench:
    """The bench of a graph and a table, nothing fitted yet."""
    check_device(device)
    drawing, table, whole = drawn_on_data(graph, data, kinds, words, vectors, pictures)
    for name, (lower, upper) in bounds.items():
        table = with_bounds(table, name, lower, upper)
    outcome = next((v for v, role in drawing.roles.items() if role is Role.OUTCOME), None)
    outcome = None if outcome is None else whole.columns(outcome)[0]
    columns = whole.spread(drawing.graph.observed)
    families = {} if family == "auto" else {v: family for v in columns if v in table}
    project = Project(
        graph=drawing.graph,
        positions=drawing.positions,
        roles=drawing.roles,
        table=table,
        families=families,
        question=Question(outcome=outcome),
        seed=seed,
        title=drawing.name or graph.stem,
        vectors=whole,
    )
    return Bench(project, Shelf(), device)


def drawn_on_data(
    graph: Path,
    data: Path,
    kinds: Mapping[str, Kind],
    words: DesignWords,
    vectors: Sequence[str] = (),
    pictures: Sequence[str] = (),
) -> tuple[Drawing, Table, Vectors]:
    """A graph file and a table that has a column for every variable that is not latent.

    `words` say how its rows came about, `vectors` which variables are several columns, `pictures`
    which columns name image files.
    """
    drawing, table = read_drawing(graph), _table(data, kinds)
    for name in pictures:
        read = read_pictures(data, name, table.rows)
        table = with_pictures(table, name, read.pictures, read.notes)
    check_leaves(drawing.graph, pictures)
    if not drawing.graph.observed:
        raise GraphError("The graph has no measured variable", where=str(graph))
    whole = vectors_from(vectors, drawing.graph, table)
    observed = whole.spread(drawing.graph.observed)
    absent = [name for name in observed if name not in table and name not in table.pictures]
    otherwise = "take {} out of the graph"
    left_out = _left_out(table, absent, otherwise) or _left_out(
        table, words.columns, "write it as numbers"
    )
    if left_out is not None:
        raise left_out
    if absent:
        raise DataError(
            f"The table has no column {', '.join(absent)}",
            where=str(data),
            remedy="add the column, or mark the variable as latent in the graph; "
            f"the columns are {_listed(table.names)}",
        )
    for text in table.notes:
        warn(text)
    return drawing, with_design(table, words), whole


def read_data(
    data: Path, kinds: Mapping[str, Kind], words: DesignWords, graph: Path | None = None
) -> tuple[Table, CausalGraph | None]:
    """A table with its design, and the graph, whose variables without a column count as hidden."""
    table = _table(data, kinds)
    for text in table.notes:
        warn(text)
    if graph is None:
        return with_design(table, words), None
    drawn = read_drawing(graph).graph
    absent = {v for v in drawn.observed if v not in table}
    for name in sorted(absent):
        warn(f"{name} has no column: treated as hidden")
    return with_design(table, words), replace(drawn, latent=drawn.latent | absent)


def unfinished(model: Model, law: Iterable[Conditional]) -> list[str]:
    """What a time limit left undone, in sentences; nothing if everything was fitted."""
    guessed = [c.target for c in law if model.fits[c].stage is not Stage.FITTED]
    bare = [c.target for c in law if not model.fits[c].members and c.target not in guessed]
    said = []
    if guessed:
        said.append(f"the time limit left first guesses, provisional, for {', '.join(guessed)}")
    if bare:
        said.append(f"the time limit left no intervals for {', '.join(bare)}")
    return said


def read_drawing(path: Path) -> Drawing:
    """A graph file; what was ignored in it is said on stderr."""
    drawing = read_graph_file(path)
    for text in drawing.warnings:
        warn(text)
    return drawing


def check_device(device: str) -> None:
    """Refuse a device that this machine does not have."""
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        raise FitError(
            "This machine has no CUDA device that torch can use",
            where="--device cuda",
            remedy="leave --device out",
        )


def _table(data: Path, kinds: Mapping[str, Kind]) -> Table:
    """The table; a stray word among numbers is refused with the option that would keep it."""
    try:
        return read_table(data, kinds)
    except MixedColumnError as error:
        raise MixedColumnError(
            error.column,
            error.message,
            where=error.where,
            remedy=f"correct or empty that cell, or add {_kind_option(error.column)}",
        ) from error


_LEFT_OUT = re.compile(r"(?P<name>.*) was left out: its (?P<count>\d+) different texts", re.DOTALL)


def _left_out(table: Table, absent: Iterable[str], otherwise: str) -> DataError | None:
    """Why the first of the absent columns was not read, if it is in the file at all."""
    found = filter(None, (_LEFT_OUT.match(text) for text in table.notes))
    counts = {match["name"]: int(match["count"]) for match in found}
    name = next((name for name in absent if name in counts), None)
    if name is None:
        return None
    keep = f"add {_kind_option(name)} to keep it, or " if counts[name] <= MOST_LABELS else ""
    return DataError(
        f"The column {name} was left out, because its {counts[name]} different texts seem to name "
        "the rows",
        where=table.source,
        remedy=f"{keep}{otherwise.format(name)}",
    )


def _kind_option(name: str) -> str:
    return f"--kind {shlex.quote(f'{name}={Kind.CATEGORICAL}')}"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:12]) + (" …" if len(names) > 12 else "")


def _tell(event: FitEvent) -> None:
    if isinstance(event, Done):
        note(f"{event.fitted.conditional}: {event.fitted.family}")
