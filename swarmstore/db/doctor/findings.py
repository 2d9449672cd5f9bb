"""What a diagnosis is made of. docs/reference/doctor.md has all codes, which are promised to monitoring."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is. error: something fails; warning: it may soon; info: good to know."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


CODES = {
    "schema-missing": Severity.ERROR,
    "schema-outdated": Severity.ERROR,
    "schema-ahead": Severity.ERROR,
    "schema-damaged": Severity.ERROR,
    "schema-drift": Severity.ERROR,
    "schema-addition": Severity.WARNING,
    "view-missing": Severity.WARNING,
    "index-invalid": Severity.ERROR,
    "constraint-not-validated": Severity.WARNING,
    "sequence-missing": Severity.ERROR,
    "sequence-damaged": Severity.ERROR,
    "scenario-missing": Severity.ERROR,
    "total-missing": Severity.ERROR,
    "feed-behind": Severity.ERROR,
    "copy-unfinished": Severity.WARNING,
    "session-overflows": Severity.ERROR,
    "pending-many": Severity.WARNING,
    "collation": Severity.ERROR,
    "collation-version": Severity.WARNING,
    "encoding": Severity.ERROR,
    "privilege-missing": Severity.ERROR,
    "role-reads-only": Severity.INFO,
    "connections-scarce": Severity.WARNING,
    "network-file-system": Severity.WARNING,
    "file-unreadable": Severity.ERROR,
    "file-read-only": Severity.WARNING,
    "wal-large": Severity.WARNING,
    "wal-left": Severity.INFO,
    "journal-mode": Severity.WARNING,
    "data-damaged": Severity.ERROR,
    "row-without-parent": Severity.ERROR,
    "check-failed": Severity.WARNING,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or worth knowing.

    subject: the table, index, scenario or file, None for the whole database.
    problem: what is wrong, in a sentence.
    advice: what to do next.
    """

    severity: Severity
    code: str
    subject: str | None
    problem: str
    advice: str


def finding(code: str, subject: str | None, problem: str, advice: str) -> Finding:
    """A finding, as severe as its code."""
    return Finding(CODES[code], code, subject, problem, advice)


def many(number: int, noun: str) -> str:
    """A number of things, as a person says it."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class PendingTotal:
    """The pending sessions of a total.

    total: the id of the scenario, or 0 for the global total, whose `scenario` is None.
    oldest_seconds: the time since the first of them was saved, by the database's clock.
    """

    total: int
    scenario: str | None
    sessions: int
    oldest_seconds: int


@dataclass(frozen=True, slots=True)
class Connections:
    """PostgreSQL's connections: how many it allows roles that are not superusers, and those in use."""

    limit: int
    in_use: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A check that was skipped, and why."""

    check: str
    reason: str


@dataclass(slots=True)
class Diagnosis:
    """A database as it was found.

    journal_mode, synchronous: settings of SQLite; None on PostgreSQL.
    connections: those of PostgreSQL; None on SQLite.
    pool_size: the number of connections that a store keeps open. Under load it opens up to twice as many.
    scenarios, sessions: how many there are, None if they could not be counted.
    """

    url: str
    database: str
    revision: str | None
    expected_revision: str
    pool_size: int
    journal_mode: str | None = None
    synchronous: str | None = None
    connections: Connections | None = None
    scenarios: int | None = None
    sessions: int | None = None
    pending: list[PendingTotal] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def worst(self) -> Severity | None:
        """The severity of the worst finding, None without any."""
        return min((one.severity for one in self.findings), key=lambda one: one.rank, default=None)
