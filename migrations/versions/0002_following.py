"""Followers: positions are unique, and given out under the lock of one row."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

from swarmstore.db.dialects.column_types import Bytes, Count

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    publication = op.create_table(
        "publication",
        sa.Column("id", Count, nullable=False, comment="Always 1", autoincrement=False),
        sa.Column(
            "store_id",
            Bytes,
            nullable=False,
            comment="Random: tells this store's cursors from another's",
        ),
        sa.Column("last_position", Count, nullable=False, comment="The last position that was given out"),
        sa.PrimaryKeyConstraint("id", name="pk_publication"),
        comment="How far sessions are published to followers, one row",
        sqlite_strict=True,
    )
    op.bulk_insert(publication, [{"id": 1, "store_id": secrets.token_bytes(8), "last_position": 0}])
    op.create_index("ix_sessions_position", "sessions", ["position"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_sessions_position", "sessions")
    op.execute("UPDATE sessions SET position = NULL")
    op.drop_table("publication")
