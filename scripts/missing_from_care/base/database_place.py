"""Keeps what dbt writes from others: a plugin that profiles.yml names."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.environments import local
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.flags import get_flags
from dbt_common.exceptions import DbtRuntimeError

from missing_from_care.base.data_errors import MARK, without_values
from missing_from_care.base.faults import Fault, UsageFault
from missing_from_care.base.project import CHECKOUT
from missing_from_care.base.warehouse import refuse_unwritable

WRITTEN_BY_DBT = ("dbt.log*", "run_results.json", "compiled", "run")
"""What of `target/` and `logs/` holds messages and statements; other things may lie beside it."""


class Plugin(BasePlugin):
    """The database names children: its folder is made, and what dbt writes is its owner's alone."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:  # noqa: ARG002 - dbt's own
        """Called by dbt before the database is opened."""
        os.umask(0o077)
        local.DuckDBCursorWrapper = _Cursor  # type: ignore[misc]
        flags = get_flags()  # type: ignore[no-untyped-call]
        project = Path(getattr(flags, "PROJECT_DIR", None) or ".")
        for name, usual in (("TARGET_PATH", "target"), ("LOG_PATH", "logs")):
            folder = project / (getattr(flags, name, None) or usual)
            # From an earlier run, or begun before this.
            for written in (path for each in WRITTEN_BY_DBT for path in folder.glob(each)):
                written.chmod(0o700 if written.is_dir() else 0o600)
        if self.creds is None or self.creds.path == ":memory:":
            return
        try:
            if "?" in str(CHECKOUT):
                raise UsageFault(
                    f"{CHECKOUT}: dbt reads no seeds in a folder whose path has ? in it. Move it."
                )
            refuse_unwritable(Path(self.creds.path).absolute())
        except Fault as fault:
            # The one kind of error that dbt prints without a traceback.
            raise DbtRuntimeError(MARK + "\n".join(fault.sentences)) from None


class _Cursor(local.DuckDBCursorWrapper):
    """Passes on no error that quotes a value: dbt prints it, and keeps it in two files."""

    def execute(self, sql: str, bindings: object = None) -> Any:
        return _guarded(super().execute)(sql, bindings)

    def __getattr__(self, name: str) -> Any:
        found = super().__getattr__(name)  # type: ignore[no-untyped-call]
        return _guarded(found) if name.startswith("fetch") else found


def _guarded(call: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(*arguments: object) -> Any:
        try:
            return call(*arguments)
        except duckdb.Error as problem:
            kind, told = type(problem), without_values(problem)
        # As DuckDB's own, so that dbt ends the transaction, but not beside what it said.
        raise kind(told)

    return guarded
