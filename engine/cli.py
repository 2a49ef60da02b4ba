"""The headless verbs: the same engine as the window, for scripts, servers and tests. No Qt.

Exit codes: 0 done · 2 the user can mend it (one sentence on stderr, or `{"error": …}` with --json)
· 1 a bug, with its traceback. Nothing heavy is imported before the arguments are understood.
"""

import argparse
import math
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from engine.errors import UserError
from engine.families import AUTO, NUMBERS, OFFERS

if TYPE_CHECKING:
    from engine.data.variable import Kind

HEADLESS = (
    "fit",
    "sample",
    "counterfactual",
    "query",
    "identify",
    "check",
    "discover",
    "effect",
    "convert",
)
QUESTIONS_OF_ALL = ("-h", "--help", "--version")
KINDS = ("continuous", "count", "binary", "categorical", "ordinal")
CONVENTIONS = ("rank", "reversal", "redraw")
FAMILIES = (AUTO, *(name for name, offer in OFFERS.items() if offer.kinds == NUMBERS))
SEED_HELP = "same seed, same numbers (default: the project's seed)"


class UsageError(UserError):
    """Arguments that cannot be understood."""

    kind = "usage"


class Parser(argparse.ArgumentParser):
    """Refuses with a sentence instead of printing its usage and ending the program."""

    def error(self, message: str) -> NoReturn:
        """Called by argparse for every misunderstanding."""
        raise UsageError(
            message[:1].upper() + message[1:], remedy=f"see `{self.prog} --help`"
        ) from None


def headless(arguments: Sequence[str]) -> bool:
    """True where `main` does the whole job, so that no window and no Qt is needed."""
    first = next(iter(arguments), "")
    explained = first == "demo" and not {"-h", "--help"}.isdisjoint(arguments)
    return explained or first in (*HEADLESS, *QUESTIONS_OF_ALL)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        _run(words)
    except BrokenPipeError:  # the reader of our output went away: `doscope … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except UserError as error:
        return _refuse(error, words)
    except OSError as error:
        return _refuse(_file_error(error), words)
    return 0


