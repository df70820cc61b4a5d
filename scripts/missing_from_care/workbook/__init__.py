"""The accessible workbook of a response."""
