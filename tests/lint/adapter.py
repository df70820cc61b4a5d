"""Stands in for dbt's adapter when sqlfluff reads the models: a dispatched macro becomes a call."""

from collections.abc import Callable
from typing import Any


def dispatch(name: str, package: str) -> Callable[..., str]:
    """A function that writes the macro's name with its arguments, which parses as SQL."""

    def call(*arguments: Any) -> str:
        words = [
            ", ".join(map(str, each)) if isinstance(each, list) else str(each) for each in arguments
        ]
        return f"{name}({', '.join(words)})"

    assert package
    return call


def get_columns_in_relation(_relation: Any) -> list[Any]:
    """No columns: nothing is built when the models are only read."""
    return []
