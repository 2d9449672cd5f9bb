"""The classes of all promises, by the names of their files."""

from __future__ import annotations

from swarmstore.conformance import BackendConformance

PROMISES = {
    each.__module__.rpartition(".")[2]: each
    for each in BackendConformance.__bases__
    if ".promises." in each.__module__
}


def names_of(promise: type) -> list[str]:
    """The names of its tests."""
    return [name for name in vars(promise) if name.startswith("test_")]


def but(promise: str) -> dict[str, None]:
    """The tests of all other promises, each left out."""
    return {
        name: None for each in PROMISES.values() if each is not PROMISES[promise] for name in names_of(each)
    }
