"""Independence tests: how often each is wrong at level 5 % where nothing is there, and its power.

Null laws, x ⫫ y | z in each: two numbers given a number (normal; and skewed with a straight line),
a number and a two-valued variable, a number and three groups, categories given a category (expected
counts of at least 5) and given a number (logistic). `python -m tests.bench independence [DRAWS
[ROWS …]]` (2 000 draws of 200 and 1 000 rows) prints the size, goal 3.5 to 6.5 %, and the power
where y also reacts to x; the kernel test with 300 draws of 200 rows, also where z bends both
numbers and where it changes their spread; with causal-learn its Fisher z, G² and KCI beside.
"""

import json
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from engine.checks.evidence import Evidence, Measured, examine
from engine.checks.independence import Examiner
from engine.checks.kernel import examine_by_kernel

DRAWS, ROWS, LEVEL = 2_000, (200, 1_000), 0.05
KERNEL_DRAWS = 300
GOAL = (0.035, 0.065)
Rng = np.random.Generator
Triple = tuple[Measured, Measured, Measured]
Law = Callable[[Rng, int, float], Triple]


def number(values: np.ndarray) -> Measured:
    return Measured(np.asarray(values, dtype=float), False)


def category(values: np.ndarray) -> Measured:
    return Measured(np.asarray(values, dtype=float), True)


def normal(rng: Rng, n: int, link: float) -> Triple:
    """x = z + e, y = -z + link · e + e'."""
    z, e, other = rng.standard_normal((3, n))
    return number(z + e), number(-z + link * e + other), number(z)


def skewed(rng: Rng, n: int, link: float) -> Triple:
    """The same with exponential noise."""
    z, e, other = rng.exponential(size=(3, n))
    return number(z + e), number(-z + link * e + other), number(z)


def two_valued(rng: Rng, n: int, link: float) -> Triple:
    """x = z + e; y = 1 with chance .5 + .2 sign(z) + link · sign(e) / 4."""
    z, e = rng.standard_normal((2, n))
    sign = (z > 0).astype(float)
    y = rng.random(n) < 0.3 + 0.4 * sign + 0.25 * link * np.sign(e)
    return number(2 * sign + e), category(y), category(sign)


def groups(rng: Rng, n: int, link: float) -> Triple:
    """y has three groups, the likelier the larger z is; x = z + link · (y - 1) + e."""
    z, e = rng.standard_normal((2, n))
    y = (rng.gumbel(size=(n, 3)) + np.outer(z, [0.0, 0.3, 0.6])).argmax(1)
    return number(z + link * (y - 1) + e), category(y), number(z)


def categories(rng: Rng, n: int, link: float) -> Triple:
    """x and y have two and three values, the second likelier where z is 1."""
    z = (rng.random(n) < 0.5).astype(int)
    x = (rng.random(n) < 0.35 + 0.3 * z).astype(int)
    odds = np.array([[0.0, 0.0, 0.0], [0.3, 0.0, -0.3]])[z] + np.outer(x, [-link, 0.0, link])
    return category(x), category((rng.gumbel(size=(n, 3)) + odds).argmax(1)), category(z)


def logistic(rng: Rng, n: int, link: float) -> Triple:
    """x and y are yes or no by logistic laws of z."""
    z = rng.standard_normal(n)
    x = rng.random(n) < 1 / (1 + np.exp(-z))
    y = rng.random(n) < 1 / (1 + np.exp(z - 2 * link * (x - 0.5)))
    return category(x), category(y), number(z)


LAWS: dict[str, tuple[Law, float]] = {
    "normal": (normal, 0.15),
    "skewed": (skewed, 0.15),
    "two-valued": (two_valued, 0.3),
    "groups": (groups, 0.2),
    "categories": (categories, 0.3),
    "logistic": (logistic, 0.4),
}


