"""Starts the attacker in processes of its own, where no other solver is loaded."""

from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context

from missing_from_care.response.answers import Response
from published_figures import Fact, Finding


@cache
def _processes() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


def _attack(responses: Sequence[Response], known: Sequence[Fact]) -> list[Finding]:
    from attack import attack

    return attack(responses, known)


def attacking(responses: Sequence[Response], known: Sequence[Fact] = ()) -> Future[list[Finding]]:
    """What readers of responses can find out, once it is ready; see `attack.attack`."""
    return _processes().submit(_attack, responses, known)
