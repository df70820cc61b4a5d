"""A response as one HTML file: it asks nothing of the network and runs nothing."""

import re
from datetime import date
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from missing_from_care.base import texts
from missing_from_care.documents import sentences
from missing_from_care.documents.letter import counted
from missing_from_care.documents.open_data import PACKAGE, csv_names
from missing_from_care.documents.page.charts import charts
from missing_from_care.documents.workbook.content import DISSATISFIED, workbook_content
from missing_from_care.response.answers import Response, file_stem
from missing_from_care.response.layout import figure, grid

WARNINGS = (texts.NOT_FOR_RELEASE, texts.INVENTED_CHILDREN)
HERE = Path(__file__).parent


def page_bytes(response: Response) -> bytes:
    """The page of a response: its answers as tables, with charts where they help."""
    content = workbook_content(response)
    answers = []
    explained: set[str] = set()
    for number, (table, sheet, parts) in enumerate(
        zip(response.tables, content.answers, sentences.answered_tables(response), strict=True),
        start=1,
    ):
        used = {marker for text in sheet.table_texts for marker in texts.MARKER.findall(text)}
        explained |= used
        answers.append(
            {
                "id": f"table-{number}",
                "sheet": sheet,
                "parts": parts,
                "population": table.population,
                "caption": sheet.title.removeprefix(f"{sheet.name}: "),
                "labels": grid(table).labels,
                "markers": sorted(used & set(content.shorthand)),
                "charts": list(charts(table, f"chart-{number}")),
            }
        )
    return rendered(
        "response.html.j2",
        response=response,
        content=content,
        answers=answers,
        files=pack_files(response),
        warnings=[text for text in content.cover.paragraphs if text in WARNINGS],
        handled=[
            sentences.said(response, name)
            for name in (
                *sentences.handling_texts(response)[1:],
                *sentences.holding_texts(response),
            )
            if name != "workbook"
        ],
        counted=list(counted(response)),
        cost=sentences.cost_paragraphs(response),
        not_held=sentences.not_held(response.tables),
        not_held_advice=sentences.not_held_advice(response),
        shorthand={
            marker: meaning for marker, meaning in content.shorthand.items() if marker in explained
        },
        say=partial(sentences.said, response),
        licence_address=texts.LICENCE_ADDRESS,
        dissatisfied=DISSATISFIED,
    )


def pack_files(response: Response) -> dict[str, str]:
    """The files beside the page by name, each in words."""
    stem = file_stem(response.request_ref)
    if not response.is_protected:
        return {f"{stem}-not-for-release.xlsx": "Workbook"}
    tables = {
        name: f"Question {number} as open data" for number, name in csv_names(response).items()
    }
    return (
        {
            f"{stem}.xlsx": "Workbook",
            f"{stem}.ods": "Workbook as OpenDocument",
            f"{stem}-letter.docx": "Letter",
        }
        | tables
        | {PACKAGE: "Description of the open data", f"{stem}.zip": "All of these files together"}
    )


def rendered(template: str, **values: object) -> bytes:
    """A page from its template; every text is escaped and in one line."""
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=clean,
    )
    environment.filters |= {
        "figure": figure,
        "with_links": partial(with_links, linked=set()),
        "without_notes": texts.without_notes,
        "with_addresses": with_addresses,
        "day": texts.long_day,
        "iso_day": lambda text: texts.long_day(date.fromisoformat(text)),
        "size": lambda size: f"{max(1, round(size / 1024)):,} KB",
    }
    # It begins with the palette: light on paper and by default, dark or the system's if asked for.
    css = Markup((HERE / "page.css").read_text(encoding="utf-8"))
    return environment.get_template(template).render(style=css, **values).encode()


def clean(value: object) -> object:
    """A text of the data in one line; markup stays as it is."""
    return (
        texts.one_line(value) if isinstance(value, str) and not isinstance(value, Markup) else value
    )


def with_links(text: str, linked: set[str]) -> Markup:
    """A text whose notes lead to the list of notes, which leads back to the first of each. `linked`
    has the numbers of the notes that the page has had so far; it grows."""

    def link(note: re.Match[str]) -> str:
        number = note[1]
        place = "" if number in linked else f' id="at-note-{number}"'
        linked.add(number)
        return f'<a href="#note-{number}"{place}>[note {number}]</a>'

    return Markup(re.sub(texts.NOTE, link, str(escape(texts.one_line(text)))))


def with_addresses(text: str) -> Markup:
    """A text whose web addresses, such as `ico.org.uk/foicomplaints`, lead there."""
    linked = r'<a href="https://\1">\1</a>'
    return Markup(re.sub(texts.ADDRESS, linked, str(escape(texts.one_line(text)))))
