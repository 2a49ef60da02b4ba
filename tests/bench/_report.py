"""The benchmark's rows as one table, what the goals say of them, and one JSON file."""

import json
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import metadata
from pathlib import Path

import numpy as np

from tests.bench._metrics import geometric_mean
from tests.bench._random import seconds_to

Row = dict[str, object]
Rows = Sequence[Row]
SPEED = (("cpu", "CPU s"), ("sample_rate", "draws/s"), ("cf_rate", "cf/s"), ("memory", "MiB"))
RAW = (
    ("kl", "KL"),
    ("rmse_ate", "ATE"),
    ("ate_floor", "floor"),
    ("ate_common", "same luck"),
    ("rmse_cf", "CF"),
    ("cf_floor", "floor"),
    ("published_rmse_cf", "publ."),
    ("cf_ratio", "ratio"),
    *SPEED,
)
SCALED = (
    ("kl", "KL"),
    ("rmse_ate", "ATE"),
    ("rmse_cf", "CF sd"),
    ("cf_floor", "floor"),
    ("first_mse", "1st MSE"),
    ("first_floor", "floor"),
    *SPEED,
)
COLUMNS: dict[str, tuple[tuple[str, str], ...]] = {
    "grid": RAW,
    "stress": RAW,
    "dcm": SCALED,
    "vaca": SCALED,
    "random": (
        ("cf_rmse", "CF sd"),
        ("w1", "W1"),
        ("w1_floor", "floor"),
        ("w1_excess", "excess"),
        ("ate_err", "ATE"),
        ("intervals", "all s"),
        *SPEED,
    ),
    "tables": (
        ("score", "nats"),
        ("score_linear", "linear"),
        ("score_smooth", "smooth"),
        ("linear_smooth", "linear"),
        ("zeros", "zeros"),
        ("zeros_seen", "seen"),
        ("negative", "neg."),
        ("cpu", "CPU s"),
        ("memory", "MiB"),
    ),
    "speed": (
        ("sample_ms", "draw ms"),
        ("sample_cpu", "CPU ms"),
        ("cf_ms", "cf ms"),
        ("cf_cpu", "CPU ms"),
        ("first_ms", "first ms"),
        ("first_cpu", "CPU ms"),
    ),
    "scaling": (
        ("edges", "arrows"),
        ("cpu", "CPU s"),
        ("per_row_edge", "µs/row/arrow"),
        ("memory", "MiB"),
    ),
}
OURS = "doscope"
LINEAR_SIX = ["chain3_lin", "chain4_lin", "chain5_lin", "collider_lin", "fork_lin", "triangle_lin"]
DOWHY: dict[int, Row] = {  # quality GOOD, seed 0, on a quiet machine
    20: {"cf_rmse": 0.149, "w1_excess": 0.080 - 0.014, "cpu": 14.0},
    50: {"cf_rmse": 0.131, "w1_excess": 0.039 - 0.0155, "cpu": 36.0},
}


def averaged(rows: Rows) -> list[Row]:
    """One row per suite, case and method: means over seeds, `_sd` beside them, of what is there."""
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["suite"], row["case"], row["method"]), []).append(row)
    return [_mean(group) for group in groups.values()]


def _mean(group: Rows) -> Row:
    result: Row = {key: group[0][key] for key in ("suite", "case", "method")}
    result["seeds"] = len(group)
    for key in dict.fromkeys(key for row in group for key in row):
        values = [row[key] for row in group if isinstance(row.get(key), int | float)]
        values = [float(value) for value in values if np.isfinite(value)]
        if values and key != "seed":
            result[key] = float(np.mean(values))
            result[f"{key}_sd"] = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    result["words"] = "; ".join(dict.fromkeys(str(row.get("words", "")) for row in group))
    return result


def printed(rows: Rows) -> str:
    """The table, one block per suite."""
    lines: list[str] = []
    means = averaged(rows)
    for suite, columns in COLUMNS.items():
        mine = [row for row in means if row["suite"] == suite]
        if not mine:
            continue
        wide = max(len(str(row["case"])) for row in mine)
        lines += ["", f"{suite:{wide}}  {'method':11}" + "".join(f"{h:>10}" for _, h in columns)]
        for row in mine:
            cells = "".join(f"{_number(row.get(key)):>10}" for key, _ in columns)
            lines.append(f"{row['case']!s:{wide}}  {row['method']!s:11}{cells}  {_short(row)}")
    return "\n".join(lines)


def _short(row: Row) -> str:
    words = str(row["words"])
    return words if len(words) <= 90 else words[:89] + "…"


def _number(value: object) -> str:
    if not isinstance(value, int | float) or not np.isfinite(value):
        return "–"
    if value != 0 and abs(value) < 1e-4:
        return f"{value:.0e}"
    digits = ".4f" if abs(value) < 10 else ".1f" if abs(value) < 1e4 else ".2e"
    return f"{value:{digits}}"


# ── goals ──────────────────────────────────────────────────────────────────────────────────────


