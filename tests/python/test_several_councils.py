"""Several councils in one warehouse: each counts as if it were alone, whatever ids they share."""

import random
import shutil
from itertools import product
from pathlib import Path

import duckdb
import pytest

import compiled_models
from missing_from_care.base.faults import DataFault
from missing_from_care.landing.land import land
from plain_count import plain_count
from plain_reading import seed as seed_rows
from random_returns import write_random_returns
from rule_tables import load_rules, losses_at_most, write_rules
from test_marts_agree import MARTS, assert_agrees

COUNCILS = {"330": 41, "856": 50, "857": 53}
"""Codes, each with the seed of its returns, all of the same two years."""
MODULES = ("header", "episodes", "missing", "uasc")
CHANGED = "every_incident_missing"
QUESTION = (
    "insert into foi_request_questions values ('foi-2018-0417', '{}', '', 'Made up', '{}', '{}', "
    "'{}', 'financial_year', '2016/17', '2017/18')"
)
LEDGER = """
    select * exclude (occasion_id, child_id, source_file, la_code),
        split_part(child_id, '|', -1) as child,
        regexp_replace(source_file, '^[0-9]{3}/', '') as file
    from fct_missing_occasions
"""


@pytest.fixture(scope="module")
def statements(statements: compiled_models.Statements) -> compiled_models.Statements:
    return statements.needed_for(*MARTS, "fct_missing_occasions", "foi_answers", "dq_findings")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns of three councils whose children have the same dozen identifiers."""
    folder = tmp_path_factory.mktemp("councils")
    for code, seed in COUNCILS.items():
        write_random_returns(folder / code, seed)
    return folder


def same_rules(landed: Path) -> Path:
    """Rules by which nothing counts as lost, and all councils have the authority's definition."""
    rules = losses_at_most(landed.with_name("rules"), 100)
    rows = seed_rows("definition_by_year")
    others = [row | {"la_code": code} for code in COUNCILS if code != "856" for row in rows]
    return write_rules(rules, "definition_by_year", [*rows, *others])


def built(
    source: Path, landed: Path, statements: compiled_models.Statements
) -> duckdb.DuckDBPyConnection:
    """A warehouse of a source folder, with questions by place; nothing counts as lost."""
    land(source, landed, form="csv")
    connection = compiled_models.connect()
    load_rules(connection, same_rules(landed), "thresholds", "definition_by_year")
    connection.execute("delete from foi_request_questions")
    for number, measure in enumerate(("occasions_missing", "children_looked_after"), start=1):
        connection.execute(QUESTION.format(number, measure, "council", "all"))
        connection.execute(QUESTION.format(number + 2, measure, "none", "council:856"))
        connection.execute(QUESTION.format(number + 4, measure, "region", "all"))
        connection.execute(QUESTION.format(number + 6, measure, "none", "all"))
    compiled_models.build(connection, statements, landed)
    return connection


def test_together_each_council_has_the_occasions_and_findings_it_has_alone(
    source: Path, tmp_path: Path, statements: compiled_models.Statements
) -> None:
    together = built(source, tmp_path / "together", statements)
    assert_agrees(together, plain_count(tmp_path / "together", seeds=tmp_path / "rules"))
    answers = dict(
        together.execute(
            "select (question_no, period, category), value from foi_answers where marker <> '[x]' "
            "or marker is null"
        ).fetchall()
    )
    assert answers
    for code in COUNCILS:
        alone = built(source / code, tmp_path / code, statements)
        # Whose area a placement lies in is known of the council of the settings alone (rule 26).
        ledger = LEDGER if code == "856" else LEDGER.replace("la_code)", "la_code, placement_area)")
        expected = alone.execute(f"{ledger} order by all").fetchall()
        found = together.execute(f"{ledger} where la_code = '{code}' order by all").fetchall()
        assert expected and found == expected
        findings = "select rule_code, source_row, finding, effect from dq_findings"
        assert (
            together.execute(
                f"{findings} where source_file like '{code}/%' order by all"
            ).fetchall()
            == alone.execute(f"{findings} order by all").fetchall()
        )
        for key, value in alone.execute(
            "select (question_no, period), value from foi_answers where breakdown = 'none' "
            "and question_no in ('7', '8') and value is not null"
        ).fetchall():
            number, period = key
            by_place = str(int(number) - 6), period, code
            assert answers[by_place] == value
            if code == "856":
                assert answers[str(int(number) - 4), period, "all"] == value
    sums = together.execute(
        "select question_no in ('7', '8'), sum(value) from foi_answers "
        "where question_no not in ('3', '4') group by question_no order by sum(value)"
    ).fetchall()
    # By council and by region the rows add up to the whole, since no child is in two.
    assert len({value for _, value in sums}) == 2


