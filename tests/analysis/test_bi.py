"""The recipe for a BI tool in docs/how-to/roles.md: it reads the views, and only reads."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

from swarmstore import DatabaseRefusedError, LearningStore
from swarmstore.db.access.grants import grant
from swarmstore.db.analytics.views import VIEWS
from tests.helpers.shipped import SHIPPED
from tests.postgres.roles import Roles, connected

ROLES = Path(__file__).parents[2] / "docs" / "how-to" / "roles.md"


def recipe(role: str) -> list[str]:
    section = ROLES.read_text().partition("## A BI tool")[2]
    found = re.search(r"```sql\n(.*?)```", section, re.DOTALL)
    assert found
    return [f"{s.strip()};" for s in found[1].replace("ROLE bi ", f"ROLE {role} ").split(";") if s.strip()]


def test_a_bi_tool_reads_views_without_a_schema_in_its_queries(roles: Roles, tmp_path: Path) -> None:
    role = roles.new("bi")
    with LearningStore.open(roles.database) as owner:
        owner.import_store(SHIPPED)
    grant(roles.database, agents=[], analysts=[role])
    statements = recipe(role)
    assert len(statements) > 2
    for statement in statements:
        roles.execute(statement)
    with connected(roles.url(role)) as connection:
        for view in VIEWS:
            connection.execute(f"SELECT * FROM {view} LIMIT 1".encode())
        asked = "SELECT sum(sessions) FROM session_days WHERE scenario = 'troubleshooting'"
        assert connection.execute(asked).fetchone() == (48,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM sessions")
        connection.rollback()
    with LearningStore.open(roles.url(role)) as store:
        assert store.frame("totals").num_rows == 4
        store.export_frames(tmp_path, "parquet", views=["paths"])
        store.report(tmp_path / "report.html")


def test_an_agent_makes_frames_and_reports_and_others_do_not(roles: Roles, tmp_path: Path) -> None:
    agent, other = roles.new("agent"), roles.new("other")
    grant(roles.database, agents=[agent], analysts=[])
    with LearningStore.open(roles.url(agent)) as store:
        assert store.frame("totals").num_rows == 0
        store.report(tmp_path / "report.html")
    with pytest.raises(DatabaseRefusedError, match="permission denied"):
        LearningStore.open(roles.url(other))
