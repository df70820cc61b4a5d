"""What is kept of the runs before, and for how long."""

import shutil
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import duckdb

from missing_from_care.refresh.plan import Plan, Run
from missing_from_care.refresh.publish import EARLIER_PACKS, numbered
from missing_from_care.response.names import file_stem


def prune(plan: Plan, run: Run, now: datetime) -> None:
    """Removes runs, logs and replaced packs that are older than the thresholds say.

    Never what is in place, never a replaced pack of a request that is answered or that the
    register does not know, since it may have been released; and nothing else in the folder of
    responses. The age of what was replaced counts from then.
    """
    with duckdb.connect(str(run.folder / "built" / plan.database.name), read_only=True) as opened:
        days = dict(
            opened.execute(
                "select threshold, cast(value as int) from thresholds where threshold like 'keep_%'"
            ).fetchall()
        )
        still_open = opened.execute(
            "select request_ref from foi_deadlines where responded_on is null"
        ).fetchall()
    figures = numbered(plan.published, run.number)
    dated = f"{plan.published.stem}-{'[0-9]' * 6}{plan.published.suffix}"
    old = _older(plan.state / "runs", "[0-9]*", days["keep_builds"], now)
    old += _older(figures.parent, dated, days["keep_builds"], now)
    old += _older(plan.state / "logs", "*.jsonl", days["keep_logs"], now)
    for (request_ref,) in still_open:
        folder = plan.responses / EARLIER_PACKS / file_stem(request_ref)
        old += _older(folder, "[0-9]*", days["keep_packs"], now)
    for path in old:
        if path in (run.folder, figures):
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            # On Windows somebody may still read it.
            with suppress(OSError):
                path.chmod(0o600)
                path.unlink()


def _older(folder: Path, pattern: str, days: int, now: datetime) -> list[Path]:
    """What has been in a folder for more than so many days."""
    return [
        path
        for path in sorted(folder.glob(pattern))
        if now.timestamp() - path.stat().st_mtime > days * 24 * 60 * 60
    ]
