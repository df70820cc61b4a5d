"""Workbooks: what that of a response says, and the one writer of all spreadsheets."""
