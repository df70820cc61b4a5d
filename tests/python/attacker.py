"""Starts the attacker in processes of its own, where no other solver is loaded."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context

from missing_from_care.response.answers import Response
from published_figures import Count, Fact, Finding, puzzle


@cache
def _processes() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


def _run(name: str, *arguments: object) -> list:
    import attack

    return getattr(attack, name)(*arguments)


Worlds = Callable[[list[Count]], list[Counter[tuple[int, ...]]]]


def attacking(
    responses: Sequence[Response], known: Sequence[Fact] = (), there: Worlds | None = None
) -> Future[list[Finding]]:
    """What readers of responses can find out, once it is ready; see `attack.attack`."""
    return _processes().submit(_run, "attack", puzzle(responses, known), there)


def mistakes(responses: Sequence[Response], there: Worlds) -> Future[list[str]]:
    """What the attacker believes that is not so; see `attack.impossible`."""
    return _processes().submit(_run, "impossible", puzzle(responses), there)
