"""A register as people and spreadsheets save it: read, or one sentence with file and row."""

import csv
import io
import itertools
import re
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiled_models import run_dbt
from missing_from_care.base.faults import DataFault
from missing_from_care.base.models_in_memory import build_model, make_table
from missing_from_care.base.project import CHECKOUT
from missing_from_care.base.register import COLUMNS as ALL_COLUMNS
from missing_from_care.base.register import NEEDED, read_register, read_rows
from missing_from_care.base.warehouse import open_warehouse
from missing_from_care.response.answers import file_stem
from missing_from_care.response.reading import read_response

# A register of a request whose cost nobody estimates needs no more.
COLUMNS = ALL_COLUMNS[:8]
QUESTION = (
    "request_ref", "question_no", "part", "wording", "measure", "breakdown", "population",
    "period_basis", "first_period", "last_period",
)  # fmt: skip
SUBJECT = "Who went missing, and “where” – the council’s café; £5 | \t twice\nand a second line"
REQUESTS = [
    ["foi-a", "18/06/2018", "", "", "", "", "", SUBJECT],
    ["FOI/0022", "2018-07-02", "", "", "", "16/07/2018", "", 'says "no"'],
]
ENCODINGS = {
    "UTF-8": ("utf-8", b""),
    "UTF-8 with its mark": ("utf-8", b"\xef\xbb\xbf"),
    "Windows-1252": ("cp1252", b""),
    "UTF-16, low byte first": ("utf-16-le", b"\xff\xfe"),
    "UTF-16, high byte first": ("utf-16-be", b"\xfe\xff"),
}
LINE_ENDS = ("\n", "\r\n", "\r")
SEPARATORS = (",", ";", "\t", "|")


def as_they_are(table):
    return table


def empty_columns(table):
    return [[*row, "", ""] for row in table]


def empty_columns_below_no_name(table):
    return [table[0], *([*row, ""] for row in table[1:])]


def blank_rows(table):
    blank = [""] * len(table[0])
    return [*table[:2], blank, *table[2:], blank, []]


def blank_rows_first(table):
    return [[], [""] * len(table[0]), *table]


def notes_twice(table):
    return [[*table[0], "notes", "Notes"], *([*row, "a", "b"] for row in table[1:])]


def a_column_twice(table):
    return [[row[1], *row] for row in table]


def spelt_names(table):
    return [[f" {name.replace('_', ' ').title()} " for name in table[0]], *table[1:]]


def upper_names(table):
    return [[name.upper().replace("_", "-") for name in table[0]], *table[1:]]


def other_order(table):
    return [row[::-1] for row in table]


DECORATIONS = (
    as_they_are, empty_columns, empty_columns_below_no_name, blank_rows, blank_rows_first,
    notes_twice, a_column_twice, spelt_names, upper_names, other_order,
)  # fmt: skip


def text_of(table, separator=",", line_end="\n", first=""):
    """A table as a spreadsheet writes it: a line end within a value stays what it was typed as."""
    lines = io.StringIO()
    # Python's writer leaves a line feed unquoted where lines end otherwise; spreadsheets do not.
    quoting = csv.QUOTE_ALL if line_end == "\r" else csv.QUOTE_MINIMAL
    csv.writer(lines, delimiter=separator, lineterminator=line_end, quoting=quoting).writerows(
        table
    )
    return first + lines.getvalue()


def write(file, text, encoding="UTF-8"):
    codec, mark = ENCODINGS[encoding]
    file.write_bytes(mark + text.encode(codec))
    return file


def rows_of(file, columns=COLUMNS):
    """What is read, blank for null."""
    found, _ = read_rows(file, columns, columns)
    return [[value or "" for value in row.values()] for row in found.values()]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", SEPARATORS, ids=["comma", "semicolon", "tab", "bar"])
def test_every_way_of_saving_it_gives_the_same_rows(encoding, separator, tmp_path):
    ways = itertools.product(LINE_ENDS, DECORATIONS)
    for line_end, decorated in ways:
        table = decorated([list(COLUMNS), *REQUESTS])
        text = text_of(table, separator, line_end)
        file = write(tmp_path / "register.csv", text, encoding)
        assert rows_of(file) == REQUESTS, (line_end, decorated.__name__)


