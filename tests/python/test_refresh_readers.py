"""Analysts read without pause while the published database is replaced under them."""

from pathlib import Path

import duckdb
import pytest

from missing_from_care.refresh.swapping import Made, publish, stage
from missing_from_care.refresh.telling import Teller
from quick_refresh import FORKS, figures_version, make_database, order_in, run_quickly

READERS, REFRESHES = 8, 30


pytestmark = pytest.mark.usefixtures("forks")


def read_on(file: Path, stop, sightings, answers) -> None:
    """Opens and queries the file until told to stop; answers with the versions in their order."""
    seen = []
    try:
        while not stop.is_set():
            version = figures_version(file)
            if not seen or seen[-1] != version:
                seen.append(version)
                sightings.release()
    except BaseException as problem:
        answers.put(problem)
        raise
    answers.put(seen)


def test_eight_readers_over_thirty_refreshes(tmp_path: Path) -> None:
    order = order_in(tmp_path, requests=())
    run_quickly(order, 1)
    made = [tmp_path / f"{version}.duckdb" for version in range(2, 2 + REFRESHES)]
    for version, file in enumerate(made, 2):
        make_database(file, version)
    stop, sightings, answers = FORKS.Event(), FORKS.Semaphore(0), FORKS.Queue()
    readers = [
        FORKS.Process(target=read_on, args=(order.published, stop, sightings, answers))
        for _ in range(READERS)
    ]
    for reader in readers:
        reader.start()
    for _ in readers:
        assert sightings.acquire(timeout=60)
    tell = Teller(order.state / "logs")
    for file in made:
        publish(order.state, stage(order.state, [Made(file, order.published)]), tell)
        # Each stays until somebody has seen a new one.
        assert sightings.acquire(timeout=60)
    stop.set()
    found = [answers.get(timeout=60) for _ in readers]
    for reader in readers:
        reader.join()
    for seen in found:
        assert isinstance(seen, list), seen
        assert seen == sorted(seen) and None not in seen
    assert all(seen[0] == 1 for seen in found)
    assert sum(map(len, found)) >= READERS + REFRESHES


def test_who_has_the_old_file_open_goes_on_reading_it(tmp_path: Path) -> None:
    order = order_in(tmp_path)
    run_quickly(order, 1)
    question = "select distinct version from figures"
    with duckdb.connect(str(order.published), read_only=True) as old:
        run_quickly(order, 2)
        assert old.execute(question).fetchall() == [(1,)]
        with duckdb.connect(str(order.database), read_only=True) as records:
            run_quickly(order, 3)
            assert records.execute(question).fetchall() == [(2,)]
        assert old.execute("select version from totals").fetchall() == [(1,)]
    assert figures_version(order.published) == 3
