"""Upstream's own inputs and outputs, and that ours are the same."""
