"""A whole refresh, step by step. What it makes waits in a work folder until all of it is there."""

import hashlib
import json
import shutil
import subprocess
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from missing_from_care.deadlines.register import usual_register
from missing_from_care.faults import BusyFault, DataFault, UsageFault
from missing_from_care.project import CHECKOUT
from missing_from_care.refresh.analysts import write_published
from missing_from_care.refresh.jobs import Jobs, snapshot
from missing_from_care.refresh.keeping import earlier_build, earlier_pack, prune
from missing_from_care.refresh.locking import one_at_a_time
from missing_from_care.refresh.order import Order, check_places
from missing_from_care.refresh.swapping import Made, finish, publish, stage, unstage
from missing_from_care.refresh.telling import Teller
from missing_from_care.warehouse import open_database
from missing_from_care.whole_files import write_file_whole

LAST_GOOD = "last_good.json"
RULES = ("dbt_project.yml", "profiles.yml", "macros", "models", "scripts", "seeds", "tests/generic",
         "tests/singular")  # fmt: skip
JOBS = Jobs()


def last_good(order: Order) -> dict[str, Any]:
    """What the last good run wrote of itself; empty before the first."""
    file = order.state / LAST_GOOD
    return json.loads(file.read_bytes()) if file.exists() else {}


def today(order: Order, now: datetime) -> date:
    """The day from which deadlines are counted: never one before the last good run.

    A clock that was set back would otherwise make every request look less urgent than it is.
    """
    latest = last_good(order).get("finished", now.isoformat())
    return max(now, datetime.fromisoformat(latest)).astimezone().date()


def refresh(order: Order, tell: Teller, jobs: Jobs = JOBS) -> dict[str, Any]:
    """Carries out a refresh: all of it, or nothing that anybody sees.

    Args:
        order: what is to be done.
        tell: is told of every step, and gives the time.
        jobs: the long jobs.

    Returns:
        What `last_good.json` then says.

    Raises:
        BusyFault: another refresh is running, or somebody is writing the database.
        Fault: of any other kind; what was published before still stands.
    """
    try:
        for folder in (order.database.parent, order.state):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with one_at_a_time(order.state, tell.clock()):
            try:
                return _refresh(order, tell, jobs)
            except BaseException:
                with suppress(OSError):
                    unstage(order.state)
                raise
    except OSError as problem:
        raise UsageFault(
            f"{problem.filename or order.state} cannot be used "
            f"({problem.strerror or problem}), so nothing was published: free space, connect the "
            "share or mend the rights, then refresh again."
        ) from problem


def _refresh(order: Order, tell: Teller, jobs: Jobs) -> dict[str, Any]:
    finish(order.state, tell)
    before = last_good(order)
    check_places(order, before)
    unstage(order.state)
    started, run = tell.clock(), before.get("run", 0) + 1
    tell.line("begin", run=run, requests=order.requests, source=str(order.source or ""))
    if before and started < datetime.fromisoformat(before["finished"]):
        tell.line("clock set back", last_good=before["finished"])
    work = _work_folder(order, started.date())
    extracts = _landed(order, work, tell, jobs)
    database = _built(order, work, extracts, tell, jobs)
    packs = _packs(order, work, database, tell, jobs)
    marker = {
        "run": run,
        "started": started.isoformat(timespec="seconds"),
        "built_from": str(order.source or extracts or "the demonstration extracts"),
        "commit": _commit(),
        "requests": order.requests,
        "database": str(order.database),
        "published": str(order.published),
        "responses": str(order.responses),
    }
    published = _published(order, work, database, marker, tell)
    tell.step("bring it beside what it replaces")
    made = [
        Made(pack, order.responses / ref, earlier_pack(order, ref, run))
        for ref, pack in packs.items()
    ]
    if order.source:
        made.append(Made(work / "landed", order.extracts))
    made.append(Made(database, order.database, earlier_build(order, run)))
    made += _figures(order, published, work, run)
    marker["finished"] = max(started, tell.clock()).isoformat(timespec="seconds")
    (work / LAST_GOOD).write_text(json.dumps(marker, indent=1), encoding="utf-8")
    made.append(Made(work / LAST_GOOD, order.state / LAST_GOOD))
    swaps = stage(order.state, made)
    _refuse_writer(order.database)
    publish(order.state, swaps, tell)
    tell.step("remove what need not be kept")
    shutil.rmtree(work, ignore_errors=True)
    prune(order, tell.clock())
    tell.line("done", run=run)
    return marker


