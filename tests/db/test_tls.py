"""TLS is libpq's: its options pass through the URL."""

from __future__ import annotations

import pytest
from sqlalchemy import make_url

from swarmstore import InvalidUrlError, LearningStore, StoreUnavailableError
from tests.postgres.roles import connected

SECRET = "hunter2"


def with_options(url: str, **options: str) -> str:
    """The URL with options of libpq, and a password that must not be shown."""
    given = make_url(url).update_query_dict({**options, "sslpassword": SECRET})
    return given.render_as_string(hide_password=False)


def test_a_server_without_tls_is_not_spoken_to_when_tls_is_required(migrated_postgres_url: str) -> None:
    url = with_options(migrated_postgres_url, sslmode="require")
    with connected(migrated_postgres_url) as connection:
        (serves_tls,) = connection.execute("SHOW ssl").fetchone() or ("off",)
    if serves_tls == "on":
        with LearningStore.open(url) as store:
            assert store.scenarios() == []
        return
    with pytest.raises(InvalidUrlError, match="does not support SSL, but SSL was required") as refused:
        LearningStore.open(url)
    assert SECRET not in str(refused.value)
    with LearningStore.open(with_options(migrated_postgres_url, sslmode="prefer")) as store:
        assert store.scenarios() == []


def test_the_authority_to_trust_reaches_libpq(migrated_postgres_url: str) -> None:
    url = with_options(migrated_postgres_url, sslmode="require", sslrootcert="system")
    with pytest.raises(
        StoreUnavailableError, match='weak sslmode "require" may not be used with sslrootcert'
    ):
        LearningStore.open(url)
