"""Landing: the return as XML."""

from itertools import pairwise

import pytest

from landing_sources import RETURN, UASC, fill, only_sentence, put, refused, rows_of, values
from missing_from_care.landing import land as landing_module
from missing_from_care.landing.land import land

CHILD = """<CHILD>
  <HEADER><CHILDID>007</CHILDID><SEX>1</SEX><DOB>02/03/2004</DOB><ETHNIC>WBRI</ETHNIC><UASC />
    <AMISSING><MISSING>M</MISSING><MIS_START>03/06/2017</MIS_START><MIS_END /></AMISSING>
    <AREVIEW><REVIEW>01/02/2018</REVIEW></AREVIEW>
  </HEADER>
  <EPISODE><DECOM>01/05/2017</DECOM><LS>C2</LS><PL>U4</PL><DEC>
    30/11/2017
  </DEC></EPISODE>
</CHILD>"""


@pytest.fixture
def source(tmp_path):
    """An empty source folder."""
    (tmp_path / "source").mkdir()
    return tmp_path / "source"


@pytest.fixture
def into(tmp_path):
    """Where to land; it does not exist yet."""
    return tmp_path / "landed"


def as_return(children):
    """A return in XML."""
    return f'<?xml version="1.0" encoding="utf-8"?><EXPSSDA903>{children}</EXPSSDA903>'


def test_a_return_in_xml(source, into):
    put(source, "2017-18/return.xml", as_return(CHILD))
    land(source, into, form="csv")
    assert values(into, "ssda903_header") == [("007", "1", "02/03/2004", "WBRI", "", "", "", "1")]
    assert values(into, "ssda903_missing") == [("007", "02/03/2004", "M", "03/06/2017", "", "1")]
    episode = rows_of(into, "ssda903_episodes")[0]
    assert (episode["place"], episode["dec"]) == ("U4", "30/11/2017")
    assert episode["source_file"] == "2017-18/return.xml"
    assert rows_of(into, "ssda903_uasc") == []
    assert [row["rows_landed"] for row in rows_of(into, "landed_modules")] == ["1", "1", "1", "0"]


@pytest.mark.parametrize(
    ("flag", "landed"),
    [
        ("<UASC>1</UASC><DUC>05/06/2022</DUC>", [("05/06/2022", "1")]),
        ("<UASC>1</UASC><DUC />", [("", "1")]),
        ("<UASC>0</UASC><DUC>05/06/2022</DUC>", [("05/06/2022", "0")]),
        ("<UASC/><DUC>05/06/2022</DUC>", [("05/06/2022", "")]),
        ("<UASC>2</UASC>", [("", "2")]),
        ("<UASC>0</UASC><DUC> </DUC>", []),
        ("<UASC/>", []),
        ("", []),
    ],
)
def test_the_uasc_flag_of_xml_stays_beside_duc(source, into, flag, landed):
    put(source, "2017-18/r.xml", as_return(CHILD.replace("<UASC />", flag)))
    land(source, into, form="csv")
    assert [(row["duc"], row["uasc_flag"]) for row in rows_of(into, "ssda903_uasc")] == landed


def test_xml_rows_are_numbered_by_their_kind_and_speak_for_themselves(source, into):
    own = "<CHILD><CHILDID>A</CHILDID><EPISODE><DECOM>01/05/2017</DECOM></EPISODE><AMISSING>"
    own += "<DOB>05/05/2005</DOB><MISSING>A</MISSING></AMISSING></CHILD>"
    text = as_return(CHILD + own + CHILD).replace("utf-8", "utf-16").encode("utf-16")
    put(source, "2017-18/r.XML", text)
    land(source, into, form="csv")
    assert [row[0] + row[-1] for row in values(into, "ssda903_header")] == ["0071", "0072"]
    assert [row[0] + row[-1] for row in values(into, "ssda903_episodes")] == ["0071", "A2", "0073"]
    assert values(into, "ssda903_missing")[1] == ("A", "05/05/2005", "A", "", "", "2")


def test_xml_that_is_no_return_is_not_used(source, into):
    fill(source / "2017-18", RETURN | {"census.xml": "<Message><Children/></Message>"})
    assert land(source, into, form="csv").not_used == (
        ("2017-18/census.xml", "XML, but no annual return"),
    )


LAUGHS = '<!DOCTYPE EXPSSDA903 [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise("abcdefghi")
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (LAUGHS + "]>" + as_return("&i;").partition("?>")[2], "a document type (DOCTYPE)"),
        (
            '<!DOCTYPE EXPSSDA903 [<!ENTITY x SYSTEM "file:///etc/passwd">]><EXPSSDA903>&x;',
            "a document type (DOCTYPE)",
        ),
        ('<!DOCTYPE x SYSTEM "http://example.org/x.dtd"><EXPSSDA903/>', "a document type"),
        (as_return("&nbsp;"), "does not read as XML"),
        (as_return(CHILD)[:-20], "does not read as XML"),
        (as_return("<CHILD>\xff").encode("latin-1"), "does not read as XML"),
        ("CHILD,SEX,DOB,DUC\n", "does not read as XML"),
        (as_return(CHILD).replace("utf-8", "klingon"), "does not read as XML"),
        (as_return("<EPISODE></EPISODE>"), "the element 'EPISODE' stands where"),
        (as_return("<CHILD><HEADER/><HEADER/></CHILD>"), "more than one HEADER"),
        (as_return("<CHILD><A><HEADER/></A></CHILD>"), "the element 'HEADER' stands where"),
        (
            as_return("<CHILD><EPISODE><LS>C2</LS><LS>V4</LS></EPISODE></CHILD>"),
            "'LS' twice with different values",
        ),
        (as_return("<CHILD>" + "<a>" * 60), "stands where the return has none"),
        (as_return(f"<CHILD><HEADER><UPN>{'9' * 1_000_001}"), "more than 1,000,000 characters"),
        (as_return(f"<!--{'x' * 4_200_000}"), "comment or tag that does not end"),
    ],
)
def test_xml_that_is_refused(source, into, content, expected):
    put(source, "2017-18/r.xml", content)
    sentence = refused(source, into)[0]
    assert sentence.startswith("2017-18/r.xml, line ") and expected in sentence
    assert "V4" not in sentence and "root" not in sentence


def test_xml_that_changes_while_it_is_read(source, into, monkeypatch):
    put(source, "2017-18/r.xml", as_return(CHILD))
    read = landing_module.read_tables

    def read_and_change(item):
        tables = read(item)
        put(source, "2017-18/r.xml", as_return(CHILD + CHILD))
        return tables

    monkeypatch.setattr(landing_module, "read_tables", read_and_change)
    assert "2017-18/r.xml changed while it was read" in refused(source, into)[0]


def test_the_same_module_in_two_forms_is_there_twice(source, into):
    fill(source / "2017-18", {"u.csv": UASC, "return.xml": as_return(CHILD)})
    assert "UASC 2 times: 2017-18/return.xml, 2017-18/u.csv" in only_sentence(source, into)


def test_a_return_in_xml_below_another_year(source, into):
    """All its tables have one file's name; that the last has no dates must not hide the others'."""
    amissing = CHILD.split("\n")[2]
    ended = amissing.replace("<MIS_END />", "<MIS_END>04/06/2017</MIS_END>")
    put(source, "2019-20/return.xml", as_return(CHILD.replace(amissing, ended * 6)))
    assert "The folder 2019-20 does not hold what its name says" in only_sentence(source, into)
