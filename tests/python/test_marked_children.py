"""Nothing of a child in a message, a log, what dbt writes or a public file; nor readable by others.

Returns whose every value carries a mark go through the real commands, in a hundred faults.
"""

import json
import os
import re
import subprocess
import sys
import threading
import zipfile
from io import BytesIO
from pathlib import Path

import duckdb
import pytest

import forked
import land_extracts
from landing_sources import start_duckdb_once
from marked_returns import (
    CHILDREN,
    MARK,
    PLACES,
    STARTS,
    TEXT,
    as_text,
    faulty_files,
    marked_rows,
    marks_in,
    sound_files,
)
from missing_from_care.base.command_line import run
from missing_from_care.base.data_errors import (
    NO_ROOM,
    build_sentences,
    raised_sentences,
    without_values,
)
from missing_from_care.base.models_in_memory import macro_sql
from missing_from_care.base.project import CHECKOUT
from settled_settings import settled_settings

REQUEST = "foi-2018-0001"
REQUESTS = (
    "request_ref,received_on,clock_started_on,fee_notice_on,fee_paid_on,responded_on,"
    f"extension_claimed_on,subject\n{REQUEST},2018-06-11,,,,,,Children who go missing\n"
).encode()
QUESTIONS = (
    "request_ref,question_no,part,wording,measure,breakdown,population,period_basis,first_period,"
    f"last_period\n{REQUEST},1,,How many occasions?,occasions_missing,none,all,financial_year,"
    "2017/18,2017/18\n"
).encode()
PACKED = (".parquet", ".duckdb", ".wal")
"""Files of children's rows in which no mark could be found."""


@pytest.fixture(autouse=True)
def usual_umask():
    """What a command makes could be read by others, if it did not see to it."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def put(folder: Path, files: dict[str, bytes]) -> Path:
    """Writes the files of a source."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def readable(folder: Path) -> list[Path]:
    """The files below a folder that others can read, if they can enter the folder itself."""
    found = []
    for path in folder.iterdir():
        try:
            mode = path.lstat().st_mode
        except FileNotFoundError:
            continue
        if path.is_dir() and mode & 0o001:
            found += readable(path)
        elif path.is_file() and mode & 0o004:
            found.append(path)
    return found


def text_of(path: Path) -> str:
    """What a file holds, also inside a zip file, as an Office document is one."""
    data = path.read_bytes()
    if data.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            data = b"\n".join(archive.read(name) for name in archive.namelist())
    return data.decode("latin-1")


