"""The promises of a backend, a file for each."""
