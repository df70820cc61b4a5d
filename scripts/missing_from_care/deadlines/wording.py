"""What is said of a request beside its row: in the table, in a warning, and as a calendar."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from missing_from_care.deadlines.states import ON_TIME, RequestState


def written_day(day: date | None) -> str:
    """A day as a reader in the UK writes it, `4 Jan 2027`; nothing for None."""
    return f"{day.day} {day:%b %Y}" if day else ""


def remarks(state: RequestState) -> list[str]:
    """Sentences on what a date and a state alone do not tell."""
    said = []
    if state.clock_started_on > state.received_on and state.state != "answered":
        said.append(
            f"The clock started again on {written_day(state.clock_started_on)}, when the "
            "clarification arrived."
        )
    if state.due_on and state.due_on_alternative:
        said.append(
            f"Due {written_day(state.due_on)}, by another reading "
            f"{written_day(state.due_on_alternative)}; keep to the earlier. "
            f"{state.due_on_alternative_reason}"
        )
    if state.extended_due_on and state.state != "answered":
        said.append(
            f"Extended for the public interest test to {written_day(state.extended_due_on)}; "
            f"the notice of the extension was due by {written_day(state.earliest_due_on)}."
        )
    if state.is_extension_claimed_late:
        said.append("The extension was claimed after the request was due (section 17(1)).")
    if state.is_answered_late:
        said.append(f"Answered late, on {written_day(state.responded_on)}.")
    if state.state == "waiting for fee":
        said.append(
            "The days from the fees notice on do not count until the fee is paid; if it is not "
            "paid within three months, the request need not be answered (section 9(2))."
        )
    if state.is_pack_old and state.state != ON_TIME:
        said.append("Its last good pack is older than the data.")
    return said


def risk_sentence(states: Sequence[RequestState]) -> str | None:
    """The warning that goes with exit status 6; None if no request is at risk."""
    at_risk = [state for state in states if state.is_at_risk]
    if not at_risk:
        return None
    told = [f"{state.request_ref} ({_how_near(state)})" for state in at_risk]
    number = "1 request is" if len(at_risk) == 1 else f"{len(at_risk)} requests are"
    return f"{number} at risk: {', '.join(told)}."


def _how_near(state: RequestState) -> str:
    days = abs(state.working_days_left or 0)
    counted = f"{days} working {'day' if days == 1 else 'days'}"
    if state.state == "late":
        return f"late by {counted}" if days else "late"
    return f"{counted} left" if days else "due today"


def calendar_bytes(states: Iterable[RequestState], as_of: date) -> bytes:
    """A calendar with an all-day event for each request that is still to be answered. `as_of`
    stands as the day on which the events were made: the same states give the same bytes."""
    # It takes long to load.
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//missing_from_care//deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Freedom of Information deadlines")
    for state in states:
        if state.answer_by and state.state != "answered":
            event = Event()
            event.add("uid", f"{state.request_ref}@missing-from-care")
            event.add("dtstamp", datetime.combine(as_of, time(), tzinfo=UTC))
            event.add("dtstart", state.answer_by)
            event.add("dtend", state.answer_by + timedelta(days=1))
            event.add("summary", f"FOI answer due: {state.request_ref}")
            event.add("description", "\n".join([state.subject or "", *remarks(state)]).strip())
            event.add("transp", "TRANSPARENT")
            calendar.add_component(event)
    return bytes(calendar.to_ical())
