"""Stands in for dbt's target when sqlfluff reads the models."""

type = "duckdb"  # noqa: A001
