"""The examples hold the published counts, and the simulated ones the truth they state."""

import io
import subprocess
import sys
from collections import Counter
from importlib.resources import files

import numpy as np
import pytest

from engine.data.table import Table
from engine.data.writing import write_table
from engine.simulate.examples import DOSE_EFFECT, EXAMPLES, dose_columns, example


def shares(table: Table, outcome: str, group: str) -> dict[str, float]:
    """P(outcome = last category | group), by plain counting."""
    labels = [table.variable(group).show(code) for code in table[group]]
    hits = Counter(label for label, code in zip(labels, table[outcome], strict=True) if code == 1.0)
    return {label: hits[label] / count for label, count in Counter(labels).items()}


def test_kidney_stones_are_the_published_counts() -> None:
    table = example("kidney-stones").table
    assert table is not None
    assert table.rows == 700
    assert shares(table, "recovered", "treatment") == {"A": 273 / 350, "B": 289 / 350}
    small = table["size"] == table.variable("size").categories.index("small")
    a = table["treatment"] == 0
    cells = [
        (table["recovered"][s & t].sum(), (s & t).sum()) for t in (a, ~a) for s in (small, ~small)
    ]
    assert cells == [(81, 87), (192, 263), (234, 270), (55, 80)]


def test_kidney_stones_back_door_effect_is_five_points() -> None:
    """Σ_z P(z) (P(y | A, z) - P(y | B, z)), from the published counts by hand: 0.832 - 0.779."""
    by_hand = (357 * (81 / 87 - 234 / 270) + 343 * (192 / 263 - 55 / 80)) / 700
    assert by_hand == pytest.approx(0.0537, abs=1e-3)


def test_berkeley_are_the_published_totals() -> None:
    table = example("berkeley").table
    assert table is not None
    assert table.rows == 4526
    assert shares(table, "admitted", "gender") == {"male": 1198 / 2691, "female": 557 / 1835}
    by_department = Counter(table.variable("department").show(c) for c in table["department"])
    assert by_department == {"A": 933, "B": 585, "C": 918, "D": 792, "E": 584, "F": 714}


@pytest.mark.parametrize("hidden", [False, True])
def test_dose_trial_truth_by_regression_on_the_back_door_set(hidden: bool) -> None:
    """Least squares of recovery on dose, dose², age, severity recovers the stated effect."""
    c = dose_columns(400_000, 3, hidden=hidden)
    d = c["dose"] - 1.5
    design = np.stack([np.ones_like(d), d, d**2, c["age"], c["severity"]], 1)
    slope, bend = np.linalg.lstsq(design, c["recovery"], rcond=None)[0][1:3]
    assert slope == pytest.approx(DOSE_EFFECT, abs=0.05)
    assert bend == pytest.approx(1.2, abs=0.05)
    assert np.polyfit(c["dose"], c["recovery"], 1)[0] > 0.5  # seen, the sign is the other one


@pytest.mark.parametrize("id", [entry.id for entry in EXAMPLES])
def test_every_example_is_whole_and_the_same_each_time(id: str) -> None:
    project, again = example(id), example(id)
    assert project == again
    assert project.table is not None
    assert set(project.graph.variables) == set(project.positions)
    apart = {project.environment, project.concepts.labels, *project.concepts.columns}
    assert set(project.table.names) - apart == set(project.positions)
    assert project.question.outcome in project.graph.variables
    first = project.table[project.table.names[0]]
    assert len(set(first[:20])) > 1  # shuffled: the first rows are not all of one group
    centres = list(project.positions.values())
    for i, (x, y) in enumerate(centres):
        assert all(abs(x - u) > 200 or abs(y - v) > 130 for u, v in centres[i + 1 :])


def test_listing_examples_loads_nothing_heavy() -> None:
    code = (
        "import sys, engine.simulate.examples;"
        "print(sorted({'torch','duckdb','scipy','pandas','networkx'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_bundled_kidney_files_are_the_example() -> None:
    folder = files("resources") / "examples"
    stream = io.StringIO()
    table = example("kidney-stones").table
    assert table is not None
    write_table(stream, table)
    assert (folder / "kidney-stones.csv").read_text("utf-8") == stream.getvalue()
    arrows = {
        tuple(line.strip().split(" -> "))
        for line in (folder / "kidney-stones.dag").read_text("utf-8").splitlines()
        if "->" in line
    }
    assert arrows == example("kidney-stones").graph.edges
