"""Where a database is: paths when the current folder changes, files that go, forms of URLs, what is shown."""

from __future__ import annotations

import copy
import multiprocessing
import os
import pickle
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import make_url

from swarmstore import (
    Additive,
    ConfigurationError,
    DatabaseMissingError,
    DatabaseRefusedError,
    FileSystemStorage,
    InvalidUrlError,
    LearningSnapshot,
    LearningStore,
    MemoryStorage,
    Settings,
    SqlStorage,
    StoreUnavailableError,
    SwarmstoreError,
)
from swarmstore.db.dialects.urls import parse_url, shown_url, url_as_text
from tests.helpers.ways_in import rendered
from tests.snapshots import simple

MANY = 60  # sessions, which a second reader helps to read


def test_a_relative_path_means_the_same_when_the_folder_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, visits in (("one", 1), ("two", 1000)):
        (tmp_path / folder).mkdir()
        monkeypatch.chdir(tmp_path / folder)
        with LearningStore.open("sqlite:///swarm.db") as store:
            for number in range(MANY):
                store.save_session("s", simple(visits), f"{number}")
    monkeypatch.chdir(tmp_path / "one")
    store, files = LearningStore.open("sqlite:///swarm.db"), LearningStore(FileSystemStorage("learning"))
    (tmp_path / "empty").mkdir()
    for elsewhere in ("two", "empty"):
        monkeypatch.chdir(tmp_path / elsewhere)
        assert {one.action_stats["A"].visits for one in store.query_latest("s", MANY)} == {1}
        assert store.merge_sessions("s", Additive()).action_stats["A"].visits == MANY
        files.save_session("s", simple(), elsewhere)
    assert files.list_sessions("s") == ["empty", "two"]
    assert list((tmp_path / "empty").iterdir()) == []
    store.close()


@pytest.mark.parametrize(
    "url",
    [
        *("sqlite:///run?1.db", "sqlite:///run?mode", "sqlite:///run?x=", "sqlite:///file:run?mode="),
        *("postgresql://host/sw?sslmode", "postgresql://host/sw?sslmode=", "postgresql://host/sw?x="),
    ],
)
def test_an_option_without_a_value_is_refused(url: str) -> None:
    with pytest.raises(InvalidUrlError, match="an option without a value"):
        LearningStore.open(url)


def test_a_path_of_a_file_form_may_have_slashes_before_it(tmp_path: Path) -> None:
    for before in ("file:", "file://", "file:///", "file://localhost"):
        with LearningStore.open(f"sqlite:///{before}{tmp_path}/swarm.db") as store:
            store.save_session("s", simple())
    assert [each.name for each in tmp_path.iterdir()] == ["swarm.db"]


FORMS = {
    "read-only": ("file:{}?mode=ro", False),
    "immutable": ("file:{}?immutable=1", False),
    "mode=rw": ("file:{}?mode=rw&uri=true", True),
}
WITHOUT_SHARED_MEMORY = ["nolock=1", "vfs=unix-none", "vfs=unix-dotfile"]


@pytest.mark.parametrize(("form", "writes"), FORMS.values(), ids=FORMS)
def test_forms_of_sqlite_urls_open(tmp_path: Path, form: str, writes: bool) -> None:
    with LearningStore.open(f"sqlite:///{tmp_path}/swarm.db") as store:
        store.save_session("s", simple(5))
    with LearningStore.open("sqlite:///" + form.format(tmp_path / "swarm.db"), timeout_seconds=3) as store:
        assert store.load_scenario("s").action_stats["A"].visits == 5
        assert store.merge_sessions("s", Additive()).action_stats["A"].visits == 5
        if writes:
            store.save_session("s", simple(1))
        else:
            with pytest.raises(DatabaseRefusedError, match="readonly"):
                store.save_session("s", simple(1))


@pytest.mark.parametrize("option", WITHOUT_SHARED_MEMORY)
def test_without_shared_memory_a_file_of_its_own_is_made_and_another_is_refused(
    tmp_path: Path, option: str
) -> None:
    with LearningStore.open(f"sqlite:///{tmp_path}/swarm.db") as store:
        store.save_session("s", simple(5))
    with LearningStore.open(f"sqlite:///file:{tmp_path}/own.db?{option}", timeout_seconds=3) as store:
        store.save_session("s", simple(5))
        assert store.load_scenario("s").action_stats["A"].visits == 5
    with pytest.raises(StoreUnavailableError, match="shared memory"):
        LearningStore.open(f"sqlite:///file:{tmp_path}/swarm.db?{option}", timeout_seconds=3)


