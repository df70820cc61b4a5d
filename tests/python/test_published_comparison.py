"""The comparison with published figures, on the demonstration."""

import csv
import shutil
from pathlib import Path

import duckdb
import pytest

import compiled_models
from missing_from_care.base.project import CHECKOUT

EXTRACTS = CHECKOUT / "seeds" / "extracts"
COLUMNS = ["financial_year", "measure", "ours", "published", "comparison", "note"]


@pytest.fixture(scope="module")
def warehouse() -> duckdb.DuckDBPyConnection:
    return compiled_models.connect()


def compare(
    warehouse: duckdb.DuckDBPyConnection, statements: compiled_models.Statements, landed: Path
) -> dict[tuple[str, str], dict]:
    """The comparison of a landed folder, by year and measure."""
    compiled_models.build(warehouse, statements.needed_for("dq_published_comparison"), landed)
    rows = compiled_models.rows(warehouse, "dq_published_comparison", COLUMNS)
    return {(row["financial_year"], row["measure"]): row for row in rows}


@pytest.fixture(scope="module")
def demonstration(warehouse, statements) -> dict[tuple[str, str], dict]:
    return compare(warehouse, statements, EXTRACTS)


def leicester() -> dict[tuple[str, str], str]:
    """Leicester's figures as the seed has them, by year and measure."""
    with (CHECKOUT / "seeds/rules/published_statistics.csv").open(encoding="utf-8") as opened:
        return {
            (row["financial_year"], row["measure"]): row["value"]
            for row in csv.DictReader(opened)
            if row["area_code"] == "E06000016"
        }


@pytest.mark.parametrize("year", ["2014/15", "2015/16", "2016/17"])
def test_the_first_three_years_equal_every_figure_that_is_not_withheld(
    demonstration: dict, year: str
) -> None:
    published = {
        measure: text for (in_year, measure), text in leicester().items() if in_year == year
    }
    assert len(published) == 12
    for measure, text in published.items():
        row = demonstration[year, measure]
        if text == "x":
            assert (row["comparison"], row["published"]) == ("suppressed there", None)
            assert 1 <= row["ours"] <= 5
        else:
            assert (row["comparison"], row["ours"]) == ("equal", int(text)), measure


def test_the_last_year_reports_that_the_published_figures_are_the_reverse(
    demonstration: dict,
) -> None:
    for measure, ours, published in (("missing", 843, 0), ("away", 0, 18)):
        row = demonstration["2017/18", f"{measure}_incidents"]
        assert (row["ours"], row["published"]) == (ours, published)
        assert row["comparison"] == "differs"
        assert row["note"].startswith(
            "0 missing and 18 away published, 843 missing and 0 away here. The published figures "
            "for 2017/18 are the reverse of the council's own note"
        )
        assert "status, as recorded" in row["note"]


def test_what_is_withheld_or_not_published_is_told_apart(demonstration: dict) -> None:
    year = "2017/18"
    assert demonstration[year, "children_away_more_than_once"]["comparison"] == "suppressed there"
    assert demonstration[year, "cla_at_31_march"]["comparison"] == "not published"
    assert demonstration[year, "cla_during_year"]["comparison"] == "equal"
    assert len(demonstration) == 48


def test_a_year_without_a_module_is_not_available_here(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection, statements: compiled_models.Statements
) -> None:
    landed = tmp_path / "landed"
    shutil.copytree(EXTRACTS, landed)
    modules = landed / "landed_modules.csv"
    lines = modules.read_text(encoding="utf-8").splitlines()
    lacking = ("ssda903_missing,2015-16,", "ssda903_uasc,2016-17,")
    changed = [
        ",".join([*line.split(",")[:2], "accepted_missing", "", "0", *[""] * 5])
        if line.startswith(lacking)
        else line
        for line in lines
    ]
    modules.write_text("\n".join(changed) + "\n", encoding="utf-8")
    found = compare(warehouse, statements, landed)
    row = found["2015/16", "missing_incidents"]
    assert (row["ours"], row["published"]) == (None, 107)
    assert row["comparison"] == "not available here"
    assert row["note"].startswith("Not counted: the return lacks Missing.")
    assert found["2016/17", "uasc_at_31_march"]["comparison"] == "not available here"
    assert found["2015/16", "cla_during_year"]["comparison"] == "equal"
