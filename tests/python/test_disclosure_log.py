"""The disclosure log: what an entry says of its files, and the page that lists the entries."""

import json
from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest

from missing_from_care.disclosure_log.log import disclosure_log_entry, index_page
from missing_from_care.faults import ProtectionFault
from missing_from_care.response.answers import Response
from pack_cases import AUTHORITY, nasty, protected
from read_page import read_page

FILES = {"response.html": b"<!DOCTYPE html>", "question-1.csv": b"", "a.csv-metadata.json": b"{}"}


def test_an_entry_says_what_was_asked_and_gives_the_files(responses: dict[str, Response]) -> None:
    entry = json.loads(disclosure_log_entry(protected(responses["foi-2018-0417"]), FILES))
    assert entry["reference"] == "foi-2018-0417"
    assert entry["title"] == "Looked-after children who went missing"
    assert (entry["received_on"], entry["responded_on"]) == ("2018-06-18", "2018-07-16")
    assert "Occasions hurt or harmed physically" in entry["summary"]
    assert {"freedom of information", "Children looked after"} <= set(entry["keywords"])
    assert entry["licence"]["id"] == "OGL-UK-3.0"
    assert entry["files"] == [
        {"name": name, "bytes": len(data), "sha256": sha256(data).hexdigest()}
        for name, data in FILES.items()
    ]


def test_what_is_not_protected_does_not_enter(responses: dict[str, Response]) -> None:
    with pytest.raises(ProtectionFault, match="foi-2018-0417 does not enter"):
        disclosure_log_entry(responses["foi-2018-0417"], FILES)


def test_the_index_lists_every_response_the_newest_first(responses: dict[str, Response]) -> None:
    made = [protected(response) for response in responses.values()]
    late = replace(
        made[0], request_ref="FOI/2 & 3", responded_on=None, received_on=date(2019, 1, 2)
    )
    page = read_page(index_page(disclosure_log_entry(each, FILES) for each in [*made, late]))
    links = [each.all("a")[0].attributes["href"] for each in page.all("h2")]
    assert links == [
        f"{folder}/public/response.html"
        for folder in ("foi-2-3", "foi-2018-0611", "foi-2018-0523", "foi-2018-0417")
    ]
    assert "Received 2 January 2019." in page.text
    assert "invented children" in page.text
    listed = [each.text for each in page.all("section")[0].all("li")]
    assert listed == ["response.html, 1 KB", "question-1.csv, 1 KB"]


def test_texts_stay_texts(responses: dict[str, Response]) -> None:
    entry = disclosure_log_entry(nasty(responses["foi-2018-0611"]), FILES)
    page = read_page(index_page([entry]))
    assert page.all("script", "b") == []
    assert page.all("header")[0].text == AUTHORITY


def test_the_index_of_nothing_says_so() -> None:
    assert "No response has been published yet." in read_page(index_page([])).text
