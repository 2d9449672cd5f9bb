"""What merging a thousand sessions costs, by strategy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial

from benchmarks.data import snapshots
from benchmarks.databases import Databases
from benchmarks.measuring import Call, Result, interleaved
from benchmarks.peers.documents import Documents
from benchmarks.peers.files import FileStore
from benchmarks.peers.orm import PlainOrm
from swarmstore import Additive, LearningStore, MergeStrategy, SuccessWeighted, TimeDecay

_SESSIONS = 1000
_STRATEGIES: dict[str, MergeStrategy] = {
    "additive": Additive(),
    "time decay": TimeDecay(half_life_sessions=100),
    "success weighted": SuccessWeighted(),
}


def merging(databases: Databases, rounds: int) -> Iterator[Result]:
    """Every arm does all of the strategy; documents come back as rows, all others as snapshots."""
    with ExitStack() as stack:
        url = databases.new()
        store = stack.enter_context(LearningStore.open(url))
        documents = stack.enter_context(closing(Documents(databases.new())))
        files = FileStore(databases.folder / "merged", fsync=False)
        for snapshot in snapshots(700, _SESSIONS):
            store.save_session("scenario", snapshot)
            documents.save(snapshot)
            files.save(snapshot)
        orm = stack.enter_context(closing(PlainOrm(url)))
        for name, strategy in _STRATEGIES.items():
            arms: dict[str, Call] = {
                "swarmstore": partial(store.merge_sessions, "scenario", strategy),
                "documents": partial(documents.merge, strategy),
                "files": partial(files.merge, strategy),
                "ORM": partial(orm.merge, strategy),
            }
            result = Result(f"merge_sessions of {_SESSIONS}, {name}, {databases.kind}")
            result.timings = interleaved(arms, max(2, rounds // 20), warm_up=1)
            result.faster(f"{name} merge, faster than files", "swarmstore", "files", 5)
            result.faster(f"{name} merge, faster than the ORM", "swarmstore", "ORM", 10)
            result.faster(f"{name} merge, faster than documents", "swarmstore", "documents", 2)
            yield result
