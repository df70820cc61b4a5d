"""Requests answered and released as the program does it, one after the other.

The gate is called here and nowhere else in the tests of the attacker.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from missing_from_care.asking import TRY_OUT, Question, ask
from missing_from_care.disclosure.gate import judge_as_it_is
from missing_from_care.disclosure.ledger import Released
from missing_from_care.disclosure.rules import read_rules
from missing_from_care.disclosure.verdict import protected, released
from missing_from_care.response.answers import Response
from missing_from_care.response.reading import read_response
from missing_from_care.warehouse import open_warehouse

DATED = date(2018, 7, 16)


def answered(database: Path, questions: Sequence[Question], request_ref: str) -> Response:
    """The response to questions, with every number.

    Raises:
        DataFault: a question is refused.
    """
    with ask(database, *questions) as connection:
        response = read_response(connection, TRY_OUT)
    return replace(response, request_ref=request_ref, responded_on=DATED)


def protect(database: Path, response: Response, earlier: list[Released]) -> Response:
    """The response as it may be published after earlier ones; added to them.

    Raises:
        ProtectionFault: it may not be published.
        DataFault: its figures contradict each other.
    """
    with open_warehouse(database) as connection:
        rules = read_rules(connection, response.dated)
        verdict = judge_as_it_is(response, rules, connection, earlier)
    earlier += released(response, verdict, response.dated, "0" * 64)
    return protected(response, verdict)
