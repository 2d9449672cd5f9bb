"""Mistakes by which something was lost, counted twice, changed or waited for in vain."""

from __future__ import annotations

from tests.defects.mistake import Defect

LOSSES = (
    Defect(
        "the log of a file that others use renamed when a link moves",
        (
            (
                "swarmstore/db/dialects/database_file.py",
                " or _identity_of(self._real) == self.identity:\n",
                ":\n",
            ),
        ),
        "tests/db/test_changed_files.py -k link_to_it_moves",
    ),
    Defect(
        "a lost index of the log taken for a whole one when closing",
        (("swarmstore/db/dialects/database_file.py", "beside.shm is None or ", "True or "),),
        "tests/db/test_changed_files.py -k 'costs_no_session and theirs'",
    ),
    Defect(
        "a connection counted again each time it is taken",
        (
            (
                "swarmstore/db/connection/interrupts.py",
                "        others = self._of_this_thread()\n"
                "        entry.record_info[_TAKER] = threading.get_ident()\n",
                "        entry.record_info[_TAKER] = threading.get_ident()\n"
                "        others = self._of_this_thread()\n",
            ),
        ),
        "tests/contract/test_many_calls.py -k 'sqlite and refused'",
    ),
    Defect(
        "a save acknowledged when the session that had its id is gone",
        (
            (
                "swarmstore/db/operations/save_session.py",
                "                case Outcome.TRY_AGAIN:\n                    pass\n",
                "                case Outcome.TRY_AGAIN:\n                    break\n",
            ),
        ),
        "tests/db/test_removed.py -k in_between",
    ),
    Defect(
        "nothing kept of removed sessions",
        (
            (
                "swarmstore/db/repositories/sessions.py",
                "        remember_removed(session, Rows.of(rows))\n",
                "",
            ),
        ),
        "tests/contract -k 'TestSqlite and removed'",
    ),
    Defect(
        "positions counted as they should have been given",
        (
            (
                "swarmstore/db/statements/change_feed.py",
                "(first.with_for_update(key_share=True) if locked else first)",
                "first",
            ),
            (
                "swarmstore/db/repositories/change_feed.py",
                "before if spread else self._highest(session, publication)\n",
                "before + given\n",
            ),
            (
                "swarmstore/db/repositories/change_feed.py",
                "        before = self._highest(session, publication)\n",
                "        before = publication.last_position\n",
            ),
        ),
        "tests/db/test_following.py -k leave_no_gap",
    ),
    Defect(
        "a cursor that says nothing of its session",
        (
            (
                "swarmstore/contracts/change_feed.py",
                "(stamps and after.check not in map(check_of, stamps))",
                "False",
            ),
        ),
        "tests/faults/test_restored.py -k 'remembers and SQLite'",
    ),
    Defect(
        "names believed to be there",
        (
            (
                "swarmstore/db/statements/saves.py",
                '        dialect_named(dialect).every_id_is_in(ActionSequence.table.c.id, "sequence_ids"),\n',
                "",
            ),
        ),
        "tests/faults/test_restored.py -k SQLite",
    ),
    Defect(
        "names believed to be there because they were once",
        (("swarmstore/db/dialects/sqlite/dialect.py", "if version != seen_at or", "if"),),
        "tests/faults/test_restored.py -k SQLite",
    ),
    Defect(
        "pending sessions known by rows that are given out again",
        (
            (
                "swarmstore/db/statements/totals.py",
                "[_ROLLUPS.c.rollup_version], [_SESSIONS.c.write_token]",
                "[_ROLLUPS.c.rollup_version], [_SESSIONS.c.id]",
            ),
            (
                "swarmstore/db/repositories/total_cache.py",
                "tuple(token for token, *_ in pending)",
                "tuple(row_id for _, row_id, *_ in pending)",
            ),
        ),
        "tests/faults/test_restored.py -k 'remembers and SQLite'",
    ),
    Defect(
        "copied sessions known by their rows alone",
        (
            (
                "swarmstore/db/operations/copy_store.py",
                "or_(SessionRow.id.in_(row_ids), named.in_(ids), SessionRow.position.in_(positions))",
                "SessionRow.id.in_(row_ids)",
            ),
        ),
        "tests/copies/test_histories.py -k 'replaced_since and sqlite-postgresql'",
    ),
    Defect(
        "two files of one id written together",
        (
            (
                "swarmstore/db/operations/import_batches.py",
                "            taken.add(place)  # by",
                "            pass  # by",
            ),
        ),
        "tests/imports/test_lots.py -k 'one_lot and postgresql'",
    ),
    Defect(
        "an action order read before the analysis is saved",
        (
            (
                "swarmstore/store/learning_store.py",
                "        return self._storage.save_analysis(scenario, model)\n",
                "        before = self._storage.load_offline_model(scenario)\n"
                "        model.action_order = None if before is None else before.action_order\n"
                "        self.save_offline_model(scenario, model)\n        return model\n",
            ),
        ),
        "tests/contract/test_models.py -k 'analysis_was_made_stays and sqlite'",
    ),
    Defect(
        "settings of the role left as they are",
        (
            (
                "swarmstore/db/dialects/postgresql/session_settings.py",
                '    "extra_float_digits": "3",',
                '    "jit": "off",',
            ),
        ),
        "tests/db/test_session_settings.py",
    ),
    Defect(
        "a save that does not ask for the tables' revision",
        (("swarmstore/db/statements/saves.py", "        is_compatible(),\n", ""),),
        "tests/db/test_upgraded_meanwhile.py -k save",
    ),
    Defect(
        "locks of the parent's threads in a child",
        (("swarmstore/forking.py", "in_children(_renew_all)\n", ""),),
        "tests/faults/test_fork_locks.py",
    ),
    Defect(
        "links followed in an imported folder",
        (
            ("swarmstore/disk.py", "_READ if follow else _READ | _NO_LINK", "_READ"),
            (
                "swarmstore/disk.py",
                "(path.stat() if follow else path.lstat()).st_mode, path)\n    descriptor",
                "path.stat().st_mode, path)\n    descriptor",
            ),
        ),
        "tests/imports/test_odd.py",
    ),
    Defect(
        "a wrong password taken for a server that is away",
        (
            (
                "swarmstore/db/dialects/postgresql/refusals.py",
                "        if found := pattern.search(text):\n",
                "        if (found := pattern.search(text)) and not kind:\n",
            ),
        ),
        "tests/db/test_connecting.py",
    ),
    Defect(
        "what is not a strategy is additive",
        (
            (
                "swarmstore/model/merge.py",
                '    raise UnknownStrategyError("strategy", '
                'f"{strategy!r} is not a strategy; {_ACCEPTED}")\n',
                "    return Additive()\n",
            ),
        ),
        "tests/model tests/contract/test_merges.py tests/contract/test_promises.py -k strateg",
    ),
    Defect(
        "a digest of whatever columns there are",
        (
            (
                "swarmstore/db/mapping/content_digest.py",
                "    for name in _HEADER_1:\n",
                "    for name in rows.header:\n",
            ),
        ),
        "tests/db/test_digest.py",
    ),
)
