"""Checks of a workbook against the accessible spreadsheets checklist."""
