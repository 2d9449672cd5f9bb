"""The tables as ORM models. The migrations make the same ones; a test compares the two.

Three families have the same shape: `sessions` (what was saved), `carried` (what totals hold from
elsewhere) and `folded` (the cached sums). Each has a header and six kinds of facts.
"""

from swarmstore.db.schema.baselines import Carried
from swarmstore.db.schema.compatibility import SchemaCompatibility
from swarmstore.db.schema.declarative import Base, table_of
from swarmstore.db.schema.families import CARRIED, FOLDED, SESSIONS, Family
from swarmstore.db.schema.imports import ImportedFile
from swarmstore.db.schema.names import GLOBAL, ActionSequence, Scenario
from swarmstore.db.schema.offline_models import (
    OfflineActionOrder,
    OfflineModelRow,
    OfflineOrderAction,
    OfflinePath,
    OfflinePathAction,
)
from swarmstore.db.schema.publication import Publication
from swarmstore.db.schema.rollups import Folded, TotalSource
from swarmstore.db.schema.sessions import RemovedSession, SessionRow

TABLES = frozenset(Base.metadata.tables)
"""The names of all of them."""

Base.registry.configure()  # at first use it would take a lock that a child forked then finds taken

__all__ = [
    "CARRIED",
    "FOLDED",
    "GLOBAL",
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
