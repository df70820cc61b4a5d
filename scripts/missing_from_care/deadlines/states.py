"""How each request of a register stands, by the same models that the warehouse is built from; and
how many stand so, as an authority publishes it about its own work.

Source of the numbers: the Code of Practice under section 45 of the Freedom of Information Act 2000
(2018), part 8: each quarter how many requests came, how many were answered in time, and what became
of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from missing_from_care.base.data_errors import raised_sentences
from missing_from_care.base.faults import DataFault
from missing_from_care.base.models_in_memory import build_model, make_table
from missing_from_care.base.register import COLUMNS, Register
from missing_from_care.base.texts import one_line
from missing_from_care.base.warehouse import queries, rows_of

ON_TIME = "on time"
OLD_PACK = "last good pack older than the data"


@dataclass(frozen=True)
class RequestState:
    """A row of the model `foi_deadline_states`; see its columns there. `is_pack_old` says that the
    data is newer than the pack that is ready for an open request."""

    request_ref: str
    received_on: date
    clock_started_on: date
    due_on: date | None
    due_on_alternative: date | None
    due_on_alternative_reason: str | None
    earliest_due_on: date | None
    extended_due_on: date | None
    is_extension_claimed_late: bool
    answer_by: date | None
    working_days_left: int | None
    state: str
    is_at_risk: bool
    responded_on: date | None
    is_answered_late: bool
    subject: str | None
    is_pack_old: bool = False

    @property
    def shown_state(self) -> str:
        """The state; an old pack is told where nothing more urgent is."""
        return OLD_PACK if self.is_pack_old and self.state == ON_TIME else self.state


MODEL_COLUMNS = tuple(name for name in RequestState.__annotations__ if name != "is_pack_old")


def request_states(register: Register, as_of: date) -> list[RequestState]:
    """The state of each request, the most urgent first; working days are counted from a day. A
    DataFault: a row is impossible, or a deadline lies where no bank holidays are confirmed."""
    with duckdb.connect() as connection:
        make_table(connection, "foi_requests", list(COLUMNS), register.rows)
        build_model(connection, "dq_request_register")
        faults = connection.execute(
            "select source_rows, column_name, problem from dq_request_register order by all"
        ).fetchall()
        if faults:
            raise DataFault(
                *(
                    f"{register.file}, {rows} below the header, column {column} {problem}."
                    for rows, column, problem in faults
                )
            )
        try:
            build_model(connection, "foi_deadline_states", {"as_of": as_of.isoformat()})
        except duckdb.Error as problem:
            sentences = raised_sentences(problem)
            if not sentences:
                raise
            raise DataFault(f"{register.file}: {sentences[0]}") from problem
        found = connection.execute(
            f"select {', '.join(MODEL_COLUMNS)} from foi_deadline_states"
        ).fetchall()
    states = [RequestState(*row) for row in found]
    return [replace(e, subject=one_line(e.subject)) if e.subject else e for e in states]


def is_pack_older(pack: Path, database: Path) -> bool:
    """Whether a request's pack, a folder, was made before the database that it should tell of."""
    try:
        files = [file for file in pack.rglob("*") if file.is_file()]
        written = max((file.stat().st_mtime for file in files), default=None)
        return written is not None and written < database.stat().st_mtime
    except OSError:
        return False


SQL = queries(__file__)
COUNTS = (
    *("received", "in_time", "late", "open", "released", "partly_released", "withheld", "refused"),
    *("not_held", "not_known"),
)
"""What is counted of a quarter."""


def statistics(
    states: Iterable[RequestState], entries: Mapping[str, Mapping[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    """Requests by the calendar quarter in which they came, and all together; answers by exemption.
    From the states of all requests, and entries of the disclosure log, by reference, of the packs
    that are here. Gives the counts of `COUNTS` by `quarters`, the last of them without a quarter
    for the total; and `exemptions`, each with the number of answers that rest on it."""
    rows = []
    for each in states:
        entry = entries.get(each.request_ref, {}) if each.responded_on else {}
        outcome, exemptions = entry.get("outcome") or None, entry.get("exemptions", [])
        rows.append(
            (each.received_on, each.responded_on, each.is_answered_late, outcome, exemptions)
        )
    with duckdb.connect() as connection:
        connection.execute(SQL["requests"])
        if rows:
            connection.executemany("insert into requests values (?, ?, ?, ?, ?)", rows)
        return {
            name: list(rows_of(connection.execute(SQL[name])))
            for name in ("quarters", "exemptions")
        }
