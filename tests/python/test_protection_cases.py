"""Requests that once gave a number away: each is stopped, or the attacker finds nothing."""

import csv
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

import compiled_models
from attacker import attacking
from missing_from_care.base.faults import ProtectionFault
from missing_from_care.landing.land import land
from missing_from_care.response.asking import Question
from published_figures import Fact, count_of
from released_responses import answered, protect

CASES = Path(__file__).parent / "fixtures" / "protection"
# Requests that are answered one after the other, each from a set of returns.
SEQUENCES = [
    *([(name, "demonstration")] for name in ("p-01", "p-02", "p-03", "p-04", "p-08", "p-09")),
    *([(name, "demonstration")] for name in ("p-11", "p-12")),
    *([(name, "z")] for name in ("p-05", "p-06", "p-07")),
    [("p-13", "zopen")],
    [("b1-occ", "demonstration"), ("b2-high", "demonstration"), ("b3-quarter", "demonstration")],
    [("rev-1", "zearly"), ("rev-2", "z")],
]


def questions_of(request_ref: str) -> list[Question]:
    """The questions of a case, as a register asks them."""
    names = [each.name for each in fields(Question)]
    with (CASES / "foi_request_questions.csv").open(encoding="utf-8", newline="") as file:
        return [
            Question(**{name: row[name] for name in names})
            for row in csv.DictReader(file)
            if row["request_ref"] == request_ref
        ]


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory, statements, database: Path):
    """A warehouse of the demonstration, and one of each world of the cases."""
    built = {"demonstration": database}
    for world in sorted((CASES / "worlds").iterdir()):
        folder = tmp_path_factory.mktemp(world.name)
        land(world, folder / "landed", form="csv")
        connection = compiled_models.connect(folder)
        compiled_models.build(connection, statements, folder / "landed")
        connection.close()
        built[world.name] = folder / f"{compiled_models.CATALOG}.duckdb"
    return built


def published_by_the_department(request_ref: str) -> list[Fact]:
    """What the Department publishes of the same children: 107 occasions in 2015/16."""
    if request_ref != "p-03":
        return []
    (question,) = questions_of(request_ref)
    year = (date(2015, 4, 1), date(2016, 3, 31))
    return [Fact(((count_of(question.measure, *year, False, "all", None), 1),), 107, 107)]


@pytest.mark.parametrize("sequence", SEQUENCES, ids=lambda each: "+".join(ref for ref, _ in each))
def test_a_case_gives_nothing_away(sequence: list[tuple[str, str]], databases) -> None:
    earlier, shown = [], []
    for request_ref, world in sequence:
        (response,) = answered(databases[world], {request_ref: questions_of(request_ref)}).values()
        try:
            shown.append(protect(databases[world], response, earlier))
        except ProtectionFault:
            continue
    known = published_by_the_department(sequence[0][0])
    found = [str(each) for each in attacking(shown, known).result() if each.verdict != "protected"]
    assert not [each for each in found if not each.startswith("idle")]
