"""Fixtures that several test files share."""

from functools import cache
from pathlib import Path

import pytest

import compiled_models
import refreshes
from missing_from_care.landing.land import land
from missing_from_care.project import CHECKOUT
from missing_from_care.response.answers import Response
from missing_from_care.response.reading import read_response
from missing_from_care.warehouse import open_warehouse
from random_returns import Landed, write_random_returns


@pytest.fixture(scope="session")
def statements(tmp_path_factory: pytest.TempPathFactory) -> compiled_models.Statements:
    """The models as dbt compiles them, once for the whole run."""
    return compiled_models.compile_models(tmp_path_factory.mktemp("compiled"))


@pytest.fixture(scope="session")
def landed_returns(tmp_path_factory: pytest.TempPathFactory) -> Landed:
    """The folder of random returns by their seed, landed once; tests only read it."""

    @cache
    def landed(seed: int) -> Path:
        folder = tmp_path_factory.mktemp("random")
        write_random_returns(folder / "source", seed)
        land(folder / "source", folder / "landed", form="csv")
        return folder / "landed"

    return landed


@pytest.fixture(scope="session")
def database(
    tmp_path_factory: pytest.TempPathFactory, statements: compiled_models.Statements
) -> Path:
    """A warehouse file of the demonstration extracts; tests only read it."""
    folder = tmp_path_factory.mktemp("warehouse")
    connection = compiled_models.connect(folder)
    compiled_models.build(connection, statements, CHECKOUT / "seeds" / "extracts")
    connection.close()
    return folder / f"{compiled_models.CATALOG}.duckdb"


@pytest.fixture(scope="session")
def responses(database: Path) -> dict[str, Response]:
    """The responses to the demonstration requests, by reference, unprotected."""
    with open_warehouse(database) as connection:
        references = connection.execute("select request_ref from stg_foi_requests order by 1")
        return {ref: read_response(connection, ref) for (ref,) in references.fetchall()}


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> refreshes.Refreshed:
    """A small council after a first, real refresh; tests only read it."""
    return refreshes.first_refresh(tmp_path_factory.mktemp("refreshed"))


@pytest.fixture
def council(first: refreshes.Refreshed, tmp_path: Path) -> refreshes.Refreshed:
    """A small council after a first refresh, for one test."""
    return refreshes.copied(first, tmp_path)
