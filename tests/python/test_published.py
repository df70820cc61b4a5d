"""A whole refresh with dbt, what analysts get from it, and what may not be in it."""

import doctest
import json
import os
import re
import shutil
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

import compiled_models
import forked
from missing_from_care.base.project import CHECKOUT
from missing_from_care.refresh.analysts import write_published

REQUEST = "foi-2018-0417"
SCRIPT = CHECKOUT / "scripts" / "refresh.py"


def whole_refresh(folder: Path, requests: Path, *options: str):
    """Runs scripts/refresh.py in a folder, where the demonstration extracts are landed."""
    order = SimpleNamespace(
        database=folder / "private" / "records.duckdb",
        published=folder / "published" / "missing_from_care.duckdb",
        responses=folder / "responses",
    )
    places = ["--database", order.database, "--published", order.published]
    given = {"FOI_REQUESTS": str(requests), "FOI_EXTRACTS": str(folder / "extracts")}
    command = [SCRIPT, *places, "--out", order.responses, *options]
    done = forked.run(command, os.environ | given | {"COLUMNS": "80"})
    return order, done


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory):
    """A refresh of a register in which one request has just become late."""
    folder = tmp_path_factory.mktemp("refreshed")
    requests = folder / "requests"
    shutil.copytree(CHECKOUT / "seeds" / "requests", requests)
    shutil.copytree(CHECKOUT / "seeds" / "extracts", folder / "extracts")
    register = requests / "foi_requests.csv"
    text = register.read_text(encoding="utf-8")
    received = date.today() - timedelta(days=35)
    row = f"{REQUEST},2018-06-18,,,,2018-07-16,,"
    assert row in text
    register.write_text(text.replace(row, f"{REQUEST},{received},,,,,,"), encoding="utf-8")
    order, done = whole_refresh(folder, requests, "--due-within", "5")
    return order, done, requests


def test_the_record_level_database_needs_no_landed_file(refreshed) -> None:
    order, _, requests = refreshed
    landed, aside = requests.with_name("extracts"), requests.with_name("aside")
    landed.rename(aside)
    with duckdb.connect(str(order.database), read_only=True) as connection:
        views = connection.execute("select view_name from duckdb_views() where not internal")
        for (view,) in views.fetchall():
            connection.execute(f"select count(*) from {view}").fetchall()
    aside.rename(landed)


@pytest.fixture(scope="module")
def published(refreshed):
    order, _, _ = refreshed
    with duckdb.connect(str(order.published), read_only=True) as connection:
        yield connection


def test_all_went_well_and_the_deadline_is_at_risk(refreshed) -> None:
    order, done, _ = refreshed
    assert done.returncode == 6, done.stderr
    assert f"1 request is at risk: {REQUEST} (late" in done.stderr
    packs = [path.name for path in order.responses.iterdir() if path.is_dir()]
    assert packs == [REQUEST]
    assert list((order.responses / REQUEST / "public").rglob("*.xlsx"))
    assert REQUEST not in (order.responses / "index.html").read_text(encoding="utf-8")
    record = json.loads((order.responses / REQUEST / "private" / "provenance.json").read_bytes())
    assert record["dbt_results"]["counts"]["test pass"] >= 8
    assert f",{REQUEST}," in (order.responses / "ledger.csv").read_text(encoding="utf-8")
    assert order.database.resolve().parents[1].name == "000001"


def test_analysts_get_the_tables_that_may_leave_and_no_others(published) -> None:
    allowed = {
        row["published_as"] or row["table_name"]: row["columns"].split()
        for row in compiled_models.read_csv(CHECKOUT / "seeds" / "rules" / "published_tables.csv")
        if not row["only_if"]
    }
    found: dict[str, list[str]] = {}
    for table, column in published.execute(
        "select table_name, column_name from duckdb_columns() where not internal "
        "order by table_name, column_index"
    ).fetchall():
        found.setdefault(table, []).append(column)
    assert found.pop("about") == ["item", "value"]
    assert {name: sorted(columns) for name, columns in found.items()} == {
        name: sorted(columns) for name, columns in allowed.items()
    }
    assert not [name for name in found if name.startswith(("stg_", "int_"))]


def without_comment(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, ...]]:
    """The tables, views and columns that nothing is said of."""
    return connection.execute(
        "from (select table_name, '' as column_name, comment from duckdb_tables() union all "
        "select view_name, '', comment from duckdb_views() where not internal union all "
        "select table_name, column_name, comment from duckdb_columns() where not internal) "
        "where coalesce(comment, '') = ''"
    ).fetchall()


def test_every_table_and_column_says_what_it_is(published) -> None:
    assert without_comment(published) == []
    # The view is of today, over tables that are called otherwise than in the models.
    assert published.execute("select count(*) > 0 from foi_deadline_states").fetchall()[0][0]


