"""What a backend promises, takes and gives: the one package that backends and their callers share."""