@pytest.mark.parametrize(
    "url", ["sqlite:///file:m?mode=memory&cache=shared", "sqlite:///file::memory:?cache=shared", "sqlite://"]
)
def test_forms_of_memory_open(url: str) -> None:
    with LearningStore.open(url, timeout_seconds=3) as store:
        store.save_session("s", simple(5))
        assert store.load_scenario("s").action_stats["A"].visits == 5


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("sqlite://swarm.db", "three slashes"),
        ("sqlite:///swarm.db\n", "white space"),
        (" sqlite:///swarm.db", "white space"),
        ("postgresql://u@h/d1\n", "white space"),
        ("sqlite:///swarm.db?mode=ro", "file:"),
        ("sqlite:///swarm.db?timeout=soon", "timeout"),
        ("postgresql://agent:s3cr@t-Pa55@db.example.invalid/swarm", "%40"),
        ("postgresql://u:p@h:port/d", "cannot be read"),
        ("postgresql://u:Pa55%00@h/d", "control"),
        ("sqlite:///file:swarm.db#x", "%23"),
        ("sqlite:///file%3Aswarm.db%3Fmode=ro", "%3F"),
        ("sqlite:///file://other/swarm.db", "this machine"),
        ("sqlite:///\ud800.db", "half of a character"),
        (5, "not a text"),
        (None, "not a text"),
    ],
)
def test_urls_that_cannot_be_meant_are_refused_and_nothing_of_them_is_told(url: str, told: str) -> None:
    with pytest.raises(InvalidUrlError, match=told) as refused:
        SqlStorage(url)
    assert "Pa55" not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        *(("a.db%3Fmode=ro", "a.db?mode=ro"), ("a%23b.db", "a#b.db"), ("a%2523b.db", "a%23b.db")),
        *(
            ("a%20b.db", "a b.db"),
            ("a%zz.db", "a%zz.db"),
            ("a%253Fmode=ro", "a%3Fmode=ro"),
            ("%61.db", "a.db"),
        ),
    ],
)
@pytest.mark.parametrize("options", ["", "?mode=rwc"])
@pytest.mark.parametrize("from_root", [True, False], ids=["from the root", "relative"])
def test_the_form_file_goes_to_sqlite_as_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, name: str, options: str, from_root: bool
) -> None:
    """Decoded twice, it was another file, or options."""
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///file:{f'{tmp_path}/' if from_root else ''}{written}{options}"
    with LearningStore.open(url) as store:
        store.save_session("s", simple(), "1")
        for again in (url_as_text(parse_url(url)), rendered(parse_url(url)), shown_url(parse_url(url))):
            with LearningStore.open(again, create=False) as same:
                assert same.list_sessions("s") == ["1"]
        with pickle.loads(pickle.dumps(store)) as sent:
            assert sent.list_sessions("s") == ["1"]
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("nowhere/x.db", "no folder"),
        ("~/x.db", "`~`"),
        ("", "is a folder"),
        ("file:none.db?mode=ro", "not exist"),
    ],
)
def test_a_file_that_cannot_be_is_told_with_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DatabaseMissingError, match=told) as refused:
        LearningStore.open(f"sqlite:///{path or '.'}")
    assert str(tmp_path) in str(refused.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("postgresql://u:p@h1:5432,h2:5433/d?target_session_attrs=read-write", "h1,h2"),
        ("postgresql://u@h1,h2/d", "h1,h2"),
        ("postgresql://u@[::1]:1,%2Frun:2/d", "::1,/run"),
        ("postgresql://u:a,b@h1,h2/d", "h1,h2"),
        ("postgresql://u@%2Fvar%2Frun%2Fpostgresql/d", "/var/run/postgresql"),
        ("postgresql://u@[fe80::1%25eth0]:5432/d", "fe80::1%eth0"),
        ("postgresql://u@[fe80::1%25eth0],h2:5432/d", "fe80::1%eth0,h2"),
    ],
)
def test_hosts_in_libpqs_forms(text: str, hosts: object) -> None:
    url = parse_url(text)
    assert url.query["host"] == hosts
    assert (url.host, url.username, url.database) == (None, "u", "d")
    assert parse_url(url_as_text(url)) == url


@pytest.mark.parametrize(
    "text",
    [
        *("postgresql://u@/d?host=a,/run&port=5", "postgresql://u@:5/d?host=a,/run"),
        *("postgresql://u@a,%2Frun/d?port=5", "postgresql://u@a:5,%2Frun:5/d"),
    ],
)
def test_one_port_is_that_of_all_hosts(text: str) -> None:
    assert dict(parse_url(text).query) == {"host": "a,/run", "port": "5,5"}


