"""SQLite, through Python's own module."""
