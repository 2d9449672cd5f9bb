"""What a kind of facts looks like to an analyst: names in place of keys, counts, and rates of them."""

from __future__ import annotations

from typing import assert_never

from sqlalchemy import BigInteger, FromClause, cast

from swarmstore.db.analytics.views.description import ViewColumn, double, integer, plain, text
from swarmstore.db.analytics.views.rates import added, mean, rate, share, wilson
from swarmstore.db.schema.families import BY_SEQUENCE, SESSIONS, Kind
from swarmstore.db.schema.sessions import ACTIONS, ActionSequence

SEQUENCES = ActionSequence.table


def named(kind: Kind, facts: FromClause, within: FromClause | None = None) -> FromClause:
    """Facts, or what they are joined with, with the names of the actions that they are about."""
    source = facts if within is None else within
    if kind not in BY_SEQUENCE:
        return source
    # outer: a count whose names were lost still belongs to the sum
    return source.outerjoin(SEQUENCES, SEQUENCES.c.id == facts.c.sequence_id)


def _names(kind: Kind, facts: FromClause) -> list[ViewColumn]:
    """The columns that tell a fact from others of its owner."""
    first, second = SEQUENCES.c.action_1, SEQUENCES.c.action_2
    match kind:
        case Kind.TRANSITIONS:
            return [
                text("action", first, "The action before"),
                text("next_action", second, "The action after"),
            ]
        case Kind.NGRAMS:
            length = cast(SEQUENCES.c.length, BigInteger)
            return [integer("length", length, "How many actions, 3 or 4"), *plain(SEQUENCES, *ACTIONS)]
        case Kind.CONTEXTS:
            return [text("previous_action", first, "The action before"), text("action", second, "The action")]
        case Kind.ACTIONS:
            return [text("action", first, "The action")]
        case Kind.STRATEGIES:
            return [text("strategy", facts.c.strategy, "The selection strategy's name")]
        case Kind.SWITCHES:
            return [integer("ordinal", facts.c.ordinal, "Its place in the history, from 0")]
        case _:
            assert_never(kind)


def key_names(kind: Kind) -> str:
    """The names of the columns that tell a fact from others of its owner, with spaces between."""
    return " ".join(column.name for column in _names(kind, SESSIONS.facts[kind]))


def described(kind: Kind, facts: FromClause) -> list[ViewColumn]:
    """What a fact is about, what was counted, as it is in the tables, and rates of it."""
    counted = plain(SESSIONS.facts[kind], *SESSIONS.values(kind), of=facts)
    return [*_names(kind, facts), *counted, *_rates(kind, facts)]


def _rates(kind: Kind, facts: FromClause) -> list[ViewColumn]:
    match kind:
        case Kind.TRANSITIONS | Kind.NGRAMS:
            good, bad = facts.c.success_count, facts.c.failure_count
            seen = "Times in all; NULL past 2^63 - 1"
            return [
                integer("observations", added(good, bad), seen),
                double(
                    "success_rate",
                    rate(good, bad),
                    "Share of successes, 0 to 1; NULL where nothing was counted",
                ),
            ]
        case Kind.CONTEXTS | Kind.ACTIONS:
            return [
                _per_visit(facts),
                double(
                    "mean_duration_ms",
                    share(facts.c.total_duration_ms, facts.c.visits),
                    "Milliseconds per visit; NULL without visits",
                ),
                double(
                    "mean_kpi",
                    mean(facts.c.kpi_total, facts.c.kpi_count),
                    "KPI per contribution; NULL without one",
                ),
            ]
        case Kind.STRATEGIES:
            return [
                _per_visit(facts),
                double(
                    "episode_success_rate",
                    rate(facts.c.episodes_success, facts.c.episodes_failure),
                    "Share of episodes that succeeded, 0 to 1; NULL without episodes",
                ),
                *wilson(facts.c.successes, facts.c.failures),
            ]
        case Kind.SWITCHES:
            return []
        case _:
            assert_never(kind)


def _per_visit(facts: FromClause) -> ViewColumn:
    rate_of_visits = share(facts.c.successes, facts.c.visits)
    return double("success_rate", rate_of_visits, "Successes per visit; NULL without visits")
