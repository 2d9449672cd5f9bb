"""All checks, in the order in which they are made, and what is made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice
from pathlib import Path

from sqlalchemy import exc
from sqlalchemy.orm import Session

from swarmstore.contracts.progress import Progress, telling
from swarmstore.db.connection.transactions import Database
from swarmstore.db.dialects.base import dialect_of
from swarmstore.db.dialects.database_file import database_file
from swarmstore.db.dialects.failures import translated
from swarmstore.db.dialects.urls import shown_url
from swarmstore.db.doctor import contents, postgresql_checks, schema_drift, sqlite_checks
from swarmstore.db.doctor.check_context import Case
from swarmstore.db.doctor.file_location import file_findings
from swarmstore.db.doctor.findings import Diagnosis, Finding, Skipped, finding
from swarmstore.db.migrations.runner import check_revision, current_revision
from swarmstore.db.repositories.all import Repositories
from swarmstore.errors import (
    CorruptStoreError,
    CountOverflowError,
    DatabaseRefusedError,
    SchemaAheadError,
    SchemaError,
    SchemaMissingError,
    SchemaOutdatedError,
    StoreUnavailableError,
    SwarmstoreError,
)
from swarmstore.revisions import REVISION
from swarmstore.settings import Settings


class Tables(IntEnum):
    """How much is known of the tables."""

    ANY = 0  # there may be none
    USABLE = 1  # this code may use them
    KNOWN = 2  # they are of this code's revision


@dataclass(frozen=True, slots=True)
class Check:
    """One look at a database; `dialect` where it is for one kind only, `deep` where it reads all rows."""

    name: str
    run: Callable[[Case], Iterable[Finding]]
    dialect: str | None = None
    needs: Tables = Tables.ANY
    deep: bool = False


def _schema(case: Case) -> Iterator[Finding]:
    yield from schema_drift.drift(case)
    if case.dialect.name == sqlite_checks.OF:
        yield from sqlite_checks.table_options(case)


CHECKS = (
    Check("revision", schema_drift.revision),
    Check("settings", sqlite_checks.settings, sqlite_checks.OF),
    Check("settings", postgresql_checks.settings, postgresql_checks.OF),
    Check("contents", contents.counts, needs=Tables.USABLE),
    Check("journal mode", sqlite_checks.journal_mode, sqlite_checks.OF, Tables.USABLE),
    Check("encoding", sqlite_checks.encoding, sqlite_checks.OF),
    Check("encoding", postgresql_checks.encoding, postgresql_checks.OF),
    Check("connections", postgresql_checks.scarce_connections, postgresql_checks.OF),
    Check("privileges", postgresql_checks.missing_privileges, postgresql_checks.OF),
    Check("schema", _schema, needs=Tables.KNOWN),
    Check("views", schema_drift.views, needs=Tables.KNOWN),
    Check("switched off", postgresql_checks.switched_off, postgresql_checks.OF),
    Check("indexes", postgresql_checks.invalid_indexes, postgresql_checks.OF),
    Check("constraints", postgresql_checks.unvalidated_constraints, postgresql_checks.OF),
    Check("collation", postgresql_checks.collations, postgresql_checks.OF),
    Check("copies", contents.unfinished_copy, needs=Tables.USABLE),
    Check("order of followers", contents.feed, needs=Tables.USABLE),
    Check("missing rows", contents.missing_rows, needs=Tables.USABLE),
    Check("pending sessions", contents.long_queues, needs=Tables.USABLE),
    Check("overflowing sessions", contents.overflowing, needs=Tables.USABLE),
    Check("file integrity", sqlite_checks.integrity, sqlite_checks.OF, deep=True),
    Check("references", sqlite_checks.references, sqlite_checks.OF, deep=True),
    Check("damaged sessions", contents.damaged_sessions, needs=Tables.USABLE, deep=True),
    Check("names of facts", contents.missing_sequences, needs=Tables.USABLE, deep=True),
    Check("names themselves", contents.damaged_names, needs=Tables.USABLE, deep=True),
)

_MEND = "mend what else is found here, then run it again"
_MOST = 100  # findings of one check: a torn table has thousands
_NEEDED = {
    Tables.USABLE: "needs tables that this swarmstore may use",
    Tables.KNOWN: f"compares with revision {REVISION} only",
}
_SCHEMA_CODES: dict[type[SchemaError], str] = {
    SchemaMissingError: "schema-missing",
    SchemaOutdatedError: "schema-outdated",
    SchemaAheadError: "schema-ahead",
}


def diagnose(
    url: str,
    settings: Settings | None = None,
    checks: Sequence[Check] = CHECKS,
    *,
    deep: bool = False,
    progress: Progress | None = None,
) -> Diagnosis:
    """Look at a database without changing it, all from one snapshot of it; see `swarmstore.diagnose`."""
    with closing(Database(url, settings or Settings(), as_found=True)) as database:
        file = database_file(database.url)
        of_file = [] if file is None else file_findings(file)
        try:
            diagnosis = _examine(database, file, checks, deep, progress)
        except DatabaseRefusedError as error:
            if not of_file:
                raise
            diagnosis = _blank(database, database.dialect.title)
            diagnosis.findings.append(finding("file-unreadable", str(file), str(error), _MEND))
        diagnosis.findings += of_file
        diagnosis.findings.sort(key=lambda found: (found.severity.rank, found.code))
        return diagnosis


def _blank(database: Database, server: str, revision: str | None = None) -> Diagnosis:
    return Diagnosis(
        url=shown_url(database.url),
        database=server,
        revision=revision,
        expected_revision=REVISION,
        pool_size=database.settings.pool_size,
    )


def _examine(
    database: Database, file: Path | None, checks: Sequence[Check], deep: bool, progress: Progress | None
) -> Diagnosis:
    revision, tables, of_tables = _revision(database)

    def work(session: Session) -> Diagnosis:
        dialect = dialect_of(session)
        diagnosis = _blank(database, f"{dialect.title} {dialect.version(session)}", revision)
        diagnosis.findings += of_tables
        case = Case(session, database.settings, Repositories(database), file, diagnosis)
        for check in telling(progress, checks):
            _make(check, case, tables, deep=deep)
        if any(one.code == "schema-damaged" for one in diagnosis.findings):  # an upgrade is no advice
            advised = {"schema-missing", "schema-outdated"}
            diagnosis.findings = [one for one in diagnosis.findings if one.code not in advised]
        session.rollback()  # once it has met damage SQLite commits no more
        return diagnosis

    return database.read(work, maintenance=deep)


def _revision(database: Database) -> tuple[str | None, Tables, list[Finding]]:
    try:
        revision = current_revision(database)
    except (DatabaseRefusedError, CorruptStoreError) as error:  # other checks say more
        return None, Tables.ANY, [_failed("revision", error)]
    try:
        check_revision(database, revision)
    except SchemaError as error:
        problem, _, advice = str(error).rpartition("; ")
        return revision, Tables.ANY, [finding(_SCHEMA_CODES[type(error)], None, problem, advice)]
    return revision, Tables.KNOWN if revision == REVISION else Tables.USABLE, []


def _make(check: Check, case: Case, tables: Tables, *, deep: bool) -> None:
    diagnosis = case.diagnosis
    if check.dialect not in {None, case.dialect.name}:
        return
    if tables < check.needs:
        diagnosis.skipped.append(Skipped(check.name, _NEEDED[check.needs]))
    elif check.deep and not deep:
        diagnosis.skipped.append(Skipped(check.name, "only with --deep, which reads everything"))
    else:
        made = _findings(check, case)
        diagnosis.findings += made[:_MOST]
        if len(made) > _MOST:
            diagnosis.skipped.append(Skipped(check.name, f"only the first {_MOST} findings are listed"))


def _findings(check: Check, case: Case) -> list[Finding]:
    """What a check finds; a check that fails is a finding, and leaves the transaction to the others."""
    try:
        with case.session.begin_nested():
            return list(islice(check.run(case), _MOST + 1))
    except (exc.SQLAlchemyError, CountOverflowError) as error:
        meant = translated(error) if isinstance(error, exc.SQLAlchemyError) else error
        if isinstance(meant, StoreUnavailableError):
            raise  # the whole may be tried again
        return [_failed(check.name, meant)]


def _failed(check: str, error: SwarmstoreError) -> Finding:
    if isinstance(error, CorruptStoreError):
        problem = str(error).rpartition("; ")[0]
        found = f"the check of {check} found damage: {problem}"
        return finding("data-damaged", check, found, "restore a backup")
    return finding("check-failed", check, f"the check of {check} could not be run: {error}", _MEND)
