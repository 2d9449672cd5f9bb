"""Comparing totals."""

from __future__ import annotations

from dataclasses import replace

from swarmstore import LearningSnapshot


def timeless(total: LearningSnapshot | None) -> LearningSnapshot | None:
    """Without the time of the merge."""
    return None if total is None else replace(total, metadata=replace(total.metadata, created_at=0))
