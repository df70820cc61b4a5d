"""`foi_answers` against a plain-Python evaluation of the same questions, which shares no code.

First random questions about random returns and the demonstration extracts, then figures counted by
hand for what is easily got wrong; these hold for both.
"""

import csv
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path
from random import Random

import duckdb
import pytest

import compiled_models
import plain_answers
from compiled_models import Statements
from landed_words import YEARS, land_words
from missing_from_care.base.project import CHECKOUT
from missing_from_care.landing.land import land
from plain_answers import BREAKDOWNS, MEASURES, NOT_ON_A_DAY, every_day, plain_answer
from plain_count import EPISODES, HEADER, INTERVIEWS, MISSING, UASC, Returns, read_returns, written
from random_questions import BASES, awkward_days, random_periods, random_questions
from random_returns import Landed
from rule_tables import load_rules, losses_at_most
from small_councils import as_extract, small_returns, write_returns

EXTRACTS = CHECKOUT / "seeds" / "extracts"
RANDOM_RETURNS = 14
QUESTIONS_EACH = 36
QUESTION = ["request_ref", "question_no", "part", "wording", "measure", "breakdown", "population"]
QUESTION += ["period_basis", "first_period", "last_period"]
ANSWER = ["period", "period_start", "period_end", "category", "value", "marker"]
# What is built again when only the questions change.
OF_QUESTIONS = {
    "stg_foi_request_questions",
    "int_population_conditions",
    "int_question_periods",
    "int_question_faults",
    "int_question_problems",
    "int_answer_counts",
    "int_answers",
    "foi_answers",
}


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rule seeds by which nothing counts as lost: small returns are full of faults here."""
    return losses_at_most(tmp_path_factory.mktemp("seeds") / "rules", 100)


@pytest.fixture(scope="module")
def warehouse(rules: Path) -> duckdb.DuckDBPyConnection:
    connection = compiled_models.connect()
    load_rules(connection, rules, "thresholds")
    return connection


@pytest.fixture(scope="module")
def read(statements: Statements) -> Statements:
    """The statements of the models that the answers are made from."""
    return statements.needed_for("foi_answers", "int_question_problems")


@pytest.fixture(scope="module")
def of_rows(statements: Statements) -> Statements:
    """Those of them that do not change with the questions."""
    return statements.needed_for("foi_answers", "int_question_problems").without(*OF_QUESTIONS)


@pytest.fixture(scope="module")
def demonstration(rules: Path, of_rows: Statements) -> duckdb.DuckDBPyConnection:
    """The demonstration extracts, built once; tests only ask."""
    connection = compiled_models.connect()
    load_rules(connection, rules, "thresholds")
    compiled_models.build(connection, of_rows, EXTRACTS)
    return connection


def ask(
    connection: duckdb.DuckDBPyConnection, statements: Statements, questions: list[dict]
) -> list[list[dict]]:
    """The rows of `foi_answers` for each of the questions, which replace all others."""
    connection.execute("delete from foi_request_questions")
    connection.execute(
        f"insert into foi_request_questions select {', '.join(['unnest(?)'] * len(QUESTION))}",
        [[question[column] for question in questions] for column in QUESTION],
    )
    for name, statement in statements:
        if name in OF_QUESTIONS:
            kind = "view" if name in statements.views else "table"
            connection.execute(f"create or replace {kind} {name} as {statement}")
    problems = compiled_models.rows(connection, "int_question_problems", ["sentence"])
    assert not problems, problems
    rows = connection.execute(
        f"select question_no, {', '.join(ANSWER)} from foi_answers "
        "order by question_no, period_order, category_order"
    ).fetchall()
    of_question = defaultdict(list)
    for number, *values in rows:
        of_question[number].append(dict(zip(ANSWER, values, strict=True)))
    return [of_question[question["question_no"]] for question in questions]


def as_asked(question: dict) -> str:
    """The question in one line, for a failing test."""
    return " ".join(question[column] for column in QUESTION[4:])


def assert_agrees(questions: list[dict], found: list[list[dict]], returns: Returns) -> None:
    """The answers are those of the plain evaluation, row for row and in its order."""
    for question, rows in zip(questions, found, strict=True):
        assert rows == plain_answer(question, returns), as_asked(question)


# --- Random questions ------------------------------------------------------------------------


def take_away(landed: Path, rng: Random) -> None:
    """Sometimes accepts a module as missing, or lands no return interviews at all."""
    modules = landed / "landed_modules.csv"
    with modules.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    gone = rng.choice([None, EPISODES, MISSING, UASC, HEADER, INTERVIEWS])
    year = rng.choice([row["collection_year"] for row in rows if row["raw_table"] == gone] or [""])
    kept = []
    for row in rows:
        if (row["raw_table"], row["collection_year"]) != (gone, year):
            kept.append(row)
        elif year:
            kept.append({**row, "status": "accepted_missing", "rows_landed": "0"})
    write_rows(modules, list(rows[0]), kept)
    if gone:
        with (landed / f"{gone}.csv").open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rest = [row for row in reader if year and row["collection_year"] != year]
        write_rows(landed / f"{gone}.csv", list(reader.fieldnames), rest)


def write_rows(file: Path, columns: list[str], rows: list[dict]) -> None:
    """Writes a landed table anew."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, columns)
        writer.writeheader()
        writer.writerows(rows)


def random_case(
    seed: int, landed_returns: Landed, folder: Path, rules: Path
) -> tuple[Path, Returns, list[dict]]:
    """Random returns and questions about them; every other time something has not been landed."""
    landed = shutil.copytree(landed_returns(seed), folder / "landed")
    if seed % 2:
        take_away(landed, Random(seed))
    returns = read_returns(landed, seeds=rules)
    return landed, returns, random_questions(Random(seed), returns, QUESTIONS_EACH)