def main(args: list[str]) -> None:
    """Size and power of every law; lines for people, then JSON."""
    draws = int(args[0]) if args else DRAWS
    sizes = [int(word) for word in args[1:]] or list(ROWS)
    found = []
    for name, (law, link) in LAWS.items():
        for rows in sizes:
            size, methods = rejected(law, rows, 0.0, draws)
            power, _ = rejected(law, rows, link, max(100, draws // 10))
            good = GOAL[0] <= size <= GOAL[1]
            print(
                f"{'ok' if good else 'NO':3} {name:11} {rows:5} rows  {', '.join(methods):28} "
                f"size {100 * size:.1f} %  power {100 * power:.0f} %",
                flush=True,
            )
            found.append({"law": name, "rows": rows, "size": size, "power": power})
    found += _kernel(min(draws, KERNEL_DRAWS))
    if find_spec("causallearn") is None:
        print("causal-learn is not installed: nothing beside")
    else:
        found += [*_beside(draws)]
    print(json.dumps(found))


def rejected(
    law: Law, rows: int, link: float, draws: int, method: Examiner = examine
) -> tuple[float, set[str]]:
    """Share of tables with p below 5 %, and which tests were chosen; unable counts as not."""
    rng = np.random.default_rng(rows)
    low, methods = 0, set()
    for _ in range(draws):
        x, y, z = law(rng, rows, link)
        found = method(x, y, [z])
        if isinstance(found, Evidence):
            low += found.p < LEVEL
            methods.add(found.method)
    return low / draws, methods


def bent(rng: Rng, n: int, link: float) -> Triple:
    """x = z² + e, y = sin 2z + link · (e² - 1) + e'."""
    z, e, other = rng.standard_normal((3, n))
    return number(z**2 + e), number(np.sin(2 * z) + link * (e**2 - 1) + other), number(z)


def spread(rng: Rng, n: int, link: float) -> Triple:
    """x and y are both as wide as |z| + .5; y reacts to the size of x."""
    z, e, other = rng.standard_normal((3, n))
    wide = 0.5 + np.abs(z)
    return number(wide * e), number(wide * (other + link * (e**2 - 1))), number(z)


def _kernel(draws: int) -> list[dict[str, object]]:
    """Our kernel test: size and power, beside the power of the test of straight lines."""
    told: list[dict[str, object]] = []
    laws = {name: LAWS[name] for name in ("normal", "skewed", "two-valued")}
    for name, (law, link) in (laws | {"bent": (bent, 0.4), "spread": (spread, 0.4)}).items():
        size, _ = rejected(law, 200, 0.0, draws, examine_by_kernel)
        power, _ = rejected(law, 200, link, max(100, draws // 3), examine_by_kernel)
        straight, _ = rejected(law, 200, link, max(100, draws // 3))
        print(
            f"    {name:11}   200 rows  kernel {'':21} size {100 * size:.1f} %  power "
            f"{100 * power:.0f} % (straight lines {100 * straight:.0f} %)",
            flush=True,
        )
        told.append({"law": name, "kernel": True, "size": size, "power": power})
    return told


def _beside(draws: int) -> list[dict[str, object]]:
    """causal-learn's tests on the same laws: size and power."""
    from causallearn.utils.cit import CIT

    told: list[dict[str, object]] = []
    for name, method, many in (
        ("normal", "fisherz", draws),
        ("categories", "gsq", draws),
        ("normal", "kci", KERNEL_DRAWS),
        ("skewed", "kci", KERNEL_DRAWS),
    ):
        law, link = LAWS[name]
        many = min(many, draws)
        shares = []
        for strength, count in ((0.0, many), (link, max(100, many // 10))):
            rng = np.random.default_rng(200)
            tables = (np.column_stack([one.values for one in law(rng, 200, strength)])
                      for _ in range(count))  # fmt: skip
            low = sum(CIT(table, method)(0, 1, [2]) < LEVEL for table in tables)
            shares.append(low / count)
        print(
            f"    {name:11}   200 rows  causal-learn {method:15} size {100 * shares[0]:.1f} %  "
            f"power {100 * shares[1]:.0f} %",
            flush=True,
        )
        told.append({"law": name, "causal-learn": method, "size": shares[0], "power": shares[1]})
    return told
