"""What the global total's rollup on a cluster notes of sources that are still to be marked or dropped."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

from swarmstore.db.dialects.column_types import Name

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None

_COMMENT = "Of the global total on a cluster: what was not done yet to the sources of which sessions, as JSON"
_OLDEST = sa.update(sa.table("schema_compatibility", sa.column("oldest_revision")))


def upgrade(op: Operations) -> None:
    op.add_column("rollups", sa.Column("unsettled", Name, comment=_COMMENT))
    # on a cluster, which this database may become, older code would count such sessions twice
    op.execute(_OLDEST.values(oldest_revision=revision))


def downgrade(op: Operations) -> None:
    op.drop_column("rollups", "unsettled")
    op.execute(_OLDEST.values(oldest_revision=down_revision))
