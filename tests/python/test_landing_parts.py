"""Landing as Parquet: the same rows as CSV, and nothing is read again that has not changed."""

import io
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compiled_models
from demonstration.returns import write_demonstration_returns
from landing_sources import EPISODES, INTERVIEWS, MISSING, RETURN, fill, put, rows_of
from missing_from_care.base.faults import DataFault, UsageFault
from missing_from_care.base.project import CHECKOUT, raw_tables
from missing_from_care.landing import land as landing_module
from missing_from_care.landing import parts
from missing_from_care.landing.land import land

XML = """<EXPSSDA903><CHILD>
<HEADER><CHILDID>7</CHILDID><SEX>1</SEX><DOB>02/03/2004</DOB><UASC>1</UASC>
<AMISSING><MISSING>M</MISSING><MIS_START>03/06/2015</MIS_START></AMISSING></HEADER>
<EPISODE><DECOM>01/05/2015</DECOM><LS>C2</LS><PL>U4</PL></EPISODE>
</CHILD></EXPSSDA903>"""
LONG_AGO = 1_500_000_000
WITHOUT_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


def of_year(first):
    """The sound return moved to another year."""
    return {name: text.replace("/2017", f"/{first}") for name, text in RETURN.items()}


def age(source):
    """Gives every file a time of change long ago, another each."""
    for number, path in enumerate(sorted(source.rglob("*"))):
        if path.is_file() and path.stat().st_mtime > LONG_AGO + 10_000:
            os.utime(path, (LONG_AGO + number, LONG_AGO + number))


@pytest.fixture
def source(tmp_path):
    """Four years: CSV files, a zip file, a file in XML, CSV files; and interviews."""
    folder = tmp_path / "source"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in of_year(2014).items():
            archive.writestr(name, text)
    put(folder, "2014-15.zip", packed.getvalue())
    put(folder, "2015-16/return.xml", XML)
    fill(folder / "2016-17", of_year(2016))
    fill(folder / "2017-18", RETURN)
    put(folder, "Jane Doe.csv", INTERVIEWS)
    age(folder)
    return folder


@pytest.fixture
def into(tmp_path):
    """Where to land; it does not exist yet."""
    return tmp_path / "landed"


@pytest.fixture
def opened(monkeypatch):
    """The files that were read for their rows."""
    names = set()
    read = landing_module.read_tables

    def remember(item):
        names.add(item.file.rpartition("/")[2])
        return read(item)

    monkeypatch.setattr(landing_module, "read_tables", remember)
    return names


def as_parquet(source, into, **more):
    return land(source, into, form="parquet", **more)


def contents(folder):
    """The bytes of all files below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def assert_as_from_scratch(source, into):
    """What is landed is, byte for byte, what landing into a new folder gives; nothing is beside."""
    with tempfile.TemporaryDirectory() as folder:
        as_parquet(source, Path(folder) / "scratch")
        assert contents(into) == contents(Path(folder) / "scratch")
    assert [path.name for path in into.parent.iterdir() if path.name.startswith(".")] == []


def rows_in(landed, table):
    """The rows of a raw table in their order, from either form; a blank is none."""
    if not (landed / table).is_dir():
        return [tuple(value or None for value in row.values()) for row in rows_of(landed, table)]
    parts_of_table = sorted(map(str, (landed / table).glob("*.parquet")))
    found = duckdb.connect().execute(
        "from read_parquet(?)", [[re.sub(r"([*?\[])", r"[\1]", part) for part in parts_of_table]]
    )
    assert [each[0] for each in found.description] == list(raw_tables()[table].landed_columns)
    assert {str(each[1]) for each in found.description} == {"VARCHAR"}
    return found.fetchall()


# The same rows


VALUES = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=8
) | st.sampled_from(["", "A1", "a, b", 'say "x"', '"', "two\nlines", "\r", "\r\n", "\\", "NULL"])


ROW = st.lists(VALUES, min_size=4, max_size=4)


@settings(max_examples=12, deadline=None)
@given(rows=st.just([]) | st.lists(ROW, min_size=5, max_size=15))
def test_both_forms_hold_the_same_rows_in_the_same_order(rows):
    quoted = ["CHILD,SEX,DOB,DUC"]
    quoted += [",".join('"' + value.replace('"', '""') + '"' for value in row) for row in rows]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder / "source" / "2017-18", RETURN | {"u.csv": "\n".join(quoted) + "\n"})
        fill(folder / "source" / "2016-17", of_year(2016))
        reports = [land(folder / "source", folder / form, form=form) for form in ("csv", "parquet")]
        assert reports[0].landed == reports[1].landed
        for table in raw_tables():
            assert rows_in(folder / "csv", table) == rows_in(folder / "parquet", table)


def test_rows_as_long_as_they_may_be_fit_into_memory(source, into):
    put(source, "2017-18/u.csv", "CHILD,SEX,DOB,DUC\n" + f"7,,,{'x' * 130_000}\n" * 3_000)
    as_parquet(source, into)
    assert len(rows_in(into, "ssda903_uasc")) == 3_003


def test_staging_is_the_same_from_both_forms(tmp_path):
    """At the demonstration's size, as dbt builds it; its partial parse does not mind the change."""
    write_demonstration_returns(tmp_path / "source", 1)
    landed, found = tmp_path / "it's landed [1]", []
    for form, selected in (("csv", "+path:models/staging"), ("parquet", "path:models/staging")):
        land(tmp_path / "source", landed, form=form)
        done = compiled_models.run_dbt(
            ["build", *WITHOUT_TESTS, "--select", selected], tmp_path, extracts=landed
        )
        assert done.returncode == 0, done.stdout
        with duckdb.connect(str(tmp_path / "compiled.duckdb"), read_only=True) as staged:
            names = staged.execute("select table_name from information_schema.tables").fetchall()
            found.append(
                {
                    name: staged.execute(f"select * from {name} order by all").fetchall()
                    for (name,) in names
                    if name.startswith("stg_")
                }
            )
    assert found[0] == found[1]
    assert len(found[0]["stg_ssda903__missing"]) > 1_000


