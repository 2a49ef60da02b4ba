"""Whether 90 % intervals of effects hold the truth in 85-95 % of cases, over random SCMs.

Five variables per SCM, 500 or 5 000 rows; numbers alone, a fifth to a third of the variables
categories, or rows in clusters of five that share a part of their noise. Of each SCM up to four
contrasts E[y | do(x = high)] - E[y | do(x = low)] (of a category, P(y = level)), y below x, as the
window answers them, against 200 000 draws of the SCM itself. All lengths are in sd of the outcome.

"Oracle" is the half-width that a method with errors as large as these needs if it knows how large
they are: 1.645 times the root mean squared error of the estimates in the stratum.

`python -m tests.bench coverage [--scms N] [--strata NAME …] [-o FILE]` appends a line of JSON per
SCM to FILE and goes on where FILE ends; `--report` only reads it.
"""

import argparse
import json
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from engine.data.design import Design
from engine.data.rows import designed
from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.graph.graph import graph_of
from engine.interventions import Set
from engine.project import Project
from engine.queries.answering import answer, needed
from engine.queries.answers import DoAnswer
from engine.queries.model import Model
from engine.queries.questions import Question, Rung
from engine.runtime.headless import fit
from engine.runtime.shelf import Shelf
from tests.bench._expressions import Array
from tests.bench._random import SOURCE, source

Record = dict[str, object]
VARIABLES, CONTRASTS, DRAWS, CLUSTER = 5, 4, 200_000, 5
QUANTILE = 1.6449  # of .95
SHARED = 0.5  # of the noise variance, within a cluster
FEW = 25  # SCMs below which a stratum decides nothing
OPTIONS = argparse.ArgumentParser(prog="coverage")
OPTIONS.add_argument("--scms", type=int, default=FEW)
OPTIONS.add_argument("--strata", nargs="*")
OPTIONS.add_argument("--workers", type=int, default=1)
OPTIONS.add_argument("--report", action="store_true", help="only tell what the file holds")
OPTIONS.add_argument("-o", dest="output", type=Path)


@dataclass(frozen=True, slots=True)
class Stratum:
    """How many rows, which share of categories, and whether rows belong together."""

    name: str
    rows: int
    cat: float = 0.0
    clustered: bool = False


STRATA = {
    stratum.name: stratum
    for stratum in (
        Stratum("n500-continuous", 500),
        Stratum("n5000-continuous", 5_000),
        Stratum("n500-categorical", 500, 0.2),
        Stratum("n5000-categorical", 5_000, 0.2),
        Stratum("n500-clustered", 500, clustered=True),
    )
}


@dataclass(frozen=True, slots=True)
class Contrast:
    """do(treatment = high) against low, variables by their number; `level` of a category."""

    treatment: int
    outcome: int
    level: int | None
    low: float
    high: float


