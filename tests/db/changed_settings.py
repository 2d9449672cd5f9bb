"""Settings of PostgreSQL that a role or a database may have changed for its sessions."""

from __future__ import annotations

THEIR_SCHEMA = "theirs"

CHANGE_VALUES = {
    "extra_float_digits": ["-15", "0"],
    "client_encoding": ["LATIN1", "SQL_ASCII"],
    "bytea_output": ["escape"],
    "DateStyle": ["German", "SQL, DMY", "Postgres"],
    "IntervalStyle": ["sql_standard"],
    "TimeZone": ["Asia/Kathmandu", "<+03>-3"],
    "search_path": ["nowhere", THEIR_SCHEMA],
    "array_nulls": ["off"],
    "standard_conforming_strings": ["off"],
    "transform_null_equals": ["on"],
    "default_transaction_isolation": ["serializable", "repeatable read"],
    "default_transaction_deferrable": ["on"],
    "quote_all_identifiers": ["on"],
}
TOGETHER = {
    "backslash_quote": "on",
    "escape_string_warning": "off",
    "xmloption": "document",
    "xmlbinary": "hex",
    "lc_numeric": "C",
    "lc_monetary": "C",
    "lc_time": "C",
    "lc_messages": "C",
    "enable_hashagg": "off",
    "enable_sort": "off",
    "enable_seqscan": "off",
    "enable_indexscan": "off",
    "enable_nestloop": "off",
    "enable_hashjoin": "off",
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    "geqo": "off",
    "work_mem": "64kB",
    "row_security": "on",
    "synchronous_commit": "off",
    "client_min_messages": "debug1",
    "check_function_bodies": "off",
    "cursor_tuple_fraction": "1.0",
    "from_collapse_limit": "1",
    "gin_fuzzy_search_limit": "1",
    "idle_in_transaction_session_timeout": "60s",
    "statement_timeout": "60s",
}
