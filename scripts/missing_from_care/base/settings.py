"""A council's own settings: what they are, what is still open, and where its things lie."""

import csv
import difflib
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import yaml

from missing_from_care.base.faults import Fault, UsageFault
from missing_from_care.base.models_in_memory import read_rows, seed_rows, setting_rows
from missing_from_care.base.project import CHECKOUT, RULES, SOURCES_FILE
from missing_from_care.base.warehouse import refuse_name
from missing_from_care.base.whole_files import write_file_whole

TEMPLATES = CHECKOUT / "templates" / "settings"
NONE_OF_THEM = ": it lists children's services authorities of England."


@dataclass(frozen=True)
class CouncilFolder:
    """Where a council's things lie, below one folder outside the checkout."""

    folder: Path

    @property
    def settings(self) -> Path:
        """The files by which the council replaces rule seeds; with its register of requests."""
        return self.folder / "settings"

    def variables(self) -> dict[str, Path]:
        """The environment by which every command finds them."""
        return {
            "FOI_SETTINGS": self.settings,
            "FOI_EXTRACTS": self.folder / "private" / "landed",
            "FOI_DATABASE": self.folder / "private" / "missing_from_care.duckdb",
            "FOI_RESPONSES": self.folder / "responses",
            "FOI_PUBLISHED": self.folder / "published" / "missing_from_care.duckdb",
        }


def council_named(text: str) -> dict[str, str]:
    """The row of the seed `councils` of a code or a name; else a `UsageFault` with the nearest."""
    found = seed_rows(RULES / "councils.csv")
    plain, wanted = {_plain(each["council"]): each for each in found}, _plain(text)
    for each in found:
        if text.strip() == each["la_code"]:
            return each
    if wanted in plain:
        return plain[wanted]
    nearest = [plain[name] for name in difflib.get_close_matches(wanted, plain)]
    nearest += [each for each in found if wanted in _plain(each["council"]) and each not in nearest]
    names = ", ".join(f"{each['la_code']} ({each['council']})" for each in nearest[:5])
    raise UsageFault(
        f'--council "{text}" is no council of seeds/rules/councils.csv, by code or name'
        + (f"; did you mean {names}?" if nearest else NONE_OF_THEM)
    )


def _plain(name: str) -> str:
    words = name.lower().replace(",", " ").replace("-", " ").replace("&", "and").split()
    dropped = {"council", "city", "county", "borough", "london", "royal", "of", "the"}
    return " ".join(word for word in words if word not in dropped) or " ".join(words)


