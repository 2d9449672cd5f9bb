"""Changing a store, and comparing it with its copy."""

from __future__ import annotations

import re
import secrets
from functools import partial

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from swarmstore import LearningStore, SessionKey, SqlStorage
from swarmstore.db.schema.all_tables import Base
from swarmstore.db.schema.publication import Publication
from swarmstore.db.schema.sessions import SessionRow
from tests.helpers.internals import database_of
from tests.helpers.store_contents import content
from tests.snapshots import full, model, simple


def of_its_own(store: LearningStore) -> None:
    """Databases made from one template have the number of that, and no two stores have the same."""
    number = update(Publication).values(store_id=secrets.token_bytes(8))
    database_of(sql(store)).write(lambda session: session.execute(number))


def sql(store: LearningStore) -> SqlStorage:
    storage = store.storage
    assert isinstance(storage, SqlStorage)
    return storage


def rows(store: LearningStore) -> dict[str, list[str]]:
    """Every row of every table, but for the mark of copies."""
    found: dict[str, list[str]] = {}
    for table in Base.metadata.sorted_tables:
        lines = database_of(sql(store)).read(partial(_lines, table))
        found[table.name] = [line for line in lines if "copies from another database" not in line]
    return found


def _lines(table: Table, session: Session) -> list[str]:
    statement = select(table).order_by(*table.primary_key.columns)
    return [repr(tuple(row)) for row in session.execute(statement)]


def answers(store: LearningStore) -> dict[str, str]:
    """All that a store holds; sums of doubles that wait to be folded may add up in another order."""
    return {
        key: text if key.startswith("session:") else re.sub(r'"kpi_total": [^,]+', "", text)
        for key, text in content(store).items()
    }


def assert_equal(store: LearningStore, target: LearningStore) -> None:
    """Every answer and every row; and the totals are what they are made of."""
    assert rows(target) == rows(store)
    assert answers(target) == answers(store)
    assert target.summaries() == store.summaries()
    assert _followed(target) == _followed(store)
    assert target.verify_totals(deep=True) == store.verify_totals(deep=True) == []


def _followed(store: LearningStore) -> list[tuple[str, str, int]]:
    """What followers see, without the cursors: each store publishes by itself what is left."""
    return [(change.scenario, str(change.session_id), change.saved_at_ms) for change in store.changes()]


def row_ids(store: LearningStore) -> set[int]:
    return set(database_of(sql(store)).read(lambda session: session.scalars(select(SessionRow.id)).all()))


def change(store: LearningStore, action: str = "A") -> None:
    """Sessions saved, removed, replaced, published and pruned; totals, a model and an import changed."""
    first = store.list_sessions("s")[0]
    store.storage.delete(SessionKey("s", first))
    store.storage.save(SessionKey("s", store.list_sessions("s")[0]), simple(9))
    store.prune("s", keep_latest=4)
    list(store.changes())
    for number in range(5):
        changed = simple(number)
        changed.action_stats[action] = changed.action_stats.pop("A")
        store.save_session("new", changed)
    store.save_scenario("only a total", simple(5))
    store.save_offline_model("only a model", model())
    store.save_global(full())
