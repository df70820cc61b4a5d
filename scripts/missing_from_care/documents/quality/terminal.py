"""The quality report on the terminal: counts, rule codes and file names, 80 columns wide."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from missing_from_care.documents.quality.report import EFFECTS, Row, totals_sentence

COMPARISONS = ("equal", "differs", "suppressed there", "not published", "not available here")
WORST = 10
LOOKS: Mapping[str, Mapping[str, Any]] = {
    "label": {"no_wrap": True},
    "number": {"no_wrap": True, "justify": "right"},
    "short": {},
    "long": {"overflow": "fold"},
}


def show(console: Console, tables: dict[str, Any]) -> None:
    """Prints the tables of `reading.summary`, but nothing of their examples."""

    def table(title: str, columns: Mapping[str, str], rows: Iterable[Sequence[object]]) -> None:
        """Prints a table; `columns` has the look of each by its heading."""
        printed = Table(
            *(Column(heading, **LOOKS[look]) for heading, look in columns.items()),
            title=f"\n{title}",
            title_justify="left",
            box=box.SIMPLE_HEAD,
            padding=(0, 1, 0, 0),
            show_edge=False,
        )
        for row in rows:
            printed.add_row(
                *(Text(f"{each:,}" if isinstance(each, int | float) else str(each)) for each in row)
            )
        console.print(printed)

    totals = tables["totals"]
    console.print(totals_sentence(totals))
    effects = {name.capitalize(): "number" for name in EFFECTS.values()}
    if totals["findings"]:
        table(
            "Findings by rule",
            {
                **{"Rule": "label", "Severity": "label", "Effect": "short", "Findings": "number"},
                "What it finds, what to do": "long",
            },
            (
                (row["rule_code"], row["severity"], _effect(row), row["findings"], _texts(row))
                for row in tables["by_rule"]
            ),
        )
        table(
            "Findings by year and effect, with the commonest rule",
            {"Year": "label", "Findings": "number", **effects, "Often": "label"},
            (
                (
                    row["collection_year"] or "all",
                    row["findings"],
                    *(row[effect] for effect in EFFECTS),
                    row["commonest_rule"],
                )
                for row in tables["by_year"]
            ),
        )
        files = tables["worst_files"]
        table(
            f"The {WORST} worst files" if len(files) > WORST else "Files, the worst first",
            {"File": "long", "Findings": "number", "Rows": "number", "Commonest rule": "label"},
            (
                (
                    row["source_file"] or "not known",
                    row["findings"],
                    row["rows_with_findings"],
                    f"{row['commonest_rule']} ({row['of_this_rule']:,})",
                )
                for row in files[:WORST]
            ),
        )
    table(
        "What became of every row",
        {"Raw table": "label", "Year": "label", "Landed": "number", **effects},
        (
            (
                row["raw_table"],
                row["collection_year"],
                *(row[f"rows_{step}"] for step in ("landed", *EFFECTS)),
            )
            for row in tables["accounting"]
        ),
    )
    if tables["losses"]:
        console.print("\nLost")
    for row in tables["losses"]:
        console.print(row["sentence"], markup=False)
    numbers = Counter(row["comparison"] for row in tables["published"])
    words = [f"{numbers[each]} {each}" for each in COMPARISONS if numbers[each]]
    compared = ", ".join(words).replace("differs", "different") or "nothing to compare"
    console.print(f"\nBeside the published figures: {compared}.")
    if numbers["differs"]:
        headings = dict.fromkeys(("Ours", "Published", "Difference"), "number")
        table(
            "Different from the published figures",
            {"Year": "label", "Measure": "label", **headings},
            (
                (
                    *(row[name] for name in ("financial_year", "measure", "ours", "published")),
                    f"{row['difference']:+,}",
                )
                for row in tables["published"]
                if row["comparison"] == "differs"
            ),
        )


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