def test_several_hosts_and_sockets_connect(migrated_postgres_url: str) -> None:
    url = make_url(migrated_postgres_url)
    password = f":{url.password}" if url.password else ""
    with LearningStore.open(
        f"postgresql://{url.username}{password}@127.0.0.1:1,{url.host}:{url.port}/{url.database}"
    ) as store:
        assert store.scenarios() == []
    user = f"{url.username}{password}"
    for form in ("/{d}?host=/nowhere,{h}&port={p}", ":{p}/{d}?host={h},/nowhere", "{h},{h}/{d}?port={p}"):
        written = form.format(h=url.host, p=url.port, d=url.database)
        with LearningStore.open(f"postgresql://{user}@{written}") as store:
            assert store.scenarios() == []


@pytest.mark.parametrize("password", ["sek,ret", "7,8sek", "p#1,x", "a,b/c", "a?b,c", "a,b?c"])
def test_a_password_with_a_comma_is_none_of_the_hosts(password: str) -> None:
    for form in ("postgresql://u:{}@127.0.0.1:1/d", "postgresql://u:{}@/d?host=127.0.0.1&port=1"):
        with pytest.raises(SwarmstoreError) as refused:
            LearningStore.open(form.format(password), timeout_seconds=2)
        for part in password.split(","):
            assert len(part) < 3 or part not in str(refused.value)
        url = parse_url(form.format(password))
        assert (url.username, url.password, url.host or url.query["host"]) == ("u", password, "127.0.0.1")


def test_only_what_is_no_secret_is_shown() -> None:
    url = (
        "postgresql://u:hunter2@h/d?oauth_client_secret=s1&scram_client_key=s2&new_option=s3&sslmode=require"
    )
    shown = shown_url(parse_url(url))
    assert [secret for secret in ("hunter2", "s1", "s2", "s3") if secret in shown] == []
    assert "sslmode=require" in shown


def test_a_schema_name_that_postgresql_would_cut_is_refused() -> None:
    Settings(schema="é" * 31)
    with pytest.raises(ConfigurationError, match="64 bytes"):
        Settings(schema="é" * 32)


MEMORY = pytest.mark.parametrize(
    "url",
    [
        *(
            "sqlite://",
            "sqlite:///:memory:",
            "sqlite:///file::memory:",
            "sqlite:///file::memory:?cache=shared",
        ),
        *("sqlite:///file:m?mode=memory", "sqlite:///file:/m?vfs=memdb"),
    ],
)


@MEMORY
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupted_call_loses_no_store_in_memory(url: str) -> None:
    with LearningStore.open(url) as store:
        for number in range(20):
            store.save_session("s", simple(), f"{number}")
        timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        end = time.monotonic() + 1  # it may come in a destructor, where Python drops it
        with suppress(KeyboardInterrupt):
            while time.monotonic() < end:
                store.merge_sessions("s", Additive())
        assert len(store.list_sessions("s")) == 20


def _told_in_a_child(store: LearningStore) -> None:
    with pytest.raises(DatabaseMissingError, match="forked"):
        store.scenarios()


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="needs fork")
@MEMORY
def test_a_forked_child_of_a_store_in_memory_is_told_so(url: str) -> None:
    with LearningStore.open(url) as store:
        store.save_session("s", simple())
        child = multiprocessing.get_context("fork").Process(target=_told_in_a_child, args=(store,))
        child.start()
        child.join(30)
        assert child.exitcode == 0
        assert store.scenarios() == ["s"]


def _save_in_a_worker(store: LearningStore) -> str:
    with store:
        return store.save_session("s", LearningSnapshot.empty())


def test_a_store_goes_to_a_spawned_worker(database_url: str) -> None:
    with LearningStore.open(database_url, fold_at=3) as store:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            saved = pool.apply(_save_in_a_worker, (store,))
        assert store.list_sessions("s") == [saved]
        with copy.deepcopy(store) as another:
            assert another.list_sessions("s") == [saved]


@pytest.mark.parametrize("kind", [MemoryStorage, lambda: SqlStorage("sqlite://")], ids=["memory", "sqlite"])
def test_a_store_in_memory_cannot_be_sent(kind: type[MemoryStorage]) -> None:
    with LearningStore(kind()) as store, pytest.raises(SwarmstoreError, match="use a file"):
        pickle.dumps(store)
