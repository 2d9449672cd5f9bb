"""An agent on the port of upstream's file store: `python -m benchmarks.agents.in_files FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.agents.work import work
from benchmarks.peers.files import FileStore

if __name__ == "__main__":
    store = FileStore(Path(sys.argv[1]), fsync=True)
    store.save(work(store.load_total()))
