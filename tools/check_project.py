"""Checks what dbt does not: the YAML against dbt's own JSON schema, and the seeds' columns.

dbt validates YAML for some adapters only, DuckDB not among them; and a wrong key in a seed's
`column_types` merely warns, while a column without one is guessed.
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml
from dbt.jsonschemas.jsonschemas import project_schema, resources_schema
from jsonschema import Draft7Validator

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from missing_from_care.base.command_line import out, run
from missing_from_care.base.faults import DataFault
from missing_from_care.base.project import CHECKOUT


def property_files() -> list[Path]:
    """The project's YAML files below models, seeds and tests."""
    folders = ("models", "seeds", "macros", "tests")
    return sorted(file for name in folders for file in (CHECKOUT / name).rglob("*.yml"))


def schema_problems() -> Iterator[str]:
    """What dbt's JSON schema says against `dbt_project.yml` and the property files."""
    checks = [(CHECKOUT / "dbt_project.yml", project_schema())]
    checks += [(file, resources_schema()) for file in property_files()]
    for file, schema in checks:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        for error in Draft7Validator(schema).iter_errors(content):
            place = ".".join(str(step) for step in error.absolute_path) or "the top"
            yield f"{file.relative_to(CHECKOUT)}, at {place}: {error.message[:200]}"


def seed_problems() -> Iterator[str]:
    """Seeds whose `column_types` are not exactly the columns of their CSV file, all text."""
    described = {}
    for file in property_files():
        content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        for seed in content.get("seeds", []):
            described[seed["name"]] = seed.get("config", {}).get("column_types", {})
    project = yaml.safe_load((CHECKOUT / "dbt_project.yml").read_text(encoding="utf-8"))
    extracts = project["seeds"]["missing_from_care"]["extracts"]
    not_seeds = {name for name, of in extracts.items() if of == {"+enabled": False}}
    for file in sorted((CHECKOUT / "seeds").rglob("*.csv")):
        if file.stem in not_seeds:
            continue
        with file.open(encoding="utf-8", newline="") as opened:
            header = next(csv.reader(opened))
        types = described.get(file.stem)
        name = file.relative_to(CHECKOUT)
        if types is None:
            yield f"{name}: no YAML file beside it describes the seed; add it with column_types."
        elif list(types) != header:
            yield f"{name}: the columns are {header}, column_types names {list(types)}."
        elif set(types.values()) != {"string"}:
            yield f"{name}: every column of a seed is text; staging gives it its type."


def check_project() -> None:
    """Checks the project's YAML and seeds; every problem is one line."""
    problems = [*schema_problems(), *seed_problems()]
    if problems:
        raise DataFault(*problems)
    out.print(f"{len(property_files()) + 1} YAML files and the seeds' columns are in order.")


if __name__ == "__main__":
    run(check_project)
