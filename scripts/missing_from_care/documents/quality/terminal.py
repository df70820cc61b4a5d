"""The quality report on the terminal: counts, rule codes and file names, 80 columns wide."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from missing_from_care.documents.quality.report import EFFECTS, NUMBERS, Row, totals_sentence

COMPARISONS = ("equal", "differs", "suppressed there", "not published", "not available here")
WORST = 10


def show(console: Console, tables: dict[str, Any]) -> None:
    """Prints the tables of `reading.summary`, but nothing of their examples."""

    def table(title: str, columns: Mapping[str, str], rows: Iterable[Row]) -> None:
        """Prints a table of rows; `columns` has the key of each by its heading."""
        printed = Table(
            *(Column(heading, **_look(key)) for heading, key in columns.items()),
            title=f"\n{title}",
            title_justify="left",
            box=box.SIMPLE_HEAD,
            padding=(0, 1, 0, 0),
            show_edge=False,
        )
        for row in rows:
            values = (row[key] for key in columns.values())
            printed.add_row(
                *(Text(f"{e:,}" if isinstance(e, int | float) else str(e)) for e in values)
            )
        console.print(printed)

    totals = tables["totals"]
    console.print(totals_sentence(totals))
    effects = {name.capitalize(): effect for effect, name in EFFECTS.items()}
    if totals["findings"]:
        table(
            "Findings by rule",
            {
                **{"Rule": "rule_code", "Severity": "severity", "Effect": "effect"},
                **{"Findings": "findings", "What it finds, what to do": "texts"},
            },
            (row | {"effect": _effect(row), "texts": _texts(row)} for row in tables["by_rule"]),
        )
        table(
            "Findings by year and effect, with the commonest rule",
            {
                **{"Year": "collection_year", "Findings": "findings", **effects},
                **{"Often": "commonest_rule"},
            },
            (
                row | {"collection_year": row["collection_year"] or "all"}
                for row in tables["by_year"]
            ),
        )
        files = tables["worst_files"]
        table(
            f"The {WORST} worst files" if len(files) > WORST else "Files, the worst first",
            {
                **{"File": "source_file", "Findings": "findings", "Rows": "rows_with_findings"},
                **{"Commonest rule": "often"},
            },
            (
                row
                | {"source_file": row["source_file"] or "not known"}
                | {"often": f"{row['commonest_rule']} ({row['of_this_rule']:,})"}
                for row in files[:WORST]
            ),
        )
    steps = {heading: f"rows_{effect}" for heading, effect in effects.items()}
    table(
        "What became of every row",
        {"Raw table": "raw_table", "Year": "collection_year", "Landed": "rows_landed", **steps},
        tables["accounting"],
    )
    if tables["losses"]:
        console.print("\nLost")
    for row in tables["losses"]:
        console.print(row["sentence"], markup=False)
    differing = [row for row in tables["published"] if row["comparison"] == "differs"]
    numbers = Counter(row["comparison"] for row in tables["published"])
    words = [f"{numbers[each]} {each}" for each in COMPARISONS if numbers[each]]
    compared = ", ".join(words).replace("differs", "different") or "nothing to compare"
    console.print(f"\nBeside the published figures: {compared}.")
    if differing:
        headings = ("Ours", "Published", "Difference")
        table(
            "Different from the published figures",
            {"Year": "financial_year", "Measure": "measure", **{e: e.lower() for e in headings}},
            (row | {"difference": f"{row['difference']:+,}"} for row in differing),
        )


def _look(key: str) -> dict[str, Any]:
    """How a column is set: numbers at the right, long texts in several lines."""
    if key in ("source_file", "texts"):
        return {"overflow": "fold"}
    if key == "effect":
        return {}
    return {"no_wrap": True} | ({"justify": "right"} if key in NUMBERS else {})


def _effect(row: Row) -> str:
    """What becomes of the rows, with numbers if not of all the same."""
    found = {name: row[effect] for effect, name in EFFECTS.items() if row[effect]}
    if len(found) == 1:
        return next(iter(found))
    return "\n".join(f"{number:,} {name}" for name, number in found.items())


def _texts(row: Row) -> str:
    """What a rule finds, what to do about it, and how much of it is accepted."""
    accepted = f"{row['accepted']:,} accepted." if row["accepted"] else ""
    return "\n".join(filter(None, (row["rule_finds"], row["what_to_do"], accepted)))
