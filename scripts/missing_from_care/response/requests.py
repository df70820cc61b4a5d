"""Puts a requester's words as rows of the register: by types of question, or a known campaign."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import duckdb

from missing_from_care.base import register
from missing_from_care.base.faults import UsageFault
from missing_from_care.base.models_in_memory import seed_rows
from missing_from_care.base.project import CHECKOUT
from missing_from_care.response.asking import Question
from missing_from_care.response.reading import SQL

FOLDER = CHECKOUT / "templates" / "questions"
WORD = "[a-z0-9'-]+"


@dataclass(frozen=True)
class Asked:
    """A question of a request: the requester's words, and the row that answers them."""

    question_no: str
    part: str
    wording: str
    question: Question


def proposals(wording: str) -> list[dict[str, str]]:
    """The ways to put a requester's words, the likeliest first; none if no word is known. Each says
    what requesters mean by it (`asked_for`), and its `measure`, `breakdown` and `population`."""
    said = f" {' '.join(re.findall(WORD, wording.lower()))} "
    scored = []
    for row in seed_rows(FOLDER / "types.csv"):
        found = [words for words in row["words"].split("|") if f" {words} " in said]
        if found:
            weight = sum(len(words.split()) for words in found)
            scored.append((-weight, -int(row["asked_in"]), row))
    scored.sort(key=lambda each: each[:2])
    return [row for *_, row in scored]


def campaigns() -> list[str]:
    """The names of the campaigns whose questions are known."""
    return list(dict.fromkeys(row["campaign"] for row in seed_rows(FOLDER / "campaigns.csv")))


def campaign_questions(name: str, warehouse: duckdb.DuckDBPyConnection) -> list[Asked]:
    """The questions of a campaign, for all the periods that are landed; a UsageFault if there is no
    such campaign, or nothing is landed."""
    rows = [row for row in seed_rows(FOLDER / "campaigns.csv") if row["campaign"] == name]
    if not rows:
        raise UsageFault(
            f"No campaign is called {name}: known are {', '.join(campaigns())}. Put its questions "
            "with --question otherwise."
        )
    spans = {basis: landed_span(basis, warehouse) for basis in {r["period_basis"] for r in rows}}
    return [
        Asked(
            *(row["question_no"], row["part"], row["wording"]),
            Question(
                *(row["measure"], row["breakdown"], row["population"], row["period_basis"]),
                *spans[row["period_basis"]],
            ),
        )
        for row in rows
    ]


def landed_span(basis: str, warehouse: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    """The first and the last period of a basis that is landed, as the register writes them; a
    UsageFault if nothing is. The basis is financial_year; calendar_year, of which the last may be a
    part; or one of a day."""
    found = warehouse.execute(SQL["spans"]).fetchall()[0]
    first_year, last_year, first_calendar_year, last_day = found
    if last_day is None:
        raise UsageFault("No return is landed, so there is no period to ask for.")
    if basis == "financial_year":
        return first_year, last_year
    return (first_calendar_year if basis == "calendar_year" else last_day), last_day


def refuse_known(request_ref: str) -> None:
    """Raises a UsageFault if the register has the reference; else as `read_rows`."""
    requests = register.usual_register()
    if request_ref in register.references(requests):
        raise UsageFault(
            f"{requests} has a request {request_ref} already: give another reference, or add "
            f"questions to it with `scripts/ask.py … --save {request_ref}`."
        )


def add_request(
    request_ref: str, received_on: date, subject: str, asked: Sequence[Asked]
) -> list[Path]:
    """Adds a request with its questions, each tried out before, to the register; gives the two
    files that were written. The request stands there before its questions do. A UsageFault: the
    register has the request already. Else raises as `read_rows` and `changing_register`."""
    with register.changing_register() as (requests, questions):
        refuse_known(request_ref)
        row = {"request_ref": request_ref, "received_on": received_on.isoformat()}
        register.append_rows(requests, [row | {"subject": subject}])
        rows = [{"request_ref": request_ref, **asdict(each)} for each in asked]
        register.append_rows(questions, [row | row.pop("question") for row in rows])
    return [requests, questions]
