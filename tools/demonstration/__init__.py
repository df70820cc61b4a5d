"""Returns of invented children, as a council would hold them."""
