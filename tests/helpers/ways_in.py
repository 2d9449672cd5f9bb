"""All that opens a database by its URL."""

from __future__ import annotations

from sqlalchemy import URL

from swarmstore import LearningStore
from swarmstore.db.doctor import diagnose
from swarmstore.db.migrations.runner import upgrade

WAYS_IN = (LearningStore.open, upgrade, diagnose)


def rendered(url: URL) -> str:
    return url.render_as_string(hide_password=False)
