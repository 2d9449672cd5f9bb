"""What programs do to a database around their stores: `upgrade`, `grant`, `diagnose`, and `create=False`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from swarmstore import (
    AsyncLearningStore,
    ConfigurationError,
    DatabaseMissingError,
    InvalidValueError,
    LearningStore,
    Settings,
    SqlStorage,
    UpgradeReport,
    diagnose,
    grant,
    upgrade,
)
from swarmstore.revisions import REVISION
from tests.postgres.roles import roles_of


def test_an_upgrade_says_which_revisions_it_found_and_left(new_sqlite_url: str) -> None:
    assert upgrade(new_sqlite_url) == UpgradeReport(new_sqlite_url, None, REVISION)
    assert upgrade(new_sqlite_url) == UpgradeReport(new_sqlite_url, REVISION, REVISION)


def test_the_tables_may_be_in_a_schema_of_their_own(postgres_url: str) -> None:
    assert upgrade(postgres_url, schema="other").after == REVISION
    assert diagnose(postgres_url, schema="other").worst in {None, "info"}
    assert [found.code for found in diagnose(postgres_url).findings if found.severity == "error"] == [
        "schema-missing"
    ]


def test_the_environment_names_the_database_that_is_meant(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWARMSTORE_URL", sqlite_url)
    assert upgrade().before == REVISION
    told: list[tuple[int, int]] = []
    assert diagnose(deep=True, progress=lambda *how: told.append(how)).url == sqlite_url
    assert told
    with pytest.raises(ConfigurationError, match="has no roles"):
        grant(agents=["swarm"])


def test_roles_get_what_they_need(migrated_postgres_url: str) -> None:
    with roles_of(migrated_postgres_url) as roles:
        agent, analyst = roles.new(), roles.new()
        granted = grant(roles.database, agents=[agent], analysts=[analyst])
        assert [(one.role, one.kind.value, bool(one.insert)) for one in granted] == [
            (agent, "agent", True),
            (analyst, "analyst", False),
        ]


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="colour is not a setting"):
        upgrade("sqlite://", colour="red")  # type: ignore[call-arg]
    with pytest.raises(InvalidValueError, match="deep"):
        diagnose("sqlite://", deep=1)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="progress"):
        diagnose("sqlite://", progress=1)  # type: ignore[arg-type]


async def _open(url: str) -> None:
    await AsyncLearningStore.open(url, create=False)


def test_a_file_that_is_not_there_is_made_only_where_that_is_wanted(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'typo.db'}"
    looking: list[Callable[[], object]] = [
        lambda: LearningStore.open(url, create=False),
        lambda: SqlStorage(url, Settings(create=False)),
        lambda: asyncio.run(_open(url)),
        lambda: upgrade(url, create=False),
        lambda: diagnose(url),
    ]
    for look in looking:
        with pytest.raises(DatabaseMissingError, match=r"typo\.db does not exist"):
            look()
    assert list(tmp_path.iterdir()) == []
    LearningStore.open(url).close()
    LearningStore.open(url, create=False).close()
    LearningStore.open("sqlite://", create=False).close()


def test_a_data_folder_is_not_made_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SWARMSTORE_URL", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for look in (lambda: LearningStore.open(create=False), diagnose):
        with pytest.raises(DatabaseMissingError, match="does not exist"):
            look()
    assert list(tmp_path.iterdir()) == []