@pytest.mark.parametrize(
    ("first", "last"), [("sep=;\r\n", ""), ('"sep=;"\r\n', "\r\n"), ("\r\n;;;\r\n", ";;;\r\n\r\n")]
)
def test_lines_before_and_after_the_table_are_passed_over(first, last, tmp_path):
    text = text_of([list(COLUMNS), *REQUESTS], ";", "\r\n", first)
    assert rows_of(write(tmp_path / "register.csv", text + last)) == REQUESTS
    assert rows_of(write(tmp_path / "register.csv", text[:-2])) == REQUESTS


def test_a_file_without_an_end_of_its_last_line_and_characters_beyond_16_bits(tmp_path):
    table = [list(COLUMNS), [*REQUESTS[0][:-1], "a 😀 and 𝔘"]]
    for encoding in set(ENCODINGS) - {"Windows-1252"}:
        file = write(tmp_path / "register.csv", text_of(table).rstrip(), encoding)
        assert rows_of(file) == table[1:]


def test_every_character_of_windows_1252_is_read_as_itself(tmp_path):
    values = [byte for byte in range(128, 256) if byte not in (129, 141, 143, 144, 157)]
    subject = bytes(values).decode("cp1252")
    table = [list(COLUMNS), [*REQUESTS[0][:-1], subject]]
    file = write(tmp_path / "register.csv", text_of(table), "Windows-1252")
    assert rows_of(file) == table[1:]


VALUES = st.text(st.sampled_from('ab",;\n\t |é’ '), max_size=8)


@settings(max_examples=40, deadline=None)
@given(
    table=st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=5),
    line_end=st.sampled_from(LINE_ENDS),
    separator=st.sampled_from(SEPARATORS),
)
def test_what_was_written_is_what_is_read(table, line_end, separator, tmp_path_factory):
    rows = [[f"x{each}" for each in row] for row in table]
    file = tmp_path_factory.mktemp("register") / "register.csv"
    write(file, text_of([["a", "b", "c"], *rows], separator, line_end))
    assert rows_of(file, ("a", "b", "c")) == rows


HEADER = ",".join(COLUMNS)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", [" is empty: its first line must name the columns"]),
        (b"\r\n,,\r\n", [" is empty: its first line must name the columns"]),
        (b"request_ref,subject\na,b\n", [", the line of column names: received_on is not there"]),
        (b"PK\x03\x04\x00\x00\x08\x00", [" is no text in UTF-8, UTF-16 or Windows-1252"]),
        (f"{HEADER}\na,2018-06-18,,,,,,Lost, and found\n",
         [", row 1 below the header: 9 values where the header names 8 columns"]),
        (f"{HEADER}\na,2018-06-18,,,,,,b\n\nc,2018-06-18,,,,d\n",
         [", row 3 below the header: 6 values where the header names 8 columns"]),
        (f'{HEADER}\na,2018-06-18,,,,,,"Lost\n',
         [", row 1 below the header: a quotation mark is opened and not closed"]),
        (f'{HEADER}\na,2018-06-18,,,,,,"Lost" children\n',
         [", row 1 below the header: a quotation mark is opened and not closed, or text follows"]),
        (f"{HEADER}\na,2018-06-18,,,,,,caf".encode() + b"\x81\xe9\n",
         [", row 1 below the header: a character that is none in UTF-8 or Windows-1252"]),
        (b"\xef\xbb\xbf" + f"{HEADER}\na,2018-06-18,,,,,,caf".encode() + b"\xe9\n",
         [" is no text in UTF-8, UTF-16 or Windows-1252"]),
        (f"{HEADER},Received On\na,2018-06-18,,,,,,b,2018-06-18\nc,2018-06-18,,,,,,d,2018-06-19\n",
         [", row 2 below the header, column received_on: the column stands there twice"]),
        (f"{HEADER}\na,b\n" + "c,2018-06-18,,,,,,d,e\n",
         [", row 1 below the header: 2 values", ", row 2 below the header: 9 values"]),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_sentence_for_each_fault(content, said, tmp_path):
    file = tmp_path / "it's [a] register.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataFault) as caught:
        read_register(file)
    assert len(caught.value.sentences) == len(said)
    for sentence, expected in zip(caught.value.sentences, said, strict=True):
        assert sentence.startswith(f"{file}{expected}")
        assert sentence.endswith(".")


