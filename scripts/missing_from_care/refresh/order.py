"""What a refresh is to do, and where everything lies."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from missing_from_care.deadlines.states import RequestState
from missing_from_care.faults import UsageFault
from missing_from_care.project import CHECKOUT


@dataclass(frozen=True)
class Order:
    """A refresh as ordered.

    Attributes:
        database: the record-level DuckDB file, private.
        published: the DuckDB file for analysts.
        responses: the folder in which every request has its pack.
        requests: references of the requests whose packs are made.
        source: a folder of returns to land first; None: build from what is landed.
        accepted: modules known to be missing there, as `land` takes them.
        named_extracts: the landed folder that FOI_EXTRACTS names, if it does.
        is_dated: each published file has a name of its own and a pointer names the last one,
            since Windows cannot replace a file that is open.
    """

    database: Path
    published: Path
    responses: Path
    requests: tuple[str, ...] = ()
    source: Path | None = None
    accepted: frozenset[tuple[str, str]] = frozenset()
    named_extracts: Path | None = None
    is_dated: bool = os.name == "nt"

    def for_requests(self, requests: tuple[str, ...]) -> "Order":
        """The same order with the requests whose packs are made."""
        return replace(self, requests=requests)

    @property
    def state(self) -> Path:
        """The private folder with the lock, the work, what is kept, logs and the last good run."""
        return self.database.with_suffix(".refresh")

    @property
    def extracts(self) -> Path:
        """The folder for what is landed."""
        return self.named_extracts or self.state / "landed"

    @property
    def reads(self) -> Path | None:
        """The landed folder to build from if nothing is landed; None: the invented children."""
        return self.extracts if self.named_extracts or self.extracts.exists() else None


def check_places(order: Order, known: dict[str, object]) -> None:
    """Refuses places that would mix the private with the published, or that have gone.

    Args:
        order: what is to be done.
        known: what the last good run wrote of itself.

    Raises:
        UsageFault: with what to change.
    """
    if order.published.parent == order.database.parent:
        raise UsageFault(
            f"{order.published} lies in the folder of the record-level database: name another with "
            "--published, to which analysts have access and that folder not."
        )
    if order.source and not order.source.is_dir():
        raise UsageFault(f"--source {order.source}: there is no such folder; is it connected?")
    if order.source and order.named_extracts and order.extracts.is_relative_to(CHECKOUT):
        raise UsageFault(
            f"FOI_EXTRACTS names {order.extracts}, which lies inside the checkout, and children's "
            "data never enters it: name a folder elsewhere."
        )
    for name in ("published", "responses"):
        place: Path = getattr(order, name)
        folder = place.parent if name == "published" else place
        if known.get(name) == str(place) and not folder.is_dir():
            raise UsageFault(
                f"{folder} was there at the last refresh and is not now: connect the share, or "
                f"make the folder anew if it was moved on purpose."
            )
        folder.mkdir(parents=True, exist_ok=True)


def chosen_requests(
    states: Sequence[RequestState], named: Sequence[str], due_within: int | None
) -> tuple[str, ...]:
    """The requests whose packs are made.

    Args:
        states: the register.
        named: references to take; empty for those that are due.
        due_within: working days within which an open request is due; None: those at risk.

    Raises:
        UsageFault: the register has no such request.
    """
    known = [state.request_ref for state in states]
    if unknown := [ref for ref in named if ref not in known]:
        raise UsageFault(
            f"The register has no request {', '.join(unknown)}. It has: {', '.join(known)}."
        )
    if named:
        return tuple(dict.fromkeys(named))
    return tuple(
        state.request_ref
        for state in states
        if state.working_days_left is not None
        and (state.is_at_risk if due_within is None else state.working_days_left <= due_within)
    )
