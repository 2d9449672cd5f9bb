"""What a backend can do, as its author declares it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Capability(StrEnum):
    """Something that a backend can do, and that the tests of a declared capability ask for.

    The first five belong to every `LearningBackend`. A backend that is still being written may declare
    fewer; `LearningStore` needs all of them.
    """

    EXACTLY_ONCE = "exactly once"
    """`save_session` saves a session once, however often the call is repeated."""
    TOTALS = "totals"
    """Sessions are counted in the total of their scenario and in the global one."""
    FORGETTING = "forgetting"
    """`forget` removes sessions together with what they added to totals."""
    MERGES = "merges"
    """`merge_sessions` merges a slice of history."""
    OFFLINE_MODELS = "offline models"
    """Offline models are kept, and analyses saved beside action orders."""

    ANY_ACTION_NAMES = "any action names"
    """Names of actions may have ':' anywhere and thousands of characters."""
    LONG_SCENARIO_NAMES = "long scenario names"
    """Names of scenarios may have thousands of characters."""
    PROCESSES = "processes at once"
    """The backend can be pickled; the copy in another process is open on the same data."""
    PAGES = "pages"
    """Sessions are read page by page (`Paged`)."""
    CHANGE_FEED = "change feed"
    """Followers are told of new sessions (`Followable`)."""
    IMPORTS = "imports"
    """Stores can be imported into the backend (`Importable`)."""
    ANALYTICS = "analytics"
    """The backend has views for analysts (`Analysable`)."""
    VERIFICATION = "verification"
    """Cached totals can be checked and made anew (`Verifiable`)."""


LEARNING_BACKEND: Final = frozenset(
    {
        Capability.EXACTLY_ONCE,
        Capability.TOTALS,
        Capability.FORGETTING,
        Capability.MERGES,
        Capability.OFFLINE_MODELS,
    }
)
"""What every `LearningBackend` can do, and what a test class declares unless it says otherwise."""

METHODS: Mapping[Capability, tuple[str, ...]] = {
    Capability.EXACTLY_ONCE: ("save_session",),
    Capability.TOTALS: ("save_session", "delete_sessions", "sources", "summaries", "fold"),
    Capability.FORGETTING: ("forget",),
    Capability.MERGES: ("merge_sessions",),
    Capability.OFFLINE_MODELS: (
        "load_offline_model",
        "save_offline_model",
        "save_analysis",
        "latest_analysis_input",
    ),
    Capability.PAGES: ("range_page", "summary_page"),
    Capability.CHANGE_FEED: ("changes", "renew_cursors"),
    Capability.IMPORTS: ("import_target",),
    Capability.ANALYTICS: ("analysis",),
    Capability.VERIFICATION: ("verify_totals", "rebuild_totals"),
}
"""The methods that a capability is made of. Those without any are about what ordinary calls take."""
