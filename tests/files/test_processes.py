"""Several processes in one folder: nothing is lost, nothing is torn, not even by SIGKILL."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from swarmstore import FileSystemStorage, GlobalKey, LearningSnapshot, ScenarioKey, SessionId
from swarmstore.files.layout import FileKind, walk_store
from swarmstore.model.json.codec import read_model
from tests.snapshots import full, model, simple

PROCESSES, SAVES = 4, 15
SAVE_SOME = """
import sys
from swarmstore import FileSystemStorage, LearningSnapshot
from tests.snapshots import simple
storage = FileSystemStorage(sys.argv[1])
for _ in range(int(sys.argv[2])):
    storage.save_session("s", simple())
"""
SAVE_ONE_ID = """
import sys
from swarmstore import FileSystemStorage, LearningSnapshot, SessionConflictError, SessionId
from tests.snapshots import simple
storage = FileSystemStorage(sys.argv[1])
try:
    storage.save_session("s", simple(int(sys.argv[2])), SessionId("7"))
except SessionConflictError:
    print("conflict")
"""
SAVE_FOREVER = """
import sys
from swarmstore import FileSystemStorage, LearningSnapshot
from tests.snapshots import full, model
storage = FileSystemStorage(sys.argv[1])
while True:
    storage.save_session("s", full())
    storage.save_offline_model("s", model())
    print("saved", flush=True)
"""


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_no_session_and_no_update_is_lost(tmp_path: Path) -> None:
    started = [start(SAVE_SOME, tmp_path, SAVES) for _ in range(PROCESSES)]
    assert [process.communicate(timeout=120)[1] for process in started] == [""] * PROCESSES
    storage = FileSystemStorage(tmp_path)
    assert len(storage.list_sessions("s")) == PROCESSES * SAVES
    for key in (ScenarioKey("s"), GlobalKey()):
        total = storage.load(key)
        assert total is not None
        assert total.metadata.session_count == PROCESSES * SAVES
        assert total.episode_transitions.success_transitions == {("A", "B"): PROCESSES * SAVES}


def test_one_of_several_takes_an_id(tmp_path: Path) -> None:
    started = [start(SAVE_ONE_ID, tmp_path, number) for number in range(PROCESSES)]
    answers = [process.communicate(timeout=120) for process in started]
    assert sorted(answers) == [("", "")] + [("conflict\n", "")] * (PROCESSES - 1)
    winner = answers.index(("", ""))
    storage = FileSystemStorage(tmp_path)
    assert storage.query_latest("s", 5) == [simple(winner)]
    assert storage.load(ScenarioKey("s")) == simple(winner)


@pytest.mark.parametrize("saves", [1, 2, 3, 4, 5])
def test_a_killed_process_leaves_whole_files(tmp_path: Path, saves: int) -> None:
    process = start(SAVE_FOREVER, tmp_path)
    assert process.stdout is not None
    assert process.stderr is not None
    with process, process.stdout, process.stderr:
        for _ in range(saves):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    for file in walk_store(tmp_path):
        if file.kind is FileKind.SESSION:
            assert LearningSnapshot.load_json(file.path) == full()
        elif file.kind is FileKind.MODEL:
            assert read_model(file.path) == model()
        else:
            counted = LearningSnapshot.load_json(file.path).metadata.session_count
            assert counted % full().metadata.session_count == 0
    storage = FileSystemStorage(tmp_path)
    assert len(storage.list_sessions("s")) >= saves
    assert storage.save_session("s", simple(), SessionId("7")) == "7"
    total = storage.load(ScenarioKey("s"))
    assert total is not None
    assert total.metadata.session_count >= saves * full().metadata.session_count + 1
