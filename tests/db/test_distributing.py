"""Where a store cannot be spread over servers, and what it means that one of them is away."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

import swarmstore
from swarmstore import ConfigurationError, SchemaMissingError, StoreUnavailableError
from swarmstore.db.dialects.failures import is_transient, translated


def test_without_the_extension_it_says_what_is_missing(migrated_postgres_url: str) -> None:
    with pytest.raises(ConfigurationError, match="CREATE EXTENSION citus"):
        swarmstore.distribute(migrated_postgres_url)


def test_a_file_cannot_be_spread(sqlite_url: str) -> None:
    with pytest.raises(ConfigurationError, match="one file"):
        swarmstore.distribute(sqlite_url)


def test_tables_come_first(postgres_url: str) -> None:
    with pytest.raises(SchemaMissingError):
        swarmstore.distribute(postgres_url)


@pytest.mark.parametrize(
    "away",
    [
        psycopg.errors.InternalError_("failure on connection marked as essential: 10.0.0.2:5432"),
        psycopg.errors.IoError("failed to COPY to shard 102008 on 10.0.0.2:5432"),
        psycopg.errors.InternalError_("could not commit transaction for shard 102008 on at least one node"),
        psycopg.errors.InternalError_("server closed the connection unexpectedly"),
    ],
    ids=str,
)
def test_a_server_that_is_away_is_waited_for(away: psycopg.Error) -> None:
    error = DBAPIError("SELECT 1", None, away)
    assert is_transient(error)
    assert isinstance(translated(error), StoreUnavailableError)
