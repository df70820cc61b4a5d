"""What a council makes for itself: a page for the director, and counts of its own answers."""

import json
import os
import re
import subprocess
from pathlib import Path

import duckdb
import pytest

import forked
from missing_from_care.base.project import CHECKOUT
from read_page import Element, read_page

DIRECTOR = "director-summary.html"


def command(script: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess:
    """Runs a script in a terminal of 80 columns."""
    given = os.environ | {"COLUMNS": "80", "FOI_REQUESTS": ""} | environment
    return forked.run([CHECKOUT / "scripts" / script, *arguments], given)


@pytest.fixture(scope="module")
def page(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page for the director, of the demonstration."""
    folder = tmp_path_factory.mktemp("director")
    done = command("quality_report.py", "--database", database, "--director", "--out", folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == str(folder / DIRECTOR)
    assert [file.name for file in folder.iterdir()] == [DIRECTOR]
    return folder / DIRECTOR


def tables(page: Path) -> dict[str, list[list[str]]]:
    """The rows of each table, by its caption."""
    found = {}
    for table in read_page(page.read_bytes()).all("table"):
        (caption,) = table.all("caption")
        rows: list[Element] = table.all("tr")
        found[caption.text] = [[cell.text for cell in row.all("th", "td")] for row in rows]
    return found


def test_the_directors_page_has_the_figures_of_the_marts(page: Path, database: Path) -> None:
    found = tables(page)
    with duckdb.connect(str(database), read_only=True) as connection:
        first = connection.execute(
            "select children_missing, occasions_missing from foi_q1_missing_occasions order by all"
        ).fetchall()
        lasted, placed = (
            connection.execute(
                f"select count(*) from fct_missing_occasions where {column} is not null "
                "and counts_as = 'missing' and financial_year = '2017/18'"
            ).fetchall()[0][0]
            for column in ("started_on", "placement_type")
        )
        (interviewed,) = connection.execute(
            "select occasions_with_interview from foi_q2_harm_while_missing "
            "where financial_year = '2017/18' and question_part = 'a'"
        ).fetchall()[0]
    _, *years = found["Children and occasions"]
    assert sorted((int(row[1]), int(row[3])) for row in years) == first
    assert found["Return interviews"][-1][:3] == ["2017/18 [b]", "839", str(interviewed)]
    for caption, count in (
        ("How long they were missing", lasted),
        ("Where they were placed", placed),
    ):
        assert sum(int(row[-1]) for row in found[caption][1:]) == count, caption
    _, *compared = found["Against the Department’s figures, 2017/18"]
    assert ["Children looked after", "883", "883", "equal"] in compared


def test_the_directors_page_says_that_it_is_private(page: Path) -> None:
    assert page.stat().st_mode & 0o077 == 0 or os.name == "nt"
    assert "For use inside the authority only" in read_page(page.read_bytes()).text
    assert 'content="noindex"' in page.read_text(encoding="utf-8")
    done = command("quality_report.py", "--director", "--out", CHECKOUT / "docs")
    assert done.returncode == 2
    assert not (CHECKOUT / "docs" / DIRECTOR).exists()


REGISTER = """request_ref,received_on,responded_on
r-1,2018-04-03,2018-04-20
r-2,2018-05-01,2018-07-30
r-3,2018-06-29,2018-07-10
r-4,2018-07-02,2018-07-12
r-5,2018-07-03,
r-6,2018-09-28,
r-7,2018-09-03,2018-09-10
"""
FORTY, TWELVE = ("Freedom of Information Act 2000, section " + text for text in ("40(2)", "12(1)"))
PACKS = {
    "r-1": ("released", []),
    "r-2": ("partly_released", [FORTY]),
    "r-3": ("withheld", [FORTY, TWELVE]),
    "r-5": ("released", []),
    "r-7": ("refused", [TWELVE]),
}


@pytest.fixture
def responses(tmp_path: Path) -> Path:
    """Packs of some requests, one of which is open still; a later version of one of them."""
    for folder, ref in [*((ref, ref) for ref in PACKS), ("r-3-v2", "r-3")]:
        public = tmp_path / "responses" / folder / "public"
        public.mkdir(parents=True)
        outcome, exemptions = ("not_held", []) if folder == "r-3-v2" else PACKS[ref]
        entry = {"reference": ref, "folder": folder, "outcome": outcome, "exemptions": exemptions}
        (public / "disclosure-log.json").write_text(json.dumps(entry), encoding="utf-8")
    (tmp_path / "register.csv").write_text(REGISTER, encoding="utf-8")
    return tmp_path / "responses"


def counted(responses: Path, *arguments: str) -> subprocess.CompletedProcess:
    """The statistics on 1 October 2018."""
    file = responses.parent / "register.csv"
    return command(
        "deadlines.py", "--statistics", "--register", file, "--as-of", "2018-10-01", *arguments,
        FOI_RESPONSES=str(responses),
    )  # fmt: skip


def test_requests_are_counted_by_quarter_outcome_and_exemption(responses: Path) -> None:
    done = counted(responses, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    names = list(found["quarters"][0])
    assert names == [
        "quarter", "received", "in_time", "late", "open", "released", "partly_released",
        "withheld", "refused", "not_held", "not_known",
    ]  # fmt: skip
    assert [list(row.values()) for row in found["quarters"]] == [
        ["2018 Q2", 3, 2, 1, 0, 1, 1, 0, 0, 1, 0],
        ["2018 Q3", 4, 2, 0, 2, 0, 0, 0, 1, 0, 1],
        [None, 7, 4, 1, 2, 1, 1, 0, 1, 1, 1],
    ]
    assert found["exemptions"] == [
        {"exemption": exemption, "answers": 1} for exemption in (TWELVE, FORTY)
    ]


def test_the_statistics_fit_a_terminal(responses: Path) -> None:
    lines = counted(responses).stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert any(re.fullmatch(r"\s*All(\s+\d+){10}\s*", line) for line in lines)
    assert "…" not in "".join(lines)
    assert lines[-1] == f"{FORTY}: 1 of the answers."


def test_a_register_without_requests_is_counted(responses: Path) -> None:
    (responses.parent / "register.csv").write_text(REGISTER.split("\n")[0], encoding="utf-8")
    done = counted(responses, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["quarters"][-1]["received"] == 0
