"""A page for the director: the children missing, how often, for how long, and who spoke to them."""

from dataclasses import replace
from pathlib import Path

from missing_from_care.base.faults import DataFault
from missing_from_care.base.texts import INVENTED_CHILDREN
from missing_from_care.documents.page.page import rendered
from missing_from_care.documents.quality.report import SQL, opened, rows
from missing_from_care.response.asking import TRY_OUT, ask, question_of
from missing_from_care.response.layout import Grid, grid
from missing_from_care.response.reading import read_response

MOST_YEARS = 4
COMPARED = ("heading", "ours", "published", "comparison")
# For each part of the page its heading, the measures, and what they are broken down by.
CHILDREN = "children_missing children_missing_more_than_once occasions_missing"
FOUND = "occasions_found occasions_with_interview occasions_interviewed_within_72_hours"
PARTS = (
    ("Children and occasions", CHILDREN, "none"),
    ("Return interviews", FOUND, "none"),
    ("How long they were missing", "occasions_missing", "duration_band"),
    ("Where they were placed", "occasions_missing", "placement_type"),
)


def director_page(database: Path) -> bytes:
    """The page, which fits on one sheet of paper; private, since small numbers stand in it. A
    UsageFault or DataFault: it cannot be read, or no year has what is needed."""
    with opened(database) as warehouse:
        years = [str(row["financial_year"]) for row in rows(warehouse, SQL["years"])][-MOST_YEARS:]
        published = list(rows(warehouse, SQL["published_last"]))
    if not years:
        raise DataFault(
            f"{database.name} holds no year with both the Missing and the Episodes module, so "
            "nothing can be summed up: land the returns and run `dbt build`."
        )
    periods = f"financial_year:{years[0]}..{years[-1]}"
    asked = [
        question_of(measure, by, "all", periods)
        for _, measures, by in PARTS
        for measure in measures.split()
    ]
    with ask(database, *asked) as connection:
        response = read_response(connection, TRY_OUT)
    tables = iter(response.tables)
    parts: list[tuple[str, Grid]] = []
    for heading, measures, _ in PARTS:
        found = [next(tables) for _ in measures.split()]
        answers = tuple(each for table in found for each in table.answers)
        laid_out = grid(replace(found[0], answers=answers))
        filled = (row for row in laid_out.rows if any(row[laid_out.labels :]))
        parts.append((heading, replace(laid_out, rows=tuple(filled))))
    return rendered(
        "director.html.j2",
        publisher=response.authority["name"],
        years=years,
        parts=parts,
        published_year=published[0]["financial_year"] if published else "",
        compared=[[each[name] for name in COMPARED] for each in published],
        warnings=[response.notes["not_protected"]]
        + [INVENTED_CHILDREN] * response.is_of_invented_children,
        notes=response.notes_used,
        shorthand=response.shorthand,
    )
