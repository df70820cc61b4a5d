"""The ledger: exact, only ever added to, and no row of it can be lost without a sentence."""

import csv
import json
import random
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

import forked
from missing_from_care.base.faults import DataFault
from missing_from_care.base.project import CHECKOUT
from missing_from_care.disclosure.forms import Figure
from missing_from_care.disclosure.ledger import (
    COLUMNS,
    ENTERED,
    RELEASED,
    Added,
    Released,
    add_to_ledger,
    holding,
    read_ledger,
    read_rows,
    seed_of,
    withdraw,
)
from missing_from_care.pack import making

REQUEST = "foi-2018-0417"
DAY = date(2018, 7, 16)
OCCASIONS = Figure("occasions_missing", date(2017, 4, 1), date(2018, 3, 31), False)
BY_SEX = replace(OCCASIONS, conditions=(("sex", "male"), ("uasc", "yes")))
OF_THOSE = replace(
    OCCASIONS, conditions=(("times_missing_band", "2_to_5"),), row=(("quarter", "2017/18 Q1"),)
)
NUMBERS = [0.1 + 0.2, 1e15, 45.0, 0.0, 843.0, 12.3, 1 / 3, 123456789.123]


def row(figure: Figure = OCCASIONS, shown: float | None = 843.0, **more) -> Released:
    usual = Released(DAY, REQUEST, RELEASED, "0" * 64, figure, shown, shown, shown)
    return replace(usual, **more)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.csv"


def test_every_number_is_read_as_it_was_written(file: Path) -> None:
    rows = [row(request_ref=f"foi-{n}", shown=number) for n, number in enumerate(NUMBERS)]
    add_to_ledger(file, rows)
    assert read_ledger(file) == rows
    shown = [each["shown"] for each in read_rows(file)[1:]]
    assert shown[:4] == ["0.30000000000000004", "1000000000000000", "45", "0"]


def test_a_range_a_withheld_number_and_what_nobody_counted(file: Path) -> None:
    rows = [
        row(low=839.0, high=842.0, counted=839.0),
        row(BY_SEX, None, counted=3.0),
        row(OF_THOSE, None, event=ENTERED, file_sha256="", request_ref='foi "1", a'),
    ]
    add_to_ledger(file, rows)
    assert read_ledger(file) == rows
    assert [each["shown"] for each in read_rows(file)] == ["", "839..842", "[c]", "[c]"]
    assert [each["counted"] for each in read_rows(file)] == ["", "839", "3", ""]


def test_it_is_only_added_to_and_is_its_owners_alone(file: Path) -> None:
    add_to_ledger(file, [row()])
    before, seed = file.read_bytes(), seed_of(file)
    add_to_ledger(file, [row(BY_SEX, 47.0)])
    assert file.read_bytes().startswith(before)
    assert file.stat().st_mode & 0o077 == 0
    assert (seed_of(file), len(seed)) == (seed, 32)


def test_a_ledger_begins_with_the_seed_that_cover_was_chosen_by(file: Path) -> None:
    seed = seed_of(file)
    assert not file.exists()
    assert seed_of(file) != seed
    add_to_ledger(file, [row()], seed)
    assert seed_of(file) == seed


def test_every_version_of_a_figure_stays_the_oldest_first(file: Path) -> None:
    """44, then 43, then 44 again; what is said twice in a row stands once."""
    rows = [row(shown=each, released_on=date(2018, 7, n + 1)) for n, each in enumerate([44, 43])]
    again = row(shown=44, released_on=date(2018, 7, 3))
    for each in (*rows, rows[1], again, again):
        add_to_ledger(file, [each])
    letter = row(shown=40, released_on=date(2016, 1, 1), event=ENTERED, request_ref="foi-2015-1")
    add_to_ledger(file, [letter])
    assert read_ledger(file) == [letter, *rows, again]
    assert read_ledger(file, 3) == rows


def test_what_was_withdrawn_counts_as_never_released_until_it_is_released_again(
    file: Path,
) -> None:
    other = row(request_ref="foi-2", shown=7.0)
    add_to_ledger(file, [row(), other])
    assert withdraw(file, REQUEST, DAY, "never sent") == 1
    assert read_ledger(file) == [other]
    assert read_ledger(file, 3) == [row(), other]
    with pytest.raises(DataFault, match=f"holds no figure of request {REQUEST}"):
        withdraw(file, REQUEST, DAY, "never sent")
    add_to_ledger(file, [row()])
    assert read_ledger(file) == [other, row()]


