"""What every backend promises: one file per group of promises, run on each backend."""
