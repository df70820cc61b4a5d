"""Texts that several documents have, and how a text or a day is written in all of them."""

import re
from datetime import date

NOT_FOR_RELEASE = (
    "Not for release: small numbers here have not been protected. It is for the council's own use."
)
INVENTED_CHILDREN = "These figures are of invented children and say nothing about any real child."
LICENCE_ADDRESS = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"

ADDRESS = r"(?<![\w@.-])((?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[\w/-]*)?)(?![\w@])"
"""A web address without its protocol, `ico.org.uk/foicomplaints`."""

NOTE = re.compile(r"\[note (\d+)\]")
MARKER = re.compile(r"\[[A-Za-z]{1,5}\d*\]")
"""Shorthand, such as `[c]`."""

_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    # Marks of writing direction can make a text read other than it is.
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
    r"|_x[0-9A-Fa-f]{4}_"
)


def long_day(day: date) -> str:
    """`18 June 2018`, on every system alike."""
    return f"{day.day} {day:%B %Y}"


def visible(text: str) -> str:
    """A text with control characters and marks of writing direction shown as U+FFFD."""
    return _CONTROLS.sub("\ufffd", text)


def one_line(text: str) -> str:
    """A visible text in one line: white space closed up."""
    return " ".join(visible(text).split())


def without_notes(text: str) -> str:
    """A text without its note markers."""
    return one_line(re.sub(rf"\s*{NOTE.pattern}", "", text))
