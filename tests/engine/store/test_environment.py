"""The column of environments survives the file, and is a matter of format ten alone."""

import pytest

from engine.errors import ProjectFileError
from engine.project import Project
from engine.store.document import project_from, project_json
from engine.store.projectfile import project_bytes, project_of
from tests.engine.store.test_sketch import version_of


def test_it_comes_back_in_format_ten() -> None:
    content = project_bytes(Project(environment="hospital"), {})
    assert project_of(content)[0].environment == "hospital"
    assert version_of(content) == 10


def test_a_project_without_it_is_written_as_before() -> None:
    assert "environment" not in project_json(Project())
    assert version_of(project_bytes(Project(), {})) == 1


def test_what_is_no_name_is_damage() -> None:
    with pytest.raises(ProjectFileError):
        project_from(project_json(Project()) | {"environment": 3})
