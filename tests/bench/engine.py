"""The engine beside its peers: accuracy, speed and memory on SCMs with known truth and real tables.

    python -m tests.bench engine [grid stress dcm vaca random tables speed scaling] [options]

Without a name, everything but `scaling`. The grid follows Javaloy, Sanchez-Martin, Valera (NeurIPS
2023): 25 000 rows split .8/.1/.1, do(x) at the quartiles, raw units, 5 seeds. Random SCMs have 3
seeds and errors in sd. All fits run in one thread; CPU seconds are those of the point fit.
"""

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.bench import _published, _random, _report, _speed, _tables
from tests.bench._catalogue import CATALOGUE
from tests.bench._methods import Doscope, Method
from tests.bench._peers import peers

Row = dict[str, object]
KNOWN = ("grid", "stress", "dcm", "vaca", "random", "tables", "speed", "scaling")


def main(args: list[str]) -> None:
    """Run what is named, print one table and the goals, and write JSON."""
    options = _options(args)
    rows: list[Row] = [row for path in options.beside for row in _report.read(path)]
    for row in _all(options):
        rows.append(row)
        print(_report.printed([row]).strip().splitlines()[-1], file=sys.stderr, flush=True)
        if options.output:
            _report.write(options.output, rows, {"arguments": " ".join(args)})
    print(_report.printed(rows))
    print(_report.told(rows))


def _options(args: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.bench engine", allow_abbrev=False)
    parser.add_argument("names", nargs="*", metavar="NAME", help=" ".join(KNOWN))
    parser.add_argument("-o", "--output", type=Path, help="JSON file, written after every row")
    parser.add_argument("--seeds", type=int, help="default 5 for published SCMs, 3 for others")
    parser.add_argument("--peers", default="", help="dowhy, better, zuko, linear; comma between")
    parser.add_argument("--only", default="", help="cases that match this pattern")
    parser.add_argument("--beside", type=Path, nargs="+", default=[], help="earlier JSON of peers")
    parser.add_argument("--no-ours", action="store_true", help="the peers alone")
    parser.add_argument("--intervals", action="store_true", help="wait until all intervals stand")
    parser.add_argument("--most-seconds", type=float, default=600.0, help="CPU s per scaling cell")
    parser.add_argument("--variables", type=_numbers, default=_speed.SIZES[0], help="of scaling")
    parser.add_argument("--rows", type=_numbers, default=_speed.SIZES[1], help="of scaling")
    parser.add_argument("--zuko-epochs", type=int, default=1_000)
    parser.add_argument("--better-seconds", type=float, default=600.0, help="CPU s for BETTER")
    options = parser.parse_args(args)
    if unknown := set(options.names) - set(KNOWN):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(KNOWN)}")
    options.names = options.names or [name for name in KNOWN if name != "scaling"]
    return options


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(float(part)) for part in text.split(","))


def _all(options: argparse.Namespace) -> Iterator[Row]:
    ours = Doscope(until="intervals" if options.intervals else "point")
    methods: list[Method] = [] if options.no_ours else [ours]
    for method in peers(options.peers, options.zuko_epochs, options.better_seconds):
        if isinstance(method, str):
            _say(method)
        else:
            methods.append(method)
    for name in KNOWN:
        if name in options.names:
            yield from _suite(name, methods, options)


def _suite(name: str, methods: list[Method], options: argparse.Namespace) -> Iterable[Row]:
    seeds = options.seeds
    if name == "tables":
        return _real(methods, seeds or 3, options.only)
    if not CATALOGUE.exists():
        _say(f"{name} is left out: {CATALOGUE.parent} is not here")
        return ()
    if name == "speed":
        return _speed.rows()
    if name == "scaling":
        sizes = (options.most_seconds, options.variables, options.rows)
        return (row for method in methods for row in _speed.scaling(method, *sizes))
    if name == "random":
        return _many(methods, seeds or 3, options.only)
    return (
        row
        for suite, world, seed in _published.cases([name], options.only, seeds or 5)
        for method in methods
        for row in _published.rows(suite, world, method, seed)
    )


def _many(methods: list[Method], seeds: int, only: str) -> Iterator[Row]:
    for case in (case for case in _random.CASES if re.search(only, str(case))):
        for seed in range(seeds):
            for method in methods:
                yield from _random.rows(case, method, seed, curve=isinstance(method, Doscope))


def _real(methods: list[Method], seeds: int, only: str) -> Iterator[Row]:
    for real in (real for real in _tables.REAL if re.search(only, real.name)):
        if not real.path.exists():
            _say(f"{real.name} is left out: {real.path} is not here")
        for seed in range(seeds):
            for method in methods:
                yield from _tables.rows(real, method, seed)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
