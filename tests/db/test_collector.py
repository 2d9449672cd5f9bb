"""The collector of cycles is put off and comes back, whatever threads and forks do meanwhile."""

from __future__ import annotations

import gc
import multiprocessing
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from swarmstore.db.connection.paused_gc import LONGEST, Collector, put_off


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


class Clock:
    """A clock that stands still until it is set forward."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


class Threads:
    """Threads' blocks, entered and left in any order: which thread it is does not matter to the collector."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.collector = Collector(self.clock)
        self.blocks = [ExitStack() for _ in range(6)]

    def enter(self, thread: int) -> None:
        self.blocks[thread].enter_context(self.collector.put_off())

    def leave(self, thread: int) -> None:
        self.blocks[thread].close()


@pytest.fixture
def threads() -> Iterator[Threads]:
    """Six threads, and nothing that is collected by itself meanwhile."""
    before = gc.get_threshold()
    gc.set_threshold(10**9)
    yield Threads()
    gc.set_threshold(*before)


def test_threads_that_overlap_for_ever_pause_it_for_half_a_second_at_a_time(threads: Threads) -> None:
    paused, longest = 0.0, 0.0
    collections = 0
    threads.enter(0)
    for step in range(1, 600):  # somebody is always within, and never the same for long
        threads.enter(step % 6)
        threads.leave((step - 1) % 6)
        threads.clock.now += 0.01
        if gc.isenabled():
            gc.collect(0)  # as the next objects would have it
            collections += 1
            paused = 0.0
        else:
            paused += 0.01
            longest = max(longest, paused)
    assert longest <= LONGEST + 0.02
    assert 9 <= collections <= 30
    threads.leave(599 % 6)
    assert gc.isenabled()


def test_it_is_not_paused_again_before_there_was_a_collection(threads: Threads) -> None:
    threads.enter(0)
    threads.clock.now += LONGEST
    threads.enter(1)
    assert gc.isenabled()
    threads.leave(0)
    threads.enter(0)
    threads.leave(0)
    threads.leave(1)
    threads.clock.now += 3600
    threads.enter(0)
    assert gc.isenabled()
    gc.collect(0)
    threads.enter(1)
    assert not gc.isenabled()
    threads.leave(0)
    threads.leave(1)
    assert gc.isenabled()


def test_pauses_without_a_collection_between_them_are_one(threads: Threads) -> None:
    """Blocks that follow each other at once leave none the time, as those that overlap."""
    for _ in range(10):
        assert gc.isenabled()
        threads.enter(0)
        assert not gc.isenabled()
        threads.clock.now += LONGEST / 10 + 0.001
        threads.leave(0)
        threads.clock.now += 60  # in which it is on, and has nothing to do
    threads.enter(0)
    assert gc.isenabled()
    threads.leave(0)


def test_one_who_switches_it_off_meanwhile_finds_it_off_later(threads: Threads) -> None:
    threads.enter(0)
    threads.clock.now += LONGEST
    threads.enter(1)
    gc.disable()
    gc.collect(0)
    threads.enter(2)
    for thread in range(3):
        threads.leave(thread)
    assert not gc.isenabled()


def test_one_who_switches_it_on_meanwhile_has_it_on_until_the_next_block(threads: Threads) -> None:
    threads.enter(0)
    threads.enter(1)
    gc.enable()
    threads.leave(1)
    assert gc.isenabled()
    threads.enter(1)
    assert not gc.isenabled()
    threads.leave(1)
    threads.leave(0)
    assert gc.isenabled()


def test_a_thread_that_forks_within_a_block_leaves_it_in_the_child(threads: Threads) -> None:
    threads.enter(0)
    threads.collector.forget()
    assert gc.isenabled()
    threads.leave(0)
    threads.enter(0)
    assert not gc.isenabled()
    threads.leave(0)
    assert gc.isenabled()


OLD = """
import gc
from swarmstore.db.connection.paused_gc import Collector

made, collector = [], Collector()
with collector.put_off_while_loading():
    made += [[] for _ in range(10_000)]
assert gc.isenabled() and gc.get_freeze_count() == 0
young, old = ({id(each) for each in gc.get_objects(generation=number)} for number in (0, 2))
assert young.isdisjoint(map(id, made)) and old.issuperset(map(id, made))
with collector.put_off_while_loading():  # a store that is opened again hides nothing from collections
    made.append([])
assert id(made[-1]) not in {id(each) for each in gc.get_objects(generation=2)}
"""


def test_what_was_loaded_counts_as_old_and_can_still_be_collected() -> None:
    """In a process of its own: these tests are frozen themselves."""
    subprocess.run([sys.executable, "-c", OLD], check=True)


def test_what_an_application_has_frozen_stays_frozen() -> None:
    gc.freeze()
    frozen = gc.get_freeze_count()
    with Collector().put_off_while_loading():
        pass
    assert gc.get_freeze_count() == frozen
