"""Random responses against the attacker of single children: what is withheld stays unknown.

40 responses in CI and 6 sequences of two or three; `FOI_TEST_ATTACKS=1000` tries as many, and 300.
Returns may be revised within a sequence, and the Department publishes figures too.
"""

import os
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from random import Random

import pytest

import compiled_models
from attacker import attacking, mistakes
from compiled_models import Statements
from missing_from_care.base.faults import DataFault, ProtectionFault
from missing_from_care.landing.land import land
from missing_from_care.response.answers import Answer, Response, Table
from missing_from_care.response.asking import Question
from plain_count import Returns, read_returns, written
from plain_kinds import kinds_there, seen_of_each
from published_figures import Contradiction, Fact, Finding, TooManyKinds, count_of
from released_responses import answered, protect
from small_councils import as_extract, random_request, small_returns, write_returns

RESPONSES = int(os.environ.get("FOI_TEST_ATTACKS", "40"))
SEQUENCES = 3 * RESPONSES // 10 if "FOI_TEST_ATTACKS" in os.environ else 6
EACH = 10
# Of one council; so few that some are revised in CI too.
SEQUENCES_EACH = 3
# What the Department publishes of a council, and how this project calls it.
BY_THE_DEPARTMENT = {
    "missing_incidents": "occasions_missing",
    "children_missing_in_year": "children_missing",
    "away_incidents": "occasions_absent",
    "children_away_in_year": "children_absent",
    "cla_during_year": "children_looked_after",
    "cla_at_31_march": "children_looked_after_at_end",
    "uasc_at_31_march": "uasc_children_at_end",
}
# From 2017/18 the Department's incidents are those recorded as missing, the council's are all.
LAST_YEAR_COUNTED_ALIKE = 2016
NEEDED = (
    *("foi_answers", "foi_deadlines", "int_question_problems", "int_module_losses"),
    *("dq_published_comparison", "int_answer_facts", "dim_financial_years"),
)


@dataclass(frozen=True)
class Council:
    """A made-up council.

    Attributes:
        database: its warehouse.
        returns: as the plain count reads them.
        department: what the Department publishes of it.
    """

    database: Path
    returns: Returns
    department: list[Fact]


def council(
    folder: Path,
    seed: int,
    statements: Statements,
    late: bool = False,
    published: bool = False,
    of_extract: bool = False,
) -> Council:
    """A council whose returns are the same for the same seed, with a late row or without.

    Of an extract, its occasions come from a case-management system, which holds other children too.
    """
    landed = folder / "landed"
    write_returns(folder / "source", small_returns(Random(seed), late))
    land(folder / "source", landed, form="csv")
    returns = read_returns(landed)
    if of_extract:
        returns.is_of_extract = True
        covers = as_extract(folder / "source", returns)
        gone = {("ssda903_missing", written(year).replace("/", "-")) for year in returns.years}
        land(folder / "source", landed, frozenset(gone), form="csv", covers=covers)
    rows, facts = [], []
    for year in sorted(returns.years) if published else ():
        for theirs, ours in BY_THE_DEPARTMENT.items():
            if not ours.endswith(("looked_after", "_at_end")) and year > LAST_YEAR_COUNTED_ALIKE:
                continue
            span = (date(year, 4, 1), date(year + 1, 3, 31))
            count = count_of(ours, *span, False, "all", None)
            number = sum(seen_of_each(count, returns).values())
            # 1 to 5 is suppressed.
            if number == 0 or number > 5:
                facts.append(Fact(((count, 1),), number, number))
                rows.append((f"{year}/{(year + 1) % 100:02d}", theirs, str(number)))
    connection = compiled_models.connect(folder)
    connection.execute("delete from published_statistics where area_code = 'E06000016'")
    for row in rows:
        connection.execute(
            "insert into published_statistics (area_code, area, financial_year, measure, value, "
            "status) values ('E06000016', 'Leicester', ?, ?, ?, 'published')",
            row,
        )
    compiled_models.build(connection, statements, landed)
    connection.close()
    return Council(folder / f"{compiled_models.CATALOG}.duckdb", returns, facts)


