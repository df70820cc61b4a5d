"""The answers as open data: one tidy CSV file a question, described for machines in two ways."""

import csv
import json
import re
from collections.abc import Mapping
from hashlib import sha256
from io import StringIO

from missing_from_care.base.faults import DataFault, ProtectionFault
from missing_from_care.base.texts import LICENCE_ADDRESS, visible
from missing_from_care.documents.workbook.content import introduction, paragraphs
from missing_from_care.response.answers import Answer, Response, Table
from missing_from_care.response.layout import exact, shown

STATUSES = {"[c]": "withheld", "[x]": "not_available", "[z]": "not_applicable"}
PACKAGE = "datapackage.json"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


LINE_END = "\r\n"
COLUMNS = {
    "question": ("string", "Number of the question, with the letter of its part."),
    "measure": ("string", "What is counted: a code."),
    "measure_label": ("string", "What is counted, in words."),
    "unit": ("string", "Unit of the value: occasions, children, days, percent or average."),
    "population": ("string", "Of whom the figure is: a code, all for everybody."),
    "population_label": ("string", "Of whom the figure is, in words."),
    "breakdown": ("string", "What the categories are of: a code, none for one figure a period."),
    "breakdown_label": ("string", "What the categories are of, in words."),
    "category": ("string", "The category: a code."),
    "category_label": ("string", "The category, in words."),
    "period_basis": ("string", "What kind of period: a code."),
    "period_basis_label": ("string", "What kind of period, in words."),
    "period": ("string", "The period, such as 2017/18."),
    "period_start": ("date", "First day of the period."),
    "period_end": ("date", "Last day of the period."),
    "value": ("number", "The figure; blank unless the status is shown."),
    "lower": ("number", "The lowest that the figure can be; blank unless the status is range."),
    "upper": ("number", "The highest that the figure can be; blank unless the status is range."),
    "status": (
        "string",
        "shown; range or withheld, so that nobody can be identified; not_available; "
        "not_applicable.",
    ),
    "is_break_in_series": (
        "boolean",
        "true where a definition changed, so that figures before are not comparable.",
    ),
    "note": ("string", "What a reader must know about the figure; may be blank."),
}
KEY = ("question", "measure", "population", "breakdown", "category", "period_basis", "period")
NULLABLE = ("value", "lower", "upper", "note")


def open_data_files(response: Response) -> dict[str, bytes]:
    """The open data of a response by file name: for each question a CSV file, whose lines end with
    CRLF (RFC 4180), and its CSVW description, and a data package of them all.

    What the requester wrote is in the descriptions alone. A ProtectionFault: the response is not
    protected. A DataFault: a text begins as a formula does.
    """
    if not response.is_protected:
        raise ProtectionFault(
            f"Open data of {response.request_ref} is not written: its small numbers are not "
            "protected yet."
        )
    names = csv_names(response)
    csvs = {name: _csv_bytes(response, number, name) for number, name in names.items()}
    described = {
        f"{name}-metadata.json": as_json(_csvw(response, number, name))
        for number, name in names.items()
    }
    return csvs | described | {PACKAGE: as_json(_data_package(response, names, csvs))}


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


def _csv_bytes(response: Response, number: str, name: str) -> bytes:
    """The CSV file of a question: one row for each part, measure, category and period.

    An apostrophe in front of a formula would change the data, so the text is refused: it comes from
    a rule seed or from the number of a question.
    """
    stream = StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator=LINE_END)
    writer.writeheader()
    for table in response.tables:
        for each in table.answers if table.question_no == number else ():
            cells = _row(table, each)
            for column, text in cells.items():
                if text.startswith(FORMULA_STARTS):
                    raise DataFault(
                        f"{name}, column {column}: “{text}” begins as a formula does, and a "
                        "spreadsheet would run it: begin it with a letter or a digit, in the rule "
                        "seed or the register."
                    )
            writer.writerow(cells)
    return stream.getvalue().encode()


def _row(table: Table, answer: Answer) -> dict[str, str]:
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


def _title(response: Response, number: str) -> str:
    """`Looked-after children who went missing: question 2 of request foi-2018-0417`."""
    return f"{response.subject}: question {number} of request {response.request_ref}"


def _description(response: Response, number: str) -> str:
    """What was asked, and what a reader must know before using the figures."""
    tables = [table for table in response.tables if table.question_no == number]
    asked = dict.fromkeys(text for table in tables for text in introduction(table))
    return " ".join([*asked, *paragraphs(response), *response.refusal])


def _csvw(response: Response, number: str, name: str) -> dict[str, object]:
    """The CSV file of a question, described in the vocabulary of CSV on the Web."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en-GB"}],
        "url": name,
        "dc:title": _title(response, number),
        "dc:description": _description(response, number),
        "dc:publisher": response.authority["name"],
        "dc:license": {"@id": LICENCE_ADDRESS},
        "dc:issued": {"@value": response.dated.isoformat(), "@type": "xsd:date"},
        "dc:language": "en-GB",
        "dialect": {
            "encoding": "utf-8",
            "delimiter": ",",
            "quoteChar": '"',
            "doubleQuote": True,
            "header": True,
            "lineTerminators": [LINE_END],
        },
        "tableSchema": {
            "columns": [
                {
                    "name": column,
                    "titles": column,
                    "dc:description": meaning,
                    "datatype": kind,
                    "lang": "en-GB",
                    "null": "",
                    "required": column not in NULLABLE,
                }
                for column, (kind, meaning) in COLUMNS.items()
            ],
            "primaryKey": list(KEY),
        },
    }


def _data_package(
    response: Response, names: Mapping[str, str], files: Mapping[str, bytes]
) -> dict[str, object]:
    """All CSV files of a response as a Data Package (version 2): files by name, the names by the
    number of the question."""
    licence = {
        "name": response.authority["licence_id"],
        "title": response.authority["licence"],
        "path": LICENCE_ADDRESS,
    }
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": re.sub(r"[^a-z0-9._-]+", "-", response.request_ref.lower()),
        "title": f"{response.subject}: answers to request {response.request_ref}",
        "description": " ".join([*paragraphs(response), *response.refusal]),
        "created": f"{response.dated.isoformat()}T00:00:00Z",
        "licenses": [licence],
        "contributors": [{"title": response.authority["name"], "roles": ["publisher"]}],
        "resources": [
            {
                "$schema": "https://datapackage.org/profiles/2.0/dataresource.json",
                "name": name.removesuffix(".csv"),
                "type": "table",
                "path": name,
                "title": _title(response, number),
                "description": _description(response, number),
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(files[name]),
                "hash": f"sha256:{sha256(files[name]).hexdigest()}",
                "dialect": {
                    "$schema": "https://datapackage.org/profiles/2.0/tabledialect.json",
                    "delimiter": ",",
                    "lineTerminator": LINE_END,
                    "quoteChar": '"',
                    "doubleQuote": True,
                    "header": True,
                },
                "schema": {
                    "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
                    "fields": [
                        {
                            "name": column,
                            "type": kind,
                            "description": meaning,
                            "constraints": {"required": column not in NULLABLE},
                        }
                        for column, (kind, meaning) in COLUMNS.items()
                    ],
                    "missingValues": [""],
                    "primaryKey": list(KEY),
                },
            }
            for number, name in names.items()
        ],
    }
