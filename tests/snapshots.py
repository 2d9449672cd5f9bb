"""Snapshots made by hand: those of the kit for backends, for all other tests."""

from swarmstore.conformance.samples import any_named, full, model, simple

__all__ = ["any_named", "full", "model", "simple"]