def test_what_landing_did_not_write_is_never_replaced(source, into):
    as_parquet(source, into)
    assert (into / "ssda903_missing").is_dir() and not (into / "ssda903_missing.csv").exists()
    put(into, "ssda903_missing/mine.txt", "x")
    with pytest.raises(UsageFault, match="did not write"):
        land(source, into)


@pytest.mark.skipif(sys.platform == "win32", reason="rights differ there")
@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_what_is_landed_is_for_its_owner_alone(source, into, form):
    land(source, into, form=form)
    rights = {path.stat().st_mode & 0o077 for path in (into, *into.rglob("*"))}
    assert rights == {0}


# What has not changed is not read again


def changed(source):
    put(source, "2017-18/m.csv", MISSING + MISSING.split("\n")[1] + "\n")
    return {"m.csv"}


def changed_in_one_character(source):
    put(source, "2017-18/m.csv", MISSING.replace(",M,", ",A,"))
    return {"m.csv"}


def removed(source):
    (source / "2016-17" / "u.csv").write_text("CHILD,DUC\n")
    (source / "Jane Doe.csv").unlink()
    return {"u.csv"}


def added(source):
    put(source, "2017-18/county.csv", INTERVIEWS)
    return {"county.csv"}


def renamed(source):
    (source / "2017-18" / "m.csv").rename(source / "2017-18" / "0.csv")
    return {"0.csv"}


def moved_to_another_year(source):
    shutil.rmtree(source / "2016-17")
    (source / "2015-16").rename(source / "2016-17")
    put(source, "2016-17/return.xml", XML.replace("/2015", "/2016"))
    fill(source / "2015-16", of_year(2015))
    return {"return.xml", *RETURN}


def touched(source):
    os.utime(source / "2017-18" / "m.csv")
    os.utime(source / "2015-16" / "return.xml")
    return set()


def a_file_less_in_the_zip(source):
    with zipfile.ZipFile(source / "2014-15.zip", "w") as archive:
        for name, text in of_year(2014).items():
            archive.writestr(name, text.replace("A1", "A2"))
    return set(RETURN) - {"u.csv"}  # The same bytes as before.


@pytest.mark.parametrize(
    "change",
    [
        lambda _: set(),
        changed,
        changed_in_one_character,
        removed,
        added,
        renamed,
        moved_to_another_year,
        touched,
        a_file_less_in_the_zip,
    ],
)
def test_only_what_changed_is_read_and_the_result_is_as_from_scratch(source, into, opened, change):
    as_parquet(source, into)
    expected = change(source)
    opened.clear()
    as_parquet(source, into)
    assert opened == expected
    assert_as_from_scratch(source, into)
    opened.clear()
    report = as_parquet(source, into)
    assert opened == set()
    for each in report.landed:
        assert "unchanged, not read again" in each.notes


def test_a_change_that_its_time_does_not_show_is_seen(source, into):
    file = source / "2017-18" / "m.csv"
    os.utime(file, (LONG_AGO, LONG_AGO))
    as_parquet(source, into)
    put(source, "2017-18/m.csv", MISSING.replace(",M,", ",A,"))
    os.utime(file, (LONG_AGO, LONG_AGO))
    as_parquet(source, into)
    assert_as_from_scratch(source, into)


