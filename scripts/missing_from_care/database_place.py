"""Makes ready the place of the DuckDB file that dbt writes: a plugin that profiles.yml names."""

import os
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin


class Plugin(BasePlugin):
    """The database names children: its folder is made, and what dbt writes is its owner's alone."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:  # noqa: ARG002 - dbt's own
        """Called by dbt before the database is opened."""
        os.umask(0o077)
        if self.creds.path == ":memory:":
            return
        file = Path(self.creds.path)
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists():
            file.chmod(0o600)