def test_only_so_many_faults_are_told(tmp_path):
    file = write(tmp_path / "register.csv", f"{HEADER}\n" + "a,b\n" * 30)
    with pytest.raises(DataFault) as caught:
        read_register(file)
    assert len(caught.value.sentences) == 21
    assert caught.value.sentences[-1] == "… and 10 more: mend these first."


def test_columns_that_are_not_used_are_named_and_rows_keep_their_numbers(tmp_path):
    table = [["Notes", *NEEDED], ["", "", ""], ["x", "a", "2018-06-18"]]
    read = read_register(write(tmp_path / "register.csv", text_of(table)))
    assert read.unused == "notes"
    assert [row[0] for row in read.rows] == [None, "a"]


def faults_of(questions, requests=("a",)):
    """The sentences of `int_question_faults` for questions, each a dictionary of its texts."""
    usual = {
        "request_ref": "a", "question_no": "1", "measure": "occasions_missing",
        "breakdown": "none", "population": "all", "period_basis": "financial_year",
        "first_period": "2017/18", "last_period": "2017/18",
    }  # fmt: skip
    rows = [[(usual | each).get(name, "") for name in QUESTION] for each in questions]
    with duckdb.connect() as connection:
        make_table(connection, "foi_request_questions", list(QUESTION), rows)
        make_table(
            connection,
            "foi_requests",
            list(ALL_COLUMNS),
            [[ref, "2018-06-18", *[""] * (len(ALL_COLUMNS) - 2)] for ref in requests],
        )
        build_model(connection, "int_question_faults")
        found = connection.execute(
            "select source_row, sentence from int_question_faults order by all"
        ).fetchall()
    return found


def test_a_question_is_told_all_that_is_wrong_with_it_in_one_sentence():
    wrong = {"measure": "occasions_mising", "breakdown": "sx", "population": "uasc:si&sex:malle"}
    found = faults_of(
        [{}, wrong, {"question_no": "2"}, {"request_ref": "b", "first_period": "2017"}]
    )
    assert [row for row, _ in found] == [2, 4]
    assert found[0][1].startswith(
        "seeds/requests/foi_request_questions.csv, row 2 below the header: Request a, question 1: "
    )
    for said in (
        '"occasions_mising" is not known; did you mean "occasions_missing"?',
        '"sx" is not known; did you mean "sex"?',
        '"si" is not known',
        '"malle" is not known',
    ):
        assert said in found[0][1]
    assert "its request is not in foi_requests.csv" in found[1][1]
    assert "not read as financial_year" in found[1][1]
    assert not faults_of([{}, {"question_no": "2"}])


def test_a_blank_row_among_the_questions_is_no_question():
    assert not faults_of([{}, dict.fromkeys(QUESTION, ""), {"question_no": "2"}])


@pytest.mark.parametrize(
    ("refs", "rows", "said"),
    [
        (["a", "b", "a"], "rows 1 and 3", "stands in more than one row"),
        (["FOI/1", "foi/1"], "rows 1 and 2", "two packs would share a folder"),
        (["FOI/1", "b", "FOI-1"], "rows 1 and 3", "two packs would share a folder"),
        (["a/b", "A-B.", "a_b"], "rows 1 and 2 and 3", "two packs would share a folder"),
        (["a b", "a–b"], "rows 1 and 2", "two packs would share a folder"),
        (["a", "Con"], "row 2", "Windows keeps for itself"),
        (["lpt1.", "lpt10"], "row 1", "Windows keeps for itself"),
        (["../", "index.html"], "row 1", "neither a letter from A to Z nor a digit"),
    ],
)
def test_references_whose_packs_would_share_a_folder(refs, rows, said):
    [(found, problem)] = register_faults(refs)
    assert found == rows and said in problem


def register_faults(refs):
    """The rows and problems that `dq_request_register` tells of requests with these references."""
    with duckdb.connect() as connection:
        make_table(
            connection, "foi_requests", list(ALL_COLUMNS),
            [[ref, "2018-06-18", *[""] * (len(ALL_COLUMNS) - 2)] for ref in refs],
        )  # fmt: skip
        build_model(connection, "dq_request_register")
        return connection.execute("select source_rows, problem from dq_request_register").fetchall()


