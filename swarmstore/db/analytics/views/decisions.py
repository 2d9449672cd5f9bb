"""Views of totals that say what to do next: probabilities, the best and worst paths, strategies."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ColumnElement, case, cast, func

from swarmstore.db.analytics.views.description import (
    Expression,
    View,
    ViewColumn,
    double,
    integer,
    text,
    view,
)
from swarmstore.db.analytics.views.fact_views import SEQUENCES, described, key_names, named
from swarmstore.db.analytics.views.per_session import ROWS, SCENARIOS, WITH_SCENARIO, of_scenario
from swarmstore.db.analytics.views.per_total import HOW_MANY, of_total, summed, total, whose
from swarmstore.db.analytics.views.rates import as_double, mean, share, wilson
from swarmstore.db.schema.families import SESSIONS, Kind
from swarmstore.db.schema.sessions import ACTIONS
from swarmstore.db.statements.placed_rows import same_row


def choices() -> list[View]:
    """What followed each action, whole paths, and strategies beside each other."""
    return [_next_actions(), _paths(), _switch_counts()]


def _next_actions() -> View:
    facts = summed(Kind.TRANSITIONS)
    good, bad = facts.c.success_count, facts.c.failure_count
    seen = as_double(func.coalesce(good, 0)) + as_double(func.coalesce(bad, 0))
    before = [*whose(facts), SEQUENCES.c.action_1]
    return view(
        "next_actions",
        "What followed each action, in totals: how often and how well",
        f"kind scenario {key_names(Kind.TRANSITIONS)}",
        named(Kind.TRANSITIONS, facts),
        [
            *of_total(facts),
            *described(Kind.TRANSITIONS, facts),
            double(
                "probability",
                share(seen, func.sum(seen).over(partition_by=before)),
                "Share among all that followed the action, 0 to 1; NULL where nothing was counted",
            ),
            *wilson(good, bad),
        ],
    )


def _paths() -> View:
    facts = summed(Kind.NGRAMS)
    good, bad = facts.c.success_count, facts.c.failure_count
    low, high = wilson(good, bad)
    actions = [SEQUENCES.c[name] for name in ACTIONS]
    seen = as_double(good) + as_double(bad)

    def place(*order: Expression) -> ColumnElement[int]:
        of_length = [*whose(facts), SEQUENCES.c.length]
        ranked = func.row_number().over(partition_by=of_length, order_by=[*order, seen.desc(), *actions])
        return cast(ranked, BigInteger)

    return view(
        "paths",
        "Runs of three and four actions that were seen, in totals, ranked by what is certain of them",
        f"kind scenario {key_names(Kind.NGRAMS)}",
        named(Kind.NGRAMS, facts),
        [
            *of_total(facts),
            *described(Kind.NGRAMS, facts),
            low,
            high,
            integer(
                "best_place", place(low.sql.desc()), "Place by wilson_low among those of its length, from 1"
            ),
            integer("worst_place", place(high.sql), "Place from below by wilson_high, from 1"),
        ],
        where=[seen > 0.0],
    )


def _switch_counts() -> View:
    facts = SESSIONS.facts[Kind.SWITCHES]
    group = [ROWS.c.scenario_id, SCENARIOS.c.name, facts.c.from_strategy, facts.c.to_strategy]
    rates = [facts.c.success_rate_at_switch, facts.c.from_strategy_success_rate]
    return view(
        "strategy_switch_counts",
        "How often strategies were changed, in saved sessions, and how things stood then",
        "scenario from_strategy to_strategy",
        # by way of sessions, which have an index on their scenario
        WITH_SCENARIO.join(facts, same_row(SESSIONS.owner_column(Kind.SWITCHES), ROWS.c.id)),
        [
            *of_scenario(ROWS),
            text("from_strategy", facts.c.from_strategy, "The strategy before"),
            text("to_strategy", facts.c.to_strategy, "The strategy after"),
            integer("switches", HOW_MANY, "Times it was changed so"),
            double(
                "mean_visits_at_switch",
                share(total(facts.c.visits_at_switch), func.count()),
                f"{facts.c.visits_at_switch.comment}: the mean",
            ),
            *[_mean_rate(column) for column in rates],
        ],
        group_by=group,
    )


def _mean_rate(column: Column[float]) -> ViewColumn:
    # an agent may have said anything: what is no rate would make the sum of the others infinite
    usable = case((column.between(0.0, 1.0), column))
    return double(
        f"mean_{column.name}",
        mean(func.sum(usable), func.count(usable)),
        f"{column.comment}: the mean of those that are in it",
    )
