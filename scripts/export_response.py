"""Writes the response to one request from the answers in the warehouse."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from missing_from_care.base.command_line import QUIET, err, out, responses_option, run, steps
from missing_from_care.base.faults import UsageFault
from missing_from_care.base.project import RESPONSES
from missing_from_care.base.texts import INVENTED_CHILDREN, long_day
from missing_from_care.base.warehouse import database_file
from missing_from_care.disclosure.assessment import revision_sentence
from missing_from_care.documents.open_data import PACKAGE
from missing_from_care.documents.page.page import pack_files
from missing_from_care.pack.making import Pack, making_pack, verified, write_pack
from missing_from_care.response.layout import terminal_tables


def export_response(
    request: Annotated[str, typer.Option(help="Reference of the request in the register.")] = "",
    database: Annotated[
        Path | None, typer.Option(help="The DuckDB file that `dbt build` wrote.")
    ] = None,
    out_folder: Annotated[
        Path, responses_option("A folder for the request is made here")
    ] = RESPONSES,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")
    ] = False,
    verify: Annotated[
        Path | None,
        typer.Option(metavar="PACK", help="Make this pack again and compare every public byte."),
    ] = None,
    quiet: Annotated[bool, QUIET] = False,
) -> None:
    """Answers a request of the register: a pack of files, and the answers as tables here.

    Small numbers are withheld, and nothing is written unless the audit finds each of them safe.
    """
    if bool(request) == bool(verify):
        raise UsageFault("Name a request with --request, or a pack with --verify.")
    if verify:
        out.print(verified(verify, database_file(database)), markup=False)
        return
    with (
        steps(quiet) as step,
        making_pack(database_file(database), request, out_folder, step=step) as pack,
    ):
        unlisted = [] if dry_run else write_pack(pack, date.today())
    if pack.response.is_of_invented_children:
        out.print(INVENTED_CHILDREN, markup=False)
    for table in terminal_tables(pack.response):
        out.print(table)
    for sentence in (*pack.lost, *unlisted):
        err.print(sentence, markup=False, soft_wrap=True)
    out.print(withheld(pack), markup=False)
    for each in pack.verdict.revisions:
        err.print(revision_sentence(each, pack.rules), markup=False, soft_wrap=True)
    if due := pack.response.due_on:
        on = pack.response.responded_on
        answered = f"; answered on {long_day(on)}" if on else ""
        out.print(f"Due: {long_day(due)}{answered}.", markup=False)
    if dry_run:
        out.print("A dry run: nothing was written.", markup=False)
        return
    if pack.is_sent:
        out.print("It was sent as it is: nothing was written.", markup=False)
    here = Path.cwd()
    folder = pack.folder.relative_to(here) if pack.folder.is_relative_to(here) else pack.folder
    names = {kind: name for name, kind in pack_files(pack.response).items()}
    for line in (
        f"Public: {folder / 'public'}",
        f"  Letter: {folder / 'public' / names['Letter']}",
        f"  Workbook: {folder / 'public' / names['Workbook']}",
        f"  Page: {folder / 'public' / 'response.html'}",
        f"  Open data: {folder / 'public' / PACKAGE}",
        f"Private: {folder / 'private'}",
    ):
        out.print(line, soft_wrap=True, markup=False)


def withheld(pack: Pack) -> str:
    """How much is withheld, and how much of it only to cover the rest."""
    verdict = pack.verdict
    if not verdict.withheld:
        return f"None of {len(verdict.printed)} figures is withheld."
    ranges = sum(each.is_range for each in pack.response.answers)
    return (
        f"{len(verdict.withheld)} of {len(verdict.printed)} figures are withheld, {ranges} of them "
        f"given as a range, {len(verdict.cover)} as cover. The ranges that can be told of them are "
        f"{verdict.cost(verdict.counts_withheld):,g} wide in all, those of cover "
        f"{verdict.cost(verdict.cover):,g}."
    )


if __name__ == "__main__":
    run(export_response)
