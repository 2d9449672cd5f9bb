"""What the database says about the code that may use it."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from swarmstore.db.schema.declarative import STRICT, Base, key, text


class SchemaCompatibility(Base):
    """One row: the oldest code that may use these tables."""

    __tablename__ = "schema_compatibility"
    __table_args__ = ({"comment": "The oldest swarmstore that may use these tables", **STRICT},)

    id: Mapped[int] = key("Always 1")
    oldest_revision: Mapped[str] = text("The newest revision that this code has to know")
