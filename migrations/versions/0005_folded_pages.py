"""Room on the pages of cached sums, so that a fold rewrites rows in place and no index.

A fold changes nearly every row of a total. With half of each page free the new version of a row
lies beside the old one, and what the last fold left is cleared away by the next.
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KINDS = ("transitions", "ngrams", "contexts", "actions", "strategies", "strategy_switches")


def upgrade() -> None:
    _alter("SET (fillfactor = 45)")


def downgrade() -> None:
    _alter("RESET (fillfactor)")


def _alter(change: str) -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite changes rows in place by itself
        for kind in _KINDS:
            op.execute(f"ALTER TABLE folded_{kind} {change}")
