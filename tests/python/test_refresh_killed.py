"""A refresh that is killed leaves the old or the new, whole, and nothing to clear up by hand."""

import random
import signal
from pathlib import Path

import pytest

from quick_refresh import (
    FORKS,
    assert_ledger_names_what_is_released,
    left_over,
    log_of,
    order_in,
    run_until,
    versions,
    write_source,
)

pytestmark = pytest.mark.usefixtures("forks")
RANDOM_MOMENTS = 200


def start(order, version, lines=None):
    """Starts a refresh to a version in a process of its own."""
    write_source(order, version)
    running = FORKS.Process(target=run_until, args=(order, lines))
    running.start()
    return running


def succeeds(order, version):
    running = start(order, version)
    running.join()
    assert running.exitcode == 0
    assert set(versions(order).values()) == {version}
    assert left_over(order) == []


def old_or_new(order, before, new):
    """Each is whole, old or new; old and new at a time only while there is a journal.

    Returns:
        What may be found next, besides what the next run makes: it finishes what is in the journal.
    """
    assert_ledger_names_what_is_released(order)
    found = set(versions(order).values())
    is_pending = (order.state / "journal.json").exists()
    assert found <= before | {new}
    assert len(found) == 1 or (len(found) == 2 and is_pending)
    return before | {new} if is_pending else found


@pytest.fixture
def order(tmp_path: Path):
    """A refresh that lands, after a first one."""
    made = order_in(tmp_path)
    succeeds(made, 1)
    return made


def test_killed_at_random_moments(order) -> None:
    moments, longest = random.Random(17), 2.0
    version, found, kills = 1, {1}, 0
    while kills < RANDOM_MOMENTS:
        version += 1
        running = start(order, version)
        running.join(moments.uniform(0, longest))
        running.kill()
        running.join()
        found = old_or_new(order, found, version)
        kills += running.exitcode == -signal.SIGKILL
        # So that most moments lie within a run, however fast the computer is.
        longest *= 1.02 if running.exitcode else 0.8
        if version % 8 == 0:
            succeeds(order, version)
            found = {version}
    succeeds(order, version + 1)


def test_killed_at_each_boundary_of_a_step(order) -> None:
    for lines in range(1, 30):
        running = start(order, 2 * lines, lines)
        running.join()
        old_or_new(order, {2 * lines - 1}, 2 * lines)
        succeeds(order, 2 * lines + 1)
        if running.exitcode == 0:
            break
    assert 12 < lines < 29


def test_what_was_done_is_not_done_again(order) -> None:
    """Killed after the build and a pack: the next run of the same order goes on from there."""
    steps = [line.get("step", "") for line in log_of(order)]
    running = start(order, 2, 1 + steps.index("protect and export answered"))
    running.join()
    assert running.exitcode == -signal.SIGKILL
    before = len(log_of(order))
    again = FORKS.Process(target=run_until, args=(order, None))
    again.start()
    again.join()
    assert set(versions(order).values()) == {2}
    steps = [line.get("step", "") for line in log_of(order)[before:]]
    assert "protect and export answered" in steps
    assert not {"land", "build and test", "protect and export open"} & set(steps)


def test_killed_while_it_removes_what_it_replaced(order) -> None:
    """What is left of the old folder is removed, and is not in the way of the next."""
    left = order.extracts.with_name(f".{order.extracts.name}.old.refresh")
    left.mkdir()
    (left / "half").write_text("of what was there")
    succeeds(order, 2)
    assert not left.exists()
