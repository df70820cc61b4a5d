"""dbt itself, as a data engineer runs it: on landed returns, and with rules that are wrong."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

import compiled_models
from missing_from_care.landing.land import land
from missing_from_care.project import CHECKOUT
from random_returns import write_random_returns

NO_UNIT_TESTS = ("--exclude-resource-type", "unit_test")


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
    done = compiled_models.run_dbt(
        ["build", *NO_UNIT_TESTS], tmp_path, extracts=tmp_path / "it's landed"
    )
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


def test_rules_that_are_not_sound_fail_the_build_and_then_every_export(
    project: Path, tmp_path: Path
) -> None:
    """One test over all seeds blocks no model, so what a failed build left must not be used."""
    edit(
        project / "seeds" / "rules" / "definition_by_year.csv",
        "2016-04-01,2017-03-31",
        "2016-04-01,2017-03-30",
    )
    seed = project / "seeds" / "rules" / "definitions.csv"
    text = seed.read_text(encoding="utf-8")
    row = text.splitlines()[1].replace(",missing,", ",mising,")
    seed.write_text(f"{text}{row}\n", encoding="utf-8")
    done = compiled_models.run_dbt(["build", *NO_UNIT_TESTS], tmp_path, project)
    assert done.returncode != 0
    told = " ".join(done.stdout.split())
    assert (
        "The rows of definitions are not sound: "
        "4 rows where tests/singular/rule_seeds_are_sound.sql says 3: put back what was removed "
        "and take out what was added, or, if you want the change, write there rows: 4; "
        "keys (definition_id) that are blank or name several rows: 1; "
        "rows that break (missing_counts_as in ('missing', 'absent')): 1." in told
    )
    assert "no row covers 2017-03-31 (mend both; every day needs exactly one row)" in told
    export = export_demonstration(tmp_path)
    assert (export.returncode, export.stdout) == (3, "")
    assert "The last `dbt build` of compiled.duckdb did not pass" in export.stderr
    assert not (tmp_path / "packs" / "foi-2018-0417").exists()
    # A part that passes mends nothing, nor does a whole run without tests.
    for options in (["--select", "sexes"], ["--exclude-resource-type", "test", "unit_test"]):
        done = compiled_models.run_dbt(["build", *options], tmp_path, project)
        assert done.returncode == 0, done.stdout
    assert export_demonstration(tmp_path).returncode == 3
    done = run_script("ask.py", tmp_path, "occasions_missing", "--period", "month:2017-05")
    assert "The last `dbt build` of compiled.duckdb did not pass" in done.stderr
    assert "Unprotected" in done.stdout
    done = compiled_models.run_dbt(["build", *NO_UNIT_TESTS], tmp_path)
    assert done.returncode == 0, done.stdout
    assert export_demonstration(tmp_path).returncode == 0


def export_demonstration(work: Path) -> subprocess.CompletedProcess[str]:
    """Exports from the warehouse in `work`."""
    options = ("--request", "foi-2018-0417", "--out", str(work / "packs"))
    return run_script("export_response.py", work, *options)


def run_script(name: str, work: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Runs a command on the warehouse in `work`."""
    command = [sys.executable, CHECKOUT / "scripts" / name, *options]
    command += ["--database", work / f"{compiled_models.CATALOG}.duckdb"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_wrong_word_in_the_register_fails_the_build_with_a_sentence(
    project: Path, tmp_path: Path
) -> None:
    register = project / "seeds" / "requests" / "foi_request_questions.csv"
    edit(register, ",uasc_children,", ",uasc_childern,")
    done = compiled_models.run_dbt(["build", *NO_UNIT_TESTS], tmp_path, project)
    assert done.returncode != 0
    assert 'the measure "uasc_childern" is not known; did you mean "uasc_children"?' in done.stdout
    assert "occasions_per_child_missing" in done.stdout