def goals(rows: Rows) -> list[tuple[str, float, float]]:
    """(goal in words, what was reached, at most) of everything the rows speak of."""
    means = averaged(rows)
    ours = {str(r["case"]): r for r in means if r["method"] == OURS}
    found = [*_grid(ours), *_against_dowhy(ours, means, rows), *_speed(means)]
    if "rmse_cf" in (row := ours.get("stress/ctf1", {})):
        found.append(("ctf1, counterfactual RMSE", row["rmse_cf"], 0.1))
    if "zeros" in (row := ours.get("lalonde", {})):
        found.append(("LaLonde zeros off by", abs(row["zeros"] - row["zeros_seen"]), 0.02))
        found.append(("LaLonde negative earnings", row["negative"], 0.0))
    return found


def _grid(ours: Mapping[str, Row]) -> Iterable[tuple[str, float, float]]:
    grid = {c.split("/")[1]: r for c, r in ours.items() if r["suite"] == "grid" and "cf_ratio" in r}
    straight = [r["cf_ratio"] for c, r in grid.items() if c in LINEAR_SIX]
    curved = {c: r for c, r in grid.items() if c not in LINEAR_SIX}
    if straight:
        yield f"linear {len(straight)}, CF ratio", geometric_mean(straight), 0.25
    if curved:
        ratios = [row["cf_ratio"] for row in curved.values()]
        yield f"nonlinear {len(ratios)}, CF ratio", geometric_mean(ratios), 0.7
        for case, row in curved.items():
            spread = row["published_rmse_cf_sd"] / row["published_rmse_cf"]
            yield f"{case}, CF ratio", row["cf_ratio"], 1 + spread
    for case, most in (("simpson_nlin", 0.05), ("large_backdoor_nlin", 0.3)):
        if "kl" in grid.get(case, {}):
            yield f"{case}, KL", grid[case]["kl"], most


def _against_dowhy(
    ours: Mapping[str, Row], means: Rows, rows: Rows
) -> Iterable[tuple[str, float, float]]:
    """Means over seeds beside DoWhy's; without a run of DoWhy, seed 0 beside what it once gave."""
    for size, share in ((20, 0.3), (50, 0.35)):
        case = f"random {size} × 10000"
        row = ours.get(case, {})
        peer = next((r for r in means if r["case"] == case and r["method"] == "dowhy"), {})
        mine = [r for r in rows if r["case"] == case and r["method"] == OURS]
        words = "DoWhy's"
        if "cf_rmse" not in peer:
            words, peer = "DoWhy's of old, seed 0", DOWHY[size]
            mine = [r for r in mine if r["seed"] == 0]
            row = mine[0] if mine else {}
        if "cf_rmse" not in row:
            continue
        # perhaps DoWhy ran at another hour, when the machine was faster or slower
        seconds = peer["cpu"] * row.get("pace", 1.0) / peer.get("pace", row.get("pace", 1.0))
        yield f"{case}, CF / {words}", row["cf_rmse"] / peer["cf_rmse"], share
        yield f"{case}, W1 excess / {words}", row["w1_excess"] / peer["w1_excess"], 0.5
        yield f"{case}, CPU s / {words}", row["cpu"] / seconds, 1.0
        whens = [seconds_to(r["curve"], peer["cf_rmse"]) for r in mine if "curve" in r]
        if whens:
            yield f"{case}, CPU s to its CF / {words}", float(np.mean(whens)) / seconds, 0.2
    if "cf_rmse" in (row := ours.get("random 20 × 1000", {})):
        yield "random 20 × 1000, CF", row["cf_rmse"], 0.095


def _speed(means: Rows) -> Iterable[tuple[str, float, float]]:
    limits = {
        "location-scale, 20 variables": {"sample_cpu": 20.0, "cf_cpu": 25.0},
        "flow, 20 variables": {"sample_cpu": 60.0, "cf_cpu": 25.0},
        "first answer, 20 × 10000": {"first_cpu": 200.0},
    }
    for row in means:
        if row["suite"] == "speed":
            for key, most in limits.get(str(row["case"]), {}).items():
                if key in row:
                    yield f"{row['case']}, {key.replace('_cpu', '')} CPU ms", row[key], most


def told(rows: Rows) -> str:
    """The goals, one a line."""
    lines = [
        f"{'yes' if value <= most else 'NO ':4}{words:60}{_number(value):>10}  ≤ {_number(most)}"
        for words, value, most in goals(rows)
    ]
    return "\n".join(["", "goals", *lines]) if lines else ""


# ── as a file ──────────────────────────────────────────────────────────────────────────────────


def read(path: Path) -> list[Row]:
    """The rows of an earlier report, ours left out."""
    return [row for row in json.loads(path.read_text("utf-8"))["rows"] if row["method"] != OURS]


def write(path: Path, rows: Rows, args: Mapping[str, object]) -> None:
    """Rows, means, goals, and where they were measured, as JSON."""
    whole = {
        "machine": f"{platform.machine()}, {_processor()}",
        "python": platform.python_version(),
        "versions": {name: found for name in _PACKAGES if (found := _version(name))},
        "arguments": dict(args),
        "goals": [{"goal": g, "reached": value, "most": most} for g, value, most in goals(rows)],
        "means": averaged(rows),
        "rows": list(rows),
    }
    path.write_text(json.dumps(whole, indent=1, default=_plain), "utf-8")


_PACKAGES = ("torch", "numpy", "scipy", "dowhy", "zuko", "scikit-learn")
_plain: Callable[[object], object] = lambda value: getattr(value, "item", lambda: str(value))()  # noqa: E731


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    return next((line.split(":")[1].strip() for line in lines if "model name" in line), "unknown")


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
