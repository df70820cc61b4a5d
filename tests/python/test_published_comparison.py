"""The comparison with published figures: the demonstration, and a plain count on random returns."""

import csv
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import pytest

import compiled_models
import plain_count
from missing_from_care.landing.land import land
from missing_from_care.project import CHECKOUT
from plain_count import EPISODES, HEADER, MISSING, UASC, Row, as_day, year_end, year_start
from random_returns import write_random_returns

EXTRACTS = CHECKOUT / "seeds" / "extracts"
COLUMNS = ["financial_year", "measure", "ours", "published", "comparison", "note"]
RANDOM_RETURNS = 40


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


class OneReturn:
    """One year's return by itself, counted without the models' help."""

    def __init__(self, tables: dict[str, list[Row]], year: int) -> None:
        own = {name: [r for r in rows if plain_count.first_year(r) == year]
               for name, rows in tables.items()}  # fmt: skip
        self.first, self.last = year_start(year), year_end(year)
        self.missing = [r for r in own[MISSING] if not plain_count.missing_is_rejected(r)]
        self.episodes = [
            (row["child"], as_day(row["decom"]), as_day(row["dec"]) or date.max,
             row["ls"].upper() in plain_count.SHORT_BREAKS)
            for row in own[EPISODES]
            if not plain_count.episode_is_rejected(row)
            and as_day(row["decom"]) <= self.last
            and (as_day(row["dec"]) or date.max) >= self.first
        ]  # fmt: skip
        in_file_order = sorted(own[HEADER], key=plain_count.place_in_file)
        self.born = {row["child"]: as_day(row["dob"]) for row in in_file_order}
        in_file_order = sorted(own[UASC], key=plain_count.place_in_file)
        self.ceased = {row["child"]: as_day(row["duc"]) for row in in_file_order}

    def is_in_care(self, child: str, day: date) -> bool:
        return any(
            who == child and began <= day <= ended and not is_short
            for who, began, ended, is_short in self.episodes
        )

    def at_end(self) -> set[str]:
        return {who for who, _, ended, short in self.episodes if not short and ended > self.last}

    def incidents(self, status: str) -> Counter[str]:
        counted: Counter[str] = Counter()
        for row in self.missing:
            start = as_day(row["mis_start"])
            born = self.born.get(row["child"]) or as_day(row["dob"])
            if (
                plain_count.STATUSES[row["missing"].upper()] == status
                and self.first <= start <= self.last
                and self.is_in_care(row["child"], start)
                and not plain_count.is_adult(start, born)
            ):
                counted[row["child"]] += 1
        return counted

    def still(self, status: str) -> set[str]:
        return self.at_end() & {
            row["child"]
            for row in self.missing
            if plain_count.STATUSES[row["missing"].upper()] == status
            and (as_day(row["mis_end"]) or date.max) > self.last
        }

    def counts(self) -> dict[str, int]:
        everyone = {who for who, *_ in self.episodes}
        in_care = {who for who, _, _, is_short in self.episodes if not is_short}
        found = {
            "cla_during_year": len(in_care),
            "cla_at_31_march": len(self.at_end()),
            "cla_only_short_term_placements_in_year": len(everyone - in_care),
            "uasc_at_31_march": sum(
                child in self.ceased and (self.ceased[child] or date.max) >= self.last
                for child in self.at_end()
            ),
        }
        for status, word in (("M", "missing"), ("A", "away")):
            by_child = self.incidents(status)
            found[f"{word}_incidents"] = by_child.total()
            found[f"children_{word}_in_year"] = len(by_child)
            found[f"children_{word}_more_than_once"] = sum(n > 1 for n in by_child.values())
            found[f"children_{word}_at_31_march"] = len(self.still(status))
        return found


@pytest.mark.parametrize("seed", range(RANDOM_RETURNS))
def test_random_returns_are_counted_as_published_figures_are(
    seed: int,
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    write_random_returns(tmp_path / "source", seed)
    land(tmp_path / "source", tmp_path / "landed", form="csv")
    found = compare(warehouse, statements, tmp_path / "landed")
    tables = {
        name: plain_count.read_table(tmp_path / "landed", name)
        for name in (MISSING, EPISODES, HEADER, UASC)
    }
    modules = plain_count.read_table(tmp_path / "landed", "landed_modules")
    for year, known in plain_count.known_modules(modules).items():
        if {MISSING, EPISODES, UASC} <= known:
            label = plain_count.written(year)
            ours = {measure: row["ours"] for (at, measure), row in found.items() if at == label}
            assert ours == OneReturn(tables, year).counts()
