"""Checks that only SQLite has: the journal mode, its own check of the file, its references."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from swarmstore.db.dialects.failures import translated
from swarmstore.db.doctor.check_context import Case
from swarmstore.db.doctor.findings import Finding, finding, many
from swarmstore.db.doctor.schema_drift import missing
from swarmstore.db.schema.all_tables import TABLES, Base
from swarmstore.errors import CorruptStoreError

OF = "sqlite"

_MOST = 20  # problems of a file after which the tables are looked at one by one
_RESTORE = "restore a backup, or save what can be read with sqlite3's `.recover`"


_SYNCHRONOUS = {0: "off", 1: "normal", 2: "full", 3: "extra"}


def settings(case: Case) -> Iterable[Finding]:
    """Tell what the file and this swarmstore are set to; nothing in it is wrong."""
    case.diagnosis.journal_mode = case.session.scalar(text("PRAGMA journal_mode"))
    synchronous = case.session.scalar(text("PRAGMA synchronous"))
    case.diagnosis.synchronous = _SYNCHRONOUS.get(synchronous or 0, str(synchronous))
    return ()


def journal_mode(case: Case) -> Iterator[Finding]:
    """Without WAL readers and the writer wait for each other."""
    mode = case.diagnosis.journal_mode
    if case.file is not None and mode != "wal":
        yield finding(
            "journal-mode",
            None,
            f"the journal mode is {mode}, not wal, so readers and writers wait for each other",
            "run `swarmstore scenarios`: every command but this one switches the mode; if that fails, "
            "the file system is not suitable for SQLite",
        )


def encoding(case: Case) -> Iterator[Finding]:
    """UTF-16 has another order of texts."""
    found = case.session.scalar(text("PRAGMA encoding"))
    if found != "UTF-8":
        problem = f"the file's encoding is {found}, not UTF-8, which sorts session ids in another order"
        advice = "make a new file with `swarmstore upgrade`, and fill it with the data of `sqlite3 OLD .dump`"
        yield finding("encoding", None, problem, advice)


def integrity(case: Case) -> Iterator[Finding]:
    """SQLite's own look at every page, index and constraint; where that finds damage, table by table."""
    of_file = _damage(case, str(_MOST))
    if not of_file:
        return
    names = case.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"))
    quote = case.session.get_bind().dialect.identifier_preparer.quote_identifier
    of_tables = {name: _damage(case, quote(name)) for name in names.all()}
    damaged = {name: problems for name, problems in of_tables.items() if problems}
    for name, problems in damaged.items():
        yield finding("data-damaged", name, f"table {name} is damaged: {problems[0]}", _RESTORE)
    if not damaged:
        yield finding("data-damaged", None, f"the file is damaged: {of_file[0]}", _RESTORE)


def _damage(case: Case, what: str) -> list[str]:
    """What is wrong with the whole file, for a number of problems to stop at, or with one table."""
    try:
        found = case.session.connection().exec_driver_sql(f"PRAGMA integrity_check({what})").scalars().all()
    except DBAPIError as error:  # the check itself came to a page that it cannot read
        if not isinstance(translated(error), CorruptStoreError):
            raise
        return [str(error.orig)]
    return [" ".join(str(problem).split()) for problem in found if problem != "ok"]


def references(case: Case) -> Iterator[Finding]:
    """Rows whose parent is not there: written by a program that has foreign keys switched off."""
    found = case.session.execute(text("PRAGMA foreign_key_check"))
    for (table, parent), rows in Counter((table, parent) for table, _row, parent, _key in found).items():
        problem = f"{many(rows, 'row')} of {table} refer to rows of {parent} that are missing"
        advice = "restore a backup; `swarmstore verify --deep` names the totals and sessions affected"
        yield finding("row-without-parent", table, problem, advice)


def table_options(case: Case) -> Iterator[Finding]:
    """How SQLite keeps a table: its types checked, by its key, its ids never given out twice."""
    connection = case.session.connection()
    kept = {row.name: row for row in connection.execute(text("PRAGMA table_list"))}
    made = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    statements = {name: statement or "" for name, statement in made}
    for name in sorted(TABLES.intersection(case.tables())):
        options = Base.metadata.tables[name].dialect_options[OF]
        wanted = {
            "STRICT": (bool(options["strict"]), bool(kept[name].strict)),
            "WITHOUT ROWID": (not options["with_rowid"], bool(kept[name].wr)),
            "AUTOINCREMENT": (bool(options["autoincrement"]), "AUTOINCREMENT" in statements[name].upper()),
        }
        for option, (declared, found) in wanted.items():
            if declared != found:
                yield missing(name, f"table {name} is {'not ' if declared else ''}{option}")
