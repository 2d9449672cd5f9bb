"""Folders of JSON files that a store is exported to."""