def _work_folder(order: Order, day: date) -> Path:
    """The folder for what is made; what a run that was broken off made there is used again if
    nothing has changed since."""
    work = order.state / "work"
    told = _fingerprint(order, day)
    plan = work / "plan"
    if not plan.exists() or plan.read_text() != told:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700, exist_ok=True)
        write_file_whole(plan, told.encode())
    return work


def _fingerprint(order: Order, day: date) -> str:
    """Changes with the order, the day, the returns, the register and the rules."""
    told = hashlib.sha256()
    ordered = asdict(order) | {"accepted": sorted(order.accepted)}
    told.update(f"{ordered} {day}".encode())
    for folder in (order.source or order.reads, usual_register().parent):
        told.update(repr(snapshot(folder) if folder else None).encode())
    for name in RULES:
        place = CHECKOUT / name
        files = [place] if place.is_file() else sorted(place.rglob("*"))
        for file in files:
            if file.is_file() and file.suffix != ".pyc":
                told.update(str(file).encode() + file.read_bytes())
    return told.hexdigest()


def _landed(order: Order, work: Path, tell: Teller, jobs: Jobs) -> Path | None:
    if not order.source:
        return order.reads
    landed = work / "landed"
    if not landed.exists():
        tell.step("land")
        jobs.land(order.source, landed, order.accepted, tell.progress)
        landed.chmod(0o700)
    return landed


def _built(order: Order, work: Path, extracts: Path | None, tell: Teller, jobs: Jobs) -> Path:
    built = work / "built" / order.database.name
    if built.exists():
        return built
    tell.step("build and test")
    # Its own folder, since the dbt of a run that was killed may still write into the other.
    folder = work / f"building-{tell.clock():%Y%m%dT%H%M%S%f}"
    folder.mkdir()
    try:
        jobs.build(folder / built.name, extracts, tell.progress)
        if (folder / f"{built.name}.wal").exists():
            raise DataFault(f"{built.name} was not closed properly: refresh again.")
        (folder / built.name).chmod(0o600)
        folder.rename(built.parent)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return built


def _packs(order: Order, work: Path, database: Path, tell: Teller, jobs: Jobs) -> dict[str, Path]:
    packs = {ref: work / "packs" / ref for ref in order.requests}
    for ref, pack in packs.items():
        if pack.exists():
            continue
        tell.step(f"protect and export {ref}")
        exporting = work / "exporting"
        shutil.rmtree(exporting, ignore_errors=True)
        jobs.export(database, ref, exporting)
        pack.parent.mkdir(parents=True, exist_ok=True)
        (exporting / ref).rename(pack)
    return packs


def _published(
    order: Order, work: Path, database: Path, marker: dict[str, Any], tell: Teller
) -> Path:
    tell.step("make the analysts' database")
    target = work / "published" / order.published.name
    shutil.rmtree(target.parent, ignore_errors=True)
    target.parent.mkdir()
    told = {
        "refreshed": marker["started"],
        "built from": marker["built_from"],
        "commit": marker["commit"],
        "run": str(marker["run"]),
    }
    write_published(database, target, told)
    return target


def _figures(order: Order, published: Path, work: Path, run: int) -> list[Made]:
    """The analysts' file; where an open file cannot be replaced, one of its own and a pointer."""
    if not order.is_dated:
        return [Made(published, order.published)]
    name = f"{order.published.stem}-{run:06d}{order.published.suffix}"
    (work / "pointer").write_text(f"{name}\n", encoding="utf-8")
    return [
        Made(published, order.published.with_name(name)),
        Made(work / "pointer", order.published.with_suffix(".txt")),
    ]


def _refuse_writer(database: Path) -> None:
    """Raises a `BusyFault` if somebody builds the old database at this moment."""
    if database.exists():
        try:
            open_database(database).close()
        except BusyFault:
            raise
        except UsageFault:
            pass


def _commit() -> str:
    """The commit of the checkout, and whether it was changed since; `not known` without git."""
    command = ["git", "-C", str(CHECKOUT), "describe", "--always", "--dirty", "--abbrev=40"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "not known"
    return done.stdout.strip()
