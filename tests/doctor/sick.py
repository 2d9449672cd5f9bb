"""Making databases sick, and what the doctor says then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import create_engine, func, make_url, select, text
from sqlalchemy.pool import NullPool

from swarmstore import Settings
from swarmstore.db.analytics.views import VIEWS
from swarmstore.db.doctor import Finding, Severity, diagnose
from swarmstore.db.doctor.diagnosis import CHECKS, Check


def is_sqlite(url: str) -> bool:
    return url.startswith("sqlite")


def execute(url: str, *statements: str, schema: str = "swarmstore") -> None:
    """Run statements, each by itself; on PostgreSQL names without a schema are swarmstore's."""
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.set_config("search_path", _quoted(schema), False)))
        for statement in statements:
            connection.exec_driver_sql(statement if is_sqlite(url) else statement.replace("%", "%%"))


def drop_views(url: str) -> None:
    """Drop the views, without which no table can be changed under them."""
    execute(url, *[f"DROP VIEW {name}" for name in VIEWS])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET search_path TO swarmstore")
        return [tuple(row) for row in connection.execute(text(statement))]


def findings(
    url: str, *, deep: bool = False, settings: Settings | None = None, checks: Sequence[Check] = CHECKS
) -> list[Finding]:
    return diagnose(url, settings, checks, deep=deep).findings


def found(of: Iterable[Finding], code: str) -> list[str | None]:
    """The subjects of the findings with this code."""
    return [one.subject for one in of if one.code == code]


def only(of: list[Finding], code: str) -> Finding:
    """The one finding there is, of this code, which says what is wrong and what to do."""
    (one,) = of
    assert one.code == code
    assert one.severity in Severity
    assert one.problem
    assert one.advice
    return one


def as_role(url: str, role: str) -> str:
    login = make_url(url).set(username=role, password="secret")
    return login.render_as_string(hide_password=False)
