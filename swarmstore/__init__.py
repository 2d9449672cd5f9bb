"""The SQL-backed store for what swarms of AI agents learn."""
