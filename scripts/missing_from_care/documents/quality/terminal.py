"""The quality report on the terminal: counts, rule codes and file names, 80 columns wide."""

from collections import Counter
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from missing_from_care.documents.quality.reading import Row, totals_sentence

EFFECTS = {
    "rejected": "rejected",
    "repeated": "repeated",
    "left_out": "left out",
    "counted": "counted",
}
COMPARISONS = {
    "equal": "equal",
    "differs": "different",
    "suppressed there": "suppressed there",
    "not published": "not published",
    "not available here": "not available here",
}
WORST = 10


def show(console: Console, tables: dict[str, Any]) -> None:
    """Prints the summary.

    Args:
        console: where to.
        tables: from `reading.summary`; nothing of its examples is shown.
    """
    totals = tables["totals"]
    console.print(totals_sentence(totals))
    if totals["findings"]:
        console.print(_by_rule(tables["by_rule"]))
        console.print(_by_year(tables["by_year"]))
        console.print(_worst_files(tables["worst_files"]))
    console.print(_accounting(tables["accounting"]))
    if tables["losses"]:
        console.print("\nLost")
    for row in tables["losses"]:
        console.print(row["sentence"], markup=False)
    _show_published(console, tables["published"])


def _by_rule(found: list[Row]) -> Table:
    table = _table("Findings by rule", _label("Rule"), _label("Severity"), Column("Effect"))
    table.add_column("Findings", justify="right", no_wrap=True)
    table.add_column("What it finds, what to do", overflow="fold")
    for row in found:
        accepted = f"{row['accepted']:,} accepted." if row["accepted"] else ""
        texts = (row["rule_finds"], row["what_to_do"], accepted)
        table.add_row(
            Text(row["rule_code"]),
            row["severity"],
            _effect(row),
            f"{row['findings']:,}",
            Text("\n".join(text for text in texts if text)),
        )
    return table


def _effect(row: Row) -> str:
    """What becomes of the rows, with numbers if not of all the same."""
    found = {name: row[effect] for effect, name in EFFECTS.items() if row[effect]}
    if len(found) == 1:
        return next(iter(found))
    return "\n".join(f"{number:,} {name}" for name, number in found.items())


def _by_year(found: list[Row]) -> Table:
    table = _table(
        "Findings by year and effect, with the commonest rule", _label("Year"), _number("Findings")
    )
    for name in EFFECTS.values():
        table.add_column(name.capitalize(), justify="right", no_wrap=True)
    table.add_column("Often", no_wrap=True)
    for row in found:
        effects = [f"{row[effect]:,}" for effect in EFFECTS]
        year = Text(row["collection_year"] or "all")
        table.add_row(year, f"{row['findings']:,}", *effects, Text(row["commonest_rule"]))
    return table


def _worst_files(found: list[Row]) -> Table:
    title = f"The {WORST} worst files" if len(found) > WORST else "Files, the worst first"
    table = _table(title, Column("File", overflow="fold"), _number("Findings"), _number("Rows"))
    table.add_column("Commonest rule", no_wrap=True)
    for row in found[:WORST]:
        table.add_row(
            Text(row["source_file"] or "not known"),
            f"{row['findings']:,}",
            f"{row['rows_with_findings']:,}",
            Text(f"{row['commonest_rule']} ({row['of_this_rule']:,})"),
        )
    return table


def _accounting(found: list[Row]) -> Table:
    table = _table("What became of every row", _label("Raw table"), _label("Year"))
    steps = ("landed", "rejected", "repeated", "left_out", "counted")
    for step in steps:
        table.add_column(EFFECTS.get(step, step).capitalize(), justify="right", no_wrap=True)
    for row in found:
        numbers = [f"{row[f'rows_{step}']:,}" for step in steps]
        table.add_row(Text(row["raw_table"]), Text(row["collection_year"]), *numbers)
    return table


def _show_published(console: Console, found: list[Row]) -> None:
    """How the figures compare, and each that differs."""
    numbers = Counter(row["comparison"] for row in found)
    words = ", ".join(
        f"{numbers[comparison]} {word}"
        for comparison, word in COMPARISONS.items()
        if numbers[comparison]
    )
    console.print(f"\nBeside the published figures: {words or 'nothing to compare'}.")
    differing = [row for row in found if row["comparison"] == "differs"]
    if not differing:
        return
    table = _table("Different from the published figures", _label("Year"), _label("Measure"))
    for name in ("Ours", "Published", "Difference"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in differing:
        table.add_row(
            row["financial_year"],
            row["measure"],
            f"{row['ours']:,}",
            f"{row['published']:,}",
            f"{row['difference']:+,}",
        )
    console.print(table)


def _table(title: str, *columns: Column) -> Table:
    return Table(
        *columns,
        title=f"\n{title}",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        show_edge=False,
    )


def _label(heading: str) -> Column:
    return Column(heading, no_wrap=True)


def _number(heading: str) -> Column:
    return Column(heading, justify="right", no_wrap=True)
