"""A refresh whose long jobs are quick: a small database and small packs that carry a version.

Everything else, and above all the publishing, is the project's own.
"""

import json
import multiprocessing
import os
import shutil
import signal
import sys
from datetime import date
from multiprocessing import forkserver
from pathlib import Path

import duckdb

from missing_from_care.disclosure.figures import Figure
from missing_from_care.disclosure.ledger import RELEASED, Released, add_to_ledger, read_ledger
from missing_from_care.refresh.jobs import Jobs
from missing_from_care.refresh.order import Order
from missing_from_care.refresh.run import refresh
from missing_from_care.refresh.telling import Teller, utc_now
from missing_from_care.whole_files import replacing_folder

FORKS = multiprocessing.get_context("forkserver")


def start_forks() -> None:
    """Starts the process that all others are forked from, with what they need imported.

    Python 3.11 looks for modules to preload where PYTHONPATH says, not in `sys.path`.
    """
    FORKS.set_forkserver_preload(["quick_refresh"])
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
    try:
        forkserver.ensure_running()
    finally:
        del os.environ["PYTHONPATH"]
        if before is not None:
            os.environ["PYTHONPATH"] = before


PACK_FILES = ("private/audit.csv", "public/answer.csv", "public/letter.txt")
RECORD_LEVEL = """
    create table figures as select {version} as version, i as place from range(50) as t (i);
    create table fct_missing_occasions as
    select 'child-' || i as child_id, {version} as version from range(50) as t (i);
    create table dim_financial_years as select {version} as version, '2017/18' as financial_year;
    create view totals as select version, count(*) as places from figures group by version;
    create table published_tables as
    select * from (values
        ('1', 'figures', 'version place'),
        ('2', 'dim_financial_years', 'version financial_year'),
        ('3', 'totals', 'version places')
    ) as t (place_in_line, table_name, columns);
    create table authority as select 'name' as setting, 'A council' as value;
    create table notes as select 'not_protected' as note, 'Not for publication.' as wording;
    create table stg_landed_modules as select '2017-18/missing.csv' as source_file;
    create table thresholds as
    select * from (values ('keep_builds', '7'), ('keep_packs', '90'), ('keep_logs', '400'))
    as t (threshold, value);
    create table foi_deadlines as
    select * from (values ('open', null), ('answered', date '2018-07-16'))
    as t (request_ref, responded_on);
"""


def order_in(folder: Path, **more) -> Order:
    """An order with its places in a folder."""
    places = {
        "database": folder / "private" / "records.duckdb",
        "published": folder / "figures" / "figures.duckdb",
        "responses": folder / "responses",
        "source": folder / "source",
        "requests": ("open", "answered"),
        "is_dated": False,
    }
    return Order(**(places | more))


def land(source, into, *_):
    """Lands the version that the source holds."""
    into.mkdir()
    shutil.copy(source / "version.csv", into)


def build(file, extracts, progress):
    """Builds a small record-level database of the landed version."""
    progress(0, 1, "figures")
    make_database(file, int((extracts / "version.csv").read_text()))


def make_database(file: Path, version: int) -> None:
    """Makes a small record-level database."""
    with duckdb.connect(str(file), config={"threads": 1}) as connection:
        connection.execute(RECORD_LEVEL.format(version=version))


def export(_database, request_ref, out, extracts):
    """Writes a pack of the landed version, and before it a row into the ledger."""
    version = (extracts / "version.csv").read_text()
    figure = Figure("occasions_missing", date(2017, 4, 1), date(2018, 3, 31), False)
    shown = float(version)
    row = Released(date(2018, 7, 16), request_ref, RELEASED, "0" * 64, figure, shown, shown, shown)
    add_to_ledger(out / "ledger.csv", [row])
    with replacing_folder(out / request_ref) as folder:
        for name in PACK_FILES:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(version)


QUICK = Jobs(land, build, export)


def run_quickly(order: Order, version: int, jobs: Jobs = QUICK, clock=utc_now) -> dict:
    """A refresh after which everything is of a version."""
    write_source(order, version)
    return refresh(order, Teller(order.state / "logs", clock), jobs)


def write_source(order: Order, version: int) -> None:
    """Makes a version the one to land."""
    order.source.mkdir(exist_ok=True)
    (order.source / "version.csv").write_text(f"{version}")


def run_until(order: Order, lines: int | None) -> None:
    """A refresh that kills itself once its log has so many lines, if it comes so far."""

    class Killing(Teller):
        left = lines

        def line(self, event, **more):
            super().line(event, **more)
            if self.left is not None:
                self.left -= 1
                if self.left <= 0:
                    os.kill(os.getpid(), signal.SIGKILL)

    refresh(order, Killing(order.state / "logs"), QUICK)


def pack_version(pack: Path) -> int | None:
    """The version of a pack, which is whole; None if there is none."""
    if not pack.exists():
        return None
    found = {(pack / name).read_text() for name in PACK_FILES}
    assert len(found) == 1, f"{pack} is not whole"
    return int(found.pop())


def figures_version(file: Path) -> int | None:
    """The version of a database, which is whole; None if there is none."""
    if not file.exists():
        return None
    assert not file.with_name(f"{file.name}.wal").exists()
    with duckdb.connect(str(file), read_only=True, config={"threads": 1}) as connection:
        found = connection.execute(
            "select version, count(*) from figures group by version "
            "union all select version, places from totals "
            "union all select version, 50 from dim_financial_years"
        ).fetchall()
    assert len(set(found)) == 1 and found[0][1] == 50, found
    return found[0][0]


def versions(order: Order) -> dict[str, int | None]:
    """The version of everything that a refresh puts in place."""
    return {
        "database": figures_version(order.database),
        "published": figures_version(order.published),
        "landed": _landed_version(order.extracts),
        **{ref: pack_version(order.responses / ref) for ref in order.requests},
    }


def _landed_version(folder: Path) -> int | None:
    return int((folder / "version.csv").read_text()) if folder.exists() else None


def assert_ledger_names_what_is_released(order: Order) -> None:
    """Every pack in place stands in the ledger."""
    rows = released_versions(order)
    for ref in order.requests:
        version = pack_version(order.responses / ref)
        assert version is None or (ref, version) in rows


def released_versions(order: Order) -> list[tuple[str, int]]:
    """The requests of the ledger with the versions that were released, in order."""
    return [(each.request_ref, int(each.low)) for each in read_ledger(order.ledger)]


def left_over(order: Order) -> list[Path]:
    """What waits beside a place, or in the work folder."""
    folders = (order.database.parent, order.published.parent, order.responses)
    waiting = [path for folder in folders for path in folder.rglob(".*.refresh*")]
    work = [order.state / name for name in ("work", "journal.json", "staging", "holder.json")]
    return waiting + [path for path in work if path.exists()]


def log_of(order: Order) -> list[dict]:
    """The lines of all logs, the oldest first."""
    files = sorted((order.state / "logs").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]
