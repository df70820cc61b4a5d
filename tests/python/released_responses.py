"""Requests answered and released as the program does it, one after the other.

The gate is called here and nowhere else in the tests of the attacker.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from missing_from_care.base.faults import DataFault
from missing_from_care.base.warehouse import open_warehouse
from missing_from_care.disclosure.gate import judge, protected, released
from missing_from_care.disclosure.ledger import Released
from missing_from_care.disclosure.rules import read_rules
from missing_from_care.response.answers import Response
from missing_from_care.response.asking import TRY_OUT, Question, ask
from missing_from_care.response.reading import read_response

DATED = date(2018, 7, 16)


def answered(database: Path, requests: Mapping[str, Sequence[Question]]) -> dict[str, Response]:
    """The responses to requests by reference, with every number; none to one that is refused."""
    numbers = {}
    for request_ref, questions in requests.items():
        of_others = sum(map(len, numbers.values()))
        numbers[request_ref] = {str(of_others + at) for at in range(1, len(questions) + 1)}
    try:
        with ask(database, *(each for asked in requests.values() for each in asked)) as connection:
            whole = read_response(connection, TRY_OUT)
    except DataFault:
        alone = [{ref: asked} for ref, asked in requests.items()] if len(requests) > 1 else []
        return {ref: found for one in alone for ref, found in answered(database, one).items()}
    return {
        ref: replace(
            whole,
            request_ref=ref,
            responded_on=DATED,
            tables=tuple(each for each in whole.tables if each.question_no in numbers[ref]),
        )
        for ref in requests
    }


def protect(database: Path, response: Response, earlier: list[Released]) -> Response:
    """The response as it may be published after earlier ones; added to them.

    Raises:
        ProtectionFault: it may not be published.
        DataFault: its figures contradict each other.
    """
    with open_warehouse(database) as connection:
        rules = read_rules(connection, response.dated)
        verdict = judge(response, rules, connection, earlier, advises=False)
    earlier += released(response, verdict, response.dated, "0" * 64)
    return protected(response, verdict)
