"""A whole refresh. What it makes waits until all of it is there, then takes its place."""

import json
import shutil
import subprocess
from contextlib import nullcontext, suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from missing_from_care.disclosure.ledger import holding
from missing_from_care.faults import UsageFault
from missing_from_care.pack.beside import refuse_lost_rows
from missing_from_care.project import CHECKOUT
from missing_from_care.refresh.jobs import Jobs
from missing_from_care.refresh.keeping import earlier_build, earlier_pack, prune
from missing_from_care.refresh.locking import one_at_a_time
from missing_from_care.refresh.making import Making, work_folder
from missing_from_care.refresh.order import (
    Order,
    check_places,
    mount_points,
    refuse_other_mounts,
)
from missing_from_care.refresh.swapping import Made, finish, publish, stage, unstage
from missing_from_care.refresh.telling import Teller
from missing_from_care.warehouse import open_database

LAST_GOOD = "last_good.json"


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


def refresh(order: Order, tell: Teller, jobs: Jobs | None = None) -> dict[str, Any]:
    """Carries out a refresh: all of it, or nothing that anybody sees.

    Args:
        order: what is to be done.
        tell: is told of every step, and gives the time.
        jobs: the long jobs, if not the usual ones.

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
                return _refresh(order, tell, jobs or Jobs())
            except BaseException:
                with suppress(OSError):
                    unstage(order.state)
                raise
    except (OSError, duckdb.IOException) as problem:
        place = getattr(problem, "filename", None) or order.state
        told = getattr(problem, "strerror", None) or str(problem).splitlines()[0]
        raise UsageFault(
            f"{place} cannot be used ({told}), so nothing was published: free space, connect the "
            "share or mend the rights, then refresh again."
        ) from problem


def _refresh(order: Order, tell: Teller, jobs: Jobs) -> dict[str, Any]:
    finish(order.state, tell)
    before, mounts, started = last_good(order), mount_points(order), tell.clock()
    refuse_other_mounts(before, mounts)
    check_places(order)
    unstage(order.state)
    run = before.get("run", 0) + 1
    tell.line("begin", run=run, requests=order.requests, source=str(order.source or ""))
    if before and started < datetime.fromisoformat(before["finished"]):
        tell.line("clock set back", last_good=before["finished"])
    # Nobody else may release anything from when the ledger is read until it is added to.
    with holding(order.ledger) if order.requests else nullcontext():
        if order.requests:
            refuse_lost_rows(order.ledger)
        making = Making(order, work_folder(order, started.date()), tell, jobs)
        extracts = making.landed()
        database = making.database(extracts)
        packs = making.packs(database, extracts)
        told = {
            "refreshed": started.isoformat(timespec="seconds"),
            "built from": str(order.source or extracts or "the demonstration extracts"),
            "commit": _commit(),
            "run": str(run),
        }
        figures = making.published(database, told)
        finished = max(started, tell.clock()).isoformat(timespec="seconds")
        more = {"run": run, "finished": finished, "requests": order.requests, "mounts": mounts}
        marker = told | more
        (making.work / LAST_GOOD).write_text(json.dumps(marker, indent=1), encoding="utf-8")
        tell.step("bring it beside what it replaces")
        refuse_other_mounts(marker, mount_points(order))
        made = [
            Made(pack, order.responses / pack.name, earlier_pack(order, pack.name, run))
            for pack in packs
        ]
        if packs:
            made.append(Made(making.index(), order.responses / "index.html"))
        if order.source:
            made.append(Made(making.work / "landed", order.extracts))
        made.append(Made(database, order.database, earlier_build(order, run)))
        made += _figures(order, figures, making.work, run)
        made.append(Made(making.work / LAST_GOOD, order.state / LAST_GOOD))
        swaps = stage(order.state, made)
        _refuse_writer(order.database)
        making.add_to_ledger()
        publish(order.state, swaps, tell)
    tell.step("remove what need not be kept")
    shutil.rmtree(making.work, ignore_errors=True)
    prune(order, tell.clock())
    tell.line("done", run=run)
    return marker


def _figures(order: Order, figures: Path, work: Path, run: int) -> list[Made]:
    """The analysts' file; where an open file cannot be replaced, one of its own and a pointer."""
    if not order.is_dated:
        return [Made(figures, order.published)]
    name = f"{order.published.stem}-{run:06d}{order.published.suffix}"
    (work / "pointer").write_text(f"{name}\n", encoding="utf-8")
    return [
        Made(figures, order.published.with_name(name)),
        Made(work / "pointer", order.published.with_suffix(".txt")),
    ]


def _refuse_writer(database: Path) -> None:
    """Raises a `BusyFault` if somebody builds the old database at this moment."""
    # An old database that cannot be read is no reason to keep it.
    with suppress(UsageFault):
        open_database(database).close()


def _commit() -> str:
    """The commit of the checkout, and whether it was changed since; `not known` without git."""
    command = ["git", "-C", str(CHECKOUT), "describe", "--always", "--dirty", "--abbrev=40"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "not known"
    return done.stdout.strip()
