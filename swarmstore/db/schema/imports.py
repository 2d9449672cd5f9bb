"""The ledger of imported files: what makes a second import change nothing."""

from __future__ import annotations

from sqlalchemy import Index, false
from sqlalchemy.orm import Mapped

from swarmstore.db.dialects.column_types import Bytes, Name
from swarmstore.db.schema.declarative import STRICT_BY_KEY, Base, count, data, flag, key, small, text

COPIES = "copies from another database"
"""The origin of the entry that a copy of a store keeps of itself."""


class ImportedFile(Base):
    """One file of one imported store, as it was read last."""

    __tablename__ = "imports"
    __table_args__ = (
        Index(None, "session_row_id"),
        {"comment": "Files already imported, with what they held", **STRICT_BY_KEY},
    )

    origin: Mapped[str] = key("The name of the imported store", type_=Name)
    path_hash: Mapped[bytes] = key("BLAKE2b-128 of the path: paths are too long for an index", type_=Bytes)
    path: Mapped[str] = text("The file, within its store")
    content_digest: Mapped[bytes] = data("BLAKE2b-128 of the file's bytes")
    counted: Mapped[bool] = flag(
        "Whether the origin's sessions count in totals, in place of its files' totals"
    )
    session_row_id: Mapped[int | None] = count("sessions.id of the session that the file became")
    imported_at_ms: Mapped[int] = count("Milliseconds since 1970 by the database's clock")
    snapshot_digest: Mapped[bytes | None] = data(
        "As sessions.content_digest, of the session or total that was read"
    )
    digest_version: Mapped[int | None] = small("How snapshot_digest was made")
    repeated: Mapped[bool] = flag(
        "Whether the session was left out: a total saved again, or a copy", server_default=false()
    )
