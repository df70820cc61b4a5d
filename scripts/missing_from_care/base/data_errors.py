"""What may be told of an error of DuckDB or dbt: no word of theirs on data, which quotes values."""

import json
from pathlib import Path
from typing import Any

import duckdb

MARK = "To mend: "
"""With this the macro `raise_sentence` begins; no error of DuckDB's own does."""

RAISED_AS = "Invalid Input Error: "
# What these say is about the statement, a file or the computer.
WITHOUT_VALUES = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ConnectionException,
    duckdb.InterruptException,
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    duckdb.ParserException,
    duckdb.PermissionException,
    duckdb.SyntaxException,
)
CAN_LACK_ROOM = (
    duckdb.FatalException,
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    duckdb.TransactionException,
)
NO_ROOM_SIGNS = ("no space left", "disk is full", "could not write", "out of memory")
NO_ROOM = "The disk or the memory is full, or cannot be written: free some, then try again."
BY_HAND = (
    "Was a landed file changed by hand? Land it again. Else run the statement in DuckDB yourself, "
    "on a screen that nobody else sees."
)


def raised_sentences(problem: duckdb.Error) -> list[str]:
    """The sentences that a statement raised by `raise_sentence`; none if it failed otherwise."""
    return _marked(str(problem).removeprefix(RAISED_AS))


def without_values(problem: Exception) -> str:
    """What may be told of an error, DuckDB's or any other, wherever it is then written."""
    text = str(problem)
    if isinstance(problem, CAN_LACK_ROOM) and any(sign in text.lower() for sign in NO_ROOM_SIGNS):
        return NO_ROOM
    if isinstance(problem, WITHOUT_VALUES) or not isinstance(problem, duckdb.Error):
        return text
    if raised := raised_sentences(problem):
        return MARK + "\n".join(raised)
    return (
        f"DuckDB stopped at a value ({type(problem).__name__}). What it says of it is left out, "
        f"since that may be of a child. {BY_HAND}"
    )


def build_sentences(results: Path) -> list[str]:
    """Why a build failed, by dbt's `run_results.json`, without any word of DuckDB's or dbt's. What
    the project's own models and tests raised, and a sentence for every other node that failed,
    `NO_ROOM` if that is why. None if no node failed, as when dbt stopped before the first, or if
    the file is damaged or not there."""
    try:
        nodes = json.loads(results.read_bytes())["results"]
        failed = [each for each in nodes if each["status"] in ("error", "fail", "runtime error")]
        return list(dict.fromkeys(sentence for each in failed for sentence in _sentences(each)))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return []


def _sentences(result: dict[str, Any]) -> list[str]:
    kind, _, name, *_ = result["unique_id"].split(".")
    # Without the line that dbt puts before what was raised, and the one after.
    lines = [line.strip() for line in (result["message"] or "").splitlines()][1:]
    told = "\n".join(line for line in lines if not line.startswith("compiled code at "))
    if told == NO_ROOM:
        return [NO_ROOM]
    if raised := _marked(told.removeprefix(RAISED_AS)):
        return raised
    if result["status"] == "fail":
        rows = result["failures"]
        return [f"The check {name} found {rows:,} row{'s' * (rows != 1)} that should not be there."]
    done = "carried out" if kind == "test" else "built"
    return [f"The {kind} {name} could not be {done}. {BY_HAND}"]


def _marked(text: str) -> list[str]:
    return text.removeprefix(MARK).splitlines() if text.startswith(MARK) else []
