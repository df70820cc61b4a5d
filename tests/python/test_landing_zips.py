"""Landing: zip files, which are read as folders and never unpacked onto a disk."""

import io
import zipfile

import pytest

from landing_sources import (
    INTERVIEWS,
    RETURN,
    UASC,
    fill,
    only_sentence,
    put,
    refused,
    rows_of,
    values,
)
from missing_from_care.landing import find_files
from missing_from_care.landing.land import land
from return_forms import as_csv, write_workbook


@pytest.fixture
def source(tmp_path):
    """An empty source folder."""
    (tmp_path / "source").mkdir()
    return tmp_path / "source"


@pytest.fixture
def into(tmp_path):
    """Where to land; it does not exist yet."""
    return tmp_path / "landed"


def zipped(files, method=zipfile.ZIP_DEFLATED):
    """A zip file of names and contents."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def below(folder, files):
    """Files with their names below a folder."""
    return {f"{folder}/{name}": content for name, content in files.items()}


@pytest.mark.parametrize(
    ("place", "folder"),
    [
        ("returns.zip", "2017-18"),
        ("returns.zip", "everything/2017-18/final"),
        ("2017-18/return.zip", "final"),
        ("2017-18.ZIP", "sent"),
        ("old/2017-18.zip", "x"),
        ("2017-18/2017-18.zip", "2017-18"),
    ],
)
def test_the_year_of_a_zip_file(source, into, place, folder):
    put(source, place, zipped(below(folder, RETURN)))
    land(source, into, form="csv")
    assert rows_of(into, "ssda903_uasc")[0]["source_file"] == f"{place}/{folder}/u.csv"
    assert {row["collection_year"] for row in rows_of(into, "landed_modules")} == {"2017-18"}


def test_every_form_inside_a_zip_file(source, into, tmp_path):
    uasc = [{"CHILD": "007", "SEX": "1", "DOB": "02/03/2004", "DUC": ""}]
    write_workbook(tmp_path / "u.xlsx", {"uasc": uasc})
    files = {"a/h.csv": RETURN["h.csv"], "e.csv": RETURN["e.csv"], "m.csv": RETURN["m.csv"]}
    files |= {"u.xlsx": (tmp_path / "u.xlsx").read_bytes(), "i.csv": INTERVIEWS, "empty.csv": ""}
    files |= {"__MACOSX/h.csv": "x", "scan.pdf": "x", "b\\copy.txt": as_csv("ssd_person", [])}
    put(source, "2017-18/all.zip", zipped(files))
    report = land(source, into, form="csv")
    assert values(into, "ssda903_uasc") == [("007", "1", "02/03/2004", "", "", "1")]
    assert rows_of(into, "ssda903_uasc")[0]["source_file"] == "2017-18/all.zip/u.xlsx#Uasc"
    assert len(rows_of(into, "landed_modules")) == 6
    assert dict(report.not_used) == {
        "2017-18/all.zip/__MACOSX/h.csv": "made by the program that packed the zip file",
        "2017-18/all.zip/empty.csv": "empty",
        "2017-18/all.zip/scan.pdf": "no CSV, XML, workbook or zip file",
    }


def test_a_zip_file_in_no_year_and_one_in_two(source, into):
    put(source, "returns.zip", zipped(RETURN))
    assert only_sentence(source, into).startswith("The zip file returns.zip holds Episodes")
    (source / "returns.zip").unlink()
    put(source, "2017-18.zip", zipped(below("2016-17", {"u.csv": UASC})))
    assert "stands in 2016-17 and in 2017-18" in refused(source, into)[0]


def swollen():
    """A file of zeros that takes a thousandth of its size."""
    return zipped({"2017-18/u.csv": UASC.encode() + b"0" * (40 << 20)})


def encrypted():
    """A zip file whose directory says that an entry is encrypted."""
    data = bytearray(zipped({"u.csv": UASC}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (zipped({"../u.csv": UASC}), "holds a name that leads out of the zip file"),
        (zipped({"a/../../u.csv": UASC}), "holds a name that leads out of the zip file"),
        (zipped({"a\\..\\u.csv": UASC}), "holds a name that leads out of the zip file"),
        (zipped({"/etc/u.csv": UASC}), "holds a name that leads out of the zip file"),
        (zipped({"C:\\u.csv": UASC}), "holds a name that leads out of the zip file"),
        (zipped({"u\n.csv": UASC}), "holds a name with characters that cannot be shown"),
        (zipped({"a\\u.csv": UASC, "a/u.csv": UASC}), "holds two files of the same name"),
        (zipped({"old.zip": zipped({"u.csv": UASC})}), "holds another zip file"),
        (encrypted(), "is encrypted: unpack it with its password"),
        (swollen(), "swells to more than 200 times its size"),
        (b"x", "is no zip file, or a damaged one"),
        (zipped({"u.csv": UASC})[:-30], "is no zip file, or a damaged one"),
    ],
)
def test_a_zip_file_that_is_refused(source, into, content, expected):
    fill(source / "2017-18", RETURN | {"more.zip": content})
    sentence = only_sentence(source, into)
    assert sentence.startswith("2017-18/more.zip ") and expected in sentence
    assert not (source.parent / "u.csv").exists()


def test_an_entry_that_is_damaged(source, into):
    data = bytearray(zipped(below("2017-18", RETURN), zipfile.ZIP_STORED))
    data[data.index(b"WBRI")] ^= 1
    put(source, "returns.zip", bytes(data))
    sentences = refused(source, into)
    assert any("returns.zip/2017-18/h.csv cannot be read (damaged" in each for each in sentences)


def test_limits_of_zip_files(source, into, monkeypatch):
    put(source, "returns.zip", zipped(below("2017-18", RETURN)))
    monkeypatch.setattr("missing_from_care.landing.find_files.MOST_ENTRIES", 3)
    assert "holds 4 entries, more than 3" in only_sentence(source, into)


def test_what_is_unpacked_lies_where_its_owner_alone_can_read_and_goes(source, into, monkeypatch):
    seen = []
    unpack = find_files._unpack

    def remember(archive, entry, place):
        unpack(archive, entry, place)
        seen.append(place)
        assert all(folder.stat().st_mode & 0o077 == 0 for folder in list(place.parents)[:2])

    monkeypatch.setattr(find_files, "_unpack", remember)
    put(source, "returns.zip", zipped(below("2017-18", RETURN)))
    land(source, into)
    assert len(seen) == 4 and not any(place.exists() for place in seen)
    assert sorted(path.name for path in source.parent.iterdir()) == ["landed", "source"]
