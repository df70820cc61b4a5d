"""A question of an analyst's own: the same answer as the register's, and nothing is built."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

import forked
from missing_from_care.base.project import CHECKOUT

SCRIPT = CHECKOUT / "scripts" / "ask.py"
SEEDS = CHECKOUT / "seeds"
COLUMNS = ["period", "period_start", "period_end", "category", "category_order", "value", "marker"]


def ask(database: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, SCRIPT, *words, "--database", database]
    return forked.run(command, os.environ | environment)


def test_it_gives_what_the_register_gives(database: Path) -> None:
    """Every question of the demonstration requests, asked again one by one."""
    with duckdb.connect(str(database), read_only=True) as warehouse:
        questions = warehouse.execute(
            "select distinct measure, breakdown, population, period_basis, first_period, "
            "last_period, request_ref, question_no, part from stg_foi_request_questions "
            "where request_ref = 'foi-2018-0611' order by all"
        ).fetchall()
        assert questions
        for measure, by, of, basis, first, last, *key in questions[::3]:
            done = ask(
                database, measure, "--by", by, "--of", of, "--period", f"{basis}:{first}..{last}",
                "--json",
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
            found = [[row[column] for column in COLUMNS] for row in json.loads(done.stdout)]
            expected = warehouse.execute(
                f"select {', '.join(COLUMNS)} from foi_answers where request_ref = ? "
                "and question_no = ? and part = ? and measure = ? "
                "order by period_order, category_order",
                [*key, measure],
            ).fetchall()
            expected = [
                [each.isoformat() if hasattr(each, "isoformat") else each for each in row]
                for row in expected
            ]
            assert found == expected, (measure, by, of, basis)


def test_the_table_says_that_it_is_unprotected(database: Path) -> None:
    done = ask(
        database, "occasions_missing", "--by", "sex", "--period", "financial_year:2016/17..2017/18"
    )
    assert "Unprotected: not for release." in done.stdout
    assert "[b]" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) <= 80


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["occasions_mising", "--period", "month:2017-05"], 3, 'did you mean "occasions_missing"?'),
        (["occasions_missing", "--by", "sx", "--period", "month:2017-05"], 3, '"sex"?'),
        (["occasions_missing", "--of", "uasc:si", "--period", "month:2017-05"], 3, "yes, no"),
        (
            ["occasions_missing", "--of", "uasc", "--period", "month:2017-05"],
            3,
            'The population "uasc" is not known. Right are: uasc:yes, uasc:no, uasc:not_known.',
        ),
        (
            ["occasions_missing", "--of", "uasc:", "--period", "month:2017-05"],
            3,
            '"uasc:" is not known; did you mean "uasc:no"? Right are: uasc:yes,',
        ),
        (
            ["occasions_missing", "--of", "month", "--period", "month:2017-05"],
            3,
            "Right are: month:2017-05.",
        ),
        (
            ["occasions_missing", "--of", "sex:girls", "--period", "month:2017-05"],
            3,
            'The population "girls" is not known. Right are: male, female, not_known.',
        ),
        (
            ["occasions_missing", "--of", "sex:|", "--period", "month:2017-05"],
            3,
            "The population is blank. Right are: male, female, not_known.",
        ),
        (
            ["occasions_missing", "--of", "girls", "--period", "month:2017-05"],
            3,
            'The population "girls" is not known. Right are: age:…,',
        ),
        (
            ["occasions_missing", "--of", "uasc:yes&sex:femal", "--period", "month:2017-05"],
            3,
            '"femal" is not known; did you mean "female"?',
        ),
        (["occasions_missing", "--period", "moth:2017-05"], 3, '"month"?'),
        (
            ["occasions_missing", "--of", "month:2017-5", "--period", "month:2017-05"],
            3,
            "months as in 2017-05",
        ),
        (["occasions_missing", "--period", "month:May 2017"], 3, 'Write them like "2017-05"'),
        (["occasions_missing", "--period", "month:2017-05..2017-04"], 3, "first before the last"),
        (["occasions_missing", "--period", "financial_year:2030/31"], 3, "No return is landed for"),
        (["occasions_missing", "--period", "2017/18"], 2, "write it as financial_year:"),
    ],
)
def test_a_wrong_word_is_a_sentence_with_the_right_ones(
    words: list[str], status: int, said: str, database: Path
) -> None:
    done = ask(database, *words)
    assert done.returncode == status
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_save_adds_the_question_to_the_register(database: Path, tmp_path: Path) -> None:
    for name in ("foi_requests.csv", "foi_request_questions.csv"):
        shutil.copy(SEEDS / "requests" / name, tmp_path / name)
    words = ["children_missing", "--by", "sex", "--period", "calendar_year:2016..2017"]
    done = ask(database, *words, "--save", "foi-2018-0417", FOI_REQUESTS=str(tmp_path))
    assert done.returncode == 0, done.stderr
    last = (tmp_path / "foi_request_questions.csv").read_text().splitlines()[-1]
    assert last == "foi-2018-0417,5,,,children_missing,sex,all,calendar_year,2016,2017"
    done = ask(database, *words, "--save", "foi-none", FOI_REQUESTS=str(tmp_path))
    assert (done.returncode, "add its row first" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Memory.duckdb", "DuckDB keeps the name Memory for itself"),
        ("system.db", "DuckDB keeps the name system for itself"),
        ("main.1.duckdb", "DuckDB keeps the name main for itself"),
        ("it's.duckdb", "dbt cannot use a database whose path has ' in it"),
        ("year#1/a.duckdb", "dbt cannot use a database whose path has # in it"),
        ("a folder.duckdb", "There is no warehouse at"),
        (":memory:", "There is no warehouse at"),
        ("notes.txt", "cannot be read as a DuckDB file"),
        ("not there/a.duckdb", "There is no warehouse at"),
    ],
)
def test_a_database_that_cannot_be_one_is_told(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "a folder.duckdb").mkdir()
    (tmp_path / "notes.txt").write_text("notes", encoding="utf-8")
    file = name if name == ":memory:" else tmp_path / name
    done = ask(file, "occasions_missing", "--period", "month:2017-05")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert said in done.stderr


@pytest.mark.parametrize(
    "name", ["store.duckdb", "select.duckdb", "a.b.duckdb", "no end", "its 50% ü/[x] {y}*.db"]
)
def test_any_other_name_of_a_database_will_do(database: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    shutil.copy(database, tmp_path / name)
    done = ask(tmp_path / name, "occasions_missing", "--period", "month:2017-05")
    assert done.returncode == 0, done.stderr


def test_the_database_is_only_read(database: Path) -> None:
    before = database.read_bytes()
    ask(database, "uasc_children", "--period", "snapshot:2018-03-31")
    assert database.read_bytes() == before
    assert not database.with_suffix(".duckdb.wal").exists()


def test_eight_that_save_at_once_add_eight_questions(tmp_path: Path) -> None:
    for name in ("foi_requests.csv", "foi_request_questions.csv"):
        shutil.copy(SEEDS / "requests" / name, tmp_path / name)
    before = (tmp_path / "foi_request_questions.csv").read_text().splitlines()
    script = (
        "import sys; from missing_from_care.response.asking import *; "
        "words = ('none', 'all', 'financial_year', '2016/17', '2017/18'); "
        "sys.stdin.read(); save_question(Question(sys.argv[1], *words), 'foi-2018-0417')"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script, f"measure_{number}"],
            stdin=subprocess.PIPE,
            env=os.environ
            | {"FOI_REQUESTS": str(tmp_path), "PYTHONPATH": str(CHECKOUT / "scripts")},
        )
        for number in range(8)
    ]
    for each in running:
        each.stdin.close()
    assert [each.wait() for each in running] == [0] * 8
    rows = (tmp_path / "foi_request_questions.csv").read_text().splitlines()
    assert rows[: len(before)] == before
    added = [row.split(",") for row in rows[len(before) :]]
    assert sorted(int(row[1]) for row in added) == list(range(5, 13))
    assert sorted(row[4] for row in added) == [f"measure_{number}" for number in range(8)]
