"""Upstream's JSON: snapshots and models as bytes, and back."""
