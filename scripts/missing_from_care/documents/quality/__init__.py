"""The quality report: what the returns' rows got wrong, for the people who can mend them."""
