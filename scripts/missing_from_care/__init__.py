"""Moves and dresses data for missing_from_care; SQL decides every number."""

__version__ = "0.1.0"
