"""Fixtures that several test files share."""

import pytest

import compiled_models


@pytest.fixture(scope="session")
def statements(tmp_path_factory: pytest.TempPathFactory) -> compiled_models.Statements:
    """The models as dbt compiles them, once for the whole run."""
    return compiled_models.compile_models(tmp_path_factory.mktemp("compiled"))