@pytest.mark.parametrize("seed", range(RANDOM_RETURNS))
def test_random_questions_about_random_returns(
    rules: Path,
    seed: int,
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    read: Statements,
    of_rows: Statements,
    landed_returns: Landed,
) -> None:
    landed, returns, questions = random_case(seed, landed_returns, tmp_path, rules)
    compiled_models.build(warehouse, of_rows, landed)
    assert_agrees(questions, ask(warehouse, read, questions), returns)


@pytest.mark.parametrize("seed", range(2))
def test_random_questions_about_an_extract_with_children_not_looked_after(
    seed: int,
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    read: Statements,
    of_rows: Statements,
) -> None:
    """Rule 25, in the population or the breakdown of every other question."""
    rng, source = Random(seed), tmp_path / "source"
    write_returns(source, small_returns(rng))
    land(source, tmp_path / "landed", form="csv")
    returns = read_returns(tmp_path / "landed")
    returns.is_of_extract = True
    covers = as_extract(source, returns)
    gone = {(MISSING, written(year).replace("/", "-")) for year in returns.years}
    land(source, tmp_path / "landed", frozenset(gone), form="csv", covers=covers)
    compiled_models.build(warehouse, of_rows, tmp_path / "landed")
    questions = random_questions(rng, returns, 2 * QUESTIONS_EACH)
    for question in questions[::2]:
        if "care:" not in question["population"]:
            everyone = question["population"].removeprefix("all")
            which = rng.choice(["not_looked_after", "looked_after|not_looked_after"])
            question["population"] = "&".join(filter(None, [everyone, f"care:{which}"]))
        question["breakdown"] = rng.choice([question["breakdown"], "care", "none"])
    found = ask(warehouse, read, questions)
    assert_agrees(questions, found, returns)
    others = [row["value"] for rows in found for row in rows if row["category"].startswith("not_l")]
    assert any(others)


def test_random_questions_about_the_demonstration(
    demonstration: duckdb.DuckDBPyConnection, read: Statements
) -> None:
    returns = read_returns(EXTRACTS)
    questions = random_questions(Random(0), returns, QUESTIONS_EACH)
    assert_agrees(questions, ask(demonstration, read, questions), returns)


def test_the_random_questions_ask_for_everything_and_mostly_find_something(
    rules: Path, tmp_path: Path, landed_returns: Landed
) -> None:
    asked, answered, markers = Counter(), Counter(), Counter()
    for seed in range(RANDOM_RETURNS):
        _, returns, questions = random_case(seed, landed_returns, tmp_path / str(seed), rules)
        for question in questions:
            rows = plain_answer(question, returns)
            words = {question[key] for key in ("measure", "breakdown", "period_basis")}
            asked.update(words)
            answered.update(words if any(row["value"] for row in rows) else ())
            markers.update({row["marker"] for row in rows})
    wanted = {*MEASURES, *BREAKDOWNS, *BASES}
    assert RANDOM_RETURNS * QUESTIONS_EACH >= 300
    assert wanted - set(asked) == set()
    # Returns hold no children who are not looked after, and no times.
    assert wanted - set(answered) == {"care", "hours_band"}
    assert set(markers) == {None, "[b]", "[x]", "[z]"}


def test_the_days_that_matter_give_the_answers_of_every_day(
    rules: Path, tmp_path: Path, landed_returns: Landed
) -> None:
    """The plain evaluation looks at few days of an episode; looking at all changes nothing."""
    for seed in (0, 2, 4):
        _, returns, questions = random_case(seed, landed_returns, tmp_path / str(seed), rules)
        for question in questions:
            if MEASURES[question["measure"]]["counts"] != "occasion":
                by_day = plain_answer(question, returns, days_of=every_day)
                assert by_day == plain_answer(question, returns), as_asked(question)


# --- Rows add up -------------------------------------------------------------------------------


def damage_births(landed: Path, rng: Random) -> None:
    """Some children of the Header are adults by it, some not yet born."""
    file = landed / "ssda903_header.csv"
    with file.open(encoding="utf-8", newline="") as opened:
        reader = csv.DictReader(opened)
        rows = list(reader)
    for row in rows:
        row["dob"] = rng.choice([row["dob"], row["dob"], "01/01/1990", "05/01/2017"])
    write_rows(file, list(reader.fieldnames), rows)


def add_up(measure: str, breakdown: str) -> bool:
    """Whether what the measure counts stands in one row of the breakdown."""
    unit = MEASURES[measure]["unit"]
    is_in_one = BREAKDOWNS[breakdown]["one_category_a_child"] == "true"
    return unit == "occasions" or (unit == "children" and is_in_one)


def refused(basis: str, breakdown: str) -> bool:
    """Whether the question is no question: a day has no months or quarters."""
    return basis == "snapshot" and breakdown in NOT_ON_A_DAY


@pytest.mark.parametrize("seed", range(0, 16, 2))
def test_rows_add_up_to_the_total_in_every_breakdown_of_every_measure(
    rules: Path,
    seed: int,
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    read: Statements,
    of_rows: Statements,
    landed_returns: Landed,
) -> None:
    """Over periods of every kind; where a child can be in several rows, none hides in no row."""
    rng = Random(seed)
    landed, returns, _ = random_case(seed, landed_returns, tmp_path, rules)
    damage_births(landed, rng)
    if seed % 4:
        take_away(landed, rng)
    compiled_models.build(warehouse, of_rows, landed)
    returns = read_returns(landed, seeds=rules)
    day, days = rng.choice(awkward_days(returns)), awkward_days(returns)
    questions = [
        {**question_of(0, f"{measure} {breakdown} {population}", "month 2017-04"), **periods}
        for periods, population in (
            (random_periods(rng, days, day, basis), rng.choice(["all", "all", "sex:male"]))
            for basis in BASES
        )
        for measure in MEASURES
        for breakdown in BREAKDOWNS
        if not refused(periods["period_basis"], breakdown)
        and MEASURES[measure]["unit"] in ("occasions", "children")
    ]
    for number, question in enumerate(questions):
        question["question_no"] = str(number)
    totals, counted = {}, 0
    answers = list(zip(questions, ask(warehouse, read, questions), strict=True))
    for question, rows in answers:
        if question["breakdown"] == "none":
            asked = (question["measure"], question["period_basis"])
            totals |= {(*asked, row["period"]): row["value"] for row in rows}
    for question, rows in answers:
        sums = defaultdict(list)
        for row in rows:
            sums[question["measure"], question["period_basis"], row["period"]].append(row["value"])
        for key, values in sums.items():
            if None in values:
                continue
            total = totals[key]
            counted += total
            where = f"{as_asked(question)}, {key[-1]}"
            if add_up(question["measure"], question["breakdown"]):
                assert sum(values) == total, where
            assert total >= max(values), where
            # A child missing more than once may have been so but once in each row.
            if question["measure"] != "children_missing_more_than_once":
                assert sum(values) >= total, where
    assert counted


