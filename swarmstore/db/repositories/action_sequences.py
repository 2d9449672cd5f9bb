"""Action sequences: written before what is keyed by them, and remembered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from swarmstore.db.connection.bounded_cache import BoundedCache
from swarmstore.db.connection.transactions import Database
from swarmstore.db.dialects.base import NewRows, dialect_of, insert_rows
from swarmstore.db.dialects.functions import one_of
from swarmstore.db.mapping.rows import Names, sequence_id
from swarmstore.db.schema.sessions import ACTIONS, ActionSequence
from swarmstore.errors import CorruptStoreError

_ALL = select(ActionSequence.id, ActionSequence.length, *(getattr(ActionSequence, name) for name in ACTIONS))
_BY_ID = _ALL.where(one_of(ActionSequence.id.expression, "ids"))


class ActionSequenceRepository:
    """Ids and names of action sequences, remembered once they are known to be committed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ids: BoundedCache[Names, int] = BoundedCache()
        self._names: BoundedCache[int, Names] = BoundedCache()

    @property
    def known_ids(self) -> Mapping[Names, int]:
        """Give the ids that this process knows; others' threads add to them and take some out."""
        return self._ids.entries

    @property
    def known_names(self) -> Mapping[int, Names]:
        """Give the names that this process knows. As `known_ids`."""
        return self._names.entries

    def forget(self) -> None:
        """Believe nothing any more: the database lacks a sequence that it had."""
        self._ids.clear()

    def add(self, wanted: Set[Names]) -> Mapping[Names, int]:
        """Add the sequences that the database lacks; the ids of all.

        In transactions of their own, in the order of ids, so that savers never wait in a circle.
        Raises CorruptStoreError when two different sequences share an id.
        """
        ids = self._ids.known(wanted)
        if len(ids) < len(wanted):
            unknown = _by_id(names for names in wanted if names not in ids)
            stored = self._database.read(lambda session: _load(session, unknown))
            missing = {key: names for key, names in unknown.items() if key not in stored}
            if missing:
                stored |= self._database.write(lambda session: _store(session, missing))
            for key, names in unknown.items():
                if stored[key] != names:
                    raise _collision(names, stored[key])
            self._remember(unknown)
            ids |= {names: key for key, names in unknown.items()}
        return ids

    def load(self, session: Session, wanted: Set[int]) -> Mapping[int, Names]:
        """Load the names behind these ids. Raises CorruptStoreError when some are not there."""
        names = self._names.known(wanted)
        unknown = wanted - names.keys()
        if unknown:
            found = _load(session, unknown)
            if lost := unknown - found.keys():
                raise CorruptStoreError(f"action sequence {min(lost)} is missing; run `swarmstore doctor`")
            self._remember(found)
            names |= found
        return names

    def remember(self, ids: Sequence[int], actions: Sequence[Sequence[str | None]]) -> None:
        """Remember sequences that were read: their ids, and columns of their first, second … actions.

        Some have fewer actions. What the database lacks has none, and is left out.
        """
        rows: Iterable[tuple[str | None, ...]] = zip(*actions, strict=True)
        sequences = {
            key: cast(Names, names if names[-1] is not None else names[: names.index(None)])
            for key, names in zip(ids, rows, strict=True)
            if names[0] is not None
        }
        self._remember(sequences)

    def find_damaged(
        self, session: Session, page_size: int = 5000
    ) -> Iterator[tuple[int, tuple[str | None, ...]]]:
        """Find sequences whose names do not make their id: ids and actions. Reads all, in pages."""
        page = session.execute(_ALL.order_by(ActionSequence.id).limit(page_size)).all()
        while page:
            for key, length, *actions in page:
                names = tuple(name for name in actions if name is not None)
                if tuple(actions[:length]) != names or sequence_id(names) != key:
                    yield key, tuple(actions)
            following = _ALL.where(ActionSequence.id > page[-1].id).order_by(ActionSequence.id)
            page = session.execute(following.limit(page_size)).all()

    def _remember(self, sequences: Mapping[int, Names]) -> None:
        self._names.update(sequences)
        self._ids.update(dict(zip(sequences.values(), sequences, strict=True)))


def _by_id(sequences: Iterable[Names]) -> dict[int, Names]:
    ids: dict[int, Names] = {}
    for names in sequences:
        other = ids.setdefault(sequence_id(names), names)
        if other != names:
            raise _collision(names, other)
    return dict(sorted(ids.items()))


def _load(session: Session, ids: Iterable[int]) -> dict[int, Names]:
    rows = session.execute(_BY_ID, {"ids": sorted(ids)})
    # actions are NULL only past the length
    return {key: cast(Names, tuple(actions[:length])) for key, length, *actions in rows}


def _store(session: Session, sequences: Mapping[int, Names]) -> dict[int, Names]:
    dialect, connection = dialect_of(session), session.connection()
    dialect.take_turn(connection)
    spread = dialect.spreads(connection)  # there an agent may skip none
    there = _load(session, sequences) if spread else {}
    new = {key: names for key, names in sequences.items() if key not in there}
    columns: dict[str, list[object]] = {"id": list(new), "length": [len(names) for names in new.values()]}
    for place, name in enumerate(ACTIONS):
        columns[name] = [names[place] if place < len(names) else None for names in new.values()]
    insert_rows(connection, NewRows(ActionSequence.table, {}, columns, skip_taken=not spread))
    return _load(session, sequences)


def _collision(names: Names, other: Names) -> CorruptStoreError:
    return CorruptStoreError(
        f"the actions {names!r} and {other!r} have the same 64-bit id; rename one of them"
    )
