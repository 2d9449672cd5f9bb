"""The server is restarted, or crashes and recovers, under a stream of saves and between calls."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from swarmstore import LearningStore, StoreUnavailableError
from tests.faults.checks import assert_sound, checked_out, counted, fill_the_pool
from tests.postgres.server import Controlled
from tests.snapshots import simple

pytestmark = pytest.mark.long

THREADS, SAVES = 3, 40

ENDINGS: dict[str, Callable[[Controlled], None]] = {
    "restart": lambda server: server.stop(),
    "crash": lambda server: server.kill(),
}


@pytest.fixture(params=ENDINGS)
def ending(request: pytest.FixtureRequest) -> Callable[[Controlled], None]:
    """How the server ends."""
    return ENDINGS[request.param]


@pytest.fixture
def store(server_url: str) -> Iterator[LearningStore]:
    with LearningStore.open(server_url, fold_at=3, timeout_seconds=10) as opened:
        yield opened


class Stream:
    """Threads that save under ids of their own, and repeat a save until it has succeeded."""

    def __init__(self, store: LearningStore) -> None:
        self.saved: list[str] = []
        self.errors: list[BaseException] = []
        self._store = store
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(THREADS)]
        for thread in self._threads:
            thread.start()

    def until(self, saves: int) -> None:
        """Wait for so many saves, in all."""
        deadline = time.monotonic() + 30
        while len(self.saved) < saves and not self.errors:
            assert time.monotonic() < deadline
            time.sleep(0.001)

    def join(self) -> None:
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()

    def _run(self, thread: int) -> None:
        try:
            for number in range(SAVES):
                self._save(f"{thread}.{number}")
        except BaseException as error:  # noqa: BLE001 - told to the test
            self.errors.append(error)

    def _save(self, session_id: str) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                self.saved.append(self._store.save_session("s", simple(), session_id))
            except StoreUnavailableError:
                assert time.monotonic() < deadline
                time.sleep(0.02)
            else:
                return


def test_a_stream_of_saves_counts_each_once(
    store: LearningStore, server: Controlled, ending: Callable[[Controlled], None]
) -> None:
    stream = Stream(store)
    try:
        stream.until(THREADS * SAVES // 4)
        ending(server)
        acknowledged = set(stream.saved)
    finally:
        server.start()
    survived = set(store.list_sessions("s"))
    assert acknowledged <= survived, "what was saved survives"
    stream.join()
    assert stream.errors == []
    assert len(stream.saved) == THREADS * SAVES
    assert counted(store, "s") == len(store.list_sessions("s")) == THREADS * SAVES
    assert_sound(store)


def test_connections_that_went_stale_between_calls_are_not_noticed(
    store: LearningStore, server: Controlled, ending: Callable[[Controlled], None]
) -> None:
    fill_the_pool(store)
    ending(server)
    server.start()
    store.save_session("s", simple())
    assert counted(store, "s") == 1
    assert_sound(store)


def test_a_server_that_is_down_is_unavailable_until_it_is_up(
    store: LearningStore, server: Controlled, ending: Callable[[Controlled], None]
) -> None:
    fill_the_pool(store)
    store.save_session("s", simple(), "1")
    ending(server)
    try:
        for call in (
            lambda: store.save_session("s", simple(), "2"),
            lambda: store.load_scenario("s"),
            lambda: store.query_latest("s", 1),
        ):
            with pytest.raises(StoreUnavailableError, match="try again"):
                call()
            assert checked_out(store) == 0
    finally:
        server.start()
    store.save_session("s", simple(), "2")
    assert counted(store, "s") == 2
    assert_sound(store)
