"""A whole refresh. What it makes waits until all of it is there, then is published."""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from missing_from_care.base.faults import DataFault, Fault, UsageFault
from missing_from_care.base.locks import one_at_a_time
from missing_from_care.base.project import CHECKOUT
from missing_from_care.base.warehouse import open_database
from missing_from_care.base.whole_files import write_file_whole
from missing_from_care.deadlines.wording import written_day
from missing_from_care.disclosure.ledger import holding
from missing_from_care.landing.land import land
from missing_from_care.landing.parts import MODULES_FILE
from missing_from_care.pack.beside import refuse_lost_rows, versions_of
from missing_from_care.refresh import publish
from missing_from_care.refresh.analysts import write_published
from missing_from_care.refresh.build import build_database, export_pack
from missing_from_care.refresh.plan import (
    DEMONSTRATION,
    RECORD,
    Places,
    Plan,
    Run,
    check_places,
    last_run,
    mount_points,
    refuse_other_mounts,
    snapshot,
    today,
)
from missing_from_care.refresh.run_log import RunLog, utc_now
from missing_from_care.response.answers import LEDGER, file_stem


def refresh(plan: Plan, log: RunLog) -> Run:
    """Carries out a refresh: all of it, or nothing that anybody sees; gives the published run. A
    BusyFault: another refresh is running, or somebody is writing the database. A Fault of any other
    kind: what was published before still stands."""
    # Nobody's umask may take their own rights away.
    os.umask(os.umask(0o077) & 0o077)
    try:
        for folder in (plan.database.parent, plan.state, plan.state / "runs"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with one_at_a_time(plan.state / "lock", "Another refresh is running"):
            return _refresh(plan, log)
    except (OSError, duckdb.IOException) as problem:
        place = getattr(problem, "filename", None) or plan.state
        told = getattr(problem, "strerror", None) or "the disk does not take it"
        raise UsageFault(
            f"{place} cannot be used ({told}), so nothing was published: free space, connect the "
            "share or mend the rights, then refresh again."
        ) from problem


def _refresh(plan: Plan, log: RunLog) -> Run:
    before, remarks = last_run(plan.state)
    for sentence in remarks:
        log.remark(sentence)
    told = before.record if before else {}
    if before and told:
        refuse_other_mounts(told["mounts"], publish.places_of(before))
        refuse_other_mounts(told["mounts"], plan)
        publish.follow_up(before, log)
    check_places(plan)
    _refuse_writer(plan.database)
    # A file that analysts read is not written over, even if the state was lost.
    number = 1 + max(before.number if before else 0, publish.number_led_to(plan.published))
    started, mounts = utc_now(), mount_points(plan)
    publish.unstage(plan, number)
    log.line("begin", run=number, requests=plan.requests, source=str(plan.source or ""))
    if before and before.finished and started < before.finished:
        log.line("clock set back", last_good=told["finished"])
    # Nobody else may release anything from when the ledger is read until it is added to.
    with holding(plan.ledger) if plan.requests else nullcontext():
        if plan.requests:
            refuse_lost_rows(plan.ledger)
        reads = plan.reads(before)
        work = plan.state / "runs" / "next"
        # What a run of the same order, day, returns and rules made whole is there already.
        order = plan.fingerprint(reads, today(before, started)).encode()
        if not ((work / "plan").is_file() and (work / "plan").read_bytes() == order):
            _clear(work)
            work.mkdir(mode=0o700)
            write_file_whole(work / "plan", order)
        extracts = _landed(plan, log, work, reads)
        database = _built(plan, log, work, extracts)
        packs = _packs(plan, log, work, database, extracts)
        about = {
            "refreshed": started.isoformat(timespec="seconds"),
            "built from": str(plan.source or extracts or DEMONSTRATION),
            "commit": _commit(),
            "run": str(number),
        }
        log.step("make the analysts' database")
        figures = work / "published" / plan.published.name
        _clear(figures.parent)
        figures.parent.mkdir()
        write_published(database, figures, about)
        places = {name: str(getattr(plan, name)) for name in Places.__annotations__}
        record = about | {
            "run": number,
            "finished": max(started, utc_now()).isoformat(timespec="seconds"),
            "requests": plan.requests,
            "mounts": mounts,
            "places": {name: place for name, place in places.items() if place != "None"},
            "packs": packs,
            **_news(extracts, started, told),
        }
        write_file_whole(work / RECORD, json.dumps(record, indent=1).encode())
        log.step("bring it beside what it replaces")
        try:
            refuse_other_mounts(mounts, plan)
            publish.stage(work, plan, number, packs)
            shutil.rmtree(database.parent / "dbt", ignore_errors=True)
            _refuse_writer(plan.database)
            log.step("publish")
            publish.add_to_ledger(work, plan)
            run = Run(publish.switch(work, number), record)
        except BaseException:
            publish.unstage(plan, number)
            raise
        if before:
            os.utime(before.folder)
        publish.put_in_place(run, plan, log)
    with open_database(run.folder / "built" / plan.database.name) as opened:
        days = dict(
            opened.execute(
                "select threshold, cast(value as int) from thresholds "
                "where threshold like 'keep_%' or threshold = 'returns_new_within'"
            ).fetchall()
        )
        still_open = opened.execute(
            "select request_ref from foi_deadlines where responded_on is null"
        ).fetchall()
    since = datetime.fromisoformat(run.record["new_since"]).astimezone()
    if extracts and utc_now() - since > timedelta(days=days["returns_new_within"]):
        log.remark(
            f"Nothing new was landed since {written_day(since.date())}, more than "
            f"{days['returns_new_within']} days ago: see whether the returns still arrive where "
            "they are landed from."
        )
    log.step("remove what need not be kept")
    shutil.rmtree(run.folder / "packs", ignore_errors=True)
    publish.prune(plan, run, utc_now(), days, [ref for (ref,) in still_open])
    log.line("done", run=number)
    return run


def _landed(plan: Plan, log: RunLog, work: Path, reads: Path | None) -> Path | None:
    """The landed folder to build from; None: the demonstration extracts."""
    landed = work / "landed"
    if landed.exists():
        return landed
    if plan.source:
        log.step("land")
        with unchanged(plan.source):
            told = plan.taken, plan.covers
            land(plan.source, landed, plan.accepted, log.progress, "parquet", reads, *told)
    elif reads and not plan.extracts:
        # Each run has the returns that it was built from, of the same bytes on the disk.
        part = work / "landed.part"
        _clear(part)
        shutil.copytree(reads, part, copy_function=_link_or_copy)
        part.rename(landed)
    else:
        return reads
    return landed


def _built(plan: Plan, log: RunLog, work: Path, extracts: Path | None) -> Path:
    """The record-level database, tested."""
    built = work / "built" / plan.database.name
    if built.exists():
        return built
    for left in [*work.glob("building-*"), built.parent]:
        _clear(left)
    log.step("build and test")
    # A name of its own, since the dbt of a run that was killed may be ending still.
    folder = work / f"building-{os.getpid()}"
    folder.mkdir(mode=0o700)
    with unchanged(extracts):
        build_database(folder / built.name, extracts, log.progress)
    folder.rename(built.parent)
    return built


def _packs(
    plan: Plan, log: RunLog, work: Path, database: Path, extracts: Path | None
) -> dict[str, str]:
    """The names of the packs that were written, each with the state of the one in its place. They
    are made over a copy of the ledger, so that each is judged by all that was released and by the
    packs of this run before it; and beside copies of the request's own packs, since one that was
    sent stays."""
    out, ledger = work / "packs", work / "packs" / LEDGER
    released = plan.ledger.read_bytes() if plan.ledger.exists() else b""
    copied = ledger.read_bytes() if ledger.exists() else b""
    if not (out.is_dir() and copied.startswith(released)):
        _clear(out)
        out.mkdir(mode=0o700)
        if released:
            write_file_whole(ledger, released, mode=0o600)
    written: dict[str, str] = {}
    for ref in plan.requests:
        done = out / f".{file_stem(ref)}.json"
        made = _read_texts(done)
        if made is None:
            for folder in versions_of(out, ref):
                shutil.rmtree(folder)
            for folder in versions_of(plan.responses, ref):
                shutil.copytree(folder, out / folder.name)
            copies = {folder.stat().st_ino for folder in versions_of(out, ref)}
            log.step(f"protect and export {ref}")
            export_pack(database, ref, out, extracts)
            new = [each for each in versions_of(out, ref) if each.stat().st_ino not in copies]
            made = {each.name: publish.state_of(plan.responses / each.name) for each in new}
            write_file_whole(done, json.dumps(made).encode())
        written |= made
    return written


@contextmanager
def unchanged(folder: Path | None) -> Iterator[None]:
    """Raises a `DataFault` if a file of a folder, if there is one, changes during the block."""
    before, failed = snapshot(folder), None
    try:
        yield
    except (Fault, OSError, duckdb.Error) as problem:
        failed = problem
    after = snapshot(folder)
    changed = sorted(name for name in before | after if before.get(name) != after.get(name))
    if changed:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        raise DataFault(
            f"{', '.join(changed[:3])}{more} in {folder} changed or went away while it was read: "
            "wait until nobody writes there, connect the share if it has gone, then refresh again."
        ) from failed
    if failed:
        raise failed


def _news(extracts: Path | None, started: datetime, told: Mapping[str, Any]) -> dict[str, str]:
    """What tells the landed returns from others, and since when they are these."""
    modules = extracts / MODULES_FILE if extracts else Path()
    found = modules.read_bytes() if modules.is_file() else repr(snapshot(extracts)).encode()
    landed = hashlib.sha256(found).hexdigest()
    since = told["new_since"] if told.get("landed") == landed else started.isoformat()
    return {"landed": landed, "new_since": since}


def _refuse_writer(database: Path) -> None:
    """Raises a `BusyFault` if somebody writes the old database at this moment."""
    # An old database that cannot be read is no reason to keep it.
    with suppress(UsageFault):
        open_database(database).close()


def _read_texts(file: Path) -> dict[str, str] | None:
    """Texts by name; None if the file is not there or damaged."""
    with suppress(OSError, ValueError):
        told = json.loads(file.read_bytes())
        if isinstance(told, dict) and all(isinstance(each, str) for each in told.values()):
            return told
    return None


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _clear(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _commit() -> str:
    """The commit of the checkout, and whether it was changed since; `not known` without git."""
    command = ["git", "-C", str(CHECKOUT), "describe", "--always", "--dirty", "--abbrev=40"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "not known"
    return done.stdout.strip()