class World:
    """One random SCM of a stratum, its table, and its contrasts."""

    def __init__(self, stratum: Stratum, seed: int) -> None:
        module = source()
        assert module is not None
        self.stratum, self.seed = stratum, seed
        self.scm = module.make(f"rand{VARIABLES}", seed=seed, cat=stratum.cat)
        self.names = tuple(self.scm.names)
        self.drawn = self._drawn()
        self.noise = self.scm.sample_noise(DRAWS, np.random.default_rng([seed, 3]))

    def _drawn(self) -> Array:
        rows, rng = self.stratum.rows, np.random.default_rng([self.seed, self.stratum.rows, 5])
        noise = self.scm.sample_noise(rows, rng)
        if self.stratum.clustered:
            for i in rng.permutation(VARIABLES)[: rng.integers(2, 5)]:
                common = rng.standard_normal(rows // CLUSTER)[np.arange(rows) // CLUSTER]
                noise[i] = math.sqrt(SHARED) * common + math.sqrt(1 - SHARED) * noise[i]
        return self.scm.push(noise)

    def project(self) -> Project:
        """Graph, rows and design."""
        variables = [
            Variable(name, Kind.CATEGORICAL, categories=tuple("012"[:k]))
            if (k := self.scm.ncat[i])
            else Variable(name, Kind.CONTINUOUS)
            for i, name in enumerate(self.names)
        ]
        columns = {name: self.drawn[:, i].copy() for i, name in enumerate(self.names)}
        design = Design()
        if self.stratum.clustered:
            variables.append(Variable("group", Kind.CONTINUOUS))
            columns["group"] = np.floor(np.arange(self.stratum.rows) / CLUSTER)
            design = Design(cluster="group")
        edges = [
            (self.names[j], self.names[i])
            for i, given in enumerate(self.scm.parents)
            for j in given
        ]
        table = designed(Table(tuple(variables), columns), design)
        return Project(graph=graph_of(self.names, edges), table=table, seed=self.seed)

    def contrasts(self) -> list[Contrast]:
        """Different pairs first, by lot; quartiles and mean ± sd in turn."""
        rng = np.random.default_rng([self.seed, 17])
        pairs = [(x, y) for x in range(VARIABLES) for y in self.scm.descendants(x)]
        order = [pairs[i] for i in rng.permutation(len(pairs))]
        asked = [(pair, (i + turn) % 2) for turn in (0, 1) for i, pair in enumerate(order)]
        return [self._contrast(*pair, way, rng) for pair, way in asked[:CONTRASTS]]

    def _contrast(self, x: int, y: int, way: int, rng: np.random.Generator) -> Contrast:
        column = self.drawn[:, x]
        if self.scm.ncat[x]:
            often = np.argsort(-np.bincount(column.astype(int), minlength=3), kind="stable")
            low, high = sorted(float(code) for code in often[:2])
        elif way:
            low, high = column.mean() - column.std(), column.mean() + column.std()
        else:
            low, high = np.quantile(column, (0.25, 0.75))
        level = int(rng.integers(self.scm.ncat[y])) if self.scm.ncat[y] else None
        return Contrast(x, y, level, round(float(low), 3), round(float(high), 3))

    def truth(self, asked: Contrast) -> tuple[float, float]:
        """The effect by the SCM's own draws with common noise, and the outcome's sd as seen."""
        arms = {asked.treatment: asked.low}, {asked.treatment: asked.high}
        low, high, seen = (
            column if asked.level is None else (column == asked.level).astype(float)
            for column in (self.scm.push(self.noise, d)[:, asked.outcome] for d in (*arms, None))
        )
        return float(high.mean() - low.mean()), float(seen.std())

    def question(self, asked: Contrast) -> Question:
        """As the question panel puts it."""
        treatment = self.names[asked.treatment]
        return Question(
            Rung.DO,
            self.names[asked.outcome],
            asked.level,
            action=(Set(treatment, asked.high),),
            contrast=(Set(treatment, asked.low),),
        )


def main(args: list[str]) -> None:
    """Measure what the file does not hold yet, and tell all of it."""
    given = OPTIONS.parse_args(args)
    if source() is None:
        print(f"{SOURCE.name} is not here: nothing to measure")
        return
    records = list(_read(given.output))
    strata = [STRATA[name] for name in given.strata or STRATA]
    if not given.report:
        for record in _measured(_left(strata, given.scms, records), given.workers):
            records.append(record)
            print(_line(record), flush=True)
            if given.output:
                with given.output.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(record) + "\n")
    print(told(records))


def _read(path: Path | None) -> Iterator[Record]:
    if path is not None and path.exists():
        yield from map(json.loads, path.read_text("utf-8").splitlines())


def _left(strata: Sequence[Stratum], scms: int, records: Sequence[Record]) -> list[tuple[str, int]]:
    """Strata in turn, so that a run that is stopped has some of each."""
    held = {(record["stratum"], record["seed"]) for record in records}
    turns = zip(*(islice(seeds(stratum), scms) for stratum in strata), strict=True)
    wanted = [(s.name, seed) for turn in turns for s, seed in zip(strata, turn, strict=True)]
    return [each for each in wanted if each not in held]


def seeds(stratum: Stratum) -> Iterator[int]:
    """Seeds of SCMs that have a category where the stratum asks for some."""
    module = source()
    assert module is not None
    for seed in count():
        scm = module.make(f"rand{VARIABLES}", seed=seed, cat=stratum.cat)
        if not stratum.cat or any(scm.ncat):
            yield seed


def _measured(work: Sequence[tuple[str, int]], workers: int) -> Iterator[Record]:
    if workers <= 1:
        yield from (measured(*each) for each in work)
        return
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        for done in as_completed([pool.submit(measured, *each) for each in work]):
            yield done.result()


