"""Fixtures that several test files share."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import compiled_models
import forked
import refreshes
from missing_from_care.base.project import CHECKOUT
from missing_from_care.base.warehouse import open_warehouse
from missing_from_care.landing.land import land
from missing_from_care.response.answers import Response
from missing_from_care.response.reading import read_response
from random_returns import Landed, write_random_returns
from shared_folders import made_once

LONG = {
    f"test_{name}.py" for name in ("dbt_build", "refresh_killed", "settings", "single_children")
}
"""Files of tests of a minute each: begun last, one would run on when all others are done."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with what takes long."""
    items.sort(key=lambda item: item.path.name not in LONG)


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_the_disk() -> Iterator[None]:
    """Thousands of files need not survive a power cut; a test of its own sees that they would."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("os.fsync", lambda _: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _parsed(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What dbt parses once is kept for the whole run."""
    forked.parses = made_once(tmp_path_factory, "parsed", lambda _: None)


@pytest.fixture(scope="session")
def statements(tmp_path_factory: pytest.TempPathFactory) -> compiled_models.Statements:
    """The models as dbt compiles them, once for the whole run."""
    folder = made_once(tmp_path_factory, "compiled", compiled_models.compile_models)
    return compiled_models.read_statements(folder)


@pytest.fixture(scope="session")
def landed_returns(tmp_path_factory: pytest.TempPathFactory) -> Landed:
    """The folder of random returns by their seed, landed once; tests only read it."""

    def make(seed: int, folder: Path) -> None:
        write_random_returns(folder / "source", seed)
        land(folder / "source", folder / "landed", form="csv")

    def landed(seed: int) -> Path:
        return made_once(tmp_path_factory, f"random {seed}", partial(make, seed)) / "landed"

    return landed


@pytest.fixture(scope="session")
def database(
    tmp_path_factory: pytest.TempPathFactory, statements: compiled_models.Statements
) -> Path:
    """A warehouse file of the demonstration extracts; tests only read it."""

    def make(folder: Path) -> None:
        connection = compiled_models.connect(folder)
        compiled_models.build(connection, statements, CHECKOUT / "seeds" / "extracts")
        connection.close()

    return made_once(tmp_path_factory, "warehouse", make) / f"{compiled_models.CATALOG}.duckdb"


@pytest.fixture(scope="session")
def responses(database: Path) -> dict[str, Response]:
    """The responses to the demonstration requests, by reference, unprotected."""
    with open_warehouse(database) as connection:
        references = connection.execute("select request_ref from stg_foi_requests order by 1")
        return {ref: read_response(connection, ref) for (ref,) in references.fetchall()}


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> refreshes.Refreshed:
    """A small council after a first, real refresh; tests only read it."""
    return refreshes.first_of(made_once(tmp_path_factory, "refreshed", refreshes.first_refresh))


@pytest.fixture
def council(first: refreshes.Refreshed, tmp_path: Path) -> refreshes.Refreshed:
    """A small council after a first refresh, for one test."""
    return refreshes.copied(first, tmp_path)
