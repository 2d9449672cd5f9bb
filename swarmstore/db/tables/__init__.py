"""The tables as ORM models. The migrations make the same ones; a test compares the two.

Three families have the same shape: `sessions` (what was saved), `carried` (what totals hold from
elsewhere) and `folded` (the cached sums). Each has a header and six kinds of facts.
"""

from swarmstore.db.tables.carried import Carried
from swarmstore.db.tables.families import CARRIED, FOLDED, SESSIONS, Family
from swarmstore.db.tables.folded import Folded, TotalSource
from swarmstore.db.tables.following import Publication
from swarmstore.db.tables.imports import ImportedFile
from swarmstore.db.tables.metadata import Base, table_of
from swarmstore.db.tables.names import ActionSequence, Scenario
from swarmstore.db.tables.offline import (
    OfflineActionOrder,
    OfflineModelRow,
    OfflineOrderAction,
    OfflinePath,
    OfflinePathAction,
)
from swarmstore.db.tables.schema import SchemaCompatibility
from swarmstore.db.tables.sessions import RemovedSession, SessionRow

TABLES = frozenset(Base.metadata.tables)
"""The names of all of them."""

Base.registry.configure()  # at first use it would take a lock that a child forked then finds taken

__all__ = [
    "CARRIED",
    "FOLDED",
    "SESSIONS",
    "TABLES",
    "ActionSequence",
    "Base",
    "Carried",
    "Family",
    "Folded",
    "ImportedFile",
    "OfflineActionOrder",
    "OfflineModelRow",
    "OfflineOrderAction",
    "OfflinePath",
    "OfflinePathAction",
    "Publication",
    "RemovedSession",
    "Scenario",
    "SchemaCompatibility",
    "SessionRow",
    "TotalSource",
    "table_of",
]
