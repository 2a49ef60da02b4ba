"""Real tables: the score of held-out rows, in nats per row and variable, in the user's units.

Scores compare only over one base measure, so densities of other methods are held against ours on
the variables in which no value repeats in more than 1 % of the rows.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engine.data.reading import read_table
from engine.data.table import Table
from engine.data.variable import Kind
from tests.bench._catalogue import ROOT, Columns
from tests.bench._methods import LINEAR, Fit, Method, Parents, Unable, measured, point_seconds

Row = dict[str, object]
DATA = ROOT.parent / "shared" / "data"
HELD_OUT = 0.2
CONDITIONS = ["cd3_cd28", "icam2", "aktinhib", "g0076", "psitect", "u0126", "ly", "pma", "b2camp"]
SACHS = (
    "erk>akt mek>erk pip2>pkc pip3>akt pip3>pip2 pip3>plc pka>akt pka>erk pka>jnk pka>mek "
    "pka>p38 pka>raf pkc>jnk pkc>mek pkc>p38 pkc>pka pkc>raf plc>pip2 plc>pkc raf>mek"
)


@dataclass(frozen=True, slots=True)
class Real:
    """A file, its graph, and what is known of its columns."""

    name: str
    path: Path
    parents: Parents
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    earnings: str = ""  # a column with many exact zeros and no negative value


def _sachs() -> Parents:
    """The consensus graph of Sachs et al. (2005) with 20 arrows."""
    arrows = [arrow.split(">") for arrow in SACHS.split()]
    # a causal order
    names = ("pip3", "plc", "pip2", "pkc", "pka", "raf", "mek", "erk", "akt", "p38", "jnk")
    return {name: tuple(a for a, b in arrows if b == name) for name in names}


def _lalonde() -> Parents:
    """Who they are → earnings before → earnings after; training was drawn by lot."""
    people = ("age", "black", "hispanic", "education", "nodegree", "married")
    return {
        "treat": (),
        "age": (),
        "black": (),
        "hispanic": ("black",),
        "education": ("age", "black", "hispanic"),
        "nodegree": ("education",),
        "married": ("age", "black", "hispanic", "education"),
        "re74": people,
        "re75": (*people, "re74"),
        "re78": ("treat", *people, "re74", "re75"),
    }


def _in_order(names: str) -> Parents:
    """Each given all before it: the chain rule, which holds whatever the causes are."""
    order = names.split()
    return {name: tuple(order[:i]) for i, name in enumerate(order)}


REAL = (
    Real(
        "sachs",
        DATA / "sachs" / "sachs.2005.continuous.discrete.experimental.mixed.maximum.2.txt",
        _sachs(),
    ),
    Real("lalonde", DATA / "lalonde" / "nsw_dw.csv", _lalonde(), earnings="re78"),
    Real(
        "abalone",
        DATA / "cmu_real" / "abalone" / "abalone.mixed.maximum.3.txt",
        _in_order("Sex Rings Length Diam Height Whole Shucked Viscera Shell"),
    ),
)


def rows(real: Real, method: Method, seed: int) -> Iterator[Row]:
    """Score of a fifth of the rows, held out by lot, and of the straight lines on the same rows."""
    if not real.path.exists():
        return
    table = read_table(real.path, dict(real.kinds))
    out = np.random.default_rng([seed, 7]).random(table.rows) < HELD_OUT
    learnt, held = _part(table, real, ~out), _part(table, real, out)
    row: Row = {"suite": "tables", "case": real.name, "method": method.name, "seed": seed}
    try:
        done = measured(method, learnt, real.parents, seed)
        found = done.fit.log_prob({name: held[name] for name in held.names})
    except Unable as why:
        yield {**row, "words": str(why)}
        return
    smooth = [name for name in real.parents if smoothly(table, name)]
    lines = LINEAR.fit(learnt, real.parents, seed).log_prob(held.columns)
    row |= {"score": _score(found, real.parents), "score_linear": _score(lines, real.parents)}
    row |= {"score_smooth": _score(found, smooth), "linear_smooth": _score(lines, smooth)}
    row["by_variable"] = {name: float(nats.mean()) for name, nats in found.items()}
    row |= {"cpu": point_seconds(done.fit, done.cpu), "wall": done.wall, "memory": done.memory}
    row |= {"rows": learnt.rows, "words": done.fit.words}
    if real.earnings:
        row |= _zeros(done.fit, table, real.earnings)
    yield row


def smoothly(table: Table, name: str) -> bool:
    """A continuum in which no value repeats in more than 1 % of the rows."""
    if table.variable(name).kind is not Kind.CONTINUOUS:
        return False
    _, counts = np.unique(table[name], return_counts=True)
    return bool(counts.max() <= 0.01 * table.rows)


def _part(table: Table, real: Real, keep: np.ndarray) -> Table:
    """These rows of the graph's variables.

    Rows in which a variable was set by the experiment (`CONDITIONS` of Sachs) count like all
    others as long as a table cannot say which these are.
    """
    columns = {name: table[name][keep].copy() for name in real.parents}
    return Table(tuple(table.variable(name) for name in real.parents), columns)


def _score(found: Columns, names: Collection[str]) -> float | None:
    """Mean nats per row and variable over `names`; None where not known of just these."""
    if not names or not set(names) <= set(found):
        return None
    return float(np.mean([found[name].mean() for name in names]))


def _zeros(fit: Fit, table: Table, name: str) -> Row:
    """Shares of exact zeros and of negative values in 20 000 generated rows, and in the table."""
    drawn = fit.sample(20_000, 1, {})[name]
    return {
        "zeros": float((drawn == 0).mean()),
        "zeros_seen": float((table[name] == 0).mean()),
        "negative": float((drawn < 0).mean()),
    }
