"""Landing: files that hold all years, their rows told apart by a column."""

import pytest

from landing_sources import MISSING, RETURN, UASC, fill, only_sentence, put, refused, rows_of
from missing_from_care.landing.land import land
from missing_from_care.landing.years import read_label


@pytest.fixture
def source(tmp_path):
    """An empty source folder."""
    (tmp_path / "source").mkdir()
    return tmp_path / "source"


@pytest.fixture
def into(tmp_path):
    """Where to land; it does not exist yet."""
    return tmp_path / "landed"


def all_years(text, labels):
    """A CSV file whose row is there once for each label, its dates moved to that year."""
    header, row, *_ = text.split("\n")
    rows = [f"{label}," + row.replace("/2017", f"/{first}") for label, first in labels]
    return "\n".join([f"YEAR,{header}", *rows]) + "\n"


def put_all_years(source, labels):
    fill(source / "all", {name: all_years(text, labels) for name, text in RETURN.items()})


@pytest.mark.parametrize("form", ["{0}-{1}", "{0}/{1}", "{0}_{1}", "{0}{1}", "{0}-20{1}"])
def test_rows_go_to_the_year_of_their_column(source, into, form):
    put_all_years(source, [(form.format(2017, 18), 2017), (form.format(2016, 17), 2016)])
    report = land(source, into, form="csv")
    landed = [
        (row["collection_year"], row["source_row"]) for row in rows_of(into, "ssda903_missing")
    ]
    assert landed == [("2016-17", "2"), ("2017-18", "1")]
    assert len(rows_of(into, "landed_modules")) == 8
    notes = next(each.notes for each in report.landed if each.table.module == "Missing")
    assert notes == ("rows of 2016-17 by YEAR",)


@pytest.mark.parametrize(
    ("shift", "names"), [(0, ["2016-17", "2017-18"]), (1, ["2016-17", "2017-18"])]
)
def test_a_bare_year_is_read_as_the_dates_say(source, into, shift, names):
    labels = [(str(first + shift), first) for first in (2016, 2017) for _ in range(3)]
    put_all_years(source, labels)
    land(source, into, form="csv")
    assert sorted({row["collection_year"] for row in rows_of(into, "ssda903_uasc")}) == names


def test_a_bare_year_that_may_be_either_is_refused(source, into):
    put_all_years(source, [("2018", 2017), ("2018", 2018)])
    sentence = next(s for s in refused(source, into) if "single years" in s)
    assert "all/e.csv, all/h.csv, all/m.csv, all/u.csv" in sentence and "`2017-18`" in sentence


def test_a_value_that_is_no_year(source, into):
    put_all_years(source, [("2017-18", 2017), ("2017-19", 2017), ("", 2017)])
    sentences = refused(source, into)
    assert len(sentences) == 8 and "all/e.csv, row 2 below the header, column YEAR" in sentences[0]
    assert "2017-19" not in "".join(sentences)


def test_a_year_between_others_without_a_row_has_none(source, into):
    put_all_years(source, [(f"{year}-{year - 1999}", year) for year in (2015, 2016, 2017)])
    put(source, "all/u.csv", all_years(UASC, [("2015-16", 2015), ("2017-18", 2017)]))
    land(source, into, form="csv")
    uasc = [row for row in rows_of(into, "landed_modules") if row["raw_table"] == "ssda903_uasc"]
    assert [row["rows_landed"] for row in uasc] == ["1", "0", "1"]
    put(source, "all/u.csv", all_years(UASC, [("2016-17", 2016), ("2017-18", 2017)]))
    assert "2015-16 has no UASC" in only_sentence(source, into)


def test_in_a_folder_of_a_year_the_column_is_an_extra_one(source, into):
    fill(source / "2017-18", RETURN | {"m.csv": all_years(MISSING, [("2099", 2017)])})
    land(source, into, form="csv")
    assert rows_of(into, "ssda903_missing")[0]["collection_year"] == "2017-18"


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2017–18", 2017),
        (" 1999-00 ", 1999),
        ("201718.0", 2017),
        ("2018.0", 2018),
        ("2017-2018", 2017),
    ]
    + [(wrong, None) for wrong in ("2017-17", "17-18", "2017-1", "2017-2019", "x", "", "٢٠١٧")],
)
def test_labels_of_years(text, year):
    label = read_label(text)
    assert (label.year if label else None) == year
