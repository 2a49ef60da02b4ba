"""Counterfactual pictures of the pendulum against their truth: shadow, levels, seconds.

2 000 simulated rows to learn from; then other rows, whose noises are known: each is imagined with
its light or its pendulum elsewhere, as the window asks, and held against the true counterfactual
picture. The shadow is read back from the drawn picture. `--seeds N` (1), `--rows N` (200), `--train
N` (2000), `--shipped` (the example's own mechanism, nothing is trained), `--make PATH` (train as
when Fit is pressed, write the example), `--json PATH`.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from engine.data.pictures import Pictures
from engine.data.table import Table
from engine.interventions import Set
from engine.project import Project
from engine.queries.answering import answer
from engine.queries.model import Model
from engine.queries.pictured import PictureAnswer
from engine.queries.questions import PictureAsked, Question, Rung
from engine.runtime.headless import fit, opened, saved
from engine.runtime.shelf import Shelf, learnt_of
from engine.scm.fitted import FitEvent, Progress
from engine.seeds import numpy_generator
from engine.simulate import pendulum
from engine.simulate.painting import Simulated
from engine.simulate.pictured import pendulum_pictures
from tests.bench._report import Row

SHIPPED = Path("resources/examples/pendulum.doscope")
TITLES = {
    "middle": "shadow's middle, % of range (goal 5)",
    "length": "shadow's length, % of range (goal 5)",
    "middle_95": "    of 95 % of rows",
    "length_95": "    of 95 % of rows",
    "same": "no action, largest error in levels (goal 1)",
    "error": "error against the true picture, levels (goal 5)",
    "nothing": "    had nothing been done",
    "shadow": "error inside old and new shadow, levels",
    "shadow_nothing": "    had nothing been done",
    "ratio": "    ratio (goal .5)",
    "milliseconds": "repaint, ms by the clock (goal 100)",
    "milliseconds_95": "    of 95 % of questions",
    "of_processor": "    ms of the processor",
    "processor": "training the picture, s of the processor",
    "seconds": "    s by the clock (goal 600)",
}


def main(args: Sequence[str] = ()) -> None:
    """Learn, imagine, compare, report."""
    options = _options(args)
    if options.make is not None:
        _make(options.make)
        return
    found = []
    torch.set_num_threads(1)  # as the engine has it
    for seed in range(options.first, options.first + options.seeds):
        if options.shipped:
            project, shelf = opened(SHIPPED)
            model, spent = shelf.model(project, learnt_of(project)), {}
        else:
            project = replace(pendulum_pictures(options.train, seed=4 + seed), seed=seed)
            model, spent = _learnt(project, Shelf())
        found.append(_measured(model, options.rows, 1_000 + seed) | spent)
        _tell(found[-1], f"seed {seed}")
    if len(found) > 1:
        _tell({k: float(np.mean([row[k] for row in found])) for k in found[0]}, "mean")
    if options.json is not None:
        rows: list[Row] = [dict(row) for row in found]
        options.json.write_text(json.dumps(rows, indent=1))


def _options(args: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.bench frontier pendulum")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--train", type=int, default=2_000)
    parser.add_argument("--shipped", action="store_true")
    parser.add_argument("--make", type=Path)
    parser.add_argument("--json", type=Path)
    return parser.parse_args(args)


def _make(path: Path) -> None:
    """The example as it is shipped: rows, pictures, every mechanism."""
    project, shelf = pendulum_pictures(), Shelf()
    _, spent = _learnt(project, shelf)
    saved(project, shelf, path, learnt_of(project))
    path.with_name(path.name + "~").unlink(missing_ok=True)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, picture {spent['seconds']:.0f} s")


def _learnt(project: Project, shelf: Shelf) -> tuple[Model, dict[str, float]]:
    """Everything fitted, and what the picture took of it."""
    began: list[tuple[float, float]] = []

    def listen(event: FitEvent) -> None:
        if isinstance(event, Progress) and event.conditional.target in project.pictures:
            began.append((time.process_time(), time.perf_counter()))
            if event.step % 1000 == 0:
                print(f"  {event.step} of {event.total} steps", file=sys.stderr)

    model = fit(project, shelf, learnt_of(project), listen=listen)
    share = len(began) / max(1, len(began) - 1)  # what came before the first look is not in it
    spent = (share * (last - first) for first, last in zip(began[0], began[-1], strict=True))
    return model, dict(zip(("processor", "seconds"), spent, strict=True))


def _measured(model: Model, count: int, seed: int) -> dict[str, float]:
    drawn = pendulum.rows(count, seed)
    table = Table(
        model.table.variables,
        dict(drawn.columns),
        pictures={"picture": Pictures(drawn.pictures)},
    )
    fresh = replace(model, project=replace(model.project, table=table))
    errors: dict[str, list[float]] = {key: [] for key in ("middle", "length", "error", "nothing")}
    errors |= {"shadow": [], "shadow_nothing": [], "same": [], "milliseconds": []}
    errors["of_processor"] = []
    for row, name, value, true in _questions(drawn, seed):
        started, busy = time.perf_counter(), time.process_time()
        found = _picture(fresh, row, name, value)
        errors["milliseconds"].append(1000 * (time.perf_counter() - started))
        errors["of_processor"].append(1000 * (time.process_time() - busy))
        for key, error in _errors(found, drawn, row, true).items():
            errors[key].append(error)
        same = _picture(fresh, row, name, float(drawn.columns[name][row]))
        off = np.abs(same.astype(float) - drawn.pictures[row])
        errors["same"].append(float(off.max()))
    means = {key: float(np.mean(values)) for key, values in errors.items()}
    high = {f"{k}_95": float(np.quantile(errors[k], 0.95)) for k in ("middle", "length")}
    means["same"] = max(errors["same"])
    for key in ("milliseconds", "of_processor"):
        means[key] = float(np.median(errors[key]))
    high["milliseconds_95"] = float(np.quantile(errors["milliseconds"], 0.95))
    return means | high | {"ratio": means["shadow"] / means["shadow_nothing"]}


def _questions(drawn: Simulated, seed: int) -> Iterator[tuple[int, str, float, Simulated]]:
    """By turns the light and the pendulum elsewhere, within what the rows show; and the truth."""
    rng = numpy_generator(seed, "questions")
    for row in range(len(drawn.pictures)):
        name = ("light", "pendulum")[row % 2]
        value = float(np.round(rng.uniform(*pendulum.RANGES[name]), 1))
        own = {key: noise[row : row + 1] for key, noise in drawn.noises.items()}
        yield row, name, value, pendulum.counterfactual(own, {name: value})


def _picture(model: Model, row: int, name: str, value: float) -> np.ndarray:
    question = Question(Rung.IMAGINE, "picture", action=(Set(name, value),), row=row)
    for step in answer(model, PictureAsked("picture", question)):
        if step is not None and isinstance(step[0], PictureAnswer):
            return step[0].shown[0]
    raise RuntimeError("the question has no answer")


def _errors(found: np.ndarray, drawn: Simulated, row: int, true: Simulated) -> dict[str, float]:
    """Levels, and percent of the range that the shadow has among rows."""
    middle, length = pendulum.read_shadow(found)
    own = {key: column[row : row + 1] for key, column in drawn.columns.items()}
    either = _shaded(own) | _shaded(dict(true.columns))
    off = np.abs(found.astype(float) - true.pictures[0])
    nothing = np.abs(drawn.pictures[row].astype(float) - true.pictures[0])
    told = {"middle": middle, "length": length}
    return {
        **{k: _share(f"shadow {k}", told[k], float(true.columns[f"shadow {k}"][0])) for k in told},
        "error": float(off.mean()),
        "nothing": float(nothing.mean()),
        "shadow": float(off[either].mean()),
        "shadow_nothing": float(nothing[either].mean()),
    }


def _share(name: str, read: float, true: float) -> float:
    low, high = pendulum.RANGES[name]
    return 100 * abs(read - true) / (high - low)


def _shaded(columns: dict[str, np.ndarray]) -> np.ndarray:
    """The pixels whose middle is in the shadow, (64, 64)."""
    paper = pendulum.PAPER
    across = np.abs(paper.across - columns["shadow middle"]) < columns["shadow length"] / 2
    up = np.abs(paper.up - pendulum.GROUND) < pendulum.HALF_SHADOW
    return np.asarray((across & up)[0])


def _tell(row: dict[str, float], title: str) -> None:
    print(title)
    for key, words in TITLES.items():
        if key in row:
            print(f"  {words:<52} {row[key]:8.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
