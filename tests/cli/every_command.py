"""A call of every command, and a store that each of them can be run on."""

from __future__ import annotations

from pathlib import Path

from swarmstore import LearningStore, backup
from tests.helpers.shipped import SHIPPED
from tests.snapshots import simple

TRACE = """{"tick":0,"worker_id":0,"action":"Look","success":true,"duration_ms":3}\n"""
COMMANDS: dict[str, tuple[str, ...]] = {
    "upgrade": (),
    "doctor": (),
    "grant": ("--agent", "swarm"),
    "distribute": (),
    "scenarios": (),
    "sessions": ("→",),
    "show global": (),
    "show scenario": ("→",),
    "show session": ("→", "1700000000"),
    "merge": ("→",),
    "learn": ("→",),
    "verify": (),
    "fold": (),
    "rebuild": (),
    "prune": ("→", "--keep-latest", "5"),
    "forget": ("→", "1700000000", "--dry-run"),
    "sources": ("→",),
    "import": (str(SHIPPED),),
    "ingest": ("{folder}/trace.jsonl", "--scenario", "→", "--success"),
    "export": ("{folder}/export",),
    "copy": ("{url}", "{url}.copy"),
    "backup": ("{folder}/new backup.db",),
    "restore": ("{folder}/backup.db",),
    "report": ("--output", "{folder}/report.html"),
}
ENDS_WITH_1 = {"grant", "distribute"}  # there are no roles and servers on SQLite
HAVE_NO_URL = {"copy"}


def calls(folder: Path, url: str) -> dict[str, list[str]]:
    """Fill an empty store; the arguments of a call of each command by its name."""
    with LearningStore.open(url) as store:
        for second in range(3):
            store.save_session("→", simple(3, "→ a task"), f"{1_700_000_000 + second}")
    (folder / "trace.jsonl").write_text(TRACE)
    backup(folder / "backup.db", url)
    return {
        name: [
            *name.split(),
            *(each.format(folder=folder, url=url) for each in arguments),
            *([] if name in HAVE_NO_URL else ["--url", url]),
        ]
        for name, arguments in COMMANDS.items()
    }
