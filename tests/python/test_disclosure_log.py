"""The disclosure log: what an entry says of its files, and the page that lists the entries."""

import json
import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree

import pytest

from missing_from_care.base.faults import ProtectionFault
from missing_from_care.base.warehouse import open_warehouse
from missing_from_care.disclosure.assessment import refusal
from missing_from_care.pack.disclosure_log import disclosure_log_entry, log_pages, write_index
from missing_from_care.response.answers import Estimate, Response
from pack_cases import AUTHORITY, REFUSAL, nasty, protected
from read_page import Element, read_page

FILES = {
    "response.html": b"<!DOCTYPE html>",
    "foi-2018-0417.ods": b"",
    "question-1.csv": b"",
    "a.csv-metadata.json": b"{}",
}
ATOM = "{http://www.w3.org/2005/Atom}"


def log_page(entries: Iterable[bytes]) -> Element:
    """The page over these entries."""
    return read_page(log_pages(entries)["index.html"])


def test_an_entry_says_what_was_asked_and_gives_the_files(responses: dict[str, Response]) -> None:
    entry = json.loads(disclosure_log_entry(protected(responses["foi-2018-0417"]), FILES))
    assert entry["reference"] == "foi-2018-0417"
    assert entry["title"] == "Looked-after children who went missing"
    assert (entry["received_on"], entry["responded_on"]) == ("2018-06-18", "2018-07-16")
    assert [each["question"] for each in entry["asked"]] == ["1", "2a", "2b", "2c", "2d", "3", "4"]
    assert entry["asked"][-1]["wording"].endswith("asylum-seeking children go missing?")
    assert "Occasions hurt or harmed physically" in entry["summary"]
    assert {"freedom of information", "Children looked after"} <= set(entry["keywords"])
    assert entry["licence"]["id"] == "OGL-UK-3.0"
    assert [(each["name"], each["bytes"], each["sha256"]) for each in entry["files"]] == [
        (name, len(data), sha256(data).hexdigest()) for name, data in FILES.items()
    ]


def shown(response: Response, *values: float | str | None) -> Response:
    """A protected response with these answers: a figure, `[x]`, `[z]`, or None if withheld."""
    table = response.tables[0]
    answers = tuple(
        replace(
            table.answers[0],
            period=str(number),
            value=value if isinstance(value, float) else None,
            marker=value if isinstance(value, str) else None,
            is_withheld=value is None,
            note=None,
        )
        for number, value in enumerate(values)
    )
    return replace(
        response,
        tables=(replace(table, answers=answers),),
        is_protected=True,
        refusal=REFUSAL if None in values else (),
    )


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ((3.0, 0.0), "Released in full"),
        ((3.0, "[z]"), "Released in full"),
        ((3.0, None), "Released in part"),
        ((3.0, "[x]"), "Released in part"),
        ((None, None), "Withheld"),
        ((None, "[x]"), "Withheld"),
        (("[x]", "[x]"), "Not held"),
    ],
)
def test_an_entry_says_what_became_of_the_request(
    responses: dict[str, Response], values: tuple[float | str | None, ...], outcome: str
) -> None:
    entry = disclosure_log_entry(shown(responses["foi-2018-0417"], *values), FILES)
    facts = {
        each.all("dt")[0].text: each.all("dd")[0].text for each in log_page([entry]).all("div")
    }
    assert facts["Outcome"] == outcome
    exemption = "Freedom of Information Act 2000, section 40(2)"
    assert facts.get("Exemption") == (exemption if None in values else None)


def test_the_notice_of_the_seeds_names_its_exemption_once(
    responses: dict[str, Response], database: Path
) -> None:
    response = protected(responses["foi-2018-0417"])
    with open_warehouse(database) as warehouse:
        notice = refusal(warehouse, response)
    entry = json.loads(disclosure_log_entry(replace(response, refusal=notice), FILES))
    assert entry["exemptions"] == ["Freedom of Information Act 2000, section 40(2)"]


def test_what_costs_too_much_is_refused_or_makes_it_a_part(
    responses: dict[str, Response],
) -> None:
    estimate = Estimate("every file", 4000, 15, 1000, 18, 450, 25, 72, "")
    whole = shown(responses["foi-2018-0417"], 3.0)
    for tables, became in ((whole.tables, "partly_released"), ((), "refused")):
        handling = replace(whole.handling, estimate=estimate)
        response = replace(whole, tables=tables, handling=handling)
        entry = json.loads(disclosure_log_entry(response, FILES))
        assert entry["outcome"] == became
        assert entry["exemptions"] == ["Freedom of Information Act 2000, section 12(1)"]


