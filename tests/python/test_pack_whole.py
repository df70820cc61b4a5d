"""The packs of the demonstration requests: every number walks back to the workbook, nothing that is
withheld stands anywhere, a pack can be made again, and no kill leaves half of one."""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import BytesIO, StringIO
from itertools import count
from pathlib import Path
from zipfile import ZipFile

import duckdb
import frictionless
import pytest
from docx import Document
from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook

import forked
from accessibility import CHECKS, check_workbook
from missing_from_care.base.faults import DataFault
from missing_from_care.base.project import CHECKOUT
from missing_from_care.base.texts import long_day
from missing_from_care.disclosure.ledger import read_ledger, withdraw
from missing_from_care.pack import provenance
from missing_from_care.pack.making import Pack, making_pack, verified, write_pack
from read_page import Element, figures_in, read_page
from walkers import (
    STATUSES,
    as_shown,
    cells_of_row,
    chart_numbers,
    ends_of,
    is_label,
    numbers,
    page_table,
    sections_with_tables,
    sheet_table,
    strays_of_letter,
    workbook_numbers,
)

REQUESTS = ("foi-2018-0417", "foi-2018-0523", "foi-2018-0611")
SCRIPT = CHECKOUT / "scripts" / "export_response.py"
TODAY = date(2018, 8, 1)


@pytest.fixture(scope="module")
def packs(database: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pack]:
    """The packs of the demonstration, one after the other as a council would send them."""
    out = tmp_path_factory.mktemp("responses")
    made = {}
    for request in REQUESTS:
        with making_pack(database, request, out) as pack:
            write_pack(pack, TODAY)
        made[request] = pack
    return made


@pytest.fixture(params=REQUESTS)
def pack(packs: dict[str, Pack], request: pytest.FixtureRequest) -> Pack:
    return packs[request.param]


@pytest.fixture
def a_copy(packs: dict[str, Pack], tmp_path: Path) -> Path:
    """A folder of responses that a test may spoil."""
    return shutil.copytree(packs[REQUESTS[0]].folder.parent, tmp_path / "responses")


def workbook(pack: Pack, *, is_public: bool = True) -> Workbook:
    """The pack's workbook, as it is published or with every number."""
    files, ending = (pack.public, ".xlsx") if is_public else (pack.private, "-not-for-release.xlsx")
    return load_workbook(BytesIO(files[pack.folder.name + ending]))


def answers_of(book: Workbook, number: str = "") -> list:
    """The worksheets of a question, or of all."""
    return [
        sheet for sheet in book if re.match(rf"Question {number or '[0-9]+'}(\D|$)", sheet.title)
    ]


def open_data(pack: Pack) -> dict[str, list[dict[str, str]]]:
    """The rows of the CSV files by question."""
    names = [name for name in pack.public if name.endswith(".csv")]
    read = (csv.DictReader(StringIO(pack.public[name].decode(), newline="")) for name in names)
    return {re.sub(r"\D", "", name): list(rows) for name, rows in zip(names, read, strict=True)}


def page_sections(pack: Pack) -> list[Element]:
    return sections_with_tables(read_page(pack.public["response.html"]))


def test_all_workbooks_pass_every_check(pack: Pack) -> None:
    assert len(CHECKS) == 40
    for files in (pack.public, pack.private):
        for name, data in files.items():
            if name.endswith((".xlsx", ".ods")):
                assert check_workbook(data, file_name=name) == []


def test_the_opendocument_workbook_has_the_same_cells(pack: Pack) -> None:
    both = [
        CalamineWorkbook.from_filelike(BytesIO(pack.public[f"{pack.folder.name}.{ending}"]))
        for ending in ("xlsx", "ods")
    ]
    one, other = (
        [book.get_sheet_by_name(n).to_python() for n in book.sheet_names] for book in both
    )
    assert both[0].sheet_names == both[1].sheet_names
    assert one == other


