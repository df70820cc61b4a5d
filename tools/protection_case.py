"""Reads a protection problem from a JSON file."""

import json
from collections.abc import Callable
from math import inf, isfinite
from pathlib import Path
from typing import Any

from missing_from_care.base.faults import DataFault, UsageFault
from missing_from_care.disclosure.solver.problem import Problem, Relation


def read_case(path: Path, width: float | None = None) -> Problem:
    """The problem that a JSON file states.

    Args:
        path: a file with one JSON object. `cells` (a list of whole numbers), `equations` (each a
            list of [cell, coefficient] that adds up to 0, or an object with `terms` and `equals`)
            and `primary` (a list of cell indices) are required. Optional: `inequalities` (objects
            with `terms`, `low`, `high`, `withdrawn_with`), `lower`, `upper`, `weights` (a number
            for each cell), `published`, `withheld_before`, `unpublished` (cell indices),
            `threshold` ([low, high] for all cells, or a list of one or null for each cell),
            `width` (of the range of a primary cell). Other keys are ignored.
        width: how wide the range of a primary cell must be; instead of the file's own.

    Raises:
        UsageFault: there is no such file, or it cannot be read.
        DataFault: what is in it is no such problem.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DataFault(f"{path} is not UTF-8 text: save it as UTF-8.") from None
    except OSError as problem:
        raise UsageFault(
            f"{path} cannot be read ({problem.strerror}): name a JSON file that exists."
        ) from None
    try:
        case = json.loads(text)
    except (ValueError, RecursionError):
        raise DataFault(f"{path} is not valid JSON: correct it.") from None
    try:
        return _problem(case, width)
    except DataFault as fault:
        raise DataFault(f"{path}: {fault}") from None


def _problem(case: Any, width: float | None) -> Problem:
    if not isinstance(case, dict):
        raise DataFault("expected one JSON object with `cells`, `equations` and `primary`.")
    for key in ("cells", "equations", "primary"):
        if key not in case:
            raise DataFault(f"`{key}` is missing: expected `cells`, `equations` and `primary`.")
    equations = _listed(case["equations"], "`equations`", _equation)
    cells = _listed(case["cells"], "`cells`", _number)
    unpublished = frozenset(_optional_list(case, "unpublished", _index))
    thresholds = _optional(case, "threshold", _threshold, ())
    if isinstance(thresholds, tuple) and thresholds:
        thresholds = [None if cell in unpublished else thresholds for cell in range(len(cells))]
    return Problem(
        cells,
        equations + _optional_list(case, "inequalities", _inequality),
        frozenset(_listed(case["primary"], "`primary`", _index)),
        lower=_optional_list(case, "lower", _number),
        upper=_optional_list(case, "upper", _number),
        weights=_optional_list(case, "weights", _number),
        published=frozenset(_optional_list(case, "published", _index)),
        withheld_before=frozenset(_optional_list(case, "withheld_before", _index)),
        unpublished=unpublished,
        thresholds=thresholds,
        width=width if width is not None else _optional(case, "width", _width, 1),
    )


def _optional(case: dict, key: str, read: Callable[[Any, str], Any], default: Any) -> Any:
    return default if case.get(key) is None else read(case[key], f"`{key}`")


def _optional_list(case: dict, key: str, read: Callable[[Any, str], Any]) -> list:
    return [] if case.get(key) is None else _listed(case[key], f"`{key}`", read)


def _listed(found: Any, where: str, read: Callable[[Any, str], Any]) -> list:
    if not isinstance(found, list):
        raise DataFault(f"{where} is not a list: give a list.")
    return [read(entry, f"{where}, entry {number}") for number, entry in enumerate(found)]


def _number(found: Any, where: str) -> float:
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    if not is_number or not isfinite(found) or abs(found) > 1e12:
        raise DataFault(f"{where} (counted from 0) is not a number up to a million million.")
    return int(found) if float(found).is_integer() else float(found)


def _width(found: Any, where: str) -> float:
    number = _number(found, where)
    if number <= 0:
        raise DataFault(f"{where} is not above 0: give a number such as 1.")
    return number


def _index(found: Any, where: str) -> int:
    number = _number(found, where)
    if not isinstance(number, int):
        raise DataFault(f"{where} (counted from 0) is not a cell index: give a whole number.")
    return number


def _terms(found: Any, where: str) -> tuple[tuple[int, float], ...]:
    terms: dict[int, float] = {}
    for term in _listed(found, where, lambda entry, _: entry):
        if not (isinstance(term, list) and len(term) == 2):
            raise DataFault(f"{where} (counted from 0) is not made of [cell, coefficient] pairs.")
        cell = _index(term[0], where)
        terms[cell] = terms.get(cell, 0) + _number(term[1], where)
    if not terms:
        raise DataFault(f"{where} (counted from 0) has no terms: give [cell, coefficient] pairs.")
    return tuple(terms.items())


def _equation(found: Any, where: str) -> Relation:
    if isinstance(found, dict):
        total = _optional(found, "equals", _number, 0)
        return Relation(_terms(found.get("terms"), where), total, total)
    return Relation(_terms(found, where), 0, 0)


def _inequality(found: Any, where: str) -> Relation:
    if not isinstance(found, dict):
        raise DataFault(f"{where} (counted from 0) is not an object with `terms`, `low`, `high`.")
    low = _optional(found, "low", _number, -inf)
    high = _optional(found, "high", _number, inf)
    if low > high:
        raise DataFault(f"{where} (counted from 0) has its `low` above its `high`.")
    withdrawn_with = _optional_list(found, "withdrawn_with", _index)
    return Relation(_terms(found.get("terms"), where), low, high, frozenset(withdrawn_with))


def _threshold(found: Any, where: str) -> Any:
    entries = _listed(found, where, lambda entry, _: entry)
    if len(entries) == 2 and not any(isinstance(entry, list | None) for entry in entries):
        return _interval(entries, where)
    return [None if entry is None else _interval(entry, where) for entry in entries]


def _interval(found: Any, where: str) -> tuple[float, float]:
    if not (isinstance(found, list) and len(found) == 2):
        raise DataFault(f"{where} is not made of [low, high] pairs.")
    low, high = _number(found[0], where), _number(found[1], where)
    if low > high:
        raise DataFault(f"{where} has its low end above its high end.")
    return low, high
