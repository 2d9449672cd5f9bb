"""Rates, means and confidence, each formula once.

Where nothing was counted a rate is NULL, not the 0.5 that the engine begins with: an analyst's
average must not be drawn to it.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, ColumnElement, Double, FromClause, case, cast, func, literal, null

from swarmstore.db.analytics.views.description import Expression, ViewColumn, double
from swarmstore.db.dialects.view_functions import square_root
from swarmstore.model.confidence import Z

_MOST = 2**63 - 1
_NEARLY_0 = 1e-280


def as_double(sql: Expression) -> ColumnElement[float]:
    """A count as a double."""
    return cast(sql, Double)


def share(part: Expression, whole: Expression) -> ColumnElement[float]:
    """`part / whole` as a double, NULL when `whole` is 0."""
    return as_double(part) / func.nullif(as_double(whole), 0.0, type_=Double)


def mean(sum_: Expression, count: Expression) -> ColumnElement[float]:
    """The mean of `count` doubles that add up to `sum_`: 0 where that is nearly 0, NULL for none."""
    # PostgreSQL makes an error of a quotient that is nearer to 0 than to the smallest double
    return case((func.abs(sum_) < _NEARLY_0, share(literal(0.0, Double), count)), else_=share(sum_, count))


def rate(successes: Expression, failures: Expression) -> ColumnElement[float]:
    """Successes in all that succeeded or failed; a count that is missing is 0."""
    good, bad = (as_double(func.coalesce(count, 0)) for count in (successes, failures))
    return good / func.nullif(good + bad, 0.0, type_=Double)


def rate_of_episodes(row: FromClause) -> ViewColumn:
    """The success rate of what a row counts as episodes."""
    return double(
        "success_rate",
        rate(row.c.success_episodes, row.c.failure_episodes),
        "Share of episodes that succeeded, 0 to 1; NULL without episodes",
    )


def added(first: Expression, second: Expression) -> ColumnElement[int]:
    """The sum of two counts, NULL past 2^63 - 1; a count that is missing is 0."""
    one, other = func.coalesce(first, 0), func.coalesce(second, 0)
    return case((one <= literal(_MOST, BigInteger) - other, one + other), else_=null())


def wilson(successes: Expression, failures: Expression) -> list[ViewColumn]:
    """Wilson's bounds of a success rate (E. B. Wilson, 1927), NULL where nothing was counted."""
    good, bad = (as_double(func.coalesce(count, 0)) for count in (successes, failures))
    seen = func.nullif(good + bad, 0.0, type_=Double)
    centre = good + Z * Z / 2
    spread = Z * square_root(good * bad / seen + Z * Z / 4)
    # at the ends the bounds are exact; rounding would leave a low one below 0
    low = case((good == 0.0, 0.0 * seen), else_=(centre - spread) / (seen + Z * Z))
    high = case((bad == 0.0, seen / seen), else_=(centre + spread) / (seen + Z * Z))
    return [
        double("wilson_low", low, "Lower end of the rate's 95 % confidence (Wilson)"),
        double("wilson_high", high, "Upper end of the rate's 95 % confidence (Wilson)"),
    ]
