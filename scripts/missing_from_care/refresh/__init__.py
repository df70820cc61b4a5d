"""Land, build, test, protect, export and publish: all of it or nothing, one refresh at a time."""
