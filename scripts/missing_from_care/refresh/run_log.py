"""Says what a refresh does: a bar or a line for who looks on, a line of JSON for who asks later."""

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column

from missing_from_care.base.command_line import err, say_step
from missing_from_care.base.faults import Fault


def utc_now() -> datetime:
    """The time by the computer's clock."""
    return datetime.now(UTC)


class RunLog:
    """Writes the log, into a folder made with the first line, and shows the bar on a terminal. If
    it `is_quiet` it shows neither the bar nor, where there is no terminal, a line a step."""

    def __init__(self, folder: Path, is_quiet: bool = False) -> None:
        self.file = folder / f"{utc_now():%Y%m%dT%H%M%SZ}-{os.getpid()}.jsonl"
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=16),
            TimeElapsedColumn(),
            TextColumn("{task.fields[detail]}", table_column=Column(no_wrap=True, ratio=1)),
            console=err,
            transient=True,
            expand=True,
            disable=is_quiet or not err.is_terminal,
        )
        self.says_steps = not (is_quiet or err.is_terminal)
        self.task = self.bar.add_task("Refresh", total=None, detail="")

    def __enter__(self) -> "RunLog":
        self.bar.start()
        return self

    def __exit__(self, kind: type | None, problem: BaseException | None, _: object) -> None:
        with suppress(OSError):
            if isinstance(problem, Fault):
                self.line("fault", status=problem.status, sentences=problem.sentences)
            elif kind:
                self.line("stopped", by=kind.__name__)
            self.bar.stop()

    def line(self, event: str, **more: object) -> None:
        """Writes a line to the log. Nothing of a child may be in it."""
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        told = {"at": utc_now().isoformat(timespec="milliseconds"), "event": event, **more}
        private = partial(os.open, mode=0o600)
        with open(self.file, "a", encoding="utf-8", opener=private) as log:
            log.write(json.dumps(told, ensure_ascii=False) + "\n")

    def step(self, name: str, **more: object) -> None:
        """Begins a step."""
        self.line("step", step=name, **more)
        if self.says_steps:
            say_step(name)
        self.bar.reset(self.task, total=None, description=escape(name), detail="")

    def remark(self, sentence: str) -> None:
        """Says what is to be known, here and in the log."""
        self.line("remark", sentence=sentence)
        err.print(sentence, markup=False, soft_wrap=True)

    def progress(self, done: int, steps: int, detail: str) -> None:
        """How far the step has come."""
        self.bar.update(self.task, completed=done, total=steps, detail=escape(detail))