def test_an_answer_without_figures_is_listed_once_it_was_sent(
    tmp_path: Path, responses: dict[str, Response]
) -> None:
    """It has no rows in the ledger, which is not there."""
    whole = shown(responses["foi-2018-0417"], 3.0)
    handling = replace(
        whole.handling, estimate=Estimate("every file", 4000, 15, 1000, 18, 450, 25, 72, "")
    )
    file = tmp_path / "foi-2018-0417" / "public" / "disclosure-log.json"
    file.parent.mkdir(parents=True)
    for responded_on in (None, date(2018, 7, 16)):
        refused = replace(whole, tables=(), handling=handling, responded_on=responded_on)
        file.write_bytes(disclosure_log_entry(refused, FILES))
        assert write_index(tmp_path) == []
        page = (tmp_path / "index.html").read_text(encoding="utf-8")
        assert ("foi-2018-0417" in page) == (responded_on is not None)
        assert ("Refused for its cost" in page) == (responded_on is not None)
    assert "No figures." in page


def test_ranges_alone_are_a_part_of_what_was_asked(responses: dict[str, Response]) -> None:
    response = shown(responses["foi-2018-0417"], None)
    (table,) = response.tables
    answers = (replace(table.answers[0], low=1.0, high=4.0),)
    ranged = replace(response, tables=(replace(table, answers=answers),))
    assert json.loads(disclosure_log_entry(ranged, FILES))["outcome"] == "partly_released"


def test_what_is_not_protected_does_not_enter(responses: dict[str, Response]) -> None:
    with pytest.raises(ProtectionFault, match="foi-2018-0417 does not enter"):
        disclosure_log_entry(responses["foi-2018-0417"], FILES)


def test_page_and_feed_list_every_response_the_newest_first(responses: dict[str, Response]) -> None:
    made = [protected(response) for response in responses.values()]
    late = replace(made[0], request_ref="FOI/2 & 3", responded_on=date(2019, 1, 2))
    pages = log_pages([disclosure_log_entry(each, FILES) for each in [*made, late]])
    page, feed = read_page(pages["index.html"]), ElementTree.fromstring(pages["feed.atom"])
    links = [each.all("a")[0].attributes["href"] for each in page.all("h2")]
    assert links == [
        f"{folder}/public/response.html"
        for folder in ("foi-2-3", "foi-2018-0611", "foi-2018-0523", "foi-2018-0417")
    ]
    entries = feed.findall(f"{ATOM}entry")
    assert [each.find(f"{ATOM}link").get("href") for each in entries] == links
    assert len({each.findtext(f"{ATOM}id") for each in entries}) == 4
    assert feed.findtext(f"{ATOM}updated") == "2019-01-02T00:00:00Z"
    assert "2 January 2019" in page.text
    assert "invented children" in page.text
    listed = [each.text for each in page.all("section")[0].all("li")]
    assert listed[0] == "Web page, HTML, 1 KB"
    assert listed[-1] == "Question 1 as open data, CSV, 1 KB"


def test_an_entry_of_an_earlier_version_is_listed(responses: dict[str, Response]) -> None:
    entry = json.loads(disclosure_log_entry(protected(responses["foi-2018-0417"]), FILES))
    for name in ("asked", "outcome", "exemptions", "version", "replaces", "revised"):
        del entry[name]
    for file in entry["files"]:
        del file["title"]
    text = log_page([json.dumps(entry).encode()]).all("section")[0].text
    assert "foi-2018-0417.ods" in text and "Counted: Occasions missing" in text


def test_texts_stay_texts(responses: dict[str, Response]) -> None:
    entry = disclosure_log_entry(nasty(responses["foi-2018-0611"]), FILES)
    pages = log_pages([entry])
    page = read_page(pages["index.html"])
    assert len(page.all("script")) == 1
    assert page.all("b") == []
    assert page.all("header")[0].text == AUTHORITY
    assert ElementTree.fromstring(pages["feed.atom"]).findtext(f".//{ATOM}name") == AUTHORITY


def test_the_page_lets_its_own_script_run_and_no_other(responses: dict[str, Response]) -> None:
    text = log_pages([disclosure_log_entry(protected(responses["foi-2018-0417"]), FILES)])
    (script,) = re.findall(r"<script>(.*?)</script>", text["index.html"].decode(), re.DOTALL)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert "default-src 'none'; " in text["index.html"].decode()
    assert re.findall(r"script-src ([^\"]+)\"", text["index.html"].decode()) == [
        f"'sha256-{digest}'"
    ]


def test_the_log_of_nothing_says_so() -> None:
    pages = log_pages([])
    assert "No response has been published yet." in read_page(pages["index.html"]).text
    assert ElementTree.fromstring(pages["feed.atom"]).findall(f"{ATOM}entry") == []
