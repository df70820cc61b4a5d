"""Reads the rules of the gate from the seeds, as the warehouse holds them."""

from datetime import date
from itertools import pairwise
from math import inf

import duckdb

from missing_from_care.disclosure.rules import Derived, Measure, Policy, Rules
from missing_from_care.faults import DataFault

PLACES = ("region", "country")
# Readers take it that whoever is not unaccompanied is another child: that no return says is rare.
HARDLY_EVER = ("uasc", "not_known")


def read_rules(warehouse: duckdb.DuckDBPyConnection, on_day: date) -> Rules:
    """Reads the rules.

    Args:
        warehouse: an open warehouse.
        on_day: the day of the response, on which the policy must be in force.

    Raises:
        DataFault: no row of the policy is in force that day for all measures, or two for one.
    """
    breakdowns = _rows(warehouse, "breakdowns")
    categories = _rows(warehouse, "categories")
    councils = _rows(warehouse, "int_councils") if _has_councils(warehouse) else []
    stretches = _stretches(categories)
    elements = _elements(categories, stretches) | _places(councils)
    domains: dict[str, frozenset[str]] = {}
    for name, (dimension, codes) in elements.items():
        if name != HARDLY_EVER:
            domains[dimension] = domains.get(dimension, frozenset()) | codes
    labels = {(row["breakdown"], row["category"]): row["label"] for row in categories}
    labels |= {(row["breakdown"], ""): row["heading"] for row in breakdowns}
    labels = {name: name[1].replace("..", " to ") for name in stretches} | labels
    labels |= {("council", row["la_code"]): row["council"] for row in councils}
    labels |= {(place, _slug(row[place])): row[place] for place in PLACES for row in councils}
    return Rules(
        measures={
            row["measure"]: Measure(
                row["heading"], row["unit"], row["counts"] == "care", row["on_last_day"] == "true"
            )
            for row in _rows(warehouse, "measures")
        },
        parts=tuple(
            (
                row["whole"],
                row["part"],
                row["parts_add_up"],
                row["holds_on_snapshot"] == "true",
            )
            for row in _rows(warehouse, "measure_parts")
        ),
        named={
            (measure, row["condition"], on_snapshot): row["part"]
            for row in _rows(warehouse, "measure_parts")
            for on_snapshot in (False, True)
            for measure in (row["whole"], row["part"])
            if row["condition"] and (row["holds_on_snapshot"] == "true" or not on_snapshot)
        },
        derived={
            row["measure"]: Derived(
                row["numerator"],
                row["denominator"],
                float(row["scale"] or 1),
                int(row["decimals"] or 0),
            )
            for row in _rows(warehouse, "derived_measures")
        },
        elements=elements,
        domains=domains,
        one_a_child=frozenset(
            row["breakdown"] for row in breakdowns if row["one_category_a_child"] == "true"
        ),
        by_question=frozenset(
            row["breakdown"] for row in breakdowns if row["depends_on_question"] == "true"
        ),
        bounds=stretches,
        labels=labels,
        policies=_policies(warehouse, on_day),
    )


def _rows(warehouse: duckdb.DuckDBPyConnection, table: str) -> list[dict[str, str | None]]:
    found = warehouse.execute(f"select * from {table} order by all")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _dimension(breakdown: str) -> str:
    """Age bands are made of ages; every other breakdown stands for itself."""
    return "age" if breakdown == "age_band" else breakdown


def _bounds(row: dict[str, str | None]) -> tuple[float, float] | None:
    """Lowest and highest number of a category; None if it is no band."""
    if not (row["lowest"] or row["highest"]):
        return None
    return float(row["lowest"] or -inf), float(row["highest"] or inf)


def _stretches(
    categories: list[dict[str, str | None]],
) -> dict[tuple[str, str], tuple[float, float]]:
    """The stretches within which no band of a dimension begins or ends: bands may overlap.

    Each is named for the band that it is, or by its numbers.
    """
    bands: dict[str, dict[tuple[float, float], str]] = {}
    for row in categories:
        if bounds := _bounds(row):
            bands.setdefault(_dimension(row["breakdown"]), {}).setdefault(bounds, row["category"])
    found = {}
    for dimension, names in bands.items():
        edges = sorted({low for low, _ in names} | {high + 1 for _, high in names})
        for low, after in pairwise(edges):
            name = names.get((low, after - 1), f"{low:g}..{after - 1:g}")
            found[dimension, name] = (low, after - 1)
    return found


def _elements(
    categories: list[dict[str, str | None]], stretches: dict[tuple[str, str], tuple[float, float]]
) -> dict[tuple[str, str], tuple[str, frozenset[str]]]:
    """What each category is made of: a band of stretches, any other of itself."""
    found = {}
    for row in categories:
        dimension, codes = _dimension(row["breakdown"]), frozenset({row["category"]})
        if bounds := _bounds(row):
            codes = frozenset(
                name
                for (of_dimension, name), (low, high) in stretches.items()
                if of_dimension == dimension and bounds[0] <= low and high <= bounds[1]
            )
        if dimension != "none":
            found[row["breakdown"], row["category"]] = (dimension, codes)
    return found


def _has_councils(warehouse: duckdb.DuckDBPyConnection) -> bool:
    query = "select count(*) from information_schema.tables where table_name = 'int_councils'"
    return bool(warehouse.execute(query).fetchall()[0][0])


def _places(
    councils: list[dict[str, str | None]],
) -> dict[tuple[str, str], tuple[str, frozenset[str]]]:
    """Councils are the finest categories of regions and countries."""
    found = {("council", row["la_code"]): frozenset({row["la_code"]}) for row in councils}
    for place in PLACES:
        for row in councils:
            name = (place, _slug(row[place]))
            found[name] = found.get(name, frozenset()) | {row["la_code"]}
    return {name: ("council", codes) for name, codes in found.items()}


def _slug(name: str) -> str:
    return name.lower().replace(" ", "_")


def _policies(warehouse: duckdb.DuckDBPyConnection, on_day: date) -> dict[str, Policy]:
    found: dict[str, Policy] = {}
    for row in _rows(warehouse, "suppression_policy"):
        if not (row["valid_from"] or "") <= on_day.isoformat() <= (row["valid_to"] or "9999"):
            continue
        name = row["applies_to"]
        if name in found:
            raise DataFault(
                f"suppression_policy.csv has two rows for {name} on {on_day}: end the older one "
                "with a valid_to."
            )
        low, high = row["lowest_withheld"], row["highest_withheld"]
        found[name] = Policy(
            applies_to=name,
            interval=(int(low), int(high)) if low and high else None,
            range_width=int(row["range_width"] or 1),
            group_size=int(row["group_size"] or 0),
            whole_group=row["withholds_whole_group"] == "true",
            empty_group=row["withholds_empty_group"] == "true",
            decided_by=row["decided_by"] or "",
            legal_basis=row["legal_basis"] or "",
            reason=row["reason"] or "",
        )
    if "all" not in found or found["all"].interval is None:
        raise DataFault(
            f"suppression_policy.csv has no row `all` in force on {on_day}, so nothing can be "
            "released: add one."
        )
    return found
