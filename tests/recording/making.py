"""Traces and run records made by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from swarmstore import IngestReport, LearningSnapshot, LearningStore

MANAGER = 2**64 - 1


def saved(store: LearningStore, report: IngestReport) -> LearningSnapshot:
    return store.load_session(report.scenario, report.session_id)


def event(action: str, worker: int = 0, tick: int = 0, success: object = True, **more: Any) -> str:
    values = {"tick": tick, "worker_id": worker, "action": action, "success": success, "duration_ms": 3}
    return json.dumps(values | more)


def write(folder: Path, *lines: str, name: str = "trace-7.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def write_record(folder: Path, seed: int = 7, outcome: Any = None, actions: int = 2, **more: Any) -> Path:
    path = folder / f"learn_stats_record-{seed}.json"
    values = {
        "timestamp_ms": 1_700_000_000_123,
        "scenario": "s",
        "session_id": "1700000000123",
        "stats_json": "",
        "outcome": outcome or {"Success": {"score": 1.0}},
        "total_ticks": 1,
        "total_actions": actions,
    }
    path.write_text(json.dumps(values | more))
    return path