def test_occasions_go_to_analysts_only_if_the_council_decides_so(refreshed, tmp_path: Path) -> None:
    """Without anything that names one; and as many as are counted."""
    order, _, _ = refreshed
    private = tmp_path / "records.duckdb"
    shutil.copy(order.database, private)
    with duckdb.connect(str(private)) as connection:
        connection.execute(
            "update authority set value = 'yes', authority = 'The director, 3 February 2026' "
            "where setting = 'occasions_for_analysts'"
        )
    write_published(private, tmp_path / "figures.duckdb", {})
    with duckdb.connect(str(tmp_path / "figures.duckdb"), read_only=True) as figures:
        assert without_comment(figures) == []
        about = dict(figures.execute("from about").fetchall())
        assert "Some rows are of a child" in about["what"]
        assert about["decided"] == "The director, 3 February 2026"
        found = figures.execute(over_24_hours()).fetchall()
        types = figures.execute(
            "select distinct data_type from duckdb_columns() "
            "where table_name = 'occasions_without_identifiers'"
        ).fetchall()
        assert {kind for (kind,) in types} == {"VARCHAR", "BOOLEAN"}
    with duckdb.connect(str(private), read_only=True) as records:
        expected = records.execute(
            "select placement_type, count(*) from fct_missing_occasions "
            "where outcome = 'counted' and counts_as = 'missing' and financial_year = '2017/18' "
            "and duration_days > 1 group by 1 order by 2 desc, 1"
        ).fetchall()
    assert found == expected and len(found) > 3


def over_24_hours() -> str:
    """The query of docs/analysts.md."""
    text = (CHECKOUT / "docs" / "analysts.md").read_text(encoding="utf-8")
    (query,) = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    return query


def test_no_text_of_it_names_a_child_or_a_file(refreshed, published) -> None:
    order, _, _ = refreshed
    with duckdb.connect(str(order.database), read_only=True) as records:
        private = records.execute(
            "select distinct child_id from fct_missing_occasions union "
            "select distinct child_id from dq_findings where child_id is not null union "
            "select distinct occasion_id from fct_missing_occasions union "
            "select distinct source_file from stg_landed_modules where source_file is not null"
        ).fetchall()
    private = {text for (text,) in private}
    assert len(private) > 1000
    words = set()
    for table, column in published.execute(
        "select table_name, column_name from duckdb_columns() "
        "where not internal and data_type = 'VARCHAR'"
    ).fetchall():
        for (text,) in published.execute(f'select distinct "{column}" from {table}').fetchall():
            words |= {text, *re.split(r"[\s,;:]+", text or "")}
    assert words.isdisjoint(private)


def test_about_says_when_from_what_and_what_not_to_do(refreshed, published) -> None:
    _, _, requests = refreshed
    about = dict(published.execute("from about").fetchall())
    assert "not for publication" in about["not for publication"]
    assert "invented children" in about["invented"]
    assert about["built from"] == str(requests.with_name("extracts"))
    assert about["years"] == "2014/15 to 2017/18"


def test_an_analyst_does_what_the_docs_say(refreshed, monkeypatch) -> None:
    """The session of docs/analysts.md, word for word, beside the folder `published`."""
    order, _, _ = refreshed
    monkeypatch.chdir(order.published.parents[1])
    text = (CHECKOUT / "docs" / "analysts.md").read_text(encoding="utf-8")
    session = doctest.DocTestParser().get_doctest(text, {}, "analysts.md", "analysts.md", 0)
    assert len(session.examples) >= 4
    told: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(session, out=told.append)
    assert not told, "".join(told)


def test_a_model_that_fails_is_told_in_its_sentence(refreshed) -> None:
    order, _, requests = refreshed
    before = {path: path.stat().st_mtime_ns for path in order.published.parent.iterdir()}
    questions = requests / "foi_request_questions.csv"
    text = questions.read_text(encoding="utf-8")
    questions.write_text(text.replace(",uasc_children,", ",uasc_childern,"), encoding="utf-8")
    _, done = whole_refresh(order.database.parents[1], requests, "--due-within", "5")
    assert done.returncode == 3, done.stderr
    told = done.stderr.strip().splitlines()
    assert len(told) == text.count(",uasc_children,") == 2
    for line in told:
        assert line.startswith(f"{questions}, row ")
        assert 'the measure "uasc_childern" is not known; did you mean "uasc_children"?' in line
    assert {path: path.stat().st_mtime_ns for path in order.published.parent.iterdir()} == before


def test_a_column_that_is_not_allowed_fails_the_build(tmp_path: Path) -> None:
    project = compiled_models.copy_project(tmp_path / "project")
    folder = project / "models" / "deadlines"
    for file, old, new in [
        ("dim_working_days.sql", "    ) as working_day_number\n",
         "    ) as working_day_number,\n    cast('a' as string) as child_id\n"),
        ("_deadlines.yml", "  - name: foi_deadlines\n",
         "      - {name: child_id, data_type: string}\n\n  - name: foi_deadlines\n"),
    ]:  # fmt: skip
        text = (folder / file).read_text(encoding="utf-8")
        assert text.count(old) == 1
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    selected = ["+dim_working_days", "published_tables", "published_columns_are_allowed"]
    done = compiled_models.run_dbt(["build", "--select", *selected], tmp_path, project)
    assert done.returncode != 0
    assert "The column child_id of dim_working_days may not be published: name it in" in done.stdout
