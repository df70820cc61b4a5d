"""The response to one request, from the answers in the warehouse."""
