"""The page of the settings, from the fields of `Settings` and what its docstring says of each."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields

from swarmstore import Settings
from tests.docs.pages import table

BOTH, POSTGRESQL, SQLITE = "both", "PostgreSQL", "SQLite"
DATABASES = {
    "schema": POSTGRESQL,
    "pool_size": BOTH,
    "timeout_seconds": BOTH,
    "maintenance_seconds": BOTH,
    "fold_at": BOTH,
    "fold_in_background": POSTGRESQL,
    "pooler": POSTGRESQL,
    "synchronous": SQLITE,
    "create": SQLITE,
}
VARIABLES = {
    "SWARMSTORE_URL": (
        "`LearningStore.open`, `upgrade`, `grant`, `diagnose` and all commands but `copy`",
        "The database to use where no URL is given. Without it a SQLite file in your data folder is used.",
    ),
    "SWARMSTORE_SCHEMA": (
        "the commands that take `--schema`",
        "PostgreSQL's schema for the tables, where `--schema` is not given. Programs give `schema` instead.",
    ),
    "SWARMSTORE_POOLER": (
        "`LearningStore.open`, `upgrade`, `grant`, `diagnose` and all commands",
        "`1` has the same effect as `pooler=True`, where the keyword is not given. `Settings()` itself does "
        "not read it.",
    ),
}
_HEAD = """\
# Settings

`LearningStore.open(url, …)` takes the settings as keywords, and so do `AsyncLearningStore.open`,
`swarmstore.upgrade`, `swarmstore.grant` and `swarmstore.diagnose`. A value that cannot be used raises
`ConfigurationError`.

"""
_LAST = """\

libpq's variables, such as `PGHOST`, `PGDATABASE`, `PGUSER`, `PGPASSWORD`, `PGPASSFILE` and `PGSSLMODE`,
apply to PostgreSQL where the URL does not say otherwise. All but passwords are read once, when the store is
opened.
"""


def page() -> str:
    """The whole page."""
    known = table(
        ("setting", "type", "default", "database"),
        (
            (f"[`{one.name}`](#{one.name})", f"`{one.type}`", f"`{one.default!r}`", DATABASES[one.name])
            for one in fields(Settings)
        ),
    )
    said = _meanings()
    each = "".join(f"### {one.name}\n\n{said[one.name]}\n\n" for one in fields(Settings))
    variables = table(
        ("variable", "used by", "meaning"),
        ((f"`{name}`", used, meaning) for name, (used, meaning) in VARIABLES.items()),
    )
    return f"{_HEAD}{known}\n## Meaning\n\n{each}## Environment variables\n\n{variables}{_LAST}"


def _meanings() -> dict[str, str]:
    """What the docstring says of each field."""
    found = re.findall(
        r"^(\w+): (.*?)(?=^\w+: |\Z)", inspect.getdoc(Settings) or "", re.DOTALL | re.MULTILINE
    )
    return {name: _capitalized(" ".join(text.split())) for name, text in found}


def _capitalized(text: str) -> str:
    return text[0].upper() + text[1:]
