"""The tables as ORM models. The migrations make the same ones; a test compares the two.

Three families have the same shape: `sessions` (what was saved), `baselines` (what totals hold from
elsewhere) and `rollups` (the rollups). Each has a header and six kinds of facts.
"""

from swarmstore.db.schema.baselines import Baseline
from swarmstore.db.schema.compatibility import SchemaCompatibility
from swarmstore.db.schema.declarative import Base, table_of
from swarmstore.db.schema.families import BASELINES, ROLLUPS, SESSIONS, Family
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
from swarmstore.db.schema.rollups import Rollup, TotalSource
from swarmstore.db.schema.sessions import RemovedSession, SessionRow

TABLES = frozenset(Base.metadata.tables)
"""The names of all of them."""

Base.registry.configure()  # at first use it would take a lock that a child forked then finds taken

__all__ = [
    "BASELINES",
    "GLOBAL",
    "ROLLUPS",
    "SESSIONS",
    "TABLES",
    "ActionSequence",
    "Base",
    "Baseline",
    "Family",
    "ImportedFile",
    "OfflineActionOrder",
    "OfflineModelRow",
    "OfflineOrderAction",
    "OfflinePath",
    "OfflinePathAction",
    "Publication",
    "RemovedSession",
    "Rollup",
    "Scenario",
    "SchemaCompatibility",
    "SessionRow",
    "TotalSource",
    "table_of",
]
