"""Fitted mechanisms by key, and the model that the present project makes of them."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from engine.data.table import Table
from engine.graph.vectors import expanded
from engine.identify.experiments import disturbing
from engine.mechanisms.picture import FAMILY as PICTURE
from engine.mechanisms.settings import PictureSettings
from engine.project import Project
from engine.queries.answers import Stage
from engine.queries.leaves import picture_laws
from engine.queries.model import Model, measured_graph, observational
from engine.scm.conditional import Conditional
from engine.scm.fitted import FitTask, Fitted
from engine.scm.fitting import fit_key
from engine.scm.imputed import Filled, ImputedRun
from engine.scm.keys import picture_key
from engine.scm.picturing import DEFAULT, PictureRun

ROOM = 2_000  # finished mechanisms kept; the oldest unused go first


@dataclass
class Shelf:
    """What is fitted, whatever project it was for: undo and redo find their mechanisms again.

    `best` holds the newest mechanism per key, `firsts` the closed-form one.
    """

    best: OrderedDict[str, Fitted] = field(default_factory=OrderedDict)
    firsts: OrderedDict[str, Fitted] = field(default_factory=OrderedDict)
    pictures: PictureSettings = DEFAULT
    _keys: dict[tuple[object, ...], str] = field(default_factory=dict)
    _filled: Filled = field(default_factory=dict)

    def key(self, project: Project, conditional: Conditional) -> str:
        """The fit key of a conditional in this project."""
        if project.table is None:
            raise ValueError("no table, no key")
        if conditional.target in project.table.pictures:
            return self._picture_key(project.table, conditional, project.seed)
        family, unset = self.family(project, conditional), self.unset(project, conditional)
        law = self.law(project)
        place = (project.table.digest, conditional, family, project.seed, unset, law)
        if place not in self._keys:
            self._keys[place] = fit_key(
                conditional, project.table, family, project.seed, unset=unset, law=law
            )
        return self._keys[place]

    def _picture_key(self, table: Table, conditional: Conditional, seed: int) -> str:
        place = (table.digest, conditional, seed, self.pictures)
        if place not in self._keys:
            self._keys[place] = picture_key(conditional, table, seed, self.pictures)
        return self._keys[place]

    def family(self, project: Project, conditional: Conditional) -> str:
        """The family that the user asked for, else "auto"."""
        return project.families.get(conditional.target, "auto")

    def unset(self, project: Project, conditional: Conditional) -> frozenset[str]:
        """Variables in whose experiments a hidden cause would no longer act as this needs.

        The other components of a vector, too: where one was set, the vector was.
        """
        if project.table is None or not project.table.design.varied:
            return frozenset()
        graph, varied = measured_graph(project), project.table.design.varied
        vectors = project.vectors.among(graph.variables)
        own = vectors.columns(vectors.node(conditional.target))
        beside = varied.intersection(own) - {conditional.target}
        return disturbing(expanded(graph, vectors), conditional, varied) | beside

    def law(self, project: Project) -> tuple[FitTask, ...]:
        """What fills the gaps of the table: the observational law, () where they are left out."""
        if project.table is None or not project.table.design.impute:
            return ()
        return tuple(FitTask(c, unset=self.unset(project, c)) for c in law_of(project))

    def runs(
        self, project: Project, tasks: Sequence[FitTask], device: str = "cpu"
    ) -> tuple[ImputedRun | PictureRun, ...]:
        """The fits of `tasks`, one slice at a time; gaps filled in first where that is wanted.

        Pictures have a run of their own, which comes last.
        """
        if (table := project.table) is None:
            raise ValueError("no table, nothing to fit")
        leaves = [task for task in tasks if task.conditional.target in table.pictures]
        others = [task for task in tasks if task not in leaves]
        found: list[ImputedRun | PictureRun] = []
        if others:
            law, filled = self.law(project), self._filled
            found.append(ImputedRun(others, table, law, project.seed, device, filled=filled))
        if leaves:
            found.append(PictureRun(leaves, table, project.seed, self.pictures))
        return tuple(found)

    def put(self, fitted: Fitted) -> None:
        """Keep a mechanism; a closed-form first guess never replaces a better one."""
        if fitted.stage is Stage.FIRST_GUESS:
            self._keep(self.firsts, fitted)
            if fitted.key in self.best:
                return
        self._keep(self.best, fitted)

    def forget(self, key: str) -> None:
        """Drop what a cancelled fit left half-trained; its closed form stays."""
        fitted = self.best.get(key)
        if fitted is not None and fitted.stage is Stage.TRAINING:
            del self.best[key]
            if key in self.firsts:
                self.best[key] = self.firsts[key]

    def done(self, project: Project, conditional: Conditional) -> bool:
        """True where the mechanism is final, with its bootstrap members."""
        fitted = self.best.get(self.key(project, conditional))
        if fitted is None or fitted.stage is not Stage.FITTED:
            return False
        return bool(fitted.members) or fitted.family == PICTURE  # of pictures there is one fit

    def model(self, project: Project, conditionals: Iterable[Conditional]) -> Model:
        """The project with every mechanism on the shelf that these conditionals name."""
        if project.table is None:
            return Model(project)
        wanted = {c: self.key(project, c) for c in conditionals}
        return Model(
            project,
            fits={c: self.best[key] for c, key in wanted.items() if key in self.best},
            firsts={c: self.firsts[key] for c, key in wanted.items() if key in self.firsts},
        )

    def tasks(self, project: Project, conditionals: Iterable[Conditional]) -> list[FitTask]:
        """What is still to be fitted."""
        return [
            FitTask(c, self.family(project, c), self.unset(project, c))
            for c in conditionals
            if not self.done(project, c)
        ]

    def _keep(self, shelf: OrderedDict[str, Fitted], fitted: Fitted) -> None:
        shelf[fitted.key] = fitted
        shelf.move_to_end(fitted.key)
        while len(shelf) > ROOM:
            shelf.popitem(last=False)


def learnt_of(project: Project) -> tuple[Conditional, ...]:
    """Everything that Fit learns: the observational law, then the pictures."""
    return (*law_of(project), *picture_laws(project))


def law_of(project: Project) -> tuple[Conditional, ...]:
    """The conditionals of the observational law of a project; () without a table."""
    if project.table is None:
        return ()
    graph = measured_graph(project)
    return observational(graph, project.vectors.among(graph.variables))
