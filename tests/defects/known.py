"""The mistakes, each with the tests that have to notice it."""

from __future__ import annotations

from tests.defects.losses import LOSSES
from tests.defects.mistake import Defect

DEFECTS = (
    *LOSSES,
    Defect(
        "`+` instead of COALESCE in the fold",
        (
            (
                "swarmstore/db/statements/facts.py",
                "name: sa.func.coalesce(\n                into.c[name] + statement.excluded[name],"
                " into.c[name], statement.excluded[name]\n            )\n",
                "name: into.c[name] + statement.excluded[name]\n",
            ),
        ),
        "tests/db/test_folding.py",
    ),
    Defect(
        "lock and read in one statement",
        (
            (
                "swarmstore/db/repositories/totals.py",
                '        for total, row in session.execute(pending, {"totals": list(rollups)}):\n',
                "        session.rollback()\n"
                "        both = pending.add_columns(Rollup).join(\n"
                "            Rollup, Rollup.scenario_id == TotalSource.total_scenario_id\n"
                "        ).with_for_update(of=Rollup, key_share=True)\n"
                '        found = session.execute(both, {"totals": totals}).all()\n'
                "        rollups = {rollup.scenario_id: rollup for _, _, rollup in found}\n"
                "        for total, row, _ in found:\n",
            ),
        ),
        "tests/db/test_interleavings.py -k fold-fold --hypothesis-profile=full",
    ),
    Defect(
        "sources deleted by cascade",
        (
            ("swarmstore/db/schema/sessions.py", 'ondelete="RESTRICT"', 'ondelete="CASCADE"'),
            ("migrations/tables/0100/sqlite.sql", "ON DELETE RESTRICT", "ON DELETE CASCADE"),
            ("migrations/tables/0100/postgresql.sql", "ON DELETE RESTRICT", "ON DELETE CASCADE"),
        ),
        "tests/db/test_folding.py -k by_hand",
    ),
    Defect(
        "sessions folded into totals that do not wait for them",
        (
            (
                "swarmstore/db/repositories/totals.py",
                "            self.fold(session, same_totals, rows)\n",
                "            self.fold(session, into, rows)\n",
            ),
        ),
        "tests/db/test_folding_together.py -k wait_for_it",
    ),
    Defect(
        "what is pending left out of a read",
        (
            (
                "swarmstore/db/repositories/total_cache.py",
                "tuple(token for _, token in rows if token is not None))\n",
                "())\n",
            ),
            (
                "swarmstore/db/repositories/total_cache.py",
                "tuple(token for token, *_ in pending))\n",
                "())\n",
            ),
        ),
        "tests/contract -k 'TestSqlite and total'",
    ),
    Defect(
        "REPEATABLE READ in the fold",
        (
            (
                "swarmstore/db/dialects/postgresql/dialect.py",
                "Access.WRITING: {},",
                'Access.WRITING: {"isolation_level": "REPEATABLE READ"},',
            ),
        ),
        "tests/db/test_folding.py -k read_committed",
    ),
    Defect(
        "round half to even",
        (
            (
                "swarmstore/db/dialects/functions.py",
                '"(CAST(floor(CAST({0} AS DOUBLE PRECISION) * {1}) AS BIGINT) + 1) >> 1"',
                '"CAST(round({0} * {1} / 2) AS BIGINT)"',
            ),
        ),
        "tests/golden/test_merge.py -k 'sql and half and postgresql'",
    ),
    Defect(
        "SUM of floats",
        (
            (
                "swarmstore/db/statements/merges.py",
                "        return cast(func.sum(count_times(column, weights.c.twice)), BigInteger)\n",
                "        rounded = count_times(column, weights.c.twice)\n"
                "        return cast(func.sum(cast(rounded, Double)), BigInteger)\n",
            ),
        ),
        "tests/contract -k 'precision and (TestSqlite or TestPostgresql)'",
    ),
    Defect(
        "additive multiplied by 1.0",
        (
            (
                "swarmstore/model/merge.py",
                "        case Additive():\n            return None\n",
                "        case Additive():\n            return [1.0] * len(snapshots)\n",
            ),
        ),
        "tests/model/test_merge.py",
    ),
    Defect(
        "newest by commit instead of row id",
        (
            (
                "swarmstore/db/mapping/total_headers.py",
                "newest = max(live, key=lambda part: ("
                "part.newest_session_row or 0, part.newest_saved_at_ms))",
                "newest = live[-1]",
            ),
        ),
        "tests/db/test_interleavings.py -k late",
    ),
    Defect(
        "a cursor on row ids",
        (
            (
                "swarmstore/db/statements/change_feed.py",
                'sa.bindparam("last") + numbered.c.place',
                'SessionRow.id + 0 * sa.bindparam("last")',
            ),
        ),
        "tests/db/test_following.py",
    ),
    Defect(
        "the write token ignored",
        (
            (
                "swarmstore/db/repositories/sessions.py",
                "            if found.write_token == new.write_token:\n"
                "                return Outcome.REPEATED\n",
                "",
            ),
        ),
        "tests/db/test_exactly_once.py -k 'generated and once'",
    ),
    Defect(
        "an equal session taken for a repeat",
        (
            (
                "swarmstore/db/repositories/sessions.py",
                "            if found.write_token == new.write_token:\n",
                "            if found.content_digest == new.digest:\n",
            ),
        ),
        "tests/db/test_exactly_once.py -k microsecond",
    ),
    Defect(
        "a new write token at each attempt",
        (
            (
                "swarmstore/db/repositories/sessions.py",
                "        row = new.columns(session_id)\n",
                "        import secrets\n"
                "        new = new._replace(write_token=secrets.token_bytes(16))\n"
                "        row = new.columns(session_id)\n",
            ),
        ),
        "tests/db/test_exactly_once.py -k 'generated and once'",
    ),
    Defect(
        "the switch to WAL tried once",
        (
            (
                "swarmstore/db/dialects/sqlite/engine.py",
                "            if not is_waiting(error) or time.monotonic() > deadline:\n"
                "                raise\n"
                "            time.sleep(0.01)\n",
                "            raise\n",
            ),
        ),
        "tests/db/test_wal.py",
    ),
    Defect(
        "the pool shared after fork",
        (
            (
                "swarmstore/db/connection/fork_safety.py",
                "\nin_children(_leave_connections_to_the_parent)\n",
                "\n",
            ),
        ),
        "tests/faults/test_fork.py -k keeps_its_connections",
    ),
    Defect(
        "locks that a child inherits as they are",
        (("swarmstore/forking.py", "\nin_children(_renew_all)\n", "\n"),),
        "tests/faults/test_fork_locks.py -k 'ours and memory'",
    ),
    Defect(
        "a report that trusts names",
        (("swarmstore/analytics/report/page.py", "autoescape=True", "autoescape=False"),),
        "tests/report/test_page.py",
    ),
    Defect(
        "all rows of a view in memory at once",
        (
            (
                "swarmstore/db/analytics/view_reader.py",
                'streamed = {"stream_results": True, "max_row_buffer": size}',
                'streamed = {"stream_results": False}',
            ),
        ),
        "tests/frames/test_memory.py -k postgres",
    ),
    Defect(
        "files of views that are put in place one by one",
        (
            (
                "swarmstore/analytics/frames/table_files.py",
                "_write(reader, view, scenario, new, writing))\n",
                "_write(reader, view, scenario, new, writing))\n                new.put()\n",
            ),
        ),
        "tests/frames/test_files.py -k failed_export",
    ),
    Defect(
        "files of views that are each of another moment",
        (
            (
                "swarmstore/analytics/frames/table_files.py",
                "_write(reader, view, scenario, new, writing))\n",
                "analysis.read(lambda other: _write(other, view, scenario, new, writing)))\n",
            ),
        ),
        "tests/frames/test_files.py -k one_moment",
    ),
    Defect(
        "row ids that a copy needs given to others",
        (
            (
                "swarmstore/db/operations/copy_mark.py",
                "    dialect_of(session).reserve_ids(session.connection(), SessionRow.table, highest)\n",
                "",
            ),
        ),
        "tests/copies/test_copying.py -k 'half_a_copy or goes_on'",
    ),
    Defect(
        "a copy brought up to date over what was saved in it",
        (
            (
                "swarmstore/db/operations/copy_mark.py",
                " or entry.content_digest != _state(session):",
                ":",
            ),
        ),
        "tests/copies/test_copying.py -k 'never_lost and sqlite-postgresql'",
    ),
    Defect(
        "positions left behind by a copy",
        (("swarmstore/db/operations/copy_store.py", "        if moved:\n", "        if moved == ():\n"),),
        "tests/copies/test_copying.py -k seams",
    ),
    Defect(
        "as many threads as tasks",
        (
            (
                "swarmstore/store/worker_threads.py",
                "ThreadPoolExecutor, threads, ",
                "ThreadPoolExecutor, 200, ",
            ),
        ),
        "tests/store/test_aio.py -k two_hundred",
    ),
    Defect(
        "an import that does not register the names of its actions",
        (
            (
                "swarmstore/db/operations/prepare_sessions.py",
                "PreparedBatch(prepared, told)",
                "PreparedBatch(prepared, set())",
            ),
        ),
        "tests/imports/test_reader.py -k finds",
    ),
)
