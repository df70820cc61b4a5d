"""A council's own settings and its way from a clone to a pack: README, "Your own council"."""

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

import forked
from missing_from_care.base.project import CHECKOUT
from read_page import read_page
from refreshes import write_stand_in
from settled_settings import answer_questions

YEARS = (2022, 2023)
DBT = Path(sys.executable).with_name("dbt")


def run(*words: object, told: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """A command in the checkout, with nothing of this machine's own settings."""
    names = ("FOI_", "DBT_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(names)}
    given = clean | {"COLUMNS": "80"} | variables
    if words[0] in (sys.executable, DBT):
        return forked.run(list(words), given, CHECKOUT, told)
    return subprocess.run(
        [str(word) for word in words],
        cwd=CHECKOUT,
        env=given,
        input=told,
        capture_output=True,
        text=True,
        check=False,
    )


def script(name: str, *words: object, **variables: str) -> subprocess.CompletedProcess[str]:
    """One of the project's scripts."""
    return run(sys.executable, CHECKOUT / "scripts" / f"{name}.py", *words, **variables)


def environment(folder: Path) -> dict[str, str]:
    """What `environment.sh` sets, as bash reads it."""
    lines = run("bash", "-c", '. "$0" && env', folder / "environment.sh").stdout.splitlines()
    return dict(line.split("=", 1) for line in lines if line.startswith("FOI_"))


def write_returns(folder: Path) -> None:
    """Two returns of invented children of later years than the demonstration's."""
    for year in YEARS:
        label = folder / f"{year}-{(year + 1) % 100:02d}"
        label.mkdir(parents=True)
        numbers = range(1, 31)
        files = {
            "header": ["CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB"]
            + [f"B{n:03d},{1 + n % 2},0{1 + n % 9}/03/2009,WBRI,,," for n in numbers],
            "episodes": [
                "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,"
                "HOME_POST,PL_POST,URN"
            ]
            + [f"B{n:03d},{13 + n % 9}/0{1 + n % 9}/2021,S,C2,N1,U4,PR1,,,,,," for n in numbers],
            "missing": ["CHILD,DOB,MISSING,MIS_START,MIS_END"]
            + [
                f"B{n:03d},0{1 + n % 9}/03/2009,M,{day:02d}/06/{year},{day + 1:02d}/06/{year}"
                for n in range(1, 13)
                for day in (2, 9)
            ],
            "uasc": ["CHILD,SEX,DOB,DUC"]
            + [f"B{n:03d},{1 + n % 2},0{1 + n % 9}/03/2009," for n in (1, 2)],
        }  # fmt: skip
        for name, lines in files.items():
            (label / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A council's folder as `set_up.py` writes it; its name has a blank and an apostrophe."""
    folder = tmp_path_factory.mktemp("settings") / "Anytown's own"
    done = script("set_up", folder, "--council", "City of Bristol")
    assert done.returncode == 0, done.stderr
    return folder


def test_set_up_writes_what_is_known_and_asks_for_the_rest(council: Path) -> None:
    authority = (council / "settings" / "authority.csv").read_text(encoding="utf-8")
    assert "name,Bristol," in authority and "la_code,801," in authority
    again = script("set_up", council, "--council", "801").stdout
    assert again.splitlines()[-1].strip() == f". {shlex.quote(str(council / 'environment.sh'))}"
    said = script("set_up", council, "--check").stdout
    for name in ("review_address", "signatory", "definition_by_year.csv", "decided_by"):
        assert name in said
    assert "Nothing is landed yet" in said
    files = {file: file.read_bytes() for file in council.rglob("*") if file.is_file()}
    text = b"".join(files.values()).decode()
    assert not re.search("leicester", text, re.IGNORECASE)
    assert (council / "private").stat().st_mode & 0o077 == 0
    # What is there stays as it is.
    (council / "settings" / "authority.csv").write_text("mine", encoding="utf-8")
    done = script("set_up", council, "--council", "801")
    assert (council / "settings" / "authority.csv").read_text(encoding="utf-8") == "mine"
    assert done.returncode == 3 and "authority.csv" in done.stderr
    for file, data in files.items():
        file.write_bytes(data)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Settings of a council in which nothing is answered yet."""
    assert script("set_up", tmp_path / "own", "--council", "801").returncode == 0
    return tmp_path / "own" / "settings"


def without(text: str, start: str) -> str:
    """A text without its lines that begin so."""
    return "".join(x for x in text.splitlines(keepends=True) if not x.startswith(start))


def without_column(text: str, name: str) -> str:
    """A CSV text without a column."""
    rows = list(csv.DictReader(io.StringIO(text)))
    columns = [each for each in next(csv.reader([text.splitlines()[0]])) if each != name]
    found = io.StringIO()
    writer = csv.DictWriter(found, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return found.getvalue()


REGISTER, QUESTIONS = "requests/foi_requests.csv", "requests/foi_request_questions.csv"


@pytest.mark.parametrize(
    ("name", "changed", "said"),
    [
        (
            "authority.csv",
            lambda text: without(text, "licence_id"),
            'add the line "licence_id","OGL',
        ),
        ("authority.csv", lambda text: without(text, "name,"), '"name","? The council\'s own",""'),
        ("authority.csv", lambda text: without_column(text, "review_on"), "review_on is not there"),
        ("authority.csv", lambda _: "", "authority.csv is empty"),
        ("authority.csv", lambda text: f"{text},,,,,\nx,1,,,2,,3\n", "authority.csv, row "),
        ("threshold.csv", lambda _: "a,b\n", "replaces no rule: did you mean thresholds.csv?"),
        ("thresholds.csv", lambda _: "threshold,value,unit,authority\n", "no row due_soon, which"),
        (REGISTER, lambda text: without_column(text, "fee_paid_on"), "fee_paid_on is not there"),
        (QUESTIONS, lambda _: "", "foi_request_questions.csv is empty"),
    ],
)
def test_check_says_what_this_version_cannot_use(
    settings: Path, name: str, changed: Callable[[str], str], said: str
) -> None:
    file = settings / name
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    file.write_text(changed(text), encoding="utf-8")
    done = script("set_up", settings.parent, "--check")
    assert done.returncode == 3 and said in done.stderr, done.stderr
    assert not OF_THE_DEMONSTRATION.search(done.stderr.encode())


@pytest.mark.parametrize("name", ["authority.csv", REGISTER])
@pytest.mark.parametrize(
    "saved",
    [
        lambda text: text.replace("\n", "\r\n").encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: "".join(
            ";".join(f'"{cell}"' for cell in [*reversed(row), "more"]) + "\r\n"
            for row in csv.reader(io.StringIO(text))
        ).encode("cp1252"),
    ],
)
def test_check_reads_what_a_spreadsheet_saves(
    settings: Path, name: str, saved: Callable[[str], bytes]
) -> None:
    """Line ends, a mark and encodings; semicolons, another order and one more column."""
    expected = script("set_up", settings.parent, "--check").stdout
    file = settings / name
    file.write_bytes(saved(file.read_text(encoding="utf-8")))
    done = script("set_up", settings.parent, "--check")
    assert (done.returncode, done.stdout) == (0, expected), done.stderr


def test_a_place_that_takes_no_database_is_refused(tmp_path: Path) -> None:
    done = script("set_up", tmp_path / "year #1", "--council", "801")
    assert done.returncode == 2 and "has # in it" in done.stderr
    assert not (tmp_path / "year #1").exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Lester", "did you mean 856 (Leicester)"),
        ("999", "is no council of seeds/rules/councils.csv"),
        ("Bournmouth, Christchurch & Poole", "839 (Bournemouth, Christchurch and Poole)"),
    ],
)
def test_a_council_that_is_not_known_is_told_with_the_nearest(
    tmp_path: Path, name: str, said: str
) -> None:
    done = script("set_up", tmp_path / "x", "--council", name)
    assert done.returncode == 2 and said in done.stderr
    assert not (tmp_path / "x").exists()


def test_settings_never_lie_in_the_checkout() -> None:
    done = script("set_up", CHECKOUT / "target" / "own", "--council", "801")
    assert done.returncode == 2 and "inside the checkout" in done.stderr
    assert not (CHECKOUT / "target" / "own").exists()


def readme_lines() -> list[list[str]]:
    """The commands of README, "Your own council": for bash, then for PowerShell."""
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    text = text.split("## Your own council")[1].split("\n## ")[0]
    blocks = re.findall(r"(?:^    .+\n)+", text, re.MULTILINE)
    return [[line.strip() for line in block.splitlines()] for block in blocks]


def test_the_lines_for_powershell_are_those_for_bash() -> None:
    bash, powershell = readme_lines()
    same = [
        line.replace("\\", "/").replace("/Scripts/", "/bin/").replace(".ps1", ".sh")
        for line in powershell
    ]
    assert same[1:] == bash[1:]
    assert "requirements.txt" in powershell[0] and bash[0] == "make .venv/installed"


def test_from_a_clone_to_a_pack_of_its_own(council: Path, tmp_path: Path) -> None:
    """README word by word; nothing is released before the council has settled what is its own."""
    done = script("refresh", **environment(council))
    assert done.returncode == 2 and "where nothing is landed" in done.stderr
    write_returns(council / "returns")
    before = git_status()
    words = {
        "DIR": shlex.quote(str(council)),
        "RETURNS": shlex.quote(str(council / "returns")),
        "Your council": "City of Bristol",
        "make .venv/installed": "set -e",
    }
    lines = "\n".join(readme_lines()[0])
    for word, meant in words.items():
        assert word in lines
        lines = lines.replace(word, meant)
    told = "2026-02-02\nChildren who went missing\ny\n"
    done = run("bash", "-c", lines, told=told)
    assert done.returncode == 0, done.stderr
    assert re.search(r"2022/23\s+12", done.stdout) and "Unprotected" in done.stdout
    variables = environment(council)
    asked = ("--received", "2026-02-02", "--subject", "x", "--question", "How many children?")
    for words in (*asked, "--yes"), ():
        done = script("new_request", "foi-2026-001", *words, **variables)
        assert (done.returncode, done.stdout) == (2, "")
        assert "has a request foi-2026-001 already" in done.stderr
    export = ("export_response", "--request", "foi-2026-001")
    done = script(*export, **variables)
    assert done.returncode == 2 and not (council / "responses" / "foi-2026-001").exists()
    for said in ("review_address", "decided_by of all, ch", "definition_by_year.csv"):
        assert said in done.stderr

    assert script("new_request", "foi-2026-002", *asked, "--yes", **variables).returncode == 0
    answer_questions(council / "settings")
    assert script("set_up", council, "--check").stdout == "Everything is settled.\n"
    done = script("refresh", "--request", "foi-2026-001", **variables)
    assert done.returncode in (0, 6), done.stderr
    pack = council / "responses" / "foi-2026-001"
    page = read_page((pack / "public" / "response.html").read_bytes())
    assert "Bristol" in page.text and "invented" not in page.text
    assert script("export_response", "--verify", pack, **variables).returncode == 0
    record = json.loads((pack / "private" / "provenance.json").read_text(encoding="utf-8"))
    assert "settings/authority.csv" in record["inputs"]
    # Another request, and the returns once more; of them dbt has made the figures just now.
    first = tmp_path / "first"
    write_stand_in(first, Path(variables["FOI_DATABASE"]))
    stand_in = {"PYTHONPATH": str(first), "FIRST_REFRESH": str(first)}
    again = ("--request", "foi-2026-002", "--source", council / "returns")
    done = script("refresh", *again, **variables, **stand_in)
    assert done.returncode in (0, 6), done.stderr
    assert "Land …" in done.stdout and "Protect and export foi-2026-002 …" in done.stdout
    assert git_status() == before
    files = [file for file in council.rglob("*") if file.is_file()]
    assert len({file.name for file in files if file.suffix in (".docx", ".xlsx")}) >= 6
    for file in files:
        for data in (file.name.encode(), *parts(file)):
            assert not OF_THE_DEMONSTRATION.search(data), file
    for name in ("foi-2026-001.xlsx", "foi-2026-001-letter.docx", "disclosure-log.json"):
        assert any(b"Bristol" in data for data in parts(pack / "public" / name)), name


OF_THE_DEMONSTRATION = re.compile(
    rb"leicester|e06000016|charles street|le1 1fz|information governance & risk", re.IGNORECASE
)
COUNCILS_OF_ENGLAND = ("councils", "int_councils")


def parts(file: Path) -> list[bytes]:
    """A file's bytes; those of its parts, if it is a document; the rows, if it is a database."""
    if file.suffix in (".xlsx", ".docx", ".ods", ".zip"):
        with zipfile.ZipFile(file) as opened:
            return [opened.read(name) for name in opened.namelist()] + [opened.comment]
    if file.suffix == ".duckdb":
        with duckdb.connect(str(file), read_only=True) as database:
            tables = database.execute("select table_name from duckdb_tables()").fetchall()
            return [
                repr(database.execute(f'from "{table}"').fetchall()).encode()
                for (table,) in tables
                if table not in COUNCILS_OF_ENGLAND
            ]
    return [file.read_bytes()]


def git_status() -> list[str]:
    """What differs in the checkout from what is committed."""
    return run("git", "status", "--porcelain").stdout.splitlines()


def test_landing_and_deadlines_go_by_the_council_s_own_rules(tmp_path: Path) -> None:
    """What is read before there is a warehouse is replaced by a file of settings too."""
    write_returns(tmp_path / "returns" / "999")
    settings = tmp_path / "settings"
    (settings / "requests").mkdir(parents=True)
    asked = "request_ref,received_on,subject\nfoi-1,2026-03-02,Children\n"
    (settings / "requests" / "foi_requests.csv").write_text(asked, encoding="utf-8")
    own = {"FOI_SETTINGS": str(settings)}
    landing = ("land_extracts", tmp_path / "returns", "--into", tmp_path / "landed")
    assert "no council has that code" in script(*landing, **own).stderr
    rules = CHECKOUT / "seeds" / "rules"
    councils = (rules / "councils.csv").read_text(encoding="utf-8")
    councils += "999,Newborough,South West,England,Made up\n"
    (settings / "councils.csv").write_text(councils, encoding="utf-8")
    assert script(*landing, **own).returncode == 0

    deadlines = ("deadlines", "--as-of", "2026-03-09", "--json")
    assert script(*deadlines, **own).returncode == 0
    thresholds = (rules / "thresholds.csv").read_text(encoding="utf-8")
    thresholds = thresholds.replace("due_soon,5,", "due_soon,19,")
    (settings / "thresholds.csv").write_text(thresholds, encoding="utf-8")
    done = script(*deadlines, **own)
    assert done.returncode == 6, done.stderr


def test_what_replaces_nothing_or_lacks_a_row_stops_the_build(council: Path) -> None:
    settings = council / "settings"
    variables = {
        "FOI_SETTINGS": str(settings),
        "FOI_DATABASE": str(council / "private" / "faulty.duckdb"),
        "DBT_TARGET_PATH": str(council / "private" / "target"),
        "DBT_LOG_PATH": str(council / "private" / "logs"),
    }
    seed = [DBT, "--no-use-colors", "seed", "--select", "authority", "thresholds"]
    wrong = settings / "threshold.csv"
    wrong.write_text("threshold,value,unit,authority\n", encoding="utf-8")
    done = run(*seed, **variables)
    assert done.returncode != 0 and "did you mean thresholds.csv?" in done.stdout
    places = (
        "--database",
        council / "private/x/w.duckdb",
        "--published",
        council / "figures/f.duckdb",
    )
    done = script("refresh", *places, "--out", council / "out", FOI_SETTINGS=str(settings))
    assert done.returncode == 3 and "did you mean thresholds.csv?" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    wrong.rename(settings / "thresholds.csv")
    rules = CHECKOUT / "seeds" / "rules" / "thresholds.csv"
    lines = rules.read_text(encoding="utf-8").splitlines(keepends=True)
    (settings / "thresholds.csv").write_text("".join(lines[:-1]), encoding="utf-8")
    done = run(*seed, **variables)
    missing = next(csv.reader(lines[-1:]))
    assert done.returncode != 0
    assert f"has no row {missing[0]}, which this version needs: add the line" in done.stdout
    (settings / "thresholds.csv").write_text("threshold,value,unit\n", encoding="utf-8")
    done = run(*seed, **variables)
    assert done.returncode != 0 and "authority" in done.stdout
    (settings / "thresholds.csv").unlink()


def test_addresses_are_to_be_checked_a_year_later(council: Path) -> None:
    with (council / "settings" / "authority.csv").open(encoding="utf-8-sig") as opened:
        text = opened.read()
    days = {date.fromisoformat(day) for day in re.findall(r"\d{4}-\d{2}-\d{2}", text)}
    assert any(300 < (day - date.today()).days < 400 for day in days)