@pytest.mark.parametrize(
    ("asked", "instead"),
    [
        *product(
            ("month all", "quarter all", "none month:2017-05", "sex sex:male&quarter:2017/18q1"),
            ["had lasted by then, or for a period of months or quarters"],
        ),
        *product(
            ("missing_before all", "sex missing_before:before"),
            ["for the period in which the occasions started"],
        ),
    ],
)
def test_a_snapshot_by_month_is_refused_with_what_to_ask_instead(
    asked: str, instead: str, demonstration: duckdb.DuckDBPyConnection, read: Statements
) -> None:
    """What goes on on a day began in any month before: no row of that month would hold it."""
    question = question_of(1, f"occasions_missing {asked}", "snapshot 2018-03-31..2018-03-31")
    with pytest.raises(AssertionError, match=instead):
        ask(demonstration, read, [question])


# --- Bands that overlap ----------------------------------------------------------------------

OVERLAPPING = """duration_band,more_than_1,More than 1 day,8,2,,,
duration_band,1_to_30,1 to 30 days,9,1,30,,
age_band,10_to_17,10 to 17,9,10,17,,
age,teenager,13 or over,22,13,,,
times_missing_band,more_than_once,More than once,9,2,,,
placement_type,home,Any home,16,,,childrens_home|secure_home,
placement_type,not_home,Foster or none,17,,,foster_other|foster_relative_or_friend|not_known,
"""


