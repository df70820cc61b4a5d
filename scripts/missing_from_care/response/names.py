"""What the files and folders of a response are called."""

from functools import cache

import duckdb

from missing_from_care.base.models_in_memory import macro_sql

LEDGER = "ledger.csv"
"""The record of every figure released, beside the packs."""


@cache
def file_stem(request_ref: str) -> str:
    """What the names of a response's files begin with, by the macro of the register's tests."""
    with duckdb.connect() as connection:
        statement = f"select {macro_sql('file_stem', '?')}"
        ((stem,),) = connection.execute(statement, [request_ref]).fetchall()
    return str(stem)


def version_folder(request_ref: str, version: int) -> str:
    """The folder of a version of a response; that of the first never changes its address."""
    return file_stem(request_ref) + (f"-v{version}" if version > 1 else "")
