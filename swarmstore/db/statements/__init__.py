"""Statement builders: pure functions that return SQL and do no I/O."""
