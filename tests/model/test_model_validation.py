"""Every field of an offline model, with everything that may not be in it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from swarmstore import (
    CountOutOfRangeError,
    InvalidValueError,
    NonFiniteNumberError,
    OfflineModel,
    TextTooLongError,
)
from swarmstore.conformance.any_snapshots import models
from swarmstore.model.offline_model import check_model
from tests.model.refused_values import LONG_TEXTS, NO_DOUBLES, NO_TEXTS, put
from tests.snapshots import model

COUNTS = [
    ("version", 2**53 - 1),
    ("recommended_paths[0].observations", 2**63 - 1),
    ("strategy_config.maturity_threshold", 2**53 - 1),
    ("analyzed_sessions", 2**53 - 1),
    ("updated_at", 2**53 - 1),
    ("action_order.action_set_hash", 2**64 - 1),
    ("action_order.lora.id", 2**53 - 1),
]
DOUBLES = [
    "parameters.ucb1_c",
    "parameters.learning_weight",
    "parameters.ngram_weight",
    "recommended_paths[0].success_rate",
    "strategy_config.error_rate_threshold",
    "action_order.lora.scale",
    "action_order.validated_accuracy",
]
TEXTS = [
    ("recommended_paths[0].actions[1]", "recommended_paths[0].actions"),
    ("strategy_config.initial_strategy", "strategy_config.initial_strategy"),
    ("action_order.discover[1]", "action_order.discover"),
    ("action_order.not_discover[1]", "action_order.not_discover"),
    ("action_order.lora.name", "action_order.lora.name"),
]


def assert_refused(bad: OfflineModel, error: type[InvalidValueError], field: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        check_model(bad)
    assert (type(refused.value), refused.value.field) == (error, field)


@pytest.mark.parametrize(("field", "most"), COUNTS)
def test_a_models_count_is_an_integer_in_its_range(field: str, most: int) -> None:
    for bad in (-1, most + 1, True, 1.0, "1", None):
        assert_refused(put(model(), field, bad), CountOutOfRangeError, field)
    check_model(put(model(), field, most))


@pytest.mark.parametrize("field", DOUBLES)
def test_a_models_double_is_finite(field: str) -> None:
    for bad in NO_DOUBLES:
        assert_refused(put(model(), field, bad), NonFiniteNumberError, field)
    assert_refused(put(model(), field, "1"), InvalidValueError, field)


@pytest.mark.parametrize(("place", "field"), TEXTS)
def test_a_models_text_is_checked(place: str, field: str) -> None:
    for bad, error in NO_TEXTS:
        assert_refused(put(model(), place, bad), error, field)


def test_a_models_first_strategy_is_a_short_text() -> None:
    field = "strategy_config.initial_strategy"
    for bad in LONG_TEXTS:
        assert_refused(put(model(), field, bad), TextTooLongError, field)


@pytest.mark.parametrize("bad", ["llm", "", 1])
def test_a_models_source_is_one_of_three(bad: Any) -> None:
    field = "action_order.source"
    assert_refused(put(model(), field, bad), InvalidValueError, field)


@pytest.mark.property
@given(models())
def test_what_the_strategies_make_is_a_valid_model(made: OfflineModel) -> None:
    check_model(made)
