"""A process that takes in a store of files: `python -m benchmarks.importer ARM URL FOLDER SESSIONS`.

`import` imports the folder, `save` reads its first session files and saves each. It prints the
seconds that took and the greatest memory in MB, that of the process that reads for an import
included, as JSON.
"""

from __future__ import annotations

import sys
import time
from itertools import islice
from pathlib import Path

import msgspec

from swarmstore import LearningSnapshot, LearningStore, SessionId
from tests.helpers.memory_used import greatest_memory, greatest_memory_of_children


def main() -> None:
    """Take in the sessions, and say what that took."""
    arm, url, folder, sessions = sys.argv[1:]
    beside = 0

    def look(done: int, files: int) -> None:
        nonlocal beside
        if done == files:
            beside = greatest_memory_of_children()

    with LearningStore.open(url) as store:
        begun = time.perf_counter()
        if arm == "import":
            # its sessions repeat each other: only so many different ones are made
            store.import_store(Path(folder), totals="sessions", repeated="count", progress=look)
        else:
            files = sorted(Path(folder).glob("scenarios/*/sessions/*/stats.json"))
            for file in islice(files, int(sessions)):
                snapshot = LearningSnapshot.load_json(file)
                store.save_session("scenario", snapshot, SessionId(file.parent.name))
        took = time.perf_counter() - begun
    sys.stdout.write(msgspec.json.encode([took, (greatest_memory() + beside) / 1e6]).decode())


if __name__ == "__main__":
    main()
