"""Refreshes of a small council by the command, and what they left.

The first is a real one. Where a test is not about dbt, the later ones run a stand-in for it, which
puts the database of the first in place.
"""

import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

import duckdb

from missing_from_care.base.project import CHECKOUT
from missing_from_care.disclosure.ledger import read_rows
from small_councils import small_returns, write_returns

SCRIPT = CHECKOUT / "scripts" / "refresh.py"
REQUEST, ANSWERED = "foi-open", "foi-answered"
# Carried out by each process that a test starts, before anything else.
SITE = 'import os\nexec(os.environ.get("SITE_DOES", ""))\n'
STAND_IN = """
import json, os, pathlib, shutil
target = pathlib.Path(os.environ["DBT_TARGET_PATH"])
target.mkdir(parents=True, exist_ok=True)
print(json.dumps({"info": {"name": "LogStartLine", "level": "info", "msg": ""}, "data":
    {"index": 1, "total": 1, "node_info": {"node_name": "figures"}}}), flush=True)
first = pathlib.Path(os.environ["FIRST_REFRESH"])
exec(os.environ.get("STAND_IN_DOES", ""))
shutil.copy(first / "records.duckdb", os.environ["FOI_DATABASE"])
"""


@dataclass(frozen=True)
class Refreshed:
    """The places of a small council's refreshes.

    Attributes:
        folder: that holds all of them.
        first: the folder with the stand-in for dbt and what it puts in place.
    """

    folder: Path
    first: Path

    @property
    def database(self) -> Path:
        return self.folder / "private" / "records.duckdb"

    @property
    def published(self) -> Path:
        return self.folder / "figures" / "figures.duckdb"

    @property
    def responses(self) -> Path:
        return self.folder / "responses"

    @property
    def source(self) -> Path:
        return self.folder / "source"

    @property
    def state(self) -> Path:
        return self.database.with_suffix(".refresh")

    def command(self, *options: str | Path, requests: tuple[str, ...] = (REQUEST,)) -> list[str]:
        """The words of a refresh that lands the source."""
        places = ["--database", self.database, "--published", self.published]
        places += ["--out", self.responses, "--source", self.source]
        named = [word for ref in requests for word in ("--request", ref)]
        return [sys.executable, *map(str, [SCRIPT, *places, *named, *options])]

    def environment(self, real: bool = False, does: str = "", **more: str) -> dict[str, str]:
        """With the stand-in for dbt, which does something first, unless it is a real refresh."""
        given = os.environ | {"FOI_REQUESTS": str(self.folder / "requests"), "FOI_EXTRACTS": ""}
        if not real:
            given |= {"PYTHONPATH": str(self.first), "FIRST_REFRESH": str(self.first)}
        return given | {"STAND_IN_DOES": does, "COLUMNS": "80"} | more

    def start(self, *options: str | Path, requests=(REQUEST,), real=False, **more):
        """Begins a refresh in a session of its own."""
        return subprocess.Popen(
            self.command(*options, requests=requests),
            env=self.environment(real, **more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )

    def refresh(
        self, *options: str | Path, requests: tuple[str, ...] = (REQUEST,), **more
    ) -> subprocess.CompletedProcess[str]:
        """A refresh to its end."""
        return subprocess.run(
            self.command(*options, requests=requests),
            env=self.environment(**more),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    def succeeds(self, *options: str | Path, **more) -> int:
        """A refresh that ends well; gives its number."""
        done = self.refresh(*options, **more)
        assert done.returncode == 0, done.stderr
        return self.whole()

    def run(self) -> int | None:
        """The number of the run whose figures analysts read, which are whole."""
        place = self.published
        if not place.exists():
            named = place.with_suffix(".txt")
            if not named.exists():
                return None
            place = place.parent / named.read_text(encoding="utf-8").strip()
        with duckdb.connect(str(place), read_only=True) as connection:
            about = dict(connection.execute("from about").fetchall())
            assert connection.execute("from foi_q1_missing_occasions").fetchall()
        return int(about["run"])

    def assert_whole(self) -> None:
        """Nothing that anybody reads is missing, half or ahead of the ledger."""
        if self.database.exists():
            with duckdb.connect(str(self.database), read_only=True) as connection:
                assert connection.execute("from foi_answers").fetchall()
        chains = {row["chain"] for row in read_rows(self.responses / "ledger.csv")}
        for pack in packs(self.responses):
            assert_pack_is_whole(pack)
            record = json.loads((pack / "private" / "provenance.json").read_bytes())
            assert record["ledger"]["chain"] in chains

    def whole(self) -> int:
        """The number of the last run, of which everything is, and nothing else lies about."""
        self.assert_whole()
        number = self.run()
        runs = sorted(path.name for path in (self.state / "runs").glob("[0-9]*"))
        assert runs[-1] == f"{number:06d}"
        links = [path for path in (self.database, self.state / "landed") if path.is_symlink()]
        assert {path.resolve().relative_to(self.state).parts[1] for path in links} <= {runs[-1]}
        self.assert_private()
        page = (self.responses / "index.html").read_text(encoding="utf-8")
        # A draft is in no log: only what was sent is.
        for pack in packs(self.responses):
            entry = json.loads((pack / "public" / "disclosure-log.json").read_bytes())
            assert (f'"{pack.name}/public/' in page) == bool(entry["responded_on"])
        assert left_over(self.folder) == []
        return number

    def assert_private(self) -> None:
        """Nobody else can reach what names children."""
        if os.name == "nt":
            return
        assert self.state.stat().st_mode & 0o077 == 0
        if self.database.exists():
            assert self.database.stat().st_mode & 0o077 == 0
        for pack in [*packs(self.responses), *self.responses.glob(".refresh")]:
            for folder in [pack / "private"] if (pack / "private").exists() else [pack]:
                assert folder.stat().st_mode & 0o077 == 0, folder

    def steps(self) -> list[str]:
        """The steps of the last run, by its log."""
        return [line["step"] for line in self.log() if line["event"] == "step"]

    def log(self) -> list[dict]:
        """The lines of the last run's log."""
        last = max((self.state / "logs").glob("*.jsonl"), key=lambda file: file.stat().st_mtime_ns)
        return [json.loads(line) for line in last.read_text(encoding="utf-8").splitlines()]


def copied(first: Refreshed, folder: Path) -> Refreshed:
    """The same state in another folder, for a test of its own."""
    shutil.copytree(first.folder, folder / "council", symlinks=True)
    return Refreshed(folder / "council", first.first)


def packs(responses: Path) -> list[Path]:
    """The packs in place."""
    return [path for path in sorted(responses.glob("[!.]*")) if path.is_dir()]


def assert_pack_is_whole(pack: Path) -> None:
    """Each file is as it was written, and none is missing."""
    sums = (pack / "private" / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert sums
    for line in sums:
        digest, _, name = line.partition("  ")
        assert hashlib.sha256((pack / name).read_bytes()).hexdigest() == digest, pack / name


def left_over(folder: Path) -> list[Path]:
    """What waits beside a place."""
    places = [path for path in folder.rglob("*") if "runs" not in path.parts]
    names = (".refresh", ".new", ".link", ".old")
    return [path for path in places if path.name.startswith(".") and path.name.endswith(names)]


def first_of(folder: Path) -> Refreshed:
    """What `first_refresh` made in a folder."""
    return Refreshed(folder / "council", folder / "first")


def first_refresh(folder: Path, **more: str) -> Refreshed:
    """A real refresh of a small council, and the stand-in for dbt in those that follow."""
    council = first_of(folder)
    # Invented children are released under the demonstration's settings.
    files = small_returns(Random(11)).items()
    write_returns(
        council.source, {path.replace("uasc.csv", "uasc-invented.csv"): of for path, of in files}
    )
    requests = council.folder / "requests"
    shutil.copytree(CHECKOUT / "seeds" / "requests", requests)
    register = requests / "foi_requests.csv"
    header = register.read_text(encoding="utf-8").splitlines()[0]
    answered = {"received_on": "2018-05-18", "responded_on": "2018-06-01"}
    rows = [
        {"request_ref": REQUEST, "received_on": date.today(), "subject": "Children"},
        {"request_ref": ANSWERED, "subject": "Children"} | answered,
    ]
    with register.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, header.split(","), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    questions = requests / "foi_request_questions.csv"
    header = questions.read_text(encoding="utf-8").splitlines()[0]
    rows = [
        f"{ref},1,,How many?,{measure},none,all,financial_year,2017/18,2017/18"
        for ref, measure in ((REQUEST, "occasions_missing"), (ANSWERED, "children_looked_after"))
    ]
    questions.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    done = council.refresh(real=True, requests=(REQUEST, ANSWERED), **more)
    assert done.returncode == 0, done.stderr
    write_stand_in(council.first, council.database)
    return council


def write_stand_in(first: Path, database: Path) -> None:
    """Makes a folder for PYTHONPATH whose dbt puts a copy of a database in place."""
    package = first / "dbt" / "cli"
    package.mkdir(parents=True)
    for file in (package.parent / "__init__.py", package / "__init__.py"):
        file.touch()
    (package / "main.py").write_text(STAND_IN)
    (first / "sitecustomize.py").write_text(SITE)
    shutil.copy(database, first / "records.duckdb")
