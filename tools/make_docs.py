"""Writes the documentation of the warehouse: dbt's own site as one file, and a data dictionary."""

import json
import re
import sys
from collections.abc import Mapping
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Any

import typer
from markupsafe import Markup, escape

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from missing_from_care.base.command_line import out, run
from missing_from_care.base.faults import UsageFault
from missing_from_care.base.models_in_memory import seed_rows
from missing_from_care.base.project import CHECKOUT, RULES, is_queried
from missing_from_care.base.whole_files import write_file_whole
from missing_from_care.documents.page.page import rendered

# dbt's page brings all it needs; so a browser asks for nothing even where its search would.
POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
    "script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; font-src data:\">"
)


def make_docs(
    target: Annotated[Path, typer.Option(help="Where `dbt docs generate --static` wrote.")],
    into: Annotated[Path, typer.Option(help="Where the two pages go.")],
) -> None:
    """Writes `dbt.html`, the models, and `data_dictionary.html`, their columns and the words."""
    try:
        names = ("static_index.html", "manifest.json", "catalog.json")
        site, *read = ((target / name).read_text(encoding="utf-8") for name in names)
    except OSError as problem:
        raise UsageFault(
            f"{problem.filename} is not there: run `dbt docs generate --static` first."
        ) from None
    site = re.sub(f"({re.escape(str(target.resolve()))}|{re.escape(str(CHECKOUT))})/?", "", site)
    site = site.replace("<head>", f"<head>{POLICY}", 1)
    into.mkdir(parents=True, exist_ok=True)
    dictionary = dictionary_page(*map(json.loads, read))
    for file, data in (("dbt.html", site.encode()), ("data_dictionary.html", dictionary)):
        write_file_whole(into / file, data)
        out.print(f"{into / file}", soft_wrap=True, markup=False)


def dictionary_page(manifest: Mapping[str, Any], catalog: Mapping[str, Any]) -> bytes:
    """The data dictionary: every table that is queried, and the words of a question.

    Args:
        manifest: of dbt; the first sentence of a model's description is its grain.
        catalog: of dbt, for the types of columns that no contract names.
    """
    models = [each for each in manifest["nodes"].values() if each["resource_type"] == "model"]
    tables = []
    for node in sorted(models, key=itemgetter("path")):
        if not is_queried(node["name"]):
            continue
        found = catalog.get("nodes", {}).get(node["unique_id"], {"columns": {}})["columns"]
        types = {name: each["type"].lower() for name, each in found.items()}
        grain, _, rest = f"{' '.join(node['description'].split())} ".partition(". ")
        columns = [
            (
                each["name"],
                each["data_type"] or types.get(each["name"]),
                with_code(each["description"]),
            )
            for each in node["columns"].values()
        ]
        tables.append((node["name"], with_code(f"{grain}."), with_code(rest), columns))
    categories: dict[str, list[tuple[str, ...]]] = {}
    for name, *row in rule("categories", "breakdown", "category", "label", "authority"):
        categories.setdefault(name, []).append(tuple(row))
    return rendered(
        "dictionary.html.j2",
        tables=tables,
        measures=rule("measures", "measure", "heading", "unit", "definition", "authority"),
        breakdowns=rule("breakdowns", "breakdown", "heading", "definition"),
        categories=categories,
        period_bases=rule("period_bases", "period_basis", "heading", "example", "definition"),
    )


def rule(name: str, *columns: str) -> list[tuple[str, ...]]:
    """Some columns of a rule seed, row by row."""
    rows = seed_rows(RULES / f"{name}.csv")
    return [tuple(row[each] for each in columns) for row in rows]


def with_code(text: str) -> Markup:
    """A description whose `names` are set as such."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


if __name__ == "__main__":
    run(make_docs)
