"""The classes of all promises, by the names of their files."""

from __future__ import annotations

from swarmstore.conformance import BackendConformance

PROMISES = {
    each.__module__.rpartition(".")[2]: each
    for each in BackendConformance.__bases__
    if ".promises." in each.__module__
}


def chosen(promise: str, *, whole: bool) -> type:
    """The tests of one promise, or of all."""
    return BackendConformance if whole else PROMISES[promise]
