"""A refresh that is stopped leaves the old or the new, whole, and nothing to clear up by hand.

REFRESH_KILLS sets at how many moments real refreshes are stopped. REFRESH_BOUNDARIES=all stops one
at every rename of a file and every line of the log, where otherwise some are taken.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from missing_from_care.base.project import CHECKOUT
from missing_from_care.base.whole_files import replacing_folder, write_file_whole
from missing_from_care.refresh.publish import switch
from refreshes import Refreshed, copied

KILLS = int(os.environ.get("REFRESH_KILLS", "3"))
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, getattr(signal, "SIGHUP", None))
AT_A_BOUNDARY = """
import os, sys
def hook(event, words, seen=[]):
    log = event == "open" and str(words[0]).endswith(".jsonl") and "a" in str(words[1])
    if log or event == "os.rename":
        seen.append(event)
        if len(seen) == int(os.environ["STOP_AT"]):
            os.kill(os.getpid(), int(os.environ["STOP_BY"]))
if "refresh.py" in str(sys.orig_argv):
    sys.addaudithook(hook)
"""

AFTER_THE_SWITCH = """
import os, pathlib, signal, sys
def hook(event, words, switched=[]):
    if event == "os.rename":
        if switched:
            os.kill(os.getpid(), signal.SIGKILL)
        if pathlib.Path(os.fspath(words[1])).name.isdigit():
            switched.append(True)
if "refresh.py" in str(sys.orig_argv):
    sys.addaudithook(hook)
"""

# The export, which has tests of its own, ends with what it made once of the same.
EXPORTED_BEFORE = """
import os, shutil, sys
if "export_response.py" in str(sys.orig_argv):
    out = sys.orig_argv[sys.orig_argv.index("--out") + 1]
    shutil.rmtree(out)
    shutil.copytree(os.environ["EXPORTED"], out)
    os._exit(0)
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals.")


@pytest.fixture(autouse=True)
def interruptible():
    """A run in the background ignores Ctrl-C, and what it starts would too."""
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def ended(status: int, by: int) -> bool:
    """Whether a process ended by a signal, itself or as it promises."""
    return status in (-by, 128 + by)


def size_of(council: Refreshed) -> int:
    """Bytes below the folder, logs apart."""
    files = [path for path in council.folder.rglob("*") if not path.is_symlink()]
    return sum(path.stat().st_size for path in files if path.is_file() and path.suffix != ".jsonl")


def children_of(council: Refreshed) -> list[str]:
    """The processes that still work for a council, besides this one."""
    found = []
    for process in Path("/proc").glob("[0-9]*/environ"):
        try:
            if str(council.folder).encode() in process.read_bytes():
                found.append(process.parent.name)
        except OSError:
            continue
    return found


def assert_old_or_new(council: Refreshed, before: int) -> None:
    council.assert_whole()
    council.assert_private()
    assert council.run() in (before, before + 1)
    until = time.monotonic() + 20
    while left := children_of(council):
        assert time.monotonic() < until, f"still at work: {left}"
        time.sleep(0.05)


def lasted(council: Refreshed) -> float:
    """Seconds of the last refresh, by its log."""
    moments = [datetime.fromisoformat(line["at"]) for line in council.log()]
    return (moments[-1] - moments[0]).total_seconds()


def test_real_refreshes_stopped_at_random_moments(council) -> None:
    moments, longest, sizes = random.Random(17), lasted(council), []
    for number in range(KILLS):
        by, before = SIGNALS[number % len(SIGNALS)], council.run()
        with council.start(real=True) as running:
            try:
                running.communicate(timeout=moments.uniform(number, number + 1) / KILLS * longest)
            except subprocess.TimeoutExpired:
                running.send_signal(by)
            running.communicate()
        assert running.returncode == 0 or ended(running.returncode, by), running.returncode
        assert_old_or_new(council, before)
        council.succeeds(requests=())
        sizes.append(size_of(council) / council.run())
    assert max(sizes) < 1.5 * min(sizes)


def test_what_a_stopped_run_published_is_there_though_the_next_one_fails(council) -> None:
    before = council.run()
    done = council.refresh(SITE_DOES=AFTER_THE_SWITCH)
    assert ended(done.returncode, signal.SIGKILL)
    assert council.run() == before
    done = council.refresh(does="raise SystemExit(1)")
    assert done.returncode not in (0, -signal.SIGKILL), done.stderr
    council.assert_whole()
    assert council.run() == before + 1


