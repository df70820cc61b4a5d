"""Where a response came from: every input, the program and its versions, so that the pack can be
rebuilt and a difference be laid to an input or to the program."""

import csv
import json
import os
import platform
import re
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from missing_from_care.base.faults import DataFault, UsageFault
from missing_from_care.base.models_in_memory import seed_columns, setting_rows
from missing_from_care.base.project import CHECKOUT, RULES, settings_folder, template_file
from missing_from_care.base.warehouse import rows_of
from missing_from_care.landing.parts import file_hash
from missing_from_care.response.answers import Response

PROGRAM = ("models", "macros", "scripts", "seeds")
KINDS = (".sql", ".py", ".yml", ".j2", ".css", ".js")
COMPARED = ("request", "inputs", "program_sha256", "versions")


def provenance(response: Response, warehouse: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """All that made a response, to be kept as `provenance.json`; private. Nothing in it is of today
    or of this computer's folders: the same inputs give the same. A UsageFault: the warehouse was
    built from other landed files (of FOI_EXTRACTS, else the demonstration's) or rules than those
    here."""
    extracts = Path(os.environ.get("FOI_EXTRACTS") or CHECKOUT / "seeds" / "extracts")
    own = settings_folder()
    rules = [
        own / file.name if own and (own / file.name).exists() else file
        for file in sorted(RULES.glob("*.csv"))
    ]
    _refuse_other_build(warehouse, extracts, rules)
    inputs = {
        **sums(extracts.rglob("*"), "extracts", extracts),
        **sums((file for file in rules if file.parent == RULES), "rules", RULES),
        **(sums((file for file in rules if file.parent == own), "settings", own) if own else {}),
    }
    for file in map(template_file, ("letter.docx", "sign_off.docx")):
        inputs |= sums([file], "templates", file.parent)
    program = [file for name in PROGRAM for file in (CHECKOUT / name).rglob("*")]
    program = [file for file in program if file.suffix in KINDS]
    program_sums = sums([*program, CHECKOUT / "dbt_project.yml"], "", CHECKOUT)
    query, ref = "select * from {} where request_ref = ? order by all", [response.request_ref]
    return {
        "request": {
            table: [
                {name: str(value) for name, value in row.items() if value is not None}
                for row in rows_of(warehouse.execute(query.format(table), ref))
            ]
            for table in ("stg_foi_requests", "stg_foi_request_questions")
        },
        "received_on": str(response.received_on or ""),
        "due_on": str(response.due_on or ""),
        "dated": str(response.dated),
        "is_protected": response.is_protected,
        "inputs": inputs,
        "program_sha256": sha256(json.dumps(program_sums).encode()).hexdigest(),
        "git": git_state(),
        "versions": versions(),
        "rows": {
            name: warehouse.execute(f'select count(*) from "{name}"').fetchall()[0][0]
            for (name,) in warehouse.execute(
                "select table_name from duckdb_tables() order by table_name"
            ).fetchall()
        },
        "dbt_results": dbt_results(warehouse),
    }


def sums(files: Iterable[Path], named: str, below: Path) -> dict[str, str]:
    """The SHA-256 of each file by its path below a folder, for which `named` stands."""
    found = {}
    for file in sorted(files):
        if file.is_file():
            found[Path(named, file.relative_to(below)).as_posix()] = file_hash(file)
    return found


def checksums(folder: Path, leaving_out: str = "SHA256SUMS") -> str:
    """What `sha256sum --check` reads of a folder's files but the one that will hold it."""
    found = sums(folder.rglob("*"), "", folder)
    return "".join(f"{hash_}  {name}\n" for name, hash_ in found.items() if name != leaving_out)


def versions() -> dict[str, str]:
    """Of Python, the system and every package that the project names; the lock's SHA-256."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.split(r"[=<>~!\[ ]", needed)[0] for needed in project["dependencies"]]
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        **{name: version(name) for name in names},
        **sums([CHECKOUT / "requirements.txt"], "", CHECKOUT),
    }


def git_state() -> dict[str, str | bool]:
    """The commit of the checkout and whether files were changed since; empty without git."""
    try:
        commit, changed = (
            subprocess.run(
                ["git", *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=True
            ).stdout.strip()
            for arguments in (["rev-parse", "HEAD"], ["status", "--porcelain"])
        )
    except (OSError, subprocess.CalledProcessError):
        return {}
    return {"commit": commit, "is_changed": bool(changed)}


def dbt_results(warehouse: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """How the models and tests of the warehouse's build ended, counted by kind and status; empty if
    dbt's `run_results.json` is not there or is that of another build."""
    target = Path(os.environ.get("DBT_TARGET_PATH") or "target")
    try:
        found = json.loads((CHECKOUT / target / "run_results.json").read_text(encoding="utf-8"))
        ((invocation_id,),) = warehouse.execute("select invocation_id from dbt_build").fetchall()
    except (OSError, ValueError, duckdb.CatalogException):
        return {}
    if found["metadata"]["invocation_id"] != invocation_id:
        return {}
    counted = Counter((e["unique_id"].partition(".")[0], e["status"]) for e in found["results"])
    return {
        "selected": found["args"].get("select") or [],
        "counts": {f"{kind} {status}": n for (kind, status), n in sorted(counted.items())},
    }


def differences(recorded: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """What differs between the inputs of a pack and one that was made again, a sentence each.
    Nothing if request, inputs, program and versions are the same: then a pack whose bytes differ
    was changed by hand, or the program does not give the same bytes each time."""
    before, now = dict(_flat(recorded)), dict(_flat(found))
    said = []
    for name in sorted(before.keys() | now.keys()):
        if name not in now:
            said.append(f"{name} was there and is gone.")
        elif name not in before:
            said.append(f"{name} is new.")
        elif before[name] != now[name]:
            is_hash = re.fullmatch("[0-9a-f]{64}", str(now[name]))
            said.append(f"{name} differs" + ("." if is_hash else f": {before[name]}, {now[name]}."))
    return said


def _flat(record: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for part in COMPARED:
        value = record.get(part, {})
        if isinstance(value, Mapping):
            yield from ((f"{part}: {name}", each) for name, each in value.items())
        else:
            yield part, value


def _refuse_other_build(
    warehouse: duckdb.DuckDBPyConnection, extracts: Path, rules: Iterable[Path]
) -> None:
    """Refuses inputs that the warehouse was not built from: their hashes would tell an untruth."""
    if not _is_built_from(warehouse, "stg_landed_modules", extracts / "landed_modules.csv"):
        raise UsageFault(
            f"The warehouse was not built from {extracts}: name the folder that it was built from "
            "in FOI_EXTRACTS, or run `dbt build` again."
        )
    for file in rules:
        if not _is_built_from(warehouse, file.stem, file):
            raise UsageFault(
                f"{file.name} of {file.parent} has changed since the warehouse was built, or the "
                "warehouse was built with other settings: run `dbt build` again."
            )


def _is_built_from(warehouse: duckdb.DuckDBPyConnection, table: str, file: Path) -> bool:
    try:
        if file.parent == settings_folder():
            header = seed_columns(RULES / file.name)
            rows = [list(row.values()) for row in setting_rows(file)]
        else:
            with file.open(encoding="utf-8-sig", newline="") as opened:
                header, *rows = csv.reader(opened)
        columns = ", ".join(f"coalesce(cast(\"{name}\" as varchar), '')" for name in header)
        found = warehouse.execute(f"select {columns} from {table}").fetchall()
    except (OSError, ValueError, DataFault, duckdb.Error):
        return False
    return Counter(found) == Counter(map(tuple, rows))
