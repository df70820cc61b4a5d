"""Describes the CSV files for machines: CSV on the Web (W3C), and a Data Package."""

import re
from collections.abc import Mapping
from hashlib import sha256

from missing_from_care.base.texts import LICENCE_ADDRESS
from missing_from_care.documents.workbook.content import introduction, paragraphs
from missing_from_care.response.answers import Response

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


def title(response: Response, number: str) -> str:
    """`Looked-after children who went missing: question 2 of request foi-2018-0417`."""
    return f"{response.subject}: question {number} of request {response.request_ref}"


def description(response: Response, number: str) -> str:
    """What was asked, and what a reader must know before using the figures."""
    tables = [table for table in response.tables if table.question_no == number]
    asked = dict.fromkeys(text for table in tables for text in introduction(table))
    return " ".join([*asked, *paragraphs(response), *response.refusal])


def csvw(response: Response, number: str, name: str) -> dict[str, object]:
    """The CSV file of a question, described in the vocabulary of CSV on the Web."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en-GB"}],
        "url": name,
        "dc:title": title(response, number),
        "dc:description": description(response, number),
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


def data_package(
    response: Response, names: Mapping[str, str], files: Mapping[str, bytes]
) -> dict[str, object]:
    """All CSV files of a response as a Data Package (version 2).

    Args:
        response: the request and its answers.
        names: the file of each question, by its number.
        files: the bytes of each file, by its name.
    """
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
                "title": title(response, number),
                "description": description(response, number),
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
