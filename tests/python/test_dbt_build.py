"""dbt itself, as a data engineer runs it: on landed returns, and with rules that are wrong."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

import compiled_models
import forked
from missing_from_care.base.project import CHECKOUT
from missing_from_care.landing.land import land
from random_returns import Landed, write_random_returns

NO_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
Build = Callable[[Path], tuple[int, str, Path]]
"""Builds by a directory; gives the status, what was said and logged, and the database."""


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
    seed = project / "seeds" / "rules" / "sign_off_items.csv"
    text = seed.read_text(encoding="utf-8")
    row = text.splitlines()[1].replace(",by_hand,", ",by_hnd,")
    seed.write_text(f"{text}{row}\n", encoding="utf-8")
    done = compiled_models.run_dbt(["build", *NO_UNIT_TESTS], tmp_path, project)
    assert done.returncode != 0
    told = " ".join(done.stdout.split())
    assert (
        "The rows of sign_off_items are not sound: "
        "8 rows where tests/singular/rule_seeds_are_sound.sql says 7: put back what was removed "
        "and take out what was added, or, if you want the change, write there rows: 8; "
        "keys (item_order) that are blank or name several rows: 1; "
        "rows that break (kind in ('by_hand', 'role')): 1." in told
    )
    assert "no row covers 2017-03-31 (mend both; every day needs exactly one row)" in told
    export = export_demonstration(tmp_path)
    assert (export.returncode, export.stdout) == (3, "")
    assert "The last `dbt build` of compiled.duckdb did not pass" in export.stderr
    assert not (tmp_path / "packs" / "foi-2018-0417").exists()
    # A part that passes mends nothing, nor does a whole run without tests, whatever they build.
    mended = ["--select", "definition_by_year", "sign_off_items"]
    done = compiled_models.run_dbt(["build", *mended], tmp_path)
    assert done.returncode == 0, done.stdout
    leave_one_seed(project)
    build = ["--warn-error-options", "{}", "build"]
    without_tests = ["--exclude-resource-type", "test", "unit_test"]
    done = compiled_models.run_dbt([*build, *without_tests], tmp_path, project)
    assert done.returncode == 0, done.stdout
    assert export_demonstration(tmp_path).returncode == 3
    done = run_script("ask.py", tmp_path, "occasions_missing", "--period", "month:2017-05")
    assert "The last `dbt build` of compiled.duckdb did not pass" in done.stderr
    assert "Unprotected" in done.stdout
    # A version before this one kept no more of a build than which it was.
    with duckdb.connect(str(tmp_path / f"{compiled_models.CATALOG}.duckdb")) as warehouse:
        warehouse.execute("create or replace view dbt_build as select 'x' as invocation_id")
    for options, status in ((["--select", "sexes"], 3), (NO_UNIT_TESTS, 0)):
        done = compiled_models.run_dbt([*build, *options], tmp_path, project)
        assert done.returncode == 0, done.stdout
        assert export_demonstration(tmp_path).returncode == status


def leave_one_seed(project: Path) -> None:
    """Leaves of a copy of the project one seed, and what is carried out in every run."""
    for name in ("models", "seeds", "tests"):
        shutil.rmtree(project / name)
    (project / "seeds").mkdir()
    shutil.copy(CHECKOUT / "seeds" / "rules" / "sexes.csv", project / "seeds")


def export_demonstration(work: Path) -> subprocess.CompletedProcess[str]:
    """Exports from the warehouse in `work`."""
    options = ("--request", "foi-2018-0417", "--out", str(work / "packs"))
    return run_script("export_response.py", work, *options)


def run_script(name: str, work: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Runs a command on the warehouse in `work`."""
    database = work / f"{compiled_models.CATALOG}.duckdb"
    return forked.run([CHECKOUT / "scripts" / name, *options, "--database", database])


def seed_into(database: Path, work: Path, project: Path = CHECKOUT, **more: str) -> str:
    """What dbt says when it is to write one seed into a database."""
    dbt = Path(sys.executable).with_name("dbt")
    places = {
        "FOI_DATABASE": str(database),
        "DBT_TARGET_PATH": str(work),
        "DBT_LOG_PATH": str(work),
    }
    command = [dbt, "--no-use-colors", "seed", "--select", "thresholds"]
    done = forked.run(command, os.environ | places | more, project)
    assert "Traceback" not in done.stdout + done.stderr
    return "" if done.returncode == 0 else done.stdout


def test_a_checkout_and_a_folder_of_any_name_will_do(tmp_path: Path) -> None:
    """The folder of the database is made; all is parsed where the checkout lies."""
    project = compiled_models.copy_project(tmp_path / "it's 50% [ü] {x} *z")
    database = tmp_path / "not there" / "it's ü" / "a.b.duckdb"
    parses_anew = {"DBT_PARTIAL_PARSE": "false"}
    assert seed_into(database, tmp_path / "target", project, **parses_anew) == ""
    assert database.stat().st_mode & 0o077 == 0


