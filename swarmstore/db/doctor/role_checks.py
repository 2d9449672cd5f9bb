"""What this connection's role may do, against what an agent's calls need."""

from __future__ import annotations

from collections.abc import Iterator

from swarmstore.db.access.grants import writes
from swarmstore.db.access.privileges import ACCESS, RoleKind
from swarmstore.db.doctor.check_context import Case
from swarmstore.db.doctor.findings import Finding, finding
from swarmstore.db.migrations.runner import VERSION_TABLE
from swarmstore.db.schema import TABLES
from swarmstore.db.statements import catalog

_NAMED = 3  # tables of a finding; the rest are counted


def missing_privileges(case: Case) -> Iterator[Finding]:
    """Rights that are missing on tables that are there; a role that may change none only reads."""
    parameters = {"schema": case.settings.schema, "tables": [*TABLES, VERSION_TABLE]}
    lacked = {tuple(right) for right in case.session.execute(catalog.LACKED, parameters)}
    role = case.session.scalar(catalog.CURRENT_ROLE)
    changes = {right for table, may in ACCESS[RoleKind.AGENT].items() for right in writes(table, may)}
    reads_only = changes <= lacked
    if reads_only:
        yield finding(
            "role-reads-only",
            role,
            f"role {role!r} may read the tables and change none",
            f"nothing for an analyst; for an agent `swarmstore grant --agent {role}` as the tables' owner",
        )
    missing = [right for right in lacked if right[2] in {"USAGE", "SELECT"}]
    missing += [] if reads_only else [right for right in lacked if right in changes]
    by_verb: dict[str, set[str]] = {}
    for thing, _column, verb in missing:
        by_verb.setdefault(verb, set()).add(thing)
    for verb, things in sorted(by_verb.items()):
        names = sorted(things)
        rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        what = "schema " if verb == "USAGE" else ""
        yield finding(
            "privilege-missing",
            role,
            f"role {role!r} may not {verb} on {what}{', '.join(names[:_NAMED])}{rest}",
            f"`swarmstore grant --agent {role}` as the tables' owner, or --analyst for one that only reads",
        )
