"""Real tables: the score of held-out rows, in nats per row and variable, in the user's units.

Scores compare only over one base measure, so densities of other methods are held against ours on
the variables in which no value repeats in more than 1 % of the rows.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from engine.data.design import Design, SetWhere
from engine.data.reading import read_table
from engine.data.rows import designed, marking_values, set_rows
from engine.data.table import Table
from engine.data.variable import Kind
from tests.bench._catalogue import ROOT
from tests.bench._methods import LINEAR, Fit, Method, Parents, Unable, measured

Row = dict[str, object]
DATA = ROOT.parent / "shared" / "data"
HELD_OUT = 0.2
SACHS = (
    "erk>akt mek>erk pip2>pkc pip3>akt pip3>pip2 pip3>plc pka>akt pka>erk pka>jnk pka>mek "
    "pka>p38 pka>raf pkc>jnk pkc>mek pkc>p38 pkc>pka pkc>raf plc>pip2 plc>pkc raf>mek"
)


# Variable → the 0/1 columns that mark cells in which a reagent set it (Sachs et al. 2005, table 1);
# "ly" acts on PI3K, which was not measured.
REAGENTS = {
    "akt": ("aktinhib",),
    "pkc": ("g0076", "pma"),
    "pip2": ("psitect",),
    "mek": ("u0126",),
    "pka": ("b2camp",),
}


@dataclass(frozen=True, slots=True)
class Real:
    """A file, its graph, and what is known of its columns."""

    name: str
    path: Path
    parents: Parents
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    set_where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
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
        set_where=REAGENTS,
    ),
    Real("lalonde", DATA / "lalonde" / "nsw_dw.csv", _lalonde(), earnings="re78"),
    Real(
        "abalone",
        DATA / "cmu_real" / "abalone" / "abalone.mixed.maximum.3.txt",
        _in_order("Sex Rings Length Diam Height Whole Shucked Viscera Shell"),
    ),
)


def rows(real: Real, method: Method, seed: int) -> Iterator[Row]:
    """Score of a fifth of the rows, held out by lot, and of the straight lines on the same rows.

    Of a variable set by the experimenter in some rows, only the others count.
    """
    if not real.path.exists():
        return
    table = with_experiments(read_table(real.path, dict(real.kinds)), real.set_where)
    out = np.random.default_rng([seed, 7]).random(table.rows) < HELD_OUT
    learnt, held = _part(table, ~out), _part(table, out)
    row: Row = {"suite": "tables", "case": real.name, "method": method.name, "seed": seed}
    try:
        done = measured(method, learnt, real.parents, seed)
    except Unable as why:
        yield {**row, "words": str(why)}
        return
    row |= {**done.row(), "rows": learnt.rows}
    if real.earnings:
        row |= _zeros(done.fit, table, real.earnings)
    try:
        found = _scores(done.fit, held, real)
    except Unable as why:
        yield {**row, "words": f"{why}; {done.fit.words}"}
        return
    smooth = [name for name in real.parents if smoothly(table, name)]
    lines = _scores(LINEAR.fit(learnt, real.parents, seed), held, real)
    row |= {"score": _mean(found, real.parents), "score_linear": _mean(lines, real.parents)}
    row |= {"score_smooth": _mean(found, smooth), "linear_smooth": _mean(lines, smooth)}
    row |= {"by_variable": found, "linear_by_variable": lines}
    yield row


def with_experiments(table: Table, set_where: Mapping[str, tuple[str, ...]]) -> Table:
    """The table, saying in which rows each variable was set."""
    items = [
        SetWhere(name, column, marking_values(table, column))
        for name, columns in set_where.items()
        for column in columns
    ]
    return designed(table, Design(experiments=tuple(items)))


def smoothly(table: Table, name: str) -> bool:
    """A continuum in which no value repeats in more than 1 % of the rows."""
    if table.variable(name).kind is not Kind.CONTINUOUS:
        return False
    _, counts = np.unique(table[name], return_counts=True)
    return bool(counts.max() <= 0.01 * table.rows)


def _part(table: Table, keep: np.ndarray) -> Table:
    return replace(table, columns={name: table[name][keep].copy() for name in table.names})


def _scores(fit: Fit, held: Table, real: Real) -> dict[str, float]:
    """Mean nats per row of each variable, over the rows in which it was not set."""
    found = fit.log_prob({name: held[name] for name in real.parents})
    return {name: float(nats[~set_rows(held, name)].mean()) for name, nats in found.items()}


def _mean(found: Mapping[str, float], names: Collection[str]) -> float | None:
    """Nats per row and variable over `names`; None of none."""
    return float(np.mean([found[name] for name in names])) if names else None


def _zeros(fit: Fit, table: Table, name: str) -> Row:
    """Shares of exact zeros and of negative values in 20 000 generated rows, and in the table."""
    drawn = fit.sample(20_000, 1, {})[name]
    return {
        "zeros": float((drawn == 0).mean()),
        "zeros_seen": float((table[name] == 0).mean()),
        "negative": float((drawn < 0).mean()),
    }
