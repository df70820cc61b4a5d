"""Two refreshes at once, what can go wrong with disks, shares and clocks, and what is kept."""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from missing_from_care.disclosure.ledger import holding, read_rows
from missing_from_care.faults import BusyFault, DataFault, ProtectionFault, UsageFault
from missing_from_care.pack.beside import refuse_lost_rows
from missing_from_care.project import CHECKOUT
from missing_from_care.refresh.jobs import Jobs
from missing_from_care.refresh.run import last_good, today
from missing_from_care.refresh.telling import utc_now
from quick_refresh import (
    FORKS,
    assert_ledger_names_what_is_released,
    build,
    export,
    figures_version,
    land,
    left_over,
    log_of,
    order_in,
    pack_version,
    released_versions,
    run_quickly,
    run_until,
    versions,
    write_source,
)

pytestmark = pytest.mark.usefixtures("forks")
SCRIPT = CHECKOUT / "scripts" / "refresh.py"


@pytest.fixture
def order(tmp_path: Path):
    """An order that was carried out once, at version 1."""
    made = order_in(tmp_path)
    run_quickly(made, 1)
    return made


@pytest.fixture
def mount():
    """Mounts a file system at a folder, and takes it away at the end."""
    mounted = []

    def run(*arguments):
        done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, check=False)
        if done.returncode:
            pytest.skip("Mounting a file system needs rights that this computer does not give.")
        if "remount" not in str(arguments):
            mounted.append(arguments[-1])

    yield run
    for folder in reversed(mounted):
        subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=False)


