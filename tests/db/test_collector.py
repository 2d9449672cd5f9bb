"""The collector of cycles is put off and comes back, whatever threads and forks do meanwhile."""

from __future__ import annotations

import gc
import multiprocessing
import threading
from collections.abc import Iterator

import pytest

from swarmstore.db.collector import put_off


@pytest.fixture(autouse=True)
def _on_again() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def test_it_is_on_again_when_the_last_block_ends() -> None:
    with put_off():
        with put_off():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_comes_back_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), put_off():
        _ = 1 / 0
    assert gc.isenabled()


def test_it_stays_off_for_those_who_have_turned_it_off() -> None:
    gc.disable()
    with put_off():
        pass
    assert not gc.isenabled()


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_forked_while_a_thread_is_within_has_it_on() -> None:
    inside, done = threading.Event(), threading.Event()

    def stay() -> None:
        with put_off():
            inside.set()
            done.wait(60)

    thread = threading.Thread(target=stay)
    thread.start()
    assert inside.wait(60)
    try:
        child = multiprocessing.get_context("fork").Process(target=_must_be_on)
        child.start()
        child.join(60)
        assert child.exitcode == 0
    finally:
        done.set()
        thread.join(60)
    assert gc.isenabled()


def _must_be_on() -> None:
    if not gc.isenabled():
        raise SystemExit("the collector of cycles is off")
