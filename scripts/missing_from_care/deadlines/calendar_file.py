"""The deadlines of open requests as a calendar (RFC 5545) that Outlook and others subscribe to."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, Event

from missing_from_care.deadlines.states import RequestState
from missing_from_care.deadlines.wording import remarks


def calendar_bytes(states: Iterable[RequestState], as_of: date) -> bytes:
    """A calendar with an all-day event for each request that is still to be answered. `as_of`
    stands as the day on which the events were made: the same states give the same bytes."""
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