@pytest.mark.parametrize(
    ("estimate", "column", "said"),
    [
        (("police notes", "883", "15"), None, None),
        (("", "", ""), None, None),
        (("police notes", "72", "15"), "cost_records", "within the 18.0 hours of section 12"),
        (("police notes", "73", "15"), None, None),
        (("", "883", "15"), "cost_of", "is blank while cost_records or cost_minutes is filled"),
        (("police notes", "many", "15"), "cost_records", 'reads "many", which is no number above'),
        (("police notes", "883", ""), "cost_minutes", "is blank: write how many minutes each"),
        (("police notes", "0", "15"), "cost_records", 'reads "0", which is no number above 0'),
    ],
)
def test_a_refusal_for_its_cost_needs_an_estimate_beyond_the_limit(estimate, column, said):
    values = dict(zip(("cost_of", "cost_records", "cost_minutes"), estimate, strict=True))
    values |= {"request_ref": "r1", "received_on": "2018-06-18"}
    with duckdb.connect() as connection:
        rows = [[values.get(name, "") for name in ALL_COLUMNS]]
        make_table(connection, "foi_requests", list(ALL_COLUMNS), rows)
        build_model(connection, "dq_request_register")
        found = connection.execute(
            "select column_name, problem from dq_request_register"
        ).fetchall()
    assert [name for name, _ in found] == ([column] if column else [])
    assert said is None or said in found[0][1]


def test_what_became_of_a_request_is_read_from_the_register(database: Path, tmp_path: Path) -> None:
    copy = shutil.copy(database, tmp_path)
    with duckdb.connect(copy) as connection:
        connection.execute(
            "update stg_foi_requests set responded_on = date '2018-07-19', fee_notice_on = date "
            "'2018-06-20', cost_of = 'what the police did', cost_records = '883', cost_minutes = "
            "'15' where request_ref = 'foi-2018-0417'"
        )
    with open_warehouse(Path(copy)) as connection:
        handling = read_response(connection, "foi-2018-0417").handling
    # It was due on Tuesday 17 July, since the 12th is a bank holiday in Northern Ireland.
    assert (handling.working_days_late, handling.fee_notice_on) == (2, date(2018, 6, 20))
    estimate = handling.estimate
    assert (estimate.hours, estimate.limit_hours, estimate.records_within) == (220.8, 18, 72)


def test_the_export_refuses_a_reference_that_names_the_pack_of_another(
    database: Path, tmp_path: Path
) -> None:
    """Though the warehouse was built in spite of the register's test."""
    copy = shutil.copy(database, tmp_path)
    with duckdb.connect(copy) as connection:
        connection.execute(
            "insert into dq_request_register values "
            "('FOI/2018/0417', 'rows 1 and 4', 'request_ref', 'shares a folder')"
        )
    with open_warehouse(Path(copy)) as connection:
        with pytest.raises(
            DataFault, match=r"^Request foi-2018-0417: its reference shares a folder"
        ):
            read_response(connection, "foi-2018-0417")
        assert read_response(connection, "foi-2018-0523")


def test_references_that_differ_in_a_letter_or_a_digit_have_folders_of_their_own():
    refs = ["2018/1/11", "2018/11/1", "foi-1", "foi-11", "ledger.csv", "index.html", "con-1", "é1"]
    assert not register_faults(refs)
    assert len({file_stem(ref) for ref in refs}) == len(refs)


