"""What is kept of a removed session, an epoch for followers' cursors, and views that more tools read."""

from __future__ import annotations

import secrets
from pathlib import Path

import sqlalchemy as sa
from alembic import op

from swarmstore.db.dialects.column_types import Bytes, Count, Flag, Name, Small
from swarmstore.db.migrations.view_scripts import create_views, drop_views

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

VIEWS = Path(__file__).parents[1] / "views"


def upgrade() -> None:
    drop_views(op.get_bind(), VIEWS / "0004")
    op.create_table(
        "removed_sessions",
        sa.Column(
            "session_row_id", Count, nullable=False, autoincrement=False, comment="What sessions.id was"
        ),
        sa.Column("scenario_id", Count, nullable=False, comment="scenarios.id"),
        sa.Column("session_id", Name, nullable=False, comment="What sessions.session_id was"),
        sa.Column("write_token", Bytes, nullable=False, comment="What sessions.write_token was"),
        sa.Column("content_digest", Bytes, nullable=False, comment="What sessions.content_digest was"),
        sa.Column("digest_version", Small, nullable=False, comment="How the digest was made"),
        sa.Column(
            "position", Count, nullable=True, comment="What sessions.position was; NULL if never published"
        ),
        sa.Column("position_stamp", Count, nullable=True, comment="What sessions.position_stamp was"),
        sa.Column(
            "removed_at_ms", Count, nullable=False, comment="Milliseconds since 1970 by the database's clock"
        ),
        sa.Column(
            "fate",
            Name,
            nullable=False,
            comment="What it had added to totals is kept there, was nothing, or is forgotten",
        ),
        sa.PrimaryKeyConstraint("session_row_id", name="pk_removed_sessions"),
        comment="Sessions removed of late: what tells a repeated save from a new one",
        sqlite_strict=True,
    )
    for columns in (["scenario_id", "session_id"], ["position"], ["removed_at_ms"]):
        op.create_index(f"ix_removed_sessions_{'_'.join(columns)}", "removed_sessions", columns)
    op.create_index("ix_imports_session_row_id", "imports", ["session_row_id"])
    op.add_column(
        "sessions",
        sa.Column(
            "position_stamp", Count, nullable=True, comment="Random, one per publication: told in cursors"
        ),
    )
    op.add_column(
        "publication",
        sa.Column(
            "epoch",
            Count,
            nullable=False,
            server_default=sa.text("0"),
            comment="Random: cursors of another epoch are refused",
        ),
    )
    _let_imports_know_contents()
    _say_of_store_id("Random: tells this store from another one, in copies and exports")
    # older code gave followers positions beyond last_position, and removes sessions without a trace
    publication = sa.table("publication", sa.column("epoch", Count), sa.column("last_position", Count))
    positions = sa.union_all(
        sa.select(publication.c.last_position.label("position")),
        sa.select(sa.column("position", Count)).select_from(sa.table("sessions")),
    ).subquery()
    greatest = sa.select(sa.func.max(positions.c.position)).scalar_subquery()
    op.execute(sa.update(publication).values(epoch=secrets.randbits(63), last_position=greatest))
    sessions = sa.table("sessions", sa.column("position", Count), sa.column("position_stamp", Count))
    published = sa.update(sessions).where(sessions.c.position.is_not(None))
    op.execute(published.values(position_stamp=secrets.randbits(63)))
    op.execute("UPDATE schema_compatibility SET oldest_revision = '0006'")
    create_views(op.get_bind(), VIEWS / revision)


def downgrade() -> None:
    drop_views(op.get_bind(), VIEWS / revision)
    op.drop_index("ix_imports_session_row_id", "imports")
    _say_of_store_id("Random: tells this store's cursors from another's")
    for column in ("snapshot_digest", "digest_version", "repeated"):
        op.drop_column("imports", column)
    op.drop_column("sessions", "position_stamp")
    op.drop_column("publication", "epoch")
    op.drop_table("removed_sessions")
    op.execute("UPDATE schema_compatibility SET oldest_revision = '0003'")
    create_views(op.get_bind(), VIEWS / "0004")


def _let_imports_know_contents() -> None:
    digest = sa.Column(
        "snapshot_digest",
        Bytes,
        nullable=True,
        comment="As sessions.content_digest, of the session or total that was read",
    )
    version = sa.Column("digest_version", Small, nullable=True, comment="How snapshot_digest was made")
    repeated = sa.Column(
        "repeated",
        Flag,
        nullable=False,
        server_default=sa.false(),
        comment="Whether the session was left out: a total saved again, or a copy",
    )
    for column in (digest, version, repeated):
        op.add_column("imports", column)
    # of those deleted or replaced since only the bytes are known
    for column, of_session in (("snapshot_digest", "content_digest"), ("digest_version", "digest_version")):
        op.execute(
            f"UPDATE imports SET {column} = (SELECT s.{of_session} FROM sessions s "  # noqa: S608 - constants
            "WHERE s.id = imports.session_row_id)"
        )


def _say_of_store_id(comment: str) -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps no comments
        op.alter_column("publication", "store_id", existing_type=Bytes, comment=comment)