@pytest.mark.parametrize("seed", range(0, 36, 3))
def test_random_councils_of_unequal_years(
    seed: int, tmp_path: Path, statements: compiled_models.Statements
) -> None:
    """Each has its own years, one no return interviews; 857 has definitions in every second."""
    rng = random.Random(seed)
    for step, code in enumerate(COUNCILS):
        write_random_returns(tmp_path / "source" / code, 1000 + seed + step, seed % 9 == 0)
    source = tmp_path / "source"
    years = {code: {path.name for path in (source / code).glob("20*")} for code in COUNCILS}
    if seed % 2:
        next((source / rng.choice(list(COUNCILS))).rglob("interviews*")).unlink()
    rules = losses_at_most(tmp_path / "rules", 5 if seed % 9 == 0 else 100)
    if seed % 2:
        since = {"la_code": "857", "valid_from": "2016-04-01", "definition_id": CHANGED}
        before = since | {"valid_from": "", "valid_to": "2016-03-31"}
        before["definition_id"] = "missing_and_absent"
        write_rules(rules, "definition_by_year", [*seed_rows("definition_by_year"), since, before])
    unequal = set.union(*years.values()) - set.intersection(*years.values())
    modules = product((f"ssda903_{name}" for name in MODULES), unequal)
    land(tmp_path / "source", tmp_path / "landed", frozenset(modules), form="csv")
    connection = compiled_models.connect()
    load_rules(connection, rules, "thresholds", "definition_by_year")
    compiled_models.build(connection, statements, tmp_path / "landed")
    assert_agrees(connection, plain_count(tmp_path / "landed", seeds=rules))


def test_one_council_alone_is_the_authority(
    source: Path, tmp_path: Path, statements: compiled_models.Statements
) -> None:
    alone = built(source / "857", tmp_path / "landed", statements)
    rows = alone.execute("select distinct la_code from fct_missing_occasions").fetchall()
    assert rows == [("856",)]
    assert alone.execute(
        "select count(*) from fct_missing_occasions where contains(child_id, '|')"
    ).fetchall() == [(0,)]


def test_councils_and_files_of_none_do_not_mix(source: Path, tmp_path: Path) -> None:
    copy = tmp_path / "source"
    shutil.copytree(source, copy)
    year = next((copy / "330").glob("20*"))
    shutil.copytree(year, copy / year.name)
    with pytest.raises(DataFault, match="lies in no council's folder"):
        land(copy, tmp_path / "landed", form="csv")


def test_a_folder_with_an_unknown_code_is_named(source: Path, tmp_path: Path) -> None:
    copy = tmp_path / "source"
    shutil.copytree(source, copy)
    (copy / "330").rename(copy / "999")
    with pytest.raises(DataFault, match="The folder 999 is named as a council's"):
        land(copy, tmp_path / "landed", form="csv")


def test_a_year_that_one_council_lacks_is_named_and_can_be_accepted(
    source: Path, tmp_path: Path, statements: compiled_models.Statements
) -> None:
    copy = tmp_path / "source"
    shutil.copytree(source, copy)
    year = max((copy / "330").glob("20*")).name
    shutil.rmtree(copy / "330" / year)
    with pytest.raises(DataFault, match=f"330/{year} has no Missing"):
        land(copy, tmp_path / "landed", form="csv")
    land(
        copy,
        tmp_path / "landed",
        frozenset((f"ssda903_{name}", year) for name in MODULES),
        form="csv",
    )
    connection = compiled_models.connect()
    compiled_models.build(connection, statements, tmp_path / "landed")
    found = connection.execute(
        "select occasions_missing from foi_q1_missing_occasions "
        f"where financial_year = '{year.replace('-', '/')}'"
    ).fetchall()
    assert found == [(None,)]