def parser() -> Parser:
    """The surface of the command line."""
    top = Parser(
        prog="doscope",
        description="See, do, imagine: causal models of your data.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"doscope {_version()}")
    verbs = top.add_subparsers(
        dest="verb",
        metavar="VERB",
        required=True,
        title="verbs",
        description="`doscope [PROJECT]` without a verb opens the window.",
    )
    _add_model_verbs(verbs)
    _add_graph_verbs(verbs)
    _add_effect(verbs)
    _add_later_verbs(verbs)
    demo = _verb(verbs, "demo", "a real example, walked through: fit, do, imagine")
    demo.add_argument("--headless", metavar="DIR", help="no window: pictures and a report into DIR")
    return top


def _verb(verbs: "argparse._SubParsersAction[Parser]", name: str, what: str) -> Parser:
    """A verb whose options are written out: an abbreviation may mean another one tomorrow."""
    return verbs.add_parser(name, help=what, allow_abbrev=False)


def _add_model_verbs(verbs: "argparse._SubParsersAction[Parser]") -> None:
    fit = _verb(verbs, "fit", "train a mechanism per variable, write a project file")
    fit.add_argument("graph", metavar="GRAPH", help="DAGitty, DOT or Tetrad text")
    fit.add_argument("data", metavar="DATA", help="a CSV or TSV table")
    fit.add_argument("-o", "--output", metavar="M.doscope", required=True)
    fit.add_argument("--seed", type=_seed, default=0, help="same seed, same numbers (default 0)")
    fit.add_argument("--family", choices=FAMILIES, default="auto", help="of numeric variables")
    fit.add_argument(
        "--time-limit", type=_positive, metavar="S", help="stop after S seconds: not reproducible"
    )
    fit.add_argument(
        "--missing",
        choices=("complete", "impute"),
        default="complete",
        help="leave rows with gaps out (default), or fill gaps in from the model",
    )
    _add_kind(fit)
    fit.add_argument(
        "--bounds",
        type=_bounds,
        action="append",
        default=[],
        metavar="NAME=LOW,HIGH",
        help="no value is possible beyond these; either may be empty; may be repeated",
    )
    _add_design(fit)
    _add_vector(fit)
    _add_pictures(fit)
    _add_device(fit)
    _add_json(fit)

    sample = _verb(verbs, "sample", "draw rows, as seen or after do(…)")
    sample.add_argument("model", metavar="M.doscope")
    sample.add_argument("-n", type=_count, required=True, dest="count", metavar="N", help="rows")
    _add_do(sample, required=False)
    _add_draws(sample)

    other = _verb(verbs, "counterfactual", "rows as they would have been under do(…)")
    other.add_argument("model", metavar="M.doscope")
    other.add_argument("rows", metavar="ROWS.csv", help="the rows as they were")
    _add_do(other, required=True)
    other.add_argument("--samples", type=_count, default=1, metavar="K", help="worlds per row")
    other.add_argument(
        "--convention",
        choices=CONVENTIONS,
        default="rank",
        help="luck where causes change: kept by rank, turned round, or drawn again (default rank)",
    )
    _add_draws(other)

    query = _verb(verbs, "query", 'answer "E[Y | do(X=1)] - E[Y | do(X=0)]"')
    query.add_argument("model", metavar="M.doscope")
    query.add_argument("query", metavar="QUERY")
    _add_device(query)
    _add_json(query)


def _add_graph_verbs(verbs: "argparse._SubParsersAction[Parser]") -> None:
    identify = _verb(verbs, "identify", "can P(Y | do(X)) be computed, and how")
    identify.add_argument("graph", metavar="GRAPH")
    identify.add_argument(
        "query", metavar="QUERY", help='such as "P(Y | do(X))", or P(Y | do(X), Z)'
    )
    identify.add_argument("--adjust", metavar="A,B", help="only adjustment sets that hold these")
    identify.add_argument("--avoid", metavar="A,B", help="only adjustment sets without these")
    identify.add_argument("--details", action="store_true", help="with --json: further keys")
    _add_json(identify)

    check = _verb(verbs, "check", "test the graph's independences on the data")
    check.add_argument("graph", metavar="GRAPH")
    check.add_argument("data", metavar="DATA")
    check.add_argument(
        "--repair", action="store_true", help="also what would repair it, and random graphs"
    )
    check.add_argument(
        "--kernel", action="store_true", help="kernel tests of numbers: they see bends, but slowly"
    )
    check.add_argument(
        "--trace",
        action="append",
        default=[],
        metavar="X1,X2:Y1,Y2",
        help="the trace condition between two groups of columns of one unit, causes first",
    )
    _add_kind(check)
    _add_design(check)
    _add_vector(check)
    _add_json(check)

    convert = _verb(verbs, "convert", "a graph from one format to another")
    convert.add_argument("source", metavar="IN", help="a graph file, or a project")
    convert.add_argument("target", metavar="OUT", help="its format follows from its extension")
    convert.add_argument(
        "--to",
        metavar="FORMAT",
        help="dagitty, dot, gml, json, tetrad, knowledge, bnlearn or bif",
    )


def _add_effect(verbs: "argparse._SubParsersAction[Parser]") -> None:
    effect = _verb(verbs, "effect", "an effect without a model, by adjustment, and doubts about it")
    effect.add_argument("data", metavar="DATA")
    effect.add_argument("--treatment", required=True, metavar="T")
    effect.add_argument("--outcome", required=True, metavar="Y", help="of categories: the last one")
    basis = effect.add_mutually_exclusive_group()
    basis.add_argument(
        "--graph", metavar="GRAPH", help="says what is adjusted for, and if anything"
    )
    basis.add_argument("--covariates", metavar="A,B", help="adjust for these, fixed before T")
    effect.add_argument("--contrast", metavar="V,W", help="T at V compared with W")
    effect.add_argument(
        "--method",
        choices=("regression", "ipw", "aipw", "balance", "attention"),
        help="(default aipw); attention: balance in one pass of the trained network",
    )
    effect.add_argument(
        "--estimand",
        choices=("ate", "att", "overlap"),
        help="for everybody (default), the treated, or where groups overlap (by balance)",
    )
    effect.add_argument(
        "--penalty",
        type=_positive,
        metavar="L",
        help="of balance: how much of it is traded for rows (default 1: noise as large as signal)",
    )
    effect.add_argument(
        "--kernel",
        choices=("linear", "rbf", "learnt"),
        help="of balance: averages are made alike, smooth functions (default), or those that tell "
        "the groups apart",
    )
    effect.add_argument(
        "--interval",
        choices=("analytic", "bootstrap"),
        help="of balance: from what each row adds (default), or from resampled rows or clusters",
    )
    effect.add_argument("--doubt", action="store_true", help="also hidden causes and refuters")
    effect.add_argument("--seed", type=_seed, default=0, help="same seed, same numbers (default 0)")
    _add_kind(effect)
    _add_design(effect)
    _add_json(effect)


def _add_later_verbs(verbs: "argparse._SubParsersAction[Parser]") -> None:
    later = verbs.add_parser(
        "discover", help="suggest arrows (not available yet)", prefix_chars="\0"
    )
    later.add_argument("rest", nargs="*", help=argparse.SUPPRESS)


def _add_pictures(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--pictures",
        action="append",
        default=[],
        metavar="NAME",
        help="column that names image files beside the table, read as pictures; may be repeated",
    )


def _add_kind(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--kind",
        type=_kind,
        action="append",
        default=[],
        metavar="NAME=KIND",
        help=f"read a column as {', '.join(KINDS)}; may be repeated",
    )


def _add_design(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--weights", metavar="NAME", default="", help="column of row weights")
    verb.add_argument(
        "--cluster", metavar="NAME", default="", help="column that says which rows belong together"
    )
    verb.add_argument(
        "--experiment",
        action="append",
        default=[],
        metavar="VARIABLE=COLUMN[:VALUE,…]",
        help="an experimenter set VARIABLE where COLUMN has one of these values (without any: "
        "every value but 0, no, false and empty); may be repeated",
    )


def _add_do(verb: argparse.ArgumentParser, *, required: bool) -> None:
    verb.add_argument(
        "--do",
        nargs="+",
        action="extend",
        default=[],
        required=required,
        metavar="X=1",
        help="set X to 1; X+=1 shifts it; V=(1,2) where V is two columns",
    )


def _add_draws(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--seed", type=_seed, help=SEED_HELP)
    verb.add_argument("-o", "--output", metavar="OUT.csv", help="(default: stdout)")
    _add_device(verb)


def _add_vector(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--vector",
        action="append",
        default=[],
        metavar="NAME=COLUMN,COLUMN…",
        help="the variable NAME of the graph is these columns, in this order; may be repeated",
    )


def _add_device(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="(default cpu)")


def _add_json(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--json", action="store_true", help="one JSON object on stdout")


def _run(words: list[str]) -> None:
    options = parser().parse_args(words)
    from engine import cli_verbs

    cli_verbs.VERBS[options.verb](options)


def _refuse(error: UserError, words: list[str]) -> int:
    from engine.cli_output import show_json

    if "--json" in words:
        show_json(
            {
                "error": {
                    "kind": error.kind,
                    "message": error.message,
                    "where": error.where,
                    "remedy": error.remedy,
                }
            }
        )
    else:
        print(f"doscope: {' '.join(str(error).split())}", file=sys.stderr)
    return 2


def _file_error(error: OSError) -> UserError:
    what = error.strerror or type(error).__name__
    return UserError(
        f"The file cannot be used: {what[:1].lower()}{what[1:]}",
        where=str(error.filename or ""),
        remedy="check its name, its folder and its permissions",
    )


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("doscope")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "0.1.0"


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"a seed is a whole number from 0 on, not {text!r}")
    return int(text)


def _bounds(text: str) -> tuple[str, tuple[float | None, float | None]]:
    name, _, ends = text.rpartition("=")
    low, comma, high = ends.partition(",")
    if not name or not comma:
        raise argparse.ArgumentTypeError(
            f"write a column and its ends, as NAME=LOW,HIGH (NAME=0, has no upper), not {text!r}"
        )
    return name.strip(), (_end(low), _end(high))


def _end(text: str) -> float | None:
    try:
        value = float(text) if text.strip() else None
    except ValueError:
        value = math.nan
    if value is not None and not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"write a number, or nothing for no bound, not {text!r}")
    return value


def _kind(text: str) -> "tuple[str, Kind]":
    name, _, kind = text.rpartition("=")
    if not name.strip() or kind.strip() not in KINDS:
        raise argparse.ArgumentTypeError(
            f"write a column and one of {', '.join(KINDS)}, as NAME=KIND, not {text!r}"
        )
    from engine.data.variable import Kind

    return name.strip(), Kind(kind.strip())


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"write a whole number from 1 on, not {text!r}")
    return int(text)


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not number > 0:
        raise argparse.ArgumentTypeError(f"write a number above 0, not {text!r}")
    return number


if __name__ == "__main__":
    sys.exit(main())