def write_settings(places: CouncilFolder, council: Mapping[str, str], today: date) -> list[Path]:
    """Writes what is not there yet of a council's settings and places; gives the new files.
    Addresses are to be checked a year after `today`. A UsageFault: the folder lies in the checkout,
    or can be no place of a database."""
    if places.folder.is_relative_to(CHECKOUT):
        raise UsageFault(
            f"{places.folder} lies inside the checkout, where a council's own files never go: name "
            "a folder elsewhere, on an encrypted disk."
        )
    refuse_name(places.variables()["FOI_DATABASE"])
    facts = {
        "{council}": council["council"],
        "{la_code}": council["la_code"],
        "{columns}": _columns_of_the_register(),
        "{in_a_year}": today.replace(year=today.year + 1, day=min(today.day, 28)).isoformat(),
    }
    texts = {
        places.settings / file.relative_to(TEMPLATES): _filled(file, facts)
        for file in sorted(TEMPLATES.rglob("*.*"))
    }
    texts[places.settings / "published_statistics.csv"] = _published(council["council"])
    texts |= {places.folder / name: text for name, text in _environments(places)}
    written = []
    try:
        for name in ("returns", "private"):
            (places.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (places.folder / "responses", places.folder / "published"):
            folder.mkdir(exist_ok=True)
        for file, text in texts.items():
            if not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                # Without a mark, Windows PowerShell takes it for the machine's own code page.
                encoding = "utf-8-sig" if file.suffix == ".ps1" else "utf-8"
                write_file_whole(file, text.encode(encoding))
                written.append(file)
    except OSError as problem:
        raise UsageFault(
            f"{places.folder} cannot be written to ({problem.strerror}): name another folder, or "
            "mend its rights."
        ) from problem
    return written


def _filled(file: Path, facts: dict[str, str]) -> str:
    text = file.read_text(encoding="utf-8")
    for name, fact in facts.items():
        text = text.replace(name, f'"{fact}"' if "," in fact and file.suffix == ".csv" else fact)
    return text


def _published(council: str) -> str:
    """What the Department published of England and, where it is known here, of the council."""
    rows, text = seed_rows(RULES / "published_statistics.csv"), StringIO()
    writer = csv.DictWriter(text, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for row in rows if row["area"] in ("England", council))
    return text.getvalue()


def _register_tables() -> list[dict[str, Any]]:
    """The tables of the register, as the models describe them."""
    described = yaml.safe_load(SOURCES_FILE.read_text(encoding="utf-8"))
    return next(each["tables"] for each in described["sources"] if each["name"] == "requests")


def _columns_of_the_register() -> str:
    lines = []
    for table in _register_tables():
        lines += ["", f"{table['name']}.csv: {table['description']}"]
        lines += [f"    {each['name']}: {each['description']}" for each in table["columns"]]
    return "\n".join(lines)


def _environments(places: CouncilFolder) -> Iterator[tuple[str, str]]:
    variables = list(places.variables().items())
    yield "foi-refresh.env", "".join(f"{name}={place}\n" for name, place in variables)
    # What dbt writes goes there too, so that the checkout can be one that nobody may write.
    dbt = places.folder / "private" / "dbt"
    variables += [("DBT_TARGET_PATH", dbt / "target"), ("DBT_LOG_PATH", dbt / "logs")]
    quoted = [(name, shlex.quote(str(place))) for name, place in variables]
    yield "environment.sh", "".join(f"export {name}={place}\n" for name, place in quoted)
    quoted = [(name, str(place).replace("'", "''")) for name, place in variables]
    yield "environment.ps1", "".join(f"$env:{name} = '{place}'\n" for name, place in quoted)


def refuse_open_settings(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Refuses figures of real children, with a `UsageFault`, while a setting is open."""
    found = warehouse.execute(
        "select settings_file, row_name, column_name, question from dq_settings order by all"
    ).fetchall()
    if found:
        raise UsageFault(
            "The returns are a council's own, and these settings are not settled yet, so nothing "
            "is released:",
            *_open_sentences(found),
            "Write the answers into these files, build again with `dbt build`, then export again.",
        )


def _open_sentences(found: Iterable[tuple[str, str | None, str | None, str | None]]) -> list[str]:
    """A sentence for each file, column and question, with the rows that it is asked in; without a
    row, the whole file is the demonstration's."""
    rows: dict[tuple[str, str | None, str | None], list[str]] = {}
    for file, row, column, question in found:
        rows.setdefault((file, column, question), []).extend([row] if row else [])
    return [
        f"{file}, {column} of {', '.join(asked)}: {question}"
        if asked
        else f"{file} is the demonstration's: make settings with scripts/set_up.py, and name their "
        "folder with FOI_SETTINGS."
        for (file, column, question), asked in rows.items()
    ]


def unfit_settings(settings: Path) -> list[str]:
    """What this version cannot use of a folder of settings and its register, a sentence each. Rows
    that it needs and a file lacks, as after an upgrade, are told with the line to add."""
    told = [
        f"{settings / name} is not there: set_up.py --council writes it anew."
        for name in _settled_by_the_council()
        if not (settings / name).exists()
    ]
    seeds = sorted(file.name for file in RULES.glob("*.csv"))
    for file in sorted(settings.glob("*.csv")):
        if file.name not in seeds:
            (nearest,) = difflib.get_close_matches(file.name, seeds, 1, 0)
            told.append(f"{file} replaces no rule: did you mean {nearest}?")
            continue
        try:
            told += _lines_to_add(file)
        except Fault as fault:
            told += fault.sentences
    for table in _register_tables():
        columns = [column["name"] for column in table["columns"]]
        try:
            read_rows(settings / "requests" / f"{table['name']}.csv", columns, columns)
        except Fault as fault:
            told += fault.sentences
    return told


def _lines_to_add(file: Path) -> list[str]:
    """The rows that this version needs and a settings file lacks, each as a line to add."""
    own = setting_rows(file)
    described = yaml.safe_load((RULES / "_rules.yml").read_text(encoding="utf-8"))["seeds"]
    config = next(each["config"] for each in described if each["name"] == file.stem)
    key = config.get("meta", {}).get("every_row")
    # What a council settles itself is not taken from the demonstration.
    template, told = TEMPLATES / file.name, []
    for row in setting_rows(template if template.exists() else RULES / file.name) if key else []:
        if row[key] not in {each[key] for each in own}:
            named = (value.replace("{in_a_year}", "") for value in row.values())
            values = ["? The council's own" if "{" in value else value for value in named]
            line = StringIO()
            csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="").writerow(values)
            told.append(
                f"{file} has no row {row[key]}, which this version needs: add the line "
                f"{line.getvalue()}"
            )
    return told


def _settled_by_the_council() -> list[str]:
    project = yaml.safe_load((CHECKOUT / "dbt_project.yml").read_text(encoding="utf-8"))
    return [f"{name}.csv" for name in project["vars"]["settled_by_the_council"]]


def open_settings(settings: Path) -> list[str]:
    """What is open in the files of a folder of settings, a sentence each."""
    found = []
    for file in (settings / name for name in _settled_by_the_council()):
        for row in setting_rows(file):
            label = next(iter(row.values())) or "(blank)"
            for column, value in row.items():
                if value.startswith("?"):
                    found.append((str(file), label, column, value[1:].strip()))
    return _open_sentences(found)


def due_for_review(settings: Path, today: date) -> list[str]:
    """The settings of the authority whose day of review has come, a sentence each."""
    return [
        f"{row['setting']} was to be checked by {row['review_on']}: is it still {row['value']}?"
        for row in setting_rows(settings / "authority.csv")
        if "" < row["review_on"] <= today.isoformat()
    ]


def unlike_the_returns(places: CouncilFolder) -> list[str]:
    """Where settings and landed returns speak of different councils or years, a sentence each."""
    landed = places.variables()["FOI_EXTRACTS"] / "landed_modules.csv"
    if not landed.exists():
        return ["Nothing is landed yet: scripts/refresh.py --source FOLDER lands and builds."]
    authority = {r["setting"]: r["value"] for r in setting_rows(places.settings / "authority.csv")}
    modules = [row for row in seed_rows(landed) if row["status"] == "landed"]
    codes = {row["source_file"].partition("/")[0] for row in modules}
    others = sorted(code for code in codes if len(code) == 3 and code.isdecimal())
    found = []
    if others and authority["la_code"] not in others:
        found.append(
            f"The returns lie in folders of councils {', '.join(others)}; authority.csv has "
            f"la_code {authority['la_code']}."
        )
    questions = places.settings / "requests" / "foi_request_questions.csv"
    if not any(read_rows(questions, ("request_ref",), ("request_ref",))[0].values()):
        found.append("The register has no question yet: scripts/new_request.py adds a request.")
    return found
