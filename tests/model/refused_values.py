"""Values that no field may have, and putting one where a field is."""

from __future__ import annotations

import math
from typing import Any

from swarmstore import InvalidTextError, InvalidValueError, LearningPhase

NO_DOUBLES = [math.nan, math.inf, -math.inf]
NO_TEXTS: list[tuple[Any, type[InvalidValueError]]] = [
    ("\0", InvalidTextError),
    ("a\0b", InvalidTextError),
    ("\ud800", InvalidTextError),
    ("a\udfff", InvalidTextError),
    (b"a", InvalidValueError),
    (1, InvalidValueError),
    (LearningPhase.RELEASE, InvalidValueError),
]
LONG_TEXTS = ["x" * 513, "語" * 171]


def put(owner: Any, path: str, value: Any) -> Any:
    """The owner with another value there."""
    exec(f"owner.{path} = value", {"owner": owner, "value": value})
    return owner
