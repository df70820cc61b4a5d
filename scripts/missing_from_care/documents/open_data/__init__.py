"""The answers as open data: one tidy CSV file a question, described for machines."""
