"""A server that takes packets and answers nothing: every wait ends, and nothing is lost by it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from swarmstore import LearningStore, StoreUnavailableError
from tests.faults.checks import assert_sound, checked_out, counted, fill_the_pool, within
from tests.postgres.server import Controlled
from tests.snapshots import simple

pytestmark = pytest.mark.long

TIMEOUT = 3.0


def test_calls_end_while_the_server_is_frozen_and_work_when_it_goes_on(
    server: Controlled, server_url: str
) -> None:
    def opened() -> LearningStore:
        return LearningStore.open(server_url, timeout_seconds=TIMEOUT)

    with opened() as store:
        for number in range(3):
            store.save_session("s", simple(), str(number))
        calls: list[Callable[[], object]] = [
            lambda: store.load_scenario("s"),
            lambda: store.query_latest("s", 2),
            lambda: store.save_session("s", simple(), "frozen"),
            lambda: store.save_session("new", simple(), "frozen"),
            opened,
        ]
        fill_the_pool(store)
        server.pause()
        try:
            with within(5 * TIMEOUT), ThreadPoolExecutor(len(calls)) as threads:
                running = [threads.submit(call) for call in calls]
                ended = [call.exception() for call in running]
        finally:
            server.resume()
        assert [type(error) for error in ended] == [StoreUnavailableError] * len(calls)
        assert all("try again" in str(error) for error in ended)
        assert checked_out(store) == 0
        for scenario in ("s", "new"):
            store.save_session(scenario, simple(), "frozen")
        assert (counted(store, "s"), counted(store, "new")) == (4, 1)
        assert_sound(store)
        with opened() as another:
            assert counted(another, "s") == 4


def test_a_freeze_shorter_than_the_limit_is_waited_out(server: Controlled, server_url: str) -> None:
    with LearningStore.open(server_url) as store, ThreadPoolExecutor(1) as threads:
        store.save_session("s", simple(), "1")
        server.pause()
        try:
            saving = threads.submit(store.save_session, "s", simple(), "2")
            with pytest.raises(TimeoutError):
                saving.result(0.3)
        finally:
            server.resume()
        saving.result(20)
        assert counted(store, "s") == 2
        assert_sound(store)
