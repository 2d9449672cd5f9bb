"""All tables, for what looks at whole databases. The migrations make the same; a test compares the two."""

from swarmstore.db.schema import (
    baselines,
    compatibility,
    imports,
    names,
    offline_models,
    publication,
    rollups,
    sessions,
)
from swarmstore.db.schema.declarative import Base

_MODULES = (baselines, compatibility, imports, names, offline_models, publication, rollups, sessions)
TABLES = frozenset(Base.metadata.tables)
"""The names of all of them."""

__all__ = ["TABLES", "Base"]
