"""Landing: broken files end in sentences, or in rows that an independent reader counts too."""

import csv
import io
import time
import xml.etree.ElementTree as ElementTree
import zipfile
from collections import Counter
from pathlib import Path

import pytest
import python_calamine

from landing_sources import (
    EPISODES,
    RETURN,
    fill,
    put,
    refused,
    rows_of,
    start_duckdb_once,
)
from missing_from_care.base.faults import DataFault
from missing_from_care.base.project import raw_tables
from missing_from_care.landing.land import land
from mutations import write_broken_source

INPUTS, CHUNKS = 2_100, 14
LONGEST = 20  # seconds
XML_KINDS = {"header": "HEADER", "episodes": "EPISODE", "missing": "AMISSING"}


def data_of(source: Path, file: str) -> bytes:
    """The bytes of a source file, also inside a zip file."""
    path, _, inner = file.partition(".zip/")
    if not inner:
        return (source / file).read_bytes()
    with zipfile.ZipFile(source / f"{path}.zip") as archive:
        return archive.read(inner)


def counted(source: Path, source_file: str, table: str) -> int:
    """How many rows a source file has for a raw table, as another reader sees it."""
    file, _, sheet = source_file.partition("#")
    data = data_of(source, file)
    if file.endswith(".xml"):
        # The encoding that a file declares may not be its own: its mark tells.
        text = data.decode(encoding_of(data))
        root = ElementTree.fromstring(text.partition("?>")[2] if "?>" in text else text)
        kind = XML_KINDS.get(table.removeprefix("ssda903_"))
        if kind:
            return sum(1 for _ in root.iter(kind))
        texts = [[each.findtext(f".//{name}") or "" for name in ("UASC", "DUC")] for each in root]
        return sum(1 for flag, duc in texts if flag.strip() not in ("", "0") or duc.strip())
    if sheet:
        cells = python_calamine.load_workbook(io.BytesIO(data)).get_sheet_by_name(sheet).to_python()
        return below_the_names([[str(value or "") for value in row] for row in cells], table)
    text = data.decode(encoding_of(data), "replace")
    tables = (csv.reader(io.StringIO(text, newline=""), delimiter=each) for each in ",;\t|")
    return max(below_the_names(list(rows), table) for rows in tables)


def below_the_names(rows: list[list[str]], table: str) -> int:
    """How many rows with a value stand below the column names of a raw table; -1 without names."""
    raw = raw_tables()[table]
    named = [raw.needed <= {name.strip("\ufeff ").lower() for name in row} for row in rows[:30]]
    below = rows[named.index(True) + 1 :] if True in named else None
    return -1 if below is None else sum(any(value.strip() for value in row) for row in below)


def encoding_of(data: bytes) -> str:
    """UTF-16 where its mark or its zeros tell it, else UTF-8 if it can be, else cp1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if data.count(b"\0") > len(data) / 4:
        return "utf-16-be" if data.startswith(b"\0") else "utf-16-le"
    return "utf-8-sig" if is_utf8(data) else "cp1252"


def is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_broken_inputs_end_in_a_sentence_or_in_rows_that_balance(chunk, tmp_path, monkeypatch):
    start_duckdb_once(monkeypatch)
    ends = Counter()
    for seed in range(chunk, INPUTS, CHUNKS):
        source, into = tmp_path / str(seed) / "source", tmp_path / str(seed) / "landed"
        write_broken_source(source, seed)
        before = time.monotonic()
        try:
            report = land(source, into, form="csv")
        except DataFault as fault:
            assert fault.sentences and all(each.endswith(".") for each in fault.sentences), seed
            assert not into.exists() and not list(source.parent.glob(".*")), seed
            ends["sentence"] += 1
        else:
            modules = Counter()
            for each in report.landed:
                modules[each.source_file, each.table.name] += each.rows
            for (file, table), rows in modules.items():
                landed = sum(row["source_file"] == file for row in rows_of(into, table))
                assert landed == rows == counted(source, file, table), (seed, file, table)
            ends["landed"] += 1
        assert time.monotonic() - before < LONGEST, seed
    assert min(ends["sentence"], ends["landed"]) > INPUTS / CHUNKS / 10, ends


def test_the_inputs_are_many_and_differ(tmp_path):
    assert INPUTS >= 2_000
    seen = set()
    for seed in range(60):
        write_broken_source(tmp_path / str(seed), seed)
        files = sorted(path for path in (tmp_path / str(seed)).rglob("*") if path.is_file())
        seen.add(tuple(path.read_bytes() for path in files))
    assert len(seen) == 60


@pytest.mark.parametrize(
    ("name", "start"),
    [("long.csv", b""), ("long.csv", b'CHILD,DUC\n"'), ("long.xml", b"<EXPSSDA903 x='")],
)
def test_50_mb_of_one_line(tmp_path, start, name):
    source, into = tmp_path / "source", tmp_path / "landed"
    fill(source / "2017-18", RETURN | {name: start + b"A1," * (50_000_000 // 3)})
    before = time.monotonic()
    sentences = refused(source, into)
    assert any(f"2017-18/{name}" in each for each in sentences)
    assert max(map(len, sentences)) < 400 and time.monotonic() - before < LONGEST


def test_every_landed_table_keeps_every_value_of_a_large_file(tmp_path):
    source, into = tmp_path / "source", tmp_path / "landed"
    line = EPISODES.split("\n")[1]
    rows = [line.replace("A1", f"{number:06d}", 1) for number in range(50_000)]
    fill(source / "2017-18", RETURN)
    put(source, "2017-18/e.csv", "\n".join([EPISODES.split("\n")[0], *rows, ""]))
    land(source, into, form="csv")
    landed = rows_of(into, "ssda903_episodes")
    assert [row["child"] for row in landed] == [f"{number:06d}" for number in range(50_000)]
    assert set(raw_tables()) < {path.stem for path in into.iterdir()}
