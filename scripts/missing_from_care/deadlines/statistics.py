"""Counts the requests of a register, as an authority publishes them about its own work.

Source: the Code of Practice under section 45 of the Freedom of Information Act 2000 (2018), part 8:
each quarter how many requests came, how many were answered in time, and what became of them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from missing_from_care.base.warehouse import rows_of
from missing_from_care.deadlines.states import RequestState

COUNTS = {
    "received": "true",
    "in_time": "responded_on is not null and not is_answered_late",
    "late": "responded_on is not null and is_answered_late",
    "open": "responded_on is null",
    "released": "outcome = 'released'",
    "partly_released": "outcome = 'partly_released'",
    "withheld": "outcome = 'withheld'",
    "refused": "outcome = 'refused'",
    "not_held": "outcome = 'not_held'",
    "not_known": "responded_on is not null and outcome is null",
}
"""What is counted, each as a condition on a request; the last is answered without a pack here."""


def statistics(
    states: Iterable[RequestState], entries: Mapping[str, Mapping[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    """Requests by the calendar quarter in which they came, and all together; answers by exemption.

    From the states of all requests, and entries of the disclosure log, by reference, of the packs
    that are here. Gives the counts of `COUNTS` by `quarters`, the last of them without a quarter
    for the total; and `exemptions`, each with the number of answers that rest on it.
    """
    rows = []
    for each in states:
        entry = entries.get(each.request_ref, {}) if each.responded_on else {}
        outcome, exemptions = entry.get("outcome") or None, entry.get("exemptions", [])
        rows.append(
            (each.received_on, each.responded_on, each.is_answered_late, outcome, exemptions)
        )
    with duckdb.connect() as connection:
        connection.execute(
            "create table requests (received_on date, responded_on date, is_answered_late boolean, "
            "outcome text, exemptions text[])"
        )
        if rows:
            connection.executemany("insert into requests values (?, ?, ?, ?, ?)", rows)

        def found(query: str) -> list[dict[str, Any]]:
            return list(rows_of(connection.execute(query)))

        counts = ", ".join(f"count(*) filter ({which}) as {what}" for what, which in COUNTS.items())
        return {
            "quarters": found(
                f"select strftime(quarter_start, '%Y') || ' Q' || quarter(quarter_start) as quarter"
                f", {counts} from (select *, date_trunc('quarter', received_on) as quarter_start "
                "from requests) group by grouping sets ((quarter_start), ()) "
                "order by quarter_start nulls last",
            ),
            "exemptions": found(
                "select exemption, count(*) as answers "
                "from (select unnest(exemptions) as exemption from requests) "
                "group by exemption order by answers desc, exemption",
            ),
        }
