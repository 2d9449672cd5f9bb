"""What libpq takes from the environment and the current folder: as it was when the store was opened."""

from __future__ import annotations

import os
import pickle
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url

from swarmstore import InvalidUrlError, LearningStore, StoreUnavailableError, upgrade
from swarmstore.db.dialects.postgresql.environment import driver_options
from swarmstore.db.dialects.urls import parse_url
from tests.helpers.internals import database_of
from tests.helpers.ways_in import WAYS_IN, rendered
from tests.postgres.roles import Roles
from tests.snapshots import simple

SECRET = "S3cretXYZ"


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)


def variables(url: URL, monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    """Set libpq's to this database."""
    said = {"HOST": url.host, "PORT": url.port, "USER": url.username, "PASSWORD": url.password}
    for name, value in {**said, "DATABASE": url.database, **more}.items():
        if value is not None:
            monkeypatch.setenv(f"PG{name}", str(value))


def in_new_connections(store: LearningStore) -> None:
    """Have the pool's go, and several made at once."""
    database_of(store.storage).engine.dispose()
    meeting = threading.Barrier(3)

    def save() -> None:
        meeting.wait()
        store.save_session("s", simple())

    threads = [threading.Thread(target=save) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def in_a_copy(store: LearningStore) -> None:
    with pickle.loads(pickle.dumps(store)) as copy:
        copy.save_session("s", simple())


def in_a_child(store: LearningStore) -> None:
    child = os.fork()
    if child == 0:
        try:
            store.save_session("s", simple())
        finally:
            os._exit(0)
    os.waitpid(child, 0)


@pytest.mark.parametrize("opened_by", ["a URL", "SWARMSTORE_URL"])
@pytest.mark.parametrize("way", [in_new_connections, in_a_copy, in_a_child])
def test_a_store_stays_where_it_was_opened(
    migrated_postgres_url: str,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
    way: Callable[[LearningStore], None],
    opened_by: str,
) -> None:
    """It saved into the other database, without a word."""
    upgrade(postgres_url)
    variables(make_url(migrated_postgres_url), monkeypatch)
    monkeypatch.setenv("SWARMSTORE_URL", "postgresql://")
    with LearningStore.open("postgresql://" if opened_by == "a URL" else None, pool_size=3) as store:
        store.save_session("s", simple())
        variables(make_url(postgres_url), monkeypatch, OPTIONS="-c search_path=nothing")
        monkeypatch.setenv("SWARMSTORE_URL", "sqlite:///another.db")
        way(store)
        saved = len(store.list_sessions("s"))
    with LearningStore.open(postgres_url) as other:
        assert other.scenarios() == []
    assert saved == (4 if way is in_new_connections else 2)


def test_a_variable_that_was_not_set_does_not_count_later(
    migrated_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = make_url(migrated_postgres_url)
    by_address = {"hostaddr": socket.gethostbyname(url.host or ""), "port": str(url.port)}
    with (
        LearningStore.open(rendered(url.set(host=None, port=None).update_query_dict(by_address))) as store,
        LearningStore.open(migrated_postgres_url) as another,
    ):
        for name, value in {
            **{
                "PGHOST": "/nowhere",
                "PGHOSTADDR": "10.255.255.1",
                "PGREQUIREPEER": "nobody",
                "PGSSLMODE": "verify-full",
            },
            **{"PGOPTIONS": "-c nothing=1", "PGSSLROOTCERT": "/nowhere"},
            **{"PGTARGETSESSIONATTRS": "standby", "PGGSSENCMODE": "bogus", "PGCHANNELBINDING": "bogus"},
        }.items():
            monkeypatch.setenv(name, value)
        for each in (store, another):
            in_new_connections(each)
            in_a_copy(each)
        assert len(store.list_sessions("s")) == 8
    for name in ("PGHOST", "PGHOSTADDR", "PGSSLMODE", "PGGSSENCMODE", "PGCHANNELBINDING", "PGOPTIONS"):
        monkeypatch.delenv(name)
    with pytest.raises(StoreUnavailableError, match=r"\.s\.PGSQL\.1\b"):
        LearningStore.open("postgresql://u@:1/d", timeout_seconds=2)


def test_a_password_of_the_environment_is_nowhere(
    migrated_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables(make_url(migrated_postgres_url), monkeypatch, PASSWORD=SECRET)
    options = driver_options(parse_url("postgresql://"))
    assert options["dbname"] == make_url(migrated_postgres_url).database
    assert SECRET not in repr(options)
    assert "password" not in options


@pytest.mark.parametrize("way", ["URL", "PGPASSFILE"])
def test_a_relative_file_of_passwords_is_the_one_of_the_folder_at_opening(
    roles: Roles, migrated_postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    url = make_url(roles.url(roles.new()))
    roles.execute(f"GRANT ALL ON SCHEMA swarmstore TO {url.username}")
    roles.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA swarmstore TO {url.username}")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "passwords").write_text(f"*:*:*:*:{url.password}\n")
    (tmp_path / "passwords").chmod(0o600)
    monkeypatch.chdir(tmp_path)
    if way == "PGPASSFILE":
        monkeypatch.setenv("PGPASSFILE", "passwords")
    query = {"passfile": "passwords"} if way == "URL" else {}
    with LearningStore.open(rendered(url.set(password=None).update_query_dict(query))) as store:
        monkeypatch.chdir(tmp_path / "elsewhere")
        assert database_of(store.storage)._driver_options["passfile"] == str(tmp_path / "passwords")
        in_new_connections(store)
        in_a_copy(store)
        assert len(store.list_sessions("s")) == 4


def test_files_are_named_from_the_root_and_what_is_none_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PGSSLCRL", "crl.pem")
    written = "sslcert=c.pem&sslkey=engine:k&sslrootcert=system&sslcrldir=/etc/crl"
    options = driver_options(parse_url(f"postgresql://u@h/d?{written}"))
    assert options["sslcert"] == str(tmp_path / "c.pem")
    assert options["sslcrl"] == str(tmp_path / "crl.pem")
    assert options["sslmode"] == "verify-full"  # as libpq has it with the system's authorities
    assert options.keys().isdisjoint({"sslkey", "sslrootcert", "sslcrldir"})


@pytest.mark.parametrize("named", ["URL", "PGSERVICE"])
def test_a_service_is_looked_up_once(
    migrated_postgres_url: str,
    postgres_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    named: str,
) -> None:
    upgrade(postgres_url)
    files = {}
    for name, at in (("a", migrated_postgres_url), ("b", postgres_url)):
        url = make_url(at)
        files[name] = tmp_path / name
        password = f"password={url.password}\n" if url.password else ""
        files[name].write_text(
            f"[mine]\nhost={url.host}\nport={url.port}\nuser={url.username}\n{password}dbname={url.database}\n"
        )
    monkeypatch.setenv("PGSERVICEFILE", str(files["a"]))
    monkeypatch.setenv("PGDATABASE", "what the service says comes first")
    if named == "PGSERVICE":
        monkeypatch.setenv("PGSERVICE", "mine")
    with LearningStore.open("postgresql://" + ("?service=mine" if named == "URL" else "")) as store:
        monkeypatch.setenv("PGSERVICEFILE", str(files["b"]))
        in_new_connections(store)
        in_a_copy(store)
        assert len(store.list_sessions("s")) == 4
    with LearningStore.open(postgres_url) as other:
        assert other.scenarios() == []
    monkeypatch.setenv("PGSERVICEFILE", "relative.conf")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "relative.conf").write_bytes(files["a"].read_bytes())
    for way in WAYS_IN:
        with pytest.raises(InvalidUrlError, match=r"PGSERVICEFILE is relative\.conf.*from the root"):
            way("postgresql://?service=mine")


def test_what_cannot_be_asked_is_told_as_always() -> None:
    for text, told in (
        ("service=nosuch", "service"),
        ("nosuch=1", "does not know"),
        ("sslmode=x", "sslmode"),
    ):
        with pytest.raises(InvalidUrlError, match=told):
            LearningStore.open(f"postgresql://u@127.0.0.1:1/d?{text}")
    with pytest.raises(StoreUnavailableError, match="refused"):
        LearningStore.open("postgresql://u@127.0.0.1:1/d", timeout_seconds=2)
