"""What a fleet costs its server, or all servers of a cluster: rows, bytes and CPU."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection
from pathlib import Path

import msgspec
import psycopg
from sqlalchemy import make_url

_COUNTS = """
SELECT json_build_object(
  'rows inserted', (SELECT sum(n_tup_ins) FROM pg_stat_user_tables),
  'rows updated', (SELECT sum(n_tup_upd) FROM pg_stat_user_tables),
  'kB of tables', sum(pg_table_size(oid)) / 1000,
  'kB of indexes', sum(pg_indexes_size(oid)) / 1000,
  'kB of WAL', (pg_current_wal_lsn() - '0/0') / 1000)::text
FROM pg_class WHERE relkind = 'r' AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
"""
_FOLDER = "SELECT setting FROM pg_settings WHERE name = 'data_directory'"
_TICKS = os.sysconf("SC_CLK_TCK")


def counts(url: str) -> Counter[str]:
    """Rows and kilobytes that were written so far; of WAL by the whole server."""
    total = Counter[str]()
    for answer in _everywhere(url, _COUNTS):
        total.update(msgspec.json.decode(answer, type=dict[str, float]))
    return total


def postmasters(url: str) -> list[int]:
    """The first process of each server, as far as they are on this machine."""
    files = [Path(folder) / "postmaster.pid" for folder in _everywhere(url, _FOLDER)]
    return [int(file.read_text().split()[0]) for file in files if file.exists()]


def cpu(processes: Collection[int]) -> float:
    """Seconds of CPU that these and all their children took, those that have ended included."""
    parents, spent = dict[int, int](), dict[int, int]()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(process.name)] = int(fields[1])
        spent[int(process.name)] = sum(map(int, fields[11:15]))

    def belongs(process: int) -> bool:
        return process in processes or (process in parents and belongs(parents[process]))

    return sum(ticks for process, ticks in spent.items() if belongs(process)) / _TICKS


def _everywhere(url: str, query: str) -> list[str]:
    """What a query answers, on each server of a cluster."""
    target = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(target, autocommit=True, prepare_threshold=None) as connection:
        if connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'citus'").fetchone():
            found = connection.execute("SELECT result FROM run_command_on_all_nodes(%s)", [query])
        else:
            found = connection.execute(query)
        return [answer for (answer,) in found]