def truth(finding: Finding, returns: Returns) -> int:
    """What the sum of counts really is."""
    return sum(
        times * sum(seen_of_each(count, returns).values()) for count, times in finding.target.form
    )


def leaks(findings: Iterable[Finding], *returns: Returns) -> list[str]:
    """What was found out and is so; that a number is found out that is not so is a fault of his."""
    found = []
    for each in findings:
        if each.verdict == "leak":
            true = [truth(each, world) for world in returns]
            if each.target.reason == "longest" or any(each.low <= n <= each.high for n in true):
                found.append(f"{each} ({true})")
            else:
                assert len(returns) > 1, f"The attacker is wrong: {each}, it is {true}"
    return found


def released(database: Path, response: Response, earlier: list, told: Counter) -> list[Response]:
    """The response as published; none if it is stopped."""
    try:
        shown = protect(database, response, earlier)
    except ProtectionFault:
        told["stopped"] += 1
        return []
    except DataFault:
        told["refused"] += 1
        return []
    told["released"] += 1
    return [shown]


def settle(
    waiting: list[tuple[str, Future[list[Finding]], tuple[Returns, ...]]], told: Counter
) -> list[str]:
    """Waits for the attacks; what they found. How each target came out is told, honestly."""
    found = []
    for name, attack, worlds in waiting:
        try:
            findings = attack.result()
        except (Contradiction, TooManyKinds) as given_up:
            told[type(given_up).__name__] += 1
            continue
        told.update(each.verdict for each in findings)
        found += [f"{name}: {leak}" for leak in leaks(findings, *worlds)]
    print(dict(told))
    assert told["Contradiction"] + told["TooManyKinds"] <= len(waiting) / 4
    # Where neither another world nor a proof was found.
    assert told["undecided"] <= told["protected"] / 20
    return found


def no_mistake_of(beliefs: list[tuple[str, Future[list[str]]]]) -> None:
    """The attacker's facts hold, and he thinks every child possible that is there."""
    wrong = [f"{name}: {each}" for name, mistake in beliefs for each in mistake.result()]
    assert not wrong, "\n".join(wrong)


