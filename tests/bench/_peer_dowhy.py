"""DoWhy-GCM: mechanisms assigned by its own `auto`, additive noise over the best regression.

Blöbaum, Götz, Budhathoki, Mastakouri, Janzing: DoWhy-GCM, JMLR 25, 2024.
"""

import signal
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pandas as pd

from engine.data.table import Table
from engine.data.variable import Variable
from tests.bench._catalogue import Columns
from tests.bench._methods import Done_, Fit, Parents, Unable

if TYPE_CHECKING:
    from dowhy.gcm import StructuralCausalModel


@dataclass(frozen=True, slots=True)
class DoWhy:
    """`quality` is GOOD or BETTER; a fit is given up after `most_seconds` of CPU time."""

    name: str = "dowhy"
    quality: str = "GOOD"
    most_seconds: float = np.inf

    def fit(self, table: Table, parents: Parents, seed: int) -> Fit:
        """Assign and fit, in one thread."""
        from dowhy import gcm
        from threadpoolctl import threadpool_limits
        from tqdm import tqdm

        tqdm.monitor_interval = 0  # no thread beside the work
        gcm.config.disable_progress_bars()
        gcm.config.set_default_n_jobs(1)
        gcm.util.general.set_random_seed(seed)
        graph = nx.DiGraph()
        graph.add_nodes_from(parents)
        graph.add_edges_from((cause, name) for name, given in parents.items() for cause in given)
        variables = {name: table.variable(name) for name in parents}
        mixed = any(v.discrete and parents[name] for name, v in variables.items())
        kind = gcm.StructuralCausalModel if mixed else gcm.InvertibleStructuralCausalModel
        model = kind(graph)
        frame = _frame(table.columns, variables)
        quality = getattr(gcm.auto.AssignmentQuality, self.quality)
        threadpool_limits(1)  # from here on, also while sampling: one thread for everybody
        with _limited(self.most_seconds), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            gcm.auto.assign_causal_mechanisms(model, frame, quality=quality)
            gcm.fit(model, frame)
        return DoWhyFit(model, variables, mixed, _words(model, parents))


@dataclass(frozen=True, slots=True)
class DoWhyFit:
    """A fitted model of DoWhy-GCM."""

    model: "StructuralCausalModel"
    variables: Mapping[str, Variable]
    mixed: bool
    words: str

    def sample(self, count: int, seed: int, done: Done_) -> Columns:
        from dowhy import gcm

        gcm.util.general.set_random_seed(seed)
        action = self._action(done)
        if not action:
            return _arrays(gcm.draw_samples(self.model, count), self.variables)
        frame = gcm.interventional_samples(self.model, action, num_samples_to_draw=count)
        return _arrays(frame, self.variables)

    def counterfactual(self, unit: Columns, done: Done_) -> Columns:
        from dowhy import gcm

        if self.mixed:
            raise Unable("DoWhy-GCM has no counterfactuals where a category has causes")
        rows = _frame(unit, self.variables)
        frame = gcm.counterfactual_samples(self.model, self._action(done), observed_data=rows)
        return _arrays(frame, self.variables)

    def log_prob(self, rows: Columns) -> Columns:
        raise Unable("DoWhy-GCM has no densities")

    def _action(self, done: Done_) -> dict[str, object]:
        values = {name: _written(self.variables[name], value) for name, value in done.items()}
        return {name: lambda _, value=value: value for name, value in values.items()}


def _written(variable: Variable, value: float) -> object:
    return variable.categories[int(value)] if variable.discrete else float(value)


def _frame(columns: Mapping[str, np.ndarray], variables: Mapping[str, Variable]) -> pd.DataFrame:
    """Labels for categories, so that DoWhy takes them for categories."""
    return pd.DataFrame(
        {
            name: np.array(v.categories)[columns[name].astype(int)] if v.discrete else columns[name]
            for name, v in variables.items()
        }
    )


def _arrays(frame: pd.DataFrame, variables: Mapping[str, Variable]) -> Columns:
    found: Columns = {}
    for name, variable in variables.items():
        values = frame[name].to_numpy()
        if variable.discrete:
            codes = {label: float(code) for code, label in enumerate(variable.categories)}
            found[name] = np.array([codes[str(value)] for value in values])
        else:
            found[name] = values.astype(float)
    return found


def _words(model: "StructuralCausalModel", parents: Parents) -> str:
    kinds = []
    for name, given in parents.items():
        mechanism = model.causal_mechanism(name)
        inner = getattr(mechanism, "prediction_model", getattr(mechanism, "classifier_model", None))
        regression = getattr(inner, "sklearn_model", inner)
        last = regression[-1] if hasattr(regression, "steps") else regression
        kinds.append(type(last).__name__ if given else "empirical")
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Give up after so many CPU seconds, where the system has a clock for it."""
    if not np.isfinite(seconds) or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: object) -> None:
        raise Unable(f"not finished after {seconds:.0f} CPU s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
