"""What a refresh keeps of the runs before it, and for how long."""

import shutil
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import duckdb

from missing_from_care.page.page import file_stem
from missing_from_care.refresh.order import Order

EARLIER_PACKS = ".earlier"


def earlier_build(order: Order, run: int) -> Path:
    """Where the record-level database that a run replaces is kept."""
    return order.state / "earlier" / f"{run:06d}" / order.database.name


def earlier_pack(order: Order, name: str, run: int) -> Path:
    """Where the pack that a run replaces is kept."""
    return order.responses / EARLIER_PACKS / name / f"{run:06d}"


def prune(order: Order, now: datetime) -> None:
    """Removes builds, logs and replaced packs that are older than the thresholds say.

    Never a pack that is in place, never one of a request that is answered or that the register
    does not know, since it may have been released; and nothing else in the folder of responses.
    """
    with duckdb.connect(str(order.database), read_only=True) as connection:
        days = dict(
            connection.execute(
                "select threshold, cast(value as int) from thresholds where threshold like 'keep_%'"
            ).fetchall()
        )
        still_open = connection.execute(
            "select request_ref from foi_deadlines where responded_on is null"
        ).fetchall()
    old = [*_older(order.state / "earlier", "*", days["keep_builds"], now)]
    old += _older(order.state / "logs", "*.jsonl", days["keep_logs"], now)
    for (request_ref,) in still_open:
        folder = order.responses / EARLIER_PACKS / file_stem(request_ref)
        old += _older(folder, "[0-9]*", days["keep_packs"], now)
    if order.is_dated:
        current = order.published.with_suffix(".txt").read_text(encoding="utf-8").strip()
        pattern = f"{order.published.stem}-*{order.published.suffix}"
        dated = _older(order.published.parent, pattern, days["keep_builds"], now)
        old += [path for path in dated if path.name != current]
    for path in old:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            # On Windows somebody may still read it.
            with suppress(OSError):
                path.chmod(0o600)
                path.unlink()


def _older(folder: Path, pattern: str, days: int, now: datetime) -> list[Path]:
    """What was put into a folder more than so many days ago."""
    if not folder.is_dir():
        return []
    return [
        path
        for path in sorted(folder.glob(pattern))
        if now.timestamp() - path.stat().st_ctime > days * 24 * 60 * 60
    ]