@given(st.lists(st.text("aAbB1/-_. é\\:\t", min_size=1, max_size=6), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_no_pack_has_a_folder_that_another_has_or_that_some_system_has_not(refs):
    """As Windows compares names: without case, trailing dots and blanks."""
    refs = [ref for ref in refs if ref.strip()]
    if refs and not register_faults(refs):
        stems = [file_stem(ref) for ref in refs]
        assert len({stem.casefold().rstrip(". ") for stem in stems}) == len(refs)
        assert all(re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", stem) for stem in stems)


def test_a_question_that_stands_twice_is_told_with_the_other_row():
    again = {"first_period": "2016/17"}
    found = faults_of([{}, {"part": "a"}, again, {"measure": "occasions_absent"}])
    assert [row for row, _ in found] == [3]
    assert "question 1: the same is asked in row 1 already. Keep one of the two" in found[0][1]
    assert not faults_of([{}, {"part": "a"}, {"breakdown": "sex"}, {"population": "uasc:yes"}])


def requests_folder(folder, requests, questions, encoding="UTF-8", separator=","):
    """A folder with a register, for FOI_REQUESTS."""
    folder.mkdir()
    for name, table in (("foi_requests", requests), ("foi_request_questions", questions)):
        write(folder / f"{name}.csv", text_of(table, separator, "\r\n"), encoding)
    return folder


ASKED = ["foi-a", "1", "", "“How often?”", "occasions_missing", "none", "all", "financial_year",
         "2017/18", "2017/18"]  # fmt: skip


def test_dbt_reads_a_register_that_a_spreadsheet_saved(tmp_path: Path) -> None:
    requests = requests_folder(
        tmp_path / "it's [a] folder",
        blank_rows(spelt_names(notes_twice([list(COLUMNS), *REQUESTS]))),
        empty_columns([list(QUESTION), ASKED]),
        "Windows-1252",
        ";",
    )
    selected = ["+foi_deadlines", "+int_question_faults"]
    done = run_dbt(["build", "--select", *selected], tmp_path, requests=requests)
    assert done.returncode == 0, done.stdout
    with duckdb.connect(str(tmp_path / "compiled.duckdb"), read_only=True) as connection:
        found = connection.execute(
            "select request_ref, subject, source_row, cast(responded_on as varchar) "
            "from stg_foi_requests order by source_row"
        ).fetchall()
        assert found == [("foi-a", SUBJECT, 1, None), ("FOI/0022", 'says "no"', 3, "2018-07-16")]
        questions = "select wording, source_row from stg_foi_request_questions"
        assert connection.execute(questions).fetchall() == [("“How often?”", 1)]


def test_dbt_tells_every_fault_of_a_register_before_it_reads_a_return(tmp_path: Path) -> None:
    wrong = [*ASKED[:4], "occasions_mising", "sx", *ASKED[6:]]
    late = [*ASKED[:1], "2", *ASKED[2:8], "2017", "2017"]
    requests = requests_folder(
        tmp_path / "requests",
        [list(COLUMNS), *REQUESTS, ["foi/0022", "31/06/2018", *[""] * 6]],
        [list(QUESTION), ASKED, wrong, late],
    )
    done = run_dbt(["build"], tmp_path, requests=requests)
    assert done.returncode != 0
    for said in (
        "foi_requests.csv, rows 2 and 3 below the header, request FOI/0022, column request_ref",
        'foi_requests.csv, row 3 below the header, request foi/0022, column received_on reads "31',
        "foi_request_questions.csv, row 2 below the header: Request foi-a, question 1: the break",
        'the breakdown "sx" is not known; did you mean "sex"?',
        'Also the measure "occasions_mising" is not known; did you mean "occasions_missing"?',
        'row 3 below the header: Request foi-a, question 2: the periods "2017" to "2017"',
    ):  # fmt: skip
        assert said in done.stdout
    assert "Traceback" not in done.stdout
    with duckdb.connect(str(tmp_path / "compiled.duckdb"), read_only=True) as connection:
        tables = connection.execute("select table_name from duckdb_tables()").fetchall()
    assert not [name for (name,) in tables if name.startswith(("stg_ssd", "int_missing_rows"))]


def test_dbt_tells_in_sentences_of_files_that_are_not_there_or_cannot_be_read(
    tmp_path: Path,
) -> None:
    requests = requests_folder(tmp_path / "requests", [], [])
    (requests / "foi_requests.csv").write_bytes(b"PK\x03\x04\x00\x00")
    (requests / "foi_request_questions.csv").unlink()
    done = run_dbt(["build", "--select", "+int_question_faults"], tmp_path, requests=requests)
    assert done.returncode != 0
    assert "foi_requests.csv is no text in UTF-8, UTF-16 or Windows-1252" in done.stdout
    assert "foi_request_questions.csv is not there: put the register there" in done.stdout
    assert "Traceback" not in done.stdout


def test_the_demonstration_register_is_sound() -> None:
    folder = CHECKOUT / "seeds" / "requests"
    assert read_register(folder / "foi_requests.csv").rows
    assert rows_of(folder / "foi_request_questions.csv", QUESTION)