def test_the_zip_holds_what_else_is_public_but_the_entry_of_the_log(pack: Pack) -> None:
    name = f"{pack.folder.name}.zip"
    with ZipFile(BytesIO(pack.public[name])) as archive:
        held = {each: archive.read(each) for each in archive.namelist()}
    rest = {k: v for k, v in pack.public.items() if k not in (name, "disclosure-log.json")}
    assert held == rest


def test_every_number_of_the_letter_is_in_the_workbook(pack: Pack) -> None:
    stem = pack.folder.name
    letter = Document(BytesIO(pack.public[f"{stem}-letter.docx"]))
    held = workbook_numbers(pack.public[f"{stem}.xlsx"])
    assert strays_of_letter(letter, held, pack.response) == {}


def test_every_number_of_the_page_is_in_the_workbook(pack: Pack) -> None:
    drawn = 0
    for sheet, section in zip(answers_of(workbook(pack)), page_sections(pack), strict=True):
        cells = [[as_shown(cell) for cell in row] for row in sheet_table(sheet)]
        assert page_table(section) == cells
        texts = [sheet["A1"].value, *(text for row in cells for text in row)]
        allowed = set(figures_in(" ".join(texts)))
        for svg in section.all("svg"):
            assert chart_numbers(svg) <= allowed, sheet.title
            drawn += 1
    assert drawn


def test_every_number_of_the_sentences_on_the_page_is_in_the_workbook(pack: Pack) -> None:
    """Beneath a question: of its own worksheet, of a question that it names, or a day of change."""
    held = workbook_numbers(pack.public[f"{pack.folder.name}.xlsx"])
    days = numbers([long_day(change.day) for change in pack.response.changes])
    met = 0
    for sheet, section in zip(answers_of(workbook(pack)), page_sections(pack), strict=True):
        texts = [p.text for p in section.all("p") if p.attributes.get("class") != "question"]
        named = re.findall(r"\(question (\d+)\)", " ".join(texts))
        names = [name for name in held if re.sub(r"Question (\d+).*", r"\1", name) in named]
        allowed = days.union(named, *(held[name] for name in (sheet.title, "Notes", *names)))
        assert numbers(texts) <= allowed, sheet.title
        met += len(numbers(texts) & held[sheet.title])
    assert met > len(page_sections(pack))


def test_every_number_of_the_log_is_in_the_workbook(packs: dict[str, Pack]) -> None:
    """But for what is of the files and not of the answer: their sizes, and the licence's number."""
    folder = packs[REQUESTS[0]].folder.parent
    log = read_page((folder / "index.html").read_bytes())
    for section in log.all("section"):
        link = section.all("a")[0].attributes["href"]
        pack = packs[link.partition("/")[0]]
        held = set().union(*workbook_numbers(pack.public[f"{pack.folder.name}.xlsx"]).values())
        files = [each.text.rpartition(", ")[2] for each in section.all("li")]
        questions = [each.text for each in section.all("li")]
        allowed = held | numbers(files) | numbers(pack.response.refusal)
        assert numbers([section.text]) - numbers(questions) <= allowed
        entry = json.loads(pack.public["disclosure-log.json"])
        assert numbers([entry["summary"], *(each["wording"] for each in entry["asked"])]) <= held
    feed = (folder / "feed.atom").read_text(encoding="utf-8")
    summaries = re.findall("<summary>(.*?)</summary>", feed)
    assert len(summaries) == len(packs)
    every = (workbook_numbers(pack.public[f"{ref}.xlsx"]) for ref, pack in packs.items())
    assert numbers(summaries) <= set().union(*(held for book in every for held in book.values()))


def test_every_row_of_the_open_data_is_one_cell_of_the_workbook(pack: Pack) -> None:
    book = workbook(pack)
    for number, rows in open_data(pack).items():
        sheets = answers_of(book, number)
        met = []
        for row in rows:
            (cell,) = cells_of_row(row, sheets)
            if row["status"] == "shown":
                assert float(row["value"]) == cell.value
            elif row["status"] == "range":
                assert row["value"] == ""
                assert [float(row["lower"]), float(row["upper"])] == ends_of(cell.value)
            else:
                assert (row["value"], row["status"]) == ("", STATUSES[cell.value])
            met.append((cell.parent.title, cell.coordinate))
        figures = [
            (sheet.title, cell.coordinate)
            for sheet in sheets
            for row in sheet_table(sheet)[1:]
            for cell in row
            if not is_label(cell) and cell.value != "[z]"
        ]
        assert Counter(met) == Counter(figures)


