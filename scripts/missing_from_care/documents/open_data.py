"""The answers as open data: one tidy CSV file a question, described for machines in two ways."""

import csv
import json
import re
from hashlib import sha256
from io import StringIO
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from missing_from_care.base.faults import DataFault, ProtectionFault
from missing_from_care.base.texts import LICENCE_ADDRESS, visible
from missing_from_care.documents.workbook.content import introduction, paragraphs
from missing_from_care.response.answers import Answer, Response, Table
from missing_from_care.response.layout import exact, shown

STATUSES = {"[c]": "withheld", "[x]": "not_available", "[z]": "not_applicable"}
PACKAGE = "datapackage.json"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
LINE_END = "\r\n"


def open_data_files(response: Response) -> dict[str, bytes]:
    """The open data of a response by file name: for each question a CSV file, whose lines end with
    CRLF (RFC 4180), and its CSVW description, and a data package of them all. What the requester
    wrote is in the descriptions alone. A ProtectionFault: the response is not protected. A
    DataFault: a text begins as a formula does."""
    if not response.is_protected:
        raise ProtectionFault(
            f"Open data of {response.request_ref} is not written: its small numbers are not "
            "protected yet."
        )
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, autoescape=False
    )
    environment.globals |= {"licence": LICENCE_ADDRESS, "line_end": LINE_END}
    described = environment.get_template("open_data.json.j2").make_module().__dict__
    about = [*paragraphs(response), *response.refusal]
    csvs, files = {}, []
    for number, name in csv_names(response).items():
        tables = [table for table in response.tables if table.question_no == number]
        asked = dict.fromkeys(text for table in tables for text in introduction(table))
        data = csvs[name] = _csv_bytes(tables, name, described["columns"])
        files.append(
            {
                "name": name,
                "title": f"{response.subject}: question {number} of request {response.request_ref}",
                "description": " ".join([*asked, *about]),
                "bytes": len(data),
                "sha256": sha256(data).hexdigest(),
            }
        )
    texts = {f"{each['name']}-metadata.json": described["csvw"](response, each) for each in files}
    package = re.sub(r"[^a-z0-9._-]+", "-", response.request_ref.lower())
    texts[PACKAGE] = described["package"](response, package, " ".join(about), files)
    return csvs | {name: as_json(json.loads(text)) for name, text in texts.items()}


def as_json(content: object) -> bytes:
    """JSON as people read it too."""
    return f"{visible(json.dumps(content, ensure_ascii=False, indent=2))}\n".encode()


def csv_names(response: Response) -> dict[str, str]:
    """The name of each question's CSV file by the question's number, no two alike."""
    names: dict[str, str] = {}
    for number in dict.fromkeys(table.question_no for table in response.tables):
        stem = re.sub(r"[^a-z0-9]+", "-", f"question-{number}".lower()).strip("-")
        while f"{stem}.csv" in names.values():
            stem += "-again"
        names[number] = f"{stem}.csv"
    return names


def _csv_bytes(tables: list[Table], name: str, columns: dict[str, tuple[str, str]]) -> bytes:
    """The CSV file of a question: one row for each part, measure, category and period. An
    apostrophe in front of a formula would change the data, so the text is refused: it comes from a
    rule seed or from the number of a question."""
    stream = StringIO()
    writer = csv.DictWriter(stream, columns, extrasaction="ignore", lineterminator=LINE_END)
    writer.writeheader()
    for cells in [_row(table, each) for table in tables for each in table.answers]:
        for column in columns:
            if str(cells[column]).startswith(FORMULA_STARTS):
                raise DataFault(
                    f"{name}, column {column}: “{cells[column]}” begins as a formula does, and a "
                    "spreadsheet would run it: begin it with a letter or a digit, in the rule seed "
                    "or the register."
                )
        writer.writerow(cells)
    return stream.getvalue().encode()


def _row(table: Table, answer: Answer) -> dict[str, object]:
    """An answer as a row; no figure where its status is not `shown`."""
    figure = shown(answer)
    value = lower = upper = ""
    if answer.span:
        status = "range"
        lower, upper = (str(exact(end, answer.unit)) for end in answer.span)
    elif isinstance(figure, str):
        status = STATUSES.get(figure, "not_available")
    else:
        value, status = str(figure), "shown"
    return {
        **vars(answer),
        "question": f"{answer.question_no}{answer.part}",
        "measure_label": answer.heading,
        "population_label": table.population or "All",
        "breakdown_label": table.breakdown or "All",
        "period_basis_label": table.period_heading,
        **{"value": value, "lower": lower, "upper": upper, "status": status},
        "is_break_in_series": str(answer.marker == "[b]").lower(),
        "note": answer.note or "",
    }