@pytest.fixture
def overlapping(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Categories that overlap, in the seed and in the plain evaluation."""
    seed = CHECKOUT / "seeds" / "rules" / "categories.csv"
    file = tmp_path / "categories.csv"
    file.write_text(seed.read_text(encoding="utf-8") + OVERLAPPING, encoding="utf-8")
    compiled_models.load_csv(warehouse, file)
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    for breakdown in {line.partition(",")[0] for line in OVERLAPPING.splitlines()}:
        of_it = [row for row in rows if row["breakdown"] == breakdown]
        monkeypatch.setitem(plain_answers.CATEGORIES, breakdown, of_it)
    yield
    compiled_models.load_csv(warehouse, seed)


@pytest.mark.parametrize("seed", [0, 2, 4])
def test_bands_that_overlap_are_each_right_and_change_no_other_figure(
    rules: Path,
    seed: int,
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    read: Statements,
    request: pytest.FixtureRequest,
    of_rows: Statements,
    landed_returns: Landed,
) -> None:
    landed, returns, _ = random_case(seed, landed_returns, tmp_path, rules)
    rng = Random(seed)
    damage_births(landed, rng)
    returns = read_returns(landed, seeds=rules)
    years = f"financial_year {written(min(returns.years))}..{written(max(returns.years))}"
    questions = [
        question_of(number, f"{measure} {breakdown} {population}", years)
        for number, (measure, breakdown, population) in enumerate(
            product(
                ("occasions_missing", "children_missing_or_absent", "children_looked_after"),
                (
                    *("none", "sex", "duration_band", "age", "age_band", "times_missing_band"),
                    "placement_type",
                ),
                ("all", "duration_band:2_to_3", "age_band:10_to_15", "times_missing_band:twice"),
            )
        )
    ]
    compiled_models.build(warehouse, of_rows, landed)
    before = ask(warehouse, read, questions)
    request.getfixturevalue("overlapping")
    compiled_models.build(warehouse, of_rows, landed)
    after = ask(warehouse, read, questions)
    for question, rows, now in zip(questions, before, after, strict=True):
        listed = {row["category"] for row in rows}
        assert [row for row in now if row["category"] in listed] == rows, as_asked(question)
    words = ["duration_band:more_than_1", "age_band:10_to_17", "times_missing_band:more_than_once"]
    words += ["placement_type:home", "placement_type:home|foster_other|not_home&sex:male|female"]
    words += [
        "age:teenager",
        "age:15|teenager",
        "duration_band:1_to_30&times_missing_band:more_than_once",
    ]
    more = [
        {**question, "question_no": str(number), "population": population}
        for number, (question, population) in enumerate(product(questions[::4], words))
    ]
    assert_agrees(questions, after, returns)
    assert_agrees(more, ask(warehouse, read, more), returns)
    assert any(row["value"] for question in more for row in plain_answer(question, returns))
    drawn = random_questions(rng, returns, QUESTIONS_EACH)
    drawn = [each for each in drawn if each["population"].count(":") < 2]
    assert_agrees(drawn, ask(warehouse, read, drawn), returns)


@pytest.mark.usefixtures("overlapping")
def test_rows_that_overlap_say_so_and_two_of_them_are_no_population(
    warehouse: duckdb.DuckDBPyConnection, read: Statements, of_rows: Statements
) -> None:
    compiled_models.build(warehouse, of_rows, EXTRACTS)
    year = "financial_year 2016/17"
    ask(
        warehouse,
        read,
        [
            question_of(1, "occasions_missing duration_band all", year),
            question_of(2, "occasions_missing sex duration_band:more_than_1", year),
        ],
    )
    notes = dict(
        warehouse.execute(
            "select question_no, bool_and(coalesce(note, '') like '%rows overlap%') "
            "from foi_answers group by question_no"
        ).fetchall()
    )
    assert notes == {"1": True, "2": False}
    both = "duration_band:more_than_1&duration_band:2_to_3"
    with pytest.raises(AssertionError, match="which overlap"):
        ask(warehouse, read, [question_of(1, f"occasions_missing none {both}", year)])


@pytest.mark.parametrize(
    ("population", "period"),
    [
        ("month:2017-04|2017-05", "financial_year 2017/18"),
        ("duration_band:1_day|more_than_30", "snapshot 2018-03-31"),
    ],
)
def test_stretches_of_time_are_not_joined(
    population: str, period: str, demonstration: duckdb.DuckDBPyConnection, read: Statements
) -> None:
    with pytest.raises(AssertionError, match="Ask for each in a question"):
        ask(demonstration, read, [question_of(1, f"occasions_missing none {population}", period)])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("4_to_7,4 to 7 days,4,4,7", "4_to_7,4 to 7 days,4,4,6"),
        ("18_or_over,18 or over,6,18,,,", ""),
    ],
)
def test_a_gap_between_bands_fails_the_build(
    old: str, new: str, tmp_path: Path, read: Statements, statements: Statements
) -> None:
    seed = CHECKOUT / "seeds" / "rules" / "categories.csv"
    lines = seed.read_text(encoding="utf-8").splitlines()
    edited = [line.replace(old, new) for line in lines if new or old not in line]
    assert edited != lines
    (tmp_path / seed.name).write_text("\n".join(edited) + "\n", encoding="utf-8")
    warehouse = compiled_models.connect()
    compiled_models.load_csv(warehouse, tmp_path / seed.name)
    warehouse.execute(f"create table int_bands as {dict(read)['int_bands']}")
    with pytest.raises(duckdb.Error, match="categories is not null"):
        warehouse.execute(compiled_models.data_test("sound_rows_int_bands", statements)).fetchall()


# --- Counted by hand -------------------------------------------------------------------------

# C1 moves to another home on 1 October 2017, C2 has a short break meanwhile, C3 only short breaks.
# C1 and C2 are UASC to the last day but one, and to the first day, of a month.
MOVES = {
    "uasc": "2017-18 C1 30/10/2017\n2017-18 C2 01/06/2017\n2017-18 C3 -",
    "episodes": """
        2016-17 C1 01/01/2016 01/10/2017 C2 K2
        2017-18 C1 01/01/2016 01/10/2017 C2 K2
        2017-18 C1 01/10/2017 - V2 H5
        2017-18 C2 01/04/2017 31/03/2018 C1 u6
        2017-18 C2 20/09/2017 10/10/2017 V4 R1
        2017-18 C3 01/04/2017 - V3 R1
        2017-18 C4 30/09/2017 30/09/2017 Q9 X9
    """,
    "missing": """
        2017-18 C1 M 01/10/2017 02/10/2017
        2017-18 C1 M 30/09/2017 30/09/2017
        2017-18 C2 A 25/09/2017 26/09/2017
        2017-18 C3 M 25/09/2017 26/09/2017
    """,
    "header": """
        2016-17 C1 01/01/2003 1 WBRI
        2017-18 C1 01/01/2003 2.0 mwas
        2017-18 C2 01/01/2003 9 ZZZZ
    """,
}
# C1 is born on 29 February 2000, C2 turns 1 on 15 May 2017 and is no longer UASC from 11 May 2017.
AGES = {
    "episodes": """
        2015-16 C1 01/04/2015 - C2
        2016-17 C1 01/04/2015 - C2
        2017-18 C1 01/04/2015 - C2
        2017-18 C2 01/04/2017 30/06/2017 C2
        2017-18 C3 01/04/2017 30/06/2017 C2
    """,
    "header": "2017-18 C1 29/02/2000\n2017-18 C2 15/05/2016",
    "uasc": "2017-18 C2 10/05/2017\n2017-18 C3 30/02/2018",
    "missing": """
        2017-18 C1 M 28/02/2018 01/03/2018
        2017-18 C1 M 01/03/2018 01/03/2018
        2017-18 C2 M 10/05/2017 -
        2017-18 C2 M 11/05/2017 -
    """,
}
# Ends that a snapshot must see or not; the last one ended by one return, but not by the later.
SNAPSHOTS = {
    "episodes": "2017-18 C1 01/04/2015 20/06/2017 C2\n2016-17 C1 01/04/2015 - C2",
    "missing": """
        2017-18 C1 M 10/05/2017 12/05/2017
        2017-18 C1 M 11/05/2017 11/05/2017
        2017-18 C1 A 20/06/2017 -
        2016-17 C1 M 01/03/2017 20/03/2017
        2017-18 C1 M 01/03/2017 -
        2016-17 C1 A 02/03/2017 05/05/2017
    """,
}
# Missing in the year: A twice and absent once, B absent only, C three times, once on another day.
TIMES = {
    "episodes": "\n".join(f"2016-17 {child} 01/04/2016 - C2" for child in "ABCD"),
    "header": """
        2016-17 A 01/01/2002 1
        2016-17 B 01/01/2002 2
        2016-17 C 01/01/2002 1
        2016-17 D 01/01/2002 2
    """,
    "missing": """
        2016-17 A M 01/05/2016 01/05/2016
        2016-17 A M 01/05/2016 03/05/2016
        2016-17 A A 02/05/2016 03/05/2016
        2016-17 B A 02/05/2016 03/05/2016
        2016-17 C M 01/05/2016 01/05/2016
        2016-17 C M 03/05/2016 03/05/2016
        2016-17 C M 31/07/2016 07/08/2016
    """,
}
# Born after the occasion began, and after the first day of care, by the Header alone.
UNBORN = {
    "episodes": "2017-18 C1 01/04/2015 - C2\n2017-18 C2 01/04/2017 - C2",
    "header": "2017-18 C1 01/01/2018\n2017-18 C2 01/01/1999",
    "missing": "2017-18 C1 M 10/06/2017 11/06/2017",
}
# Of 16 children three go missing: one of them twice, the others once.
SIXTEEN = {
    "episodes": "\n".join(f"2016-17 C{number} 01/04/2016 - C2" for number in range(1, 17)),
    "missing": """
        2016-17 C1 M 01/05/2016 01/05/2016
        2016-17 C1 M 02/05/2016 02/05/2016
        2016-17 C2 M 30/06/2016 02/07/2016
        2016-17 C3 M 01/06/2016 -
        2016-17 C1 M 01/09/2016 30/09/2016
        2016-17 C1 M 02/09/2016 02/09/2016
        2016-17 C2 M 03/09/2016 03/09/2016
        2016-17 C3 M 04/09/2016 04/09/2016
        2016-17 C4 M 04/09/2016 04/09/2016
    """,
}
# Found on the day that the second date says, interviewed on the last.
INTERVIEWS_HELD = {
    "missing": """
        2017-18 C1 M 01/05/2017 10/05/2017
        2017-18 C1 M 02/05/2017 10/05/2017
        2017-18 C1 M 03/05/2017 10/05/2017
        2017-18 C1 M 04/05/2017 10/05/2017
        2017-18 C1 M 05/05/2017 10/05/2017
        2017-18 C1 M 06/05/2017 10/05/2017
        2017-18 C1 M 07/05/2017 10/05/2017
        2017-18 C1 M 08/05/2017 -
        2017-18 C1 M 09/05/2017 10/05/2017
        2017-18 C1 M 09/05/2017 12/05/2017
    """,
    "interviews": """
        C1 01/05/2017 - completed N N N N 13/05/2017
        C1 02/05/2017 - COMPLETED Y N N N 14/05/2017
        C1 03/05/2017 - COMPLETED Y Y - - 10/05/2017
        C1 04/05/2017 - COMPLETED N N N N 09/05/2017
        C1 04/05/2017 - COMPLETED N N N N 11/05/2017
        C1 05/05/2017 - COMPLETED N N N N -
        C1 06/05/2017 - DECLINED N N N N 11/05/2017
        C1 07/05/2017 - NOT_OFFERED N N N Y -
        C1 08/05/2017 - AWAITED Y Y Y Y -
        C1 09/05/2017 2 AWAITED N N N N -
        C1 09/05/2017 2 COMPLETED N N y N 15/05/2017
    """,
}
# UASC of 2016/17 and Missing of 2015/16 were not landed, nor any return interview.
NOT_LANDED = {
    "missing": "2016-17 C1 A 01/04/2016 -\n2017-18 C1 A 31/03/2018 -",
    "uasc": "2017-18 C1 -\n2015-16 C1 -",
    "accepted_missing": (("ssda903_uasc", "2016-17"), ("ssda903_missing", "2015-16")),
    "with_interviews": False,
}
# An occasion on either side of every edge that a period can have.
EDGES = {
    "years": ("2014-15", *YEARS),
    "missing": "\n".join(
        f"{year} C1 M {day} {day}"
        for year, days in {
            "2015-16": "30/06/2015 01/07/2015 31/08/2015 01/09/2015 31/12/2015 01/01/2016 "
            "28/02/2016 29/02/2016 01/03/2016 31/03/2016",
            "2016-17": "01/04/2016 28/02/2017 01/03/2017 31/03/2017",
            "2017-18": "01/04/2017",
        }.items()
        for day in days.split()
    ),
}
WORLDS = {
    "moves": MOVES,
    "ages": AGES,
    "snapshots": SNAPSHOTS,
    "times": TIMES,
    "unborn": UNBORN,
    "sixteen": SIXTEEN,
    "interviews": INTERVIEWS_HELD,
    "not landed": NOT_LANDED,
    "edges": EDGES,
}

# World; measure, breakdown and population; periods; what is not 0, one period after the other.
COUNTED_BY_HAND = [
    # A child stands in both rows of a changeover day, and in every row of a period with a change.
    ("moves", "children_looked_after none all", "financial_year 2017/18", "all 3"),
    (
        "moves",
        "children_looked_after placement_type all",
        "month 2017-09..2017-11",
        "foster_other 1, childrens_home 1, not_known 1"
        " | foster_other 1, childrens_home 1, semi_independent 1"
        " | foster_other 1, semi_independent 1",
    ),
    (
        "moves",
        "children_looked_after legal_status all",
        "range 2017-09-30..2017-10-01",
        "interim_care_order 1, full_care_order 1, section_20 1, not_known 1",
    ),
    ("moves", "children_looked_after_at_end none all", "range 2017-09-01..2017-09-30", "all 2"),
    (
        "moves",
        "children_looked_after_at_end placement_type all",
        "range 2017-09-01..2017-10-01",
        "foster_other 1, semi_independent 1",
    ),
    # All conditions hold on the same day, in the same episode.
    (
        "moves",
        "children_looked_after none placement_type:childrens_home&month:2017-10",
        "financial_year 2017/18",
        "all 1",
    ),
    (
        "moves",
        "children_looked_after none placement_type:childrens_home&legal_status:section_20",
        "financial_year 2017/18",
        "-",
    ),
    (
        "moves",
        "children_looked_after quarter placement_type:semi_independent",
        "calendar_year 2017",
        "2017/18 Q3 1",
    ),
    ("moves", "uasc_children none all", "month 2017-05..2017-07", "all 2 | all 2 | all 1"),
    ("moves", "uasc_children none all", "range 2017-06-02..2017-06-30", "all 1"),
    ("moves", "uasc_children_at_end none all", "month 2017-09..2017-10", "all 1 | -"),
    ("moves", "uasc_children none all", "range 2017-10-30..2017-10-30", "all 1"),
    ("moves", "uasc_children none all", "range 2017-10-31..2017-10-31", "-"),
    ("moves", "children_looked_after uasc all", "range 2017-10-31..2017-10-31", "no 2"),
    # Of two episodes on the day the one that began last, unless it is a short break.
    (
        "moves",
        "occasions_missing_or_absent placement_type all",
        "financial_year 2017/18",
        "foster_other 1, childrens_home 1, semi_independent 1",
    ),
    # The latest Header; codes that nobody knows; a child without a Header.
    ("moves", "occasions_missing_or_absent sex all", "month 2017-09", "female 1, not_known 1"),
    ("moves", "children_looked_after ethnic_group all", "month 2017-09", "mixed 1, not_known 2"),
    ("moves", "children_looked_after age all", "month 2017-09", "14 2, not_known 1"),
    # Ages turn on the birthday, on 1 March for 29 February.
    ("ages", "children_looked_after age all", "month 2016-02", "15 1, 16 1"),
    ("ages", "children_looked_after age all", "range 2016-02-01..2016-02-28", "15 1"),
    ("ages", "children_looked_after age all", "range 2018-02-28..2018-03-01",
     "17 1, 18_or_over 1"),
    ("ages", "children_looked_after none age_band:18_or_over", "month 2018-03", "all 1"),
    ("ages", "children_looked_after age all", "month 2018-03", "18_or_over 1"),
    ("ages", "children_looked_after none all", "month 2018-03", "all 1"),
    ("ages", "occasions_missing age all", "range 2018-02-28..2018-03-01", "17 1"),
    (
        "ages",
        "children_looked_after age_band all",
        "month 2017-05",
        "under_1 1, 1_to_4 1, 16_to_17 1, not_known 1",
    ),
    ("ages", "percent_of_looked_after_children_missing age_band uasc:yes", "month 2017-05",
     "under_1 100, 1_to_4 [z], 5_to_9 [z], 10_to_15 [z], 16_to_17 [z], 18_or_over [z], "
     "before_birth [z]"),
    # UASC to the day of DUC, that day included; an unreadable DUC counts as blank.
    ("ages", "uasc_children none all", "month 2017-05..2017-07", "all 2 | all 1 | -"),
    ("ages", "uasc_children_at_end none all", "month 2017-05..2017-06", "all 1 | -"),
    ("ages", "uasc_children none all", "range 2017-05-10..2017-05-10", "all 2"),
    ("ages", "uasc_children none all", "range 2017-05-11..2017-06-30", "all 1"),
    ("ages", "uasc_children none age:1", "month 2017-05", "-"),
    ("ages", "children_looked_after none age:1&uasc:no", "month 2017-05", "all 1"),
    ("ages", "children_looked_after uasc all", "month 2017-05", "yes 2, no 2"),
    ("ages", "uasc_children uasc all", "month 2017-05", "yes 2"),
    ("ages", "occasions_missing uasc age_band:under_1", "month 2017-05", "yes 1, no 1"),
    # A snapshot is the end of a day: what had begun and had not ended.
    ("snapshots", "occasions_still_missing none all", "snapshot 2017-05-09..2017-05-09", "-"),
    ("snapshots", "occasions_still_missing none all", "snapshot 2017-05-09..2017-05-10", "all 1"),
    ("snapshots", "occasions_still_missing none all", "snapshot 2017-05-09..2017-05-11", "all 1"),
    ("snapshots", "occasions_still_missing none all", "snapshot 2017-05-09..2017-05-12", "-"),
    ("snapshots", "occasions_absent none all", "snapshot 2017-05-04..2017-05-04", "all 1"),
    ("snapshots", "occasions_absent none all", "snapshot 2017-05-05..2017-05-05", "-"),
    (
        "snapshots",
        "occasions_missing duration_band all",
        "snapshot 2017-05-11..2017-05-11",
        "1_day 1",
    ),
    ("snapshots", "occasions_missing duration_band all", "snapshot 2017-03-19..2017-03-19",
     "8_to_30 1"),
    ("snapshots", "occasions_missing duration_band all", "snapshot 2017-03-20..2017-03-20", "-"),
    ("snapshots", "occasions_found none all", "snapshot 2017-05-11..2017-05-11", "all 1"),
    ("snapshots", "longest_duration_days none all", "snapshot 2017-05-11..2017-05-11", "all 2"),
    ("snapshots", "children_looked_after none all", "snapshot 2017-06-20..2017-06-20", "all 1"),
    ("snapshots", "children_looked_after_at_end none all", "snapshot 2017-06-20..2017-06-20", "-"),
    # Found by any return, though the latest one gives no end: it has the end that is known.
    ("snapshots", "occasions_found duration_band all", "month 2017-03", "8_to_30 1"),
    ("snapshots", "occasions_still_missing none all", "month 2017-03", "-"),
    ("snapshots", "longest_duration_days none all", "month 2017-03", "all 19"),
    ("snapshots", "occasions_still_missing none all", "month 2017-06", "all 1"),
    # How often: the occasions missing in the period, within the other conditions.
    (
        "times",
        "children_missing times_missing_band all",
        "financial_year 2016/17",
        "twice 1, 3_to_5 1",
    ),
    (
        "times",
        "occasions_missing_or_absent times_missing_band all",
        "financial_year 2016/17",
        "twice 3, 3_to_5 3, never 1",
    ),
    ("times", "children_missing times_missing_band all", "quarter 2016/17 Q1..2016/17 Q3",
     "twice 2 | once 1 | -"),
    (
        "times",
        "children_missing times_missing_band duration_band:same_day",
        "financial_year 2016/17",
        "once 1, twice 1",
    ),
    ("times", "occasions_missing none times_missing_band:twice&duration_band:same_day",
     "financial_year 2016/17", "all 2"),
    ("times", "occasions_absent sex times_missing_band:twice", "month 2016-05", "male 1"),
    ("times", "occasions_absent times_missing_band counts_as:absent", "month 2016-05", "never 2"),
    ("times", "children_absent none times_missing_band:never", "month 2016-05", "all 1"),
    ("times", "children_missing_more_than_once none all", "month 2016-05..2016-07",
     "all 2 | - | -"),
    ("times", "children_missing_more_than_once duration_band all", "financial_year 2016/17",
     "same_day 1"),
    ("times", "children_missing_more_than_once none sex:male", "financial_year 2016/17", "all 2"),
    ("times", "children_missing duration_band all", "financial_year 2016/17",
     "same_day 2, 2_to_3 1, 4_to_7 1"),
    ("times", "children_missing_or_absent counts_as all", "month 2016-05", "missing 2, absent 2"),
    # Two categories of one breakdown never hold of one occasion.
    ("times", "occasions_missing none sex:male&sex:female", "month 2016-05", "-"),
    ("times", "occasions_missing none duration_band:same_day&duration_band:2_to_3", "month 2016-05",
     "-"),
    ("times", "occasions_missing none times_missing_band:twice&times_missing_band:3_to_5",
     "financial_year 2016/17", "-"),
    ("times", "occasions_missing none duration_band:same_day&duration_band:same_day",
     "month 2016-05", "all 3"),
    # Before birth, and 18 or over in care, are rows of their own.
    ("unborn", "occasions_missing age all", "month 2017-06", "before_birth 1"),
    ("unborn", "occasions_missing age_band all", "month 2017-06", "before_birth 1"),
    ("unborn", "children_missing none age:before_birth", "month 2017-06", "all 1"),
    ("unborn", "children_looked_after age all", "financial_year 2017/18",
     "0 1, 18_or_over 1, before_birth 1"),
    ("unborn", "children_looked_after_at_end age_band all", "month 2017-12",
     "18_or_over 1, before_birth 1"),
    # Halves go up; nothing is taken from nothing.
    ("sixteen", "percent_of_looked_after_children_missing none all", "month 2016-05..2016-07",
     "all 6.3 | all 12.5 | -"),
    ("sixteen", "percent_of_looked_after_children_missing none all", "quarter 2016/17 Q1",
     "all 18.8"),
    ("sixteen", "occasions_per_child_missing none all", "month 2016-05..2016-07",
     "all 2 | all 1 | all [z]"),
    ("sixteen", "occasions_per_child_missing none all", "quarter 2016/17 Q2", "all 1.3"),
    ("sixteen", "percent_of_looked_after_children_missing sex all", "month 2016-05",
     "male [z], female [z], not_known 6.3"),
    ("sixteen", "longest_duration_days none all", "month 2016-05..2016-07",
     "- | all 2 | all [z]"),
    # Interviews: any completed one will do; from dates alone 72 hours are three days.
    ("interviews", "occasions_found none all", "month 2017-05", "all 9"),
    ("interviews", "occasions_interviewed_within_72_hours none all", "month 2017-05", "all 4"),
    ("interviews", "occasions_with_interview none all", "month 2017-05", "all 6"),
    ("interviews", "occasions_without_interview none all", "month 2017-05", "all 3"),
    ("interviews", "occasions_interview_offered none all", "month 2017-05", "all 7"),
    ("interviews", "occasions_interview_declined none all", "month 2017-05", "all 1"),
    ("interviews", "occasions_hurt none all", "month 2017-05", "all 2"),
    ("interviews", "occasions_sexually_harmed none all", "month 2017-05", "all 1"),
    ("interviews", "occasions_drug_sale duration_band all", "month 2017-05", "2_to_3 1"),
    ("interviews", "occasions_crime none all", "month 2017-05", "all 1"),
    ("interviews", "occasions_any_harm none all", "month 2017-05", "all 4"),
    # What needs a module that was not landed; what does not apply, whether landed or not.
    ("not landed", "occasions_absent none all", "financial_year 2015/16..2017/18",
     "all [x] | all 1 | all 0 [b]"),
    ("not landed", "occasions_missing uasc all", "financial_year 2015/16..2017/18",
     "yes [x], no [x], not_known [x] | yes [x], no [x], not_known [x]"
     " | yes 1 [b], no 0 [b], not_known 0 [b]"),
    # Begun in a year of which no return says who is UASC, and going on in one that does.
    ("not landed", "occasions_absent uasc all", "snapshot 2017-04-02..2017-04-02", "not_known 1"),
    ("not landed", "occasions_missing none uasc:no", "calendar_year 2017", "all [x]"),
    ("not landed", "uasc_children none all", "financial_year 2015/16..2017/18",
     "all 1 | all [x] | all 1"),
    ("not landed", "children_looked_after none all", "financial_year 2015/16", "all 1"),
    ("not landed", "percent_of_looked_after_children_missing none all", "financial_year 2015/16",
     "all [x]"),
    ("not landed", "occasions_with_interview none all", "month 2018-03", "all [x]"),
    ("not landed", "occasions_found none all", "month 2018-03..2018-03-30", "-"),
    ("not landed", "children_looked_after none all", "calendar_year 2018", "all [x]"),
    ("not landed", "children_looked_after counts_as all", "calendar_year 2018",
     "missing [z], absent [z]"),
    ("not landed", "uasc_children none duration_band:same_day", "financial_year 2016/17",
     "all [z]"),
    ("not landed", "percent_of_looked_after_children_missing none times_missing_band:once",
     "financial_year 2016/17", "all [z]"),
    # The change of definition on 1 April 2017, in a period from its first day to its last.
    ("edges", "occasions_missing none all", "range 2017-03-31..2017-04-01", "all 2 [b]"),
    ("edges", "occasions_missing none all", "range 2017-03-01..2017-03-31", "all 2"),
    ("edges", "occasions_missing none all", "range 2017-04-01..2017-04-01", "all 1 [b]"),
    ("edges", "occasions_missing none all", "month 2017-04..2017-05", "all 1 [b] | -"),
    ("edges", "occasions_missing none all", "snapshot 2017-04-01..2017-04-01", "all 0 [b]"),
    # Of the months or quarters of a period, the one in which it changes, and none after it.
    ("edges", "occasions_missing month all", "financial_year 2016/17..2017/18",
     "2016-04 1, 2017-02 1, 2017-03 2 | 2017-04 1 [b]"),
    ("edges", "occasions_missing quarter all", "calendar_year 2017",
     "2016/17 Q4 3, 2017/18 Q1 1 [b]"),
    ("edges", "occasions_missing month all", "range 2017-05-01..2017-07-31", "-"),
    ("edges", "occasions_missing_or_absent none all", "financial_year 2017/18", "all 1"),
    ("edges", "occasions_missing_or_absent counts_as all", "month 2017-04..2017-05",
     "missing 1 [b], absent 0 [b] | -"),
    ("edges", "occasions_missing_or_absent none times_missing_band:once", "financial_year 2017/18",
     "all 1 [b]"),
    ("edges", "occasions_missing none all", "range 2017-04-02..2018-03-31", "-"),
    # Where each kind of period begins and ends.
    ("edges", "occasions_missing none all", "financial_year 2015/16..2016/17", "all 10 | all 4"),
    ("edges", "occasions_missing none all", "calendar_year 2015-08-31..2016-01-01",
     "all 3 | all 1"),
    ("edges", "occasions_missing none all", "academic_year 2015/16", "all 8"),
    ("edges", "occasions_missing none all", "academic_year 2015/16..2016-08-31", "all 8"),
    ("edges", "occasions_missing none all", "quarter 2015/16 Q1..2015/16 Q4",
     "all 1 | all 3 | all 1 | all 5"),
    ("edges", "occasions_missing quarter all", "calendar_year 2016",
     "2015/16 Q4 5, 2016/17 Q1 1"),
    ("edges", "occasions_missing none all", "month 2016-02-29..2016-03-01", "all 1 | all 1"),
    ("edges", "occasions_missing none all", "rolling_12_months 2016-02-28..2016-02-28", "all 7"),
    ("edges", "occasions_missing none all", "rolling_12_months 2017-02-28..2017-02-28", "all 4"),
    ("edges", "occasions_missing none all", "rolling_12_months 2016-12-31..2016-12-31", "all 6"),
]  # fmt: skip


def question_of(number: int, words: str, periods: str) -> dict[str, str]:
    """A question row from `measure breakdown population` and `basis first..last`."""
    basis, _, asked = periods.partition(" ")
    first, _, last = asked.partition("..")
    values = ["foi-2018-0417", str(number), "", "Made up", *words.split(" ", 2)]
    return dict(zip(QUESTION, [*values, basis, first, last or first], strict=True))


def in_words(rows: list[dict]) -> str:
    """What is not 0 or marked, one period after the other."""
    of_period = defaultdict(list)
    for row in rows:
        said = of_period[row["period_start"]]
        value = "" if row["value"] is None else f"{row['value']:g}"
        if row["value"] or row["marker"]:
            said.append(" ".join(filter(None, [row["category"], value, row["marker"]])))
    return " | ".join(", ".join(said) or "-" for said in of_period.values())


@pytest.fixture(scope="module")
def answers_in(rules: Path, warehouse, read, tmp_path_factory, of_rows):
    """Builds a world and answers its questions, once: by the models and in plain Python."""

    @cache
    def answered(world: str) -> dict[str, list[tuple[str, str]]]:
        landed = tmp_path_factory.mktemp("world")
        land_words(landed, **WORLDS[world])
        compiled_models.build(warehouse, of_rows, landed)
        asked = [case[1:3] for case in COUNTED_BY_HAND if case[0] == world]
        questions = [question_of(number, *case) for number, case in enumerate(asked, 1)]
        found = ask(warehouse, read, questions)
        returns = read_returns(landed, seeds=rules)
        plain = [plain_answer(question, returns) for question in questions]
        both = zip(map(in_words, found), map(in_words, plain), strict=True)
        return dict(zip(asked, both, strict=True))

    return answered


@pytest.mark.parametrize(("world", "words", "periods", "counted"), COUNTED_BY_HAND)
def test_figures_counted_by_hand(answers_in, world, words, periods, counted) -> None:
    found, plain = answers_in(world)[words, periods]
    assert plain == counted
    assert found == counted


def test_the_definition_one_year_earlier_moves_figures_and_markers(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection, read: Statements, of_rows: Statements
) -> None:
    """One cell of one row of the seed, and no code."""
    seed = CHECKOUT / "seeds" / "rules" / "definition_by_year.csv"
    text = seed.read_text(encoding="utf-8")
    edited = text.replace(
        "2016-04-01,2017-03-31,missing_and_absent", "2016-04-01,2017-03-31,every_incident_missing"
    )
    assert edited != text
    (tmp_path / seed.name).write_text(edited, encoding="utf-8")
    definition = [
        (None, date(2016, 3, 31), "missing", "absent"),
        (date(2016, 4, 1), None, "missing", "missing"),
    ]
    returns = read_returns(EXTRACTS, definition)
    words = "occasions_missing counts_as all"
    questions = [
        question_of(1, words, "financial_year 2014/15..2017/18"),
        question_of(2, "occasions_absent none all", "calendar_year 2015..2017"),
    ]
    try:
        compiled_models.load_csv(warehouse, tmp_path / seed.name)
        compiled_models.build(warehouse, of_rows, EXTRACTS)
        found = ask(warehouse, read, questions)
    finally:
        compiled_models.load_csv(warehouse, seed)
    assert found == [plain_answer(question, returns, definition) for question in questions]
    assert [row["marker"] for row in found[1]] == [None, "[b]", None]
