"""The one rounding rule gives the same integers in SQL as in Python."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Double, bindparam, cast, select
from sqlalchemy.orm import Session

from swarmstore import CountOverflowError, SqlStorage
from swarmstore.db.dialects.functions import count_times, round_half_up, weigh
from swarmstore.db.statements.merges import MAX_BOUNDED
from swarmstore.model.merge import round_half_up as in_python
from tests.helpers.internals import database_of

EDGES = [
    0.0,
    0.49999999999999994,
    0.5,
    0.5000000000000001,
    1.5,
    2.4999999999999996,
    2.5,
    3.5,
    4503599627370495.5,
    4503599627370497.5,
    float(2**53 - 1),
    float(2**53),
    5e-324,
    9223372036854774784.0,  # the largest double below 2^63
]
WEIGHED = select(
    weigh(cast(bindparam("x", type_=Double), Double), cast(bindparam("w", type_=Double), Double))
)
TIMES = select(
    count_times(
        cast(bindparam("count", type_=BigInteger), BigInteger), cast(bindparam("twice", type_=Double), Double)
    )
)
ROUNDED = select(
    round_half_up(cast(bindparam("x", type_=Double), Double) * cast(bindparam("w", type_=Double), Double))
)


@pytest.fixture
def storage(database_url: str) -> Iterator[SqlStorage]:
    with SqlStorage(database_url) as opened:
        yield opened


def in_sql(storage: SqlStorage, value: float, weight: float = 1.0) -> object:
    return database_of(storage).read(lambda session: session.scalar(ROUNDED, {"x": value, "w": weight}))


@pytest.mark.parametrize("value", EDGES)
def test_edges_are_rounded_alike(storage: SqlStorage, value: float) -> None:
    rounded = in_sql(storage, value)
    assert rounded == in_python(value)
    assert type(rounded) is int


@pytest.mark.property
@given(value=st.floats(min_value=0, max_value=2.0**62) | st.integers(0, 2**51).map(lambda n: n + 0.5))
def test_any_double_is_rounded_alike(storage: SqlStorage, value: float) -> None:
    assert in_sql(storage, value) == in_python(value)


@pytest.mark.property
@given(count=st.integers(0, 2**53 - 1), weight=st.floats(min_value=0, max_value=512))
def test_any_weighted_count_is_rounded_alike(storage: SqlStorage, count: int, weight: float) -> None:
    assert in_sql(storage, float(count), weight) == in_python(count * weight)


@pytest.mark.property
@given(count=st.integers(0, 2**53 - 1), weight=st.floats(min_value=0, max_value=MAX_BOUNDED))
def test_any_count_is_weighted_alike_by_the_short_way(storage: SqlStorage, count: int, weight: float) -> None:
    parameters = {"count": count, "twice": 2 * weight}
    found = database_of(storage).read(lambda session: session.scalar(TIMES, parameters))
    assert found == in_python(count * weight)


@pytest.mark.parametrize("value", [2.0**63, 2.0**64, 1e300])
def test_what_no_count_can_hold_is_an_error(storage: SqlStorage, value: float) -> None:
    with pytest.raises(CountOverflowError):
        in_sql(storage, value)


TINY = [5e-324, 1e-323, 2.2250738585072014e-308, 1e-200, 0.5, 1.0, 1.5, 1e290, 0.0, -5e-324, -1e-30, -3.0]
WEIGHTS = [0.0, 5e-324, 2.0**-1000, 2.0**-537, 1e-17, 0.49999999999999994, 0.5, 1.0, 2.0]


@pytest.mark.parametrize("value", TINY)
def test_a_double_is_weighed_as_in_python_however_small(storage: SqlStorage, value: float) -> None:
    """A product too small for a double is 0, and no error; half of the smallest one is 0, too."""
    for weight in WEIGHTS:
        parameters = {"x": value, "w": weight}
        found = database_of(storage).read(partial(_weighed, parameters=parameters))
        assert found == value * weight, weight


def _weighed(session: Session, parameters: dict[str, float]) -> float | None:
    return session.scalar(WEIGHED, parameters)
