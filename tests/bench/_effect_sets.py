"""Tables with a treatment, an outcome and the true effects: simulated, half so, twins, a trial."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.checks.study import Study
from engine.seeds import numpy_generator
from engine.simulate.studies import APART, TRAINED, Family, simulated
from tests.bench._catalogue import REFERENCE

DATA = REFERENCE.parent / "data"
ROWS = 600  # of a simulated study
TRIAL = 1_794.34  # dollars: the effect on the treated that the experiment found


@dataclass(frozen=True, slots=True)
class Sample:
    """One comparison; a truth that is not known, or not asked, is None."""

    suite: str
    name: str
    study: Study
    ate: float | None
    att: float | None


def samples(suite: str, most: int) -> Iterator[Sample]:
    """At most `most` of a suite; nothing where its files are absent."""
    if suite in SIMULATED or (DATA / suite.split("-")[0]).exists():
        yield from _SUITES[suite](most)


def _study(x: np.ndarray, t: np.ndarray, y: np.ndarray) -> Study:
    spread = x.std(0)
    x = (x - x.mean(0))[:, spread > 1e-9] / spread[spread > 1e-9]
    owners = tuple(f"x{i + 1}" for i in range(x.shape[1]))
    return Study(y, t.astype(float), 1.0, 0.0, True, x, owners, np.ones(len(y)))


def _half(
    suite: str, name: str, x: np.ndarray, t: np.ndarray, y: np.ndarray, own: np.ndarray
) -> Sample:
    return Sample(suite, name, _study(x, t, y), float(own.mean()), float(own[t > 0].mean()))


def _ihdp(most: int) -> Iterator[Sample]:
    data = np.load(DATA / "ihdp" / "ihdp_100.npz")
    for i in range(min(most, 100)):
        own = data["mu1"][i] - data["mu0"][i]
        yield _half("ihdp", str(i), data["X"].astype(float), data["t"][i], data["y"][i], own)


def _acic(most: int) -> Iterator[Sample]:
    rows = _rows(DATA / "acic2016" / "x.csv")
    columns = []
    for j in range(len(rows[0])):
        values = [row[j] for row in rows]
        try:
            columns.append(np.array(values, dtype=float))
        except ValueError:
            columns += [
                np.array([v == level for v in values], float) for level in sorted(set(values))[1:]
            ]
    x = np.column_stack(columns)
    for k in range(most):
        z = np.array(_rows(DATA / "acic2016" / f"zymu_{k % 5 + 1}.csv"), dtype=float)
        some = np.random.default_rng(k).permutation(len(z))[:1000]
        t, y0, y1, mu0, mu1 = z[some].T
        yield _half(
            "acic2016", f"{k % 5 + 1}.{k // 5}", x[some], t, np.where(t > 0, y1, y0), mu1 - mu0
        )


def _twins(most: int) -> Iterator[Sample]:
    path = DATA / "twins" / "twins.csv"
    with path.open(newline="") as file:
        header = next(csv.reader(file))
    table = np.array(_rows(path), dtype=float)
    place = {name.lower(): i for i, name in enumerate(header)}
    t, y0, y1 = (table[:, place[name]] for name in ("t", "y0", "y1"))
    hidden = {place[name] for name in ("t", "y0", "y1", "yf", "y_cf", "propensity")} | {0}
    x = table[:, [j for j in range(table.shape[1]) if j not in hidden]]
    for k in range(most):
        some = np.random.default_rng(k).permutation(len(t))[:1000]
        y = np.where(t > 0, y1, y0)[some]
        yield _half("twins", str(k), x[some], t[some], y, (y1 - y0)[some])


def _lalonde(controls: str, *, placebo: bool) -> Iterator[Sample]:
    """Treated of the trial beside people of a survey; as a placebo the trial's own controls."""
    trial = np.array(_rows(DATA / "lalonde" / "nsw_dw.csv"), dtype=float)
    other = np.array(_rows(DATA / "lalonde" / f"{controls}_controls.csv"), dtype=float)
    mine = trial[trial[:, 0] == (0.0 if placebo else 1.0)]
    both = np.vstack((mine, other))
    t = np.repeat([1.0, 0.0], [len(mine), len(other)])
    x = np.column_stack((both[:, 1:9], both[:, 7:9] == 0))
    name = f"{controls}{', placebo' if placebo else ''}"
    yield Sample("lalonde", name, _study(x, t, both[:, 9]), None, 0.0 if placebo else TRIAL)


def _survey(most: int) -> Iterator[Sample]:
    del most
    for controls in ("cps", "psid"):
        yield from _lalonde(controls, placebo=False)


def _placebo(most: int) -> Iterator[Sample]:
    del most
    for controls in ("cps", "psid"):
        yield from _lalonde(controls, placebo=True)


def drawn(
    family: Family, seed: int, rows: int, covariates: int = 0, apart: tuple[float, float] = APART
) -> Sample:
    """One simulated study, its truths those of its rows."""
    made = simulated(family, rows, numpy_generator(seed, "bench", family), covariates, apart)
    t = made.treated.astype(float)
    return _half("simulated", f"{family}.{seed}", made.covariates, t, made.outcome, made.effect)


def _seen(most: int) -> Iterator[Sample]:
    for k in range(most):
        yield drawn(TRAINED[k % len(TRAINED)], k, ROWS)


def _unseen(most: int) -> Iterator[Sample]:
    for k in range(most):
        yield drawn(Family.WAVES, k, ROWS)


def _wide(most: int) -> Iterator[Sample]:
    """More columns than the simulator's 5 to 50."""
    for k in range(most):
        yield drawn(TRAINED[k % len(TRAINED)], k, ROWS, 60 + 20 * (k % 3))


def _apart(most: int) -> Iterator[Sample]:
    """Less overlap than the simulator's log odds of sd .2 to 2."""
    for k in range(most):
        yield drawn(TRAINED[k % len(TRAINED)], k, ROWS, 0, (2.5, 3.5))


def _rows(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return list(csv.reader(file))[1:]


_SUITES = {
    "simulated": _seen,
    "unseen": _unseen,
    "shifted-columns": _wide,
    "shifted-overlap": _apart,
    "ihdp": _ihdp,
    "acic2016": _acic,
    "twins": _twins,
    "lalonde": _survey,
    "lalonde-placebo": _placebo,
}
KNOWN = tuple(_SUITES)
SIMULATED = KNOWN[:4]