def without_notes(value: object) -> object:
    return re.sub(r" \[note \d+\]", "", value) if isinstance(value, str) else value


def test_no_withheld_number_stands_where_it_is_withheld(pack: Pack) -> None:
    """Cell by cell against the private workbook; charts and open data by their own walks above."""
    withheld = 0
    both = zip(
        answers_of(workbook(pack)),
        answers_of(workbook(pack, is_public=False)),
        page_sections(pack),
        strict=True,
    )
    for public, private, section in both:
        shown = {each.value for row in sheet_table(public) for each in row}
        labels = set(figures_in(" ".join(map(str, shown))))
        rows = zip(sheet_table(public), sheet_table(private), page_table(section), strict=True)
        for public_row, private_row, page_row in rows:
            for cell, secret, on_page in zip(public_row, private_row, page_row, strict=True):
                is_withheld = isinstance(secret.value, int | float) and isinstance(cell.value, str)
                if not is_withheld:
                    # The public workbook has notes of its own, so the numbers of notes differ.
                    assert without_notes(cell.value) == without_notes(secret.value)
                    continue
                withheld += 1
                assert on_page == cell.value
                if cell.value != "[c]":
                    low, high = ends_of(cell.value)
                    assert low <= secret.value <= high
                if as_shown(secret) not in labels:
                    drawn = [chart_numbers(svg) for svg in section.all("svg")]
                    assert as_shown(secret) not in set().union(*drawn)
    assert withheld == len(pack.verdict.withheld)
    in_csv = [row["status"] for rows in open_data(pack).values() for row in rows]
    assert in_csv.count("withheld") + in_csv.count("range") == withheld


