"""A response workbook of invented figures that several tests write."""

from datetime import date

from missing_from_care.documents.workbook.content import (
    Column,
    Cover,
    CoverLine,
    ResponseWorkbook,
    TableSheet,
)

SHORTHAND = {
    "[b]": "break in series",
    "[c]": "withheld",
    "[x]": "not available",
    "[z]": "not applicable",
}

OCCASIONS = TableSheet(
    name="Question 1",
    title=(
        "Occasions on which looked-after children went missing, "
        "Ŵyndale Council, 2014/15 to 2017/18 [note 1]"
    ),
    introduction=("The figures are of invented children.",),
    columns=(
        Column("Financial year"),
        Column("Occasions missing", "whole"),
        Column("Occasions away from placement without authorisation [note 2]", "whole"),
        Column("Missing or away", "whole"),
        Column("Share of children, per cent", "decimal"),
        Column("Break in series"),
    ),
    rows=(
        ("2014/15", 6, "[c]", "[c]", 0.4, "[z]"),
        ("2015/16", 107, 92, 199, 5.7, "[z]"),
        ("2016/17", 43, 84, 127, 4.0, "[z]"),
        ("2017/18 [note 3]", 12843, 0, 12843, 11.0, "[b]"),
    ),
)

HARM = TableSheet(
    name="Question 2",
    title="Occasions on which a child was found to have come to harm, Ŵyndale Council, 2017/18",
    columns=(
        Column("Question part"),
        Column("What was found"),
        Column("Occasions", "whole"),
        Column("Mean days", "decimal"),
    ),
    rows=(
        ("2a", "Hurt or harmed physically", 31, 1.5),
        ("2b", "Sexually assaulted or exploited", "[c]", "[c]"),
        ("2c", "Involved in the sale of drugs", 22, 0.75),
        ("2d", "Engaged in criminal activities while missing", 1204, "[x]"),
    ),
)


def sample(**changes: object) -> ResponseWorkbook:
    """The sample, with some of its parts replaced."""
    parts: dict = {
        "title": "Looked-after children who went missing: answer to request FOI 1234",
        "author": "Ŵyndale & Llŷn Council",
        "keywords": ("looked-after children", "missing", "freedom of information"),
        "issued_on": date(2018, 7, 2),
        "cover": Cover(
            title="Looked-after children who went missing: answer to request FOI 1234",
            lines=(
                CoverLine("Request reference", "FOI 1234"),
                CoverLine(
                    "What was asked",
                    "For the last four financial years, on how many occasions did looked-after "
                    "children go missing?\nOf these, how often was a child found to be harmed?",
                ),
                CoverLine("Period", "1 April 2014 to 31 March 2018"),
                CoverLine("Who answers", "Ŵyndale & Llŷn Council"),
                CoverLine(
                    "Contact", "Information team, foi@example.org", link="mailto:foi@example.org"
                ),
                CoverLine(
                    "Licence",
                    "Open Government Licence v3.0",
                    link="https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
                ),
            ),
            paragraphs=(
                "Not for release: the figures have not been protected against disclosure.",
                "The children in this workbook are invented.",
                "Before 2017/18 an incident was sometimes recorded as absent, not missing. From "
                "2017/18 every incident is recorded as missing, so 2017/18 is not comparable with "
                "earlier years under the name missing; missing or absent is comparable.",
            ),
        ),
        "answers": (OCCASIONS, HARM),
        "notes": (
            "Every instance is a new occasion, several in one day too.",
            "Until 31 March 2017 the whereabouts of some children were known or suspected, under "
            "section 40(2) or otherwise; these occasions were recorded as absent.",
            "The definition changed on 1 April 2017.",
        ),
        "shorthand": SHORTHAND,
    }
    return ResponseWorkbook(**(parts | changes))