@pytest.fixture(autouse=True)
def hang_up_is_heard() -> Iterator[None]:
    """Under nohup, as where CI starts it, children would pass a hang-up over."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


def test_stopped_at_boundaries(first, tmp_path: Path) -> None:
    exported = copied(first, tmp_path / "exported")
    exported.succeeds()
    once = {"SITE_DOES": AT_A_BOUNDARY + EXPORTED_BEFORE, "EXPORTED": str(exported.responses)}
    every = os.environ.get("REFRESH_BOUNDARIES") == "all"
    boundaries = range(1, 60) if every else (2, 7, 9, *range(11, 40, 3))
    for at in boundaries:
        council, by = copied(first, tmp_path / f"{at}"), SIGNALS[at % len(SIGNALS)]
        done = council.refresh(STOP_AT=str(at), STOP_BY=str(int(by)), **once)
        assert done.returncode == 0 or ended(done.returncode, by), done.stderr
        assert_old_or_new(council, 1)
        was_published = (council.state / "runs" / "000002").exists()
        number = council.succeeds(requests=())
        assert number == 2 + was_published
        if done.returncode == 0:
            break
    assert at > 20


def test_what_was_whole_is_not_made_again(council) -> None:
    dies = "import sys\nif 'export_response.py' in str(sys.orig_argv): os.kill(os.getppid(), 9)"
    assert council.refresh(SITE_DOES=dies).returncode == -signal.SIGKILL
    assert council.succeeds() == 2
    assert not {"land", "build and test"} & set(council.steps())


def test_a_child_ends_with_its_parent(council) -> None:
    """As when the parent is killed, and can end nobody."""
    alive = council.folder / "alive"
    sleeps = f"import time; open({str(alive)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    with council.start(does=sleeps) as running:
        while not alive.exists() or not alive.read_text():
            time.sleep(0.02)
        running.kill()
        running.communicate()
    assert_old_or_new(council, 1)


@pytest.mark.parametrize("by", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_within_duckdb_is_no_fault_of_the_program(tmp_path: Path, by) -> None:
    """DuckDB makes an error of its own of what the signal raises."""
    slow = (
        "import sys\nsys.path.insert(0, sys.argv[1])\nimport duckdb\n"
        "from missing_from_care.base.command_line import run\n"
        "def main():\n    print('begun', flush=True)\n"
        "    duckdb.execute('select count(*) from range(100000000000) t(i) where hash(i) = 1')\n"
        "del sys.argv[1]\nrun(main)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", slow, str(CHECKOUT / "scripts")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    ) as running:
        try:
            assert running.stdout.readline() == "begun\n"
            time.sleep(0.3)
            running.send_signal(getattr(signal, by))
            _, said = running.communicate(timeout=60)
        finally:
            running.kill()
    assert running.returncode == 128 + getattr(signal, by)
    assert said == "Stopped.\n"


@pytest.mark.parametrize("kind", ["file", "folder", "run"])
def test_the_disk_has_the_bytes_before_a_name_leads_to_them(
    tmp_path: Path, monkeypatch, kind: str
) -> None:
    """Else a power cut after the rename leaves a name with nothing behind it."""
    on_disk, renamed = set(), []
    sync = os.fsync

    def noting_sync(descriptor: int) -> None:
        on_disk.add(os.fstat(descriptor).st_ino)
        sync(descriptor)

    def checked(rename):
        def renaming(path: Path, target: Path) -> Path:
            files = [each for each in (path, *path.rglob("*")) if each.is_file()]
            assert {each.stat().st_ino for each in files} <= on_disk
            renamed.extend(each.name for each in files)
            return rename(path, target)

        return renaming

    monkeypatch.setattr(os, "fsync", noting_sync)
    for name in ("rename", "replace"):
        monkeypatch.setattr(Path, name, checked(getattr(Path, name)))
    if kind == "file":
        write_file_whole(tmp_path / "ledger.csv", b"a row\n")
    elif kind == "folder":
        with replacing_folder(tmp_path / "pack") as folder:
            (folder / "public").mkdir()
            (folder / "public" / "answer.csv").write_bytes(b"a row\n")
    else:
        (tmp_path / "next" / "built").mkdir(parents=True)
        (tmp_path / "next" / "built" / "figures.duckdb").write_bytes(b"figures")
        switch(tmp_path / "next", 7)
    assert len(renamed) == 1
