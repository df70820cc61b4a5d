"""Two refreshes at once, what can go wrong with places, disks, shares and clocks; what is kept."""

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from missing_from_care.base.project import CHECKOUT
from refreshes import ANSWERED, REQUEST, assert_pack_is_whole, copied, left_over

EXPORT = CHECKOUT / "scripts" / "export_response.py"
DAY = 24 * 60 * 60


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


def on_a_disk_of_its_own(mount, folder: Path) -> None:
    """Mounts a new file system there, with what the folder held."""
    aside = folder.with_name("aside")
    folder.rename(aside)
    folder.mkdir()
    mount("-t", "tmpfs", "-o", "size=192m", "tmpfs", folder)
    shutil.copytree(aside, folder, symlinks=True, dirs_exist_ok=True)


def assert_refused(done, status: int, said: str, sentences: int = 1) -> None:
    """It ended so, with one sentence."""
    assert (done.returncode, said in done.stderr) == (status, True), done.stderr
    assert len(done.stderr.strip().splitlines()) == sentences, done.stderr


def export(council, **more):
    """An export by hand into the folder of a refresh."""
    words = ["--request", REQUEST, "--database", council.database, "--out", council.responses]
    landed = council.state / "landed"
    return subprocess.run(
        [sys.executable, EXPORT, *words],
        env=council.environment(FOI_EXTRACTS=str(landed.resolve()), **more),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_of_two_at_once_one_works_and_the_other_says_who_does(council) -> None:
    ready, go_on = council.folder / "ready", council.folder / "go on"
    waits = (
        f"import time; pathlib.Path({str(ready)!r}).touch()\n"
        f"while not os.path.exists({str(go_on)!r}): time.sleep(0.02)"
    )
    running = council.start(does=waits)
    try:
        while not ready.exists():
            assert running.poll() is None
            time.sleep(0.02)
        who = f": refresh.py, process {running.pid} on "
        assert_refused(council.refresh(), 5, f"Another refresh is running{who}")
        assert_refused(export(council), 5, f"Another run is writing {council.responses}{who}")
    finally:
        go_on.touch()
        running.communicate()
    assert running.returncode == 0
    assert council.whole() == 2


def test_a_database_that_is_open_elsewhere_is_not_replaced(council) -> None:
    writer = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", writer, str(council.database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as held:
        held.stdout.readline()
        said = f"records.duckdb is open for writing elsewhere by process {held.pid}"
        assert_refused(council.refresh(), 5, said)
        held.communicate("\n")
    assert council.steps() == []
    assert council.whole() == 1


def test_a_job_that_fails_changes_nothing(council) -> None:
    stray = council.source / "2017-18" / "header.csv"
    data = stray.read_bytes()
    stray.write_bytes(data.replace(b"CHILD", b"CHIDL"))
    assert council.refresh().returncode == 3
    stray.write_bytes(data)
    assert_refused(council.refresh(does="raise SystemExit(1)"), 3, "dbt stopped before the first")
    forgets = "import sys\nif 'export_response.py' in str(sys.orig_argv): os._exit(9)"
    assert_refused(council.refresh(SITE_DOES=forgets), 1, "the export failed")
    assert council.whole() == 1
    # What was whole of it is not made again.
    assert council.succeeds() == 2
    assert not {"land", "build and test"} & set(council.steps())


def test_places_of_another_kind_are_found_before_the_build(council, tmp_path: Path) -> None:
    file, folder = tmp_path / "a file", tmp_path / "a folder.duckdb"
    file.touch()
    folder.mkdir()
    (folder.with_suffix(".refresh")).touch()
    pack = council.responses / REQUEST
    for options, said in [
        (["--published", folder], "is no file"),
        (["--database", folder], "cannot be used"),
        (["--out", file], "is no folder"),
        (["--published", file / "figures.duckdb"], "is no folder"),
        (["--published", council.database.with_name("f.duckdb")], "record-level database: name"),
        (["--published", council.state / "figures" / "f.duckdb"], "which is private"),
        (["--out", council.state / "packs"], "which is private"),
        (["--source", "/nowhere"], "there is no such folder"),
    ]:
        assert_refused(council.refresh(*options), 2, said)
    pack.rename(tmp_path / "pack")
    pack.touch()
    assert_refused(council.refresh(), 2, f"{pack} is no folder")
    pack.unlink()
    (tmp_path / "pack").rename(pack)
    inside = council.refresh(FOI_EXTRACTS=str(council.responses / "landed"))
    assert_refused(inside, 2, "lies in the folder of responses")
    assert not (set(council.steps()) & {"land", "build and test"})
    assert council.whole() == 1


@pytest.mark.parametrize("place", ["published", "responses", "private"])
def test_a_disk_that_may_only_be_read_is_found_before_the_build(council, mount, place) -> None:
    """The superuser may write anywhere, so the whole file system is made read-only."""
    folder = {"published": council.published.parent, "responses": council.responses}
    folder = folder.get(place, council.database.parent)
    on_a_disk_of_its_own(mount, folder)
    assert council.succeeds(requests=()) == 2
    mount("-o", "remount,ro", folder)
    done = council.refresh(requests=())
    assert done.returncode == 2 and "mend the rights" in done.stderr, done.stderr
    mount("-o", "remount,rw", folder)
    assert council.whole() == 2
    if place == "responses":
        assert council.succeeds() == 3


@pytest.mark.parametrize("place", ["published", "private"])
def test_a_full_disk(council, mount, place) -> None:
    folder = council.published.parent if place == "published" else council.database.parent
    on_a_disk_of_its_own(mount, folder)
    assert council.succeeds(requests=()) == 2
    fill = folder / "filling"
    fill.write_bytes(b"0" * (shutil.disk_usage(folder).free - 100_000))
    assert_refused(council.refresh(requests=()), 2, "less room than the last")
    assert council.steps() == []
    # Full in the middle of it.
    fill.unlink()
    grow = (
        f"import shutil; free = shutil.disk_usage({str(folder)!r}).free\n"
        f"open({str(fill)!r}, 'wb').write(b'0' * (free - 100_000))"
    )
    assert_refused(council.refresh(requests=(), does=grow), *((2, "ree space")
        if place == "published" else (3, "dbt stopped")))  # fmt: skip
    fill.unlink()
    assert council.whole() == 2
    assert council.succeeds(requests=()) == 3


def test_a_share_that_has_gone(council, tmp_path: Path, mount) -> None:
    share, figures = tmp_path / "share", council.published.parent
    figures.rename(share)
    figures.mkdir()
    on_a_disk_of_its_own(mount, share)
    mount("--bind", share, figures)
    assert council.succeeds(requests=()) == 2
    goes = f"import subprocess; subprocess.run(['umount', {str(figures)!r}], check=True)"
    for more in ({"does": goes}, {}):
        assert_refused(council.refresh(requests=(), **more), 2, "connect the share")
    assert list(figures.iterdir()) == []
    mount("--bind", share, figures)
    assert council.whole() == 2
    assert council.succeeds(requests=()) == 3


def test_a_folder_that_goes_is_not_made_anew_in_the_run(council) -> None:
    figures = council.published.parent
    away = figures.with_name("away")
    goes = f"os.rename({str(figures)!r}, {str(away)!r})"
    assert_refused(council.refresh(requests=(), does=goes), 2, "connect the share")
    assert not figures.exists()
    away.rename(figures)
    assert council.whole() == 1


def test_a_source_that_goes_or_changes_while_it_is_landed_is_named(council) -> None:
    file = council.source / "2017-18" / "missing.csv"
    for change in (f"shutil.rmtree({str(council.source)!r})", f"os.utime({str(file)!r})"):
        shutil.copytree(council.source, kept := council.folder / "kept", dirs_exist_ok=True)
        hook = (
            "import shutil, sys\n"
            "def hook(event, words, seen=[]):\n"
            f"    if event == 'open' and str(words[0]) == {str(file)!r} and not seen:\n"
            f"        seen.append(1); {change}\n"
            "sys.addaudithook(hook)"
        )
        done = council.refresh(SITE_DOES=hook)
        assert done.returncode == 3, done.stderr
        assert f"in {council.source} changed or went away while it was read" in done.stderr
        assert str(council.state) not in done.stderr
        shutil.rmtree(council.source, ignore_errors=True)
        kept.rename(council.source)
    assert council.whole() == 1


def test_landed_returns_of_a_folder_of_their_own(council, tmp_path: Path) -> None:
    """Each refresh replaces the folder whole; one that changes while it is read stops the run."""
    extracts = tmp_path / "extracts"
    more = {"FOI_EXTRACTS": str(extracts)}
    assert council.succeeds(requests=(), **more) == 2
    assert (extracts / "landed_modules.csv").is_file()
    assert extracts.stat().st_mode & 0o077 == 0
    assert council.succeeds(requests=(), **more) == 3
    command = council.command(requests=())
    at = command.index("--source")
    del command[at : at + 2]

    def without_source(**given: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env=council.environment(**given),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    change = f"open({str(extracts / 'landed_modules.csv')!r}, 'a').write(' ')"
    done = without_source(does=change, **more)
    assert_refused(done, 3, f"landed_modules.csv in {extracts} changed or went away")
    assert council.run() == 3
    assert without_source(**more).returncode == 0
    # Never the invented children in the place of a council's own returns.
    assert_refused(without_source(), 2, f"was built from {extracts}, and nothing says where")
    assert council.run() == 4
    assert left_over(tmp_path) == []


def test_a_clock_that_was_set_back(council) -> None:
    record = next((council.state / "runs").glob("*/run.json"))
    told = json.loads(record.read_bytes())
    later = datetime.fromisoformat(told["finished"]) + timedelta(days=400)
    record.write_text(json.dumps(told | {"finished": later.isoformat()}))
    dry = council.refresh("--dry-run", requests=())
    # Deadlines are counted from the later day until the clock has come up to it.
    assert dry.returncode == 6 and str(later.year) in dry.stdout.splitlines()[0]
    assert council.refresh(requests=()).returncode == 6
    assert council.whole() == 2
    assert "clock set back" in [line["event"] for line in council.log()]


def test_a_refresh_says_when_nothing_new_was_landed_for_long(council) -> None:
    record = next((council.state / "runs").glob("*/run.json"))
    told = json.loads(record.read_bytes())
    since = datetime.fromisoformat(told["new_since"]) - timedelta(days=36)
    record.write_text(json.dumps(told | {"new_since": since.isoformat()}))
    done = council.refresh(requests=())
    assert_refused(done, 0, "Nothing new was landed since")
    assert "more than 35 days ago" in done.stderr
    with (council.source / "2017-18" / "missing.csv").open("a") as file:
        file.write("\n")
    done = council.refresh(requests=())
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_kept_and_for_how_long(council) -> None:
    assert council.succeeds(requests=(REQUEST, ANSWERED)) == 2
    state, earlier = council.state, council.responses / ".earlier" / REQUEST / "000002"
    first = [state / "runs" / "000001", council.published.with_name("figures-000001.duckdb")]
    assert_pack_is_whole(earlier)
    answered = council.responses / ".earlier" / ANSWERED / "000000"
    shutil.copytree(earlier, answered)
    log = min((state / "logs").iterdir())
    foreign = council.published.with_name("figures-of-mine.duckdb")
    foreign.touch()

    def age(days: float, *paths: Path) -> None:
        for path in paths:
            os.utime(path, (time.time() - days * DAY,) * 2)

    age(6.5, *first, log, foreign)
    age(89, earlier, answered)
    assert council.succeeds(requests=()) == 3
    assert all(path.exists() for path in (*first, earlier, answered, log))
    second = [state / "runs" / "000002", council.published.with_name("figures-000002.duckdb")]
    age(7.5, *first, foreign)
    age(91, earlier, answered)
    age(401, log)
    # What is in place stays, however old it is.
    age(900, *council.responses.iterdir())
    assert council.succeeds(requests=()) == 4
    assert not any(path.exists() for path in (*first, earlier, log))
    assert all(path.exists() for path in (*second, answered, foreign))


def test_the_ledger_is_only_added_to(council) -> None:
    ledger = council.responses / "ledger.csv"
    rows = ledger.read_text().splitlines(keepends=True)
    # Somebody restores another ledger while a pack is made.
    other = (
        "import sys\nif 'export_response.py' in str(sys.orig_argv): "
        f"open({str(ledger)!r}, 'w').write({rows[0] + 'other'!r})"
    )
    assert_refused(council.refresh(SITE_DOES=other), 4, "only ever added to")
    assert council.run() == 1
    ledger.write_text("".join(rows[:-1]))
    done = council.refresh()
    assert_refused(done, 3, "lost rows that pack")
    assert "build and test" not in council.steps()
    ledger.write_text("".join(rows))
    assert council.whole() == 1


def test_a_pack_that_was_sent_stays_and_its_new_version_comes_beside_it(council) -> None:
    """As nothing else has changed, somebody changes a file of the sent pack."""
    pack = council.responses / ANSWERED
    sent = {file: file.read_bytes() for file in pack.rglob("*") if file.is_file()}
    assert council.succeeds(requests=(ANSWERED,)) == 2
    assert {file: file.read_bytes() for file in sent} == sent
    assert not pack.with_name(f"{ANSWERED}-v2").exists()
    letter = next(pack.glob("public/*.docx"))
    letter.write_bytes(b"signed and sent")
    assert council.refresh(requests=(ANSWERED,)).returncode == 0
    assert letter.read_bytes() == b"signed and sent"
    assert_pack_is_whole(pack.with_name(f"{ANSWERED}-v2"))
    assert f"{ANSWERED}-v2" in (council.responses / "index.html").read_text(encoding="utf-8")


def test_an_export_by_hand_and_a_refresh_share_packs_and_ledger(council) -> None:
    done = export(council)
    assert done.returncode == 0, done.stderr
    assert council.succeeds() == 2


def test_databases_built_by_hand_and_stale_logs_of_changes_are_replaced(council) -> None:
    council.database.unlink()
    shutil.copy(council.first / "records.duckdb", council.database)
    for place in (council.database, council.published):
        place.with_name(f"{place.name}.wal").write_bytes(b"of another file")
    assert council.succeeds(requests=()) == 2
    assert council.database.is_symlink()
    assert list((council.state / "runs" / "000002").glob("replaced-*"))


def test_where_no_links_can_be_made_a_text_names_the_newest_file(council) -> None:
    """As on Windows, and on shares that know no links."""
    for link in (council.database, council.published):
        link.unlink()
    refuses = (
        "import errno\ndef refuse(*_, **__): raise OSError(errno.EPERM, 'no links')\n"
        "os.symlink = refuse"
    )
    for number in (2, 3):
        assert council.refresh(requests=(), SITE_DOES=refuses).returncode == 0
        assert council.run() == number
        for place in (council.database, council.published):
            assert not place.exists()
            named = place.with_suffix(".txt").read_text(encoding="utf-8").strip()
            assert f"{number:06d}" in named and (place.parent / named).is_file()
    assert export(council).returncode == 0
    # On a disk with links again.
    assert council.succeeds(requests=()) == 4


def test_the_state_of_an_earlier_version_is_told(council) -> None:
    shutil.rmtree(council.state / "runs")
    (council.state / "last_good.json").write_text("{}")
    assert_refused(council.refresh(requests=()), 2, "is of an earlier version of this program")
    council.state.rename(council.folder / "aside")
    council.database.unlink()
    # The file that analysts read has a number that is not taken again.
    assert council.succeeds(requests=()) == 2


def damaged(data: bytes) -> dict[str, bytes]:
    """A file's bytes as damage makes them, by its kind."""
    half = data[: len(data) // 2]
    return {"empty": b"", "half": half, "list": b'["a", 7]', "not UTF-8": b"\xff\xfe\x00" + data}


@pytest.fixture(scope="module")
def broken_off(first, tmp_path_factory: pytest.TempPathFactory):
    """After a second refresh that was broken off when its pack was to be made; and a copy."""
    folder = tmp_path_factory.mktemp("broken")
    council = copied(first, folder)
    breaks_off = "import sys\nif 'export_response.py' in str(sys.orig_argv): os._exit(9)"
    assert council.refresh(SITE_DOES=breaks_off).returncode == 1
    shutil.copytree(council.folder, folder / "kept", symlinks=True)
    return council, folder / "kept"


@pytest.mark.parametrize("kind", damaged(b""))
def test_state_that_is_damaged_is_told_and_passed_over(broken_off, kind) -> None:
    """Every file of the state at once, of the last run and of the one that was broken off."""
    council, kept = broken_off
    shutil.rmtree(council.folder)
    shutil.copytree(kept, council.folder, symlinks=True)
    record = council.state / "runs" / "000001" / "run.json"
    work = council.state / "runs" / "next"
    (work / "packs" / f".{REQUEST}.json").write_text('{"foi-open": ""}')
    files = [record, record.with_name("in_place"), work / "packs" / f".{REQUEST}.json"]
    files += [*(council.state / "logs").iterdir(), *council.folder.rglob("*lock")]
    # With a damaged plan all is made anew; else what is there is looked at.
    files += [work / "plan"] if kind == "empty" else []
    for file in files:
        file.write_bytes(damaged(file.read_bytes())[kind])
    assert_refused(council.refresh(), 0, f"{record} is damaged or gone")
    assert council.whole() == 2
    assert ("build and test" in council.steps()) == (kind == "empty")


def test_packs_whose_entries_are_damaged_are_told(council) -> None:
    pack = council.responses / ANSWERED
    entry = pack / "public" / "disclosure-log.json"
    for kind, data in damaged(entry.read_bytes()).items():
        shutil.copytree(pack, pack.with_name(f"{ANSWERED}-{kind}"))
        (pack.with_name(f"{ANSWERED}-{kind}") / "public" / entry.name).write_bytes(data)
    entry.write_bytes(b"{")
    done = export(council)
    assert done.returncode == 0
    assert done.stderr.count("The index page lacks it") == 5
    assert_refused(council.refresh(requests=(ANSWERED,)), 3, "is damaged, so it is not known")


def test_the_published_file_is_for_clients_of_duckdb_1_5_and_may_only_be_read(first) -> None:
    with duckdb.connect(str(first.published), read_only=True) as connection:
        tags = connection.execute(
            "select tags['storage_version'] from duckdb_databases() where path is not null"
        ).fetchall()
        about = dict(connection.execute("from about").fetchall())
    assert tags == [("v1.5.0+",)]
    assert about["run"] == "1" and len(about["commit"]) >= 7
    if os.name != "nt":
        assert first.published.stat().st_mode & 0o777 == 0o444


@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_the_users_umask_opens_and_closes_nothing(council, umask) -> None:
    before = os.umask(umask)
    try:
        done = council.refresh()
    finally:
        os.umask(before)
    assert done.returncode == 0, done.stderr
    assert council.whole() == 2
    assert (council.responses / REQUEST / "public").stat().st_mode & 0o777 == 0o755 & ~umask | 0o700


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--request", "foi-0000"], "The register has no request foi-0000"),
        (["--due-within", "5"], "give one"),
        (["--taken", "m.csv"], "--taken m.csv: write"),
        (["--covers", "2014"], "--covers 2014: write"),
        (["--settings", "/nowhere"], "--settings /nowhere: there is no such file"),
    ],
)
def test_wrong_use_is_one_sentence(first, options, said) -> None:
    assert_refused(first.refresh(*options), 2, said)


def test_a_dry_run_says_what_would_be_done_and_does_nothing(first) -> None:
    before = {path: path.lstat().st_mtime_ns for path in first.folder.rglob("*")}
    done = first.refresh("--dry-run")
    assert done.returncode == 0, done.stderr
    assert f"Replace pack of {REQUEST}: {first.responses / REQUEST}" in done.stdout
    assert {path: path.lstat().st_mtime_ns for path in first.folder.rglob("*")} == before


def test_settings_are_taken_from_a_file(first, tmp_path: Path) -> None:
    """The scheduled tasks name one; Windows has no other way."""
    settings = tmp_path / "settings.env"
    options = f"--published {tmp_path / 'p' / 'f.duckdb'} --source '{first.source}' --dry-run"
    settings.write_text(
        "# A remark\n\n"
        f"FOI_DATABASE={tmp_path}/of this/records.duckdb\n"
        f'FOI_REQUESTS="{first.folder / "requests"}"\n'
        f"FOI_OPTIONS={options}\n"
    )
    command = [first.command()[0], first.command()[1], "--settings", settings]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert f"Land: {first.source}" in done.stdout
    assert f": {tmp_path}/of this/records.duckdb" in done.stdout
    settings.write_text("FOI_DATABASE /nowhere\n")
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert_refused(done, 2, f"{settings}, line 1: write FOI_NAME=VALUE.")
