"""What all commands share: their help, and how long ones say what they are at."""

import os
import pty
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import forked
from missing_from_care.base.project import CHECKOUT

COMMANDS = sorted(
    file.relative_to(CHECKOUT).as_posix()
    for folder in ("scripts", "tools")
    for file in (CHECKOUT / folder).glob("*.py")
    if "run(" in file.read_text(encoding="utf-8") and "command_line" in file.read_text("utf-8")
)
WIDTH = 80


def run(*words: object) -> subprocess.CompletedProcess[str]:
    """A script, its output read by a pipe."""
    return forked.run(list(words), os.environ | {"COLUMNS": str(WIDTH)}, CHECKOUT / "scripts")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_breaks_no_sentence_and_says_where_faults_go(name: str) -> None:
    done = run(CHECKOUT / name, "--help")
    assert done.returncode == 0, done.stderr
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    assert max(map(len, lines)) <= WIDTH
    # A sentence goes on in the next line only where its next word does not fit.
    free = [line for line in lines if not line.startswith(("╭", "│", "╰"))]
    for line, following in pairwise(free):
        if line and following:
            assert len(f"{line} {following.split()[0]}") >= WIDTH, line
    # Nor is a word cut.
    assert not re.search(r"…\s*│", done.stdout)
    assert "SECURITY.md" in done.stdout


def export(database: Path, out: Path) -> list[object]:
    """The words of a dry run of the export."""
    words = ["export_response.py", "--request", "foi-2018-0417", "--dry-run", "--out", out]
    return [*words, "--database", database]


def test_an_export_says_its_steps_a_line_each_where_no_terminal_is(
    database: Path, tmp_path: Path
) -> None:
    done = run(*export(database, tmp_path))
    steps = [line for line in done.stdout.splitlines() if line.endswith(" …")]
    assert steps[0] == "Withhold small numbers and audit the rest …"
    assert len(steps) == 4 and " …" not in done.stderr
    quiet = run(*export(database, tmp_path), "--quiet")
    assert quiet.returncode == done.returncode == 0
    assert quiet.stdout.startswith("These figures are of invented children")


def test_on_a_terminal_the_steps_are_one_line_that_goes(database: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, *map(str, export(database, tmp_path))],
        env=os.environ | {"COLUMNS": str(WIDTH), "TERM": "xterm"},
        cwd=CHECKOUT / "scripts",
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    ) as running:
        os.close(theirs)
        seen = b""
        while True:
            try:
                seen += os.read(ours, 65536)
            except OSError:
                break
        answers = running.stdout.read() if running.stdout else ""
    os.close(ours)
    assert b"withhold small numbers and audit the rest" in seen
    # The line is cleared before the next is written in its place.
    steps = seen[: seen.rindex(b"make the private files")]
    assert b"\x1b[2K" in steps and b"\n" not in steps
    assert " …" not in answers