@pytest.fixture
def long(file: Path) -> Path:
    """A ledger with something of everything."""
    add_to_ledger(file, [row(shown=float(n), request_ref=f"foi-{n % 7}") for n in range(40)])
    withdraw(file, "foi-3", DAY, "never sent")
    add_to_ledger(file, [row(BY_SEX, None, request_ref="foi-3", counted=2.0)])
    return file


@pytest.mark.parametrize("seed", range(60))
def test_no_row_is_changed_lost_put_in_or_moved_without_a_sentence(long: Path, seed: int) -> None:
    """What is cut off at the end of a line is for the packs beside it to tell."""
    choice = random.Random(seed)
    lines = long.read_text().splitlines(keepends=True)
    at = choice.randrange(1, len(lines) - 1)
    kind = ("change", "lose", "repeat", "swap")[seed % 4]
    if kind == "change":
        fields = next(csv.reader([lines[at]]))
        column = choice.randrange(len(fields))
        fields[column] = fields[column][:-1] + ("1" if fields[column][-1:] != "1" else "2")
        lines[at] = ",".join(f'"{each}"' for each in fields) + "\n"
    elif kind == "lose":
        del lines[at]
    elif kind == "repeat":
        lines.insert(at, lines[at])
    else:
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
    long.write_text("".join(lines))
    with pytest.raises(DataFault, match=r"row \d+.* restore it from a backup") as fault:
        read_ledger(long)
    assert len(fault.value.sentences) == 1


def test_a_changed_row_is_found_wherever_it_stands(long: Path) -> None:
    """The first figure that was ever released, too."""
    lines = long.read_text().splitlines(keepends=True)
    for at in range(2, len(lines)):
        changed = [
            line.replace("foi-", "foo-", 1) if n == at else line for n, line in enumerate(lines)
        ]
        long.write_text("".join(changed))
        with pytest.raises(DataFault, match=rf", row {at}: the hash"):
            read_rows(long)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is empty"),
        (b"\xff\xfe", "cannot be read"),
        (b'"a', "cannot be read"),
        (b"a,b\n", "the header is not that of the ledger"),
        (f"{','.join(COLUMNS)}\n".encode(), "breaks off after row 0"),
        (b"released_on,request_ref,measure,box,value\n", "by an earlier version of this program"),
    ],
)
def test_what_is_no_ledger_stops_everything(file: Path, text: bytes, said: str) -> None:
    file.write_bytes(text)
    for read in (read_ledger, seed_of):
        with pytest.raises(DataFault, match=said) as fault:
            read(file)
        assert (fault.value.status, len(fault.value.sentences)) == (3, 1)


@pytest.mark.parametrize("cut", [1, 2, 40, 64, 66])
def test_a_last_line_that_breaks_off_stops_everything(long: Path, cut: int) -> None:
    long.write_bytes(long.read_bytes()[:-cut])
    with pytest.raises(DataFault, match="restore it from a backup"):
        read_ledger(long)


def command(script: str, *options: str | Path) -> subprocess.CompletedProcess[str]:
    return forked.run([CHECKOUT / "scripts" / script, *options])


def export(database: Path, out: Path, ref: str = REQUEST) -> subprocess.CompletedProcess[str]:
    return command("export_response.py", "--request", ref, "--database", database, "--out", out)


