"""Upstream's folder of JSON files, as a backend and to import from."""
