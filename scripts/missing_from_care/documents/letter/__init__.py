"""The letter that answers a request."""
