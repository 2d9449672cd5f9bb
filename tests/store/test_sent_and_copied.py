"""Stores that go to other processes or are copied: the same database, connections of their own."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest
from sqlalchemy import make_url

from swarmstore import (
    AsyncLearningStore,
    ConfigurationError,
    DatabaseMissingError,
    FileSystemStorage,
    LearningStore,
    StoreClosedError,
    SwarmstoreError,
)
from swarmstore import errors as all_errors
from tests.postgres.roles import Roles
from tests.snapshots import simple


def with_password(roles: Roles) -> str:
    return roles.url(roles.new())


def test_a_password_of_the_environment_stays_out_of_a_pickle(
    roles: Roles, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = with_password(roles)
    roles.execute(f"GRANT ALL ON SCHEMA swarmstore TO {make_url(url).username}")
    roles.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA swarmstore TO {make_url(url).username}")
    monkeypatch.setenv("SWARMSTORE_URL", url)
    with LearningStore.open(pool_size=2) as store:
        pickled = pickle.dumps(store)
        assert (make_url(url).password or "-").encode() not in pickled
        with pickle.loads(pickled) as another:
            assert another.scenarios() == []
        for elsewhere in (url.replace("/swarmstore_", "/another_"), None):
            if elsewhere is None:
                monkeypatch.delenv("SWARMSTORE_URL")
            else:
                monkeypatch.setenv("SWARMSTORE_URL", elsewhere)
            with pytest.raises(ConfigurationError, match="password from SWARMSTORE_URL"):
                pickle.loads(pickled)


@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy, lambda store: pickle.loads(pickle.dumps(store))])
def test_the_environment_and_the_folder_may_change_meanwhile(
    how: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was another store, empty, without a word."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "a")
    monkeypatch.setenv("SWARMSTORE_URL", "sqlite:///relative.db")
    with LearningStore.open() as store:
        store.save_session("s", simple(), "1")
        monkeypatch.chdir(tmp_path / "b")
        monkeypatch.setenv("SWARMSTORE_URL", "sqlite:///other.db")
        with how(store) as another:  # type: ignore[operator]
            assert another.list_sessions("s") == ["1"]
    assert list((tmp_path / "b").iterdir()) == []


@pytest.mark.parametrize("by_variable", [False, True], ids=["URL", "SWARMSTORE_URL"])
@pytest.mark.parametrize("what", ["replaced", "a link elsewhere", "removed"])
def test_a_sent_store_is_refused_where_its_file_is_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, by_variable: bool
) -> None:
    """The store itself refuses it; the sent one opened the other file, without a word."""
    file, url = tmp_path / "store.db", f"sqlite:///{tmp_path}/store.db"
    with LearningStore.open(f"sqlite:///{tmp_path}/other.db") as other:
        other.save_session("other", simple(), "1")
    if what == "a link elsewhere":
        LearningStore.open(f"sqlite:///{tmp_path}/first.db").close()
        file.symlink_to("first.db")
    monkeypatch.setenv("SWARMSTORE_URL", url)
    with LearningStore.open(None if by_variable else url) as store:
        store.save_session("s", simple(), "1")
        sent = pickle.dumps(store)
        with pickle.loads(sent) as same:
            again = pickle.dumps(same)
            assert same.list_sessions("s") == ["1"]
        for each in tmp_path.glob("store.db*"):
            each.unlink()
        if what == "replaced":
            (tmp_path / "other.db").rename(file)
        elif what == "a link elsewhere":
            file.symlink_to("other.db")
        told = "was removed" if what == "removed" else "is another file now"
        for one in (sent, again, pickle.dumps(store.storage)):
            with pytest.raises(DatabaseMissingError, match=f"{told}.*open it again"):
                pickle.loads(one)
        with pytest.raises(DatabaseMissingError, match=told):
            copy.copy(store)
    assert file.exists() == (what != "removed")


def test_another_machine_numbers_its_files_otherwise(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with LearningStore.open(sqlite_url, create=False) as store:
        sent = pickle.dumps(store)
    file = Path(make_url(sqlite_url).database or "")
    file.write_bytes(file.rename(file.with_name("away.db")).read_bytes())
    monkeypatch.setattr("platform.node", lambda: "elsewhere")
    pickle.loads(sent).close()
    file.unlink()
    with pytest.raises(DatabaseMissingError, match="does not exist"):
        pickle.loads(sent)


def test_a_copy_is_closed_by_itself(tmp_path: Path) -> None:
    for store in (
        LearningStore.open(f"sqlite:///{tmp_path / 'store.db'}"),
        LearningStore(FileSystemStorage(tmp_path / "folder")),
    ):
        with store:
            store.save_session("s", simple(), "1")
            with copy.copy(store) as another:
                assert another.list_sessions("s") == ["1"]
            assert store.list_sessions("s") == ["1"]


async def use(store: AsyncLearningStore) -> list[str]:
    async with store:
        return list(await store.list_sessions("s"))


def test_an_asynchronous_store_goes_as_its_store_does(sqlite_url: str) -> None:
    import asyncio

    async def send() -> bytes:
        async with AsyncLearningStore.open(sqlite_url) as store:
            await store.save_session("s", simple(), "1")
            for part in (store.storage, store.record("s")):
                with pytest.raises(ConfigurationError, match="another process"):
                    pickle.dumps(part)
            return pickle.dumps(store)

    assert asyncio.run(use(pickle.loads(asyncio.run(send())))) == ["1"]


def test_errors_arrive_as_they_were_sent() -> None:
    arrived = pickle.loads(pickle.dumps(StoreClosedError("it")))
    assert str(arrived) == str(StoreClosedError("it"))
    kinds = [
        kind
        for kind in vars(all_errors).values()
        if isinstance(kind, type) and issubclass(kind, SwarmstoreError)
    ]
    for kind in kinds:
        try:
            error = kind("field", "problem")
        except TypeError:
            error = kind("what")
        assert str(pickle.loads(pickle.dumps(error))) == str(error), kind