def test_a_fault_of_a_part_that_was_taken_over_is_found_again(source, into):
    """The dates tell which year a return is of; all files of a year are looked at together."""
    as_parquet(source, into)
    put(source, "2017-18/e.csv", EPISODES.split("\n")[0] + "\n")
    put(source, "2017-18/m.csv", MISSING + "A1,,M,03/06/2009,04/06/2009\n" * 40)
    for _ in range(2):
        with pytest.raises(DataFault, match="The folder 2017-18 does not hold"):
            as_parquet(source, into)


def test_files_with_all_years_are_read_again(source, into, opened):
    header, row, _ = INTERVIEWS.split("\n")
    for name, text in of_year(2013).items():
        header, row, _ = text.split("\n")
        put(source, f"all/{name}", f"YEAR,{header}\n2013-14,{row}\n")
    age(source)
    as_parquet(source, into)
    opened.clear()
    as_parquet(source, into)
    assert opened == set(RETURN)
    assert_as_from_scratch(source, into)


@pytest.mark.parametrize("spoil", ["other version", "cut off", "one byte", "of CSV"])
def test_what_cannot_be_trusted_is_read_again(source, into, opened, monkeypatch, spoil):
    as_parquet(source, into)
    if spoil == "other version":
        monkeypatch.setattr(parts, "_version", lambda: "another")
    elif spoil == "cut off":
        for path in into.glob("*/*.parquet"):
            path.write_bytes(path.read_bytes()[:-20])
    elif spoil == "one byte":
        for path in into.glob("*/*.parquet"):
            data = bytearray(path.read_bytes())
            data[len(data) // 3] ^= 1
            path.write_bytes(data)
    else:
        land(source, into, form="csv")
    opened.clear()
    as_parquet(source, into)
    assert {"m.csv", "return.xml", "Jane Doe.csv"} <= opened
    assert_as_from_scratch(source, into)


def test_one_damaged_table_of_a_file_has_all_of_it_read_again(source, into, opened):
    as_parquet(source, into)
    for path in into.glob("ssda903_header/*.parquet"):
        data = bytearray(path.read_bytes())
        data[10] ^= 1  # of the rows: what tells of the file it was made from is at the end
        path.write_bytes(data)
    opened.clear()
    as_parquet(source, into)
    assert "return.xml" in opened
    assert_as_from_scratch(source, into)


def test_the_refresh_takes_over_what_the_last_one_landed(source, into, tmp_path, opened):
    work = tmp_path / "work" / "landed"
    refresh_of = (source, work, frozenset(), lambda *_: None)
    land(*refresh_of, last=into)
    work.rename(into)
    put(source, "2017-18/m.csv", MISSING + MISSING.split("\n")[1] + "\n")
    opened.clear()
    land(*refresh_of, last=into)
    assert opened == {"m.csv"}
    shutil.rmtree(into)
    work.rename(into)
    assert_as_from_scratch(source, into)


# All or nothing


def test_a_fault_leaves_what_was_landed_and_no_name_of_a_file(source, into):
    as_parquet(source, into)
    before = contents(into)
    put(source, "2017-18/m.csv", MISSING + "x\n")
    with pytest.raises(DataFault, match=r"2017-18/m.csv, row 2 .*found 1 values"):
        as_parquet(source, into)
    assert contents(into) == before
    assert sorted(path.name for path in into.parent.iterdir()) == ["landed", "source"]
    assert not any("Doe" in str(path) for path in into.rglob("*"))


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ there")
def test_killed_at_random_moments_it_ends_as_from_scratch(source, into):
    for name, text in {"m.csv": MISSING, "e.csv": EPISODES}.items():
        for first in (2016, 2017):
            header, row, _ = of_year(first)[name].split("\n") if first != 2017 else text.split("\n")
            put(source, f"{first}-{first - 1999}/{name}", f"{header}\n" + f"{row}\n" * 60_000)
    age(source)
    script = CHECKOUT / "scripts" / "land_extracts.py"
    command = [sys.executable, str(script), str(source), "--into", str(into), "--format", "parquet"]
    chance, kills = random.Random(903), 0
    while kills < 6:
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            assert running.wait(timeout=chance.uniform(0.5, 3)) == 0
            break
        except subprocess.TimeoutExpired:
            running.send_signal(chance.choice([signal.SIGKILL, signal.SIGTERM]))
            running.wait()
            kills += 1
        assert not into.exists() or (into / "landed_modules.csv").exists()
    assert kills
    as_parquet(source, into)
    assert_as_from_scratch(source, into)


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_names_that_a_reader_could_take_for_patterns(source, tmp_path, form):
    odd = tmp_path / "it's [1] * or ?"
    shutil.copytree(source, odd / "source [x]")
    returns = odd / "source [x]" / "2017-18"
    (returns / "m.csv").rename(returns / "[m]'.csv")
    for _ in range(2):
        land(odd / "source [x]", odd / "landed [x]", form=form)
    assert len(rows_in(odd / "landed [x]", "ssda903_missing")) == 4
