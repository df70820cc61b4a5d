"""dbt itself, as a data engineer runs it: on landed returns, and with rules that are wrong."""

from pathlib import Path

import duckdb
import pytest

import compiled_models
from missing_from_care.landing.land import land
from random_returns import write_random_returns


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project whose seeds can be spoilt."""
    return compiled_models.copy_project(tmp_path / "project")


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_landed_returns_are_read_in_place(tmp_path: Path) -> None:
    """The demonstration request asks for other years than these; the build does not mind."""
    write_random_returns(tmp_path / "source", 11)
    land(tmp_path / "source", tmp_path / "it's landed")
    done = compiled_models.run_dbt(["build"], tmp_path, extracts=tmp_path / "it's landed")
    assert done.returncode == 0, done.stdout
    with duckdb.connect(str(tmp_path / "compiled.duckdb"), read_only=True) as warehouse:
        tables = {
            name
            for (name,) in warehouse.execute("select table_name from duckdb_tables()").fetchall()
        }
        assert "ssda903_missing" not in tables
        assert warehouse.execute("select count(*) > 0 from foi_q1_missing_occasions").fetchall()[0][
            0
        ]
        comments = warehouse.execute(
            "select comment from duckdb_columns() where table_name = 'foi_q1_missing_occasions'"
        ).fetchall()
        assert all(comment for (comment,) in comments)


def test_a_gap_in_the_definitions_fails_the_build_with_a_sentence(
    project: Path, tmp_path: Path
) -> None:
    edit(
        project / "seeds" / "rules" / "definition_by_year.csv",
        "2016-04-01,2017-03-31",
        "2016-04-01,2017-03-30",
    )
    done = compiled_models.run_dbt(
        ["build", "--select", "+stg_rules__definition_by_year"], tmp_path, project
    )
    assert done.returncode != 0
    assert "no row covers 2017-03-31. Mend valid_from and valid_to" in done.stdout


def test_rows_that_are_not_sound_fail_the_build_with_one_sentence(
    project: Path, tmp_path: Path
) -> None:
    seed = project / "seeds" / "rules" / "definitions.csv"
    row = seed.read_text(encoding="utf-8").splitlines()[1]
    seed.write_text(
        f"{seed.read_text(encoding='utf-8')}{row.replace(',missing,', ',mising,')}\n",
        encoding="utf-8",
    )
    done = compiled_models.run_dbt(["build", "--select", "definitions"], tmp_path, project)
    assert done.returncode != 0
    told = " ".join(done.stdout.split())
    assert (
        "The rows of definitions are not sound: "
        "4 rows where seeds/rules/_rules.yml says 3: put back what was removed and take out what "
        "was added, or, if you want the change, write rows: 4 for definitions there, "
        "keys (definition_id) that are blank or name several rows: 1, "
        "rows that break (missing_counts_as in ('missing', 'absent')): 1." in told
    )


def test_a_wrong_word_in_the_register_fails_the_build_with_a_sentence(
    project: Path, tmp_path: Path
) -> None:
    register = project / "seeds" / "requests" / "foi_request_questions.csv"
    edit(register, ",uasc_children,", ",uasc_childern,")
    done = compiled_models.run_dbt(["build"], tmp_path, project)
    assert done.returncode != 0
    assert 'the measure "uasc_childern" is not known; did you mean "uasc_children"?' in done.stdout
    assert "occasions_per_child_missing" in done.stdout
