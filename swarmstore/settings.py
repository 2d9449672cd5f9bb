"""What `LearningStore.open` takes besides a URL, for editors and type checkers.

`swarmstore.Settings` says what each means, and has the defaults.
"""

from __future__ import annotations

from typing import TypedDict


class SettingsArguments(TypedDict, total=False):
    """The keywords of `LearningStore.open` and `AsyncLearningStore.open`: the fields of `Settings`."""

    schema: str
    pool_size: int
    timeout_seconds: float
    maintenance_seconds: float
    fold_at: int
    fold_behind: bool
    pooler: bool
    synchronous: str
