"""The answers as tidy CSV files, each described for machines in two standard ways."""

import csv
import json
import re
from io import StringIO

from missing_from_care.base.faults import DataFault, ProtectionFault
from missing_from_care.base.texts import visible
from missing_from_care.documents.open_data.describing import COLUMNS, LINE_END, csvw, data_package
from missing_from_care.response.answers import Answer, Response, Table
from missing_from_care.response.layout import exact, shown

STATUSES = {"[c]": "withheld", "[x]": "not_available", "[z]": "not_applicable"}
PACKAGE = "datapackage.json"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def open_data_files(response: Response) -> dict[str, bytes]:
    """The open data of a response: for each question a CSV file and its CSVW description, and a
    data package of them all.

    Lines end with CRLF (RFC 4180). What the requester wrote is in the descriptions alone.

    Args:
        response: the request and its answers, protected.

    Returns:
        The files' bytes by name.

    Raises:
        ProtectionFault: the response is not protected.
        DataFault: a text begins as a formula does.
    """
    if not response.is_protected:
        raise ProtectionFault(
            f"Open data of {response.request_ref} is not written: its small numbers are not "
            "protected yet."
        )
    names = csv_names(response)
    csvs = {name: csv_bytes(response, number, name) for number, name in names.items()}
    described = {
        f"{name}-metadata.json": as_json(csvw(response, number, name))
        for number, name in names.items()
    }
    return csvs | described | {PACKAGE: as_json(data_package(response, names, csvs))}


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


def csv_bytes(response: Response, number: str, name: str) -> bytes:
    """The CSV file of a question: one row for each part, measure, category and period."""
    stream = StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator=LINE_END)
    writer.writeheader()
    for table in response.tables:
        if table.question_no == number:
            writer.writerows(checked(row(table, each), name) for each in table.answers)
    return stream.getvalue().encode()


def row(table: Table, answer: Answer) -> dict[str, str]:
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
        "question": f"{answer.question_no}{answer.part}",
        "measure": answer.measure,
        "measure_label": answer.heading,
        "unit": answer.unit,
        "population": answer.population,
        "population_label": table.population or "All",
        "breakdown": answer.breakdown,
        "breakdown_label": table.breakdown or "All",
        "category": answer.category,
        "category_label": answer.category_label,
        "period_basis": answer.period_basis,
        "period_basis_label": table.period_heading,
        "period": answer.period,
        "period_start": answer.period_start.isoformat(),
        "period_end": answer.period_end.isoformat(),
        "value": value,
        "lower": lower,
        "upper": upper,
        "status": status,
        "is_break_in_series": "true" if answer.marker == "[b]" else "false",
        "note": answer.note or "",
    }


def checked(cells: dict[str, str], name: str) -> dict[str, str]:
    """The cells, none of which a spreadsheet would run as a formula.

    An apostrophe in front would keep it from running and change the data, so the text is refused:
    it comes from a rule seed or from the number of a question.
    """
    for column, text in cells.items():
        if text.startswith(FORMULA_STARTS):
            raise DataFault(
                f"{name}, column {column}: “{text}” begins as a formula does, and a spreadsheet "
                "would run it: begin it with a letter or a digit, in the rule seed or the register."
            )
    return cells
