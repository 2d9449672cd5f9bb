"""What each of the backends under test can hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Capabilities:
    """What a backend holds beyond the least that all do.

    any_name: action names with ':' anywhere. long_names: names longer than a file name may be.
    adds_when_saving: a sum past 2^63 - 1 is refused by the save and not when the total is read.
    imports: stores can be imported into it.
    """

    any_name: bool = True
    long_names: bool = True
    adds_when_saving: bool = False
    imports: bool = True


BACKENDS = {
    "memory": Capabilities(adds_when_saving=True, imports=False),
    "files": Capabilities(any_name=False, long_names=False, adds_when_saving=True, imports=False),
    "sqlite": Capabilities(),
    "sqlite in memory": Capabilities(),
    "postgresql": Capabilities(),
    "pgbouncer": Capabilities(),
    "citus": Capabilities(),
    "sqlite through asyncio": Capabilities(),  # which does nothing that depends on the database
}
