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
    """All tests but those of a promise, each left out."""
    own = names_of(PROMISES[promise])
    return {name: None for name in dir(BackendConformance) if name.startswith("test_") and name not in own}
