"""Session ids: what time they stand for, and that made ones never repeat."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmstore import GlobalKey, ScenarioKey, SessionId, SessionKey
from swarmstore.model.session_ids import SessionIdGenerator, free_ids, is_upstreams, upstream_ids


@pytest.mark.parametrize(
    ("text", "timestamp"),
    [
        ("1700000000", 1700000000),
        ("0000000005", 5),
        ("+7", 7),
        ("0", 0),
        ("1700000060.000001", 1700000060),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", None),
        ("18446744073709551615", None),
        ("00000000000000000000000000000005", 5),
        ("9" * 5000, None),
        ("", None),
        ("+", None),
        ("-7", None),
        ("++7", None),
        ("1_000", None),
        (" 5 ", None),
        ("5\n", None),
        ("٣", None),
        ("５", None),
        ("abc", None),
        ("1700000060.1", None),
        ("1700000060.0000001", None),
        (".000001", None),
    ],
)
def test_the_timestamp_is_upstreams_parse_or_our_form(text: str, timestamp: int | None) -> None:
    assert SessionId(text).timestamp == timestamp


def test_an_id_is_its_text() -> None:
    session_id = SessionId("1700000000")
    assert str(session_id) == f"{session_id}" == "1700000000" == session_id
    assert type(str(session_id)) is str
    assert hash(session_id) == hash("1700000000")


def test_keys_are_written_as_upstream_does() -> None:
    assert str(GlobalKey()) == "global"
    assert str(ScenarioKey("x")) == "scenario:x"
    assert str(SessionKey("x", SessionId("1"))) == "session:x:1"


def test_made_ids_have_the_form_and_the_time_of_now() -> None:
    before = int(time.time())
    made = SessionIdGenerator().next()
    assert len(made) == 17
    assert made[10] == "."
    assert before <= (made.timestamp or 0) <= time.time()


def test_made_ids_are_in_order_across_threads() -> None:
    generator = SessionIdGenerator()
    with ThreadPoolExecutor(8) as threads:
        runs = list(threads.map(lambda _: [generator.next() for _ in range(500)], range(8)))
    assert all(run == sorted(run) for run in runs)
    assert len({made for run in runs for made in run}) == 4000


@pytest.mark.parametrize(
    ("taken", "free"),
    [
        ("1700000060", ["1700000060", "1700000060.000001", "1700000060.000002"]),
        ("1700000060.000009", ["1700000060.000009", "1700000060.000010", "1700000060.000011"]),
        ("abc", ["abc", "abc.000001", "abc.000002"]),
        ("1.5", ["1.5", "1.5.000001", "1.5.000002"]),
    ],
)
def test_free_ids_stay_in_the_same_second(taken: str, free: list[str]) -> None:
    assert list(islice(free_ids(SessionId(taken)), 3)) == free


def seconds_of(*ids: str) -> list[str]:
    return list(upstream_ids(sorted(map(SessionId, ids)), lambda _: 100).values())


def test_an_id_that_upstream_orders_stays() -> None:
    for text in ("0", "5", "0000000005", "+7", "18446744073709551615"):
        assert is_upstreams(text)
        assert seconds_of(text) == [text]
    for text in ("", "abc", "1.5", "1700000000.000001", " 5", "٣", "18446744073709551616", "0" * 251):
        assert not is_upstreams(text)


def test_others_become_free_seconds() -> None:
    assert seconds_of("1700000000.000001") == ["1700000000"]
    assert seconds_of("abc") == ["0000000100"]
    assert seconds_of("0000000005", "5.000001", "9") == ["0000000005", "0000000006", "9"]
    assert seconds_of("5", "5.000001") == ["5", "0000000005"]


def test_no_session_becomes_newer_than_the_newest() -> None:
    assert seconds_of("50.000001", "50.000002", "50.000003") == ["0000000048", "0000000049", "0000000050"]
    assert seconds_of("0000000049", "50.000001", "50.000002") == ["0000000049", "0000000048", "0000000050"]
    assert seconds_of("50.000001", "50.000002", "99") == ["0000000050", "0000000051", "99"]
    assert seconds_of("0.000001", "0.000002") == ["0000000000", "0000000001"]


@pytest.mark.property
@given(st.sets(st.builds("{}.{:06}".format, st.integers(0, 20), st.integers(0, 5)), max_size=40))
def test_sessions_keep_their_order(texts: set[str]) -> None:
    ids = sorted(map(SessionId, texts), key=lambda i: (i.timestamp, i))
    made = [upstream_ids(sorted(ids), lambda _: 0)[session_id] for session_id in ids]
    assert sorted(set(made)) == made
    assert all(map(is_upstreams, made))
