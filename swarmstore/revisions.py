"""Revisions of the tables, known without loading what migrates them."""

FIRST_REVISION = "0100"
"""The one that was released first: there is nothing before it to upgrade from."""

REVISION = "0101"
"""The one that this code makes, the head of the chain of migrations."""
