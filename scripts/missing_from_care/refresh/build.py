"""The long jobs of a refresh that have a process of their own: dbt, and the export of a pack."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from missing_from_care.base.data_errors import MARK, NO_ROOM, build_sentences
from missing_from_care.base.faults import BusyFault, DataFault, Fault, ProtectionFault, UsageFault
from missing_from_care.base.project import CHECKOUT
from missing_from_care.refresh.child import run_child

Progress = Callable[[int, int, str], None]
BY_STATUS = {each.status: each for each in (UsageFault, DataFault, ProtectionFault, BusyFault)}


def build_database(file: Path, extracts: Path | None, progress: Progress) -> None:
    """Builds the record-level database and runs every test, in one run of dbt.

    Args:
        file: to make, in a folder of its own in which dbt may write.
        extracts: the landed folder; None: the demonstration extracts.
        progress: is told how many nodes of how many are done, and the name of the next.

    Raises:
        DataFault: a model or a test failed.
        UsageFault: the disk is full or cannot be written.
    """
    environment = os.environ | {
        "FOI_DATABASE": str(file),
        "FOI_EXTRACTS": str(extracts or ""),
        "DBT_TARGET_PATH": str(file.parent / "dbt"),
        "DBT_LOG_PATH": str(file.parent / "dbt"),
    }
    places = ["--project-dir", str(CHECKOUT), "--profiles-dir", str(CHECKOUT)]
    # The unit tests look at the models, not at the data.
    without = ["--exclude-resource-type", "unit_test"]
    command = ["dbt.cli.main", "--log-format", "json", "build", *without, *places]
    said: list[str] = []
    if run_child(command, environment, lambda lines: said.extend(_followed(lines, progress))):
        raise _dbt_fault(file.parent / "dbt" / "run_results.json", said)
    with duckdb.connect(str(file)) as connection:
        connection.execute("checkpoint")
    if file.with_name(f"{file.name}.wal").exists():
        raise UsageFault(
            f"{file} could not be written to its end: free space on its disk, then refresh again."
        )
    file.chmod(0o600)


def export_pack(database: Path, request_ref: str, out: Path, extracts: Path | None) -> None:
    """Protects a request and writes its pack into a folder, whole, after its rows of the ledger;
    raises a Fault of the kind that the command's status tells. The database was built from the
    extracts, as by `build_database`."""
    environment = os.environ | {
        "FOI_EXTRACTS": str(extracts or ""),
        "DBT_TARGET_PATH": str(database.parent / "dbt"),
    }
    script = str(CHECKOUT / "scripts" / "export_response.py")
    options = ["--request", request_ref, "--database", str(database), "--out", str(out)]
    lines: list[str] = []
    status = run_child([script, *options], environment, lines.extend, errors_only=True)
    if status in (0, 6):
        return
    kind = BY_STATUS.get(status, Fault)
    if kind is Fault:
        lines = [
            f"the export failed for a reason that is not its data's (status {status}): run "
            f"`scripts/export_response.py --request {request_ref}` with FOI_DEBUG=1, and report it."
        ]
    raise kind(*(f"Request {request_ref}: {line.strip()}" for line in lines if line.strip()))


def _followed(lines: Iterator[str], progress: Progress) -> Iterator[str]:
    """Tells of each node that dbt starts; gives what the project itself raised, and no value."""
    for line in lines:
        try:
            told = json.loads(line)
            _, _, raised = told["info"]["msg"].partition(MARK)
            if raised:
                yield raised.splitlines()[0]
            if told["info"]["name"] == "LogStartLine":
                data = told["data"]
                progress(data["index"] - 1, data["total"], data["node_info"]["node_name"])
        except (ValueError, LookupError, TypeError, AttributeError):
            continue


def _dbt_fault(results: Path, said: list[str]) -> Fault:
    """What stopped dbt, in the project's own sentences; before the first model, what it `said`."""
    sentences = build_sentences(results) or list(dict.fromkeys(said))
    if NO_ROOM in sentences:
        return UsageFault(*sentences)
    unknown = "dbt stopped before the first model: run `dbt build` in the checkout to see why."
    return DataFault(*(sentences or [unknown]))
