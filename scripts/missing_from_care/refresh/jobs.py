"""The three long jobs of a refresh: landing, dbt and the packs."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from missing_from_care.faults import BusyFault, DataFault, Fault, ProtectionFault, UsageFault
from missing_from_care.landing.land import land
from missing_from_care.project import CHECKOUT

Progress = Callable[[int, int, str], None]
BY_STATUS = {each.status: each for each in (UsageFault, DataFault, ProtectionFault, BusyFault)}


def land_source(
    source: Path,
    into: Path,
    accepted: frozenset[tuple[str, str]],
    progress: Progress,
    last: Path,
    taken: Mapping[str, str] | None = None,
    covers: tuple[str, str] = ("", ""),
) -> None:
    """Lands a folder of returns; see `land`."""
    land(source, into, accepted, progress, last=last, taken=taken, covers=covers)


def build_database(file: Path, extracts: Path | None, progress: Progress) -> None:
    """Builds the record-level database and runs every test, in one run of dbt.

    Args:
        file: the DuckDB file to make, in a folder of its own in which dbt may write.
        extracts: the landed folder; None: the demonstration extracts.
        progress: is told how many nodes of how many are done, and the name of the next.

    Raises:
        DataFault: a model or a test failed.
        UsageFault: the disk is full or cannot be written.
    """
    environment = os.environ | {
        "FOI_DATABASE": str(file),
        "FOI_EXTRACTS": str(extracts or ""),
        "DBT_TARGET_PATH": str(file.parent / "dbt"),
        "DBT_LOG_PATH": str(file.parent / "dbt"),
    }
    command = [sys.executable, "-m", "dbt.cli.main", "--log-format", "json", "build"]
    with subprocess.Popen(
        [*command, "--project-dir", str(CHECKOUT), "--profiles-dir", str(CHECKOUT)],
        cwd=CHECKOUT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as running:
        try:
            last = _follow(running.stdout, progress)
        except BaseException:
            running.kill()
            raise
    if running.returncode:
        raise _dbt_fault(file.parent / "dbt" / "run_results.json", last)
    with duckdb.connect(str(file)) as connection:
        # The landed files are about to move: a view of them could not be read any more.
        views = connection.execute(
            "select view_name from duckdb_views() "
            "where contains(sql, 'read_csv(') or contains(sql, 'read_parquet(')"
        )
        for (view,) in views.fetchall():
            connection.execute(f"drop view {view}")
        connection.execute("checkpoint")


def export_pack(database: Path, request_ref: str, out: Path, extracts: Path | None) -> None:
    """Protects a request and writes its pack into a folder, whole, after its rows of the ledger.

    Args:
        database: the record-level database that `build_database` made.
        request_ref: the request.
        out: the folder of packs, with the ledger.
        extracts: the landed folder that the database was built from; None: the demonstration's.

    Raises:
        Fault: of the kind that the command's status tells.
    """
    script = CHECKOUT / "scripts" / "export_response.py"
    options = ["--request", request_ref, "--database", str(database), "--out", str(out)]
    done = subprocess.run(
        [sys.executable, str(script), *options],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env=os.environ
        | {
            "PYTHONIOENCODING": "utf-8",
            "FOI_EXTRACTS": str(extracts or ""),
            "DBT_TARGET_PATH": str(database.parent / "dbt"),
        },
        check=False,
    )
    if done.returncode not in (0, 6):
        said = done.stderr.strip().splitlines() or ["The export ended without a word."]
        kind = BY_STATUS.get(done.returncode, Fault)
        raise kind(*(f"Request {request_ref}: {line}" for line in said))


@dataclass(frozen=True)
class Jobs:
    """The long jobs by name, so that a test can put quick ones in their place."""

    land: Callable[..., None] = land_source
    build: Callable[[Path, Path | None, Progress], None] = build_database
    export: Callable[[Path, str, Path, Path | None], None] = export_pack


def snapshot(folder: Path | None) -> dict[str, tuple[int, int]]:
    """Size and time of change (ns) of every file below a folder, if there is one."""
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in (sorted(folder.rglob("*")) if folder else ())
        if path.is_file()
    }


@contextmanager
def unchanged(folder: Path | None) -> Iterator[None]:
    """Sees to it that no file of a folder, if there is one, changes during the block.

    Raises:
        DataFault: one did; it names the files.
    """
    before = snapshot(folder)
    yield
    after = snapshot(folder)
    changed = sorted(name for name in before | after if before.get(name) != after.get(name))
    if changed:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        raise DataFault(
            f"{', '.join(changed[:3])}{more} in {folder} changed while it was read: wait until "
            "nobody writes there, then refresh again."
        )


def _follow(lines: Iterator[str], progress: Progress) -> str:
    """Tells of each node that dbt starts; gives the last thing that it said."""
    last = ""
    for line in lines:
        try:
            told = json.loads(line)
        except ValueError:
            last = line.strip() or last
            continue
        data = told["data"]
        if told["info"]["name"] == "LogStartLine":
            progress(data["index"] - 1, data["total"], data["node_info"]["node_name"])
        if told["info"]["level"] == "error":
            last = told["info"]["msg"].strip() or last
    return last


def _dbt_fault(results: Path, last: str) -> Fault:
    """What stopped dbt, in the sentences that models and tests raise."""
    found = json.loads(results.read_bytes())["results"] if results.exists() else []
    failed = [each for each in found if each["status"] in ("error", "fail", "runtime error")]
    told = (sentence for each in failed for sentence in _sentences(each))
    sentences = list(dict.fromkeys(told)) or [f"dbt: {last}"]
    if any(re.search("IO Error|No space|disk is full|out of memory", each, re.I)
           for each in sentences):  # fmt: skip
        return UsageFault(*sentences, "Free space on the disk, then refresh again.")
    return DataFault(*sentences)


def _sentences(result: dict[str, str]) -> list[str]:
    name = result["unique_id"].split(".")[2]
    lines = [" ".join(line.split()) for line in (result["message"] or "").splitlines()]
    message = " ".join(line for line in lines if line)
    if result["status"] == "fail":
        return [f"The check {name} failed: {message}. Run `dbt build --select {name}` to see why."]
    raised = "\n".join(lines).partition("Invalid Input Error: ")[2]
    return [line for line in raised.splitlines() if line] or [f"{name}: {message}"]
