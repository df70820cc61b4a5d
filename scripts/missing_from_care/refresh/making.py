"""Makes everything that a refresh publishes in its work folder, where nobody looks."""

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from missing_from_care.deadlines.register import usual_register
from missing_from_care.disclosure_log.log import index_page
from missing_from_care.faults import ProtectionFault, UsageFault
from missing_from_care.pack.beside import LOG_ENTRY, packs_in
from missing_from_care.pack.making import LEDGER
from missing_from_care.pack.versions import versions_of
from missing_from_care.page.page import file_stem
from missing_from_care.project import CHECKOUT
from missing_from_care.refresh.analysts import write_published
from missing_from_care.refresh.jobs import Jobs, snapshot, unchanged
from missing_from_care.refresh.order import Order
from missing_from_care.refresh.telling import Teller
from missing_from_care.whole_files import write_file_whole

RULES = (
    "dbt_project.yml",
    "profiles.yml",
    "macros",
    "models",
    "scripts",
    "seeds",
    "templates",
    "tests/singular",
)
"""What of the checkout the result depends on."""


@dataclass(frozen=True)
class Making:
    """The making of one refresh. What a run that was broken off made is there already.

    Attributes:
        order: what is to be done.
        work: the work folder; see `work_folder`.
        tell: is told of every step.
        jobs: the long jobs.
    """

    order: Order
    work: Path
    tell: Teller
    jobs: Jobs

    def landed(self) -> Path | None:
        """The landed folder to build from; None: the demonstration extracts."""
        order, landed = self.order, self.work / "landed"
        if not order.source:
            return order.reads
        if not landed.exists():
            self.tell.step("land")
            with unchanged(order.source):
                folders, told = (order.source, landed), self.tell.progress
                told_of_extracts = (order.taken, order.covers)
                self.jobs.land(*folders, order.accepted, told, order.extracts, *told_of_extracts)
            landed.chmod(0o700)
        return landed

    def database(self, extracts: Path | None) -> Path:
        """The record-level database, tested."""
        built = self.work / "built" / self.order.database.name
        if built.exists():
            return built
        self.tell.step("build and test")
        # Its own folder, since the dbt of a run that was killed may still write into the other.
        folder = self.work / f"building-{self.tell.clock():%Y%m%dT%H%M%S%f}"
        folder.mkdir()
        try:
            with unchanged(extracts):
                self.jobs.build(folder / built.name, extracts, self.tell.progress)
            if (folder / f"{built.name}.wal").exists():
                raise UsageFault(
                    f"{built.name} could not be written to its end: free space on the disk of "
                    f"{self.order.state}, then refresh again."
                )
            (folder / built.name).chmod(0o600)
            folder.rename(built.parent)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return built

    def packs(self, database: Path, extracts: Path | None) -> list[Path]:
        """The packs that were written for the requests that were ordered.

        They are made over a copy of the ledger, so that each is judged by all that was released
        and by the packs of this run before it; and beside copies of the request's own packs, since
        one that was sent stays.
        """
        out = self.work / "packs"
        if not out.exists():
            out.mkdir()
            if self.order.ledger.exists():
                write_file_whole(out / LEDGER, self.order.ledger.read_bytes(), mode=0o600)
        written: list[Path] = []
        for ref in self.order.requests:
            done = self.work / f"exported-{file_stem(ref)}"
            if not done.exists():
                for folder in versions_of(out, ref):
                    shutil.rmtree(folder)
                for folder in versions_of(self.order.responses, ref):
                    shutil.copytree(folder, out / folder.name)
                copies = {folder.stat().st_ino for folder in versions_of(out, ref)}
                self.tell.step(f"protect and export {ref}")
                self.jobs.export(database, ref, out, extracts)
                made = [each for each in versions_of(out, ref) if each.stat().st_ino not in copies]
                write_file_whole(done, "".join(f"{each.name}\n" for each in made).encode())
            written += [out / name for name in done.read_text(encoding="utf-8").splitlines()]
        return written

    def index(self) -> Path:
        """The page that lists every pack, these and those that stay."""
        entries = {
            folder.name: (folder / "public" / LOG_ENTRY).read_bytes()
            for out in (self.order.responses, self.work / "packs")
            for folder in packs_in(out)
        }
        index = self.work / "index.html"
        index.write_bytes(index_page([entries[name] for name in sorted(entries)]))
        index.chmod(0o644)
        return index

    def add_to_ledger(self) -> None:
        """Puts what the packs release into the ledger, to be called before they are published.

        It may name what is not published, if the run is killed now, but never the other way.

        Raises:
            ProtectionFault: the ledger would not merely be added to.
        """
        staged, ledger = self.work / "packs" / LEDGER, self.order.ledger
        if not staged.exists():
            return
        rows = staged.read_bytes()
        if not rows.startswith(ledger.read_bytes() if ledger.exists() else b""):
            raise ProtectionFault(
                f"{ledger} is only ever added to, and the export changed rows of it: report this "
                "as a fault of the program."
            )
        write_file_whole(ledger, rows, mode=0o600)

    def published(self, database: Path, told: Mapping[str, str]) -> Path:
        """The analysts' database; `told` is for its table `about`."""
        self.tell.step("make the analysts' database")
        target = self.work / "published" / self.order.published.name
        shutil.rmtree(target.parent, ignore_errors=True)
        target.parent.mkdir()
        write_published(database, target, told)
        return target


def work_folder(order: Order, day: date) -> Path:
    """The work folder, emptied unless it is of the same order, day, returns, register and rules."""
    work = order.state / "work"
    told = _fingerprint(order, day)
    plan = work / "plan"
    if not plan.exists() or plan.read_text() != told:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700, exist_ok=True)
        write_file_whole(plan, told.encode())
    return work


def _fingerprint(order: Order, day: date) -> str:
    told = hashlib.sha256()
    ordered = asdict(order) | {"accepted": sorted(order.accepted)}
    told.update(f"{ordered} {day}".encode())
    for folder in (order.source or order.reads, usual_register().parent):
        told.update(repr(snapshot(folder)).encode())
    if order.ledger.exists():
        told.update(order.ledger.read_bytes())
    for name in RULES:
        place = CHECKOUT / name
        files = [place] if place.is_file() else sorted(place.rglob("*"))
        for file in files:
            if file.is_file() and file.suffix != ".pyc":
                told.update(str(file).encode() + file.read_bytes())
    return told.hexdigest()
