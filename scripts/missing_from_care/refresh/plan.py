"""What a refresh is to do, where everything lies, and whether it can lie there."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from missing_from_care.base.faults import UsageFault
from missing_from_care.base.project import CHECKOUT, settings_folder
from missing_from_care.base.register import usual_register
from missing_from_care.deadlines.states import RequestState
from missing_from_care.landing.parts import MODULES_FILE
from missing_from_care.response.answers import LEDGER, file_stem

RULES = (
    *("dbt_project.yml", "profiles.yml", "macros", "models", "scripts", "seeds", "templates"),
    "tests/singular",
)
"""What of the checkout the result depends on."""
DEMONSTRATION = "the demonstration extracts"
RECORD = "run.json"
"""What a run says of itself, in its folder."""


@dataclass(frozen=True)
class Places:
    """The places that people know. A run puts its files there once it is published.

    Attributes:
        database: the record-level DuckDB file, private.
        published: the DuckDB file for analysts.
        responses: the folder in which every request has its pack.
        extracts: the folder for landed returns that FOI_EXTRACTS names, if it does.
    """

    database: Path
    published: Path
    responses: Path
    extracts: Path | None = None

    @property
    def state(self) -> Path:
        """The private folder with the runs, the lock and the logs."""
        return self.database.with_suffix(".refresh")

    @property
    def ledger(self) -> Path:
        """The record of every cell released."""
        return self.responses / LEDGER


@dataclass(frozen=True)
class Plan(Places):
    """A refresh as ordered.

    Attributes:
        requests: references of the requests whose packs are made.
        source: a folder of returns to land first; None: build from what is landed.
        accepted, taken, covers: as `land` takes them.
    """

    requests: tuple[str, ...] = ()
    source: Path | None = None
    accepted: frozenset[tuple[str, str]] = frozenset()
    taken: Mapping[str, str] = field(default_factory=dict)
    covers: tuple[str, str] = ("", "")

    def reads(self, before: "Run | None") -> Path | None:
        """The landed folder to build from if nothing is landed; None: the invented children. A
        UsageFault: the last run was built from returns of which nothing says where they are."""
        if self.extracts or not before:
            return self.extracts
        if before.landed.exists():
            return before.landed
        built_from = before.record.get("built from", DEMONSTRATION)
        if built_from != DEMONSTRATION and not self.source:
            raise UsageFault(
                f"The last refresh was built from {built_from}, and nothing says where those "
                "returns are now: name them with FOI_EXTRACTS or --source, lest the invented "
                "children of the demonstration take their place."
            )
        return None

    def fingerprint(self, reads: Path | None, day: date) -> str:
        """Tells orders apart, and the days, returns, registers and rules that they are built from.
        `reads` is the landed folder to build from, if nothing is landed."""
        told = hashlib.sha256()
        ordered = asdict(self) | {"accepted": sorted(self.accepted)}
        told.update(f"{ordered} {reads} {day}".encode())
        for folder in (self.source or reads, usual_register().parent, settings_folder()):
            told.update(repr(snapshot(folder)).encode())
        for name in RULES:
            place = CHECKOUT / name
            for file in [place] if place.is_file() else sorted(place.rglob("*")):
                if file.is_file() and file.suffix != ".pyc":
                    told.update(str(file).encode() + file.read_bytes())
        return told.hexdigest()


@dataclass(frozen=True)
class Run:
    """A run that was published, or is about to be: its folder, named by its number, with its landed
    returns, databases and packs; and what it says of itself, empty where that is damaged."""

    folder: Path
    record: Mapping[str, Any]

    @property
    def number(self) -> int:
        """1 for the first."""
        return int(self.folder.name)

    @property
    def landed(self) -> Path:
        """Its landed returns, if it has any."""
        return self.folder / "landed"

    @property
    def finished(self) -> datetime | None:
        """When it was ready to be published, if that is known."""
        return datetime.fromisoformat(self.record["finished"]) if self.record else None


def last_run(state: Path) -> tuple[Run | None, list[str]]:
    """The run that is published, the one of the highest number, and what to know of it."""
    folders = sorted(state.glob("runs/[0-9][0-9][0-9][0-9][0-9][0-9]"))
    if not folders:
        return None, []
    file = folders[-1] / RECORD
    with suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
        told: dict[str, Any] = json.loads(file.read_bytes())
        finished = [datetime.fromisoformat(told[name]) for name in ("finished", "new_since")]
        texts = [*told["mounts"].values(), *told["places"].values(), *told["packs"].values()]
        if all(at.tzinfo for at in finished) and all(isinstance(each, str) for each in texts):
            return Run(folders[-1], told), []
    return Run(folders[-1], {}), [
        f"{file} is damaged or gone: when the last refresh ended and on which disks "
        "its files lay is not known, so this time a clock that was set back or a share that has "
        "gone is not noticed. This refresh writes it anew."
    ]


def today(before: Run | None, now: datetime) -> date:
    """The day from which deadlines are counted: never one before the last good run. A clock that
    was set back would otherwise make every request look less urgent than it is."""
    return max(now, (before and before.finished) or now).astimezone().date()


def chosen_requests(
    states: Sequence[RequestState], named: Sequence[str], due_within: int | None
) -> tuple[str, ...]:
    """The requests whose packs are made: those named, else open ones that are due within so many
    working days; None: those at risk. A UsageFault: the register has no such request."""
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


def mount_points(places: Places) -> dict[str, str]:
    """The disk or share on which each public place lies, by the place."""
    return {
        str(place): str(next(each for each in place.parents if each.is_mount()))
        for place in (places.published, places.responses / "packs")
    }


def refuse_other_mounts(told: Mapping[str, str], places: Places) -> None:
    """Refuses, with a UsageFault, to write into the empty folder that stays behind when a share has
    gone: a place lay on another disk or share when the mount points were `told`."""
    now = mount_points(places)
    for place, mount in told.items():
        if now.get(place, mount) != mount:
            raise UsageFault(
                f"{place} lay on {mount} before and lies on {now[place]} now: connect the share. "
                "If it was moved on purpose, name the new place by another path."
            )


def check_places(plan: Plan) -> None:
    """Makes new folders; a `UsageFault` with what to change, if something cannot lie there."""
    if plan.source and not plan.source.is_dir():
        raise UsageFault(f"--source {plan.source}: there is no such folder; is it connected?")
    if (plan.state / "last_good.json").exists():
        raise UsageFault(
            f"{plan.state} is of an earlier version of this program: move it to where only its "
            "owner reads, then refresh with --source. Packs and ledger stay as they are."
        )
    if plan.extracts and not plan.source and not (plan.extracts / MODULES_FILE).is_file():
        raise UsageFault(
            f"FOI_EXTRACTS names {plan.extracts}, where nothing is landed: name the folder of the "
            "returns with --source."
        )
    landing = plan.extracts if plan.source else None
    if landing and landing.is_relative_to(CHECKOUT):
        raise UsageFault(
            f"FOI_EXTRACTS names {landing}, which lies inside the checkout, and children's data "
            "never enters it: name a folder elsewhere."
        )
    if plan.published.parent == plan.database.parent:
        raise UsageFault(
            f"{plan.published} lies in the folder of the record-level database: name another with "
            "--published, to which analysts have access and that folder not."
        )
    for public in (plan.published.parent, plan.responses):
        for private in (plan.state, *([plan.extracts] if plan.extracts else [])):
            if public.is_relative_to(private):
                raise UsageFault(
                    f"{public} is for others to read and lies in {private}, which is private: name "
                    "another with --published or --out."
                )
            if private.is_relative_to(public) and public == plan.responses:
                raise UsageFault(
                    f"{private} is private and lies in the folder of responses: name another with "
                    "--database or FOI_EXTRACTS."
                )
    pointer, index = plan.published.with_suffix(".txt"), plan.responses / "index.html"
    files = (plan.database, plan.published, pointer, plan.ledger, index)
    packs = [plan.responses / file_stem(ref) for ref in plan.requests]
    folders = [plan.state, plan.published.parent, plan.responses, *packs]
    for place in (*files, *folders, *([landing] if landing else [])):
        kind = "file" if place in files else "folder"
        if place.exists() and not (place.is_file() if kind == "file" else place.is_dir()):
            raise UsageFault(
                f"{place} is no {kind}, and a {kind} is to lie there: move it away or name another "
                "place."
            )
    if landing and landing.is_mount():
        raise UsageFault(
            f"FOI_EXTRACTS names {landing}, which is a disk or share of its own and so cannot be "
            "replaced whole: name a folder in it."
        )
    wanted = {plan.database.parent, plan.state, plan.published.parent, plan.responses}
    for folder in wanted | ({landing.parent} if landing else set()):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as probe:
                probe.write(b"0" * 4096)
        except OSError as problem:
            raise UsageFault(
                f"{folder} cannot be written ({problem.strerror}), so nothing was begun: free "
                "space, mend the rights or choose another place."
            ) from None
    room = {plan.state: plan.database, plan.published.parent: plan.published}
    for folder, last in room.items():
        needed = last.stat().st_size if last.exists() else 0
        if plan.state == folder:
            needed -= sum(size for size, _ in snapshot(plan.state / "runs" / "next").values())
        if shutil.disk_usage(folder).free < needed:
            raise UsageFault(
                f"The disk of {folder} has less room than the last {last.name} took "
                f"({needed >> 20} MiB), so nothing was begun: free space or choose another place."
            )


def snapshot(folder: Path | None) -> dict[str, tuple[int, int]]:
    """Size and time of change (ns) of every file below a folder, if there is one."""
    found: dict[str, tuple[int, int]] = {}
    if not folder:
        return found
    for path in sorted(folder.rglob("*")):
        with suppress(OSError):
            if path.is_file():
                stat = path.stat()
                found[str(path.relative_to(folder))] = stat.st_size, stat.st_mtime_ns
    return found
