"""The cache of names: bounded, and as cheap when it is full as before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from swarmstore.db.connection.bounded_cache import BoundedCache


class Counted(dict[int, str]):
    """A dictionary that counts which of its keys are gone through or deleted, and how often it is begun."""

    touched = 0
    begun = 0

    def __iter__(self) -> Iterator[int]:
        self.begun += 1
        for key in super().__iter__():
            self.touched += 1
            yield key

    def __delitem__(self, key: int) -> None:
        self.touched += 1
        super().__delitem__(key)


@pytest.mark.parametrize("at_once", [1, 7, 300])
def test_a_full_cache_touches_few_keys_for_each_new_one(at_once: int) -> None:
    limit = 2_000
    cache = BoundedCache[int, str](limit)
    cache._entries = entries = Counted()
    cache.update({key: str(key) for key in range(limit)})
    assert entries.touched == 0
    added = 5 * limit // at_once * at_once
    for first in range(limit, limit + added, at_once):
        cache.update({key: str(key) for key in range(first, first + at_once)})
        assert limit * 3 // 4 <= len(cache.entries) <= limit
    assert entries.touched <= 3 * added
    assert entries.begun <= 200  # each time it walks over the gaps that the deleted ones have left


@pytest.mark.parametrize("limit", [1, 2, 8, 100])
def test_the_first_ones_added_go_first(limit: int) -> None:
    cache = BoundedCache[int, str](limit)
    for key in range(3 * limit):
        cache.update({key: str(key)})
        assert 1 <= len(cache.entries) <= limit
        assert list(cache.entries) == list(range(key + 1))[-len(cache.entries) :]
    cache.update({key: str(key) for key in range(3 * limit, 5 * limit + 5)})
    assert list(cache.entries) == list(range(5 * limit + 5))[-len(cache.entries) :]
    assert len(cache.entries) >= limit * 3 // 4


def test_what_is_there_already_takes_no_room() -> None:
    cache = BoundedCache[int, str](4)
    cache.update(dict.fromkeys(range(4), "old"))
    cache.update(dict.fromkeys(range(4), "new"))
    assert cache.known({0, 1, 2, 3, 9}) == dict.fromkeys(range(4), "new")
    assert cache.get(9) is None
