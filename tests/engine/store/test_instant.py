"""What is compared by balance alone survives the file; what cannot be is damage."""

from dataclasses import replace

import pytest

from engine.errors import ProjectFileError
from engine.project import Project
from engine.queries.balanced import Estimand, Instant
from engine.store.document import project_from, project_json
from engine.store.projectfile import project_bytes, project_of
from tests.engine.store.test_sketch import version_of

CHOSEN = Instant("dose", "recovery", 2.0, 0.5, 1, Estimand.ATT, ("age", "severity"))
HOW = replace(CHOSEN, penalty=0.1, bootstrap=True)


@pytest.mark.parametrize("asked", [CHOSEN, HOW])
def test_it_comes_back_in_format_nine(asked: Instant) -> None:
    content = project_bytes(Project(instant=asked), {})
    assert project_of(content)[0].instant == asked
    assert version_of(content) == 9


def test_a_project_without_it_is_written_as_before() -> None:
    assert "instant" not in project_json(Project())
    assert version_of(project_bytes(Project(), {})) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"estimand": "late"},
        {"fixed": ["a", "a"]},
        {"value": "x"},
        {"level": -1},
        {"penalty": 0.0},
        {"penalty": "x"},
        {"bootstrap": 1},
    ],
)
def test_what_cannot_be_is_damage(more: dict[str, object]) -> None:
    fields = project_json(Project(instant=CHOSEN))
    changed = fields | {"instant": {**fields["instant"], **more}}  # type: ignore[dict-item]
    with pytest.raises(ProjectFileError):
        project_from(changed)