def test_a_checkout_where_dbt_reads_no_seeds_is_told_so(tmp_path: Path) -> None:
    project = compiled_models.copy_project(tmp_path / "why?")
    said = seed_into(tmp_path / "a.duckdb", tmp_path / "target", project)
    assert "whose path has ? in it. Move it." in said
    assert not (tmp_path / "a.duckdb").exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("memory.duckdb", "DuckDB keeps the name memory for itself"),
        ("it's.duckdb", "dbt cannot use a database whose path has ' in it"),
        ("notes/a.duckdb", "a.duckdb cannot be read as a DuckDB file"),
        ("notes/a.duckdb/a.duckdb", "a.duckdb cannot be the database (File exists)"),
        ("folder/a.duckdb", "a.duckdb cannot be the database (it is a folder)"),
        (f"{'a' * 300}.duckdb", "cannot be the database (File name too long)"),
    ],
)
def test_a_place_that_takes_no_database_stops_dbt_with_a_sentence(
    tmp_path: Path, name: str, said: str
) -> None:
    (tmp_path / "folder" / "a.duckdb").mkdir(parents=True)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.duckdb").write_text("notes", encoding="utf-8")
    assert said in seed_into(tmp_path / name, tmp_path / "target")
    assert (tmp_path / "folder" / "a.duckdb").stat().st_mode & 0o100


def test_a_second_build_at_the_same_time_is_told(tmp_path: Path) -> None:
    database = tmp_path / "a.duckdb"
    hold = "import sys, duckdb; held = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as first:
        assert first.stdout and first.stdout.readline()
        said = seed_into(database, tmp_path / "target")
        first.kill()
    assert f"a.duckdb is open for writing elsewhere by process {first.pid}" in said


def test_without_a_package_index_make_says_what_to_read(tmp_path: Path) -> None:
    shutil.copy(CHECKOUT / "Makefile", tmp_path)
    shutil.copy(CHECKOUT / "requirements.txt", tmp_path)
    done = subprocess.run(
        ["make", f"PYTHON={sys.executable}", ".venv/installed"],
        cwd=tmp_path,
        env=os.environ | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2 and not (tmp_path / ".venv" / "installed").exists()
    assert "without a package index docs/offline.md says how" in done.stdout


def test_a_wrong_word_in_the_register_fails_the_build_with_a_sentence(
    project: Path, tmp_path: Path
) -> None:
    register = project / "seeds" / "requests" / "foi_request_questions.csv"
    edit(register, ",uasc_children,", ",uasc_childern,")
    selected = ["--select", "+request_register_is_sound"]
    done = compiled_models.run_dbt(["build", *selected, *NO_UNIT_TESTS], tmp_path, project)
    assert done.returncode != 0
    assert 'the measure "uasc_childern" is not known; did you mean "uasc_children"?' in done.stdout
    assert "occasions_per_child_missing" in done.stdout


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, landed_returns: Landed) -> Build:
    """Builds the places of episodes by a directory of postcodes; what they read is built once."""
    work, selected = tmp_path_factory.mktemp("places"), ["+stg_episode_places"]

    def build(directory: Path) -> tuple[int, str, Path]:
        words = ["build", "--select", *selected, *NO_UNIT_TESTS]
        given = {"extracts": landed_returns(0), "postcodes": directory}
        shutil.rmtree(work / "logs", ignore_errors=True)
        done = compiled_models.run_dbt(words, work, **given)
        log = "".join(each.read_text(encoding="utf-8") for each in (work / "logs").glob("*"))
        selected[:] = ["stg_episode_places"]
        return done.returncode, log + done.stdout, work / f"{compiled_models.CATALOG}.duckdb"

    return build


def test_a_directory_of_postcodes_of_another_form_is_read_and_one_that_lacks_a_column_is_told(
    tmp_path: Path, places: Build
) -> None:
    with compiled_models.POSTCODES.open(encoding="utf-8") as file:
        lines = file.read().splitlines()
    directory = tmp_path / "it's a directory.csv"
    for heading, status in (("east1m", 0), ("east", 1)):
        first = f'"Place, its name","PCD7",{heading},north1m,cty25cd,LAD25CD'
        rows = [f'"Here, or ""there""",{line}' for line in lines[1:]]
        directory.write_text("\n".join([first, *rows]), encoding="utf-8")
        ended, said, database = places(directory)
        assert ended == status and "XL1" not in said, said
        with duckdb.connect(database, read_only=True) as warehouse:
            found = warehouse.execute("select distinct placement_area from stg_episode_places")
            assert {area for (area,) in found.fetchall()} >= {"in_area", "wales", "not_known"}
    assert "has no column for east: its first line needs one of oseast1m, east1m" in said


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (lambda line: line.replace(b"XL", b"X\xe9"), "a byte that is not UTF-8"),
        (lambda line: line.rpartition(b",")[0], "fewer values than its first line has columns"),
        (lambda line: line + b",E1", "more values than its first line has columns"),
    ],
    ids=["byte", "short", "long"],
)
def test_a_directory_of_postcodes_that_cannot_be_read_is_told_by_its_line(
    damage: Callable[[bytes], bytes], found: str, tmp_path: Path, places: Build
) -> None:
    lines = compiled_models.POSTCODES.read_bytes().splitlines()
    directory = tmp_path / "it's a directory.csv"
    directory.write_bytes(b"\n".join([*lines[:3], damage(lines[3]), *lines[4:]]))
    status, said, _ = places(directory)
    assert status == 1
    sentence = f"FOI_POSTCODES names {directory}, whose line 4 has {found}: "
    assert sentence in " ".join(said.split())
    assert "XL3" not in said
