"""Rule seeds that a test changes, written as files for both counts."""

import csv
from pathlib import Path

import duckdb

import compiled_models
from plain_reading import SEEDS, seed

OF_LOSSES = ("rows_lost_at_most", "children_unknown_at_most")


def write_rules(folder: Path, name: str, rows: list[dict[str, str]]) -> Path:
    """A rule seed with other rows; the folder is given back."""
    folder.mkdir(exist_ok=True)
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(seed(name)[0]), restval="")
        writer.writeheader()
        writer.writerows(rows)
    return folder


def losses_at_most(folder: Path, percent: int) -> Path:
    """The thresholds of rule 16 at so many percent; at 100 nothing counts as lost."""
    rows = [
        row | ({"value": str(percent)} if row["threshold"] in OF_LOSSES else {})
        for row in seed("thresholds")
    ]
    return write_rules(folder, "thresholds", rows)


def load_rules(connection: duckdb.DuckDBPyConnection, folder: Path | None, *names: str) -> None:
    """Rule seeds as a folder has them; the project's own for those that it does not have."""
    for name in names:
        own = SEEDS / f"{name}.csv"
        other = folder / own.name if folder else own
        compiled_models.load_csv(connection, other if other.exists() else own)
