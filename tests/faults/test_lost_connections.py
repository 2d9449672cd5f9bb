"""A connection, or an answer, is lost at every statement of a call in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from swarmstore import LearningSnapshot, LearningStore, SessionId, SqlStorage, StoreUnavailableError
from tests.faults.checks import assert_sound, checked_out, counted, within
from tests.faults.proxy import Fault, Proxy
from tests.helpers.internals import forget_totals
from tests.snapshots import simple

LOST = [Fault.NOT_SENT, Fault.ANSWER_LOST]


@pytest.fixture
def store(proxy: Proxy) -> Iterator[LearningStore]:
    """Behind the proxy; every save is followed by a fold."""
    with LearningStore.open(proxy.url, fold_at=1, fold_in_background=False, timeout_seconds=10) as opened:
        yield opened


def new(number: int) -> LearningSnapshot:
    """A session with an action that the database does not know yet."""
    snapshot = simple()
    snapshot.episode_transitions.success_transitions["new", str(number)] = 1
    return snapshot


@pytest.mark.long
@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("given", [True, False], ids=["given id", "generated id"])
def test_a_save_counts_once_whatever_is_lost(
    store: LearningStore, proxy: Proxy, fault: Fault, given: bool
) -> None:
    """BEGIN, every statement and COMMIT of registering names, of saving and of folding."""
    for statement in count(1):
        scenario = f"s{statement}"
        with proxy.failing(fault, statement) as plan:
            saved = store.save_session(scenario, new(statement), scenario if given else None)
        assert store.list_sessions(scenario) == [saved]
        assert store.load_session(scenario, saved) == new(statement)
        assert counted(store, scenario) == 1
        assert checked_out(store) == 0
        if not plan.happened:
            break
    assert statement > 15
    assert store.load_global().metadata.session_count == statement
    assert_sound(store)


@pytest.mark.parametrize("fault", LOST)
def test_an_answer_is_true_whatever_is_lost(store: LearningStore, proxy: Proxy, fault: Fault) -> None:
    """Totals, sessions and lists; at every statement of each."""
    store.save_session("s", simple(), "1")
    calls: list[Callable[[], object]] = [
        lambda: store.load_scenario("s"),  # which is known: one statement
        lambda: load_anew(store, "s"),
        lambda: store.query_latest("s", 5),
        lambda: store.list_sessions("s"),
        lambda: [change.session_id for change in store.changes()],
    ]
    for call in calls:
        expected = call()
        for statement in count(1):
            with proxy.failing(fault, statement) as plan:
                assert call() == expected
            assert checked_out(store) == 0
            if not plan.happened:
                break
        assert statement > 1
    assert_sound(store)


def load_anew(store: LearningStore, scenario: str) -> LearningSnapshot:
    """Load a total as a process that does not know it."""
    assert isinstance(store.storage, SqlStorage)
    forget_totals(store.storage)
    return store.load_scenario(scenario)


@pytest.mark.parametrize("fault", LOST)
def test_opening_gets_the_store_or_says_that_it_is_unavailable(proxy: Proxy, fault: Fault) -> None:
    for statement in count(1):
        with proxy.failing(fault, statement) as plan:
            try:
                LearningStore.open(proxy.url).close()
            except StoreUnavailableError:
                assert plan.happened
        if not plan.happened:
            break
    assert statement > 2
    with LearningStore.open(proxy.url) as store:
        assert_sound(store)


def statements_of_a_save(store: LearningStore, proxy: Proxy) -> int:
    """How many a save takes when the store knows all names; the last one commits."""
    store.save_session("s", simple(), "first")
    with proxy.failing(Fault.NOT_SENT, 10_000) as plan:
        store.save_session("s", simple(), "second")
    assert plan.happened == 0
    return plan.seen


@pytest.mark.parametrize("fault", LOST)
def test_a_network_that_fails_every_time_is_unavailable_and_a_repeat_is_safe(
    proxy: Proxy, fault: Fault
) -> None:
    """Also where the commit was done and only its answer was lost."""
    with LearningStore.open(proxy.url) as store:
        commit = statements_of_a_save(store, proxy)
        each = range(1, commit + 1)
        for statement in each:
            with (
                proxy.failing(fault, statement, repeatedly=True) as plan,
                within(30),
                pytest.raises(StoreUnavailableError, match="try again"),
            ):
                store.save_session("s", simple(), str(statement))
            assert plan.happened > 1, "the transaction was tried again"
            assert checked_out(store) == 0
            store.save_session("s", simple(), str(statement))
            assert store.list_sessions("s").count(SessionId(str(statement))) == 1
        assert counted(store, "s") == 2 + len(each)
        assert_sound(store)


TIMEOUT = 0.25


@pytest.mark.parametrize("known", [True, False], ids=["of the commit", "before the commit"])
def test_an_answer_that_never_comes_is_not_waited_for(proxy: Proxy, known: bool) -> None:
    """A save of known names is one statement, which commits; of new ones it asks for them first."""
    with LearningStore.open(proxy.url, timeout_seconds=TIMEOUT) as store:
        commit = statements_of_a_save(store, proxy)
        number = commit if known else 1
        session = simple() if known else new(1)
        with (
            proxy.failing(Fault.ANSWER_NEVER, number, repeatedly=True),
            within(5),
            pytest.raises(StoreUnavailableError, match=r"did not answer within 0.25 s"),
        ):
            store.save_session("s", session, "1")
        assert checked_out(store) == 0
        assert ("1" in store.list_sessions("s")) == known
        before = counted(store, "s") - known
        store.save_session("s", session, "1")
        assert counted(store, "s") == before + 1
        assert_sound(store)


def test_opening_does_not_wait_for_an_answer_that_never_comes(proxy: Proxy) -> None:
    for statement in count(1):
        with proxy.failing(Fault.ANSWER_NEVER, statement, repeatedly=True) as plan, within(5):
            try:
                LearningStore.open(proxy.url, timeout_seconds=TIMEOUT).close()
            except StoreUnavailableError:
                assert plan.happened
        if not plan.happened:
            break
    assert statement > 2
    with LearningStore.open(proxy.url) as store:
        assert_sound(store)
