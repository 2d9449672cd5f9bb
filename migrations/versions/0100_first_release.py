"""All tables and views: their SQL is in `migrations/tables/0100` and `migrations/views/0100`."""

from __future__ import annotations

import secrets
from pathlib import Path

import sqlalchemy as sa
from alembic.operations import Operations

from swarmstore.db.migrations import scripts

revision = "0100"
down_revision = None
branch_labels = None
depends_on = None

_TABLES, _VIEWS = (Path(__file__).parents[1] / kind / revision for kind in ("tables", "views"))
_EMPTY_TOTAL = {
    "scenario_id": 0,
    "contributors": 0,
    "newest_saved_at_ms": 0,
    "version": 1,
    "created_at": 0,
    "session_count": 0,
    "total_episodes": 0,
    "total_actions": 0,
    "success_episodes": 0,
    "failure_episodes": 0,
    "strategy_start_visits": 0,
    "strategy_start_success_rate": 0.0,
}


def upgrade(op: Operations) -> None:
    scripts.create(op.get_bind(), _TABLES)
    _insert(op, "rollups", _EMPTY_TOTAL)
    of_this_store = {"store_id": secrets.token_bytes(8), "epoch": secrets.randbits(63)}
    _insert(op, "publication", {"id": 1, "last_position": 0, **of_this_store})
    _insert(op, "schema_compatibility", {"id": 1, "oldest_revision": revision})
    scripts.create(op.get_bind(), _VIEWS)


def downgrade(op: Operations) -> None:
    scripts.drop_views(op.get_bind(), _VIEWS)
    scripts.drop_tables(op.get_bind(), _TABLES)


def _insert(op: Operations, table: str, row: dict[str, object]) -> None:
    op.bulk_insert(sa.table(table, *map(sa.column, row)), [row])