def command(order, *options):
    """Runs scripts/refresh.py on an order's places."""
    places = ["--database", order.database, "--published", order.published]
    return subprocess.run(
        [sys.executable, SCRIPT, *places, "--out", order.responses, *options],
        env=os.environ | {"FOI_REQUESTS": "", "FOI_EXTRACTS": ""},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def assert_all_old(order, version=1):
    assert set(versions(order).values()) == {version}
    assert [path for path in left_over(order) if path.name != "work"] == []


def changing(job, **more):
    """The quick jobs with one that does something else first."""
    return Jobs(**({"land": land, "build": build, "export": export} | {job: more[job]}))


def test_two_at_once_one_works_and_the_other_says_who_does(order) -> None:
    go_on = order.database.parent / "go on"

    class Waiting:
        def __call__(self, *arguments):
            told = command(order, "--request", "foi-2018-0417")
            go_on.write_text(f"{told.returncode} {told.stderr}")
            build(*arguments)

    run_quickly(order, 2, changing("build", build=Waiting()))
    told = go_on.read_text()
    assert told.startswith(f"5 Another refresh is running: process {os.getpid()} on ")
    assert len(told.strip().splitlines()) == 1
    assert_all_old(order, 2)


def test_a_lock_that_a_killed_run_held_is_free(order) -> None:
    (order.state / "holder.json").write_text("{}")
    write_source(order, 2)
    running = FORKS.Process(target=run_until, args=(order, 3))
    running.start()
    running.join()
    assert (order.state / "holder.json").exists()
    run_quickly(order, 3)
    assert_all_old(order, 3)


def test_a_database_that_somebody_builds_is_not_replaced(order) -> None:
    writer = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", writer, str(order.database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as held:
        held.stdout.readline()
        with pytest.raises(BusyFault, match=r"records\.duckdb is being built"):
            run_quickly(order, 2)
        held.communicate("\n")
    assert_all_old(order)


@pytest.mark.parametrize(
    ("job", "fault"),
    [("land", DataFault), ("build", DataFault), ("export", ProtectionFault)],
)
def test_a_job_that_fails_changes_nothing(order, job, fault) -> None:
    def failing(*_):
        raise fault("It is wrong.")

    with pytest.raises(fault):
        run_quickly(order, 2, changing(job, **{job: failing}))
    assert_all_old(order)
    run_quickly(order, 2)
    assert_all_old(order, 2)


@pytest.mark.parametrize("place", ["published", "database"])
def test_a_full_disk(tmp_path: Path, mount, place) -> None:
    order = order_in(tmp_path)
    folder = getattr(order, place).parent
    folder.mkdir(parents=True)
    mount("-t", "tmpfs", "-o", "size=16m", "tmpfs", folder)
    run_quickly(order, 1)
    used = shutil.disk_usage(folder).used
    mount("-o", f"remount,size={used + 200_000}", folder)
    with pytest.raises(UsageFault, match="free space"):
        run_quickly(order, 2)
    assert_all_old(order)
    mount("-o", "remount,size=32m", folder)
    run_quickly(order, 3)
    assert_all_old(order, 3)


@pytest.mark.parametrize("place", ["published", "responses", "database"])
def test_a_folder_that_may_only_be_read(tmp_path: Path, mount, place) -> None:
    """The superuser may write anywhere, so the whole file system is made read-only."""
    order = order_in(tmp_path)
    folder = order.responses if place == "responses" else getattr(order, place).parent
    folder.mkdir(parents=True)
    mount("-t", "tmpfs", "-o", "size=32m", "tmpfs", folder)
    run_quickly(order, 1)
    mount("-o", "remount,ro", folder)
    with pytest.raises(UsageFault, match=r"mend the rights|choose another place"):
        run_quickly(order, 2)
    assert_all_old(order)
    mount("-o", "remount,rw", folder)
    run_quickly(order, 3)
    assert_all_old(order, 3)


def test_a_share_that_vanishes_during_the_run(tmp_path: Path, mount) -> None:
    share, order = tmp_path / "share", order_in(tmp_path)
    for folder in (share, order.published.parent):
        folder.mkdir()
    mount("-t", "tmpfs", "tmpfs", share)
    mount("--bind", share, order.published.parent)
    run_quickly(order, 1)

    def vanishing(*arguments):
        subprocess.run(["umount", order.published.parent], check=True)
        build(*arguments)

    with pytest.raises(UsageFault, match="connect the share"):
        run_quickly(order, 2, changing("build", build=vanishing))
    with pytest.raises(UsageFault, match="connect the share"):
        run_quickly(order, 2)
    assert list(order.published.parent.iterdir()) == []
    mount("--bind", share, order.published.parent)
    assert_all_old(order)
    run_quickly(order, 3)
    assert_all_old(order, 3)


def test_a_folder_that_vanishes_is_not_made_anew_in_the_run(order) -> None:
    away = order.published.parent.with_name("away")

    def vanishing(*arguments):
        order.published.parent.rename(away)
        export(*arguments)

    with pytest.raises(UsageFault, match="connect the share"):
        run_quickly(order, 2, changing("export", export=vanishing))
    away.rename(order.published.parent)
    assert_all_old(order)


def test_a_share_that_vanishes_between_two_swaps_is_finished_later(order, monkeypatch) -> None:
    whole = Path.replace

    def failing(path, target):
        if Path(target) == order.published:
            raise OSError(112, "Host is down", str(target))
        return whole(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", failing)
        with pytest.raises(UsageFault, match="the next refresh puts it in place first"):
            run_quickly(order, 2)
    assert set(versions(order).values()) == {1, 2}
    with pytest.raises(DataFault):
        run_quickly(order, 3, changing("build", build=_wrong))
    assert_all_old(order, 2)


def _wrong(*_):
    raise DataFault("It is wrong.")


@pytest.mark.parametrize("job", ["land", "build"])
def test_a_file_that_changes_while_it_is_read(order, job) -> None:
    def changed(*arguments):
        folder = arguments[0] if job == "land" else arguments[1]
        {"land": land, "build": build}[job](*arguments)
        (folder / "version.csv").write_text("7777")

    with pytest.raises(DataFault, match=r"version\.csv in .* changed while it was read"):
        run_quickly(order, 2, changing(job, **{job: changed}))
    assert_all_old(order)


def test_a_source_that_vanishes(order) -> None:
    def vanishing(source, into, *_):
        into.mkdir()
        shutil.rmtree(source)

    with pytest.raises(DataFault, match="changed while it was read"):
        run_quickly(order, 2, changing("land", land=vanishing))
    assert_all_old(order)


def test_landing_is_told_of_case_management_extracts_what_the_command_was_told(order) -> None:
    told = []

    def noting(*arguments):
        told.extend(arguments[-2:])
        land(*arguments)

    days, covers = {"m.csv": "2018-02-01"}, ("2014-04-01", "2018-03-31")
    run_quickly(replace(order, taken=days, covers=covers), 2, changing("land", land=noting))
    assert told == [days, covers]
    for option, text in (("--taken", "m.csv"), ("--covers", "2014")):
        wrong = command(order, option, text)
        assert wrong.returncode == 2 and f"{option} {text}: write" in wrong.stderr


def test_a_clock_that_was_set_back(order) -> None:
    later = utc_now() + timedelta(days=10)
    run_quickly(order, 2, clock=lambda: later)
    done = run_quickly(order, 3)
    assert done["run"] == 3
    assert_all_old(order, 3)
    assert [line["event"] for line in log_of(order)].count("clock set back") == 1
    # Deadlines are counted from the later day until the clock has come up to it.
    run_quickly(order, 4, clock=lambda: later)
    assert today(order, utc_now()) == later.astimezone().date()


def test_what_is_kept_and_for_how_long(order) -> None:
    run_quickly(order, 2)
    kept = order.state / "earlier" / "000002" / order.database.name
    assert figures_version(kept) == 1
    for days, builds, packs in [(6, True, True), (8, False, True), (91, False, False)]:
        time_then = utc_now() + timedelta(days=days)
        run_quickly(order, days, clock=lambda at=time_then: at)
        assert kept.exists() == builds
        assert (order.responses / ".earlier" / "open" / "000002").exists() == packs
        assert (order.responses / ".earlier" / "answered" / "000002").exists()
    assert released_versions(order) == [
        (ref, each) for each in (1, 2, 6, 8, 91) for ref in order.requests
    ]
    assert_all_old(order, 91)
    logs = len(list((order.state / "logs").iterdir()))
    far = utc_now() + timedelta(days=401)
    run_quickly(order, 5, clock=lambda: far)
    assert len(list((order.state / "logs").iterdir())) < logs


def test_the_ledger_is_only_added_to(order) -> None:
    def rewriting(database, request_ref, out, extracts):
        (out / "ledger.csv").unlink()
        export(database, request_ref, out, extracts)

    with pytest.raises(ProtectionFault, match="only ever added to"):
        run_quickly(order, 2, changing("export", export=rewriting))
    assert_all_old(order)
    assert_ledger_names_what_is_released(order)


def put_log_entry(pack: Path, chain: str) -> None:
    """Makes a folder one that the disclosure log lists, made when the ledger ended so."""
    (pack / "public" / "disclosure-log.json").write_text("{}")
    record = {"ledger": {"rows_before": 0, "rows": 3, "chain": chain}}
    (pack / "private" / "provenance.json").write_text(json.dumps(record))


def test_a_ledger_that_lost_rows_stops_the_refresh_before_anything_is_made(order) -> None:
    pack, ledger = order.responses / "answered", order.ledger
    put_log_entry(pack, read_rows(ledger)[-1]["chain"])
    whole = ledger.read_text()
    ledger.write_text("".join(whole.splitlines(keepends=True)[:-1]))
    with pytest.raises(DataFault, match="lost rows that pack answered was released with"):
        run_quickly(order, 2)
    assert [line.get("step") for line in log_of(order)].count("land") == 1
    ledger.write_text(whole)
    assert refuse_lost_rows(ledger) == 1


def test_a_pack_that_was_sent_stays_and_its_new_version_comes_beside_it(order) -> None:
    """The export sees the packs that are in place, and decides."""

    def second_version(database, request_ref, out, extracts):
        assert pack_version(out / request_ref) == 1
        if request_ref == "answered":
            export(database, f"{request_ref}-v2", out, extracts)

    before = (order.responses / "answered").stat().st_ino
    run_quickly(order, 2, changing("export", export=second_version))
    found = {name: pack_version(order.responses / name) for name in ("open", "answered")}
    assert found == {"open": 1, "answered": 1}
    assert pack_version(order.responses / "answered-v2") == 2
    assert (order.responses / "answered").stat().st_ino == before
    assert not (order.responses / ".earlier").exists()
    assert left_over(order) == []


def test_while_somebody_else_releases_nothing_is_refreshed(order) -> None:
    with holding(order.ledger), pytest.raises(BusyFault, match="Another run is writing"):
        run_quickly(order, 2)
    assert_all_old(order)


def test_rights_and_places(order, tmp_path: Path) -> None:
    if os.name == "nt":
        pytest.skip("Windows has no such rights.")
    rights = {
        path: path.stat().st_mode & 0o777
        for path in (order.database, order.database.parent, order.state, order.published)
    }
    assert list(rights.values()) == [0o600, 0o700, 0o700, 0o444]
    together = order_in(tmp_path, published=order.database.with_name("figures.duckdb"))
    with pytest.raises(UsageFault, match="record-level database: name another"):
        run_quickly(together, 2)


def test_a_stale_log_of_changes_does_no_harm(order) -> None:
    for place in (order.database, order.published):
        place.with_name(f"{place.name}.wal").write_bytes(b"of another file")
    run_quickly(order, 2)
    assert_all_old(order, 2)


def test_where_open_files_stay_a_pointer_names_the_last(tmp_path: Path) -> None:
    order = order_in(tmp_path, is_dated=True)
    pointer = order.published.with_suffix(".txt")
    for version in (1, 2):
        run_quickly(order, version)
        current = order.published.with_name(pointer.read_text().strip())
        assert figures_version(current) == version
    assert len(list(order.published.parent.glob("*.duckdb"))) == 2
    later = utc_now() + timedelta(days=30)
    run_quickly(order, 3, clock=lambda: later)
    current = order.published.with_name(pointer.read_text().strip())
    assert list(order.published.parent.glob("*.duckdb")) == [current]
    assert figures_version(current) == 3


def test_the_published_file_is_for_clients_of_duckdb_1_5(order) -> None:
    with duckdb.connect(str(order.published), read_only=True) as connection:
        tags = connection.execute(
            "select tags['storage_version'] from duckdb_databases() where path is not null"
        ).fetchall()
        about = dict(connection.execute("from about").fetchall())
        views = connection.execute(
            "select view_name from duckdb_views() where not internal"
        ).fetchall()
    assert tags == [("v1.5.0+",)]
    assert views == [("totals",)]
    assert about["not for publication"] == "Not for publication."
    assert about["run"] == "1" and len(about["commit"]) >= 7


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--request", "foi-0000"], "The register has no request foi-0000"),
        (["--request", "foi-2018-0417", "--due-within", "5"], "give one"),
        (["--source", "/nowhere"], "there is no such folder"),
    ],
)
def test_wrong_use_is_one_sentence(order, options, said) -> None:
    done = command(order, *options)
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1), done.stderr
    assert said in done.stderr
    assert_all_old(order)


def test_a_dry_run_says_what_would_be_done_and_does_nothing(order) -> None:
    before = sorted(order.database.parents[1].rglob("*"))
    started = time.time()
    done = command(order, "--request", "foi-2018-0417", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert f"Replace pack of foi-2018-0417: {order.responses / 'foi-2018-0417'}" in done.stdout
    assert sorted(order.database.parents[1].rglob("*")) == before
    assert all(path.stat().st_mtime < started for path in before)
    assert last_good(order)["run"] == 1