def test_frictionless_finds_the_package_valid(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(pack.folder / "public")
    report = frictionless.validate("datapackage.json")
    assert report.valid, report.flatten(["type", "note"])
    assert len(report.tasks) == len(open_data(pack))


def command(*options: str | Path) -> subprocess.CompletedProcess[str]:
    return forked.run([SCRIPT, *options])


def test_a_pack_that_is_made_again_is_the_same(pack: Pack, database: Path) -> None:
    """The ledger holds what was released after it as well: that is left out of account."""
    said = verified(pack.folder, database)
    assert said == f"All {len(pack.public)} public files of {pack.folder.name} are the same, " + (
        "byte for byte."
    )


def test_a_file_of_which_one_byte_was_changed_is_named(a_copy: Path, database: Path) -> None:
    folder = a_copy / REQUESTS[0]
    file = folder / "public" / "question-1.csv"
    file.write_bytes(file.read_bytes().replace(b"843", b"844", 1))
    done = command("--verify", folder, "--database", database)
    assert done.returncode == 3
    assert done.stderr.splitlines() == [
        f"question-1.csv of {REQUESTS[0]} cannot be made again as they are.",
        "No input differs, so the files were changed after they were written.",
    ]


def test_a_pack_without_its_ledger_is_told_so(a_copy: Path, database: Path) -> None:
    (a_copy / "ledger.csv").unlink()
    with pytest.raises(DataFault, match="is not there, with which pack") as fault:
        verified(a_copy / REQUESTS[2], database)
    assert len(fault.value.sentences) == len(REQUESTS)


def test_a_rule_that_was_changed_is_named(
    a_copy: Path, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = shutil.copytree(provenance.RULES, tmp_path / "rules")
    texts = rules / "letter_texts.csv"
    texts.write_text(
        texts.read_text().replace("Not sent yet", "Not sent").replace("Thank", "We thank")
    )
    newer = shutil.copy(database, tmp_path / database.name)
    with duckdb.connect(str(newer)) as connection:
        connection.execute(
            "update letter_texts set wording = replace(replace(wording, 'Not sent yet', "
            "'Not sent'), 'Thank', 'We thank')"
        )
    monkeypatch.setattr(provenance, "RULES", rules)
    with pytest.raises(DataFault) as fault:
        verified(a_copy / REQUESTS[0], Path(newer))
    assert fault.value.status == 3
    assert fault.value.sentences == (
        f"disclosure-log.json, {REQUESTS[0]}-letter.docx, {REQUESTS[0]}.zip of {REQUESTS[0]} "
        "cannot be made again as they are.",
        "inputs: rules/letter_texts.csv differs.",
    )


def test_one_of_two_exports_at_once_is_told_to_wait(database: Path, tmp_path: Path) -> None:
    with making_pack(database, REQUESTS[0], tmp_path) as pack:
        other = command("--request", REQUESTS[0], "--database", database, "--out", tmp_path)
        write_pack(pack, TODAY)
    assert other.returncode == 5
    assert len(other.stderr.splitlines()) == 1
    assert "Wait until it has ended" in other.stderr
    assert is_whole(pack.folder)


def is_whole(folder: Path) -> bool:
    """Whether a pack holds what its checksums say, no more and no less."""
    said = dict(
        line.split("  ")[::-1] for line in (folder / "private/SHA256SUMS").read_text().splitlines()
    )
    found = {
        file.relative_to(folder).as_posix(): sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file() and file.name != "SHA256SUMS"
    }
    return found == said


def killed_at(step: int, pack: Pack) -> bool:
    """Writes a pack in a process that is killed before its nth look at, or change of, a file.

    Returns: whether it was killed, so there were as many.
    """
    child = os.fork()
    if child == 0:
        left = iter(range(step))

        def kill(event: str, _arguments: object) -> None:
            is_of_file = event == "open" or (event.startswith("os.") and event != "os.kill")
            if is_of_file and next(left, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        status = 1
        try:
            sys.addaudithook(kill)
            write_pack(pack, TODAY)
            status = 0
        finally:
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL)
    return status != 0


@pytest.mark.skipif(
    not hasattr(os, "fork"), reason="This system cannot fork, so nothing is killed."
)
def test_a_kill_at_any_moment_leaves_the_old_pack_or_the_new(
    packs: dict[str, Pack], a_copy: Path, database: Path, tmp_path: Path
) -> None:
    newer = shutil.copy(database, tmp_path / database.name)
    with duckdb.connect(str(newer)) as connection:
        connection.execute("update stg_foi_requests set subject = 'Another subject'")
    folder = a_copy / REQUESTS[0]
    old = packs[REQUESTS[0]].public["response.html"]
    withdraw(a_copy / "ledger.csv", REQUESTS[0], TODAY, "the answer was never sent")
    before = len(read_ledger(a_copy / "ledger.csv"))
    with making_pack(Path(newer), REQUESTS[0], a_copy) as pack:
        new = pack.public["response.html"]
    seen = set()
    for step in count(step=3):
        was_killed = killed_at(step, pack)
        kept = folder if folder.exists() else folder.with_name(f".{folder.name}.old")
        assert is_whole(kept), step
        seen.add((kept / "public" / "response.html").read_bytes())
        added = len(read_ledger(a_copy / "ledger.csv")) - before
        assert added in (0, len(pack.verdict.printed))
        assert (a_copy / "index.html").read_text().count("<section") == len(REQUESTS)
        if not was_killed:
            break
    assert seen == {old, new}
    assert not was_killed
    assert not list(a_copy.glob(".foi*"))


@pytest.mark.skipif(
    not hasattr(os, "fork"), reason="This system cannot fork, so nothing is killed."
)
def test_what_a_killed_run_left_is_not_in_the_index(packs: dict[str, Pack], a_copy: Path) -> None:
    first, other = (replace(packs[ref], folder=a_copy / ref) for ref in REQUESTS[:2])
    shutil.rmtree(first.folder)
    step = 0
    while not list(a_copy.glob(".foi*/public/disclosure-log.json")):
        assert killed_at(step := step + 10, first)
    write_pack(other, TODAY)
    assert (a_copy / "index.html").read_text().count("<section") == len(REQUESTS) - 1