def measured(stratum: str, seed: int) -> Record:
    """Every contrast of one SCM: estimate, interval and truth, in sd of the outcome."""
    world = World(STRATA[stratum], seed)
    project, contrasts = world.project(), world.contrasts()
    questions = [world.question(asked) for asked in contrasts]
    cpu, wall = time.process_time(), time.perf_counter()
    model = fit(project, Shelf(), [c for q in questions for c in needed(Model(project), q)])
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    found = []
    for asked, question in zip(contrasts, questions, strict=True):
        *_, last = (step[0] for step in answer(model, question) if step is not None)
        assert isinstance(last, DoAnswer), last
        truth, sd = world.truth(asked)
        assert last.difference is not None
        assert last.interval is not None
        low, high = last.interval
        row = {"truth": truth, "estimate": last.difference, "low": low, "high": high}
        pair = {"do": world.names[asked.treatment], "of": world.names[asked.outcome]}
        found.append(pair | {"level": asked.level} | {k: v / sd for k, v in row.items()})
    families = {c.target: fitted.family for c, fitted in model.fits.items()}
    record: Record = {"stratum": stratum, "seed": seed, "cpu": cpu, "wall": wall}
    return record | {"families": families, "contrasts": found}


# ── what came out ──────────────────────────────────────────────────────────────────────────────


def summary(records: Sequence[Record]) -> dict[str, float]:
    """Share of truths held with its standard error by SCM, half-widths and errors in sd."""
    each = [_numbers(record) for record in records]
    held = [
        (abs(c["truth"] - c["estimate"]) <= c["half"], k) for k, s in enumerate(each) for c in s
    ]
    inside, scm = np.array([h for h, _ in held], float), np.array([k for _, k in held])
    rows = [c for s in each for c in s]
    error = np.array([c["estimate"] - c["truth"] for c in rows])
    half = np.array([c["half"] for c in rows])
    share = float(inside.mean())
    off = np.bincount(scm, inside - share)
    many = len(records)
    error_of_share = math.sqrt(many / max(1, many - 1) * float((off**2).sum())) / len(inside)
    rms = float(np.sqrt((error**2).mean()))
    return {
        "scms": many,
        "contrasts": len(rows),
        "coverage": share,
        "coverage_se": error_of_share,
        "half": float(half.mean()),
        "to_oracle": float(half.mean()) / (QUANTILE * rms),
        "rms_error": rms,
        "error": float(np.abs(error).mean()),
        "cpu": float(np.mean([record["cpu"] for record in records])),
    }


def _numbers(record: Record) -> list[dict[str, float]]:
    found = record["contrasts"]
    assert isinstance(found, list)
    return [c | {"half": (c["high"] - c["low"]) / 2} for c in found]


def told(records: Sequence[Record]) -> str:
    """A line per stratum, one of all, and which goals are met."""
    by: dict[str, list[Record]] = {}
    for record in records:
        by.setdefault(str(record["stratum"]), []).append(record)
    if not by:
        return "nothing measured"
    found = {name: summary(by[name]) for name in STRATA if name in by}
    found["pooled"] = summary(records)
    head = ("SCMs", "contrasts", "coverage", "±se", "half-width", "/oracle's", "RMSerror")
    lines = [f"{'stratum':18}" + "".join(f"{word:>11}" for word in (*head, "|error|", "CPUs"))]
    for name, row in found.items():
        whole, shares = (row["scms"], row["contrasts"]), (row["coverage"], row["coverage_se"])
        widths = (row["half"], row["to_oracle"], row["rms_error"], row["error"])
        cells = [f"{v:11.0f}" for v in whole] + [f"{v:11.1%}" for v in shares]
        cells += [f"{v:11.4f}" for v in widths] + [f"{row['cpu']:11.1f}"]
        lines.append(f"{name:18}" + "".join(cells))
    return "\n".join((*lines, *goals(found)))


def goals(found: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """Pooled 85-95 % of at least 400, no stratum of at least 100 from 25 SCMs below 80 %."""
    pooled = found["pooled"]
    enough = pooled["contrasts"] >= 400
    met = enough and 0.85 <= pooled["coverage"] <= 0.95
    yield f"{'yes' if met else 'NO '}  pooled {pooled['coverage']:.1%} of {pooled['contrasts']:.0f}"
    for name, row in found.items():
        if name != "pooled":
            few = row["contrasts"] < 100 or row["scms"] < FEW
            word = "few" if few else "yes" if row["coverage"] >= 0.8 else "NO "
            yield f"{word}  {name} {row['coverage']:.1%} of {row['contrasts']:.0f}"


def _line(record: Record) -> str:
    rows = _numbers(record)
    held = sum(abs(c["truth"] - c["estimate"]) <= c["half"] for c in rows)
    ratios = " ".join(f"{(c['estimate'] - c['truth']) / c['half']:+.2f}" for c in rows)
    families = " ".join(dict(record["families"]).values())
    return (
        f"{record['stratum']} {record['seed']}: {held}/{len(rows)}  {ratios}  "
        f"{record['cpu']:.1f} s  {families}"
    )
