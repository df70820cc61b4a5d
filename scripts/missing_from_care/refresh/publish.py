"""Publishes a run: one rename decides, and the places that people know follow.

A run is built whole in `runs/next`. The rename of that folder to the run's number is the switch:
the highest number is what is published. Only the ledger is added to before, so that it never lacks
what is published. If a run is stopped after the switch, the next one lets the places follow before
it does anything else; doing that twice does no harm.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from datetime import datetime, timedelta
from pathlib import Path

from missing_from_care.base import whole_files
from missing_from_care.base.faults import ProtectionFault, UsageFault
from missing_from_care.disclosure.ledger import holding
from missing_from_care.refresh.plan import Places, Run
from missing_from_care.refresh.run_log import RunLog
from missing_from_care.response.answers import LEDGER, file_stem

IN_PLACE = "in_place"
"""While a published run lacks this file, its places have yet to follow."""
EARLIER_PACKS = ".earlier"


def stage(folder: Path, places: Places, number: int, packs: Mapping[str, str]) -> None:
    """Brings copies of a run onto the disks of the public places, where nobody looks yet. Each name
    of a pack has the `state_of` the one that it may replace."""
    figures = numbered(places.published, number)
    _copy_file(folder / "published" / places.published.name, figures)
    if packs:
        # Takes a second, which is not to pass between the switch and the index page.
        import missing_from_care.pack.disclosure_log  # noqa: F401

        _waiting_packs(places.responses).mkdir(mode=0o700)
    for name in packs:
        _copy_folder(folder / "packs" / name, _waiting_packs(places.responses) / name)
    if places.extracts and (folder / "landed").exists():
        _copy_folder(folder / "landed", _waiting_landed(places.extracts))


def unstage(places: Places, number: int) -> None:
    """Removes what `stage` brought for a run that was not published."""
    figures = numbered(places.published, number)
    for file in (figures, figures.with_name(f".{figures.name}.new")):
        with suppress(OSError):
            file.chmod(0o600)
            file.unlink()
    _remove_waiting(places)


def _remove_waiting(places: Places) -> None:
    shutil.rmtree(_waiting_packs(places.responses), ignore_errors=True)
    if places.extracts:
        shutil.rmtree(_waiting_landed(places.extracts), ignore_errors=True)


def add_to_ledger(folder: Path, places: Places) -> None:
    """Puts what the packs of a run release into the ledger, before they are published; a
    ProtectionFault if it would not merely be added to. It may name what is not published, if the
    run is stopped now, but never the other way."""
    staged = folder / "packs" / LEDGER
    if not staged.exists():
        return
    rows = staged.read_bytes()
    if not rows.startswith(places.ledger.read_bytes() if places.ledger.exists() else b""):
        raise ProtectionFault(
            f"{places.ledger} is only ever added to, and the export changed rows of it: report "
            "this as a fault of the program."
        )
    whole_files.write_file_whole(places.ledger, rows, mode=0o600)


def switch(folder: Path, number: int) -> Path:
    """Makes a run the one that is published."""
    whole_files.sync_all(folder)
    target = folder.with_name(f"{number:06d}")
    folder.rename(target)
    whole_files.sync_folder(target.parent)
    return target


def follow_up(run: Run, log: RunLog) -> None:
    """Lets the places follow a run that was stopped after it had been published."""
    if (run.folder / IN_PLACE).exists() or not run.record:
        return
    places = places_of(run)
    with holding(places.ledger) if run.record["packs"] else nullcontext():
        _remove_waiting(places)
        stage(run.folder, places, run.number, run.record["packs"])
        put_in_place(run, places, log)


def put_in_place(run: Run, places: Places, log: RunLog) -> None:
    """Makes each place lead to a published run; to be called within `holding` and after `stage`. A
    UsageFault: a place cannot be written at this moment; the next run goes on from there."""
    log.step("put everything in place")
    place = places.database
    try:
        _without_changes(place)
        if place.is_file() and not place.is_symlink():
            # Built by hand: it is kept for as long as the run that replaces it.
            with suppress(OSError):
                (run.folder / f"replaced-{place.name}").hardlink_to(place)
        whole_files.lead(place, run.folder / "built" / place.name)
        place = places.published
        _without_changes(place)
        whole_files.lead(place, numbered(place, run.number))
        for name, before in run.record["packs"].items():
            place = places.responses / name
            _replace_pack(_waiting_packs(places.responses) / name, place, before, run.number)
        if run.record["packs"]:
            place = places.responses / "index.html"
            # It loads what draws charts, and most refreshes make no pack.
            from missing_from_care.pack.disclosure_log import write_index

            for sentence in write_index(places.responses):
                log.remark(sentence)
        if run.landed.exists():
            place = places.state / "landed"
            whole_files.lead(place, run.landed)
        if places.extracts and run.landed.exists():
            place = places.extracts
            old = place.with_name(f".{place.name}.old.refresh")
            shutil.rmtree(old, ignore_errors=True)
            whole_files.swap_folders(_waiting_landed(place), place, old)
            shutil.rmtree(old, ignore_errors=True)
    except OSError as problem:
        raise UsageFault(
            f"{place} cannot be replaced at this moment ({problem.strerror or problem}): connect "
            "the share, or close the programs that have it open. Everything is ready; the next "
            "refresh puts it in place first."
        ) from problem
    _remove_waiting(places)
    whole_files.write_file_whole(run.folder / IN_PLACE, b"")


def places_of(run: Run) -> Places:
    """The places of a run as it says them."""
    told = {name: Path(place) for name, place in run.record["places"].items()}
    return Places(**told)


def numbered(published: Path, number: int) -> Path:
    """The file for analysts that a run makes, beside the place that leads to it."""
    return published.with_name(f"{published.stem}-{number:06d}{published.suffix}")


def number_led_to(published: Path) -> int:
    """The number of the file for analysts that is in place; 0 if there is none."""
    name = whole_files.follow(published).resolve().name
    found = re.fullmatch(
        rf"{re.escape(published.stem)}-(\d{{6}}){re.escape(published.suffix)}", name
    )
    return int(found[1]) if found else 0


def state_of(pack: Path) -> str:
    """Tells one state of a pack from another; empty if there is none."""
    sums = pack / "private" / "SHA256SUMS"
    if not pack.exists():
        return ""
    return hashlib.sha256(sums.read_bytes()).hexdigest() if sums.is_file() else "no checksums"


def _replace_pack(new: Path, place: Path, before: str, number: int) -> None:
    """Puts a pack in place of the one that the run saw, and keeps that one. One that somebody
    exported since stays: it is the newer one."""
    if place.exists() and state_of(place) != before:
        return
    earlier = place.with_name(EARLIER_PACKS) / place.name / f"{number:06d}"
    if place.exists():
        shutil.rmtree(earlier, ignore_errors=True)
        earlier.parent.mkdir(parents=True, exist_ok=True)
    whole_files.swap_folders(new, place, earlier)
    if earlier.exists():
        os.utime(earlier)


def _without_changes(database: Path) -> None:
    """Removes a log of changes to the old file, which would make the new one unreadable."""
    database.with_name(f"{database.name}.wal").unlink(missing_ok=True)


def _waiting_packs(responses: Path) -> Path:
    return responses / ".refresh"


def _waiting_landed(extracts: Path) -> Path:
    return extracts.with_name(f".{extracts.name}.refresh")


def _copy_file(source: Path, target: Path) -> None:
    """Copies a file for all to read; nobody sees a part of it."""
    new = target.with_name(f".{target.name}.new")
    try:
        shutil.copyfile(source, new)
        with new.open("rb+") as stream:
            os.fsync(stream.fileno())
        if target.exists():
            # Windows replaces no file that may only be read.
            target.chmod(0o600)
        new.chmod(0o444)
        new.replace(target)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    whole_files.sync_folder(target.parent)


def _copy_folder(source: Path, target: Path) -> None:
    """Copies a folder into a new one, in which nobody else may look until it has its own mode."""
    target.mkdir(mode=0o700)
    shutil.copytree(source, target, dirs_exist_ok=True)
    whole_files.sync_all(target)


def prune(
    places: Places, run: Run, now: datetime, days: Mapping[str, int], still_open: Sequence[str]
) -> None:
    """Removes runs, logs and replaced packs that are older than the thresholds, in days, say. Never
    what is in place, never a replaced pack of a request that is answered or that the register does
    not know, since it may have been released; and nothing else in the folder of responses. The age
    of what was replaced counts from then."""
    figures = numbered(places.published, run.number)
    dated = f"{places.published.stem}-{'[0-9]' * 6}{places.published.suffix}"
    kept = [
        (places.state / "runs", "[0-9]*", "keep_builds"),
        (figures.parent, dated, "keep_builds"),
        (places.state / "logs", "*.jsonl", "keep_logs"),
    ]
    earlier = places.responses / EARLIER_PACKS
    kept += [(earlier / file_stem(ref), "[0-9]*", "keep_packs") for ref in still_open]
    for folder, pattern, threshold in kept:
        for path in sorted(folder.glob(pattern)):
            age = timedelta(seconds=now.timestamp() - path.stat().st_mtime)
            if age <= timedelta(days=days[threshold]) or path in (run.folder, figures):
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                # On Windows somebody may still read it.
                with suppress(OSError):
                    path.chmod(0o600)
                    path.unlink()
