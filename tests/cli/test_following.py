"""`swarmstore sessions --follow`: what it prints while it runs, and how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from swarmstore import LearningSnapshot, LearningStore
from tests.cli.running import PROGRAM, run, schema_named


@pytest.fixture
def following(url: str) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts `swarmstore sessions … --follow`; whatever still runs at the end is stopped."""
    with ExitStack() as stack:

        def start(*arguments: str) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [*PROGRAM, "sessions", *arguments, "--follow"],
                env={**os.environ, "SWARMSTORE_URL": url},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield start


def test_following_prints_sessions_as_they_are_saved(
    url: str, following: Callable[..., subprocess.Popen[str]]
) -> None:
    """From a cursor on, across a restart, until it is interrupted."""
    with LearningStore.open(url) as store:
        *_, last = store.changes()
        first = following("new", "--after", last.cursor, "--json")
        store.save_session("new", LearningSnapshot.empty(), "1")
        store.save_session("other", LearningSnapshot.empty(), "2")
        line = json.loads(_line(first))
        schema_named("sessions").validate(line)
        assert (line["scenario"], line["session_id"]) == ("new", "1")
        first.send_signal(signal.SIGINT)
        assert (first.wait(30), first.communicate()) == (130, ("", ""))
        store.save_session("new", LearningSnapshot.empty(), "3")
        second = following("new", "--after", line["cursor"])
        assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d  3\n", _line(second))


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_a_cursor_without_following_is_called_wrongly(url: str) -> None:
    refused = run("sessions", "s", "--after", "x", url=url)
    assert refused.returncode == 2
    assert "--follow" in refused.stderr
    refused = run("sessions", "simple_qa", "--follow", "--after", "x", url=url)
    assert refused.returncode == 1
    assert "is not a cursor" in refused.stderr
