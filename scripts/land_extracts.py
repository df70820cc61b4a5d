"""Lands a folder of annual returns, return interviews and case-management extracts."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Column, Table
from rich.text import Text

from missing_from_care.base.command_line import err, out, run
from missing_from_care.base.faults import UsageFault
from missing_from_care.base.project import CHECKOUT
from missing_from_care.landing.checks import accepted_module, covers_option, taken_option
from missing_from_care.landing.land import Form, LandingReport, land


def land_extracts(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE",
            help="Folder of the returns, or zip files of them: a folder for each, named 2017-18.",
        ),
    ],
    into: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            envvar="FOI_EXTRACTS",
            show_envvar=False,
            help="Folder for the raw tables, outside this checkout; FOI_EXTRACTS otherwise.",
        ),
    ],
    accept_missing: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODULE:YEAR",
            help="A module known to be missing, as uasc:2015-16; may be repeated.",
        ),
    ] = None,
    form: Annotated[
        Form, typer.Option("--format", help="Of the raw tables; CSV to look at them.")
    ] = "parquet",
    taken: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE:DATE",
            help="Day on which a case-management extract was taken, if its name does not tell "
            "it, as missing.csv:2018-02-01; may be repeated.",
        ),
    ] = None,
    covers: Annotated[
        str | None,
        typer.Option(
            metavar="FROM..TO",
            help="Days that the case-management extracts cover, as 2014-04-01..2018-03-31.",
        ),
    ] = None,
) -> None:
    """Lands the annual returns below SOURCE, and what else is there, as raw tables.

    Returns as CSV, XML or a workbook with a sheet for each module, return
    interviews and case-management extracts, also inside zip files. They are
    recognised by their column names. Nothing is written unless all of it can be.

    Files that have not changed since they were landed into DIR as Parquet are not
    read again.
    """
    if into.resolve().is_relative_to(CHECKOUT):
        raise UsageFault(
            f"{into} lies inside the checkout, and children's data never enters it: give a folder "
            "elsewhere, and name it in FOI_EXTRACTS when you build."
        )
    accepted = frozenset(accepted_module(text) for text in accept_missing or [])
    days = dict(taken_option(text) for text in taken or [])
    covered = covers_option(covers) if covers else ("", "")
    columns = (
        BarColumn(bar_width=16),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[file]}", table_column=Column(no_wrap=True, ratio=1)),
    )
    with Bar(
        *columns, console=err, transient=True, expand=True, disable=not err.is_terminal
    ) as bar:
        task = bar.add_task("Landing", total=None, file="")

        def progress(done: int, size: int, file: str) -> None:
            bar.update(task, completed=done, total=size, file=escape(file))

        report = land(source, into, accepted, progress, form, taken=days, covers=covered)
    show(report)


def show(report: LandingReport) -> None:
    """Prints what was landed, what was not used and why, what will be lacking, and the path."""
    landed = Table(
        Column("Year", no_wrap=True),
        Column("Module"),
        Column("File", overflow="fold"),
        Column("Rows", justify="right", no_wrap=True),
        Column("Notes", overflow="fold"),
        title="Landed",
    )
    for each in report.landed:
        is_landed = each.status == "landed"
        file = Text(each.source_file if is_landed else "accepted as missing")
        rows, notes = f"{each.rows:,}" if is_landed else "", Text("; ".join(each.notes))
        landed.add_row(each.collection_year, each.table.module, file, rows, notes)
    out.print(landed)
    if report.not_used:
        not_used = Table(Column("File", overflow="fold"), Column("Reason"), title="Not used")
        for file, reason in report.not_used:
            not_used.add_row(Text(file), Text(reason))
        out.print(not_used)
    for remark in report.remarks:
        out.print(remark, markup=False)
    out.print(str(report.into), markup=False, soft_wrap=True)


if __name__ == "__main__":
    run(land_extracts)
