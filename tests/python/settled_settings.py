"""A council's settings with every question answered, as a person would."""

import csv
from datetime import date
from pathlib import Path

from missing_from_care.base.settings import CouncilFolder, council_named, write_settings

ANSWER = "Answered on 3 February 2026 by the head of service"


def settled_settings(folder: Path) -> Path:
    """Settings of a council below a folder; for FOI_SETTINGS."""
    places = CouncilFolder(folder.resolve())
    write_settings(places, council_named("801"), date(2026, 2, 3))
    answer_questions(places.settings)
    return places.settings


def answer_questions(settings: Path) -> None:
    """Settles what is open, as a person would with a spreadsheet: Windows-1252 and semicolons."""
    answers = {"ons_code": "E06000023", "review_email": "foi@anytown.example"}
    answers |= {"holds_from": "2014-04-01"}
    for file in settings.glob("*.csv"):
        rows = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
        rows = [
            [answers.get(row[0], ANSWER) if cell.startswith("?") else cell for cell in row]
            for row in rows
        ]
        with file.open("w", encoding="cp1252", newline="") as opened:
            csv.writer(opened, delimiter=";").writerows(rows)