@pytest.fixture(scope="module")
def exported(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one pack and its ledger."""
    out = tmp_path_factory.mktemp("exported")
    assert export(database, out).returncode == 0
    return out


@pytest.fixture
def out(exported: Path, tmp_path: Path) -> Path:
    """The same for a test to spoil."""
    return shutil.copytree(exported, tmp_path / "responses")


def cut_off(ledger: Path) -> None:
    ledger.write_text("".join(ledger.read_text().splitlines(keepends=True)[:-1]))


def files_but_locks(folder: Path) -> dict[Path, bytes]:
    """The files below a folder; a lock says who had it last."""
    return {
        path: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (Path.unlink, "is not there, with which pack foi-2018-0417 was released"),
        (lambda ledger: ledger.write_bytes(b""), "is empty"),
        (cut_off, "lost rows that pack foi-2018-0417 was released with"),
        (
            lambda ledger: (ledger.unlink(), add_to_ledger(ledger, [row()])),
            "lost rows that pack foi-2018-0417 was released with",
        ),
    ],
)
def test_a_ledger_that_lost_rows_while_packs_lie_beside_it_stops_the_export(
    out: Path, database: Path, spoil, said: str
) -> None:
    spoil(out / "ledger.csv")
    before = files_but_locks(out)
    done = export(database, out, "foi-2018-0523")
    assert done.returncode == 3
    (sentence,) = done.stderr.splitlines()
    assert said in sentence
    assert "restore it from a backup" in sentence
    assert files_but_locks(out) == before


def test_a_pack_that_does_not_say_what_the_ledger_held_stops_the_export(
    out: Path, database: Path
) -> None:
    (out / REQUEST / "private" / "provenance.json").unlink()
    done = export(database, out, "foi-2018-0523")
    assert done.returncode == 3
    assert "does not say what the ledger held" in done.stderr


def test_a_pack_says_what_the_ledger_held(exported: Path) -> None:
    rows = read_rows(exported / "ledger.csv")
    record = json.loads((exported / REQUEST / "private" / "provenance.json").read_text())
    assert record["ledger"] == {"rows_before": 0, "rows": len(rows), "chain": rows[-1]["chain"]}
    assert all(each.counted is not None for each in read_ledger(exported / "ledger.csv"))
    released = read_ledger(exported / "ledger.csv")
    withheld = [each for each in released if each.low is None or each.low < each.high]
    assert {each.counted for each in withheld} >= {1.0, 2.0, 3.0, 4.0}
    assert all(each.low <= each.counted <= each.high for each in withheld if each.low is not None)


@pytest.fixture
def newer(database: Path, tmp_path: Path) -> Path:
    """A warehouse in which a text of the request was mended after the answer was sent."""
    copy = shutil.copy(database, tmp_path / database.name)
    with duckdb.connect(str(copy)) as connection:
        connection.execute("update stg_foi_requests set subject = 'Another subject'")
    return Path(copy)


def test_a_pack_that_was_sent_is_never_replaced(out: Path, newer: Path) -> None:
    sent = {path: path.read_bytes() for path in (out / REQUEST).rglob("*") if path.is_file()}
    ledger = (out / "ledger.csv").read_bytes()
    done = export(newer, out)
    assert done.returncode == 0, done.stderr
    assert {path: path.read_bytes() for path in sent} == sent
    second = out / f"{REQUEST}-v2"
    entry = json.loads((second / "public" / "disclosure-log.json").read_text())
    assert (entry["version"], entry["replaces"], entry["revised"]) == (2, REQUEST, [])
    assert entry["responded_on"] == date.today().isoformat()
    page = (out / "index.html").read_text()
    assert f'href="{REQUEST}-v2/public/response.html">a later version of this response' in page
    assert f'href="{REQUEST}/public/response.html">the version before' in page
    assert (out / "ledger.csv").read_bytes() == ledger
    files = files_but_locks(out)
    assert export(newer, out).returncode == 0
    assert files_but_locks(out) == files
    for folder, base in ((second, newer), (out / REQUEST, newer)):
        done = command("export_response.py", "--verify", folder, "--database", base)
        assert done.returncode == (0 if folder == second else 3), done.stderr


def test_a_pack_that_was_withdrawn_or_not_sent_is_replaced(out: Path, newer: Path) -> None:
    withdraw(out / "ledger.csv", REQUEST, DAY, "never sent")
    assert export(newer, out).returncode == 0
    with duckdb.connect(str(newer)) as connection:
        connection.execute("update stg_foi_requests set responded_on = null")
    withdraw(out / "ledger.csv", REQUEST, DAY, "sent to nobody")
    for subject in ("A third", "A fourth"):
        with duckdb.connect(str(newer)) as connection:
            connection.execute("update stg_foi_requests set subject = ?", [subject])
        assert export(newer, out).returncode == 0
        page = (out / REQUEST / "public" / "response.html").read_text()
        assert subject in page
    assert not (out / f"{REQUEST}-v2").exists()


def test_a_pack_of_another_request_is_not_replaced(out: Path, newer: Path) -> None:
    with duckdb.connect(str(newer)) as connection:
        for table in ("stg_foi_requests", "stg_foi_request_questions", "foi_answers"):
            connection.execute(f"update {table} set request_ref = upper(request_ref)")
        connection.execute(
            "create or replace table foi_deadlines as select upper(request_ref) "
            "as request_ref, * exclude (request_ref) from foi_deadlines"
        )
    done = export(newer, out, REQUEST.upper())
    assert done.returncode == 3
    assert f"holds the pack of request {REQUEST}" in done.stderr


def test_a_new_version_says_which_figures_were_revised(out: Path, newer: Path) -> None:
    """An occasion more of a child who was missing before."""
    with duckdb.connect(str(newer)) as connection:
        connection.execute(
            "insert into int_answer_facts from int_answer_facts where counts_as = 'missing' and "
            "uasc = 'no' and from_day between date '2016-04-01' and date '2017-03-31' "
            "order by all limit 1"
        )
        connection.execute(
            "update foi_answers set value = value + 1 where period = '2016/17' "
            "and population = 'all' and measure in "
            "('occasions_missing', 'occasions_missing_or_absent')"
        )
    done = export(newer, out)
    assert done.returncode == 0, done.stderr
    assert f"{REQUEST}-v2" in done.stdout
    second = out / f"{REQUEST}-v2" / "public"
    entry = json.loads((second / "disclosure-log.json").read_text())
    assert entry["revised"] == [
        "Occasions missing, 2016/17",
        "Occasions missing or absent, 2016/17",
    ]
    assert "Figures revised: Occasions missing, 2016/17" in (out / "index.html").read_text()
    assert "Revised since it was first released on 16 July 2018." in (
        (second / "response.html").read_text()
    )
    figure = replace(OCCASIONS, first_day=date(2016, 4, 1), last_day=date(2017, 3, 31))
    versions = [each for each in read_ledger(out / "ledger.csv") if each.figure == figure]
    assert [(each.low, each.released_on) for each in versions] == [(43, DAY), (44, date.today())]


LETTER = """request_ref,released_on,measure,breakdown,category,population,period_basis,period,value
foi-2010-1,2010-06-01,occasions_missing,,,,financial_year,2009/10,"1,234"
foi-2010-1,2010-06-01,occasions_missing,sex,male,uasc:yes,financial_year,2009/10,[c]
foi-2010-1,2010-06-01,uasc_children_at_end,,,,financial_year,2009/10,5..9
foi-2010-1,2010-06-01,children_missing,quarter,2009/10 Q1,times_missing_band:once,range,{}
"""
PERIOD = "2009-04-01..2009-06-30,7"


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    file = tmp_path / "letter.csv"
    file.write_text(LETTER.format(PERIOD))
    return file


def enter(letter: Path, database: Path, out: Path) -> subprocess.CompletedProcess[str]:
    return command("ledger.py", "enter", letter, "--database", database, "--out", out)


def test_the_figures_of_an_earlier_letter_are_entered_once(
    letter: Path, database: Path, tmp_path: Path
) -> None:
    """No return is landed for 2009/10; what is entered twice stands once."""
    for said in ("4 of 4 figures", "0 of 4 figures"):
        done = enter(letter, database, tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert said in done.stdout
    usual = row(event=ENTERED, file_sha256="", request_ref="foi-2010-1")
    usual = replace(usual, released_on=date(2010, 6, 1))
    year = replace(OCCASIONS, first_day=date(2009, 4, 1), last_day=date(2010, 3, 31))
    at_end = replace(year, measure="uasc_children_at_end")
    of_those = replace(
        year,
        measure="children_missing",
        last_day=date(2009, 6, 30),
        conditions=(("times_missing_band", "once"),),
        row=(("quarter", "2009/10 Q1"),),
    )
    expected = [
        (year, 1234, 1234, 1234),
        (replace(year, conditions=(("sex", "male"), ("uasc", "yes"))), None, None, None),
        (at_end, 5, 9, None),
        (of_those, 7, 7, 7),
    ]
    assert read_ledger(tmp_path / "ledger.csv") == [
        replace(usual, figure=figure, low=low, high=high, counted=counted)
        for figure, low, high, counted in expected
    ]


def test_a_figure_entered_by_hand_is_the_one_that_an_export_releases(
    letter: Path, exported: Path, database: Path, tmp_path: Path
) -> None:
    """Every figure of the pack, entered in the words of the register, is the same figure."""
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(
            "select distinct measure, breakdown, category, population, period, value "
            "from foi_answers where request_ref = ?",
            [REQUEST],
        ).fetchall()
    with letter.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(LETTER.splitlines()[0].split(","))
        for measure, breakdown, category, population, period, value in rows:
            words = (measure, breakdown, category, population, "financial_year", period)
            writer.writerow(("foi-2018-1", DAY, *words, value))
    assert enter(letter, database, tmp_path).returncode == 0
    by_hand = {each.figure for each in read_ledger(tmp_path / "ledger.csv")}
    assert by_hand == {each.figure for each in read_ledger(exported / "ledger.csv")}


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("occasions_missing,", "occasions_mising,", 'did you mean "occasions_missing"?'),
        ("male", "mal", 'category "mal" is not one of sex; did you mean "male"?'),
        ("uasc:yes", "uasc:maybe", 'the population "maybe" is not known'),
        ("sex", "sexes", 'the breakdown "sexes" is not known'),
        ("2009/10 Q1", "June", 'category "June" is no quarter'),
        ("financial_year,2009/10", "financial_year,2009", 'the periods "2009" to "2009" are not'),
        ("financial_year,2009/10", "financial_year,2008/09..2009/10", "write a row for each"),
        ("[c]", "few", 'value "few" is not read'),
        ('"1,234"', '"12,34"', 'value "12,34" is not read'),
        ("5..9", "9..5", 'value "9..5" is not read'),
        (",7", ",-7", 'value "-7" is not read'),
        ("2010-06-01", "01/06/2010", 'released_on "01/06/2010" is no day'),
        ("2010-06-01", "2310-06-01", "has not come yet"),
        ("foi-2010-1", "", "request_ref is blank"),
        ("measure", "what", "measure is not there"),
    ],
)
def test_a_wrong_word_is_named_with_its_row_and_nothing_is_entered(
    letter: Path, database: Path, tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    letter.write_text(letter.read_text().replace(right, wrong, 1))
    done = enter(letter, database, tmp_path / "out")
    assert done.returncode == 3
    (sentence,) = done.stderr.splitlines()
    assert said in sentence
    assert "letter.csv" in sentence
    assert not (tmp_path / "out" / "ledger.csv").exists()


def test_the_command_withdraws_shows_and_checks(out: Path) -> None:
    def ledger(*options: str) -> subprocess.CompletedProcess[str]:
        return command("ledger.py", *options, "--out", str(out))

    done = ledger("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "60 rows, 59 figures that count, 1 packs beside it" in " ".join(done.stdout.split())
    assert ledger("withdraw", "foi-1999-1", "--reason", "never sent").returncode == 3
    assert ledger("withdraw", REQUEST, "--reason", " ").returncode == 2
    done = ledger("withdraw", REQUEST, "--reason", "the request was withdrawn")
    assert (done.returncode, done.stderr) == (0, "")
    assert "59 figures" in done.stdout
    today = date.today().isoformat()
    assert json.loads(ledger("show", "--json").stdout) == [
        {
            "request_ref": REQUEST,
            "day": "2018-07-16",
            "event": "released",
            "figures": 59,
            "withheld": 15,
            "reason": "",
        },
        {
            "request_ref": REQUEST,
            "day": today,
            "event": "withdrawn",
            "figures": 0,
            "withheld": 0,
            "reason": "the request was withdrawn",
        },
    ]
    assert "withdrawn" in ledger("show").stdout
    cut_off(out / "ledger.csv")
    assert ledger("check").returncode == 0
    cut_off(out / "ledger.csv")
    for options in (["check"], ["withdraw", REQUEST, "--reason", "never sent"]):
        done = ledger(*options)
        assert done.returncode == 3
        assert f"lost rows that pack {REQUEST} was released with" in done.stderr


def test_nothing_is_entered_or_withdrawn_while_an_export_is_at_work(
    out: Path, letter: Path, database: Path
) -> None:
    before = (out / "ledger.csv").read_bytes()
    with holding(out / "ledger.csv"):
        for done in (
            enter(letter, database, out),
            command("ledger.py", "withdraw", REQUEST, "--reason", "never sent", "--out", out),
        ):
            assert done.returncode == 5
            assert "Wait until it has ended" in done.stderr
    assert (out / "ledger.csv").read_bytes() == before


def test_a_folder_without_a_ledger_says_so(tmp_path: Path) -> None:
    done = command("ledger.py", "check", "--out", tmp_path)
    assert done.returncode == 0
    assert "There is no ledger in" in done.stdout


def test_the_ledger_is_written_before_the_pack_is_there(
    database: Path, tmp_path: Path, monkeypatch
) -> None:
    """A run that is killed between the two may name what is not published, never the other way."""
    was_there, write = [], making.ledger.write_ledger

    def noting(file: Path, added: Added) -> None:
        was_there.append((tmp_path / REQUEST).exists())
        write(file, added)

    monkeypatch.setattr(making.ledger, "write_ledger", noting)
    with making.making_pack(database, REQUEST, tmp_path) as pack:
        making.write_pack(pack, DAY)
    assert was_there == [False]
    assert (tmp_path / REQUEST / "public").is_dir()
