"""A stamp on every cached sum: what tells a process that the total it knows is still the same."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from swarmstore.db.dialects.column_types import Count

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "folded",
        sa.Column(
            "stamp",
            Count,
            nullable=False,
            server_default=sa.text("0"),
            comment="Random, another one after every change of the cached sum",
        ),
    )
    # older code would change sums without their stamps
    op.execute("UPDATE schema_compatibility SET oldest_revision = '0003'")


def downgrade() -> None:
    op.drop_column("folded", "stamp")
    op.execute("UPDATE schema_compatibility SET oldest_revision = '0001'")
