"""Lands, builds, tests, protects, exports and publishes: all of it or nothing."""

import os
import shlex
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from missing_from_care.base.command_line import QUIET, err, out, responses_option, run
from missing_from_care.base.faults import DeadlineRisk, UsageFault
from missing_from_care.base.project import CHECKOUT, RESPONSES
from missing_from_care.base.register import read_register, usual_register
from missing_from_care.base.warehouse import database_place
from missing_from_care.deadlines.states import request_states
from missing_from_care.deadlines.wording import risk_sentence, written_day
from missing_from_care.landing.checks import accepted_module, covers_option, taken_option
from missing_from_care.refresh.plan import Plan, Run, chosen_requests, last_run, today
from missing_from_care.refresh.run import refresh
from missing_from_care.refresh.run_log import RunLog, utc_now
from missing_from_care.response.answers import file_stem


def refresh_all(
    request: Annotated[
        list[str] | None,
        typer.Option(metavar="REF", help="Export this request's pack; may be repeated."),
    ] = None,
    due_within: Annotated[
        int | None,
        typer.Option(
            metavar="DAYS",
            help="Export the packs of open requests with so many working days left or fewer; "
            "without this and --request, of those at risk.",
        ),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Land these returns first; else build from what is there."
        ),
    ] = None,
    accept_missing: Annotated[
        list[str] | None,
        typer.Option(metavar="MODULE:YEAR", help="With --source, as land_extracts.py takes it."),
    ] = None,
    taken: Annotated[
        list[str] | None, typer.Option(metavar="FILE:DATE", help="With --source, likewise.")
    ] = None,
    covers: Annotated[
        str | None, typer.Option(metavar="FROM..TO", help="With --source, likewise.")
    ] = None,
    database: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The record-level database; FOI_DATABASE's otherwise."),
    ] = None,
    published: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            envvar="FOI_PUBLISHED",
            show_envvar=False,
            show_default=False,
            help="The database for analysts; else FOI_PUBLISHED's, else in `published` of the "
            "checkout.",
        ),
    ] = CHECKOUT / "published" / "missing_from_care.duckdb",
    responses: Annotated[Path, responses_option("Folder of the requests' packs")] = RESPONSES,
    settings: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Lines NAME=VALUE: FOI_ variables, and in FOI_OPTIONS more of these options.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    quiet: Annotated[bool, QUIET] = False,
) -> None:
    """Refreshes the databases and the packs of the requests that are due.

    What was published before stays as it was until everything is ready. Ends with status 5 if
    another refresh is running, and with 6 if all went well but a request is late or due soon.
    """
    if request and due_within is not None:
        raise UsageFault("--request and --due-within both say which packs to make: give one.")
    # What it says stands in the environment and among the arguments already.
    del settings
    extracts = os.environ.get("FOI_EXTRACTS")
    places = Plan(
        database=place_of(database_place(database)),
        published=place_of(published),
        responses=responses.resolve(),
        extracts=Path(extracts).resolve() if extracts else None,
        source=source.resolve() if source else None,
        accepted=frozenset(accepted_module(text) for text in accept_missing or []),
        taken=dict(map(taken_option, taken or [])),
        covers=covers_option(covers) if covers else ("", ""),
    )
    before, _ = last_run(places.state)
    day = today(before, utc_now())
    states = request_states(read_register(usual_register()), day)
    plan = replace(places, requests=chosen_requests(states, request or [], due_within))
    if dry_run:
        say_what_would_be_done(plan, before, day)
    else:
        with RunLog(plan.state / "logs", quiet) as log:
            done = refresh(plan, log)
        out.print(f"Refreshed, run {done.number}.")
        if not plan.requests:
            out.print("No open request is due, so no pack was made.")
        for name, place in places_of(plan):
            out.print(f"{name}: {place}", markup=False, soft_wrap=True)
        out.print(f"Log: {log.file}", markup=False, soft_wrap=True)
    if warning := risk_sentence(states):
        raise DeadlineRisk(warning)


def place_of(file: Path) -> Path:
    """A file's place with no link on the way to it; it may be a link itself."""
    return file.parent.resolve() / file.name


def say_what_would_be_done(plan: Plan, before: Run | None, day: date) -> None:
    """Prints the plan."""
    good = before and before.finished
    out.print(f"On {written_day(day)}; the last good refresh was {good or 'never'}.")
    if plan.source:
        out.print(f"Land: {plan.source}", markup=False, soft_wrap=True)
    reads = plan.source or plan.reads(before) or "the demonstration extracts of invented children"
    out.print(f"Build and test from: {reads}", markup=False, soft_wrap=True)
    for name, place in places_of(plan):
        out.print(f"Replace {name[0].lower()}{name[1:]}: {place}", markup=False, soft_wrap=True)
    err.print("A dry run: nothing was changed.")


def places_of(plan: Plan) -> list[tuple[str, Path]]:
    """What a refresh replaces, by name."""
    packs = [(f"Pack of {ref}", plan.responses / file_stem(ref)) for ref in plan.requests]
    return [
        ("Record-level database, private", plan.database),
        ("Database for analysts", plan.published),
        *packs,
    ]


def read_settings(arguments: list[str]) -> list[str]:
    """Takes the variables of the file that `--settings` names into the environment; gives the
    arguments of the command, with those of FOI_OPTIONS. A UsageFault: the file cannot be read, or a
    line of it is no setting."""
    if "--settings" not in arguments[:-1]:
        return arguments
    file = Path(arguments[arguments.index("--settings") + 1])
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError):
        raise UsageFault(f"--settings {file}: there is no such file, or it is no UTF-8.") from None
    for number, line in enumerate(lines, start=1):
        name, equals, value = line.partition("=")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not equals or not name.strip().startswith("FOI_"):
            raise UsageFault(f"{file}, line {number}: write FOI_NAME=VALUE.")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        os.environ[name.strip()] = value
    words = shlex.shlex(os.environ.get("FOI_OPTIONS", ""), posix=True, punctuation_chars=False)
    # A backslash is part of a path on Windows.
    words.whitespace_split, words.escape, words.commenters = True, "", ""
    return [*arguments, *words]


if __name__ == "__main__":
    run(refresh_all, arguments=read_settings)
