"""From a folder of returns as a council has them to the raw tables."""
