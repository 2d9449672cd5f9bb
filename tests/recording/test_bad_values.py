"""Values that a recorder refuses at the call, before any backend is asked."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from swarmstore import (
    ConfigurationError,
    CountOutOfRangeError,
    InvalidTextError,
    InvalidValueError,
    LearningStore,
    MemoryStorage,
    NonFiniteNumberError,
    TextTooLongError,
    UnknownPhaseError,
)
from swarmstore.model.limits import MAX_COUNT

NO_DATABASE = LearningStore(MemoryStorage())

BAD_ACTIONS: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"name": "a\0"}, InvalidTextError),
    ({"name": "\ud800"}, InvalidTextError),
    ({"name": 7}, InvalidValueError),
    ({"name": ["A"]}, InvalidValueError),
    ({"success": 1}, InvalidValueError),
    ({"success": None}, InvalidValueError),
    ({"worker": True}, InvalidValueError),
    ({"worker": None}, InvalidValueError),
    ({"duration_ms": -1}, CountOutOfRangeError),
    ({"duration_ms": 1.5}, CountOutOfRangeError),
    ({"duration_ms": MAX_COUNT}, CountOutOfRangeError),  # together with the one before
    ({"discoveries": -1}, CountOutOfRangeError),
    ({"discoveries": MAX_COUNT}, CountOutOfRangeError),
    ({"kpi": math.nan}, NonFiniteNumberError),
    ({"kpi": math.inf}, NonFiniteNumberError),
    ({"kpi": "1"}, InvalidValueError),
    ({"kpi": 1e290}, NonFiniteNumberError),
]


@pytest.mark.parametrize(("values", "error"), BAD_ACTIONS, ids=[str(values) for values, _ in BAD_ACTIONS])
def test_bad_values_are_refused_at_the_call(values: dict[str, Any], error: type[Exception]) -> None:
    """And nothing of the action is counted."""
    good: dict[str, Any] = {"name": "A", "success": True, "duration_ms": 1, "discoveries": 1, "kpi": 9e289}
    run = NO_DATABASE.record("s")
    run.action(**good)
    with pytest.raises(error):
        run.action(**(good | values))
    alone = NO_DATABASE.record("s")
    alone.action(**good)
    assert run.finish() == replace(alone.finish(), metadata=run.finish().metadata)
    assert run.finish().metadata.total_actions == 1


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: NO_DATABASE.record("a\0"), InvalidTextError),
        (lambda: NO_DATABASE.record("s", task="\ud800"), InvalidTextError),
        (lambda: NO_DATABASE.record("s", phase="other"), UnknownPhaseError),  # type: ignore[arg-type]
        (lambda: NO_DATABASE.record("s", group_id="g" * 513), TextTooLongError),
        (lambda: NO_DATABASE.record("s", session_id=""), InvalidValueError),
        (lambda: NO_DATABASE.record("s", on_error="keep"), ConfigurationError),  # type: ignore[arg-type]
        (lambda: NO_DATABASE.record("s").switch_strategy("s" * 513), TextTooLongError),
        (lambda: NO_DATABASE.record("s").end_episode("yes"), InvalidValueError),  # type: ignore[arg-type]
    ],
)
def test_bad_settings_are_refused_at_the_call(call: Callable[[], object], error: type[Exception]) -> None:
    with pytest.raises(error):
        call()