class Onlooker(threading.Thread):
    """Looks again and again for files that others can read and that can hold a child's row."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.folder, self.seen, self.ended = folder, {}, threading.Event()
        self.read: set[tuple[Path, int, int]] = set()

    def run(self) -> None:
        while not self.ended.wait(0.02):
            self.look()

    def look(self) -> None:
        for path in readable(self.folder):
            try:
                key = (path, path.stat().st_size, path.stat().st_mtime_ns)
                if key not in self.read:
                    self.read.add(key)
                    if marks := marks_in(text_of(path)):
                        self.seen[path] = marks[0]
                    elif path.suffix in PACKED:
                        self.seen[path] = "rows"
            except (OSError, zipfile.BadZipFile):
                continue

    def __enter__(self) -> "Onlooker":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.join()
        self.look()
        assert not self.seen


def test_landing_tells_nothing_of_a_child_in_a_hundred_faults(
    tmp_path, monkeypatch, capfd: pytest.CaptureFixture[str]
) -> None:
    start_duckdb_once(monkeypatch)
    ends: list[int] = []
    for number, (fault, files) in enumerate(faulty_files()):
        source, into = put(tmp_path / f"{number}s", files), tmp_path / "landed" / str(number)
        monkeypatch.setattr(sys, "argv", ["land", str(source), "--into", str(into)])
        try:
            run(land_extracts.land_extracts)
        except SystemExit as end:
            ends.append(end.code or 0)
        told = "".join(capfd.readouterr())
        assert ends[-1] in (0, 3) and len(told) > 40, (fault, told)
        assert marks_in(told) == [], fault
    assert len(ends) >= 100 and ends.count(3) > 60 and ends.count(0) > 20
    assert readable(tmp_path / "landed") == []


def test_a_fault_of_the_program_is_told_by_its_place_alone(monkeypatch, capsys) -> None:
    def command() -> None:
        int(CHILDREN[0])

    monkeypatch.setattr(sys, "argv", ["command"])
    monkeypatch.setenv("FOI_DEBUG", "1")
    with pytest.raises(SystemExit) as end:
        run(command)
    told = capsys.readouterr().err
    assert end.value.code == 1
    assert "int(CHILDREN[0])" in told and "ValueError" in told and not marks_in(told)


def test_of_an_error_only_the_projects_own_sentence_is_told() -> None:
    """Each statement is one of the ways in which an engine quotes the value that it stops at."""
    value = f"'{CHILDREN[0]}'"
    sentence = macro_sql("raise_sentence", "'Row 3: write a day.' || chr(10) || 'Row 4: too.'")
    own = "create table t (c varchar primary key); insert into t select unnest({}) as c"
    for statement in (
        f"select cast(c as int) from (select {value} as c)",
        f"select strptime(c, '%d/%m/%Y') from (select {value} as c)",
        f"select cast(c as date) from (select '{STARTS[0]}' as c)",
        f"select error('Invalid Input Error: ' || c) from (select {value} as c)",
        own.format(f"[{value}, {value}]"),
        f"select c::enum_kind from (select {value} as c)".replace("enum_kind", "enum('a')"),
        f"select json_extract(c, '$') from (select {value} as c)",
    ):
        with pytest.raises(duckdb.Error, match=MARK) as raised:
            duckdb.connect().execute(statement).fetchall()
        assert raised_sentences(raised.value) == []
        assert not marks_in(without_values(raised.value))
    with pytest.raises(duckdb.Error) as raised:
        duckdb.connect().execute(f"select {sentence}")
    assert raised_sentences(raised.value) == ["Row 3: write a day.", "Row 4: too."]
    assert without_values(raised.value) == "To mend: Row 3: write a day.\nRow 4: too."


def test_why_a_build_failed_is_told_without_the_words_of_dbt(tmp_path) -> None:
    def told(status: str, message: str, failures: int | None = None) -> list[str]:
        result = {"unique_id": "test.missing_from_care.no_gap.1f", "status": status}
        results = [result | {"message": message, "failures": failures}]
        (tmp_path / "run_results.json").write_text(json.dumps({"results": results}))
        return build_sentences(tmp_path / "run_results.json")

    head = "Runtime Error in test no_gap (models/staging/_staging.yml)\n  "
    for words in (
        f"Conversion Error: Could not convert string '{CHILDREN[0]}' to INT32",
        f"Invalid Input Error: CSV Error on Line: 3\n  Original Line: To mend: {TEXT}",
        f"Invalid Input Error: Could not parse string \"To mend: {TEXT}\"",
    ):  # fmt: skip
        (sentence,) = told("error", head + words)
        assert sentence.startswith("The test no_gap could not be carried out.")
        assert not marks_in(sentence)
    for before in ("", "Invalid Input Error: "):
        assert told("error", f"{head}{before}To mend: Row 3.\n  Row 4.") == ["Row 3.", "Row 4."]
    assert told("fail", "Got 2 results, configured to fail if != 0", 2) == [
        "The check no_gap found 2 rows that should not be there."
    ]
    full = duckdb.TransactionException(f"Failed to commit: {TEXT}: No space left on device")
    assert told("error", head + without_values(full)) == [NO_ROOM]
    (tmp_path / "half.json").write_text('{"results": [{"status": "error"}]}')
    assert build_sentences(tmp_path / "half.json") == []
    assert told("pass", TEXT) == build_sentences(tmp_path / "none.json") == []


def call(command: str, *options: object, **environment: object) -> str:
    """Runs a command of the project to its good end; gives all that it printed."""
    done = called(command, *options, **environment)
    assert done.returncode == 0, done.stdout
    return done.stdout


def called(command: str, *options: object, **environment: object) -> subprocess.CompletedProcess:
    """Runs a command of the project, or dbt."""
    script = [Path(sys.executable).with_name("dbt")]
    if command != "dbt":
        script = [sys.executable, CHECKOUT / "scripts" / command]
    given = os.environ | {name: str(value) for name, value in environment.items()}
    return forked.run([*script, *options], given, CHECKOUT, is_one_stream=True)


def damaged_files() -> dict[str, bytes]:
    """A return that lands and is built: the values of two children are what no return has."""
    files, children = {}, [f"ZQK{number:03d}" for number in range(1, 71)]
    for name, file in PLACES.items():
        rows = marked_rows(name, children)
        rows[2] = [TEXT if "/" in value else value for value in rows[2]]
        rows[3] = [f"{value}ZQK" for value in rows[3]]
        files[file] = as_text([*rows, rows[4]]).encode()
    return files


def test_a_build_and_what_comes_of_it(tmp_path) -> None:
    """Landing, dbt, the export and the report by hand; an onlooker looks for what he can read."""
    register, target, logs = (tmp_path / name for name in ("register", "target", "logs"))
    put(register, {"foi_requests.csv": REQUESTS, "foi_request_questions.csv": QUESTIONS})
    source, landed = put(tmp_path / "source", damaged_files()), tmp_path / "landed"
    source.chmod(0o700)
    database = tmp_path / "database" / "w.duckdb"
    places = {
        "FOI_EXTRACTS": landed, "FOI_DATABASE": database, "FOI_REQUESTS": register,
        "DBT_TARGET_PATH": target, "DBT_LOG_PATH": logs,
        "FOI_SETTINGS": settled_settings(tmp_path / "council"),
    }  # fmt: skip
    with Onlooker(tmp_path):
        told = [
            call("land_extracts.py", source, "--into", landed),
            call("dbt", "build", "--exclude-resource-type", "unit_test", **places),
            call("export_response.py", "--request", REQUEST, "--out", tmp_path / "out", **places),
            call("quality_report.py", **places),
        ]
    for each in told:
        assert marks_in(each) == []
    written = [path for folder in (target, logs) for path in folder.rglob("*") if path.is_file()]
    public = [
        path for path in (tmp_path / "out").rglob("*") if "public" in path.parts and path.is_file()
    ]
    assert len(written) > 150 and len(public) > 4
    for path in (*written, *public):
        assert marks_in(text_of(path)) == [], path
    report = text_of(database.parent / "quality-report.xlsx")
    assert marks_in(report)


def test_a_landed_file_that_was_changed_by_hand(tmp_path) -> None:
    """dbt and DuckDB quote the line; nothing of it is printed or kept."""
    source = put(tmp_path / "source", sound_files())
    call("land_extracts.py", source, "--into", tmp_path / "landed", "--format", "csv")
    for table, old, new in (
        ("header", f"{CHILDREN[3]},", f"{CHILDREN[3]},,,,"),
        ("uasc", "2017-18/uasc.csv,4", TEXT.replace(",", "") + ",ZQK"),
    ):
        file = tmp_path / "landed" / f"ssda903_{table}.csv"
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))
    put(tmp_path / "logs", {"dbt.log": TEXT.encode()})
    put(tmp_path / "target", {"run_results.json": TEXT.encode(), "run/old.sql": TEXT.encode()})
    done = called(
        "dbt", "build", "--select",
        "+stg_ssda903__header", "+stg_ssda903__uasc", "--exclude-resource-type", "unit_test",
        FOI_EXTRACTS=tmp_path / "landed", FOI_DATABASE=tmp_path / "w.duckdb",
        DBT_TARGET_PATH=tmp_path / "target", DBT_LOG_PATH=tmp_path / "logs",
    )  # fmt: skip
    assert done.returncode == 1 and marks_in(done.stdout) == []
    assert len(re.findall("DuckDB stopped at a value", done.stdout)) == 2, done.stdout
    results = tmp_path / "target" / "run_results.json"
    assert [each.partition(" could")[0] for each in build_sentences(results)] == [
        "The model stg_ssda903__header", "The model stg_ssda903__uasc",
    ]  # fmt: skip
    (tmp_path / "target" / "run" / "old.sql").unlink()
    log = tmp_path / "logs" / "dbt.log"
    log.write_text(log.read_text().replace(TEXT, ""))
    for folder in ("target", "logs"):
        for path in (tmp_path / folder).rglob("*"):
            assert path.is_dir() or marks_in(text_of(path)) == [], path
    assert {path.name for path in readable(tmp_path) if path.suffix in (".sql", ".log")} == set()
    assert results not in readable(tmp_path) and tmp_path / "w.duckdb" not in readable(tmp_path)
