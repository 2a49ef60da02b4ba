"""What concepts are learnt from survives the file, in format eleven alone; damage is told."""

import pytest

from engine.errors import ProjectFileError
from engine.project import Project
from engine.queries.concepts import Concepts, ConceptSet, Encoder
from engine.store.document import project_from, project_json
from engine.store.projectfile import project_bytes, project_of
from tests.engine.store.test_sketch import version_of

SETS = (ConceptSet("warm", (("heat", 1.5),)), ConceptSet("both", (("heat", 0.0), ("damp", 2.0))))
CHOSEN = Concepts(("a", "b"), SETS, "batch", "everyday", 0.3, 0, Encoder.MLP, 7)


def test_it_comes_back_in_format_eleven() -> None:
    content = project_bytes(Project(concepts=CHOSEN), {})
    assert project_of(content)[0].concepts == CHOSEN
    assert version_of(content) == 11


def test_a_project_without_it_is_written_as_before() -> None:
    assert "concepts" not in project_json(Project())
    assert version_of(project_bytes(Project(), {})) == 1


@pytest.mark.parametrize(
    ("key", "value"),
    [("columns", "a"), ("columns", ["a", "a"]), ("encoder", "forest"), ("restarts", 0),
     ("width", 0.0), ("unknown", -1), ("sets", [{"name": "w", "filters": [["heat"]]}]),
     ("sets", [{"name": "w", "filters": [["heat", 1.0], ["heat", 2.0]]}])],
)  # fmt: skip
def test_what_cannot_be_is_damage(key: str, value: object) -> None:
    fields = project_json(Project(concepts=CHOSEN))
    written = fields["concepts"]
    assert isinstance(written, dict)
    with pytest.raises(ProjectFileError):
        project_from(fields | {"concepts": written | {key: value}})
