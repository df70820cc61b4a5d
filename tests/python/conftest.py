"""Fixtures that several test files share."""

import pytest

import compiled_models
from missing_from_care.project import CHECKOUT
from missing_from_care.response.answers import Response, read_response


@pytest.fixture(scope="session")
def statements(tmp_path_factory: pytest.TempPathFactory) -> compiled_models.Statements:
    """The models as dbt compiles them, once for the whole run."""
    return compiled_models.compile_models(tmp_path_factory.mktemp("compiled"))


@pytest.fixture(scope="session")
def responses(
    tmp_path_factory: pytest.TempPathFactory, statements: compiled_models.Statements
) -> dict[str, Response]:
    """The responses to the demonstration requests, by reference."""
    connection = compiled_models.connect(tmp_path_factory.mktemp("responses"))
    compiled_models.build(connection, statements, CHECKOUT / "seeds" / "extracts")
    references = connection.execute("select request_ref from stg_foi_requests order by 1")
    found = {ref: read_response(connection, ref) for (ref,) in references.fetchall()}
    connection.close()
    return found
