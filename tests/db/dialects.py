"""Both dialects of SQL, without a database."""

from __future__ import annotations

from sqlalchemy import Dialect, make_url

DIALECTS: dict[str, Dialect] = {
    name: make_url(url).get_dialect()()
    for name, url in (("postgresql", "postgresql+psycopg://"), ("sqlite", "sqlite://"))
}