def test_nothing_of_random_responses_is_found_out(tmp_path: Path, statements: Statements) -> None:
    """Nor is he wrong: his facts hold, and he thinks every child possible that is there."""
    needed, told = statements.needed_for(*NEEDED), Counter()
    waiting, beliefs = [], []
    for seed in range(-(-RESPONSES // EACH)):
        rng = Random(seed)
        # Every third is of an extract, and of every third the Department's figures are known.
        how = {"published": seed % 3 == 0, "of_extract": seed % 3 == 1}
        of = council(tmp_path / str(seed), seed, needed, **how)
        asked = {f"{seed}.{n}": random_request(rng, of.returns) for n in range(EACH)}
        there = partial(kinds_there, worlds=[of.returns])
        for name, response in answered(of.database, asked).items():
            beliefs.append((f"{name} {asked[name]}", mistakes([response], there)))
            for shown in released(of.database, response, [], told):
                attack = attacking([shown], of.department, there)
                waiting.append((f"{name} {asked[name]}", attack, (of.returns,)))
    found = settle(waiting, told)
    no_mistake_of(beliefs)
    assert not found, "\n".join(found)
    assert told["released"] >= RESPONSES / 2


def test_nothing_of_random_sequences_is_found_out(tmp_path: Path, statements: Statements) -> None:
    """Every other council has a late row before the last response."""
    needed, told = statements.needed_for(*NEEDED), Counter()
    waiting, beliefs = [], []
    for seed in range(1000, 1000 + -(-SEQUENCES // SEQUENCES_EACH)):
        rng = Random(seed)
        worlds = [council(tmp_path / str(seed), seed, needed)]
        if seed % 2:
            worlds.append(council(tmp_path / f"{seed}-late", seed, needed, late=True))
        asked = {
            f"{seed}.{n}.{step}": random_request(rng, worlds[0].returns)
            for n in range(SEQUENCES_EACH)
            for step in range(rng.choice([2, 2, 3]))
        }
        answers = [answered(world.database, asked) for world in worlds]
        for n in range(SEQUENCES_EACH):
            names = [name for name in asked if name.startswith(f"{seed}.{n}.")]
            shown, earlier = [], []
            for name in names:
                at = -1 if name == names[-1] else 0
                if name in answers[at]:
                    shown += released(worlds[at].database, answers[at][name], earlier, told)
            returns = tuple(world.returns for world in worlds)
            there = partial(kinds_there, worlds=returns)
            beliefs.append((" ".join(names), mistakes(shown, there)))
            # All at once contradict each other if a number was revised.
            for some in [shown] if len(worlds) == 1 else [shown, shown[:-1], shown[-1:]]:
                waiting.append((" ".join(names), attacking(some, there=there), returns))
    found = settle(waiting, told)
    no_mistake_of(beliefs)
    assert not found, "\n".join(found)
    assert told["released"] >= SEQUENCES


# --- He sees ---------------------------------------------------------------------------------

YEAR = (date(2017, 4, 1), date(2018, 3, 31))
BEFORE = (date(2016, 4, 1), date(2017, 3, 31))
Row = tuple


def published(*rows: Row) -> Response:
    """A response of `measure, population, breakdown, category, value`; None is withheld."""
    answers = []
    for measure, population, breakdown, category, value, *span in rows:
        first, last = span[0] if span else YEAR
        answers.append(
            Answer(
                *("1", "", population, breakdown, "financial_year", "2017/18", 1, first, last),
                *(category, category, 1, measure, measure, "", True, "", value, None, None, ""),
                is_withheld=value is None,
            )
        )
    table = Table("1", "Question 1", "", "", "Financial year", tuple(answers))
    return Response("hand", "", None, None, None, (table,), (), {}, {}, True)


ALL = ("all", "none", "all")
MALE, FEMALE = ("all", "sex", "male"), ("all", "sex", "female")
NEITHER = ("all", "sex", "not_known")
LONG = "duration_band:4_to_7|8_to_30|more_than_30"
LONG_ONES = ("occasions_missing", LONG)
SEEN: dict[str, list[Row]] = {
    "a total less its rows": [
        *(("occasions_missing", *ALL, 20), ("occasions_missing", *MALE, 17)),
        *(("occasions_missing", *FEMALE, None), ("occasions_missing", *NEITHER, 0)),
    ],
    "a quarter of a year": [
        ("occasions_missing", *ALL, 20),
        ("occasions_missing", *ALL, None, (date(2017, 4, 1), date(2017, 6, 30))),
        ("occasions_missing", *ALL, 17, (date(2017, 7, 1), date(2018, 3, 31))),
    ],
    "nobody was absent since": [
        ("children_missing", *ALL, 20),
        *(("children_missing_or_absent", *MALE, 17), ("children_missing_or_absent", *FEMALE, None)),
        ("children_missing_or_absent", *NEITHER, 0),
    ],
    "an average": [
        ("occasions_missing", *ALL, 30),
        ("occasions_per_child_missing", *ALL, 10.0),
    ],
    "as many occasions as one child has": [
        ("occasions_missing", "times_missing_band:51_to_100", "none", "all", 75),
        ("children_missing", "times_missing_band:51_to_100", "none", "all", None),
    ],
    "each child once": [
        ("occasions_missing", "times_missing_band:once", "none", "all", 3),
        ("children_missing", "times_missing_band:once", "none", "all", None),
    ],
    "seven of seven": [
        ("uasc_children", *ALL, 7),
        ("children_missing", "uasc:yes", "none", "all", 7),
    ],
    "the longest of all": [
        *(("longest_duration_days", *ALL, 13), ("longest_duration_days", *MALE, 10)),
        *(("longest_duration_days", *FEMALE, None), ("occasions_found", *NEITHER, 0)),
    ],
    "four days are over 72 hours": [
        *(("occasions_missing", f"{LONG}|2_to_3", *ALL[1:], 20), (*LONG_ONES, *ALL[1:], 3)),
        ("occasions_missing", "hours_band:not_known", *ALL[1:], 0),
        ("occasions_missing", f"hours_band:over_72&{LONG}", *ALL[1:], None),
    ],
    "at the end and on the way": [
        ("children_looked_after", *ALL, 20),
        ("children_looked_after_at_end", *ALL, 20),
        ("children_looked_after_at_end", "uasc:yes", "none", "all", 16),
        ("uasc_children", *ALL, 18),
        ("children_looked_after", "uasc:no", "none", "all", None),
    ],
}
UNSEEN: dict[str, list[Row]] = {
    "two of three rows": [
        *(("occasions_missing", *ALL, 20), ("occasions_missing", *MALE, None)),
        *(("occasions_missing", *FEMALE, None), ("occasions_missing", *NEITHER, 0)),
    ],
    "absent before 2017": [
        ("children_missing", *ALL, 20, BEFORE),
        ("children_missing_or_absent", *MALE, 17, BEFORE),
        ("children_missing_or_absent", *FEMALE, None, BEFORE),
        ("children_missing_or_absent", *NEITHER, 0, BEFORE),
    ],
    "more occasions than one child has": [
        ("occasions_missing", "times_missing_band:11_to_50", "none", "all", 75),
        ("children_missing", "times_missing_band:11_to_50", "none", "all", None),
    ],
    "three days may be over 72 hours": [
        *(("occasions_missing", f"{LONG}|2_to_3", *ALL[1:], 3), (*LONG_ONES, *ALL[1:], 0)),
        ("occasions_missing", "hours_band:not_known", *ALL[1:], 0),
        ("occasions_missing", "hours_band:over_72", *ALL[1:], None),
    ],
    "both longest": [
        *(("longest_duration_days", *ALL, 13), ("longest_duration_days", *MALE, None)),
        *(("longest_duration_days", *FEMALE, None), ("occasions_found", *NEITHER, 0)),
    ],
}


@pytest.mark.parametrize("told_by", ["trafficking_concern", "exploitation_concern"])
def test_that_all_of_a_small_group_are_alike_is_not_told_though_it_is_an_unlikely_one(
    told_by: str, tmp_path: Path, statements: Statements
) -> None:
    """One occasion is of those of which nobody knows whether the police were told."""
    of = council(tmp_path, 1068, statements.needed_for(*NEEDED))
    year = ("financial_year", "2017/18", "2017/18")
    asked = [Question("occasions_missing", told_by, "police_notified:not_known", *year)]
    (response,) = answered(of.database, {"1": asked}).values()
    assert sorted(each.value for each in response.tables[0].answers) == [0, 0, 1]
    (shown,) = released(of.database, response, [], Counter())
    assert all(each.is_withheld for each in shown.tables[0].answers)
    there = partial(kinds_there, worlds=[of.returns])
    verdicts = {
        each.verdict
        for each in attacking([shown], there=there).result()
        if each.target.reason == "whole group"
    }
    assert verdicts and verdicts <= {"protected", "idle"}


@pytest.mark.parametrize("name", [*SEEN, *UNSEEN])
def test_the_attacker_sees_what_can_be_seen_and_no_more(name: str) -> None:
    found = attacking([published(*(SEEN | UNSEEN)[name])]).result()
    verdicts = Counter(each.verdict for each in found)
    assert (verdicts["leak"] > 0) == (name in SEEN), [str(each) for each in found]
    assert not verdicts["undecided"]


def test_the_attacker_is_told_ranges() -> None:
    """Two ranges that go with each other are safe; two that leave one number each are not."""
    response = published(*SEEN["a total less its rows"][:1], *UNSEEN["two of three rows"][1:])
    (table,) = response.tables
    for least, verdict in ((16, "protected"), (19, "leak")):
        answers = list(table.answers)
        for at, low, high in ((1, least, least + 3), (2, 1, 4)):
            answers[at] = replace(answers[at], low=low, high=high)
        told = replace(response, tables=(replace(table, answers=tuple(answers)),))
        found = attacking([told]).result()
        assert [each.verdict for each in found if "female" in each.target.name] == [verdict]
