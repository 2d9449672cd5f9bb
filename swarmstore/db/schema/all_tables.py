"""All tables, for what looks at whole databases. The migrations make the same; a test compares the two."""

from swarmstore.db.schema import baselines, imports, offline_models, publication, sessions
from swarmstore.db.schema.declarative import Base

_MODULES = (baselines, imports, offline_models, publication, sessions)
TABLES = frozenset(Base.metadata.tables)
"""The names of all of them."""

__all__ = ["TABLES", "Base"]
