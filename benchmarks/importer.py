"""A process that takes in a store of files: `python -m benchmarks.importer ARM URL FOLDER SESSIONS`.

`import` imports the folder, `save` reads its first session files and saves each. It prints the
seconds that took and the greatest memory of the process in MB, as JSON.
"""

from __future__ import annotations

import sys
import time
from itertools import islice
from pathlib import Path

import msgspec

from swarmstore import LearningSnapshot, LearningStore, SessionId
from tests.memory import greatest_memory


def main() -> None:
    """Take in the sessions, and say what that took."""
    arm, url, folder, sessions = sys.argv[1:]
    with LearningStore.open(url) as store:
        begun = time.perf_counter()
        if arm == "import":
            store.import_store(Path(folder), totals="sessions")
        else:
            files = sorted(Path(folder).glob("scenarios/*/sessions/*/stats.json"))
            for file in islice(files, int(sessions)):
                snapshot = LearningSnapshot.load_json(file)
                store.save_session("scenario", snapshot, SessionId(file.parent.name))
        took = time.perf_counter() - begun
    sys.stdout.write(msgspec.json.encode([took, greatest_memory() / 1e6]).decode())


if __name__ == "__main__":
    main()
