"""Views for analysts: the SQL is in `migrations/views/0004`, one file for each database."""

from __future__ import annotations

from pathlib import Path

from alembic import op

from swarmstore.db.migrations.view_scripts import create_views, drop_views

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FOLDER = Path(__file__).parents[1] / "views" / revision


def upgrade() -> None:
    create_views(op.get_bind(), FOLDER)


def downgrade() -> None:
    drop_views(op.get_bind(), FOLDER)
