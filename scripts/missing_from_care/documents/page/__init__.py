"""The answers as a web page that needs nothing else: tables, and charts where they help."""
