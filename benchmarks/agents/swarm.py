"""An agent on swarmstore: `python -m benchmarks.agents.swarm URL`."""

from __future__ import annotations

import sys

from benchmarks.agents.work import work
from swarmstore import LearningStore

if __name__ == "__main__":
    with LearningStore.open(sys.argv[1]) as store:
        store.save_session("scenario", work(store.load_scenario("scenario")))
