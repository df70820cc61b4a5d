"""What a refresh is to do, and where everything lies."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from missing_from_care.deadlines.states import RequestState
from missing_from_care.faults import UsageFault
from missing_from_care.pack.making import LEDGER
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
        taken: days on which case-management extracts were taken, likewise.
        covers: first and last day that they cover, likewise.
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
    taken: Mapping[str, str] = field(default_factory=dict)
    covers: tuple[str, str] = ("", "")
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
    def ledger(self) -> Path:
        """The record of every cell released."""
        return self.responses / LEDGER

    @property
    def reads(self) -> Path | None:
        """The landed folder to build from if nothing is landed; None: the invented children."""
        return self.extracts if self.named_extracts or self.extracts.exists() else None


def check_places(order: Order) -> None:
    """Refuses places that would mix the private with the published, and makes new folders.

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
    for folder in (order.published.parent, order.responses):
        folder.mkdir(parents=True, exist_ok=True)


def mount_points(order: Order) -> dict[str, str]:
    """The disk or share on which each public place lies, by the place."""
    return {
        str(place): str(next(each for each in place.parents if each.is_mount()))
        for place in (order.published, order.responses / "packs")
    }


def refuse_other_mounts(told: Mapping[str, Any], now: Mapping[str, str]) -> None:
    """Refuses to write into the empty folder that stays behind when a share has gone.

    Args:
        told: what a run wrote of itself.
        now: the mount points at this moment.

    Raises:
        UsageFault: a place lay on another disk or share then.
    """
    for place, mount in told.get("mounts", {}).items():
        if now.get(place, mount) != mount:
            raise UsageFault(
                f"{place} lay on {mount} before and lies on {now[place]} now: connect the share. "
                "If it was moved on purpose, name the new place by another path."
            )


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
